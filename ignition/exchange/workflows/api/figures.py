"""The part of admin.py for tags: what queues and this project's worker do, in numbers. Scripts call it by admin."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat
from exchange.workflows.api.envelope import answers, makeOk, named
from exchange.workflows.engine import present
from exchange.workflows.engine.instance import getWorkflows

_MOST_QUEUES = 100
_QUEUE_TAGS = (
    ("Enqueued", "enqueued"),
    ("Delayed", "delayed"),
    ("Blocked", "blocked"),
    ("Running", "running"),
    ("Waiting", "waiting"),
    ("Held", "held"),
    ("DeadLetters", "deadLetters"),
    ("OldestEnqueuedSeconds", "oldestEnqueuedSeconds"),
)
_WORKER_TAGS = (
    ("Threads", "threads"),
    ("BusyThreads", "busyThreads"),
    ("Held", "held"),
    ("Claimed", "claimed"),
    ("Reclaimed", "reclaimed"),
    ("RefusedRecords", "refusedRecords"),
    ("RefusedOutcomes", "refusedOutcomes"),
    ("LeaseSecondsLeft", "leaseSecondsLeft"),
    ("UnheardSeconds", "unheardSeconds"),
)
_BUFFER_TAGS = (
    ("Waiting", "waiting"),
    ("Accepted", "accepted"),
    ("Flushed", "flushed"),
    ("Refused", "refused"),
    ("Dropped", "dropped"),
    ("Rejected", "rejected"),
    ("FailedFlushes", "failedFlushes"),
)


@answers("FIGURES_FAILED")
def getFigures(dbName=None):
    """What there is to see in numbers: of every queue, of this project's worker, of the in-memory buffer. For a timer
    script that writes tags; it reads once and changes nothing.

    Answers FIGURES_OK {queues, worker, buffer, tags}. queues: of each, as the view queue_depth has it, at most 100.
    worker: what the worker of this project has counted since it began (claimed, reclaimed, refusedRecords,
    refusedOutcomes, outcomes, tries, workflows and steps with their durations) and how it stands (threads, busyThreads,
    held, listenMode, leaseSecondsLeft, pool); None where none runs. buffer: the counts of enqueueInMemory.
    tags: {path: number} of all that, like "Queues/default/Enqueued" and "Worker/BusyThreads": what a tag's path cannot
    hold is "_" there. Errors: NOT_ALLOWED, FIGURES_FAILED.

        tags = exchange.workflows.api.admin.getFigures()["tags"]
        paths = sorted(tags)
        system.tag.writeBlocking(["[default]Workflows/" + path for path in paths], [tags[path] for path in paths])
    """
    workflows = getWorkflows(dbName)
    queues = [named(row) for row in workflows.store.list_queues() or ()][:_MOST_QUEUES]
    worker = present.figures()
    data = {
        "queues": queues,
        "worker": None if worker is None else _worker(worker),
        "buffer": named(workflows.buffer.figures()),
    }
    data["tags"] = _tags(data)
    return makeOk("FIGURES_OK", "%d queues" % len(queues), data)


def _worker(figures):
    """Names of workflows and steps are nobody's camelCase."""
    spreads = dict((name, figures.pop(name)) for name in ("workflows", "steps"))
    figures.pop("buffer")
    worker = named(figures)
    worker.update(spreads)
    return worker


def _tags(data):
    tags = {}
    folders = set()
    for queue in data["queues"]:
        folder = _tag_name(queue["queueName"])
        while folder.lower() in folders:
            folder += "_"
        folders.add(folder.lower())
        _add(tags, "Queues/%s/" % folder, _QUEUE_TAGS, queue)
    _add(tags, "Buffer/", _BUFFER_TAGS, data["buffer"])
    worker = data["worker"]
    if worker is not None:
        _add(tags, "Worker/", _WORKER_TAGS, worker)
        tags["Worker/Listening"] = int(worker["listenMode"] == "listen")
        tags["Worker/PoolInUse"] = worker["pool"]["inUse"]
        counts = {"success": 0, "error": 0}
        for one in worker["outcomes"]:
            if one["outcome"] in counts:
                counts[one["outcome"]] += one["count"]
        tags["Worker/Succeeded"], tags["Worker/Failed"] = counts["success"], counts["error"]
        tags["Worker/StepRetries"] = sum(one["count"] for one in worker["tries"] if one["outcome"] == "retry")
    return tags


def _add(tags, folder, names, figures):
    for name, key in names:
        tags[folder + name] = figures.get(key) or 0


def _tag_name(text):
    """What a tag may be called in every version: plain letters, digits, blanks, _ and -."""
    kept = [one if ord(one) < 128 and (one.isalnum() or one in " _-") else "_" for one in compat.to_text(text)]
    name = "".join(kept).strip() or "_"
    return "_" + name if name[0] == "-" else name
