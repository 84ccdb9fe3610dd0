"""enqueue and enqueue_many: what is accepted, what stands already, and where it queues."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.calls import refused

FAR = (datetime.now(UTC) + timedelta(days=365)).isoformat()


def test_answers_an_id_and_keeps_everything(calls):
    workflow_id = calls.enqueue(
        "mix", {"kg": 5}, priority=-7, timeout_seconds=60, max_attempts=3, actor="anna"
    )
    found = calls.get(workflow_id)
    assert found["inputs"] == {"kg": 5}
    assert (found["status"], found["state"]) == ("ENQUEUED", "IDLE")
    assert (found["priority"], found["max_attempts"], found["enqueued_by"]) == (-7, 3, "anna")
    assert calls.hot_rows(workflow_id) == ["ready"]


@pytest.mark.parametrize("inputs", [0, False, "", [], None, "text", [1, {"a": None}]])
def test_d44_falsy_inputs_are_kept_as_they_are(calls, make_worker, inputs):
    row = calls.call("enqueue", workflow_name="mix", inputs=json.dumps(inputs))
    assert make_worker("mix").claim_one()["inputs"] == inputs
    assert row


def test_non_ascii_is_kept(calls, make_worker):
    calls.enqueue("mix", {"name": "K\u00fchler 68 \u00b0F \U0001f600"})
    assert make_worker("mix").claim_one()["inputs"] == {"name": "K\u00fchler 68 \u00b0F \U0001f600"}


def test_the_callers_workflow_id_makes_enqueue_idempotent(calls):
    workflow_id = str(uuid.uuid4())
    assert calls.enqueue("mix", {"n": 1}, workflow_id=workflow_id) == workflow_id
    assert calls.enqueue("mix", {"n": 2}, workflow_id=workflow_id) == workflow_id
    assert calls.get(workflow_id)["inputs"] == {"n": 1}
    assert calls.value("select count(*) from workflows.ready") == 1


def test_the_same_id_twice_in_one_batch_is_one_workflow(calls):
    workflow_id = str(uuid.uuid4())
    one = {"workflow_name": "mix", "options": {"workflow_id": workflow_id}}
    answers = calls.enqueue_many(one, one)
    assert [a["deduplicated"] for a in answers] == [False, True]
    assert calls.value("select count(*) from workflows.ready") == 1


def test_enqueue_many_answers_in_order(calls, make_worker):
    make_worker("known")
    answers = calls.enqueue_many(
        {"workflow_name": "known", "inputs": {"n": 1}},
        {"workflow_name": "", "inputs": {"n": 2}},
        {"workflow_name": "strange"},
    )
    assert answers[0]["is_registered"] and not answers[0]["deduplicated"]
    assert answers[1]["error"]["code"] == "WF002"
    assert answers[1]["error"]["field"] == "workflow_name"
    assert not answers[2]["is_registered"]
    assert calls.get(answers[0]["workflow_id"])["inputs"] == {"n": 1}
    assert calls.enqueue_many() == []


@pytest.mark.parametrize("options", [None, {"partition_key": "k"}, {"priority": 1}], ids=repr)
def test_a_batch_arrives_in_its_order(calls, make_worker, options):
    one = {"workflow_name": "mix"} | ({"options": options} if options else {})
    ids = [a["workflow_id"] for a in calls.enqueue_many(*[one] * 20)]
    assert make_worker("mix").work_off() == ids


def test_both_ways_to_enqueue_write_the_same_row(calls, make_worker):
    make_worker("mix", priority=4, queues=("default",))
    options = {"partition_key": "unit 1", "resources": ["b", "a"], "start_before": FAR}
    one = calls.enqueue("mix", {"a": 1}, **options)
    many = calls.enqueue_many({"workflow_name": "mix", "inputs": {"a": 1}, "options": options})
    skipped = {"workflow_id", "enqueued_at"}
    first, second = calls.get(one), calls.get(many[0]["workflow_id"])
    assert {k: first[k] for k in first if k not in skipped} == {
        k: second[k] for k in second if k not in skipped
    }
    assert calls.value("select count(distinct lane_id) from workflows.ready") == 1


# Priority and time ------------------------------------------------------------------------------


def test_priority_then_arrival(calls, make_worker):
    low = [calls.enqueue("mix", priority=5) for _ in range(2)]
    normal = [calls.enqueue("mix") for _ in range(2)]
    high = [calls.enqueue("mix", priority=-5) for _ in range(2)]
    assert make_worker("mix").work_off() == high + normal + low


def test_the_definition_gives_the_priority_where_the_caller_does_not(calls, make_worker):
    worker = make_worker("mix", priority=9)
    assert calls.get(calls.enqueue("mix"))["priority"] == 9
    assert calls.get(calls.enqueue("mix", priority=0))["priority"] == 0
    assert worker.claim_one()


@pytest.mark.parametrize("option", ["delay_seconds", "available_at"])
def test_delayed_work_waits_for_its_time(calls, make_worker, clock, option):
    clock.freeze()
    in_an_hour = calls.value("select to_json(workflows.clock_now() + interval '1 hour')")
    value = 3600 if option == "delay_seconds" else in_an_hour
    workflow_id = calls.enqueue("mix", **{option: value})
    worker = make_worker("mix")
    assert calls.status(workflow_id) == "DELAYED"
    assert calls.hot_rows(workflow_id) == ["parked"]
    clock.advance(3599)
    answer = calls.maintain()
    assert worker.claim(1) == []
    assert 0 < answer["next_due_ms"] <= 1000
    clock.advance(2)
    assert calls.maintain()["did"]["due"] == 1
    assert worker.claim_ids(1) == [workflow_id]


def test_d36_time_is_the_databases(calls, clock, make_worker):
    workflow_id = calls.enqueue("mix", delay_seconds=10)
    clock.advance(11)
    calls.maintain()
    assert calls.status(workflow_id) == "ENQUEUED"


def test_available_at_in_the_past_is_now(calls):
    workflow_id = calls.enqueue("mix", available_at="2001-01-01T00:00:00Z")
    assert calls.status(workflow_id) == "ENQUEUED"


# Queues -----------------------------------------------------------------------------------------


def test_closed_queue_is_wf005(calls):
    calls.set_queue(accepts_work=False)
    with refused("WF005", "queue_name"):
        calls.enqueue("mix")
    answers = calls.enqueue_many({"workflow_name": "mix"})
    assert answers[0]["error"]["code"] == "WF005"


@pytest.mark.parametrize("with_worker", [True, False])
def test_full_queue_is_wf005(calls, make_worker, with_worker):
    calls.set_queue(max_enqueued=2)
    calls.enqueue("mix")
    if with_worker:
        make_worker("mix").claim(0)
    calls.enqueue("mix")
    with refused("WF005", "queue_name"):
        calls.enqueue("mix")
    calls.set_queue(max_enqueued=None)
    assert calls.enqueue("mix")


def test_queues_are_made_on_enqueue_where_the_setting_allows(calls):
    with refused("WF005", "queue_name"):
        calls.enqueue("mix", queue_name="new")
    calls.set_setting("create_queues_on_enqueue", "true")
    assert calls.get(calls.enqueue("mix", queue_name="new"))["queue_name"] == "new"


def test_an_unknown_name_waits_and_shows_in_health(calls, make_worker):
    """D9: never failed by a worker that does not know it."""
    unknown = calls.enqueue("not deployed yet")
    newer = calls.enqueue("mix", workflow_version=2)
    worker = make_worker("mix")
    assert worker.claim(5) == []
    assert calls.status(unknown) == calls.status(newer) == "ENQUEUED"
    measured = calls.value(
        "select measured from workflows.health where check_name = 'names nobody runs'"
    )
    assert "not deployed yet version 1" in measured
    assert "mix version 2" in measured
    assert make_worker("not deployed yet").claim_ids(5) == [unknown]


def test_the_newest_registered_version_is_taken(calls, make_worker):
    make_worker("mix", version=1)
    make_worker("mix", version=3)
    assert calls.get(calls.enqueue("mix"))["workflow_version"] == 3
    assert calls.get(calls.enqueue("mix", workflow_version=1))["workflow_version"] == 1


# Parents ----------------------------------------------------------------------------------------


def test_the_child_of_a_gated_parent_may_not_ask_for_gates(calls):
    parent = calls.enqueue("mix", resources=["pump"])
    child = calls.enqueue("mix", parent=parent)
    assert calls.get(child)["parent_workflow_id"] == parent
    for option in ({"resources": ["tank"]}, {"partition_key": "k"}):
        with refused("WF002", next(iter(option))):
            calls.enqueue("mix", parent=parent, **option)
        with refused("WF002", next(iter(option))):
            calls.enqueue("mix", parent=child, **option)


def test_the_child_of_a_free_parent_may(calls):
    parent = calls.enqueue("mix")
    assert calls.enqueue("mix", parent=parent, resources=["tank"])


def test_finding_16_enqueue_many_says_that_it_was_deduplicated(calls):
    one = {"workflow_name": "mix", "options": {"deduplication_id": "x"}}
    calls.enqueue_many(one)
    assert calls.enqueue_many(one)[0]["deduplicated"] is True


def test_finding_15_ids_are_time_ordered(calls):
    ids = [calls.enqueue("mix") for _ in range(3)]
    assert all(uuid.UUID(i).version == 7 for i in ids)
