"""Drain while what has ended is removed, against a drain while nothing is, in pairs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import psycopg

from bench.drain import Drained, conditions, drain, fill, finished, order_of
from bench.place import Place
from bench.reading import Aim, Measurement, Reading, Size
from bench.systems.system import System

LOOK_SECONDS = 0.005
NOTHING_IS_KEPT = (
    "delete from workflows.retention_policy",
    "select workflows.set_setting('retention_grace_seconds', '0')",
    """select workflows.set_retention(null, '{"keep_seconds": 0}')""",
)
ALL_IS_KEPT = ("delete from workflows.retention_policy",)
WAITED = """select coalesce(max(extract(epoch from clock_timestamp() - waitstart)), 0)
  from pg_locks where not granted"""
REMOVED = "select removed_count from workflows.retention_progress"


@dataclass
class Waits:
    """The longest that any session was seen to wait for a lock."""

    longest_seconds: float = 0.0
    is_over: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True)
class Once:
    """One drain."""

    drained: Drained
    waited_ms: float
    removal_rate: float


def sample(place: Place, system: System, size: Size) -> list[Reading]:
    count = max(2_000, int(system.pace.noop * size.seconds))
    order = order_of(system, "", "noop")

    def once(settings: tuple[str, ...]) -> Once:
        with place.fresh(system, template) as dsn, psycopg.connect(dsn, autocommit=True) as conn:
            for statement in settings:
                conn.execute(statement.encode())
            fill(system, dsn, "noop", count)
            before = _removed(conn)
            with _watched(dsn) as waits:
                drained = drain(system, replace(order, dsn=dsn), count)
            removed = _removed(conn) - before
            return Once(drained, waits.longest_seconds * 1000, removed / drained.seconds)

    template = finished(place, system, size.rows)
    first, beside_first, beside_second, second = (
        once(settings) for settings in (ALL_IS_KEPT, NOTHING_IS_KEPT, NOTHING_IS_KEPT, ALL_IS_KEPT)
    )
    kept = (first.drained.rate + second.drained.rate) / 2  # who comes second has the warmer server
    removing = (beside_first.drained.rate + beside_second.drained.rate) / 2
    waited_ms = max(beside_first.waited_ms, beside_second.waited_ms)
    removal = (beside_first.removal_rate + beside_second.removal_rate) / 2
    stated = conditions(system, order)
    beside = replace(stated, note=f"{size.rows:,} finished before, all removed")
    return [
        Reading("kept", kept, "/s", stated),
        Reading("removed beside", removing, "/s", beside),
        Reading("beside / kept", removing / kept, "x", beside),
        Reading("removal", removal, "/s", beside),
        Reading("longest lock wait", waited_ms, "ms", beside, higher_is_better=False),
    ]


def _removed(conn: psycopg.Connection) -> int:
    row = conn.execute(REMOVED).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def _watched(dsn: str) -> Iterator[Waits]:
    waits = Waits()
    thread = threading.Thread(target=_watch, args=(dsn, waits), daemon=True)
    thread.start()
    try:
        yield waits
    finally:
        waits.is_over.set()
        thread.join()


def _watch(dsn: str, waits: Waits) -> None:
    with psycopg.connect(dsn, autocommit=True) as conn:
        while not waits.is_over.wait(LOOK_SECONDS):
            row = conn.execute(WAITED, prepare=True).fetchone()
            waits.longest_seconds = max(waits.longest_seconds, float(row[0]) if row else 0.0)


MEASUREMENT = Measurement(
    "drain, retention beside",
    "what ended is removed while the queue is drained",
    ("ours",),
    sample,
    (Aim("beside / kept", 0.9), Aim("longest lock wait", 200, at_most=True)),
)
