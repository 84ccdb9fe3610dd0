"""Steps that wait for something outside: in the thread at first, then by leaving it."""

import pytest

from exchange.workflows import errors
from exchange.workflows.engine import context, polling
from tests.engine.test_context import Engine, make_step, recorded


@pytest.fixture
def engine():
    made = Engine()
    made.recorder.answer = lambda record: (
        {"a": "retry", "due_ms": record["retry"]["wait_seconds"] * 1000}
        if record.get("retry")
        else None
    )
    yield made
    context.enter(None)


class Outside:
    """What is waited for: there after so many looks; every look notes the time."""

    def __init__(self, engine, looks):
        self.engine = engine
        self.looks = looks
        self.seen = []

    def look(self):
        self.seen.append(self.engine.host.now - 1000.0)
        is_there = len(self.seen) > self.looks
        return is_there, "there" if is_there else "look %d" % len(self.seen)


def wait(engine, outside, timeout_ms=10000, poll_ms=250, steps=None, is_safe=True):
    running = engine.begin(steps, received_at=engine.host.now)
    context.enter(running)
    body = make_step(lambda: polling.wait_for(outside.look, timeout_ms, poll_ms, is_safe), "wait")
    return running.run_step(body, (), {})


def stands(record, late_ms=0, **more):
    """The record as the next claim answers it, `late_ms` after it was due."""
    return recorded(
        "wait",
        status="RETRYING",
        error=record["error"],
        attempts=record["attempt"],
        due_ms=-late_ms,
        **more,
    )


def test_what_is_there_at_once_is_answered_at_once(engine):
    assert wait(engine, Outside(engine, 0)) == "there"
    assert engine.host.waits == []
    assert [record["status"] for record in engine.recorder.records] == ["SUCCESS"]


def test_a_short_wait_polls_in_the_thread_and_records_nothing_for_it(engine):
    outside = Outside(engine, 4)
    assert wait(engine, outside) == "there"
    assert outside.seen == [0, 0.25, 0.5, 0.75, 1.0]
    assert len(engine.recorder.records) == 1


def test_a_longer_wait_leaves_the_thread(engine):
    outside = Outside(engine, 999)
    with pytest.raises(errors.Suspended) as left:
        wait(engine, outside)
    assert left.value.step_key == "wait"
    assert engine.host.now == 1002.0, "it holds the thread as long as any other wait"
    [record] = engine.recorder.records
    assert record["error"] == {
        "class": "NotYet",
        "message": "look 9",
        "waited_ms": 2000,
        "wait_ms": 1000,
    }
    assert record["retry"]["wait_seconds"] == 1.0


def test_it_comes_back_for_one_look_and_leaves_again(engine):
    outside = Outside(engine, 10)
    with pytest.raises(errors.Suspended):
        wait(engine, outside)
    with pytest.raises(errors.Suspended):
        wait(engine, outside, steps=[stands(engine.recorder.records[-1], late_ms=100)])
    assert len(outside.seen) == 10 and engine.host.now == 1002.0
    second = engine.recorder.records[-1]
    assert (second["attempt"], second["error"]["waited_ms"]) == (2, 3100)
    assert wait(engine, outside, steps=[stands(second)]) == "there"
    assert engine.recorder.records[-1]["attempt"] == 3


def test_time_that_a_dead_worker_lost_counts(engine):
    outside = Outside(engine, 999)
    with pytest.raises(errors.Suspended):
        wait(engine, outside)
    with pytest.raises(errors.TimedOut, match="not within 10000 ms: look 10"):
        wait(engine, outside, steps=[stands(engine.recorder.records[-1], late_ms=60000)])


def test_the_last_look_is_at_the_end(engine):
    outside = Outside(engine, 999)
    with pytest.raises(errors.TimedOut):
        wait(engine, outside, timeout_ms=1100, poll_ms=500)
    assert outside.seen == pytest.approx([0, 0.5, 1.0, 1.1])
    with pytest.raises(errors.Suspended):
        wait(engine, outside, timeout_ms=2600)
    assert engine.recorder.records[-1]["retry"]["wait_seconds"] == pytest.approx(0.6)


def test_a_slow_poll_leaves_the_thread_after_the_first_look(engine):
    with pytest.raises(errors.Suspended):
        wait(engine, Outside(engine, 9), timeout_ms=60000, poll_ms=30000)
    assert engine.host.waits == []
    assert engine.recorder.records[-1]["retry"]["wait_seconds"] == 30


