"""Our SQL functions alone: one thread claims, runs and finishes in turn, without the engine.

Between this and `bare` lies the price of the promises, between this and `ours` the engine.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from bench.systems.system import Inputs, Order, Pace, Producer, System, Tally
from exchange.workflows.cpython import installer
from exchange.workflows.settings import SCHEMA_VERSION, VERSION

WORKFLOWS = ("noop", "three_steps", "pickup")
ENQUEUE = "select workflows.enqueue(p_workflow_name => %s::text, p_inputs => %s::text)"
ENQUEUE_MANY = "select workflows.enqueue_many(p_items => %s::text)"
REGISTER = "select workflows.register_worker(p_worker_id => %s::text, p_registration => %s::text)"
CLAIM = """select workflows.claim_workflows(p_worker_id => %s::text, p_start_now => %s::integer,
    p_prefetch => %s::integer, p_request_no => %s::bigint, p_is_resend => false,
    p_may_idle => %s::boolean, p_is_idle => %s::boolean)"""
RECORD = "select workflows.record_steps(p_worker_id => %s::text, p_records => %s::text)"
FINISH = "select workflows.finish_workflows(p_worker_id => %s::text, p_outcomes => %s::text)"


class SqlProducer(Producer):
    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def one(self, workflow: str, inputs: Inputs) -> None:
        self._connection.execute(ENQUEUE, (workflow, json.dumps(inputs)), prepare=True)

    def many(self, workflow: str, batch: Sequence[Inputs]) -> None:
        enqueue_many(self._connection, [{"workflow_name": workflow, "inputs": i} for i in batch])


def enqueue_many(connection: psycopg.Connection, entries: Sequence[dict[str, Any]]) -> None:
    row = connection.execute(ENQUEUE_MANY, (json.dumps(entries),), prepare=True).fetchone()
    if row and '"error"' in row[0]:
        raise RuntimeError(f"refused: {row[0][:300]}")


class Sql(System):
    name = "sql"
    pace = Pace(one=3_000, bulk=30_000, noop=20_000, steps=6_000)
    in_flight = 500
    step_threads = 1
    history = "errors"
    note = "our SQL functions, called in turn by one thread without the engine"

    def missing(self) -> str:
        return ""

    def version(self) -> str:
        return VERSION

    def install(self, dsn: str) -> None:
        with psycopg.connect(dsn) as connection:
            installer.install(connection)

    @contextmanager
    def producer(self, dsn: str) -> Iterator[Producer]:
        with psycopg.connect(dsn, autocommit=True) as connection:
            yield SqlProducer(connection)

    @property
    def settled(self) -> str:
        return """select not exists(select from workflows.ready)
            and not exists(select from workflows.lease)
            and not exists(select from workflows.parked)"""

    def work(self, order: Order, tally: Tally, begin: Callable[[], None]) -> None:
        connection = psycopg.connect(order.dsn, autocommit=True)
        connection.execute("listen workflows_wake")
        worker_id = str(uuid.uuid4())
        connection.execute(REGISTER, (worker_id, json.dumps(registration())))
        begin()
        is_idle = False
        request_no = 0
        while True:
            request_no += 1
            arguments = (worker_id, order.in_flight, 0, request_no, True, is_idle)
            answer = _answer(connection, CLAIM, *arguments)
            is_idle = answer["idle"]
            if not answer["workflows"]:
                seconds = 1 if answer["retry_ms"] is None else answer["retry_ms"] / 1000
                next(connection.notifies(timeout=seconds, stop_after=1), None)
                continue
            for claimed in answer["workflows"]:
                if claimed["name"] == "pickup":
                    tally.picked(claimed["inputs"]["number"])
                tally.ran()
            _settle(connection, worker_id, answer["workflows"])


def registration() -> dict[str, Any]:
    definition = {
        "workflow_version": 1,
        "queue_name": "default",
        "priority": 0,
        "timeout_seconds": None,
        "max_attempts": 1,
        "backoff_seconds": 1.0,
        "backoff_rate": 2.0,
        "max_backoff_seconds": 3600.0,
        "on_worker_lost": "retry",
        "commands": "auto",
    }
    return {
        "worker_name": "bench",
        "host_name": "localhost",
        "process_id": 1,
        "library_version": VERSION,
        "schema_version": SCHEMA_VERSION,
        "queues": ["default"],
        "threads": 16,
        "listen_mode": "listen",
        "definitions": [{**definition, "workflow_name": name} for name in WORKFLOWS],
    }


def _settle(
    connection: psycopg.Connection, worker_id: str, claimed: Sequence[dict[str, Any]]
) -> None:
    """Record three steps where the workflow has them, then the outcomes, a batch each."""
    with_steps = [c for c in claimed if c["name"] == "three_steps"]
    for key in ("a", "b", "c") if with_steps else ():
        records = [
            {"n": n, "w": c["w"], "t": c["t"], "k": key, "name": key, "kind": "step"}
            | {"status": "SUCCESS", "output": 1, "attempt": 1, "elapsed_ms": 0}
            for n, c in enumerate(with_steps)
        ]
        _answer(connection, RECORD, worker_id, json.dumps(records))
    outcomes = [
        {"n": n, "w": c["w"], "t": c["t"], "outcome": "success", "result": None}
        for n, c in enumerate(claimed)
    ]
    _answer(connection, FINISH, worker_id, json.dumps(outcomes))


def _answer(connection: psycopg.Connection, statement: str, *arguments: object) -> Any:
    row = connection.execute(statement.encode(), arguments, prepare=True).fetchone()
    return json.loads(row[0]) if row and row[0] is not None else None


SYSTEM = Sql()
