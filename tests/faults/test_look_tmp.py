import time
import pytest
from tests.faults import gateways as G
SIMPLE = """
from exchange.workflows.engine.runtime import workflow
@workflow()
def note(text):
    return text
"""
@pytest.mark.parametrize("what", ["noprint", "simple"])
def test_look(site, what, monkeypatch):
    real = G.projects.Project
    def make(**k):
        if what == "noprint": k["startup"] = k["startup"].replace("print ", "")
        return real(**k)
    monkeypatch.setattr(G, "projects", type("P", (), {"Project": staticmethod(make), "LIBRARY": "workflows", "library": staticmethod(G.projects.library)}))
    if what == "simple":
        m = G.GatewayProcess.modules
        def mods(self):
            return {"plant.flows": SIMPLE + "# %d\n" % self.generation}
        monkeypatch.setattr(G.GatewayProcess, "modules", mods)
    g = site.gateway("g")
    for n in range(2):
        g.save()
        site.wait_registered(g, times=n+2)
        time.sleep(2)
        print(what, n, g.gateway.old_interpreters_alive())
    print(what, g.gateway.old_interpreters_alive())
