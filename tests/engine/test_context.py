"""Steps in a workflow: keys, replay, tries, waits, orders."""

import pytest

from exchange.workflows import errors
from exchange.workflows.engine import context, runtime
from exchange.workflows.engine.executor import Executor
from exchange.workflows.engine.registry import Registry
from exchange.workflows.engine.state import WorkerState
from tests.engine.fakes import FakeHost, FakeRecorder, make_lease


class Engine:
    """One workflow, run in this thread against a recorder that answers as the test says."""

    def __init__(self):
        self.host = FakeHost()
        self.state = WorkerState(self.host)
        self.state.lease_until = 1e9
        self.recorder = FakeRecorder()
        self.executor = Executor(self.host, self.state, Registry(), FakeConnector())
        self.executor.recorder = self.recorder
        self.handlers = {}

    def begin(self, steps=None, **more):
        lease = make_lease(steps=steps, **more)
        gate = self.host.make_gate()
        return context.Context(lease, self.executor, known_here, gate, self.handlers)

    def keys(self):
        return [record["k"] for record in self.recorder.records]


class FakeConnector:
    schema = "workflows"


class Blocked(Exception):
    pass


def known_here():
    pass


def make_step(function, name="pour", options=None):
    return runtime.StepDefinition(function, name, runtime._retry_policy(options), False)


def recorded(key, output=None, status="SUCCESS", **more):
    return dict(
        {"k": key, "kind": "step", "status": status, "output": output, "error": None}, **more
    )


@pytest.fixture
def engine():
    return Engine()


# Keys and replay


def test_a_step_is_recorded_with_all_that_a_replay_needs(engine):
    running = engine.begin()
    assert running.run_step(make_step(lambda x: {"x": x}), (5,), {}) == {"x": 5}
    [record] = engine.recorder.records
    assert record == {
        "w": running.workflow_id,
        "t": running.lease.token,
        "k": "pour",
        "name": "pour",
        "kind": "step",
        "status": "SUCCESS",
        "attempt": 1,
        "elapsed_ms": 0,
        "output": {"x": 5},
    }


def test_keys_count_the_calls_of_a_name_and_begin_anew_inside_a_step(engine):
    running = engine.begin()
    inner = make_step(lambda: None, "inner")

    def body():
        for _ in range(2):
            running.run_step(inner, (), {})

    running.run_step(inner, (), {})
    for _ in range(2):
        running.run_step(make_step(body, "outer"), (), {})
    assert engine.keys() == [
        "inner",
        "outer/inner",
        "outer/inner#2",
        "outer",
        "outer#2/inner",
        "outer#2/inner#2",
        "outer#2",
    ]


def test_d15_a_replayed_parent_does_not_use_up_the_keys_of_its_children(engine):
    running = engine.begin([recorded("outer", 1), recorded("outer/inner", 2), recorded("inner", 3)])
    outer = make_step(lambda: pytest.fail("must not run"), "outer")
    inner = make_step(lambda: pytest.fail("must not run"), "inner")
    assert running.run_step(outer, (), {}) == 1
    assert running.run_step(inner, (), {}) == 3
    assert engine.recorder.records == []


def test_d15_a_kind_that_does_not_fit_is_refused_with_wf007(engine):
    running = engine.begin([recorded("sleep", kind="sleep", status="WAITING")])
    with pytest.raises(errors.ReplayMismatch):
        running.run_step(make_step(len, "sleep"), ("abc",), {})


def test_d17_the_first_time_gives_what_a_replay_would_give(engine):
    first = engine.begin().run_step(make_step(lambda: {1: (2, 3)}), (), {})
    assert first == {"1": [2, 3]}
    again = engine.begin([recorded("pour", engine.recorder.records[0]["output"])])
    assert again.run_step(make_step(len), (), {}) == first


def test_d16_a_recorded_error_is_raised_again_as_its_class(engine):
    error = {"class": "Blocked", "message": "valve", "traceback": ""}
    running = engine.begin([recorded("pour", status="ERROR", error=error)])
    with pytest.raises(Blocked, match="valve"):
        running.run_step(make_step(lambda: pytest.fail("must not run")), (), {})


def test_poison_in_an_output_is_mended_also_for_the_first_time(engine):
    assert engine.begin().run_step(make_step(lambda: "a\x00"), (), {}) == "a\ufffd"


def test_an_output_without_a_json_form_is_recorded_as_an_error_and_not_tried_again(engine):
    step = make_step(object, options={"max_attempts": 5})
    with pytest.raises(errors.UnserialisableResult) as raised:
        engine.begin().run_step(step, (), {})
    assert raised.value.detail["path"] == "pour"
    [record] = engine.recorder.records
    assert (record["status"], record.get("retry")) == ("ERROR", None)


