"""Running one workflow to an outcome, whatever its code does (D7, D8, D20, D44, F38, F40)."""

import pytest

from exchange.workflows import errors
from exchange.workflows.engine import context
from exchange.workflows.engine.executor import Executor
from exchange.workflows.engine.registry import Definition, Registry
from exchange.workflows.engine.state import WorkerState
from tests.engine.fakes import FakeFinisher, FakeHost, FakeRecorder, FakeStore, lost, make_lease


class FakeConnector:
    schema = "workflows"


class Stage:
    """Runs a function as the workflow `demo` and shows its outcome."""

    def __init__(self):
        self.host = FakeHost()
        self.state = WorkerState(self.host)
        self.state.lease_until = 1e9
        self.registry = Registry()
        self.executor = Executor(self.host, self.state, self.registry, FakeConnector())
        self.executor.recorder = FakeRecorder()
        self.finisher = self.executor.finisher = FakeFinisher()

    def run(self, function, inputs=None, commands="auto", **more):
        self.registry.clear()
        self.registry.add(Definition(function, "demo", 1, {"commands": commands}))
        lease = make_lease(inputs={} if inputs is None else inputs, **more)
        self.state.held[lease.token] = lease
        self.executor.execute(lease, self.host.make_gate())
        assert context.current() is None
        return self.finisher.outcomes[-1] if self.finisher.outcomes else None


@pytest.fixture
def stage():
    return Stage()


@pytest.mark.parametrize(
    "inputs, arguments",
    [
        ({"a": 1, "b": [2]}, {"a": 1, "b": [2]}),
        ({"resolved": 1, "raw": 2}, {"resolved": 1, "raw": 2}),
        ({}, {}),
    ],
)
def test_d44_an_object_becomes_keyword_arguments_as_it_is(stage, inputs, arguments):
    assert stage.run(lambda **given: given, inputs)["result"] == arguments


@pytest.mark.parametrize("inputs", [0, "", [], [1, 2], "text", False])
def test_d44_anything_else_is_the_one_argument_also_when_it_is_falsy(stage, inputs):
    assert stage.run(lambda given: [given], inputs)["result"] == [inputs]


def test_nothing_returned_is_success_without_a_result(stage):
    outcome = stage.run(lambda: None)
    assert outcome == {"w": outcome["w"], "t": outcome["t"], "outcome": "success"}


def raising(error):
    def function():
        raise error

    return function


def endless():
    return endless()


@pytest.mark.parametrize(
    "function, error_class",
    [
        (raising(ValueError("caf\u00e9 \x00 \ud800")), "ValueError"),
        (raising(SystemExit(3)), "SystemExit"),
        (raising(KeyboardInterrupt()), "KeyboardInterrupt"),
        (raising(MemoryError()), "MemoryError"),
        (raising(BaseException("b")), "BaseException"),
        (raising(GeneratorExit()), "GeneratorExit"),
        (endless, "RecursionError"),
        (lambda wrong: None, "TypeError"),
        (object, "UnserialisableResult"),
        (lambda: "x" * 2_000_000, "UnserialisableResult"),
    ],
)
def test_d8_whatever_is_raised_or_returned_the_workflow_gets_its_outcome(
    stage, function, error_class
):
    outcome = stage.run(function)
    assert (outcome["outcome"], outcome["error"]["class"]) == ("error", error_class)


def test_an_unserialisable_result_names_the_place(stage):
    outcome = stage.run(lambda: {"pumps": [1, object()]})
    assert "result.pumps[1]" in outcome["error"]["message"]


class Failing(dict):
    """What is no value any more when it is looked at, or what no memory is left for."""

    def __init__(self, error):
        dict.__init__(self, a=1)
        self.error = error

    def __len__(self):
        raise self.error

    items = __iter__ = __len__


@pytest.mark.parametrize(
    "result, error_class",
    [(Failing(ValueError()), "ValueError"), (Failing(MemoryError()), "MemoryError")],
)
def test_whatever_happens_to_a_result_on_its_way_the_workflow_gets_its_outcome(
    stage, result, error_class
):
    outcome = stage.run(lambda: result)
    assert (outcome["outcome"], outcome["error"]["class"]) == ("error", error_class)
    assert "payload" in outcome["error"]["traceback"]


class Unreachable:
    """A finisher that can be handed nothing."""

    def put(self, entry):
        raise MemoryError()


def raise_unexpectedly(*args):
    raise MemoryError()


