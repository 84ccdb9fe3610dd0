"""For those who look after the queues: schema, queues, workers, maintenance, retention, diagnostics, rejected entries,
audit. Answers envelopes like service.

Maintenance is entered in the database, for one queue or for all, and every gateway and every worker obeys it:
nothing new starts, what runs goes on to its end, enqueue is refused with MAINTENANCE_ACTIVE. Saved scripts need
none of it: they take over by themselves.
"""

from __future__ import absolute_import, division, print_function

import time

from exchange.workflows import errors, settings
from exchange.workflows.api.arguments import given, require
from exchange.workflows.api.diagnostics import getDiagnostics, memory_fields  # noqa: F401  admin.getDiagnostics
from exchange.workflows.api.envelope import answers, camel_case_keys, makeErr, makeOk
from exchange.workflows.api.figures import getFigures  # noqa: F401  admin.getFigures
from exchange.workflows.api.queues import (  # noqa: F401  called as admin.pauseQueue
    drainWorker,
    listQueues,
    pauseQueue,
    resumeQueue,
    resumeWorker,
)
from exchange.workflows.api.retention import (  # noqa: F401  called as admin.applyRetention
    applyRetention,
    deleteRetention,
    listRetention,
    setRetention,
)
from exchange.workflows.engine import generation
from exchange.workflows.engine.instance import getWorkflows

_MODES = ("drain", "cancel")
# A call cancels 1,000: this is more than any queue should hold, and no endless loop.
_MOST_CALLS = 1000


@answers("SCHEMA_CHECK_FAILED")
def checkSchema(dbName=None):
    """Whether the schema is installed in the version that this library needs.

    Answers SCHEMA_OK {schemaVersion}. Errors: SCHEMA_VERSION {schemaVersion, neededVersion} (message says what
    to run), SCHEMA_CHECK_FAILED.

        print(exchange.workflows.api.admin.checkSchema()["code"])
    """
    version = getWorkflows(dbName).store.schema_version()
    if version != settings.SCHEMA_VERSION:
        is_older = version < settings.SCHEMA_VERSION
        raise errors.SchemaVersionMismatch(
            "the schema has version %d, this library needs %d" % (version, settings.SCHEMA_VERSION),
            detail={"schema_version": version, "needed_version": settings.SCHEMA_VERSION},
            hint=settings.HOW_TO_MIGRATE if is_older else "upgrade the library",
        )
    return makeOk("SCHEMA_OK", "version %d" % version, {"schemaVersion": version})


@answers("MAINTENANCE_ENABLE_FAILED")
def enterMaintenance(mode="drain", reason="", queueName=None, dbName=None, actor=None):
    """Enters maintenance: nothing new starts, enqueue is refused, until exitMaintenance.

    mode: "drain" lets end what runs; "cancel" also cancels everything that waits and asks what runs to cancel.
    reason: why, for the audit. queueName: one queue; None is all, also those made later. actor: who.

    Answers MAINTENANCE_ENABLED: the status of getMaintenanceStatus, and cancelled: {queued, running}.
    Errors: INVALID_MODE, QUEUE_REFUSED (no such queue), MAINTENANCE_ENABLE_FAILED.

        exchange.workflows.api.admin.enterMaintenance(mode="drain", reason="new firmware")
    """
    if mode not in _MODES:
        return makeErr("INVALID_MODE", "mode must be drain or cancel", {"mode": mode})
    workflows = getWorkflows(dbName)
    cancelled = {"queued": 0, "running": 0}
    for _ in range(_MOST_CALLS):
        answer = workflows.store.enter_maintenance(mode, reason or None, queueName, actor)["cancelled"]
        for name in cancelled:
            cancelled[name] += answer[name]
        if not any(answer.values()):
            break
    data = _status(workflows)
    data["cancelled"] = cancelled
    return makeOk("MAINTENANCE_ENABLED", "maintenance is entered", data)


