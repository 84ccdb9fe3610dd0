"""How late idle workers fire the occurrences of schedules: one every 100 ms."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import psycopg

from bench import payload
from bench.drain import conditions, order_of
from bench.place import Place
from bench.reading import Aim, Measurement, Reading, Size, percentile
from bench.systems.system import System
from bench.workers import team

SCHEDULES = 20
INTERVAL_SECONDS = 2.0
LATE = """select extract(epoch from fired_at - occurs_at)::float8 * 1000 from workflows.schedule_run
  where outcome = 'enqueued' order by occurs_at"""


def sample(place: Place, system: System, size: Size) -> list[Reading]:
    with place.fresh(system) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        order = replace(order_of(system, dsn, "pickup"), is_drain=False)
        with team(system, order):
            _make_schedules(connection)
            late = _wait_for(connection, size.pickups + SCHEDULES)[SCHEDULES:]
    stated = replace(conditions(system, order), note=f"{len(late)} occurrences")
    return [
        Reading(name, percentile(late, share), "ms", stated, higher_is_better=False)
        for name, share in (("p50", 0.50), ("p99", 0.99))
    ]


def _make_schedules(connection: psycopg.Connection) -> None:
    """Each begins a tenth of a second after the one before; their first ones are the warm-up."""
    query = """select to_char((workflows.clock_now() + %s * interval '1 second') at time zone 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
    for number in range(SCHEDULES):
        ahead = INTERVAL_SECONDS + number * INTERVAL_SECONDS / SCHEDULES
        (starts_at,) = connection.execute(query, (ahead,)).fetchone() or ("",)
        options = {"interval_seconds": INTERVAL_SECONDS, "starts_at": starts_at}
        connection.execute(
            "select workflows.create_schedule(%s, 'pickup', %s)",
            (
                f"every two seconds, {number}",
                json.dumps({**options, "inputs": payload.inputs(number)}),
            ),
        )


def _wait_for(connection: psycopg.Connection, count: int) -> list[float]:
    deadline = time.monotonic() + 60 + count
    while True:
        late = [row[0] for row in connection.execute(LATE).fetchall()]
        if len(late) >= count:
            return late
        if time.monotonic() > deadline:
            raise RuntimeError(f"{len(late)} of {count} occurrences were fired in time")
        time.sleep(0.5)


MEASUREMENT = Measurement(
    "schedule_lateness",
    "from the moment that is meant to the clock of the call that enqueues it",
    ("ours",),
    sample,
    (Aim("p99", 1000, at_most=True),),
)
