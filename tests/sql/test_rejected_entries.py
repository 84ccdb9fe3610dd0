"""What a buffer could not enqueue: kept, listed, retried or discarded."""

import json
import uuid

import pytest

from tests.calls import refused

ID = "00000000-0000-4000-8000-000000000001"
LATER = "00000000-0000-4000-8000-000000000002"
AUDIT = "select event, actor, detail from workflows.audit where event like 'rejected%%'"


def entry(workflow_id=ID, **more):
    options = {"workflow_id": workflow_id, "queue_name": "later"}
    return {"workflow_name": "mix", "inputs": {"kg": 5}, "options": options, **more}


def rejected(workflow_id=ID, **more):
    whole = {"workflow_id": workflow_id, "entry": entry(workflow_id), "origin": "gw1/plant"}
    return {**whole, "problem": {"code": "WF005", "message": "no such queue"}, **more}


def reject(calls, *entries):
    return calls.call("reject_entries", entries=list(entries))


def resolve(calls, workflow_id=ID, action="retry", **more):
    return calls.call("resolve_rejected_entry", workflow_id=workflow_id, action=action, **more)


def listed(calls, **filters):
    return calls.call("list_rejected_entries", filter=filters)


def test_kept_once_and_listed(calls):
    assert reject(calls, rejected(), rejected(LATER)) == {"kept": 2, "known": 0}
    assert reject(calls, rejected(origin="again"), rejected()) == {"kept": 0, "known": 2}
    found = listed(calls)
    assert [e["workflow_id"] for e in found] == [ID, LATER]
    first = found[0]
    assert json.loads(first["entry"]) == entry()
    assert json.loads(first["problem"])["code"] == "WF005"
    assert (first["origin"], first["resolved_at"]) == ("gw1/plant", None)
    assert reject(calls) == {"kept": 0, "known": 0}


def test_the_entry_may_be_sent_as_text(calls):
    reject(calls, rejected(entry=json.dumps(entry()), problem='{"code": "WF005"}'))
    assert json.loads(listed(calls)[0]["entry"]) == entry()


@pytest.mark.parametrize(
    "poison",
    [
        '{"workflow_id":"x","entry":{"inputs":"\\u0000"}}',
        '{"workflow_id":"x","entry":"\\u0000"}',
        '{"workflow_id":"x","entry":"\\ud800"}',
        '{"workflow_id":"x","entry":{"a":1e999999}}',
        '{"workflow_id":"x","entry":null}',
        '{"workflow_id":"x"}',
        '{"workflow_id":"\\u0000"}',
        '{"entry":"anything"}',
        '"text"',
        "[[]]",
        "null",
        "7",
    ],
)
def test_nothing_is_too_bad_to_be_kept(calls, poison):
    """Neither it nor its batch-mates are lost, and sending it again keeps it once."""
    text = f"[{json.dumps(rejected())},{poison}]"
    assert calls.call("reject_entries", entries=text) == {"kept": 2, "known": 0}
    assert calls.call("reject_entries", entries=text) == {"kept": 0, "known": 2}
    assert len(listed(calls)) == 2


@pytest.mark.parametrize("text", ["", "{}", "[", None])
def test_what_is_no_array_is_refused(calls, text):
    with refused("WF002", "entries"):
        calls.call("reject_entries", entries=text)


def test_retry_enqueues_under_the_same_id(calls):
    reject(calls, rejected())
    with refused("WF005", "queue_name"):
        resolve(calls)
    assert listed(calls)[0]["resolved_at"] is None
    calls.call("create_queue", queue_name="later")
    answer = resolve(calls, actor="anna")
    assert answer == {"workflow_id": ID, "resolution": "retried", "outcome": "accepted"}
    workflow = calls.get(ID)
    assert (workflow["status"], workflow["inputs"]) == ("ENQUEUED", {"kg": 5})
    assert listed(calls) == []
    (found,) = listed(calls, is_resolved=True)
    assert (found["resolution"], found["resolved_by"]) == ("retried", "anna")
    assert calls.rows(AUDIT) == [("rejected entry retried", "anna", ID)]


