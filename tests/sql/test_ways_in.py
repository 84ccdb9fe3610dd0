"""enqueue, a clean batch and a batch that takes the long way write the same rows."""

import json
import uuid

import pytest

from tests.calls import refused

ROWS = """
select to_jsonb(w) - '{workflow_id,ready_seq,enqueued_at,deduplication_id,available_at}'::text[],
  w.available_at is null, p.inputs, r.lane_id, r.start_before, k.status
from workflows.workflow w
left join workflows.workflow_payload p on p.workflow_id = w.workflow_id
left join workflows.ready r on r.workflow_id = w.workflow_id and r.ready_seq = w.ready_seq
left join workflows.parked k on k.workflow_id = w.workflow_id
where w.workflow_id = %s::uuid"""

OPTIONS = [
    {},
    {"priority": -5},
    {"delay_seconds": 60},
    {"partition_key": "T-101"},
    {"resources": ["pump", "tank"]},
    {"queue_name": "other", "workflow_version": 3},
    {"timeout_seconds": 5, "max_attempts": 4, "on_worker_lost": "hold", "actor": "operator"},
    {"start_before": "2030-01-01T00:00:00Z"},
]


def rows(calls, workflow_id):
    return calls.rows(ROWS, workflow_id)


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("options", OPTIONS, ids=json.dumps)
def test_one_and_many_write_the_same(calls, make_worker, options, is_known):
    calls.call("create_queue", queue_name="other")
    if is_known:
        make_worker(queue_name="other", priority=7)
    one = calls.enqueue("mix", {"x": 1}, **options)
    entry = {"workflow_name": "mix", "inputs": {"x": 1}, "options": options}
    [many] = calls.enqueue_many(entry)
    # A deduplication id takes the long way, whatever else is asked for.
    long_options = {**options, "deduplication_id": "a"}
    [long] = calls.enqueue_many({**entry, "options": long_options})
    want = [(json.loads(json.dumps(row[0])), *row[1:]) for row in rows(calls, one)]
    for other in (many, long):
        assert [_spaced(row) for row in rows(calls, other["workflow_id"])] == [
            _spaced(row) for row in want
        ]


def _spaced(row):
    """Inputs are kept as they were written; two writers may put blanks in different places."""
    return (*row[:2], json.loads(row[2]), *row[3:])


@pytest.mark.parametrize("short", [True, False])
def test_an_id_that_stands_is_answered_and_changes_nothing(calls, short):
    workflow_id = str(uuid.uuid4())
    calls.enqueue("mix", {"x": 1}, workflow_id=workflow_id)
    before = rows(calls, workflow_id)
    options = {"workflow_id": workflow_id} if short else {"workflow_id": workflow_id, "priority": 3}
    assert calls.enqueue("mix", {"x": 2}, **options) == workflow_id
    [answer] = calls.enqueue_many({"workflow_name": "mix", "inputs": {"x": 2}, "options": options})
    assert (answer["workflow_id"], answer["deduplicated"]) == (workflow_id, True)
    assert rows(calls, workflow_id) == before


REFUSING = {
    "closed": lambda calls: calls.set_queue(accepts_work=False),
    "full": lambda calls: calls.set_queue(max_enqueued=0),
    "in maintenance": lambda calls: calls.call("enter_maintenance", queue_name="default"),
    "all in maintenance": lambda calls: calls.call("enter_maintenance"),
}


@pytest.mark.parametrize("why", REFUSING)
def test_one_and_many_are_refused_alike(calls, why):
    REFUSING[why](calls)
    entry = {"workflow_name": "mix", "inputs": {"x": 1}}
    [clean] = calls.enqueue_many(entry)
    [long] = calls.enqueue_many({**entry, "options": {"deduplication_id": "a"}})
    assert clean == long
    with refused("WF005", "queue_name") as one:
        calls.enqueue("mix", {"x": 1})
    with refused("WF005", "queue_name") as one_long:
        calls.enqueue("mix", {"x": 1}, deduplication_id="b")
    assert one == one_long
    extra = ("code", "message")
    assert one == {k: v for k, v in clean["error"].items() if k not in extra}
    assert calls.rows("select from workflows.workflow") == []


@pytest.mark.parametrize("options", OPTIONS[:5], ids=json.dumps)
def test_one_and_many_are_let_in_alike(calls, options):
    """What may wait through maintenance is written as at any other time."""
    before = rows(calls, calls.enqueue("mix", {"x": 1}, **options))
    calls.call("enter_maintenance")
    options = {**options, "allow_during_maintenance": True}
    one = calls.enqueue("mix", {"x": 1}, **options)
    entry = {"workflow_name": "mix", "inputs": {"x": 1}, "options": options}
    [many] = calls.enqueue_many(entry)
    [long] = calls.enqueue_many({**entry, "options": {**options, "deduplication_id": "a"}})
    for workflow_id in (one, many["workflow_id"], long["workflow_id"]):
        assert [_spaced(row) for row in rows(calls, workflow_id)] == [_spaced(r) for r in before]


@pytest.mark.parametrize("why", REFUSING)
def test_who_shares_its_deduplication_id_with_one_that_is_refused_is_refused_too(calls, why):
    """Else its sender would be given the id of a workflow that is nowhere."""
    REFUSING[why](calls)
    entry = {"workflow_name": "mix", "options": {"deduplication_id": "a"}}
    answers = calls.enqueue_many(entry, entry, {"workflow_name": "mix"})
    assert [answer.get("error", {}).get("code") for answer in answers] == ["WF005"] * 3