@answers("MAINTENANCE_DISABLE_FAILED")
def exitMaintenance(queueName=None, dbName=None, reason="", actor=None):
    """Ends what enterMaintenance began with the same queueName, and nothing else: a paused queue stays paused.

    Answers MAINTENANCE_DISABLED: the status of getMaintenanceStatus, wasEntered, and isEntered: whether the queue, or
    with None any queue, is in maintenance by another order. Errors: QUEUE_REFUSED (no such queue),
    MAINTENANCE_DISABLE_FAILED.

        exchange.workflows.api.admin.exitMaintenance()
    """
    workflows = getWorkflows(dbName)
    answer = workflows.store.exit_maintenance(queueName, reason or None, actor)
    data = _status(workflows)
    data["wasEntered"] = answer["was_entered"]
    data["isEntered"] = answer["is_entered"]
    message = "this maintenance %s" % ("is over" if answer["was_entered"] else "was not entered")
    if answer["is_entered"]:
        message += ", but that of %s is still entered" % ("all queues" if queueName else "single queues")
    return makeOk("MAINTENANCE_DISABLED", message, data)


@answers("MAINTENANCE_STATUS_FAILED")
def getMaintenanceStatus(dbName=None):
    """What maintenance is entered and whether its queues have drained.

    Answers MAINTENANCE_STATUS {maintenanceEnabled, maintenanceMode, maintenanceReason, queues, allQueues,
    inFlightWorkflows, enqueuedWorkflows, isDrained, generation, lastSwapAtMs, inMemoryQueueDepth,
    inMemoryQueueMaxDepth, inMemoryQueueOverflowCount, inMemoryQueueFlushFailureCount,
    inMemoryQueueDeadLetterCount}.
    inFlightWorkflows and enqueuedWorkflows count the queues in maintenance, on all workers; queues has
    queueName, mode, reason, enteredBy, enteredAt, isOwn, running and enqueued of each. allQueues has mode, reason,
    enteredBy and enteredAt of the order for all, None where only single queues are in maintenance.
    Errors: MAINTENANCE_STATUS_FAILED.

        print(exchange.workflows.api.admin.getMaintenanceStatus()["isDrained"])
    """
    data = _status(getWorkflows(dbName))
    return makeOk("MAINTENANCE_STATUS", "entered" if data["maintenanceEnabled"] else "not entered", data)


@answers("SWAP_FAILED")
def swapIfDrained(dbName=None):
    """Starts the work of this project over as a new generation, once the queues in maintenance have drained.
    A save does that by itself; this is for scripts that expect to ask for it.

    Answers MAINTENANCE_SWAP_OK {generation, lastSwapAtMs}; generation is None where this project works nothing.
    Errors: MAINTENANCE_REQUIRED (none is entered), NOT_DRAINED {inFlightWorkflows, enqueuedWorkflows},
    SWAP_FAILED.

        exchange.workflows.api.admin.swapIfDrained()
    """
    workflows = getWorkflows(dbName)
    data = _status(workflows)
    if not data["maintenanceEnabled"]:
        return makeErr("MAINTENANCE_REQUIRED", "enter maintenance first", data)
    if not data["isDrained"]:
        return makeErr("NOT_DRAINED", "%d workflows are running" % data["inFlightWorkflows"], data)
    # By name, because gateway stands above this module.
    from exchange.workflows import gateway

    swapped = gateway.swap()
    if not swapped["ok"] and swapped["code"] != "NOT_STARTED":
        return makeErr("SWAP_FAILED", swapped["message"], swapped["data"])
    swapped_at = int(time.time() * 1000)
    _last_swap(workflows.host).set(swapped_at)
    data = {"generation": swapped["data"].get("generation"), "lastSwapAtMs": swapped_at}
    return makeOk("MAINTENANCE_SWAP_OK", swapped["message"], data)