def test_retry_of_an_entry_without_options_takes_the_id_of_the_sender(calls):
    reject(calls, rejected(entry={"workflow_name": "mix"}))
    resolve(calls)
    assert calls.status(ID) == "ENQUEUED"


def test_retry_of_what_stands_already_changes_nothing(calls):
    """The first attempt had been committed after all."""
    calls.call("create_queue", queue_name="later")
    calls.enqueue("mix", {"kg": 4}, workflow_id=ID)
    reject(calls, rejected())
    assert resolve(calls)["outcome"] == "accepted"
    assert calls.get(ID)["inputs"] == {"kg": 4}


@pytest.mark.parametrize(
    ("sent", "code", "field"),
    [
        ("no json", "WF002", "entry"),
        ('{"workflow_name":"mix","inputs":"\\u0000"}', "WF002", "inputs"),
        ('{"workflow_name":"mix","colour":1}', "WF002", "colour"),
        ('{"workflow_name":""}', "WF002", "workflow_name"),
        ("7", "WF002", "items"),
    ],
)
def test_what_can_never_be_enqueued_says_so_and_can_be_discarded(calls, sent, code, field):
    reject(calls, rejected(entry=sent))
    with refused(code, field):
        resolve(calls)
    assert resolve(calls, action="discard")["outcome"] == "accepted"
    assert calls.rows("select from workflows.workflow") == []


def test_an_id_that_is_no_uuid_cannot_be_retried(calls):
    reject(calls, rejected("x", entry={"workflow_name": "mix"}))
    with refused("WF002", "workflow_id"):
        resolve(calls, "x")


def test_retry_in_maintenance_is_refused(calls):
    reject(calls, rejected(entry={"workflow_name": "mix"}))
    calls.call("enter_maintenance")
    with refused("WF005", "queue_name"):
        resolve(calls)
    assert len(listed(calls)) == 1


def test_decided_twice(calls):
    reject(calls, rejected())
    assert resolve(calls, action="DISCARD")["outcome"] == "accepted"
    assert resolve(calls, action="discard", actor="bob")["outcome"] == "already"
    with refused("WF009"):
        resolve(calls)
    assert calls.rows(AUDIT) == [("rejected entry discarded", "script", ID)]


def test_what_is_wrong_is_said(calls):
    with refused("WF003"):
        resolve(calls, str(uuid.uuid4()))
    for action in ("burn", None):
        with refused("WF002", "action"):
            resolve(calls, action=action)
    for filters, field in [({"colour": 1}, "colour"), ({"limit": 0}, "limit"), ([], "filter")]:
        with refused("WF002", field):
            calls.call("list_rejected_entries", filter=filters)
    with refused("WF002", "filter"):
        listed(calls, limit="many")


def test_filters(calls):
    reject(calls, rejected(), rejected(LATER, origin="gw2/plant"), rejected("y"))
    resolve(calls, action="discard")
    assert {e["workflow_id"] for e in listed(calls)} == {LATER, "y"}
    assert {e["workflow_id"] for e in listed(calls, is_resolved=None)} == {ID, LATER, "y"}
    assert {e["workflow_id"] for e in listed(calls, is_resolved=True)} == {ID}
    assert {e["workflow_id"] for e in listed(calls, origin="gw2/plant")} == {LATER}
    assert {e["workflow_id"] for e in listed(calls, workflow_id="y")} == {"y"}
    assert len(listed(calls, limit=1)) == 1


def test_the_view_shows_no_inputs(calls):
    reject(calls, rejected())
    query = "select * from workflows.rejected_entry_list"
    (row,) = calls.rows(query)
    assert row[:2] == (ID, "gw1/plant")
    assert row[3] > 50 and row[5] is False
    assert "kg" not in json.dumps(row, default=str)
