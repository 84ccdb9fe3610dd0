"""testing.run_inline with children: stand-ins in their place, replay as on a worker."""

import pytest

from exchange.workflows import errors, testing
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import workflow


@workflow()
def inline_parent(tanks):
    rt = getWorkflows()
    pump = rt.startChild("inline_pump", key="pump", policy="cancel")
    levels = rt.waitForAll(rt.startChildren("inline_measure", [{"tank": tank} for tank in tanks]))
    return [levels, rt.waitForAny([pump]).name, pump.result()]


@workflow()
def inline_careful_parent():
    rt = getWorkflows()
    children = rt.startChildren("inline_measure", [{"tank": "a"}, {"tank": "b"}])
    try:
        rt.waitForAll(children)
    except errors.ChildFailed as failed:
        return [failed.status, failed.error, len(failed.outcomes)]


def test_children_are_started_once_and_waited_for():
    stand_ins = {"inline_pump": "ready", "inline_measure": lambda tank: len(tank)}
    ended = testing.run_inline(inline_parent, {"tanks": ["a", "bc"]}, children=stand_ins)
    assert ended.status == "SUCCESS", ended
    assert ended.result == [[1, 2], "inline_pump", "ready"]
    assert [(one["name"], one["inputs"], one["policy"]) for one in ended.children] == [
        ("inline_pump", {}, "cancel"),
        ("inline_measure", {"tank": "a"}, "follow"),
        ("inline_measure", {"tank": "bc"}, "follow"),
    ]
    assert [one["kind"] for one in ended.steps] == ["child", "child", "await", "await", "await"]


def test_a_child_that_fails():
    ended = testing.run_inline(
        inline_careful_parent, children={"inline_measure": [4, ValueError("no signal")]}
    )
    error = {"class": "ValueError", "message": "no signal"}
    assert ended.result == ["ERROR", error, 2]


def test_a_child_without_a_stand_in_is_refused():
    with pytest.raises(errors.BadArgument, match="inline_measure"):
        raise testing.run_inline(inline_careful_parent).error
