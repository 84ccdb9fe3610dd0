"""api.service on a database: what each function answers."""

import pytest

from exchange.workflows.api import service

pytestmark = pytest.mark.usefixtures("workflows")


def test_enqueue_and_result(drain):
    answer = service.enqueue("api_double", {"number": 21}, priority=-5, timeoutSeconds=60)
    assert (answer["ok"], answer["code"]) == (True, "WORKFLOW_ENQUEUED")
    assert answer["workflowName"] == "api_double" and answer["deduplicated"] is False
    drain()
    result = service.getResult(workflowId=answer["workflowId"])
    assert (result["code"], result["result"], result["status"]) == ("RESULT_OK", 42, "SUCCESS")


def test_start_is_enqueue():
    assert service.start is service.enqueue


def test_a_name_that_nobody_registered_is_accepted_with_a_warning(drain):
    answer = service.enqueue("api_dubble")
    assert answer["ok"] and "api_dubble" in answer["meta"]["warning"]
    drain()
    assert "warning" not in service.enqueue("api_double", {"number": 1})["meta"]


def test_d44_inputs_that_are_false_stay_what_they_are(drain):
    values: list[object] = [0, "", [], False]
    for value in values:
        wid = service.enqueue("api_double", value)["workflowId"]
        assert service.getWorkflow(workflowId=wid)["inputs"] == value
    wid = service.enqueue("api_double")["workflowId"]
    assert service.getWorkflow(workflowId=wid)["inputs"] == {}


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({"workflowName": ""}, "INVALID_WORKFLOW_NAME", "workflowName"),
        ({"workflowName": None}, "INVALID_WORKFLOW_NAME", "workflowName"),
        ({"priority": 101}, "INVALID_ARGUMENTS", "priority"),
        ({"delaySeconds": -1}, "INVALID_ARGUMENTS", "delaySeconds"),
        ({"delaySeconds": float("nan")}, "INVALID_ARGUMENTS", "delaySeconds"),
        ({"inputs": {"a": float("inf")}}, "INVALID_ARGUMENTS", "inputs"),
        ({"inputs": {"a": "\0"}}, "INVALID_ARGUMENTS", "inputs"),
        ({"workflowId": "7"}, "INVALID_ARGUMENTS", "workflowId"),
        ({"onWorkerLost": "pray"}, "INVALID_ARGUMENTS", "onWorkerLost"),
        ({"startBefore": "soon"}, "INVALID_ARGUMENTS", "startBefore"),
        ({"queueName": "nope"}, "QUEUE_REFUSED", "queueName"),
    ],
)
def test_bad_input_names_the_field(arguments, code, field):
    answer = service.enqueue(**{"workflowName": "api_double", **arguments})
    assert (answer["ok"], answer["code"], answer["field"]) == (False, code, field)


def test_d27_a_deduplication_id_is_held_until_the_end():
    first = service.enqueue("api_double", 1, deduplicationId="order 1")
    again = service.enqueue("api_double", 1, deduplicationId="order 1")
    assert again["workflowId"] == first["workflowId"] and again["deduplicated"]
    refused = service.enqueue("api_double", 1, deduplicationId="order 1", onDuplicate="reject")
    assert refused["code"] == "DUPLICATE" and refused["workflowId"] == first["workflowId"]


def test_applicationVersion_is_the_old_name_of_workflowVersion():
    wid = service.enqueue("api_double", 1, applicationVersion=3)["workflowId"]
    assert service.getWorkflow(workflowId=wid)["workflowVersion"] == 3


def test_commands():
    wid = service.enqueue("api_double", 1)["workflowId"]
    held = service.sendCommand(workflowId=wid, cmd="hold", reason="valve")
    assert (held["code"], held["cmd"], held["outcome"]) == ("COMMAND_SENT", "HOLD", "accepted")
    assert (held["status"], held["state"], held["topic"]) == ("HELD", "HELD", "cmd")
    assert service.sendCommand(workflowId=wid, cmd="HOLD")["outcome"] == "already"
    assert service.sendCommand(workflowId=wid, cmd="RESUME")["status"] == "ENQUEUED"
    assert service.sendCommand(workflowId=wid, cmd="STOP")["status"] == "STOPPED"
    refused = service.sendCommand(workflowId=wid, cmd="RESUME")
    assert (refused["ok"], refused["code"]) == (False, "COMMAND_REJECTED")
    assert refused["message"]


