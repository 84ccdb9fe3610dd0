"""The part of service.py that talks to running workflows. Scripts call it through service."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import errors
from exchange.workflows.api.arguments import given, require
from exchange.workflows.api.envelope import answers, camel_case_keys, makeErr, makeOk
from exchange.workflows.engine.instance import getWorkflows


@answers("SEND_FAILED")
def send(workflowId=None, message=None, topic="cmd", messageUUID=None, dbName=None):
    """Sends a message to a live workflow, whatever its status. It stays until the workflow receives it.

    workflowId: the workflow. message: any value that JSON can hold. topic: what the workflow receives by.
    messageUUID: your own uuid; sending the same message under it again changes nothing.

    Answers MESSAGE_SENT {workflowId, topic, messageUUID}. Errors: MESSAGE_REJECTED (the workflow has ended),
    DUPLICATE (the id is another message's), NOT_FOUND, INVALID_ARGUMENTS, SEND_FAILED.

        exchange.workflows.api.service.send(workflowId=wid, message={"go": True}, topic="start")
    """
    require(workflowId=workflowId)
    try:
        message_id = getWorkflows(dbName).send(workflowId, message, topic, messageUUID)
    except errors.CommandRejected as error:
        return _rejected("MESSAGE_REJECTED", error)
    data = {"workflowId": workflowId, "topic": topic, "messageUUID": message_id}
    return makeOk("MESSAGE_SENT", "sent", data)


@answers("EVENT_LOOKUP_FAILED")
def getEvent(workflowId=None, key=None, timeoutSeconds=0, dbName=None):
    """The latest value that a workflow published under a key, waiting up to timeoutSeconds for the first one.
    Do not wait in a tag event script.

    Answers EVENT_OK {workflowId, key, value}; `value` is None where there is none. Errors: NOT_FOUND,
    INVALID_ARGUMENTS, EVENT_LOOKUP_FAILED.

        print(exchange.workflows.api.service.getEvent(workflowId=wid, key="phase")["value"])
    """
    require(workflowId=workflowId, key=key)
    value = getWorkflows(dbName).getEvent(workflowId, key, timeoutSeconds)
    return makeOk("EVENT_OK", "looked up", {"workflowId": workflowId, "key": key, "value": value})


@answers("STREAM_READ_FAILED")
def readStream(workflowId=None, key=None, offset=0, limit=100, dbName=None):
    """Entries of a stream of a workflow, from an offset on. `progress` writes the stream "log".

    offset: 0 is the first entry. limit: at most 1000.

    Answers STREAM_OK {workflowId, key, entries, count, nextOffset}; each entry has offset, value, writtenAt.
    Go on with offset=nextOffset. Errors: NOT_FOUND, INVALID_ARGUMENTS, STREAM_READ_FAILED.

        for entry in exchange.workflows.api.service.readStream(workflowId=wid, key="log")["entries"]:
            print(entry["writtenAt"], entry["value"]["message"])
    """
    require(workflowId=workflowId, key=key)
    entries = getWorkflows(dbName).readStream(workflowId, key, offset, limit)
    data = {
        "workflowId": workflowId,
        "key": key,
        "entries": [camel_case_keys(entry) for entry in entries],
        "count": len(entries),
        "nextOffset": entries[-1]["offset"] + 1 if entries else offset,
    }
    return makeOk("STREAM_OK", "%d entries" % len(entries), data)


@answers("PROMPT_SEARCH_FAILED")
def listPrompts(
    role=None, workflowId=None, workflowName=None, queueName=None, isOpen=True, limit=100, dbName=None
):
    """Prompts of workflows, the oldest question first.

    role: only those that this role may answer. isOpen: False for those that are over. limit: at most 1000.

    Answers PROMPTS_OK {prompts, count}; each has promptId, workflowId, workflowName, queueName, question, form,
    roles, secondSignature, default, status, askedAt, dueAt, answer, answeredBy, ... Errors: INVALID_ARGUMENTS,
    PROMPT_SEARCH_FAILED.

        for prompt in exchange.workflows.api.service.listPrompts(role="operator")["prompts"]:
            print(prompt["promptId"], prompt["question"])
    """
    filters = given(
        role=role,
        workflow_id=workflowId,
        workflow_name=workflowName,
        queue_name=queueName,
        is_open=isOpen,
        limit=limit,
    )
    rows = getWorkflows(dbName).listPrompts(**filters)
    data = {"prompts": [camel_case_keys(row) for row in rows], "count": len(rows)}
    return makeOk("PROMPTS_OK", "%d found" % len(rows), data)


@answers("ANSWER_FAILED")
def answerPrompt(
    promptId=None, answer=None, actor=None, roles=None, secondActor=None, secondRoles=None, reason=None,
    requestId=None, dbName=None,
):
    """Answers a prompt of a workflow: checked, signed and audited in one transaction, once.

    promptId: of listPrompts. answer: a dict of the form's fields, or any value where it has no form.
    actor: who answers; scripts should say the user's name. roles: the roles of that user.
    secondActor, secondRoles: who signs as second, where the prompt asks for it. reason: why, for the audit.
    requestId: makes answering again under it harmless.

    Answers PROMPT_ANSWERED {promptId, workflowId, outcome, answeredBy, answeredAt, secondActor}. Errors:
    PROMPT_REJECTED (message says why; {status, answeredBy, answeredAt} where somebody was first, or {field, roles}
    where the roles do not fit), INVALID_ARGUMENTS (`errors` is a list of {path, problem} where the answer
    does not fit the form), NOT_FOUND, ANSWER_FAILED.

        exchange.workflows.api.service.answerPrompt(promptId=pid, answer={"kg": 25}, actor="anna", roles=["operator"])
    """
    require(promptId=promptId, actor=actor)
    options = given(
        roles=roles,
        second_actor=secondActor,
        second_roles=secondRoles,
        reason=reason,
        request_id=requestId,
    )
    try:
        row = getWorkflows(dbName).answerPrompt(promptId, answer, actor, **options)
    except errors.CommandRejected as error:
        return _rejected("PROMPT_REJECTED", error)
    return makeOk("PROMPT_ANSWERED", "answered", camel_case_keys(row))


def _rejected(code, error):
    return makeErr(code, error.hint or error.message, camel_case_keys(error.detail))
