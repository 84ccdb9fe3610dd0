"""The part of admin.py about retention: how long what has ended is kept. Scripts call it through admin."""

from __future__ import absolute_import, division, print_function

from exchange.workflows.api.arguments import given
from exchange.workflows.api.envelope import answers, camel_case_keys, makeErr, makeOk
from exchange.workflows.engine.instance import getWorkflows

# A call removes 1,000 and looks at 20,000: enough calls for what anybody has, and no endless loop.
_MOST_CALLS = 100000


@answers("RETENTION_FAILED")
def applyRetention(dbName=None, limit=1000, actor=None):
    """Removes at once what is kept no longer. Maintenance does it by itself, little by little: this is for whoever
    needs the room now. Takes long where there is much; call it in a thread of its own.

    limit: how many workflows a transaction removes, at most 10000. actor: who, for the audit.

    Answers RETENTION_APPLIED {removedWorkflows, queues, tables, passedBy, calls}: queues is how many workflows of
    each queue, tables how many rows of each table, passedBy how many stay for another time, because somebody has
    locked them or a child of theirs lives. Errors: RETENTION_FAILED, with the same data: what was removed until
    then stays removed; NOT_ALLOWED, INVALID_ARGUMENTS.

        print(exchange.workflows.api.admin.applyRetention()["queues"])
    """
    workflows = getWorkflows(dbName)
    data = {"removedWorkflows": 0, "queues": {}, "tables": {}, "passedBy": 0, "calls": 0}
    after = None
    while data["calls"] < _MOST_CALLS:
        answer = workflows.store.apply_retention(limit, after, actor)
        data["calls"] += 1
        data["passedBy"] += answer.get("passed_by", 0)
        for part in ("queues", "tables"):
            for name, count in answer[part].items():
                data[part][name] = data[part].get(name, 0) + count
        data["removedWorkflows"] = data["tables"].get("workflow", 0)
        after = answer["next"]
        if answer["is_done"]:
            return makeOk("RETENTION_APPLIED", "%d removed" % data["removedWorkflows"], data)
    return makeErr("RETENTION_FAILED", "there is no end to what is to be removed", data)


@answers("RETENTION_LIST_FAILED")
def listRetention(dbName=None):
    """How long what has ended is kept, and how far its removal has come.

    Answers RETENTION_OK {policies, removedCount, lastRemovedAt, passEndedAt, isBehind}; each policy has queueName
    (None: every queue without one of its own), status (None: any), keepSeconds, keepCount, changedAt, changedBy.
    Errors: NOT_ALLOWED, RETENTION_LIST_FAILED.

        for one in exchange.workflows.api.admin.listRetention()["policies"]:
            print(one["queueName"], one["status"], one["keepSeconds"])
    """
    data = camel_case_keys(getWorkflows(dbName).store.list_retention())
    data["policies"] = [camel_case_keys(policy) for policy in data["policies"]]
    return makeOk("RETENTION_OK", "%d policies" % len(data["policies"]), data)


@answers("RETENTION_SET_FAILED")
def setRetention(queueName=None, status=None, keepSeconds=None, keepCount=None, actor=None, dbName=None):
    """Says how long what has ended is kept. What exceeds keepSeconds or keepCount is removed; without both it is
    kept for ever.

    queueName: None is every queue that has no policy of its own. status: "SUCCESS", "ERROR" (dead letters),
    "CANCELLED", "STOPPED" or "ABORTED"; None is any that has no policy of its own. keepCount: the newest so many
    of each queue. actor: who, for the audit.

    Answers RETENTION_SET with the policy. Errors: INVALID_ARGUMENTS, QUEUE_REFUSED (no such queue), NOT_ALLOWED,
    RETENTION_SET_FAILED.

        exchange.workflows.api.admin.setRetention("packing", keepSeconds=30 * 86400)
    """
    options = given(status=status, keep_seconds=keepSeconds, keep_count=keepCount, actor=actor)
    row = getWorkflows(dbName).store.set_retention(queueName, options)
    return makeOk("RETENTION_SET", "set", camel_case_keys(row))


@answers("RETENTION_DELETE_FAILED")
def deleteRetention(queueName=None, status=None, actor=None, dbName=None):
    """Takes one policy away, as setRetention named it: the next more general one counts then, and under none what
    has ended is kept for ever.

    Answers RETENTION_DELETED {wasSet}. Errors: INVALID_ARGUMENTS, QUEUE_REFUSED, NOT_ALLOWED,
    RETENTION_DELETE_FAILED.

        exchange.workflows.api.admin.deleteRetention("packing")
    """
    answer = getWorkflows(dbName).store.delete_retention(queueName, given(status=status, actor=actor))
    return makeOk("RETENTION_DELETED", "deleted" if answer["was_set"] else "was not set", camel_case_keys(answer))
