"""How long the view queue_depth takes with a long queue."""

from __future__ import annotations

import time

import psycopg

from bench.drain import fill
from bench.place import Place
from bench.reading import Aim, Conditions, Measurement, Reading, Size, percentile
from bench.systems.system import System

READS = 40


def sample(place: Place, system: System, size: Size) -> list[Reading]:
    def queue_many(dsn: str) -> None:
        fill(system, dsn, "noop", size.rows)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("select workflows.run_maintenance(500)")

    template = place.frozen(system, f"{size.rows}_queued", queue_many)
    took = []
    with place.fresh(system, template) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("select * from workflows.queue_depth")
        for _ in range(READS):
            begun = time.perf_counter()
            connection.execute("select * from workflows.queue_depth").fetchall()
            took.append((time.perf_counter() - begun) * 1000)
    stated = Conditions(history=system.history, note=f"{size.rows:,} queued, {READS} reads")
    return [
        Reading("p50", percentile(took, 0.50), "ms", stated, higher_is_better=False),
        Reading("slowest", max(took), "ms", stated, higher_is_better=False),
    ]


MEASUREMENT = Measurement("queue_depth", "", ("ours",), sample, (Aim("p50", 20, at_most=True),))