def test_cancel_and_retry():
    wid = service.enqueue("api_double", 1)["workflowId"]
    assert service.retry(workflowId=wid)["code"] == "COMMAND_REJECTED"
    answer = service.cancel(workflowId=wid, reason="manual cancel")
    assert (answer["code"], answer["cancelledCount"]) == ("CANCEL_REQUESTED", 1)
    assert service.cancel(workflowId=wid)["cancelledCount"] == 0
    assert service.retry(workflowId=wid)["code"] == "RETRY_ACCEPTED"
    assert service.getWorkflow(workflowId=wid)["status"] == "ENQUEUED"


@pytest.mark.parametrize("name", ["sendCommand", "cancel", "retry", "getWorkflow", "getResult"])
def test_ids(name):
    extra = {"cmd": "HOLD"} if name == "sendCommand" else {}
    call = getattr(service, name)
    missing = call(**extra)
    assert (missing["code"], missing["field"]) == ("INVALID_ARGUMENTS", "workflowId")
    assert call(workflowId="7", **extra)["code"] == "INVALID_ARGUMENTS"
    unknown = call(workflowId="01a207fd-1dd4-7417-8826-434be8f724c2", **extra)
    assert unknown["code"] == "NOT_FOUND"


def test_unknown_commands_are_refused():
    wid = service.enqueue("api_double", 1)["workflowId"]
    assert service.sendCommand(workflowId=wid, cmd="DANCE")["code"] == "INVALID_ARGUMENTS"
    assert service.sendCommand(workflowId=wid)["field"] == "cmd"


def test_result_not_yet_and_never(drain):
    wid = service.enqueue("api_fails")["workflowId"]
    early = service.getResult(workflowId=wid)
    assert (early["code"], early["status"]) == ("NOT_FINISHED", "ENQUEUED")
    drain()
    failed = service.getResult(workflowId=wid)
    assert (failed["code"], failed["status"]) == ("WORKFLOW_FAILED", "ERROR")
    assert failed["error"]["message"] == "tank \xb0 is gone"


def test_findWorkflows_pages_from_the_newest():
    ids = [service.enqueue("api_double", n)["workflowId"] for n in range(5)]
    first = service.findWorkflows(workflowName="api_double", limit=3)
    rest = service.findWorkflows(workflowName="api_double", limit=3, before=first["before"])
    found = [one["workflowId"] for one in first["workflows"] + rest["workflows"]]
    assert sorted(found) == sorted(ids) and (first["count"], rest["count"]) == (3, 2)
    assert rest["before"] is None
    assert service.findWorkflows(status="ERROR")["workflows"] == []
    assert service.findWorkflows(since="soon")["code"] == "INVALID_ARGUMENTS"


def test_listWorkflows_is_for_a_dropdown():
    answer = service.listWorkflows()
    assert {"label": "api_double", "value": "api_double"} in answer["options"]
    assert answer["count"] == len(answer["options"])


def test_enqueueInMemory_answers_the_id_that_is_enqueued(workflows, drain):
    answer = service.enqueueInMemory("api_double", {"number": 4}, priority=3)
    assert (answer["code"], answer["accepted"]) == ("IN_MEMORY_ENQUEUE_ACCEPTED", True)
    workflows.buffer.close()
    drain()
    assert service.getResult(workflowId=answer["workflowId"])["result"] == 8


def test_enqueueInMemory_refuses_what_it_can_see_at_once(workflows, monkeypatch):
    assert service.enqueueInMemory(" ")["code"] == "INVALID_WORKFLOW_NAME"
    assert service.enqueueInMemory("api_double", 1, quueName="x")["code"] == "INVALID_ARGUMENTS"
    refused = service.enqueueInMemory("api_double", float("nan"))
    assert refused["code"] == "IN_MEMORY_ENQUEUE_REJECTED"
    assert (refused["reason"], refused["accepted"]) == ("invalid_payload", False)
    monkeypatch.setattr(workflows.buffer.entries, "max_entries", 0)
    full = service.enqueueInMemory("api_double", 1)
    assert (full["reason"], full["maxDepth"], full["queueDepth"]) == ("overflow", 0, 0)
