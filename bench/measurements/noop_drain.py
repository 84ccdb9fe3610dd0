"""Drain no-op workflows that are already queued, by one worker process and by two."""

from __future__ import annotations

from functools import partial

from bench.drain import conditions, drain, fill, order_of
from bench.place import Place
from bench.reading import Aim, Measurement, Reading, Size
from bench.systems.system import System

SYSTEMS = ("ours", "gateway", "sql", "bare", "pgqueuer", "procrastinate", "dbos", "absurd")


def sample(processes: int, place: Place, system: System, size: Size) -> list[Reading]:
    count = max(200, int(system.pace.noop * size.seconds))
    with place.fresh(system) as dsn:
        fill(system, dsn, "noop", count)
        order = order_of(system, dsn, "noop")
        drained = drain(system, order, count, processes)
    stated = conditions(system, order, processes)
    return [
        Reading("rate", drained.rate, "/s", stated),
        Reading("WAL", drained.wal_bytes / count, "B each", stated, higher_is_better=False),
    ]


ONE = Measurement(
    "no-op drain, 1 worker",
    "WAL: of the drain alone",
    SYSTEMS,
    partial(sample, 1),
    (Aim("rate", 1.3, against="pgqueuer"), Aim("WAL", 900, at_most=True)),
)
TWO = Measurement(
    "no-op drain, 2 workers",
    "",
    SYSTEMS,
    partial(sample, 2),
    (Aim("rate", 1.5, against="pgqueuer"),),
)
