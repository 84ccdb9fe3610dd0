"""procrastinate over psycopg; its producer gets a pool of its own, without a check per use."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.systems.shelf import not_installed
from bench.systems.system import Inputs, Order, Pace, Producer, System, Tally

if TYPE_CHECKING:
    from procrastinate import App


class ProcrastinateProducer(Producer):
    def __init__(self, app: App) -> None:
        self._app = app

    def one(self, workflow: str, inputs: Inputs) -> None:
        self._app.configure_task(workflow).defer(**inputs)

    def many(self, workflow: str, batch: Sequence[Inputs]) -> None:
        self._app.configure_task(workflow).batch_defer(*batch)


class Procrastinate(System):
    name = "procrastinate"
    distribution = "procrastinate"
    pace = Pace(one=1_300, bulk=10_000, noop=850)
    in_flight = 4
    note = "asyncio, concurrency as in flight (it fetches one job at a time); bulk: batch_defer"

    def missing(self) -> str:
        return not_installed("procrastinate", "psycopg_pool")

    def install(self, dsn: str) -> None:
        from procrastinate import App, SyncPsycopgConnector

        with App(connector=SyncPsycopgConnector(conninfo=dsn)).open() as app:
            app.schema_manager.apply_schema()

    @contextmanager
    def producer(self, dsn: str) -> Iterator[Producer]:
        from procrastinate import App, SyncPsycopgConnector
        from psycopg_pool import ConnectionPool

        with ConnectionPool(dsn, min_size=1, max_size=1, open=True) as pool:
            yield ProcrastinateProducer(App(connector=SyncPsycopgConnector()).open(pool))

    @property
    def settled(self) -> str:
        return """select not exists(
            select from procrastinate_jobs where status in ('todo', 'doing'))"""

    def work(self, order: Order, tally: Tally, begin: Callable[[], None]) -> None:
        asyncio.run(self._work(order, tally, begin))

    async def _work(self, order: Order, tally: Tally, begin: Callable[[], None]) -> None:
        from procrastinate import App, PsycopgConnector
        from psycopg_pool import AsyncConnectionPool

        app = App(connector=PsycopgConnector())

        @app.task(name="noop")
        async def noop(number: int, padding: str) -> None:
            tally.ran()

        @app.task(name="pickup")
        async def pickup(number: int, padding: str) -> None:
            tally.picked(number)

        connections = AsyncConnectionPool(order.dsn, min_size=4, max_size=8, open=False)
        async with connections as pool, app.open_async(pool):
            begin()
            await app.run_worker_async(concurrency=order.in_flight, install_signal_handlers=False)


SYSTEM = Procrastinate()