def test_no_time_is_one_look(engine):
    with pytest.raises(errors.TimedOut):
        wait(engine, Outside(engine, 1), timeout_ms=0)


def test_a_timeout_is_an_error_that_tries_can_help(engine):
    with pytest.raises(errors.TimedOut) as raised:
        wait(engine, Outside(engine, 99), timeout_ms=1000)
    step = make_step(len, options={"max_attempts": 2})
    assert step.retries(raised.value)
    raised.value.is_repeatable = False
    assert not step.retries(raised.value)


def test_inside_another_step_it_stays_in_the_thread(engine):
    outside = Outside(engine, 20)
    running = engine.begin()
    context.enter(running)
    inner = make_step(lambda: polling.wait_for(outside.look, 10000, 250), "inner")
    outer = make_step(lambda: running.run_step(inner, (), {}), "outer")
    assert running.run_step(outer, (), {}) == "there"
    assert engine.host.now == 1005.0
    assert engine.keys() == ["outer/inner", "outer"]


def test_outside_a_workflow_it_waits_with_the_process(engine, monkeypatch):
    monkeypatch.setattr(polling.instance, "choose_host", lambda: engine.host)
    outside = Outside(engine, 20)
    assert polling.wait_for(outside.look, 10000, 250) == "there"
    polling.sleep(60)
    assert engine.host.now == 1065.0
    assert not polling.has_waited()


@pytest.mark.parametrize("control", ["hold", "stop", "cancel", "timeout"])
def test_d21_an_order_ends_a_wait_at_once(engine, control):
    engine.host.plan(0.6, lambda: context.current().lease.order(control))
    with pytest.raises(errors.ControlSignal):
        wait(engine, Outside(engine, 99))
    assert engine.host.now == 1000.6
    assert engine.recorder.records == []


def test_d21_what_must_not_be_begun_anew_is_held_when_it_leaves_the_thread(engine):
    engine.host.plan(0.6, lambda: context.current().lease.order("hold"))
    with pytest.raises(errors.Suspended):
        wait(engine, Outside(engine, 99), is_safe=False)
    assert engine.host.now == 1002.0
    assert len(engine.recorder.records) == 1, "so that the step knows that it has begun"


@pytest.mark.parametrize("control", ["stop", "cancel", "timeout"])
def test_d21_what_must_not_be_begun_anew_ends_at_once_all_the_same(engine, control):
    engine.host.plan(0.6, lambda: context.current().lease.order(control))
    with pytest.raises(errors.ControlSignal):
        wait(engine, Outside(engine, 99), is_safe=False)
    assert engine.host.now == 1000.6


def test_a_lost_lease_ends_a_wait(engine):
    engine.host.plan(0.6, lambda: context.current().lease.lose())
    with pytest.raises(errors.LeaseLost):
        wait(engine, Outside(engine, 99), is_safe=False)


def test_another_result_that_stands_already_wins(engine):
    engine.recorder.answer = lambda record: {
        "a": "replayed",
        "status": "SUCCESS",
        "output": "other",
    }
    assert wait(engine, Outside(engine, 99)) == "other"


def test_a_step_knows_whether_it_has_begun_before(engine):
    seen = []

    def body():
        seen.append(polling.has_waited())
        polling.sleep(60)
        return "done"

    for _ in range(2):
        last = engine.recorder.records[-1:]
        running = engine.begin([stands(last[0])] if last else None)
        context.enter(running)
        try:
            assert running.run_step(make_step(body, "wait"), (), {}) == "done"
        except errors.Suspended:
            pass
    assert seen == [False, True]


def test_a_sleep_leaves_the_thread_once_and_is_over_when_it_is_due(engine):
    def nap(seconds, steps=None):
        running = engine.begin(steps, received_at=engine.host.now)
        context.enter(running)
        running.run_step(make_step(lambda: polling.sleep(seconds), "wait"), (), {})

    nap(1.5)
    assert engine.host.now == 1001.5
    with pytest.raises(errors.Suspended):
        nap(3600)
    record = engine.recorder.records[-1]
    assert record["retry"]["wait_seconds"] == 3600
    nap(3600, [stands(record)])
    assert engine.host.now == 1001.5
    assert engine.recorder.records[-1]["status"] == "SUCCESS"


@pytest.mark.parametrize("given", [{"timeout_ms": -1}, {"poll_ms": 0}, {"timeout_ms": "10"}])
def test_senseless_times_are_refused(engine, given):
    with pytest.raises(errors.BadArgument) as refused:
        wait(engine, Outside(engine, 0), **given)
    assert refused.value.field in given
