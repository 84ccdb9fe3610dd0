"""An order between two tries: what is left of the backoff is waited for afterwards, wherever it was kept."""

import pytest

from tests.sql.situations import HANDLERS, SITUATIONS, Situation


@pytest.fixture
def make(calls, clock):
    """One that has failed once, and its next try is due in 1000 seconds."""

    def bring(handlers=HANDLERS):
        s = Situation(calls, clock, list(handlers))
        s.clock.freeze()
        SITUATIONS["DELAYED RUNNING"](s)
        due = "workflows.clock_now() + interval '1000 seconds'"
        s.calls.run(f"update workflows.parked set due_at = {due}, resume_at = {due}")
        return s

    return bring


def seconds_left(s):
    """What is left of the backoff where it stands, DELAYED or HELD."""
    left = "round(extract(epoch from resume_at - workflows.clock_now()))::integer"
    return [found for (found,) in s.calls.rows(f"select {left} from workflows.parked")]


def leave_early(s):
    """The worker that carried the order out is told that the try is not due, and gives it back."""
    assert s.claimed["early"] is True
    s.finish("released")


def pass_time(s, seconds):
    s.clock.advance(seconds)
    s.worker.register()
    s.calls.maintain()


def assert_tried_when_due(s, seconds):
    assert (s.stands, seconds_left(s)) == (("DELAYED", "RUNNING"), [seconds])
    pass_time(s, seconds - 1)
    assert s.worker.claim(4) == []
    pass_time(s, 2)
    assert "early" not in s.claim()
    assert s.calls.value("select count(*) from workflows.workflow where retry_at is not null") == 0


@pytest.mark.parametrize("handlers", [[], ["on_hold"], ["on_resume"], HANDLERS], ids=str)
def test_a_hold_and_its_end_keep_the_backoff(make, handlers):
    s = make(handlers)
    s.order("HOLD")
    s.obey()
    assert (s.stands, seconds_left(s)) == (("HELD", "HELD"), [1000])
    pass_time(s, 100)
    s.order("RESUME")
    if "on_resume" in handlers:
        s.obey()
        leave_early(s)
    assert_tried_when_due(s, 900)


def test_the_backoff_is_over_while_it_is_held(make):
    s = make()
    s.order("HOLD")
    s.obey()
    pass_time(s, 1001)
    s.order("RESUME")
    s.obey()
    s.finish("released")
    assert s.stands == ("ENQUEUED", "RUNNING")


@pytest.mark.parametrize("where", ["waits", "claimed"])
def test_a_hold_that_is_taken_back_keeps_the_backoff(make, where):
    """Before a worker claims it, or before that worker has begun on_hold."""
    s = make()
    s.order("HOLD")
    if where == "claimed":
        s.claim()
    s.order("RESUME")
    if where == "claimed":
        leave_early(s)
    assert_tried_when_due(s, 1000)


@pytest.mark.parametrize("order", ["PAUSE", "HOLD"])
def test_a_hold_while_it_resumes_keeps_the_backoff(make, order):
    s = make()
    for command in ("HOLD", "RESUME", order):
        s.order(command)
        s.obey() if command != "RESUME" else None
    assert (s.stands[0], seconds_left(s)) == ("HELD", [1000])


def test_a_lost_worker_keeps_the_backoff(make):
    s = make()
    s.order("HOLD")
    s.claim()
    s.worker.retire()
    s.calls.maintain()
    assert s.stands == ("ENQUEUED", "HOLDING")
    s.worker = type(s.worker)(s.calls, (s.name,), handlers=HANDLERS)
    s.obey()
    assert (s.stands, seconds_left(s)) == (("HELD", "HELD"), [1000])


@pytest.mark.parametrize("command", ["HOLD", "STOP", "ABORT"])
def test_an_order_that_lapses_keeps_the_backoff(make, command):
    s = make()
    s.order(command, valid_for_seconds=5)
    pass_time(s, 100)
    assert_tried_when_due(s, 900)


@pytest.mark.parametrize("command", ["RESUME", "STOP"])
def test_an_order_to_a_held_one_that_lapses_keeps_the_backoff(make, command):
    s = make()
    s.order("HOLD")
    s.obey()
    s.order(command, valid_for_seconds=5)
    pass_time(s, 100)
    assert (s.stands, seconds_left(s)) == (("HELD", "HELD"), [900])


def test_a_try_that_fails_after_the_hold_has_its_backoff(calls, clock):
    s = Situation(calls, clock, HANDLERS)
    s.clock.freeze()
    s.begin()
    s.order("HOLD")
    s.worker.fail(s.claimed or {})
    s.claimed = None
    s.obey()
    [left] = seconds_left(s)
    assert 0 <= left <= 1000
    s.order("RESUME")
    s.obey()
    leave_early(s)
    assert (s.stands, seconds_left(s)) == (("DELAYED", "RUNNING"), [left])


def test_one_that_was_stopped_and_is_retried_does_not_wait(make):
    s = make()
    s.order("STOP")
    s.obey()
    s.calls.retry(s.workflow_id)
    assert "early" not in s.claim()
