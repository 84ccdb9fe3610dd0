"""What a long line behind one partition key costs the workflows that have no key."""

from __future__ import annotations

import time
from dataclasses import replace

import psycopg

from bench import payload
from bench.drain import conditions, fill, order_of
from bench.place import Place
from bench.reading import Aim, Measurement, Reading, Size
from bench.systems import sql
from bench.systems.system import System, batches
from bench.workers import team

PATIENCE_SECONDS = 60.0


def sample(place: Place, system: System, size: Size) -> list[Reading]:
    count = max(2_000, int(system.pace.noop * size.seconds))
    alone = _rate(place, system, 0, count)
    beside = _rate(place, system, size.blocked, count)
    stated = replace(
        conditions(system, order_of(system, "", "noop")), note=f"{size.blocked:,} blocked"
    )
    return [
        Reading("alone", alone, "/s", replace(stated, note="")),
        Reading("beside", beside, "/s", stated),
        Reading("cost", alone / beside, "x", stated, higher_is_better=False),
    ]


def _rate(place: Place, system: System, blocked: int, count: int) -> float:
    """Drain no-ops while one workflow holds the key and `blocked` others wait for it."""
    with place.fresh(system) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        order = order_of(system, dsn, "noop")
        _enqueue_keyed(connection, blocked + 1)
        with team(system, replace(order, workflow="holder")) as workers:
            _wait_until_blocked(connection, blocked)
            connection.execute("select workflows.pause_queue('default', 'bench', 'bench')")
            fill(system, dsn, "noop", count)
            connection.execute("select workflows.resume_queue('default', 'bench', 'bench')")
            workers.wait_count(count)
            return count / (workers.ended_at - workers.began_at)


def _enqueue_keyed(connection: psycopg.Connection, count: int) -> None:
    entries = [
        {
            "workflow_name": "holder",
            "inputs": payload.inputs(number),
            "options": {"partition_key": "reactor-1"},
        }
        for number in range(count)
    ]
    for batch in batches(entries, 1_000):
        sql.enqueue_many(connection, batch)


def _wait_until_blocked(connection: psycopg.Connection, blocked: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    query = "select count(*) from workflows.parked where status = 'BLOCKED'"
    while (row := connection.execute(query).fetchone()) and row[0] < blocked:
        if time.monotonic() > deadline:
            raise RuntimeError(f"only {row[0]} of {blocked} are blocked")
        time.sleep(0.05)


MEASUREMENT = Measurement(
    "10,000 behind one key",
    "no-ops drained while 10,000 wait for a partition key; cost: how many times longer",
    ("ours",),
    sample,
    (Aim("cost", 1.2, at_most=True),),
)
