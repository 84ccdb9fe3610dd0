"""What the worker of a gateway says about a call that does not come back."""

from exchange.workflows.engine.worker import Worker
from tests.engine.fakes import FakeHost, FakeSession


class HangingConnector:
    schema = "workflows"

    def __init__(self):
        self.calls = {}

    def session(self, purpose, is_direct=False):
        return FakeSession()

    def hanging(self, seconds):
        return {name: taken for name, taken in self.calls.items() if taken > seconds}


def test_a_call_that_hangs_is_told_once_and_so_is_its_end():
    connector, host = HangingConnector(), FakeHost()
    worker = Worker(connector=connector, host=host)
    told = []
    for calls in ({"record_steps": 14.0}, {"record_steps": 16.0}, {"record_steps": 17.0}, {}, {}):
        connector.calls = calls
        host.log_lines.clear()
        worker.tell_hanging()
        told.append([line for line in map(str, host.log_lines) if "call" in line])
    assert [len(lines) for lines in told] == [0, 1, 0, 1, 0]
    assert "event=call_hangs function=record_steps seconds=16" in told[1][0]
    assert "event=calls_answered functions=record_steps" in told[3][0]
