"""Many enqueued by one client, 1,000 a commit."""

from __future__ import annotations

import time

from bench import payload
from bench.place import Place
from bench.reading import Aim, Conditions, Measurement, Reading, Size
from bench.systems.system import System, batches

BATCH = 1_000


def sample(place: Place, system: System, size: Size) -> list[Reading]:
    count = max(BATCH, int(system.pace.bulk * size.seconds) // BATCH * BATCH)
    everything = [payload.inputs(number) for number in range(count)]
    with place.fresh(system) as dsn, system.producer(dsn) as producer:
        producer.many("noop", everything[:10])
        begun = time.perf_counter()
        for batch in batches(everything, BATCH):
            producer.many("noop", batch)
        took = time.perf_counter() - begun
    stated = Conditions(history=system.history, note=f"{BATCH} a commit")
    return [Reading("rate", count / took, "/s", stated)]


MEASUREMENT = Measurement(
    "bulk enqueue",
    "ours: rt.enqueueMany; sql: enqueue_many; bare: insert from unnest into two tables",
    ("ours", "sql", "bare", "pgqueuer", "procrastinate", "dbos", "absurd"),
    sample,
    (Aim("rate", 1.0, against="pgqueuer"),),
)
