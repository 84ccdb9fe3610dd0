"""Talking to a running workflow, on a real server: what is received, sent, published and asked is recorded, and
a replay does none of it again."""

import threading
from typing import Any

import pytest

from exchange.workflows import compat, errors, testing
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import step, workflow
from tests.engine.plant import ended, wait_for_status
from tests.waiting import wait_until

seen: list[Any] = []
FORM = [{"name": "kg", "type": "number", "min": 0, "required": True}]
UNKNOWN = "018f0000-0000-7000-8000-000000000000"


@workflow()
def exchange_receiver(count, seconds=0):
    """Leaves its thread after each message, so that all before is replayed."""
    rt = getWorkflows()
    got = []
    for _ in range(count):
        got.append(rt.recv("order", timeoutSeconds=seconds))
        rt.sleep(3600)
    seen.append(list(got))
    return got


@workflow()
def exchange_writer(to):
    rt = getWorkflows()
    said = [rt.now(), rt.uuid(), rt.random()]
    rt.setEvent("phase", "begun")
    offsets = [rt.writeStream("weights", {"kg": n}) for n in range(2)]
    offsets.append(rt.progress("half", {"kg": 1}))
    said.append(rt.send(to, {"hello": said[1]}, topic="order"))
    seen.append(said)
    rt.sleep(3600)
    return {"said": said, "offsets": offsets, "later": rt.now()}


@workflow()
def exchange_asker(seconds=None, default=None, second=False):
    seen.append("asked")
    rt = getWorkflows()
    return rt.prompt("Weight?", FORM, "operator", seconds, default, second)


@workflow()
def exchange_follower(publisher, seconds):
    return getWorkflows().getEvent(publisher, "phase", timeoutSeconds=seconds)


@workflow()
def exchange_refused():
    rt = getWorkflows()
    caught = []
    for to in (UNKNOWN, "T-101"):
        try:
            rt.send(to, 1)
        except (errors.UnknownId, errors.BadArgument) as error:
            caught.append(type(error).__name__)
    return caught


@step()
def exchange_read():
    """The body runs again after it waited; what it had received it receives again."""
    rt = getWorkflows()
    seen.append(rt.recv("order"))
    return rt.recv("order", timeoutSeconds=60)


@workflow()
def exchange_in_a_step():
    return exchange_read()


@pytest.fixture(autouse=True)
def nothing_seen():
    seen.clear()


def later(clock):
    clock.advance(3601)
    return testing.drain()


def test_d14_a_replay_receives_the_same_message_and_takes_no_other(rt, clock):
    workflow_id = rt.enqueue("exchange_receiver", {"count": 2})
    for n in (1, 2):
        rt.send(workflow_id, {"n": n}, topic="order")
    testing.drain()
    for _ in range(2):
        later(clock)
    assert rt.handle(workflow_id).result() == [{"n": 1}, {"n": 2}]
    kinds = [(s["step_key"], s["kind"]) for s in rt.listSteps(workflow_id)]
    assert kinds == [("recv", "receive"), ("sleep", "sleep")] + [
        ("recv#2", "receive"),
        ("sleep#2", "sleep"),
    ]


def test_d14_without_the_record_a_replay_would_take_the_next_one(rt, clock, conn, sql):
    """The negative control: forget what was recorded, and the message that came later is there."""
    workflow_id = rt.enqueue("exchange_receiver", {"count": 1})
    for n in (1, 2):
        rt.send(workflow_id, n, topic="order")
    testing.drain()
    conn.execute(sql("delete from workflows.step where kind = 'receive'"))
    later(clock)
    assert rt.handle(workflow_id).result() == [2]


def test_everything_happens_once_however_often_it_is_replayed(rt, clock):
    to = rt.enqueue("exchange_receiver", {"count": 1}, delaySeconds=86400)
    workflow_id = rt.enqueue("exchange_writer", {"to": to})
    testing.drain()
    first = list(seen[0])
    later(clock)
    result = rt.handle(workflow_id).result()
    assert result["said"] == first and seen[1] == first
    assert result["offsets"] == [0, 1, 0]
    assert result["later"][:13] > first[0][:13]
    assert [e["value"] for e in rt.readStream(workflow_id, "weights")] == [{"kg": 0}, {"kg": 1}]
    assert rt.readStream(workflow_id, "weights", offset=1, limit=1)[0]["offset"] == 1
    assert rt.getEvent(workflow_id, "phase") == "begun"
    assert rt.getEvent(workflow_id, "phase.last_message") == "half"
    assert rt.getEvent(workflow_id, "nothing", timeoutSeconds=60) is None


