"""What scripts call: enqueue, command, look up. Every function answers an envelope and never raises.

    {"ok": True, "code": "WORKFLOW_ENQUEUED", "message": "...", "data": {...}, "meta": {...}}

The keys of `data` are also at the top level: `answer["workflowId"]`. Decide by `ok` and `code`.

These codes can come from every function that asks the database: INVALID_ARGUMENTS (`data.field` names the
argument), DATABASE_UNAVAILABLE, NOT_ALLOWED, NOT_CONFIGURED, SCHEMA_VERSION.

`dbName` names the database connection everywhere; None is the default one.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors
from exchange.workflows.api.arguments import given, require
from exchange.workflows.api.commands import (  # noqa: F401  scripts call them as service.sendCommand
    cancel,
    fork,
    sendCommand,
    sendCommands,
)
from exchange.workflows.api.envelope import answers, camel_case_keys, makeErr, makeOk
from exchange.workflows.api.lookups import (  # noqa: F401  scripts call them as service.getResult
    findWorkflows,
    getResult,
    getWorkflow,
    listWorkflows,
)
from exchange.workflows.api.talking import (  # noqa: F401
    answerPrompt,
    getEvent,
    listPrompts,
    readStream,
    send,
)
from exchange.workflows.database import refusals
from exchange.workflows.engine import checks
from exchange.workflows.engine.instance import getWorkflows

_NEVER_REGISTERED = "no worker ever registered %s; it waits until one does"


@answers("START_FAILED")
def enqueue(
    workflowName=None, inputs=None, queueName=None, partitionKey=None, priority=None,
    deduplicationId=None, applicationVersion=None, timeoutSeconds=None, allowDuringMaintenance=False,
    dbName=None, workflowVersion=None, workflowId=None, resources=None, onDuplicate=None,
    deduplicationSeconds=None, debounceLimitSeconds=None, delaySeconds=None, availableAt=None,
    startBefore=None, maxAttempts=None, onWorkerLost=None,
    parent=None, actor=None, traceparent=None, templateName=None, templateVersion=None, setName=None, setVersion=None,
    allowUnapproved=False,
):
    """Enqueues a workflow. It is in the database when the call returns.

    workflowName: the registered name.
    inputs: any value that JSON can hold, up to 1 MB. An object becomes keyword arguments of the workflow,
        anything else its one argument. None is no arguments.
    queueName: default is the queue that the workflow's decorator names.
    partitionKey: workflows of one queue with the same key run one at a time.
    resources: list of names of equipment; the workflow gets all of them or waits.
    priority: -100 to 100, lower first; default is the decorator's.
    deduplicationId: held until the workflow ends. A second call with it answers the first one's id;
        onDuplicate says otherwise: "return" (default), "replace", "reject", "debounce".
    deduplicationSeconds: throttle: the id is held at least so long after it was taken, also when the workflow has
        ended before. debounceLimitSeconds: the longest that "debounce" may put a workflow off in all.
    workflowVersion: integer; default is the newest that was registered. applicationVersion is its old name.
    workflowId: your own uuid; calling again with it changes nothing.
    delaySeconds, availableAt: not before then. startBefore: not started by then, it is CANCELLED.
        Times are texts like "2026-01-31T08:00:00Z".
    timeoutSeconds: from the first start; time held does not count.
    maxAttempts, onWorkerLost ("retry", "hold", "fail"): instead of the decorator's.
    parent: the id of the workflow that asks for this one. actor: who asks, for the audit.
    traceparent: the W3C trace context to go on in, as the HTTP header of that name has it.
    allowDuringMaintenance: True: accepted in maintenance too, and waits until it is over.
    setName, templateName: the recipe or template to start from: inputs are laid over its values. Without setVersion
        the latest approved version, without templateVersion the latest active one; a version that is not approved
        starts only where it is named and allowUnapproved is True. See api.params.

    Answers WORKFLOW_ENQUEUED {workflowId, workflowName, deduplicated}. `meta.warning` says that no worker
    ever registered the name. Errors: INVALID_WORKFLOW_NAME, INVALID_ARGUMENTS {field}, for inputs that do not
    fit with `errors`, a list with path and problem of each, QUEUE_REFUSED
    (unknown, closed or full), MAINTENANCE_ACTIVE {maintenance}, DUPLICATE, START_FAILED {error}.

        answer = exchange.workflows.api.service.enqueue("fill_tank", inputs={"tank": "T-101"})
        if not answer["ok"]:
            print(answer["message"])
    """
    options = given(
        queueName=queueName, partitionKey=partitionKey, priority=priority, deduplicationId=deduplicationId,
        workflowVersion=applicationVersion if workflowVersion is None else workflowVersion,
        timeoutSeconds=timeoutSeconds, workflowId=workflowId, resources=resources, onDuplicate=onDuplicate,
        deduplicationSeconds=deduplicationSeconds, debounceLimitSeconds=debounceLimitSeconds,
        delaySeconds=delaySeconds, availableAt=availableAt, startBefore=startBefore,
        maxAttempts=maxAttempts, onWorkerLost=onWorkerLost, parent=parent, actor=actor,
        traceparent=traceparent,
        allowDuringMaintenance=allowDuringMaintenance or None,
        templateName=templateName, templateVersion=templateVersion, setName=setName, setVersion=setVersion,
        allowUnapproved=allowUnapproved or None,
    )
    request = dict(options, workflowName=workflowName, inputs=inputs)
    outcome = getWorkflows(dbName).enqueueMany([request])[0]
    if "error" in outcome:
        raise _refusal(outcome["error"])
    meta = given(queueName=queueName)
    if not outcome["is_registered"]:
        meta["warning"] = _NEVER_REGISTERED % compat.to_text(workflowName)
    data = {
        "workflowId": outcome["workflow_id"],
        "workflowName": workflowName,
        "deduplicated": outcome["deduplicated"],
    }
    return makeOk("WORKFLOW_ENQUEUED", "enqueued", data, meta)


start = enqueue


@answers("IN_MEMORY_ENQUEUE_FAILED")
def enqueueInMemory(
    workflowName=None, inputs=None, queueName=None, partitionKey=None, priority=None,
    deduplicationId=None, applicationVersion=None, timeoutSeconds=None, allowDuringMaintenance=None,
    dbName=None, sync=False, **options
):
    """Enqueues a workflow without asking the database: for tag event scripts, which must not wait.

    The arguments are those of enqueue. Name and inputs are checked; the rest is checked by the database when
    the buffer is flushed, within 0.05 s while the database answers. What is refused then is set aside as a rejected
    entry, and logged. What is in the buffer when the process dies is lost, unless it keeps a journal
    (gateway.startup(journal=True)); with one, sync=True returns when the entry is on the disk.
    In maintenance it is accepted and waits in the queue; allowDuringMaintenance=False sets it aside instead.
    A buffer with the policy `coalesce` puts the inputs into the entry of the same workflow name and
    deduplicationId, or else partitionKey, that still waits, and answers its workflowId.

    Answers IN_MEMORY_ENQUEUE_ACCEPTED {workflowId, workflowName, accepted, queueDepth, mode, droppedOldest,
    coalesced}. Errors: IN_MEMORY_ENQUEUE_REJECTED {workflowId: None, accepted, reason, queueDepth, maxDepth, mode,
    buffer: its counters}, reason "overflow", "invalid_payload", or of the journal
    "journal_failed" and "journal_not_synced", the latter with the workflowId: accepted, but perhaps not on the disk;
    INVALID_WORKFLOW_NAME, INVALID_ARGUMENTS {field}, IN_MEMORY_ENQUEUE_FAILED.

        exchange.workflows.api.service.enqueueInMemory("fill_tank", inputs={"level": currentValue.value})
    """
    checks.check_name("workflow_name", workflowName)
    chosen = given(
        queueName=queueName,
        partitionKey=partitionKey,
        priority=priority,
        deduplicationId=deduplicationId,
        workflowVersion=applicationVersion,
        timeoutSeconds=timeoutSeconds,
        allowDuringMaintenance=allowDuringMaintenance,
    )
    chosen.update(options)
    workflows = getWorkflows(dbName)
    try:
        offered = workflows.offer(workflowName, inputs, sync, **chosen)
    except errors.BufferFull as error:
        return _rejected(error, error.detail["reason"], workflows.buffer)
    except errors.BadArgument as error:
        if error.field != "inputs":
            raise
        return _rejected(error, "invalid_payload", workflows.buffer)
    data = {
        "workflowId": offered.workflow_id,
        "workflowName": workflowName,
        "accepted": True,
        "queueDepth": offered.depth,
        "mode": workflows.buffer.policy(),
        "droppedOldest": offered.dropped,
        "coalesced": offered.is_coalesced,
    }
    return makeOk("IN_MEMORY_ENQUEUE_ACCEPTED", "accepted", data, given(queueName=queueName))


@answers("RETRY_FAILED")
def retry(workflowId=None, dbName=None, actor=None, reason=None):
    """Puts a workflow that ended in ERROR, CANCELLED or STOPPED back to work. Its recorded steps are kept and
    not run again, its failed ones are cleared.

    workflowId: the workflow. actor, reason: who and why, for the audit.

    Answers RETRY_ACCEPTED {workflowId, outcome, status}. Errors: COMMAND_REJECTED (it has not ended so),
    NOT_FOUND, INVALID_ARGUMENTS, RETRY_FAILED.

        exchange.workflows.api.service.retry(workflowId=wid)
    """
    require(workflowId=workflowId)
    row = getWorkflows(dbName).retry(workflowId, actor, reason)
    return makeOk("RETRY_ACCEPTED", "back to work", camel_case_keys(row))


def _refusal(error):
    """The exception for one refused item of enqueueMany."""
    detail = dict(error)
    code = detail.pop("code")
    message = detail.pop("message")
    hint = " ".join(detail[key] for key in ("field", "problem") if detail.get(key))
    if hint == message:
        hint = None
    return refusals.BY_CODE.get(code, errors.WorkflowsError)(message, code, detail, hint)


def _rejected(error, reason, buffer):
    figures = buffer.figures()
    data = {
        "workflowId": error.detail.get("workflow_id"),
        "accepted": False,
        "reason": reason,
        "queueDepth": figures["waiting"],
        "maxDepth": figures["max_waiting"],
        "mode": figures["policy"],
        "buffer": camel_case_keys(figures),
    }
    if error.field:
        data["field"] = error.field
    return makeErr("IN_MEMORY_ENQUEUE_REJECTED", compat.message_of(error), data)
