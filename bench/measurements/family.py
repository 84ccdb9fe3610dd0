"""One workflow that has many things done: children on every worker, steps beside each other."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import psycopg

from bench import payload
from bench.drain import conditions, order_of
from bench.place import Place
from bench.reading import Measurement, Reading, Size
from bench.systems.system import Order, System
from bench.workers import team

CHILDREN_PER_SECOND = 500
PARALLEL = 8
PATIENCE_SECONDS = 120.0
ENQUEUE = "select workflows.enqueue(p_workflow_name => %s::text, p_inputs => %s::text)"
SECONDS = """select status, extract(epoch from ended_at - started_at)::float8
  from workflows.workflow where workflow_id = %s::uuid"""


def fan_out(place: Place, system: System, size: Size) -> list[Reading]:
    count = max(100, int(CHILDREN_PER_SECOND * size.seconds))
    with place.fresh(system) as dsn:
        order = replace(order_of(system, dsn, "fan_out"), is_drain=False)
        (seconds,) = _seconds_of(system, order, ["fan_out"], count)
    stated = replace(conditions(system, order), note=f"{count} children, started and collected")
    return [Reading("rate", count / seconds, "children/s", stated)]


def beside(place: Place, system: System, size: Size) -> list[Reading]:
    with place.fresh(system) as dsn:
        order = replace(order_of(system, dsn, "in_order"), is_drain=False)
        one, other = _seconds_of(system, order, ["in_order", "beside"], PARALLEL)
    stated = replace(conditions(system, order), note=f"{PARALLEL} steps of 50 ms")
    return [
        Reading("in order", one * 1000, "ms", stated, higher_is_better=False),
        Reading("beside each other", other * 1000, "ms", stated, higher_is_better=False),
        Reading("ratio", one / other, "x", stated),
    ]


def _seconds_of(system: System, order: Order, names: list[str], count: int) -> list[float]:
    """From the start to the end of each, one after the other; the first of each is the warm-up."""
    found = []
    with psycopg.connect(order.dsn, autocommit=True) as connection, team(system, order):
        for name in names:
            _run(connection, name, PARALLEL)
            found.append(_run(connection, name, count))
    return found


def _run(connection: psycopg.Connection, name: str, count: int) -> float:
    inputs = json.dumps(payload.inputs(count))
    (workflow_id,) = connection.execute(ENQUEUE, (name, inputs)).fetchone() or ("",)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        status, seconds = connection.execute(SECONDS, (workflow_id,)).fetchone() or ("", 0.0)
        if status == "SUCCESS":
            return float(seconds)
        if status == "ERROR" or time.monotonic() > deadline:
            raise RuntimeError(f"{name} is {status} after {PATIENCE_SECONDS:.0f} s")
        time.sleep(0.02)


FAN_OUT = Measurement("fan-out", "from the start of the parent to its end", ("ours",), fan_out)
BESIDE = Measurement(
    "parallel steps", "from the start of the workflow to its end", ("ours",), beside
)
