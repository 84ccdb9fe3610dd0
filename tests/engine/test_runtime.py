"""The decorators: registration, refusals, calls outside and inside a workflow (D43)."""

import pytest

from exchange.workflows import errors
from exchange.workflows.engine import context, registry
from exchange.workflows.engine.runtime import StepDefinition, step, workflow


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch):
    monkeypatch.setattr(registry, "REGISTRY", registry.Registry())


def test_a_workflow_is_registered_under_its_name_with_its_policies():
    @workflow(queue="line 1", priority=-5, max_attempts=3, on_worker_lost="hold")
    def fill(tank):
        return tank

    assert fill(7) == 7
    found = registry.REGISTRY.find("fill", 1)
    assert found.registration() == {
        "workflow_name": "fill",
        "workflow_version": 1,
        "queue_name": "line 1",
        "priority": -5,
        "timeout_seconds": None,
        "max_attempts": 3,
        "backoff_seconds": 1.0,
        "backoff_rate": 2.0,
        "max_backoff_seconds": 3600,
        "on_worker_lost": "hold",
        "commands": "auto",
        "handlers": [],
        "parameters": None,
        "signature": {"arguments": ["tank"], "required": ["tank"], "takes_more": False},
    }


def test_parentheses_may_be_left_out():
    @workflow
    def fill():
        return 1

    @step
    def pour():
        return 2

    assert (fill(), pour()) == (1, 2)


def test_two_versions_of_a_workflow_live_side_by_side():
    def old():
        pass

    def new():
        pass

    workflow(name="fill")(old)
    workflow(name="fill", version=2)(new)
    assert registry.REGISTRY.find("fill", 1).function is old
    assert registry.REGISTRY.find("fill", 2).function is new


@pytest.mark.parametrize("decorator", [workflow, step])
def test_d43_a_name_that_is_taken_is_refused_and_never_overwritten(decorator):
    def first():
        pass

    def second():
        pass

    decorator(name="pump")(first)
    with pytest.raises(errors.AlreadyRegistered, match="pump"):
        decorator(name="pump")(second)


def test_the_same_function_again_is_a_reload():
    def define():
        @workflow()
        def fill():
            pass

        return registry.REGISTRY.find("fill", 1).function

    first = define()
    revision = registry.REGISTRY.revision
    assert define() is not first
    assert registry.REGISTRY.revision > revision


@pytest.mark.parametrize(
    "arguments, field",
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": " a"}, "name"),
        ({"name": 7}, "name"),
        ({"version": 0}, "version"),
        ({"version": 1.5}, "version"),
        ({"priority": 101}, "priority"),
        ({"priority": float("nan")}, "priority"),
        ({"timeout_seconds": -1}, "timeout_seconds"),
        ({"max_attempts": 0}, "max_attempts"),
        ({"max_attempts": True}, "max_attempts"),
        ({"on_worker_lost": "panic"}, "on_worker_lost"),
        ({"commands": "some"}, "commands"),
        ({"queue": None}, "queue"),
    ],
)
def test_a_bad_argument_of_a_workflow_is_named(arguments, field):
    with pytest.raises(errors.BadArgument) as refused:
        workflow(**arguments)(lambda: None)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "arguments, field",
    [
        ({"name": "a/b"}, "name"),
        ({"name": "a#2"}, "name"),
        ({"options": {"retry": 3}}, "options.retry"),
        ({"options": {"max_attempts": 0}}, "options.max_attempts"),
        ({"options": {"interval_seconds": float("inf")}}, "options.interval_seconds"),
        ({"options": {"backoff_rate": 0.5}}, "options.backoff_rate"),
    ],
)
def test_a_bad_argument_of_a_step_is_named(arguments, field):
    with pytest.raises(errors.BadArgument) as refused:
        step(**arguments)(lambda: None)
    assert refused.value.field == field


def make_step(options):
    from exchange.workflows.engine import runtime

    return StepDefinition(len, "probe", runtime._retry_policy(options), False)


@pytest.mark.parametrize(
    "options, error, is_retried",
    [
        (None, ValueError(), False),
        ({"retries_allowed": False, "max_attempts": 5}, ValueError(), False),
        ({"retries_allowed": True}, ValueError(), True),
        ({"max_attempts": 5}, ValueError(), True),
        ({"max_attempts": 1}, ValueError(), False),
        ({"retry_on": ["OSError"]}, FileNotFoundError(), True),
        ({"retry_on": [OSError]}, FileNotFoundError(), True),
        ({"retry_on": "builtins.OSError"}, FileNotFoundError(), True),
        ({"retry_on": ["OSError"]}, ValueError(), False),
        ({"retries_allowed": True}, SystemExit(), False),
        ({"retries_allowed": True, "retry_on": ["SystemExit"]}, SystemExit(), True),
        ({"retries_allowed": True}, errors.UnserialisableResult("x"), False),
    ],
)
def test_which_errors_are_worth_another_try(options, error, is_retried):
    assert make_step(options).retries(error) is is_retried


def test_a_workflow_called_inside_another_names_the_way_out():
    @workflow()
    def inner():
        pass

    class Lease:
        row = {"name": "outer"}

    class Running:
        lease = Lease

    context.enter(Running)
    try:
        with pytest.raises(errors.NestedWorkflow) as refused:
            inner()
    finally:
        context.enter(None)
    assert "startChild('inner'" in refused.value.hint


def test_a_step_outside_a_workflow_just_runs():
    @step(options={"max_attempts": 3})
    def pour(litres):
        return litres + 1

    assert pour(2) == 3
