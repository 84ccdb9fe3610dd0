"""What getWorkflows() answers: requests to enqueue, handles, orders (D11, D18, D44)."""

import json
from typing import Any

import pytest

from exchange.workflows import compat, errors
from exchange.workflows.engine import context, instance
from exchange.workflows.engine.buffer_entries import TEXT
from exchange.workflows.engine.client import Workflows
from tests.engine.fakes import FakeHost, FakeStore

REFUSED = {"error": {"code": "WF002", "message": "no", "field": "priority"}}


class FakeConnector:
    schema = "workflows"

    def close(self):
        pass


class Desk:
    def __init__(self, **answers):
        self.host = FakeHost()
        self.rt: Any = Workflows(self.host, FakeConnector())
        self.store = FakeStore(**answers)
        setattr(self.rt, "store", self.store)  # noqa: B010

    def enqueued(self):
        name, inputs, options = self.store.asked("enqueue")[-1]
        return name, inputs, json.loads(options)


@pytest.fixture
def desk():
    return Desk(
        enqueue=["id"],
        enqueue_many=[[{"workflow_id": "a"}]],
        send_command=[{"outcome": "accepted"}],
        fork_workflow=[{"workflow_id": "b"}],
    )


def test_names_are_camel_case_here_and_snake_case_there(desk):
    assert (
        desk.rt.enqueue("fill", {"a": 1}, queueName="q", partitionKey="p", onWorkerLost="hold")
        == "id"
    )
    name, inputs, options = desk.enqueued()
    assert (name, inputs) == ("fill", '{"a":1}')
    assert options.pop("workflow_id")
    assert options == {"queue_name": "q", "partition_key": "p", "on_worker_lost": "hold"}


def test_every_argument_has_an_option(desk):
    given = {
        "queueName": "q",
        "partitionKey": "p",
        "priority": -1,
        "deduplicationId": "d",
        "resources": ["r"],
        "workflowId": "i",
        "delaySeconds": 1.5,
        "availableAt": "2026-01-31T08:00:00Z",
        "startBefore": "2026-01-31T09:00:00Z",
        "timeoutSeconds": 2,
        "maxAttempts": 3,
        "onWorkerLost": "fail",
        "onDuplicate": "replace",
        "workflowVersion": 4,
        "parent": "w",
        "actor": "me",
    }
    desk.rt.enqueue("fill", **given)
    assert list(desk.enqueued()[2].values()) == list(given.values())


@pytest.mark.parametrize(
    "inputs, text", [(None, "{}"), (0, "0"), ("", '""'), ([], "[]"), (False, "false")]
)
def test_d44_falsy_inputs_stay_what_they_are(desk, inputs, text):
    desk.rt.enqueue("fill", inputs)
    assert desk.enqueued()[1] == text


def test_inputs_obj_is_the_old_name_of_inputs(desk):
    desk.rt.enqueue("fill", inputsObj={"a": 1})
    assert desk.enqueued()[1] == '{"a":1}'


def test_each_enqueue_has_an_id_of_its_own_before_it_is_sent(desk):
    ids = set()
    for _ in range(3):
        desk.rt.enqueue("fill")
        ids.add(desk.enqueued()[2]["workflow_id"])
    assert len(ids) == 3


class Running:
    """Just enough of a workflow that enqueues."""

    def __init__(self):
        self.names = []

    def next_id(self, name):
        self.names.append(name)
        return "derived"


def test_inside_a_workflow_the_id_is_derived_so_that_a_replay_enqueues_nothing_twice(desk):
    context.enter(Running())
    try:
        desk.rt.enqueue("fill")
    finally:
        context.enter(None)
    assert desk.enqueued()[2]["workflow_id"] == "derived"


def test_a_fork_has_its_id_before_it_is_sent_and_inside_a_workflow_on_every_replay(desk):
    running = Running()
    desk.rt.fork("w", "weigh", priority=1)
    desk.rt.fork("w")
    context.enter(running)
    try:
        desk.rt.fork("w")
    finally:
        context.enter(None)
    sent = [json.loads(options) for _, _, options in desk.store.asked("fork_workflow")]
    ids = [options.pop("workflow_id") for options in sent]
    assert compat.is_id(ids[0]) and ids[0] != ids[1]
    assert (ids[2], running.names) == ("derived", ["fork"])
    assert sent == [{"priority": 1}, {}, {}]


