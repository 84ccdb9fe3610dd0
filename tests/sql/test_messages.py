"""send_message, and the steps that send and receive."""

import json
import uuid
from typing import Any

import pytest

from tests.calls import refused

UNKNOWN = "018f0000-0000-7000-8000-000000000000"


@pytest.fixture
def send(calls):
    """send(workflow_id, message, **options)"""
    return lambda workflow_id, message, **options: calls.call(
        "send_message", workflow_id=workflow_id, message=json.dumps(message), options=options
    )


def receive(worker, claimed, key="recv", topic="cmd", seconds=0):
    return worker.record(
        claimed, key, kind="receive", ask={"topic": topic, "seconds": seconds}, name="recv"
    )


def wakes(calls):
    return calls.value("select count(*) from workflows.wake_call")


def test_a_message_stays_until_it_is_received_oldest_first(calls, worker, claimed, send):
    sent = send(claimed["w"], {"kg": 1})
    assert (sent["topic"], sent["deduplicated"]) == ("cmd", False)
    send(claimed["w"], {"kg": 2})
    send(claimed["w"], "other", topic="info")
    got = [receive(worker, claimed, f"recv#{n}")["output"] for n in range(3)]
    assert got == [{"kg": 1}, {"kg": 2}, None]
    assert receive(worker, claimed, "recv#4", "info")["output"] == "other"
    query = "select count(*) from workflows.message where received_at is not null"
    assert calls.value(query) == 3


def test_d14_what_was_received_is_recorded_with_it(calls, worker, claimed, send):
    """A record sent again, and the claim that follows, give the same message, and take no other."""
    send(claimed["w"], 1)
    send(claimed["w"], 2)
    assert receive(worker, claimed)["output"] == 1
    assert receive(worker, claimed)["output"] == 1
    worker.finish(claimed, "released")
    again = worker.claim_one()
    assert [(s["k"], s["output"]) for s in again["steps"]] == [("recv", 1)]
    assert receive(worker, again, "recv#2")["output"] == 2


def test_looking_once_is_recorded_too(worker, claimed, send):
    assert receive(worker, claimed)["a"] == "replayed"
    send(claimed["w"], 1)
    assert receive(worker, claimed)["output"] is None


@pytest.mark.parametrize("status", ["WAITING", "HELD"])
def test_a_message_wakes_who_waits_for_its_topic(calls, worker, claimed, send, status):
    answer = receive(worker, claimed, seconds=60)
    assert answer["a"] == "waiting" and 59000 < answer["due_ms"] <= 60000
    assert worker.finish(claimed, "suspend", k="recv") == "ok"
    if status == "HELD":
        calls.command(claimed["w"], "HOLD")
    assert calls.status(claimed["w"]) == status
    send(claimed["w"], "not for it", topic="info")
    assert worker.claim() == [] and wakes(calls) == 0
    send(claimed["w"], "for it")
    if status == "HELD":
        assert worker.claim() == [] and wakes(calls) == 0
        calls.command(claimed["w"], "RESUME")
    again = worker.claim_one()
    assert receive(worker, again)["output"] == "for it"
    assert calls.rows("select from workflows.wait") == []


def test_a_timeout_is_counted_by_the_database_and_recorded(calls, worker, claimed, send, clock):
    receive(worker, claimed, seconds=60)
    worker.finish(claimed, "suspend", k="recv")
    clock.advance(59)
    worker.renew()
    assert worker.claim() == []
    clock.advance(2)
    calls.maintain()
    again = worker.claim_one()
    send(claimed["w"], "in the last moment", topic="info")
    assert (receive(worker, again)["a"], receive(worker, again)["output"]) == ("replayed", None)
    send(claimed["w"], "too late")
    assert receive(worker, again)["output"] is None
    assert receive(worker, again, "recv#2")["output"] == "too late"


def test_timers_keep_their_time_while_held(calls, worker, claimed, clock):
    receive(worker, claimed, seconds=60)
    worker.finish(claimed, "suspend", k="recv")
    calls.command(claimed["w"], "HOLD")
    clock.advance(61)
    worker.renew()
    calls.maintain()
    assert calls.status(claimed["w"]) == "HELD"
    calls.command(claimed["w"], "RESUME")
    calls.maintain()
    assert receive(worker, worker.claim_one())["output"] is None


@pytest.mark.parametrize("status", ["DELAYED", "BLOCKED", "ENQUEUED", "RUNNING", "HELD"])
def test_a_message_is_taken_in_every_live_status(calls, worker, send, status):
    told: dict[str, dict[str, Any]] = {
        "DELAYED": {"delay_seconds": 60},
        "BLOCKED": {"partition_key": "k"},
    }
    options = told.get(status, {})
    if status == "BLOCKED":
        calls.enqueue("mix", **options)
        worker.claim_one()
    workflow_id = calls.enqueue("mix", **options)
    if status in ("RUNNING", "BLOCKED"):
        worker.claim()
    elif status == "HELD":
        calls.command(workflow_id, "HOLD")
    assert calls.status(workflow_id) == status
    send(workflow_id, 5)
    calls.maintain()
    assert wakes(calls) == 0
    assert calls.value("select count(*) from workflows.message where received_at is null") == 1
    assert calls.status(workflow_id) == status


def test_the_same_message_again_changes_nothing(calls, claimed, worker, send):
    message_id = str(uuid.uuid4())
    assert not send(claimed["w"], 5, message_id=message_id)["deduplicated"]
    assert send(claimed["w"], 5, message_id=message_id)["deduplicated"]
    with refused("WF006", "message_id"):
        send(claimed["w"], 6, message_id=message_id)
    with refused("WF006", "message_id"):
        send(claimed["w"], 5, message_id=message_id, topic="info")
    assert receive(worker, claimed)["output"] == 5
    worker.finish(claimed)
    assert send(claimed["w"], 5, message_id=message_id)["deduplicated"]
    assert calls.value("select count(*) from workflows.message") == 1


