"""pgqueuer over asyncpg and uvloop, as its own command line runs it; batch 500."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.systems.shelf import not_installed
from bench.systems.system import Inputs, Order, Pace, Producer, System, Tally

if TYPE_CHECKING:
    from pgqueuer.models import Job
    from pgqueuer.queries import Queries


class PgqueuerProducer(Producer):
    def __init__(self, loop: asyncio.AbstractEventLoop, queries: Queries) -> None:
        self._loop = loop
        self._queries = queries

    def one(self, workflow: str, inputs: Inputs) -> None:
        self._loop.run_until_complete(self._queries.enqueue(workflow, _bytes(inputs)))

    def many(self, workflow: str, batch: Sequence[Inputs]) -> None:
        count = len(batch)
        payloads: list[bytes | None] = [_bytes(inputs) for inputs in batch]
        self._loop.run_until_complete(
            self._queries.enqueue([workflow] * count, payloads, [0] * count)
        )

    def one_by_one(self, workflow: str, batch: Sequence[Inputs]) -> list[float]:
        async def all_of_them() -> list[float]:
            took = []
            for inputs in batch:
                begun = time.perf_counter()
                await self._queries.enqueue(workflow, _bytes(inputs))
                took.append(time.perf_counter() - begun)
            return took

        return self._loop.run_until_complete(all_of_them())


class Pgqueuer(System):
    name = "pgqueuer"
    distribution = "pgqueuer"
    pace = Pace(one=2_500, bulk=50_000, noop=20_000)
    in_flight = 500
    history = "log kept"
    note = "asyncpg and uvloop as its command line, batch 500, its recommended autovacuum applied"

    def missing(self) -> str:
        return not_installed("pgqueuer", "asyncpg", "uvloop")

    def install(self, dsn: str) -> None:
        async def prepare() -> None:
            import asyncpg
            from pgqueuer.queries import Queries

            connection = await asyncpg.connect(dsn)
            queries = Queries.from_asyncpg_connection(connection)
            await queries.install()
            await queries.optimize_autovacuum()
            await connection.close()

        asyncio.run(prepare())

    @contextmanager
    def producer(self, dsn: str) -> Iterator[Producer]:
        import asyncpg
        import uvloop
        from pgqueuer.queries import Queries

        loop = uvloop.new_event_loop()
        connection = loop.run_until_complete(asyncpg.connect(dsn))
        try:
            yield PgqueuerProducer(loop, Queries.from_asyncpg_connection(connection))
        finally:
            loop.run_until_complete(connection.close())
            loop.close()

    @property
    def settled(self) -> str:
        return "select not exists(select from pgqueuer)"

    def work(self, order: Order, tally: Tally, begin: Callable[[], None]) -> None:
        import uvloop

        uvloop.run(self._work(order, tally, begin))

    async def _work(self, order: Order, tally: Tally, begin: Callable[[], None]) -> None:
        import asyncpg
        from pgqueuer import PgQueuer
        from pgqueuer.db import AsyncpgDriver
        from pgqueuer.domain.types import QueueExecutionMode

        worker = PgQueuer(AsyncpgDriver(await asyncpg.connect(order.dsn)))

        @worker.entrypoint("noop")
        async def noop(job: Job) -> None:
            tally.ran()

        @worker.entrypoint("pickup")
        async def pickup(job: Job) -> None:
            tally.picked(json.loads(job.payload or b"{}")["number"])

        modes = QueueExecutionMode
        begin()
        await worker.qm.run(
            batch_size=order.in_flight, mode=modes.drain if order.is_drain else modes.continuous
        )


def _bytes(inputs: Inputs) -> bytes:
    return json.dumps(inputs).encode()


SYSTEM = Pgqueuer()
