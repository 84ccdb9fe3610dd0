"""Fill a queue, drain it, time it: what several measurements have in common."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from bench import payload
from bench.place import Place
from bench.reading import Conditions
from bench.systems.system import Order, System, batches
from bench.workers import team

FILL_BATCH = 2_000


@dataclass(frozen=True)
class Drained:
    count: int
    seconds: float
    wal_bytes: int

    @property
    def rate(self) -> float:
        return self.count / self.seconds


def fill(system: System, dsn: str, workflow: str, count: int) -> None:
    with system.producer(dsn) as producer:
        everything = [payload.inputs(number) for number in range(count)]
        for batch in batches(everything, FILL_BATCH):
            producer.many(workflow, batch)


def drain(system: System, order: Order, count: int, processes: int = 1) -> Drained:
    """Drain what is queued; the clock runs from the first function to the last commit."""
    with (
        psycopg.connect(order.dsn, autocommit=True) as connection,
        team(system, order, processes) as workers,
    ):
        start = wal_position(connection)
        seconds = workers.wait_settled(count)
        written = wal_position(connection) - start
    return Drained(count, seconds, written)


def finished(place: Place, system: System, rows: int) -> str:
    """A template in which so many workflows have ended."""

    def finish_many(dsn: str) -> None:
        fill(system, dsn, "noop", rows)
        drain(system, order_of(system, dsn, "noop"), rows)

    return place.frozen(system, f"{rows}_finished", finish_many)


def wal_position(connection: psycopg.Connection) -> int:
    row = connection.execute("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
    assert row
    return int(row[0])


def order_of(system: System, dsn: str, workflow: str) -> Order:
    if workflow == "three_steps":
        return Order(system.name, dsn, workflow, system.step_threads, system.step_in_flight)
    return Order(system.name, dsn, workflow, system.threads, system.in_flight)


def conditions(system: System, order: Order, processes: int = 1) -> Conditions:
    return Conditions(
        processes=processes,
        threads=order.threads,
        in_flight=order.in_flight,
        payload_bytes=payload.BYTES,
        history=system.history,
    )
