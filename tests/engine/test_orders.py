"""Handlers: what runs before a workflow obeys, and what becomes of its errors."""

import pytest

from exchange.workflows import errors
from exchange.workflows.engine import orders, registry, runtime
from tests.engine.fakes import make_lease
from tests.engine.test_context import Engine, make_step, recorded

OUTCOMES = {
    "hold": ("on_hold", errors.Held, "held"),
    "stop": ("on_stop", errors.Stopped, "stopped"),
    "cancel": ("on_stop", errors.Cancelled, "cancelled"),
    "timeout": ("on_stop", errors.Cancelled, "cancelled"),
    "abort": ("on_abort", errors.Aborted, "aborted"),
}


class HandlerEngine(Engine):
    """One whose handlers note that they were called."""

    def __init__(self):
        super().__init__()
        self.called: list[object] = []


@pytest.fixture
def engine():
    made = HandlerEngine()
    for name in orders.HANDLERS:
        made.handlers[name] = lambda name=name, **inputs: made.called.append((name, inputs))
    return made


@pytest.mark.parametrize("word", OUTCOMES)
def test_a_handler_runs_as_a_recorded_step_and_then_the_workflow_leaves(engine, word):
    name, signal, outcome = OUTCOMES[word]
    running = engine.begin(control=word + " 1", inputs={"tank": "T-1"})
    with pytest.raises(signal) as left:
        running.boundary()
    assert engine.called == [(name, {"tank": "T-1"})]
    [record] = engine.recorder.records
    assert (record["k"], record["kind"], record["status"]) == (name, "handler", "SUCCESS")
    assert (left.value.outcome, left.value.error) == (outcome, None)


def test_the_database_is_told_before_a_handler_begins(engine):
    told = []
    engine.handlers["on_stop"] = lambda **inputs: told.extend(engine.recorder.begun)
    running = engine.begin(control="stop 2")
    with pytest.raises(errors.Stopped):
        running.boundary()
    assert told == [("on_stop#2", "stop 2")]


@pytest.mark.parametrize("control", ["stop 1", "resume 1"])
def test_an_order_that_lapsed_before_its_handler_began_is_not_obeyed(engine, control):
    running = engine.begin(control=control)
    engine.recorder.answer_begin = lambda control: {"a": "begun"}
    orders.begin(running)
    assert (engine.called, engine.recorder.records, running.lease.control) == ([], [], None)


def test_an_order_that_came_before_the_handler_began_is_obeyed_instead(engine):
    running = engine.begin(control="hold 1")
    engine.recorder.answer_begin = lambda control: {"a": "begun", "c": "stop 1"}
    with pytest.raises(errors.Stopped):
        running.boundary()
    assert (engine.keys(), len(engine.recorder.begun)) == (["on_stop"], 2)


class Fading:
    """A lease whose order is another one at each look, and at last none: other threads give orders and take them
    back."""

    def __init__(self, lease, *controls):
        self._lease = lease
        self._controls = list(controls)

    @property
    def control(self):
        return self._controls.pop(0) if self._controls else None

    def order(self, control):
        pass

    def __getattr__(self, name):
        return getattr(self._lease, name)


def test_an_order_that_is_taken_back_while_bodies_come_to_their_end_is_not_obeyed(engine):
    running = engine.begin(control="hold 1")
    running.beside = type("Beside", (), {"drain": lambda self: running.lease.order(None)})()
    running.boundary()
    assert (engine.called, engine.recorder.begun) == ([], [])


@pytest.mark.parametrize(
    "controls, keys",
    [
        (["hold 1"], []),
        (["hold 1", "hold 1"], []),
        (["hold 1", "hold 1", "stop 1"], []),
        (["hold 1", "stop 1"], ["on_stop"]),
    ],
)
def test_an_order_may_be_taken_back_between_any_two_looks(engine, controls, keys):
    running = engine.begin()
    running.lease = Fading(running.lease, *controls)
    engine.recorder.answer_begin = lambda control: {"a": "begun", "c": keys and "stop 1" or None}
    try:
        running.boundary()
    except errors.Stopped:
        assert keys
    assert engine.keys() == keys


def test_a_handler_of_a_lost_lease_does_not_begin(engine):
    running = engine.begin(control="stop 1")
    engine.recorder.answer_begin = lambda control: {"a": "WF001"}
    with pytest.raises(errors.LeaseLost):
        running.boundary()
    assert engine.called == []


def test_without_a_number_no_handler_runs(engine):
    running = engine.begin(control="hold")
    with pytest.raises(errors.Held):
        running.boundary()
    assert (engine.called, engine.recorder.records) == ([], [])


def test_the_second_hold_is_a_step_of_its_own(engine):
    running = engine.begin(steps=[recorded("on_hold", kind="handler")], control="hold 2")
    with pytest.raises(errors.Held):
        running.boundary()
    assert engine.keys() == ["on_hold#2"]


def test_after_a_crash_a_handler_goes_on_where_it_stood(engine):
    """One of its steps is recorded: that one does not run again."""
    steps = [recorded("on_stop/close", output="closed")]
    running = engine.begin(steps=steps, control="stop 1")
    done = []

    def on_stop(**inputs):
        done.append(running.run_step(make_step(lambda: done.append("ran"), "close"), (), {}))
        done.append(running.run_step(make_step(lambda: "drained", "drain"), (), {}))

    running.handlers = {"on_stop": on_stop}
    with pytest.raises(errors.Stopped):
        running.boundary()
    assert done == ["closed", "drained"]
    assert engine.keys() == ["on_stop/drain", "on_stop"]