def test_another_record_that_stands_already_wins(engine):
    engine.recorder.answer = lambda record: {
        "a": "replayed",
        "status": "SUCCESS",
        "output": "first",
    }
    assert engine.begin().run_step(make_step(lambda: "second"), (), {}) == "first"


def test_a_record_that_the_database_cannot_take_is_recorded_as_an_error(engine):
    def answer(record):
        return (
            {"a": "refused", "error": errors.DatabaseError("no", "22P05")}
            if record["status"] == "SUCCESS"
            else None
        )

    engine.recorder.answer = answer
    with pytest.raises(errors.UnserialisableResult, match="22P05"):
        engine.begin().run_step(make_step(lambda: 1), (), {})
    assert [record["status"] for record in engine.recorder.records] == ["SUCCESS", "ERROR"]


# Errors and tries


def failing(times, error=ValueError):
    left = [times]

    def body():
        left[0] -= 1
        if left[0] >= 0:
            raise error("try %d" % left[0])
        return "done"

    return body


def retry_after(milliseconds):
    def answer(record):
        if record["status"] == "SUCCESS" or "retry" not in record:
            return None
        if record["attempt"] >= record["retry"]["max_attempts"]:
            return {"a": "give_up"}
        return {"a": "retry", "due_ms": milliseconds}

    return answer


def test_an_error_without_retries_is_recorded_once_and_raised(engine):
    with pytest.raises(ValueError, match="try 0"):
        engine.begin().run_step(make_step(failing(1)), (), {})
    [record] = engine.recorder.records
    assert record["error"]["class"] == "ValueError"
    assert "retry" not in record


def test_the_database_decides_the_next_try_and_a_short_wait_keeps_the_thread(engine):
    engine.recorder.answer = retry_after(1500)
    step = make_step(failing(2), options={"max_attempts": 4, "interval_seconds": 1})
    assert engine.begin().run_step(step, (), {}) == "done"
    assert [record["attempt"] for record in engine.recorder.records] == [1, 2, 3]
    assert engine.host.now == 1003.0
    assert engine.recorder.records[0]["retry"] == {
        "max_attempts": 4,
        "interval_seconds": 1,
        "backoff_rate": 2.0,
        "max_interval_seconds": 3600.0,
    }


def test_when_no_try_is_left_the_error_is_raised(engine):
    engine.recorder.answer = retry_after(0)
    with pytest.raises(ValueError):
        engine.begin().run_step(make_step(failing(9), options={"max_attempts": 3}), (), {})
    assert len(engine.recorder.records) == 3


def test_a_long_backoff_leaves_the_thread_and_goes_on_with_the_next_attempt(engine):
    engine.recorder.answer = retry_after(60000)
    step = make_step(failing(1), options={"max_attempts": 3})
    with pytest.raises(errors.Suspended) as left:
        engine.begin().run_step(step, (), {})
    assert left.value.step_key == "pour"
    running = engine.begin([recorded("pour", status="RETRYING", attempts=1, due_ms=-5)])
    assert running.run_step(step, (), {}) == "done"
    assert engine.recorder.records[-1]["attempt"] == 2


def test_d16_a_try_that_is_not_due_yet_is_waited_for(engine):
    running = engine.begin([recorded("pour", status="RETRYING", attempts=1, due_ms=1000)])
    running.run_step(make_step(lambda: 1, options={"max_attempts": 3}), (), {})
    assert engine.host.now == 1001.0


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, MemoryError, RecursionError])
def test_whatever_a_step_raises_is_recorded(engine, error):
    with pytest.raises(error):
        engine.begin().run_step(make_step(failing(1, error)), (), {})
    assert engine.recorder.records[0]["error"]["class"] == error.__name__


# Orders

ORDERS = [
    ("hold", errors.Held),
    ("stop", errors.Stopped),
    ("cancel", errors.Cancelled),
    ("timeout", errors.Cancelled),
]


@pytest.mark.parametrize("control, signal", ORDERS)
def test_an_order_is_obeyed_before_a_step_begins(engine, control, signal):
    running = engine.begin()
    running.lease.control = control
    with pytest.raises(signal):
        running.run_step(make_step(lambda: pytest.fail("must not run")), (), {})


def test_an_order_that_comes_with_a_record_is_obeyed_at_the_next_boundary(engine):
    engine.recorder.answer = lambda record: {"a": "recorded", "c": "cancel"}
    running = engine.begin()
    assert running.run_step(make_step(lambda: 1), (), {}) == 1
    with pytest.raises(errors.Cancelled):
        running.boundary()