@pytest.mark.parametrize(
    "arguments, field",
    [
        ({"workflowName": "fill", "inputs": {"a": float("nan")}}, "inputs"),
        ({"workflowName": "fill", "inputs": object()}, "inputs"),
        ({"workflowName": "fill", "delaySeconds": float("inf")}, "delay_seconds"),
        ({"workflowName": "fill", "partitionKey": "a\x00"}, "partition_key"),
        ({"workflowName": "fill\x00"}, "workflow_name"),
        ({"workflowName": None}, "workflow_name"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_its_field(desk, arguments, field):
    with pytest.raises(errors.BadArgument) as refused:
        desk.rt.enqueue(**arguments)
    assert refused.value.field == field
    assert desk.store.calls == []


def test_a_bad_request_of_many_does_not_touch_the_others(desk):
    desk.store.answer_with(enqueue_many=[{"workflow_id": "a"}, REFUSED])
    bad = {"workflowName": "fill", "inputs": float("nan")}
    unknown = {"workflowName": "fill", "prio": 1}
    outcomes = desk.rt.enqueueMany([{"workflowName": "fill"}, bad, unknown, {"workflowName": "x"}])
    assert outcomes[0] == {"workflow_id": "a"}
    assert [one["error"]["field"] for one in outcomes[1:]] == ["inputs", "prio", "priority"]
    [(sent,)] = desk.store.asked("enqueue_many")
    assert [entry["workflow_name"] for entry in json.loads(sent)] == ["fill", "x"]


PLAIN = [{"a": [1, {"b": None}]}, None, {}, {"t": "{[" * 20, 1: True}]
POISON = [
    {"t": "a\x00"},
    {"t": "\ud800"},
    {"n": float("nan")},
    {"n": 10**310},
    {"f": object()},
    json.loads('{"a":' * 65 + "1" + "}" * 65),
]


def _without_ids(entries):
    assert len({entry["options"].pop("workflow_id") for entry in entries}) == len(entries)
    return entries


def test_many_plain_ones_are_sent_as_each_by_itself(desk, monkeypatch):
    requests = [{"workflowName": "fill%d" % n, "inputs": one} for n, one in enumerate(PLAIN)]
    want = _without_ids([json.loads(desk.rt._entry_json(*desk.rt._request(r))) for r in requests])
    monkeypatch.setattr(desk.rt, "_request", None)  # none is looked at by itself
    assert desk.rt.enqueueMany(iter(requests)) == [{"workflow_id": "a"}]
    [(sent,)] = desk.store.asked("enqueue_many")
    assert _without_ids(json.loads(sent)) == want


@pytest.mark.parametrize("poison", POISON, ids=lambda poison: str(poison)[:20])
@pytest.mark.parametrize("others", [0, 100])
def test_one_of_many_is_refused_as_by_itself(desk, poison, others):
    """However many brackets and digits its neighbours have room for."""
    with pytest.raises(errors.BadArgument) as alone:
        desk.rt.enqueue("fill", poison)
    plain = {"workflowName": "fill", "inputs": {"a": 1}}
    desk.store.answer_with(enqueue_many=[{"workflow_id": "a"}] * others)
    outcomes = desk.rt.enqueueMany([*[plain] * others, {"workflowName": "fill", "inputs": poison}])
    assert outcomes[-1]["error"]["message"] == compat.message_of(alone.value)
    assert outcomes[:-1] == [{"workflow_id": "a"}] * others


def test_64_levels_among_many_are_not_too_deep(desk, monkeypatch):
    deep = json.loads('{"a":' * 64 + "1" + "}" * 64)
    monkeypatch.setattr(desk.rt, "_request", None)
    desk.rt.enqueueMany([{"workflowName": "fill", "inputs": deep}, {"workflowName": "fill"}])
    assert len(desk.store.asked("enqueue_many")) == 1


def test_many_inside_a_workflow_have_ids_that_a_replay_gives_again(desk, monkeypatch):
    ids = iter(["one", "two"])
    running = type("Running", (), {"next_id": lambda self, kind: next(ids)})()
    monkeypatch.setattr(context, "current", lambda: running)
    desk.store.answer_with(enqueue_many=[{"workflow_id": "a"}] * 2)
    desk.rt.enqueueMany([{"workflowName": "fill"}] * 2)
    [(sent,)] = desk.store.asked("enqueue_many")
    assert [entry["options"]["workflow_id"] for entry in json.loads(sent)] == ["one", "two"]


def test_many_of_nothing_asks_nothing(desk):
    assert desk.rt.enqueueMany([]) == []
    assert desk.store.calls == []


def test_in_memory_answers_the_id_without_the_database(desk):
    desk.rt.buffer.start = lambda: None
    workflow_id = desk.rt.enqueueInMemory("fill", {"a": 1}, priority=2)
    [waiting] = desk.rt.buffer.entries.waiting
    entry = json.loads(waiting.get(TEXT))
    assert entry["options"] == {"priority": 2, "workflow_id": workflow_id}
    assert entry["inputs"] == {"a": 1}
    assert desk.store.calls == []


def test_every_order_has_a_request_id_so_that_it_can_be_sent_again(desk):
    desk.rt.sendCommand("w", "HOLD", "why", actor="me")
    desk.rt.sendCommand("w", "HOLD", "why", requestId="mine")
    sent = desk.store.asked("send_command")
    assert sent[0][:3] == ("w", "HOLD", "why")
    assert sent[0][3]["actor"] == "me"
    assert len(sent[0][3]["request_id"]) == 36
    assert sent[1][3] == {"request_id": "mine"}


# Handles

LIVE = {"ended_at": None, "status": "RUNNING"}
DONE = {"ended_at": "2026", "status": "SUCCESS", "result": 7}
FAILED = {
    "ended_at": "2026",
    "status": "ERROR",
    "reason": "ValueError: no",
    "error": {"class": "ValueError", "message": "no", "traceback": ""},
}


def test_a_result_is_waited_for():
    desk = Desk(get_workflow=[LIVE, LIVE, DONE])
    assert desk.rt.handle("w").result() == 7
    assert desk.host.waits == sorted(desk.host.waits)


def test_waiting_ends_when_the_time_is_over():
    desk = Desk(get_workflow=[LIVE])
    with pytest.raises(errors.NotFinished):
        desk.rt.handle("w").result(timeoutSeconds=5)
    assert desk.host.now == pytest.approx(1005)
    assert desk.rt.handle("w").wait(0) == LIVE


def test_a_workflow_that_failed_raises_with_what_was_recorded():
    desk = Desk(get_workflow=[FAILED])
    with pytest.raises(errors.WorkflowFailed, match="ValueError: no") as failed:
        desk.rt.handle("w").result()
    assert (failed.value.status, failed.value.error["class"]) == ("ERROR", "ValueError")


# Where it comes from


def test_without_a_database_it_says_how_to_name_one(monkeypatch):
    monkeypatch.delenv("WORKFLOWS_DSN", raising=False)
    monkeypatch.setattr(instance, "_instances", {})
    with pytest.raises(errors.NotConfigured) as refused:
        instance.getWorkflows()
    assert "WORKFLOWS_DSN" in refused.value.hint
    with pytest.raises(errors.NotConfigured, match="other"):
        instance.getWorkflows("other")


def test_inside_a_workflow_it_is_the_database_that_the_workflow_runs_in():
    class Engine:
        facade = object()

    class Inside:
        engine = Engine

    context.enter(Inside)
    try:
        assert instance.getWorkflows() is Engine.facade
    finally:
        context.enter(None)


def test_outside_a_workflow_sleep_just_waits_and_check_does_nothing(desk):
    desk.rt.sleep(3)
    desk.rt.checkCancelled()
    assert (desk.host.now, desk.rt.workflowId()) == (1003.0, None)
