"""How much disk a workflow takes: queued, and once it has ended, its rows and their indexes."""

from __future__ import annotations

from dataclasses import replace

import psycopg

from bench.drain import conditions, drain, fill, order_of
from bench.place import Place
from bench.reading import Conditions, Measurement, Reading, Size
from bench.systems.system import System

TAKEN = """
select sum(pg_total_relation_size(c.oid)) filter (where c.relname = any (%s)),
       sum(pg_total_relation_size(c.oid))
from pg_class c where c.relnamespace = 'workflows'::regnamespace and c.relkind = 'r'"""
HOT = ["ready", "lease", "parked", "lane", "new_lane", "gate_ticket", "wake", "worker"]


def sample(place: Place, system: System, size: Size) -> list[Reading]:
    readings = []
    for workflow, title in (("noop", "no steps"), ("three_steps", "three steps")):
        count = size.rows if workflow == "noop" else max(2_000, size.rows // 5)
        order = order_of(system, "", workflow)
        stated = replace(conditions(system, order), note=f"{count:,} workflows, after vacuum")
        with place.fresh(system) as dsn:
            _, before = taken(dsn)
            fill(system, dsn, workflow, count)
            _, queued = taken(dsn)
            drain(system, replace(order, dsn=dsn), count)
            hot, ended = taken(dsn)
        if workflow == "noop":
            readings.append(reading("queued", (queued - before) / count, stated))
            readings.append(reading("hot tables, all ended", hot / count, stated))
        readings.append(reading(f"ended, {title}", (ended - before) / count, stated))
    return readings


def reading(quantity: str, value: float, stated: Conditions) -> Reading:
    return Reading(quantity, value, "B", stated, higher_is_better=False)


def taken(dsn: str) -> tuple[int, int]:
    """Bytes of the hot tables and of all tables, with their indexes."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("vacuum")
        row = connection.execute(TAKEN, [HOT]).fetchone()
    assert row
    return int(row[0]), int(row[1])


MEASUREMENT = Measurement("disk", "bytes of each workflow on disk", ("ours",), sample)
