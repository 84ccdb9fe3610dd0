"""Figures of a connector, for people: python -m tests.conformance. Valid in both languages."""

from __future__ import absolute_import, division, print_function

from exchange.workflows.database.store import Store
from tests.conformance import plant as workflows
from tests.conformance.plant import QUEUE, Working

_TIMES = 500


def by_name():
    return {"round_trips": round_trips, "throughput": throughput, "pickup": pickup}


def _median_ms(world, call, times=_TIMES):
    took = []
    for _ in range(times):
        begun = world.host.monotonic()
        call()
        took.append((world.host.monotonic() - begun) * 1000)
    took.sort()
    return {
        "p50_ms": round(took[len(took) // 2], 3),
        "p95_ms": round(took[int(len(took) * 0.95)], 3),
    }


def round_trips(world):
    """A call on a borrowed and on a held connection, and a claim that finds nothing."""
    held = world.connector.session("renew")
    figures = {
        "borrowed": _median_ms(world, lambda: world.connector.call("select 1::text", ())),
        "held": _median_ms(world, lambda: held.call("select 1::text", ())),
    }
    held.close()
    with Working(world) as plant:
        worker_id = plant.worker.worker_id
        claims = world.connector.session("claim", True)
        store = Store(claims, world.schema)
        numbers = iter(range(1000000, 2000000))
        figures["empty_claim"] = _median_ms(
            world,
            lambda: store.claim_workflows(worker_id, 4, 0, next(numbers), False, False, False),
        )
        claims.close()
    return figures


def throughput(world):
    """Workflows per second of one worker with 16 threads: no-op, and of three steps."""
    figures = {}
    with Working(world, threads=16) as plant:
        for name, inputs, count in (
            ("conformance_noop", {}, 5000),
            ("conformance_steps", {"tank": "T"}, 1000),
        ):
            for _ in range(2):  # the first one warms the JVM up
                requests = [{"workflowName": name, "inputs": inputs, "queueName": QUEUE}] * 500
                ids = []
                plant.rt.store.pause_queue(QUEUE, "measure", "measure")
                while len(ids) < count:
                    ids.extend(
                        one["workflow_id"]
                        for one in plant.rt.enqueueMany([dict(one) for one in requests])
                    )
                finished = plant.worker.state.finished
                begun = world.host.monotonic()
                plant.rt.store.resume_queue(QUEUE, "measure", "measure")
                while plant.worker.state.finished < finished + count:
                    world.host.sleep(0.005)
                figures[name] = int(count / (world.host.monotonic() - begun))
    return figures


def pickup(world):
    """From the call of enqueue to the workflow's first line, for an idle worker."""
    with Working(world) as plant:
        world.wait_until(lambda: plant.worker.state.listen_mode == "listen", "the mode")
        took = []
        for _ in range(200):
            world.wait_until(lambda: plant.worker.dispatcher._is_idle, "an idle worker")
            world.host.sleep(0.01)
            begun = world.host.monotonic()
            plant.enqueue("conformance_mark")
            took.append((workflows.marks.get(True, 10) - begun) * 1000)
        took.sort()
    return {
        "p50_ms": round(took[100], 2),
        "p95_ms": round(took[190], 2),
        "max_ms": round(took[-1], 2),
    }
