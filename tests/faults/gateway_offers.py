"""What tag scripts of a gateway do: the text of the module plant.offers. Valid Jython 2.7.

Workflows that nobody runs are enqueued, so that what arrived, and in which order, stays to be seen.
"""

from __future__ import absolute_import, division, print_function

from plant import recording  # type: ignore[import-not-found]
from plant.flows import path_of  # type: ignore[import-not-found]

from exchange.workflows.api import service
from exchange.workflows.engine.instance import choose_host, getWorkflows

_SHARED = "exchange.workflows.tests.%s"


def kept(name):
    """A queue that outlives the scripts."""
    return choose_host().share(_SHARED % name, choose_host().shared.make_queue)


def offer(number, key=None, **options):
    """Enqueue in memory and keep the id and how long it took; whether it was accepted."""
    host = choose_host()
    began = host.monotonic()
    answer = service.enqueueInMemory("nobody_runs_this", {"n": number}, partitionKey=key, **options)
    took = host.monotonic() - began
    kept("took").offer("%.7f" % took)
    kept("accepted" if answer["ok"] else "refused").offer(
        answer["data"].get("workflowId") or answer["code"]
    )
    return answer["ok"]


def note():
    """Write what was accepted since the last time to the log of enqueues."""
    lines = []
    while True:
        workflow_id = kept("accepted").poll()
        if workflow_id is None:
            break
        kept("noted").offer(workflow_id)
        lines.append({"type": "ok", "workflow_id": workflow_id, "time": recording.now()})
    recording.append(path_of("enqueues.jsonl"), *lines)
    return len(lines)


def storm(count, per_second, threads=2, keys=20, notes_each=False, start=0):
    """Offer from threads of our own, each with keys of its own; returns at once."""
    host = choose_host()
    for thread in range(threads):
        host.start_thread(
            "plant-storm",
            lambda thread=thread: _storm(
                thread, count, per_second, threads, keys, notes_each, start
            ),
        )


def _storm(thread, count, per_second, threads, keys, notes_each, start):
    host = choose_host()
    began = host.monotonic()
    for number in range(thread, count, threads):
        ahead = began + number / float(per_second) - host.monotonic()
        if ahead > 0.001:
            host.sleep(ahead)
        offer(start + number, "%d/%d" % (thread, number // threads % keys))
        if notes_each:
            note()
    kept("over").offer("over")


def figures():
    """Counts, and how long offers took: p50, p99, p99.9 and the longest, in milliseconds."""
    took = sorted(float(one) for one in kept("took"))
    quantiles = (
        [1000 * took[min(len(took) - 1, int(len(took) * q))] for q in (0.5, 0.99, 0.999, 1)]
        if took
        else []
    )
    return {
        "accepted": kept("accepted").size() + kept("noted").size(),
        "refused": kept("refused").size(),
        "offered": len(took),
        "over": kept("over").size(),
        "ms": quantiles,
        "buffer": getWorkflows().buffer.figures(),
    }
