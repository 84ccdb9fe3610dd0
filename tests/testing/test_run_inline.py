"""testing.run_inline: the engine's own keys, replay and tries, without a database."""

import pytest

from exchange.workflows import errors, testing
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import step, workflow

attempts_at_the_top: list[str] = []


@step()
def inline_scale(tank):
    return {"tank": tank, "kilograms": (812, 5)}


@step(options={"retries_allowed": True, "max_attempts": 3, "interval_seconds": 3600})
def inline_fetch(url):
    raise OSError("no route to " + url)


@step(transactional=True)
def inline_write(tx, row):
    return tx.update("insert into batch values (?)", [row])


@workflow(max_attempts=5)
def inline_weigh(tank):
    attempts_at_the_top.append(tank)
    weight = inline_scale(tank)
    getWorkflows().sleep(7200)
    return [weight, inline_fetch("scale"), inline_write(weight)]


def steps_of(ended):
    return [(one["step_key"], one["status"], one["attempts"]) for one in ended.steps]


def test_real_steps_and_stand_ins():
    attempts_at_the_top.clear()
    stand_ins = {
        "inline_fetch": [OSError("busy"), "recipe"],
        "inline_write": lambda row: row["tank"],
    }
    ended = testing.run_inline(inline_weigh, {"tank": "T-101"}, steps=stand_ins)
    assert ended.status == "SUCCESS"
    assert ended.result == [{"tank": "T-101", "kilograms": [812, 5]}, "recipe", "T-101"]
    assert steps_of(ended) == [
        ("inline_scale", "SUCCESS", 1),
        ("sleep", "WAITING", 1),
        ("inline_fetch", "SUCCESS", 2),
        ("inline_write", "SUCCESS", 1),
    ]
    # Left and came back once for the sleep and once for the second try.
    assert len(attempts_at_the_top) == 3


def test_a_name_does_as_well():
    stand_ins = {"inline_fetch": 1, "inline_write": 2}
    ended = testing.run_inline("inline_weigh", {"tank": "T"}, stand_ins)
    assert ended.result[1:] == [1, 2]


def test_an_exception_ends_it_and_is_the_very_one():
    ended = testing.run_inline(inline_weigh, {"tank": "T"})
    assert (ended.status, ended.result) == ("ERROR", None)
    assert isinstance(ended.error, OSError) and str(ended.error) == "no route to scale"
    assert steps_of(ended)[-1] == ("inline_fetch", "ERROR", 3)


def test_a_transactional_step_without_a_stand_in_says_so():
    ended = testing.run_inline(inline_weigh, {"tank": "T"}, {"inline_fetch": 1})
    assert isinstance(ended.error, errors.BadArgument)
    assert "inline_write is transactional" in str(ended.error)


def test_stand_ins_that_are_used_up_say_so():
    ended = testing.run_inline(inline_weigh, {"tank": "T"}, {"inline_fetch": [], "inline_write": 1})
    assert "used up" in str(ended.error)


@workflow()
def inline_swallows_everything():
    try:
        getWorkflows().sleep(3600)
    except BaseException:  # noqa: B036
        return "swallowed"
    return "slept"


def test_a_wait_cannot_be_swallowed():
    assert testing.run_inline(inline_swallows_everything).result == "slept"


@workflow()
def inline_never_ends():
    while True:
        getWorkflows().sleep(3600)


def test_a_workflow_that_never_ends_is_given_up():
    with pytest.raises(errors.NotFinished):
        testing.run_inline(inline_never_ends)


def test_unknown_names_and_bad_inputs_are_refused():
    with pytest.raises(errors.UnknownId):
        testing.run_inline("nobody_knows")
    with pytest.raises(ValueError, match=r"inputs\.tank"):
        testing.run_inline(inline_weigh, {"tank": float("nan")})
    assert isinstance(testing.run_inline(inline_weigh, {"tnk": 1}).error, TypeError)
