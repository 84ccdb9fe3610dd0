"""The part of admin.py about queues and workers: limits, pause, drain. Scripts call it through admin."""

from __future__ import absolute_import, division, print_function

from exchange.workflows.api.arguments import require
from exchange.workflows.api.envelope import answers, camel_case_keys, makeOk
from exchange.workflows.engine.instance import getWorkflows


@answers("QUEUE_LIST_FAILED")
def listQueues(dbName=None):
    """Every queue with its depth, its limits and whether it is paused.

    Answers QUEUES_OK {queues, count}; each queue has the columns of the view queue_depth (queueName, isPaused,
    enqueued, running, held, deadLetters, ...) and maxRunning, maxEnqueued, rateLimit, rateSeconds, keyRateLimit,
    keyRateSeconds, history, acceptsWork, pauseReason, requiresReason, calendarName. Errors: NOT_ALLOWED,
    QUEUE_LIST_FAILED.

        for one in exchange.workflows.api.admin.listQueues()["queues"]:
            print(one["queueName"], one["enqueued"], one["isPaused"])
    """
    rows = [camel_case_keys(row) for row in getWorkflows(dbName).store.list_queues()]
    return makeOk("QUEUES_OK", "%d queues" % len(rows), {"queues": rows, "count": len(rows)})


@answers("QUEUE_PAUSE_FAILED")
def pauseQueue(queueName=None, reason="", actor=None, dbName=None):
    """Starts nothing more from one queue: what runs goes on, and work can still be enqueued.

    queueName: which. reason: why, for the audit and for those who see the queue. actor: who.

    Answers QUEUE_PAUSED {queueName, isPaused}. Errors: QUEUE_REFUSED (no such queue), INVALID_ARGUMENTS,
    NOT_ALLOWED, QUEUE_PAUSE_FAILED.

        exchange.workflows.api.admin.pauseQueue("packing", reason="no cartons")
    """
    require(queueName=queueName)
    row = getWorkflows(dbName).store.pause_queue(queueName, reason or None, actor)
    return makeOk("QUEUE_PAUSED", "queue %s is paused" % queueName, camel_case_keys(row))


@answers("QUEUE_RESUME_FAILED")
def resumeQueue(queueName=None, reason="", actor=None, dbName=None):
    """Starts work from a paused queue again. Maintenance that is entered stays entered.

    queueName: which. reason: why, for the audit. actor: who.

    Answers QUEUE_RESUMED {queueName, isPaused}. Errors: those of pauseQueue, QUEUE_RESUME_FAILED.

        exchange.workflows.api.admin.resumeQueue("packing")
    """
    require(queueName=queueName)
    row = getWorkflows(dbName).store.resume_queue(queueName, reason or None, actor)
    return makeOk("QUEUE_RESUMED", "queue %s is resumed" % queueName, camel_case_keys(row))


@answers("WORKER_DRAIN_FAILED")
def drainWorker(workerId=None, reason="", actor=None, dbName=None):
    """Tells one worker to claim nothing more; what it has claimed it works to its end. The order ends with the
    worker: one that starts anew claims.

    workerId: as the view worker_status names it. reason: why, for the audit. actor: who.

    Answers WORKER_DRAINED {workerId, workerName, isDraining, running}; running is how many workflows it still has.
    Errors: NOT_FOUND (no such worker at work), INVALID_ARGUMENTS, NOT_ALLOWED, WORKER_DRAIN_FAILED.

        admin = exchange.workflows.api.admin
        for one in admin.getDiagnostics()["workers"]:
            if one["hostName"] == "gateway-2":
                admin.drainWorker(one["workerId"], reason="new memory")
    """
    require(workerId=workerId)
    row = getWorkflows(dbName).store.drain_worker(workerId, reason or None, actor)
    return makeOk("WORKER_DRAINED", "%d workflows are left" % row["running"], camel_case_keys(row))


@answers("WORKER_RESUME_FAILED")
def resumeWorker(workerId=None, reason="", actor=None, dbName=None):
    """Takes back what drainWorker has ordered.

    workerId: which. reason: why, for the audit. actor: who.

    Answers WORKER_RESUMED {workerId, workerName, isDraining}; isDraining stays true where the worker drains by
    itself, because its process ends. Errors: those of drainWorker, WORKER_RESUME_FAILED.

        exchange.workflows.api.admin.resumeWorker(workerId)
    """
    require(workerId=workerId)
    row = getWorkflows(dbName).store.resume_worker(workerId, reason or None, actor)
    message = "it still drains: its process ends" if row["is_draining"] else "it claims again"
    return makeOk("WORKER_RESUMED", message, camel_case_keys(row))
