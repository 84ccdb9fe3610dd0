"""testing.run_inline with steps that run beside their workflow: one after the other, with stand-ins."""

from exchange.workflows import errors, testing
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import step, workflow


@step(options={"max_attempts": 2})
def inline_level(tank):
    raise IOError("no signal: " + tank)


@workflow()
def inline_levels(tanks):
    rt = getWorkflows()
    handles = [inline_level.start(tank) for tank in tanks]
    rt.sleep(60)
    try:
        return rt.gather(handles)
    except errors.StepsFailed as several:
        return [str(one) for one in several.errors]


def test_results_come_from_stand_ins_and_are_replayed():
    levels = {"inline_level": [4, IOError("once"), 5]}
    ended = testing.run_inline(inline_levels, {"tanks": ["a", "b"]}, steps=levels)
    assert (ended.status, ended.result) == ("SUCCESS", [4, 5])
    assert [(one["step_key"], one["attempts"]) for one in ended.steps] == [
        ("inline_level", 1),
        ("inline_level#2", 2),
        ("sleep", 1),
    ]


def test_errors_of_all_are_kept():
    ended = testing.run_inline(inline_levels, {"tanks": ["a", "b"]})
    assert ended.result == ["no signal: a", "no signal: b"]