def test_recorded_steps_are_given_back_whatever_was_ordered(engine):
    running = engine.begin([recorded("pour", 7)], control="hold")
    assert running.run_step(make_step(len), (), {}) == 7


def test_d21_except_exception_cannot_swallow_an_order(engine):
    running = engine.begin(control="cancel")
    with pytest.raises(errors.Cancelled):
        try:
            running.boundary()
        except Exception:
            pytest.fail("swallowed")


def test_an_order_that_was_swallowed_comes_again_at_each_boundary(engine):
    running = engine.begin(control="cancel")
    for _ in range(3):
        with pytest.raises(errors.Cancelled):
            running.run_step(make_step(len), (), {})
    assert isinstance(running.signal, errors.Cancelled)


def test_an_order_inside_a_step_is_not_recorded_as_its_error(engine):
    running = engine.begin()

    def body():
        running.lease.control = "stop"
        running.boundary()

    with pytest.raises(errors.Stopped):
        running.run_step(make_step(body, options={"max_attempts": 3}), (), {})
    assert engine.recorder.records == []


@pytest.mark.parametrize("code", ["WF001", "something new"])
def test_a_record_that_is_refused_as_stale_loses_the_lease(engine, code):
    engine.recorder.answer = lambda record: {"a": code}
    running = engine.begin()
    with pytest.raises(errors.LeaseLost):
        running.run_step(make_step(lambda: 1), (), {})
    assert running.lease.is_lost


def test_a_lost_lease_starts_nothing(engine):
    running = engine.begin()
    running.lease.lose()
    with pytest.raises(errors.LeaseLost):
        running.boundary()


def test_a_worker_that_ends_releases_at_the_next_boundary(engine):
    engine.state.releasing.set()
    with pytest.raises(errors.Released):
        engine.begin().boundary()


# Sleep


def test_a_short_sleep_keeps_the_thread(engine):
    engine.recorder.answer = lambda record: {"a": "recorded", "due_ms": record["seconds"] * 1000}
    engine.begin().sleep(1.5)
    assert engine.host.now == 1001.5
    [record] = engine.recorder.records
    assert (record["k"], record["kind"], record["status"]) == ("sleep", "sleep", "WAITING")


def test_a_long_sleep_leaves_the_thread_and_is_over_when_it_is_due(engine):
    engine.recorder.answer = lambda record: {"a": "recorded", "due_ms": record["seconds"] * 1000}
    running = engine.begin()
    with pytest.raises(errors.Suspended) as left:
        running.sleep(3600)
    assert left.value.step_key == "sleep"
    running = engine.begin([recorded("sleep", kind="sleep", status="WAITING", due_ms=-1)])
    running.sleep(3600)
    assert engine.host.now == 1000.0


def test_a_sleep_that_is_not_over_suspends_again(engine):
    running = engine.begin([recorded("sleep", kind="sleep", status="WAITING", due_ms=60000)])
    with pytest.raises(errors.Suspended):
        running.sleep(3600)


def test_time_spent_in_line_counts_for_a_sleep(engine):
    running = engine.begin([recorded("sleep", kind="sleep", status="WAITING", due_ms=5000)])
    engine.host.now += 4
    running.sleep(3600)
    assert engine.host.now == 1005.0


def test_an_order_ends_a_short_sleep_at_once(engine):
    engine.recorder.answer = lambda record: {"a": "recorded", "due_ms": 2000}
    running = engine.begin()
    engine.host.plan(0.5, lambda: running.lease.order("stop"))
    with pytest.raises(errors.Stopped):
        running.sleep(2)
    assert engine.host.now == 1000.5


def test_a_sleep_inside_a_step_waits_in_the_thread(engine):
    running = engine.begin()
    running.run_step(make_step(lambda: running.sleep(60)), (), {})
    assert engine.host.now == 1060.0
    assert engine.keys() == ["pour"]


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), 1e10])
def test_a_senseless_sleep_is_refused(engine, seconds):
    with pytest.raises(errors.BadArgument) as refused:
        engine.begin().sleep(seconds)
    assert refused.value.field == "seconds"


def test_an_id_made_in_a_workflow_is_the_same_in_its_replay(engine):
    first, second = engine.begin(), engine.begin()
    ids = [first.next_id("enqueue"), first.next_id("enqueue")]
    assert ids == [second.next_id("enqueue"), second.next_id("enqueue")]
    assert len(set(ids)) == 2
