"""dbos: workflows on a database-backed queue, polled as fast as helps it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bench.systems.shelf import not_installed
from bench.systems.system import Inputs, Order, Pace, Producer, System, Tally

if TYPE_CHECKING:
    from dbos import DBOSClient, DBOSConfig, EnqueueOptions

QUEUE = "bench"
VERSION = "bench"


class DbosProducer(Producer):
    def __init__(self, client: DBOSClient, engine: Any) -> None:
        self._client = client
        self._engine = engine

    def one(self, workflow: str, inputs: Inputs) -> None:
        self._client.enqueue(_options(workflow), **inputs)

    def many(self, workflow: str, batch: Sequence[Inputs]) -> None:
        """There is no bulk call; one transaction of the caller is the nearest."""
        with self._engine.begin() as connection:
            for inputs in batch:
                self._client.enqueue_in_transaction(connection, _options(workflow), **inputs)


class Dbos(System):
    name = "dbos"
    distribution = "dbos"
    pace = Pace(one=900, bulk=2_000, noop=1_800, steps=150)
    threads = 16
    in_flight = 500
    step_threads = 16
    note = "queue polled every 10 ms; bulk: one transaction of the caller"

    def missing(self) -> str:
        return not_installed("dbos")

    def install(self, dsn: str) -> None:
        from dbos import DBOS

        DBOS(config=_config(dsn, 1))
        DBOS.launch()
        DBOS.destroy(destroy_registry=True)

    @contextmanager
    def producer(self, dsn: str) -> Iterator[Producer]:
        import sqlalchemy
        from dbos import DBOSClient

        url = dsn.replace("postgresql://", "postgresql+psycopg://")
        client = DBOSClient(system_database_url=dsn)
        engine = sqlalchemy.create_engine(url)
        try:
            client.register_queue(QUEUE, polling_interval_sec=0.01)
            yield DbosProducer(client, engine)
        finally:
            engine.dispose()
            client.destroy()

    @property
    def settled(self) -> str:
        return """select not exists(
            select from dbos.workflow_status where status in ('ENQUEUED', 'PENDING'))"""

    def work(self, order: Order, tally: Tally, begin: Callable[[], None]) -> None:
        from dbos import DBOS

        DBOS(config=_config(order.dsn, order.threads))

        @DBOS.workflow(name="noop")
        def noop(number: int, padding: str) -> None:
            tally.ran()

        @DBOS.workflow(name="pickup")
        def pickup(number: int, padding: str) -> None:
            tally.picked(number)

        @DBOS.step()
        def add(number: int) -> int:
            return number + 1

        @DBOS.workflow(name="three_steps")
        def three_steps(number: int, padding: str) -> int:
            for _ in range(3):
                number = add(number)
            tally.ran()
            return number

        begin()
        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=order.in_flight, polling_interval_sec=0.01)
        threading.Event().wait()


def _config(dsn: str, threads: int) -> DBOSConfig:
    return {
        "name": "bench",
        "system_database_url": dsn,
        "application_version": VERSION,
        "max_executor_threads": threads,
        "sys_db_pool_size": 20,
        "log_level": "ERROR",
        "run_migrations": True,
    }


def _options(workflow: str) -> EnqueueOptions:
    return {"queue_name": QUEUE, "workflow_name": workflow, "app_version": VERSION}


SYSTEM = Dbos()