def test_a_record_whose_answer_is_lost_is_sent_again_and_does_nothing_twice(rt, make_worker, conn):
    """The call commits and the connection breaks before the answer arrives."""
    lost = []
    to = rt.enqueue("exchange_receiver", {"count": 1}, delaySeconds=86400)
    worker = make_worker(threads=1)
    recorder = worker.executor.recorder
    send = recorder._send

    def lose_once(worker_id, text):
        answer = send(worker_id, text)
        if text.count('"ask"') and text not in lost:
            lost.append(text)
            raise errors.DatabaseError("gone", "08006", is_lost=True)
        return answer

    recorder._send = lose_once
    workflow_id = rt.enqueue("exchange_writer", {"to": to})
    wait_for_status(rt, workflow_id, "WAITING")
    assert len(lost) >= 5
    assert [e["offset"] for e in rt.readStream(workflow_id, "weights")] == [0, 1]
    assert len(rt.readStream(workflow_id, "log")) == 1
    history = rt.store.read_events(workflow_id, {"history": True})
    assert sorted(e["key"] for e in history) == ["phase", "phase.last_message"]
    assert conn.execute("select count(*) from %s.message" % rt.store.schema).fetchone() == (1,)


def test_a_long_wait_leaves_the_thread_and_a_message_wakes_it(rt, make_worker):
    make_worker(threads=1)
    ids = [rt.enqueue("exchange_receiver", {"count": 1, "seconds": 600}) for _ in range(3)]
    for workflow_id in ids:
        wait_for_status(rt, workflow_id, "WAITING")
    for workflow_id in ids:
        rt.send(workflow_id, "now", topic="order")
    for workflow_id in ids:
        wait_until(lambda one=workflow_id: len(rt.listSteps(one)) == 2, "the message")
        assert rt.listSteps(workflow_id)[0]["output"] == "now"


def test_a_short_wait_stays_in_the_thread(rt, make_worker):
    make_worker(threads=1)
    workflow_id = rt.enqueue("exchange_receiver", {"count": 1, "seconds": 2})
    wait_until(lambda: rt.listSteps(workflow_id), "the wait to be recorded")
    assert rt.handle(workflow_id).status() == "RUNNING"
    rt.send(workflow_id, "now", topic="order")
    wait_for_status(rt, workflow_id, "WAITING")
    assert rt.listSteps(workflow_id)[0]["output"] == "now"
    assert rt.getWorkflow(workflow_id)["attempt"] == 1


def test_an_order_ends_a_short_wait(rt, make_worker):
    make_worker(threads=1)
    workflow_id = rt.enqueue("exchange_receiver", {"count": 1, "seconds": 2})
    wait_until(lambda: rt.listSteps(workflow_id), "the wait to be recorded")
    rt.sendCommand(workflow_id, "STOP")
    assert ended(rt, workflow_id)["status"] == "STOPPED"


def test_a_prompt_waits_without_a_thread_and_gets_its_answer(rt, make_worker):
    make_worker(threads=1)
    workflow_id = rt.enqueue("exchange_asker")
    wait_for_status(rt, workflow_id, "WAITING")
    [prompt] = rt.listPrompts(role="operator")
    assert (prompt["workflow_id"], prompt["question"]) == (workflow_id, "Weight?")
    with pytest.raises(errors.BadArgument) as refused:
        rt.answerPrompt(prompt["prompt_id"], {"kg": -1}, "anna", roles=["operator"])
    assert refused.value.detail["errors"][0]["path"] == "answer.kg"
    answer = rt.answerPrompt(prompt["prompt_id"], {"kg": 25}, "anna", roles=["operator"])
    assert answer["outcome"] == "accepted"
    assert ended(rt, workflow_id)["result"] == {"kg": 25}
    assert seen == ["asked"] * 2
    with pytest.raises(errors.CommandRejected, match="rejected"):
        rt.answerPrompt(prompt["prompt_id"], {"kg": 26}, "bert", roles=["operator"])


@pytest.mark.parametrize("default", [None, {"kg": 0}])
def test_a_prompt_past_its_time(rt, clock, default):
    workflow_id = rt.enqueue("exchange_asker", {"seconds": 3600, "default": default})
    testing.drain()
    [row] = later(clock)
    assert rt.listPrompts() == []
    if default is None:
        assert row["error"]["class"] == "TimedOut"
    else:
        assert rt.handle(workflow_id).result() == default


def test_who_follows_another_workflow(rt, make_worker):
    make_worker(threads=2)
    to = rt.enqueue("exchange_receiver", {"count": 1}, delaySeconds=86400)
    publisher = rt.enqueue("exchange_writer", {"to": to}, delaySeconds=86400)
    followers = [
        rt.enqueue("exchange_follower", {"publisher": publisher, "seconds": 600}) for _ in range(2)
    ]
    for follower in followers:
        wait_for_status(rt, follower, "WAITING")
    other = rt.enqueue("exchange_writer", {"to": to})
    wait_for_status(rt, other, "WAITING")
    late = rt.enqueue("exchange_follower", {"publisher": other, "seconds": 600})
    assert ended(rt, late)["result"] == "begun"
    assert {rt.handle(one).status() for one in followers} == {"WAITING"}


def test_what_cannot_be_sent_is_raised_in_the_workflow(rt):
    workflow_id = rt.enqueue("exchange_refused")
    testing.drain()
    assert rt.handle(workflow_id).result() == ["UnknownId", "BadArgument"]


