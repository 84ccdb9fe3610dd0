"""Durable workflows of three recorded steps."""

from __future__ import annotations

from bench.drain import conditions, drain, fill, order_of
from bench.place import Place
from bench.reading import Aim, Measurement, Reading, Size
from bench.systems.system import System


def sample(place: Place, system: System, size: Size) -> list[Reading]:
    count = max(100, int(system.pace.steps * size.seconds))
    with place.fresh(system) as dsn:
        fill(system, dsn, "three_steps", count)
        order = order_of(system, dsn, "three_steps")
        drained = drain(system, order, count)
    stated = conditions(system, order)
    return [
        Reading("rate", drained.rate, "/s", stated),
        Reading("WAL", drained.wal_bytes / count, "B each", stated, higher_is_better=False),
    ]


MEASUREMENT = Measurement(
    "3-step workflows",
    "bare: one commit per step for a whole batch",
    ("ours", "gateway", "sql", "bare", "dbos", "absurd"),
    sample,
    (Aim("rate", 15, against="peers"),),
)
