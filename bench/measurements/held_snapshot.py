"""Drain while another session holds a snapshot: does the last quarter keep the pace?"""

from __future__ import annotations

from dataclasses import replace

import psycopg

from bench.drain import conditions, fill, order_of
from bench.place import Place
from bench.reading import Aim, Measurement, Reading, Size
from bench.systems.system import System
from bench.workers import team

QUARTERS = 4


def sample(place: Place, system: System, size: Size) -> list[Reading]:
    count = size.snapshot_rows
    with place.fresh(system) as dsn, psycopg.connect(dsn) as holder:
        fill(system, dsn, "noop", count)
        holder.execute("set transaction isolation level repeatable read")
        # An id as well as a snapshot: from here on no dead row can be removed, no horizon moves.
        holder.execute("select pg_current_xact_id()")
        order = order_of(system, dsn, "noop")
        with team(system, order) as workers:
            ended = workers.wait_settled(count) + workers.began_at
            marks = [(0, workers.began_at), *workers.workers[0].marks[1:], (count, ended)]
        holder.rollback()
    rates = quarter_rates(marks, count)
    stated = replace(conditions(system, order), note=f"{count:,} queued")
    return [
        Reading("first quarter", rates[0], "/s", stated),
        Reading("last quarter", rates[-1], "/s", stated),
        Reading("last / first", rates[-1] / rates[0], "x", stated),
    ]


def quarter_rates(marks: list[tuple[int, float]], count: int) -> list[float]:
    """Rates between the marks that are nearest to each quarter of the count."""
    bounds = []
    for quarter in range(QUARTERS + 1):
        wanted = count * quarter / QUARTERS
        bounds.append(min(marks, key=lambda mark: abs(mark[0] - wanted)))
    pairs = zip(bounds, bounds[1:], strict=False)
    return [(after[0] - before[0]) / (after[1] - before[1]) for before, after in pairs]


MEASUREMENT = Measurement(
    "drain, snapshot held",
    "another session keeps a snapshot and a transaction id for the whole drain",
    ("ours", "sql", "bare", "pgqueuer"),
    sample,
    (Aim("last / first", 0.85),),
)
