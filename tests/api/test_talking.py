"""api.service, the part that talks to running workflows: what each function answers."""

import pytest

from exchange.workflows.api import service
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import workflow

pytestmark = pytest.mark.usefixtures("workflows")
UNKNOWN = "018f0000-0000-7000-8000-000000000000"
FORM = [{"name": "kg", "type": "number", "required": True, "max": 50}]


@workflow()
def api_talks():
    rt = getWorkflows()
    rt.setEvent("phase", "begun")
    rt.progress("waiting for the order")
    order = rt.recv("order", timeoutSeconds=3600)
    answer = rt.prompt("Weight?", FORM, roles=["operator"], secondSignature=True)
    return [order, answer]


@pytest.fixture
def wid(drain):
    workflow_id = service.enqueue("api_talks")["workflowId"]
    drain()
    return workflow_id


def test_messages_events_streams_and_prompts(wid, drain):
    event = service.getEvent(workflowId=wid, key="phase")
    assert (event["code"], event["value"]) == ("EVENT_OK", "begun")
    assert service.getEvent(workflowId=wid, key="other")["value"] is None
    stream = service.readStream(workflowId=wid, key="log")
    assert (stream["code"], stream["count"], stream["nextOffset"]) == ("STREAM_OK", 1, 1)
    assert stream["entries"][0]["value"]["message"] == "waiting for the order"
    assert stream["entries"][0]["writtenAt"]
    sent = service.send(workflowId=wid, message={"kg": 9}, topic="order")
    assert (sent["code"], sent["topic"]) == ("MESSAGE_SENT", "order") and sent["messageUUID"]
    drain()
    listed = service.listPrompts(role="operator", workflowId=wid)
    assert (listed["code"], listed["count"]) == ("PROMPTS_OK", 1)
    [prompt] = listed["prompts"]
    assert (prompt["question"], prompt["secondSignature"]) == ("Weight?", True)
    asked = {"promptId": prompt["promptId"], "answer": {"kg": 25}, "actor": "anna"}
    refused = service.answerPrompt(**asked)
    assert (refused["code"], refused["field"]) == ("PROMPT_REJECTED", "roles")
    asked["roles"] = ["operator"]
    assert service.answerPrompt(**asked)["field"] == "secondActor"
    asked.update(secondActor="bert", secondRoles=["operator"])
    wrong = service.answerPrompt(**dict(asked, answer={"kg": 51, "lid": 1}))
    assert wrong["code"] == "INVALID_ARGUMENTS"
    assert [e["path"] for e in wrong["errors"]] == ["answer.kg", "answer.lid"]
    answered = service.answerPrompt(**dict(asked, requestId="r1"))
    assert (answered["code"], answered["answeredBy"]) == ("PROMPT_ANSWERED", "anna")
    assert service.answerPrompt(**dict(asked, requestId="r1"))["ok"]
    late = service.answerPrompt(**asked)
    assert (late["code"], late["answeredBy"]) == ("PROMPT_REJECTED", "anna")
    assert "anna" in late["message"]
    drain()
    assert service.getResult(workflowId=wid)["result"] == [{"kg": 9}, {"kg": 25}]
    ended = service.send(workflowId=wid, message=1)
    assert (ended["ok"], ended["code"]) == (False, "MESSAGE_REJECTED")
    assert service.listPrompts(workflowId=wid)["count"] == 0
    assert service.listPrompts(workflowId=wid, isOpen=False)["count"] == 1


@pytest.mark.parametrize(
    ("name", "arguments", "field"),
    [
        ("send", {}, "workflowId"),
        ("send", {"workflowId": "7"}, "destinationWorkflowId"),
        ("send", {"workflowId": UNKNOWN, "message": float("nan")}, "message"),
        ("send", {"workflowId": UNKNOWN, "topic": ""}, "topic"),
        ("getEvent", {"workflowId": UNKNOWN}, "key"),
        ("getEvent", {"workflowId": "7", "key": "a"}, "workflowId"),
        ("readStream", {"workflowId": UNKNOWN}, "key"),
        ("readStream", {"workflowId": UNKNOWN, "key": "a", "limit": 0}, None),
        ("listPrompts", {"limit": 1001}, "limit"),
        ("answerPrompt", {"actor": "anna"}, "promptId"),
        ("answerPrompt", {"promptId": UNKNOWN}, "actor"),
        ("answerPrompt", {"promptId": "7", "actor": "anna"}, "promptId"),
    ],
)
def test_bad_input_names_the_field(name, arguments, field):
    answer = getattr(service, name)(**arguments)
    if field is None:
        assert answer["code"] == "NOT_FOUND"
    else:
        assert (answer["code"], answer["field"]) == ("INVALID_ARGUMENTS", field)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("send", {"workflowId": UNKNOWN, "message": 1}),
        ("getEvent", {"workflowId": UNKNOWN, "key": "a"}),
        ("readStream", {"workflowId": UNKNOWN, "key": "a"}),
        ("answerPrompt", {"promptId": UNKNOWN, "actor": "anna", "answer": 1}),
    ],
)
def test_unknown_ids(name, arguments):
    assert getattr(service, name)(**arguments)["code"] == "NOT_FOUND"


def test_every_code_is_in_the_docstring_and_on_the_page():
    from tests.style.sources import ROOT

    page = (ROOT / "docs/reference/python.md").read_text(encoding="utf-8")
    codes = {
        "send": ["MESSAGE_SENT", "MESSAGE_REJECTED", "SEND_FAILED"],
        "getEvent": ["EVENT_OK", "EVENT_LOOKUP_FAILED"],
        "readStream": ["STREAM_OK", "STREAM_READ_FAILED"],
        "listPrompts": ["PROMPTS_OK", "PROMPT_SEARCH_FAILED"],
        "answerPrompt": ["PROMPT_ANSWERED", "PROMPT_REJECTED", "ANSWER_FAILED"],
    }
    for name, named in codes.items():
        for code in named:
            assert code in getattr(service, name).__doc__ and code in page, code
