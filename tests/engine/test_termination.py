"""A thread that a gateway kills ends, and leaves nothing behind: no record without an answer, no workflow
without an outcome, no place in the crew that nobody fills. Everything else is survived."""

import threading

import pytest

from exchange.workflows import compat
from exchange.workflows.api.envelope import answers
from exchange.workflows.apps import verify
from exchange.workflows.engine.backoff import Backoff
from exchange.workflows.engine.loop import keep_turning
from exchange.workflows.engine.recorder import Record, Recorder
from exchange.workflows.engine.state import WorkerState
from exchange.workflows.engine.threads import WorkflowThreads
from exchange.workflows.host import cpython
from tests.engine.fakes import FakeHost, make_lease
from tests.engine.test_executor import Stage
from tests.waiting import wait_until


class Killed(BaseException):
    """What java.lang.ThreadDeath is in a gateway."""


@pytest.fixture
def gateway(monkeypatch):
    for name in ("is_termination", "is_ending"):
        monkeypatch.setattr(compat, name, lambda error: isinstance(error, Killed))
    monkeypatch.setattr(compat, "ERRORS", (Exception, Killed))
    monkeypatch.setattr(threading, "excepthook", lambda problem: None)


def test_a_part_that_is_killed_ends_and_says_so(gateway):
    host = FakeHost()

    def turn():
        raise Killed()

    with pytest.raises(Killed):
        keep_turning(host, WorkerState(host).ending, "claim", turn, host.sleep)
    assert "event=engine_error" in host.log_lines[0]


def test_waiting_for_the_database_does_not_outlast_the_kill(gateway):
    with pytest.raises(Killed):
        Backoff(FakeHost(), "renew").failed(Killed())


def test_records_of_a_recorder_that_is_killed_are_answered(gateway):
    def send(worker_id, text):
        raise Killed()

    host = FakeHost()
    recorder = Recorder(host, WorkerState(host), send)
    lease, record = make_lease(1), Record(host.make_gate())
    recorder.put((lease, lease.head + "}", record))
    with pytest.raises(Killed):
        recorder.run()
    assert (lease.is_lost, record.answer) == (True, {"a": "WF001"})


def test_an_interrupt_costs_a_sender_nothing():
    """Nobody of ours interrupts a thread: what waits in line is sent all the same."""

    class Interrupted(BaseException):
        pass

    class Line(Recorder):
        pace_seconds = 1

    host = FakeHost()
    sent: list[str] = []
    recorder = Line(host, WorkerState(host), lambda worker_id, text: sent.append(text))
    interrupts = [Interrupted()]

    def get(*args):
        if interrupts:
            raise interrupts.pop()
        return type(host.make_queue()).get(queue, *args)

    queue = recorder.queue
    recorder.queue = type(
        "Queue", (), {"get": staticmethod(get), "put": queue.put, "qsize": queue.qsize}
    )()
    lease, record = make_lease(1), Record(host.make_gate())
    recorder.put((lease, lease.head + "}", record))
    recorder.end()
    recorder.run()
    assert len(sent) == 1
    assert not lease.is_lost


def test_a_workflow_whose_thread_is_killed_has_an_outcome(gateway):
    stage = Stage()

    def demo():
        raise Killed("by the gateway")

    with pytest.raises(Killed):
        stage.run(demo)
    [outcome] = stage.finisher.outcomes
    assert (outcome["outcome"], outcome["error"]["message"]) == ("error", "by the gateway")
    [lease] = stage.state.held.values()
    assert not lease.is_lost, "the outcome is on its way"


def test_a_thread_that_is_killed_while_it_encodes_a_result_leaves_an_outcome_and_ends(gateway):
    class Slow:
        def keys(self):
            raise Killed()

        def __getitem__(self, key):
            return key

    stage = Stage()
    with pytest.raises(Killed):
        stage.run(Slow)
    [outcome] = stage.finisher.outcomes
    assert (outcome["outcome"], outcome["error"]["class"]) == ("error", "Killed")
    assert len(stage.state.held) == 1


def test_a_thread_that_was_killed_is_replaced_while_work_waits(gateway):
    worked = cpython.make_queue()

    def execute(lease, gate):
        worked.put(lease.workflow_id)
        if lease.workflow_id.endswith("1"):
            raise Killed()

    threads = WorkflowThreads(cpython, 1, execute, lambda: None)
    threads.submit([make_lease(number, started=True) for number in (1, 2, 3)])
    assert [worked.get(timeout=10)[-1] for _ in range(3)] == ["1", "2", "3"]
    wait_until(lambda: threads.idle_count() == 1)
    assert threads.thread_count() == 1
    threads.end()


def test_no_envelope_answers_the_end_of_a_script(gateway):
    @answers("FAILED")
    def script():
        raise Killed()

    with pytest.raises(Killed):
        script()


def test_every_other_error_is_answered(gateway):
    @answers("FAILED")
    def script():
        raise ValueError("5 \xb5bar")

    assert script()["message"] == "5 \xb5bar"


def test_a_script_that_is_ended_verifies_nothing_more(gateway, monkeypatch):
    tried = []

    def check(dbName):
        tried.append(dbName)
        raise Killed()

    monkeypatch.setattr(verify, "CHECKS", (check, check))
    with pytest.raises(Killed):
        verify.report("WorkflowsDB")
    assert tried == ["WorkflowsDB"]