@answers("REJECTED_LIST_FAILED")
def listRejected(limit=100, isResolved=False, origin=None, workflowId=None, dbName=None):
    """What enqueueInMemory had accepted and the database refused, newest first.

    limit: at most 1000. isResolved: True for those that somebody has decided about, None for both.
    origin: gateway and project. workflowId: one of them.

    Answers REJECTED_OK {entries, count}; each has workflowId, entry and problem (texts with JSON), origin,
    rejectedAt, resolvedAt, resolvedBy, resolution. Errors: INVALID_ARGUMENTS, REJECTED_LIST_FAILED.

        for one in exchange.workflows.api.admin.listRejected()["entries"]:
            print(one["workflowId"], one["problem"])
    """
    filters = given(limit=limit, origin=origin, workflow_id=workflowId)
    filters["is_resolved"] = isResolved
    rows = [camel_case_keys(row) for row in getWorkflows(dbName).store.list_rejected_entries(filters)]
    return makeOk("REJECTED_OK", "%d found" % len(rows), {"entries": rows, "count": len(rows)})


@answers("REJECTED_RESOLVE_FAILED")
def resolveRejected(workflowId=None, action=None, actor=None, dbName=None):
    """Decides about one rejected entry.

    workflowId: the id that enqueueInMemory answered. action: "retry" enqueues it again under that id,
    "discard" only marks it. actor: who, for the audit.

    Answers REJECTED_RESOLVED {workflowId, resolution, outcome}; outcome is "already" where it was decided so
    before. Errors: COMMAND_REJECTED (decided otherwise), what enqueue answers where it refuses again (the entry
    is kept then), NOT_FOUND, INVALID_ARGUMENTS, REJECTED_RESOLVE_FAILED.

        exchange.workflows.api.admin.resolveRejected(workflowId=wid, action="retry")
    """
    require(workflowId=workflowId, action=action)
    row = getWorkflows(dbName).store.resolve_rejected_entry(workflowId, action, actor)
    return makeOk("REJECTED_RESOLVED", row["resolution"], camel_case_keys(row))


@answers("AUDIT_EXPORT_FAILED")
def exportAudit(
    workflowId=None, actor=None, event=None, since=None, until=None, limit=10000, before=None, dbName=None
):
    """What was done and changed, as CSV with a header, newest first. For the role workflows_admin alone.

    workflowId, actor, event: only of these. since, until: from and before, texts like "2026-01-31T08:00:00Z".
    limit: at most 100000 rows. before: an audit_id, to page on from the last row of the page before.

    Answers AUDIT_EXPORTED {csv}: text that a spreadsheet can open, since what looks like a formula is marked as
    text. Errors: NOT_ALLOWED, INVALID_ARGUMENTS, AUDIT_EXPORT_FAILED.

        csv = exchange.workflows.api.admin.exportAudit(since="2026-01-31T00:00:00Z")["csv"]
        system.perspective.download("audit.csv", csv)
    """
    filters = given(
        workflow_id=workflowId,
        actor=actor,
        event=event,
        since=since,
        until=until,
        limit=limit,
        before=before,
    )
    return makeOk("AUDIT_EXPORTED", "exported", {"csv": getWorkflows(dbName).store.export_audit(filters)})


def _status(workflows):
    found = workflows.store.get_maintenance()
    queues = [camel_case_keys(row) for row in found["queues"]]
    first = found["all"] or (found["queues"][0] if queues else {})
    modes = [queue["mode"] for queue in queues] or [first.get("mode")]
    host = workflows.host
    status = {
        "maintenanceEnabled": found["is_entered"],
        "maintenanceMode": "cancel" if "cancel" in modes else modes[0],
        "maintenanceReason": first.get("reason"),
        "queues": queues,
        "allQueues": camel_case_keys(found["all"]) if found["all"] else None,
        "inFlightWorkflows": found["running"],
        "enqueuedWorkflows": found["enqueued"],
        "isDrained": found["is_entered"] and found["is_settled"] and found["running"] == 0,
        "generation": generation.counter(host).get() or None,
        "lastSwapAtMs": _last_swap(host).get() or None,
    }
    status.update(memory_fields(workflows.buffer.figures()))
    return status


def _last_swap(host):
    return host.share("exchange.workflows.last_swap_ms", host.shared.make_number)
