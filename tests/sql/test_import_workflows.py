"""Workflows that ended in another system, as history."""

import json
import uuid
from typing import Any

import pytest

from tests.calls import refused
from tests.every_call import HISTORY

AT = 1_700_000_000_000
LIVE = "select count(*) from workflows.ready union all select count(*) from workflows.parked"


@pytest.fixture
def calls(shared_calls):
    return shared_calls


def history(**changes):
    return {**HISTORY, "workflow_id": str(uuid.uuid4()), **changes}


def bring(calls, *elements, **options):
    answer = calls.call("import_workflows", items=json.dumps(elements), options=options)
    assert len(answer) == len(elements)
    return answer


def test_everything_is_there(calls):
    error = {"class": "ValueError", "message": "too hot", "traceback": "line 1"}
    steps = [
        {"step_key": "open", "status": "SUCCESS", "output": {"a": [1]}, "attempts": 2.0},
        {"step_key": "open#2", "status": "ERROR", "error": error, "started_at": AT + 5},
        {"step_key": "close", "status": "RUNNING", "started_at": AT + 9, "ended_at": AT + 7},
    ]
    given = history(
        status="ERROR",
        error=error,
        steps=steps,
        priority=7.0,
        recipe={"template_name": "form", "template_version": 1.0},
        partition_key="T-101",
        started_at=AT + 1,
        actor="anna",
    )
    (answer,) = bring(calls, given, actor="import", source="old")
    assert answer["outcome"] == "imported"
    found = calls.call("get_workflow", workflow_id=answer["workflow_id"])
    assert found["workflow_name"] == "fill" and found["inputs"] == {"kg": 1}
    assert (found["status"], found["state"], found["attempt"]) == ("ERROR", "ERROR", 1)
    assert found["error"] == error and found["reason"] == "ValueError: too hot"
    assert found["priority"] == 7 and found["partition_key"] == "T-101"
    assert found["enqueued_at"] == "2023-11-14T22:13:20+00:00"
    assert found["started_at"] == "2023-11-14T22:13:20.001+00:00"
    assert found["ended_at"] == "2023-11-14T22:13:21+00:00"
    assert found["enqueued_by"] == "anna"
    assert found["recipe"]["template_name"] == "form" and found["recipe"]["template_version"] == 1
    shown = {s["step_key"]: s for s in calls.call("list_steps", workflow_id=answer["workflow_id"])}
    assert shown["open"]["output"] == {"a": [1]} and shown["open"]["attempts"] == 2
    assert shown["open#2"]["error"] == error and shown["open#2"]["step_name"] == "open"
    assert shown["close"]["status"] == "RUNNING"
    (line,) = calls.rows(
        "select event, actor, detail, new_value from workflows.audit where workflow_id = %s",
        answer["workflow_id"],
    )
    assert line == ("imported", "import", f"old {given['workflow_id']}", "ERROR ERROR")


def test_an_id_keeps_its_end_and_gets_its_time(calls):
    given = history()
    (answer,) = bring(calls, given)
    assert answer["workflow_id"][-21:] == given["workflow_id"][-21:]
    assert answer["workflow_id"][14] == "7"
    assert int(answer["workflow_id"].replace("-", "")[:12], 16) == AT
    newer = calls.enqueue("mix")
    assert calls.call("list_workflows", filter='{"limit": 1}')[0]["workflow_id"] == newer


def test_once_more_changes_nothing(calls):
    given = history()
    first, twin = bring(calls, given, {**given, "status": "ERROR"})
    (again,) = bring(calls, {**given, "inputs": {"kg": 99}, "status": "CANCELLED"})
    assert [one["outcome"] for one in (first, twin, again)] == ["imported", "already", "already"]
    assert first["workflow_id"] == again["workflow_id"]
    found = calls.call("get_workflow", workflow_id=first["workflow_id"])
    assert found["inputs"] == {"kg": 1} and found["status"] == "SUCCESS"
    audited = "select count(*) from workflows.audit where workflow_id = %s"
    assert calls.value(audited, first["workflow_id"]) == 1


def test_a_dry_run_says_the_same_and_writes_nothing(calls):
    stands = history()
    bring(calls, stands)
    before = calls.value("select count(*) from workflows.workflow")
    elements = (history(), stands, history(status="RUNNING"))
    said = bring(calls, *elements, is_dry_run=True)
    assert calls.value("select count(*) from workflows.workflow") == before
    assert said == bring(calls, *elements)
    assert [one["outcome"] for one in said] == ["imported", "already", "refused"]


