"""A part that fails goes on turning: a worker must not look alive and do nothing."""

import pytest

from exchange.workflows.engine.loop import keep_turning
from exchange.workflows.engine.recorder import Record, Recorder
from exchange.workflows.engine.state import WorkerState
from tests.engine.fakes import FakeHost, make_lease


@pytest.mark.parametrize("error", [KeyError("reply"), MemoryError(), SystemExit()])
def test_what_a_turn_could_not_catch_is_logged_and_tried_again(error):
    host = FakeHost()
    state = WorkerState(host)
    turns = []

    def turn():
        turns.append(host.now)
        if len(turns) == 1:
            raise error
        state.ending.set()
        return 0

    keep_turning(host, state.ending, "claim", turn, host.sleep)
    assert turns == [1000.0, 1001.0]
    assert "event=engine_error" in host.log_lines[0]


def test_an_answer_that_nobody_understands_loses_the_lease_and_not_the_thread():
    host = FakeHost()
    recorder = Recorder(host, WorkerState(host), lambda worker_id, text: [{"strange": True}])
    lease, record = make_lease(1), Record(host.make_gate())
    recorder.put((lease, lease.head + "}", record))
    assert recorder.turn() is True
    assert record.answer == {"a": "WF001"}
    assert lease.is_lost
