"""The script library by Ignition's rules."""

import json

import pytest

from tests.gateway.gateway import ScriptError, StandInGateway
from tests.gateway.projects import Project

pytestmark = pytest.mark.proof


def save(gateway: StandInGateway, **modules: str) -> None:
    gateway.save("plant", {name.replace("__", "."): text for name, text in modules.items()})


def test_the_exported_library_loads(gateway: StandInGateway) -> None:
    assert gateway.run(
        "from exchange.workflows.api import service", "workflows", returns="service.__name__"
    )


def test_a_module_is_reached_without_import(gateway: StandInGateway) -> None:
    save(
        gateway,
        lines__packing__labels="def text():\n    return lines.packing.names.NAME\n",
        lines__packing__names="NAME = 'n'\n",
    )
    assert gateway.evaluate("lines.packing.labels.text()", "plant") == "n"


def test_a_module_loads_at_its_first_use(gateway: StandInGateway) -> None:
    save(gateway, lazy__one="system.util.globals['lazy'] = 'loaded'\n")
    assert gateway.evaluate("system.util.globals.get('lazy')", "plant") is None
    gateway.evaluate("lazy.one.__name__", "plant")
    assert gateway.evaluate("system.util.globals.pop('lazy')", "plant") == "loaded"


def test_what_a_script_finds(gateway: StandInGateway) -> None:
    save(
        gateway,
        found__here="NAMES = sorted(k for k in globals() if k not in ('__builtins__', '__loader__'))\nPACKAGE = __package__\n",
    )
    names = gateway.evaluate("found.here.NAMES", "plant")
    assert {"system", "fpmi", "sys", "found"} <= set(names)
    assert "__file__" not in names
    assert gateway.evaluate("found.here.PACKAGE", "plant") is None


@pytest.mark.parametrize("first", ["# -*- coding: utf-8 -*-", "# coding=ascii", "\ufeffA = 1"])
def test_a_coding_line_or_a_byte_order_mark_does_not_compile(
    gateway: StandInGateway, first: str
) -> None:
    save(gateway, broken=f"{first}\nA = 1\n", sound="A = 1\n")
    with pytest.raises(ScriptError) as caught:
        gateway.evaluate("broken.A", "plant")
    assert caught.value.type in ("SyntaxError", "java.lang.IllegalArgumentException")
    assert gateway.evaluate("sound.A", "plant") == 1


def test_a_folder_with_code_hides_what_is_below(gateway: StandInGateway) -> None:
    save(gateway, upper__lower="A = 1\n")
    assert gateway.evaluate("upper.lower.A", "plant") == 1
    save(gateway, upper="B = 2\n")
    assert gateway.evaluate("upper.B", "plant") == 2
    for code in ("import upper.lower", "upper.lower"):
        with pytest.raises(ScriptError):
            gateway.run(code, "plant")


@pytest.mark.parametrize("change", [{"scope": "G"}, {"files": []}, None])
def test_a_resource_that_the_gateway_does_not_see(
    gateway: StandInGateway, change: dict[str, object] | None
) -> None:
    save(gateway, seen="A = 1\n")
    assert gateway.evaluate("seen.A", "plant") == 1
    manifest = gateway.projects_folder / "plant/ignition/script-python/seen/resource.json"
    if change is None:
        manifest.unlink()
    else:
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **change}))
    gateway.save("plant")
    with pytest.raises(ScriptError) as caught:
        gateway.run("import seen", "plant")
    assert caught.value.type == "ImportError"


def test_a_module_that_fails_to_load_is_tried_again(gateway: StandInGateway) -> None:
    save(gateway, late="A = system.util.globals['late']\n")
    with pytest.raises(ScriptError, match="late"):
        gateway.run("import late", "plant")
    gateway.run("system.util.globals['late'] = 7", "plant")
    assert gateway.run("import late", "plant", returns="late.A") == 7


