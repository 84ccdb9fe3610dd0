"""A database with work in every state, for pages to show."""

import random

from tests.calls import Calls, Worker

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
STEPS = ("weigh", "mix", "heat", "drain")


def varied_work(calls: Calls, number: int = 60, seed: int = 7) -> dict[str, str]:
    """Workflows of three names, waiting, running, held, and ended in each way; some by what they are."""
    choose = random.Random(seed)
    worker = Worker(calls, names=("mix", "clean", "report"), max_attempts=1)
    names = ("mix", "clean", "report")
    for n in range(number):
        calls.enqueue(
            choose.choice(names), {"batch": n}, partition_key=f"line {n % 3}", actor="shift 1"
        )
    for _ in range(number * 2 // 3):
        claimed = worker.claim(1)
        if not claimed:
            break
        for key in STEPS[: choose.randint(1, 4)]:
            worker.record(claimed[0], key, output={"kg": choose.random()})
        if choose.random() < 0.15:
            worker.fail(claimed[0], "the valve does not answer")
        else:
            worker.finish(claimed[0], result={"kg": 12.5})
    running = worker.claim_one()
    worker.record(running, "weigh", output=3)
    held = calls.enqueue("mix", {"batch": "held"})
    calls.command(held, "HOLD", "shift change", actor="olaf")
    failed = calls.enqueue("clean", {"batch": HOSTILE})
    hostile = next(one for one in worker.claim(20) if one["w"] == failed)
    worker.record(hostile, "weigh", output={"text": HOSTILE})
    worker.fail(hostile, HOSTILE)
    delayed = calls.enqueue("mix", {}, delay_seconds=3600, resources=["reactor 1"])
    return {"running": running["w"], "held": held, "failed": failed, "delayed": delayed}