def test_nobody_works_on_history(calls):
    before = calls.rows(LIVE)
    (answer,) = bring(calls, history(status="ERROR"))
    assert calls.rows(LIVE) == before
    assert calls.rows("select from workflows.failed_workflow where workflow_id = %s", answer["workflow_id"]) == []  # fmt: skip
    retried = calls.call("retry_workflow", workflow_id=answer["workflow_id"])
    assert retried["status"] == "ENQUEUED"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"status": "RUNNING"}, "status must be final"),
    ({"status": None}, "status must be final"),
    ({"status": 5}, "status must be a text"),
    ({"workflow_id": "x"}, "workflow_id must be a uuid"),
    ({"workflow_id": None}, "workflow_id must be a uuid"),
    ({"workflow_name": ""}, "workflow_name must not be empty"),
    ({"workflow_name": "a\nb"}, "control characters"),
    ({"workflow_name": "a" * 201}, "longer than 200"),
    ({"queue_name": "nowhere"}, "not the name of a queue: nowhere"),
    ({"partition_key": " x"}, "partition_key"),
    ({"enqueued_at": None}, "needs enqueued_at and ended_at"),
    ({"ended_at": None}, "needs enqueued_at and ended_at"),
    ({"enqueued_at": -1}, "enqueued_at must be a time"),
    ({"started_at": "yesterday"}, "started_at must be a time"),
    ({"started_at": 1e15}, "started_at must be a time"),
    ({"started_at": 1.5}, "started_at must be a time"),
    ({"ended_at": {}}, "ended_at must be a time"),
    ({"priority": 101}, "priority must be a whole number from -100 to 100"),
    ({"priority": 0.5}, "priority must be a whole number"),
    ({"timeout_seconds": -1}, "timeout_seconds must be a number"),
    ({"error": "boom"}, "error must be an object"),
    ({"recipe": {"template_name": "x"}}, "recipe must have"),
    ({"recipe": {"template_name": "x", "template_version": 1, "overrides": 1}}, "recipe must have"),
    ({"recipe": 1}, "recipe must have"),
    ({"is_sanitised": 1}, "is_sanitised must be true or false"),
    ({"colour": 1}, "colour is not known here"),
    ({"inputs": {"a": "\0"}}, "NUL"),
    ({"result": "\ud800"}, "surrogate"),
    ({"steps": {}}, "steps must be an array"),
    ({"steps": [1]}, "steps must be objects"),
    ({"steps": [{"status": "SUCCESS"}]}, "needs a step_key"),
    ({"steps": [{"step_key": "a", "status": "DONE"}]}, "a must be SUCCESS, ERROR or RUNNING"),
    ({"steps": [{"step_key": "a", "status": "ERROR", "attempts": "x"}]}, "attempts"),
    ({"steps": [{"step_key": "a", "status": "ERROR", "ended_at": "x"}]}, "a time that is none"),
    ({"steps": [{"step_key": "a", "status": "ERROR"}] * 2}, "a step_key twice: a"),
]


def test_what_is_wrong_is_refused_alone(calls):
    """Each beside a sound one, all in one call."""
    elements = [history(**changes) for changes, _ in WRONG]
    answers = bring(calls, history(), *elements, 5, [], None, history())
    assert answers[0]["outcome"] == answers[-1]["outcome"] == "imported"
    for (changes, said), answer in zip(WRONG, answers[1:], strict=False):
        assert answer["outcome"] == "refused", changes
        assert said in answer["problem"], changes
    assert [one["problem"] for one in answers[-4:-1]] == ["must be an object"] * 3


def test_deep_and_large(calls):
    deep = json.loads("[" * 70 + "]" * 70)
    refused_one, large = bring(calls, history(inputs=deep), history(result="x" * 2_000_000))
    assert "deeper than 64" in refused_one["problem"]
    found = calls.call("get_workflow", workflow_id=large["workflow_id"])
    assert len(found["result"]) == 2_000_000


def test_times_that_run_backwards(calls):
    (answer,) = bring(calls, history(enqueued_at=AT + 9000, started_at=AT + 8000, ended_at=AT))
    found = calls.call("get_workflow", workflow_id=answer["workflow_id"])
    times = {found[name] for name in ("enqueued_at", "started_at", "ended_at")}
    assert times == {"2023-11-14T22:13:20+00:00"}


def test_what_retention_will_remove_is_said(calls):
    calls.call("set_retention", options={"status": "SUCCESS", "keep_seconds": 3600})
    now = int(calls.value("select extract(epoch from workflows.clock_now()) * 1000"))
    old, young = bring(calls, history(), history(enqueued_at=now, ended_at=now), is_dry_run=True)
    assert old["is_over"] is True and "is_over" not in young


@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("items", {"items": "x"}),
        ("items", {"items": "{}"}),
        ("items", {"items": None}),
        ("strange", {"items": "[]", "options": '{"strange": 1}'}),
        ("is_dry_run", {"items": "[]", "options": '{"is_dry_run": 1}'}),
        ("actor", {"items": "[]", "options": '{"actor": ""}'}),
    ],
)
def test_wrong_arguments(calls, field, arguments):
    with refused("WF002", field):
        calls.call("import_workflows", **arguments)


def test_nothing(calls):
    assert calls.call("import_workflows", items="[]") == []