def test_an_ended_workflow_takes_no_message(claimed, worker, send):
    worker.finish(claimed)
    with refused("WF009") as detail:
        send(claimed["w"], 5)
    assert detail["workflow_id"] == claimed["w"]


BAD = [
    ({"workflow_id": UNKNOWN}, "WF003", None),
    ({"workflow_id": None}, "WF003", None),
    ({"workflow_id": "T-101"}, "WF002", "workflow_id"),
    ({"message": None}, "WF002", "message"),
    ({"message": "no json"}, "WF002", "message"),
    ({"message": '"\\u0000"'}, "WF002", "message"),
    ({"message": "[" * 65 + "]" * 65}, "WF002", "message"),
    ({"message": '"' + "x" * 1048576 + '"'}, "WF002", "message"),
    ({"options": '{"colour": 1}'}, "WF002", "colour"),
    ({"options": "[]"}, "WF002", "options"),
    ({"options": "{"}, "WF002", "options"),
    ({"options": '{"topic": "\\u0000"}'}, "WF002", "options"),
    ({"options": '{"topic": ""}'}, "WF002", "topic"),
    ({"options": '{"topic": {"a": 1}}'}, "WF002", "topic"),
    ({"options": '{"topic": "%s"}' % ("x" * 201)}, "WF002", "topic"),
    ({"options": '{"message_id": "5"}'}, "WF002", "message_id"),
]


@pytest.mark.parametrize(("given", "code", "field"), BAD)
def test_bad_input(calls, claimed, given, code, field):
    arguments = {"workflow_id": claimed["w"], "message": "5", "options": "{}", **given}
    with refused(code, field):
        calls.call("send_message", **arguments)
    assert calls.value("select count(*) from workflows.message") == 0


def ask_to_send(worker, claimed, key="send", **ask):
    whole = {"workflow_id": claimed["w"], "topic": "cmd", "message": 5, "message_id": UNKNOWN}
    return worker.record(claimed, key, kind="send", ask={**whole, **ask})


def test_a_workflow_sends_once(calls, worker, claimed):
    """A resend and a replay find the step; another step with the same id finds the message."""
    answers = [ask_to_send(worker, claimed, key) for key in ("send", "send", "send#2")]
    assert [(a["a"], a["status"], a["output"]) for a in answers] == [
        ("replayed", "SUCCESS", UNKNOWN)
    ] * 3
    assert calls.rows("select sent_by from workflows.message") == [(f"workflow {claimed['w']}",)]
    assert ask_to_send(worker, claimed, "send#3", message=6)["error"]["class"] == "Duplicate"


def test_what_a_workflow_cannot_send_is_recorded_as_its_error(calls, worker, claimed):
    ended = calls.enqueue("mix")
    calls.command(ended, "STOP")
    for key, to, name in (("send", UNKNOWN, "UnknownId"), ("send#2", ended, "CommandRejected")):
        for _ in range(2):
            answer = ask_to_send(worker, claimed, key, workflow_id=to)
            assert (answer["status"], answer["error"]["class"]) == ("ERROR", name)


@pytest.mark.parametrize("kind", ["receive", "send", "event", "prompt"])
def test_d15_a_step_of_another_kind_is_wf007(worker, claimed, kind):
    worker.record(claimed, "x")
    ask = {"topic": "cmd", "seconds": 0, "workflow_id": UNKNOWN, "message": 1, "key": "k"}
    assert worker.record(claimed, "x", kind=kind, ask=ask)["a"] == "WF007"
    assert receive(worker, claimed, "y", seconds=9)["a"] == "waiting"
    assert worker.record(claimed, "y")["a"] == "WF007"


def test_a_stale_worker_takes_no_message(calls, worker, claimed, send):
    send(claimed["w"], 5)
    worker.finish(claimed, "released")
    assert receive(worker, claimed)["a"] == "WF001"
    assert calls.value("select count(*) from workflows.message where received_at is null") == 1


def test_the_control_word_comes_back(calls, worker, claimed):
    calls.command(claimed["w"], "HOLD")
    assert receive(worker, claimed)["c"] == "hold"


def test_a_handler_is_recorded_like_a_step(calls, worker, claimed):
    assert worker.record(claimed, "on_hold", kind="handler", output=1) is None
    assert worker.record(claimed, "on_hold", kind="handler", output=2)["output"] == 1


def test_one_that_is_tried_again_waits_anew(calls, worker, claimed, clock):
    receive(worker, claimed, seconds=60)
    worker.finish(claimed, "suspend", k="recv")
    calls.command(claimed["w"], "STOP")
    assert calls.rows("select from workflows.wait") == []
    clock.advance(30)
    worker.renew()
    calls.retry(claimed["w"])
    assert receive(worker, worker.claim_one(), seconds=60)["due_ms"] > 59000


def test_wake_later_wakes_whatever_it_waits_for(calls, worker, claimed):
    worker.record(claimed, "nap", kind="sleep", status="WAITING", seconds=60)
    worker.finish(claimed, "suspend", k="nap")
    calls.value("select workflows.wake_later(array[%s::uuid])", claimed["w"])
    assert worker.claim_ids() == [claimed["w"]]


def test_what_has_gone_does_not_stay_in_the_way(calls, worker):
    calls.run("insert into workflows.wake_call (workflow_id) values (%s)", UNKNOWN)
    worker.claim()
    assert wakes(calls) == 0
