"""The part of service.py that gives orders. Scripts call it through service."""

from __future__ import absolute_import, division, print_function

from exchange.workflows.api.arguments import given, require
from exchange.workflows.api.envelope import (
    answers,
    camel_case_keys,
    makeErr,
    makeOk,
    to_snake_case_keys,
)
from exchange.workflows.engine.instance import getWorkflows


@answers("COMMAND_SEND_FAILED")
def sendCommand(
    workflowId=None,
    cmd=None,
    reason=None,
    topic="cmd",
    actor=None,
    requestId=None,
    validForSeconds=None,
    dbName=None,
    secondActor=None,
):
    """Gives a workflow an order. What it did is decided, and audited, before the call returns.

    workflowId: the workflow. cmd: "HOLD", "PAUSE", "RESUME" (or "RESTART"), "STOP", "ABORT" or "RESET", in any case.
    reason: why, for the command log; some queues require it. actor: who; scripts should say the user's name.
    secondActor: who confirmed it.
    requestId: makes sending the same order twice harmless.
    validForSeconds: an order that was not obeyed within that time is taken back.
    topic: for workflows that take their commands themselves: what recvCommand(topic=...) asks for.

    Answers COMMAND_SENT {workflowId, cmd, topic, outcome, status, state, commandId, newWorkflowId}. `outcome` is
    "accepted" (in effect, or will be at the next step boundary), "already", or "expired" for an order that is asked
    about again and was not obeyed in time; newWorkflowId is what a RESET has enqueued. Errors: COMMAND_REJECTED (the
    order does not fit; message says why), NOT_FOUND, INVALID_ARGUMENTS, DUPLICATE (the requestId was used for another
    order), COMMAND_SEND_FAILED.

        exchange.workflows.api.service.sendCommand(workflowId=wid, cmd="HOLD", reason="valve is serviced")
    """
    require(workflowId=workflowId, cmd=cmd)
    more = given(validForSeconds=validForSeconds, topic=topic, secondActor=secondActor)
    row = getWorkflows(dbName).sendCommand(workflowId, cmd, reason, actor, requestId, **more)
    data = _ordered(row)
    data.update(cmd=row["command"], topic=topic, newWorkflowId=row["new_workflow_id"])
    return _command_answer("COMMAND_SENT", row, data)


@answers("COMMAND_SEND_FAILED")
def sendCommands(
    cmd=None,
    filters=None,
    reason=None,
    actor=None,
    requestId=None,
    validForSeconds=None,
    dbName=None,
    secondActor=None,
):
    """Gives every live workflow that fits one order, in one call.

    filters: a dict with any of workflowIds (a list), queueName, partitionKey, resource, workflowName, status, state;
        {"all": True} is every live workflow. The rest as in sendCommand.

    Answers COMMANDS_SENT {results, count, accepted}: one result per workflow with workflowId, outcome ("accepted",
    "already", "rejected", or "refused" with code), status, state, message. Errors: INVALID_ARGUMENTS,
    COMMAND_SEND_FAILED.

        exchange.workflows.api.service.sendCommands(cmd="STOP", filters={"resource": "reactor 1"}, reason="leak")
    """
    require(cmd=cmd, filters=filters)
    more = given(validForSeconds=validForSeconds, secondActor=secondActor)
    rows = getWorkflows(dbName).sendCommands(cmd, to_snake_case_keys(filters), reason, actor, requestId, **more)
    results = [camel_case_keys(row) for row in rows]
    accepted = len([row for row in rows if row["outcome"] == "accepted"])
    data = {"results": results, "count": len(results), "accepted": accepted}
    return makeOk("COMMANDS_SENT", "%d of %d accepted" % (accepted, len(results)), data)


@answers("FORK_FAILED")
def fork(workflowId=None, stepKey=None, dbName=None, **options):
    """Starts a workflow again under a new id, from one of its recorded steps: what was recorded before that step is
    kept, it and what follows run again.

    workflowId: the workflow. stepKey: as listed by getSteps; None is from the top. The options are those of enqueue.

    Answers FORKED {workflowId, previousWorkflowId, keptSteps}. Errors: NOT_FOUND, INVALID_ARGUMENTS, DUPLICATE (its
    deduplication id is held), QUEUE_REFUSED, FORK_FAILED.

        exchange.workflows.api.service.fork(workflowId=wid, stepKey="heat", actor="anna")
    """
    require(workflowId=workflowId)
    row = getWorkflows(dbName).fork(workflowId, stepKey, **options)
    return makeOk("FORKED", "enqueued again", camel_case_keys(row))


@answers("CANCEL_FAILED")
def cancel(workflowId=None, reason=None, dbName=None, actor=None):
    """Ends a workflow as CANCELLED: at once where it waits, at its next step boundary where it runs.

    workflowId: the workflow. reason: why, for the command log. actor: who.

    Answers CANCEL_REQUESTED {workflowId, cancelledCount, outcome, status, state}; cancelledCount is 0 where it
    is ending already. Errors: COMMAND_REJECTED (it has ended otherwise), NOT_FOUND, INVALID_ARGUMENTS,
    CANCEL_FAILED.

        exchange.workflows.api.service.cancel(workflowId=wid, reason="wrong recipe")
    """
    require(workflowId=workflowId)
    row = getWorkflows(dbName).cancel(workflowId, reason, actor)
    data = _ordered(row)
    data["cancelledCount"] = 1 if row["outcome"] == "accepted" else 0
    return _command_answer("CANCEL_REQUESTED", row, data)


def _ordered(row):
    return {
        "workflowId": row["workflow_id"],
        "commandId": row["command_id"],
        "outcome": row["outcome"],
        "status": row["status"],
        "state": row["state"],
    }


def _command_answer(code, row, data):
    if row["outcome"] == "rejected":
        return makeErr("COMMAND_REJECTED", row["message"], data)
    return makeOk(code, row["message"], data)