def test_each_project_has_modules_of_its_own_and_one_map_is_shared(gateway: StandInGateway) -> None:
    for project in ("plant", "site"):
        gateway.save(project, {"own.state": "SEEN = []\n"})
    gateway.run("own.state.SEEN.append(1); system.util.globals['shared'] = 'x'", "plant")
    assert gateway.evaluate("[own.state.SEEN, system.util.getGlobals().pop('shared')]", "site") == [
        [],
        "x",
    ]
    for project in ("plant", "site"):
        assert gateway.evaluate("system.util.getProjectName()", project) == project


def test_java_python_and_inductive_imports(gateway: StandInGateway) -> None:
    code = """
        import json, uuid
        from java.util.concurrent import ConcurrentHashMap
        from com.inductiveautomation.ignition.gateway import IgnitionGateway
        from com.sun.management import OperatingSystemMXBean
    """
    gateway.run("\n".join(line.strip() for line in code.splitlines()), "plant")
    folder = gateway.run(
        "from com.inductiveautomation.ignition.gateway import IgnitionGateway",
        "plant",
        returns="IgnitionGateway.get().getSystemManager().getDataDir().getPath()",
    )
    assert folder == str(gateway.data_dir)


def test_text_that_is_not_ascii(gateway: StandInGateway) -> None:
    save(gateway, text__there="WORD = u'\u00b0C'\n")
    assert gateway.run("print text.there.WORD", "plant", returns="text.there.WORD") == "\u00b0C"
    assert gateway.printed == "\u00b0C\n"
    with pytest.raises(ScriptError) as caught:
        gateway.run("raise ValueError(text.there.WORD)", "plant")
    assert caught.value.type == "ValueError"


def test_a_call_of_system_leaves_the_thread_where_it_was(gateway: StandInGateway) -> None:
    """What the stand-in does in Java's proxies must not show in the thread that called."""
    gateway.cut_connections("WorkflowsDB")
    gateway.create_tag("Stay/a", script="pass")
    save(
        gateway,
        stay__here="def mine():\n    import sys\n    return sys.modules is MODULES\nimport sys\nMODULES = sys.modules\n",
    )
    calls = (
        "system.db.runPrepQuery('select 1', [], 'WorkflowsDB')",
        "system.util.invokeAsynchronous(lambda: None)",
        "system.tag.writeBlocking(['Stay/a'], [1])",
    )
    for call in calls:
        code = f"{call}\nstays = stay.here.mine()"
        assert gateway.run(code, "plant", returns="stays") is True, call


TOUCH = """
from java.lang import Runnable, Thread
from java.util.concurrent import CountDownLatch, ConcurrentLinkedQueue
system.util.globals['entered'] = CountDownLatch(2)
system.util.globals['ran'] = ConcurrentLinkedQueue()
class Touch(Runnable):
    def run(self):
        race.top.NAME
threads = [Thread(Touch()) for _ in range(2)]
for one in threads: one.start()
for one in threads: one.join(20000)
"""
RACED = """
from java.util.concurrent import TimeUnit
system.util.globals['ran'].add('top')
system.util.globals['entered'].countDown()
getattr(system.util.globals['entered'], 'await')(PATIENCE, TimeUnit.SECONDS)
import race.other
NAME = race.other.NAME
"""


@pytest.mark.parametrize(("imports_race", "times"), [(True, 2), (False, 1)])
def test_threads_that_load_a_module_at_once(imports_race: bool, times: int) -> None:
    raced = RACED.replace("PATIENCE", "20" if imports_race else "0")
    modules = {"race.top": raced, "race.other": "NAME = 1\n"}
    with StandInGateway(
        {"plant": Project(modules=modules)}, has_library=False, imports_race=imports_race
    ) as gateway:
        assert gateway.run(TOUCH, returns="len(system.util.globals['ran'])") == times
        assert gateway.evaluate("race.top.NAME") == 1
