"""How soon a command is answered, and how soon a running workflow obeys it."""

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

WORKFLOWS = 40
PATIENCE_SECONDS = 20.0
SEND = "select workflows.send_command(p_workflow_id => %s::text, p_command => %s::text)"
ENQUEUE = "select workflows.enqueue(p_workflow_name => 'patient', p_inputs => %s::text)"
STATUS = "select status from workflows.workflow where workflow_id = %s::uuid"


def sample(place: Place, system: System, size: Size) -> list[Reading]:
    with place.fresh(system) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        order = replace(order_of(system, dsn, "patient"), threads=WORKFLOWS, in_flight=WORKFLOWS)
        ids = [_enqueue(connection, number) for number in range(WORKFLOWS)]
        with team(system, order):
            for workflow_id in ids:
                _wait_for(connection, workflow_id, "RUNNING")
            accepted, obeyed = [], []
            for workflow_id in ids:
                begun = time.perf_counter()
                _send(connection, workflow_id)
                accepted.append((time.perf_counter() - begun) * 1000)
                _wait_for(connection, workflow_id, "HELD")
                obeyed.append((time.perf_counter() - begun) * 1000)
    stated = replace(conditions(system, order), note=f"HOLD to {WORKFLOWS} running")
    return [
        Reading("accepted p50", percentile(accepted, 0.50), "ms", stated, higher_is_better=False),
        Reading("accepted p99", percentile(accepted, 0.99), "ms", stated, higher_is_better=False),
        Reading("obeyed p50", percentile(obeyed, 0.50), "ms", stated, higher_is_better=False),
        Reading("obeyed p99", percentile(obeyed, 0.99), "ms", stated, higher_is_better=False),
    ]


def _enqueue(connection: psycopg.Connection, number: int) -> str:
    row = connection.execute(ENQUEUE, (json.dumps(payload.inputs(number)),)).fetchone()
    assert row
    return str(row[0])


def _send(connection: psycopg.Connection, workflow_id: str) -> None:
    row = connection.execute(SEND, (workflow_id, "HOLD"), prepare=True).fetchone()
    answer = json.loads(row[0]) if row else {}
    if answer.get("outcome") != "accepted":
        raise RuntimeError(f"HOLD was not accepted: {answer}")


def _wait_for(connection: psycopg.Connection, workflow_id: str, status: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while connection.execute(STATUS, (workflow_id,), prepare=True).fetchone() != (status,):
        if time.monotonic() > deadline:
            raise RuntimeError(f"a workflow is not {status} after {PATIENCE_SECONDS:.0f} s")
        time.sleep(0.001)


MEASUREMENT = Measurement(
    "command",
    "from send_command to its answer; until HELD, with a boundary every 10 ms",
    ("ours", "gateway"),
    sample,
    (
        Aim("accepted p50", 5, at_most=True),
        Aim("obeyed p50", 50, at_most=True),
        Aim("obeyed p50", 50, at_most=True, of="gateway"),
    ),
)