def test_a_handler_that_is_recorded_does_not_run_again(engine):
    running = engine.begin(steps=[recorded("on_stop", kind="handler")], control="stop 1")
    with pytest.raises(errors.Stopped):
        running.boundary()
    assert engine.called == []


def test_an_error_of_a_handler_is_told_and_stops_nothing(engine):
    def on_stop(**inputs):
        raise ValueError("the valve is stuck at 5 \xb5")

    running = engine.begin(control="stop 1")
    running.handlers = {"on_stop": on_stop}
    with pytest.raises(errors.Stopped) as left:
        running.boundary()
    assert left.value.error["class"] == "ValueError"
    assert engine.recorder.records[-1]["status"] == "ERROR"


def test_a_handler_obeys_nobody_but_a_lost_lease(engine):
    def on_hold(**inputs):
        running.lease.order("stop 1")
        running.boundary()
        engine.called.append("went on")

    running = engine.begin(control="hold 1")
    running.handlers = {"on_hold": on_hold}
    with pytest.raises(errors.Held):
        running.boundary()
    assert engine.called == ["went on"]

    def on_hold_of_a_lost_one(**inputs):
        running.lease.lose()
        running.boundary()

    running = engine.begin(control="hold 1")
    running.handlers = {"on_hold": on_hold_of_a_lost_one}
    with pytest.raises(errors.LeaseLost):
        running.boundary()


def test_a_long_wait_in_a_handler_stays_in_the_thread(engine):
    def on_hold(**inputs):
        running.sleep(60)

    running = engine.begin(control="hold 1")
    running.handlers = {"on_hold": on_hold}
    begun = engine.host.now
    with pytest.raises(errors.Held):
        running.boundary()
    assert engine.host.now - begun >= 60


def test_a_step_that_is_not_ready_waits_in_the_handler(engine):
    tries = []

    def not_yet():
        tries.append(1)
        if len(tries) < 3:
            raise errors.NotYet(30, 0, "still open")

    running = engine.begin(control="hold 1")
    running.handlers = {"on_hold": lambda: running.run_step(make_step(not_yet), (), {})}
    engine.recorder.answer = lambda record: (
        {"a": "retry", "due_ms": 30000} if record["status"] == "ERROR" else None
    )
    with pytest.raises(errors.Held):
        running.boundary()
    assert len(tries) == 3


def test_resuming_runs_its_handler_and_the_order_is_done(engine):
    running = engine.begin(control="resume 1", inputs={"tank": "T-1"})
    running.boundary()
    orders.resume(running)
    assert engine.called == [("on_resume", {"tank": "T-1"})]
    assert running.lease.control is None


def test_a_resume_that_fails_is_held_again(engine):
    def on_resume():
        raise RuntimeError("no pressure")

    running = engine.begin(control="resume 1")
    running.handlers = {"on_resume": on_resume}
    with pytest.raises(errors.Held) as left:
        orders.resume(running)
    assert left.value.error["message"] == "no pressure"


def test_a_hold_that_came_while_resuming_is_obeyed_after_it(engine):
    running = engine.begin(control="resume 1")
    engine.recorder.answer = lambda record: {"a": "recorded", "c": "hold 2"}
    orders.resume(running)
    assert running.lease.control == "hold 2"


def test_an_order_that_came_while_resuming_is_obeyed_before_anything_else(engine):
    running = engine.begin(control="resume 1")
    engine.recorder.answer = lambda record: {"a": "recorded", "c": "pause"}
    with pytest.raises(errors.Held):
        orders.begin(running)
    assert engine.keys() == ["on_resume"]


def test_code_that_has_lost_its_handler_records_an_empty_one(engine):
    running = engine.begin(control="resume 1")
    running.handlers = {}
    orders.resume(running)
    assert engine.keys() == ["on_resume"]


def test_an_order_to_resume_is_nothing_to_a_workflow_at_work(engine):
    running = engine.begin(control="resume 1")
    running.boundary()


@pytest.mark.parametrize("control", ["resume 1", None])
def test_a_try_that_is_not_due_does_not_begin(engine, control):
    """It was held between two tries; the hold may have been taken back meanwhile."""
    running = engine.begin(control=control, early=True)
    with pytest.raises(errors.Released):
        orders.begin(running)
    assert [name for name, _ in engine.called] == (["on_resume"] if control else [])


@pytest.mark.parametrize("name", orders.HANDLERS)
def test_a_step_is_not_named_like_a_handler(name):
    with pytest.raises(errors.BadArgument):
        make_step(lambda: 1, name)


def test_handlers_are_registered_with_the_workflow(monkeypatch):
    monkeypatch.setattr(registry, "REGISTRY", registry.Registry())
    runtime.workflow(name="batch", on_hold=print, on_stop=print)(lambda: 1)
    [definition] = registry.REGISTRY.definitions()
    assert definition.registration()["handlers"] == ["on_hold", "on_stop"]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"on_hold": "close"}, "on_hold"),
        ({"on_hold": print, "commands": "manual"}, "on_hold"),
        ({"on_resume": print, "commands": "manual"}, "on_resume"),
    ],
)
def test_bad_handlers_are_refused(arguments, field):
    with pytest.raises(errors.BadArgument) as refused:
        runtime.workflow(**arguments)
    assert refused.value.field == field


def test_a_lease_says_what_was_ordered():
    assert make_lease(control="hold 2").control == "hold 2"