@pytest.mark.parametrize(
    "name, broken",
    [("finisher", Unreachable()), ("_fail", raise_unexpectedly), ("registry", None)],
)
def test_a_workflow_whose_outcome_cannot_be_handed_over_is_held_no_more(stage, name, broken):
    """Its lease runs out then, and another worker does the work; who holds it renews it for ever."""
    lease = make_lease(name="gone" if name == "finisher" else "demo")
    stage.registry.add(Definition(raising(ValueError()), "demo", 1, {}))
    stage.state.held[lease.token] = lease
    setattr(stage.executor, name, broken)
    with pytest.raises((MemoryError, AttributeError)):
        stage.executor.execute(lease, stage.host.make_gate())
    assert (lease.is_lost, lease.outcome, stage.state.held) == (True, None, {})


def test_poison_in_a_result_is_mended_and_marked(stage):
    outcome = stage.run(lambda: {"a": "x\x00", "b": float("nan")})
    assert (outcome["result"], outcome["is_sanitised"]) == ({"a": "x\ufffd", "b": None}, True)


def test_d20_a_result_that_was_computed_is_sent_though_a_cancel_came_meanwhile(stage):
    def function():
        context.current().lease.order("cancel")
        return 5

    assert stage.run(function)["result"] == 5


@pytest.mark.parametrize(
    "control, outcome",
    [("hold", "held"), ("stop", "stopped"), ("cancel", "cancelled"), ("timeout", "cancelled")],
)
def test_an_order_that_came_with_the_claim_is_obeyed_before_the_function_begins(
    stage, control, outcome
):
    assert stage.run(lambda: pytest.fail("must not run"), control=control)["outcome"] == outcome


def sleep_long():
    context.current().sleep(3600)


def swallowing(function):
    def swallow():
        try:
            function()
        except BaseException:
            pass
        return "went on"

    return swallow


def replacing():
    try:
        sleep_long()
    except BaseException:
        raise ValueError("instead")


@pytest.mark.parametrize("function", [sleep_long, swallowing(sleep_long), replacing])
def test_a_long_sleep_suspends_also_a_workflow_that_swallows_the_signal(stage, function):
    stage.executor.recorder.answer = lambda record: {"a": "recorded", "due_ms": 3600000}
    outcome = stage.run(function)
    assert (outcome["outcome"], outcome["k"]) == ("suspend", "sleep")
    assert "result" not in outcome


def test_a_lost_lease_sends_nothing_and_is_let_go(stage):
    def function():
        context.current().lease.lose()
        context.current().boundary()

    assert stage.run(function) is None
    assert stage.state.held == {}


def test_a_lease_that_was_lost_in_line_is_not_begun(stage):
    lease = make_lease()
    lease.lose()
    stage.executor.execute(lease, None)
    assert stage.finisher.outcomes == []


def test_d9_what_is_not_registered_any_more_is_given_back_and_not_failed(stage):
    stage.executor.execute(make_lease(name="gone"), None)
    assert stage.finisher.outcomes[0]["outcome"] == "released"


def test_a_worker_that_ends_gives_back_what_no_thread_has_begun(stage):
    stage.executor.release([make_lease(1), make_lease(2)])
    assert [one["outcome"] for one in stage.finisher.outcomes] == ["released", "released"]


def test_large_inputs_are_fetched_before_the_function_begins(stage):
    loaded = {
        "inputs": {"a": 1},
        "steps": [{"k": "sleep", "kind": "sleep", "status": "WAITING", "due_ms": -1}],
    }
    stage.executor.store = FakeStore(load_workflow=[lost(), loaded])

    def function(a):
        context.current().sleep(3600)
        return a

    assert stage.run(function, is_partial=True)["result"] == 1


def test_a_stale_fetch_gives_the_workflow_up(stage):
    stage.executor.store = FakeStore(load_workflow=[errors.StaleLease("stale lease token")])
    assert stage.run(lambda: pytest.fail("must not run"), is_partial=True) is None


class FakeKeeper:
    def __init__(self, verdict):
        self.verdict = verdict

    def wait_for_renewal(self, lease):
        return self.verdict


@pytest.mark.parametrize("verdict, outcome", [(True, "success"), (False, "released")])
def test_no_body_starts_after_the_lease_ran_out_before_the_keeper_has_a_verdict(
    stage, verdict, outcome
):
    stage.state.lease_until = stage.host.now - 1
    stage.executor.keeper = FakeKeeper(verdict)
    assert stage.run(lambda: None)["outcome"] == outcome