def test_inside_a_step_it_is_recorded_under_the_step(rt):
    workflow_id = rt.enqueue("exchange_in_a_step")
    rt.send(workflow_id, 1, topic="order")
    testing.drain()
    rt.send(workflow_id, 2, topic="order")
    testing.drain()
    assert rt.handle(workflow_id).result() == 2 and seen == [1, 1]
    keys = {s["step_key"] for s in rt.listSteps(workflow_id)}
    assert keys == {"exchange_read", "exchange_read/recv", "exchange_read/recv#2"}


def test_outside_a_workflow(rt):
    for call in (
        lambda: rt.recv(),
        lambda: rt.setEvent("a", 1),
        lambda: rt.writeStream("a", 1),
        lambda: rt.progress("a"),
        lambda: rt.prompt("a"),
    ):
        with pytest.raises(errors.NotInWorkflow):
            call()
    assert len(rt.now()) == len("2026-01-31T08:00:00.123456Z") and 0 <= rt.random() < 1
    assert compat.is_id(rt.uuid())
    with pytest.raises(errors.UnknownId):
        rt.getEvent(UNKNOWN, "phase")


def test_the_same_message_uuid_twice(rt):
    workflow_id = rt.enqueue("exchange_receiver", {"count": 1})
    message_id = rt.uuid()
    assert {rt.send(workflow_id, 1, messageUUID=message_id) for _ in range(2)} == {message_id}
    with pytest.raises(errors.Duplicate):
        rt.send(workflow_id, 2, messageUUID=message_id)


def test_get_event_outside_waits_for_the_first_one(rt, make_worker):
    make_worker(threads=1)
    to = rt.enqueue("exchange_receiver", {"count": 1}, delaySeconds=86400)
    workflow_id = rt.enqueue("exchange_writer", {"to": to}, delaySeconds=86400)
    got: list[object] = []
    look = threading.Thread(target=lambda: got.append(rt.getEvent(workflow_id, "phase", 0.2)))
    look.start()
    look.join(20)
    assert got == [None]


BAD_FORMS = [
    ("kg", "form"),
    ([], "form"),
    (["kg"], "form[0]"),
    ([{"type": "text"}], "form[0].name"),
    ([{"name": "kg", "type": "float"}], "form[0].type"),
    ([{"name": "kg", "type": "number", "unit": "kg"}], "form[0].unit"),
    ([{"name": "kg", "type": "number", "min": "0"}], "form[0].min"),
    ([{"name": "kg", "type": "number", "required": 1}], "form[0].required"),
    ([{"name": "kg", "type": "choice"}], "form[0].choices"),
    ([{"name": "kg", "type": "text", "choices": ["a"]}], "form[0].choices"),
    ([{"name": "a", "type": "text"}, {"name": "a", "type": "text"}], "form[1].name"),
]


@workflow()
def exchange_bad_form(form):
    getWorkflows().prompt("?", form)


@pytest.mark.parametrize(("form", "field"), BAD_FORMS)
def test_a_bad_form_names_the_place(form, field):
    ended = testing.run_inline(exchange_bad_form, {"form": form})
    assert isinstance(ended.error, errors.BadArgument) and ended.error.field == field


BAD_CALLS = [
    ("recv", {"topic": ""}, "topic"),
    ("recv", {"timeoutSeconds": -1}, "timeoutSeconds"),
    ("recv", {"timeoutSeconds": None}, "timeoutSeconds"),
    ("setEvent", {"key": " a", "value": 1}, "key"),
    ("setEvent", {"key": "a", "value": "\0"}, "value"),
    ("writeStream", {"key": "a", "value": "x" * 1048577}, "value"),
    ("progress", {"message": float("nan")}, "message"),
    ("getEvent", {"workflowId": "x", "key": "a"}, "workflowId"),
    ("send", {"destinationWorkflowId": UNKNOWN, "message": 1, "topic": 5}, "topic"),
    ("send", {"destinationWorkflowId": UNKNOWN, "message": 1, "messageUUID": "5"}, "messageUUID"),
    ("send", {"destinationWorkflowId": None, "message": 1}, "destinationWorkflowId"),
    ("prompt", {"question": " "}, "question"),
    ("prompt", {"question": "?", "roles": [""]}, "roles"),
    ("prompt", {"question": "?", "timeoutSeconds": float("nan")}, "timeoutSeconds"),
]


@workflow()
def exchange_bad_call(number):
    call, arguments, _ = BAD_CALLS[number]
    getattr(getWorkflows(), call)(**arguments)


@pytest.mark.parametrize("number", range(len(BAD_CALLS)))
def test_bad_arguments_name_the_field(number):
    ended = testing.run_inline(exchange_bad_call, {"number": number})
    assert isinstance(ended.error, errors.BadArgument), ended
    assert ended.error.field == BAD_CALLS[number][2] and ended.steps == []
