"""One enqueue, one commit, one client."""

from __future__ import annotations

from bench import payload
from bench.place import Place
from bench.reading import Aim, Conditions, Measurement, Reading, Size, percentile
from bench.systems.system import System

WARM_UP = 30


def sample(place: Place, system: System, size: Size) -> list[Reading]:
    count = max(100, int(system.pace.one * size.seconds))
    everything = [payload.inputs(number) for number in range(count + WARM_UP)]
    with place.fresh(system) as dsn, system.producer(dsn) as producer:
        producer.one_by_one("noop", everything[:WARM_UP])
        took = producer.one_by_one("noop", everything[WARM_UP:])
    stated = Conditions(history=system.history)
    return [
        Reading("rate", count / sum(took), "/s", stated),
        Reading("p50", percentile(took, 0.50) * 1000, "ms", stated, higher_is_better=False),
        Reading("p99", percentile(took, 0.99) * 1000, "ms", stated, higher_is_better=False),
    ]


MEASUREMENT = Measurement(
    "single enqueue",
    "ours: rt.enqueue; sql: the same client as bare, which inserts two rows",
    ("ours", "sql", "bare", "pgqueuer", "procrastinate", "dbos", "absurd"),
    sample,
    (Aim("rate", 0.8, against="bare", of="sql"), Aim("rate", 1.0, against="peers")),
)
