"""The driver: requests that end, a process that stops, roles, requests to a web server."""

import http.server
import json
import threading
from collections.abc import Iterator

import pytest

from tests.gateway.gateway import GatewayError, ScriptError, StandInGateway
from tests.gateway.projects import Project

pytestmark = pytest.mark.proof
REDUNDANCY = """
from com.inductiveautomation.ignition.gateway import IgnitionGateway
manager = IgnitionGateway.get().getRedundancyManager()
state = manager.getCurrentState()
role = [manager.isRedundancyEnabled(), manager.isMaster(), manager.isActive(), str(state.getRole()), str(state.getActivityLevel())]
"""


def test_it_starts_in_time(gateway: StandInGateway) -> None:
    """Of processors, so that who shares the machine does not count; about 5 s."""
    assert 0 < gateway.start_cpu_seconds < 15


def test_what_a_script_raises_arrives(gateway: StandInGateway) -> None:
    with pytest.raises(ScriptError) as caught:
        gateway.run(
            "print 'before'\nfrom java.lang import IllegalStateException\nraise IllegalStateException('no')"
        )
    assert caught.value.type == "java.lang.IllegalStateException"
    assert caught.value.message == "no"
    assert caught.value.printed == "before\n"
    with pytest.raises(ScriptError, match='File "<script>", line 2'):
        gateway.run("\n1/0")
    with pytest.raises(ScriptError, match="has no JSON form"):
        gateway.evaluate("object()")


def test_a_request_that_hangs_does_not_stop_others(gateway: StandInGateway) -> None:
    gateway.run(
        "from java.util.concurrent import CountDownLatch; system.util.globals['hang'] = CountDownLatch(1)"
    )
    with pytest.raises(GatewayError, match=r"no answer in 0\.2 s") as caught:
        gateway.run("getattr(system.util.globals['hang'], 'await')()", seconds=0.2)
    assert "<script>:1" in str(caught.value)
    gateway.run("system.util.globals.pop('hang').countDown()")


def test_asynchronous_scripts_run_in_their_project(gateway: StandInGateway) -> None:
    code = """
def work(a, b=0):
    import json
    system.util.globals['async'] = json.dumps([a, b, system.util.getProjectName()])
thread = system.util.invokeAsynchronous(work, [1], {'b': 2}, 'workflows-async')
name = thread.getName()
thread.join(5000)
"""
    assert gateway.run(code, "site", returns="name") == "workflows-async"
    assert json.loads(gateway.evaluate("system.util.globals.pop('async')")) == [1, 2, "site"]


def test_roles_of_a_redundant_pair(gateway: StandInGateway) -> None:
    assert gateway.run(REDUNDANCY, returns="role") == [False, True, True, "Independent", "Active"]
    gateway.set_redundancy(True, is_master=False, is_active=False)
    assert gateway.run(REDUNDANCY, returns="role") == [True, False, False, "Backup", "Warm"]
    gateway.set_active(True)
    assert gateway.run(REDUNDANCY, returns="role") == [True, False, True, "Backup", "Active"]
    gateway.set_redundancy(False, is_hidden=True)
    with pytest.raises(ScriptError, match="getRedundancyManager"):
        gateway.run(REDUNDANCY)
    gateway.set_redundancy(False)


def test_stop_runs_shutdown_scripts_and_kill_does_not() -> None:
    project = Project(startup="print 'starts'", shutdown="print 'stops'")
    with StandInGateway({"plant": project}, name="ends", has_library=False) as gateway:
        gateway.pause()
        with pytest.raises(GatewayError, match="no answer"):
            gateway.evaluate("1", seconds=0.2)
        gateway.resume()
        assert gateway.evaluate("1") == 1
        gateway.kill()
        with pytest.raises(GatewayError):
            gateway.evaluate("1")
        gateway.start()
        gateway.stop()
        lines = [line for line in gateway.log().splitlines() if line in ("starts", "stops")]
        assert lines == ["starts", "starts", "stops"]


class Echo(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        answer = json.dumps(
            [self.path, self.headers.get("X-A"), self.headers["Content-Type"], body]
        )
        self.send_response(201)
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def echo() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/there"
        server.shutdown()


def test_the_http_client(gateway: StandInGateway, echo: str) -> None:
    code = f"answer = system.net.httpClient(timeout=5000).post({echo!r}, params={{'q': 'a b'}}, data={{'n': 1}}, headers={{'X-A': 'b'}}, timeout=5000)"
    status, good, answered = gateway.run(
        code, returns="[answer.statusCode, answer.good, answer.json]"
    )
    assert (status, good) == (201, True)
    assert answered == ["/there?q=a+b", "b", "application/json;charset=UTF-8", '{"n": 1}']
