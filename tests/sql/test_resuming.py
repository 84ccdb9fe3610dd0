"""on_resume is owed from the RESUME of a HELD workflow until it has run, whatever is ordered in between."""

import pytest

from tests.sql.situations import HANDLERS, Situation

BOTH = pytest.mark.parametrize("handlers", [["on_resume"], HANDLERS], ids=["alone", "all"])
WHERE = pytest.mark.parametrize("where", ["waits", "claimed"])


@pytest.fixture
def make(calls, clock):
    def bring(handlers, where="waits", **options):
        """It is RESUMING, and no worker or one has it."""
        s = Situation(calls, clock, list(handlers))
        s.begin(**options)
        s.suspend()
        s.order("HOLD")
        s.obey()
        assert s.order("RESUME")["state"] == "RESUMING"
        if where == "claimed":
            s.claim()
        return s

    return bring


def resumed(s):
    """How often on_resume has run."""
    query = "select count(*) from workflows.step where workflow_id = %s and step_key ~ '^on_resume'"
    return s.calls.value(query, s.workflow_id)


def lapse(s):
    s.clock.advance(6)
    if s.claimed:
        s.worker.renew(s.claimed)
    s.calls.maintain()
    s.worker.register()


@BOTH
@WHERE
@pytest.mark.parametrize("pauses", [1, 2])
def test_a_pause_before_on_resume_leaves_it_owed(make, handlers, where, pauses):
    s = make(handlers, where)
    for _ in range(pauses):
        s.order("PAUSE")
        s.obey()
        assert (s.stands, resumed(s)) == (("HELD", "PAUSED"), 0)
        assert s.order("RESUME")["state"] == "RESUMING"
    s.obey()
    assert (s.stands, resumed(s)) == (("RUNNING", "RUNNING"), 1)
    s.order("PAUSE")
    s.obey()
    assert s.order("RESUME")["state"] == "RUNNING"
    assert resumed(s) == 1


@BOTH
def test_a_pause_while_on_resume_runs_leaves_nothing_owed(make, handlers):
    s = make(handlers, "claimed")
    s.order("PAUSE")
    assert s.record_handler("resume", "1")["c"] == "pause"
    s.obey()
    assert s.stands == ("HELD", "PAUSED")
    assert s.order("RESUME")["state"] == "RUNNING"
    assert resumed(s) == 1


@BOTH
@pytest.mark.parametrize("command", ["HOLD", "PAUSE"])
def test_an_order_that_is_taken_back_before_on_resume_leaves_it_owed(make, handlers, command):
    """Its worker has the order to resume again, or leaves for the hold and comes back with it."""
    s = make(handlers, "claimed")
    s.order(command)
    assert s.order("RESUME")["state"] == "RESUMING"
    assert s.ordered == "resume 1"
    s.finish("held")
    assert s.stands == ("ENQUEUED", "RESUMING")
    s.obey()
    assert (s.stands, resumed(s)) == (("RUNNING", "RUNNING"), 1)


@pytest.mark.parametrize("handlers", [["on_resume", "on_stop"], HANDLERS], ids=["no hold", "all"])
@WHERE
@pytest.mark.parametrize("command", ["HOLD", "PAUSE", "STOP"])
def test_an_order_that_lapses_before_on_resume_leaves_it_owed(make, handlers, where, command):
    s = make(handlers, where)
    s.order(command, valid_for_seconds=5)
    lapse(s)
    if s.stands[0] == "HELD":  # it had nothing to run, and is obeyed
        assert s.order("RESUME")["state"] == "RESUMING"
    assert s.stands[1] == "RESUMING"
    s.obey()
    assert (s.stands, resumed(s)) == (("RUNNING", "RUNNING"), 1)


def test_held_again_while_paused_runs_it_once(make):
    s = make(["on_resume"])
    s.order("PAUSE")
    s.order("HOLD")
    assert s.stands == ("HELD", "HELD")
    s.order("RESUME")
    s.obey()
    assert resumed(s) == 1


def test_one_that_ended_owes_nothing_when_it_is_retried(make):
    s = make(["on_resume"])
    s.order("PAUSE")
    s.order("STOP")
    s.calls.retry(s.workflow_id)
    s.claim()
    s.order("PAUSE")
    s.obey()
    assert s.order("RESUME")["state"] == "RUNNING"


@pytest.mark.parametrize("command", ["RESUME", "STOP", "ABORT"])
def test_one_that_waits_for_its_gates_is_held_and_runs_nothing(calls, clock, command):
    """It ran, was stopped, and is tried once more behind another of its key: no handler without the key."""
    s = Situation(calls, clock, list(HANDLERS[1:] if command != "RESUME" else ["on_resume"]))
    key = {"partition_key": s.name}
    first = s.begin(**key)["w"]
    s.finish("cancelled")
    s.begin(priority=-1, **key)
    calls.retry(first)
    assert s.worker.claim(1) == []
    s.workflow_id = first
    s.order("HOLD")
    s.order(command)
    assert s.stands[0] in ("BLOCKED", "STOPPED", "ABORTED")
    assert s.worker.claim(4) == []
