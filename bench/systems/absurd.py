"""absurd-sdk; its schema comes from the package absurdctl of the same version."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg

from bench.systems.shelf import not_installed
from bench.systems.system import Inputs, Order, Pace, Producer, System, Tally

if TYPE_CHECKING:
    from absurd_sdk import Absurd, TaskContext


def add(number: int) -> int:
    return number + 1


class AbsurdProducer(Producer):
    def __init__(self, connection: psycopg.Connection, client: Absurd) -> None:
        self._connection = connection
        self._client = client

    def one(self, workflow: str, inputs: Inputs) -> None:
        self._client.spawn(workflow, inputs, queue="default")

    def many(self, workflow: str, batch: Sequence[Inputs]) -> None:
        """There is no bulk call; one transaction, sent as a pipeline, is the nearest."""
        with self._connection.pipeline(), self._connection.transaction():
            for inputs in batch:
                self._client.spawn(workflow, inputs, queue="default")


class AbsurdSystem(System):
    name = "absurd"
    distribution = "absurd-sdk"
    pace = Pace(one=1_900, bulk=4_500, noop=1_200, steps=260)
    threads = 1
    in_flight = 64
    note = "claims of the in-flight size, polls every 10 ms; bulk: one transaction in a pipeline"

    def missing(self) -> str:
        return not_installed("absurd_sdk", "absurdctl")

    def install(self, dsn: str) -> None:
        import absurdctl
        from absurd_sdk import Absurd

        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(absurdctl.BUNDLED_SCHEMA_SQL)
            Absurd(connection).create_queue("default")

    @contextmanager
    def producer(self, dsn: str) -> Iterator[Producer]:
        from absurd_sdk import Absurd

        with psycopg.connect(dsn, autocommit=True) as connection:
            yield AbsurdProducer(connection, Absurd(connection))

    @property
    def settled(self) -> str:
        return """select not exists(
            select from absurd.t_default where state in ('pending', 'sleeping', 'running'))"""

    def work(self, order: Order, tally: Tally, begin: Callable[[], None]) -> None:
        from absurd_sdk import Absurd

        client = Absurd(order.dsn)

        @client.register_task(name="noop")
        def noop(params: Any, context: TaskContext) -> None:
            tally.ran()

        @client.register_task(name="pickup")
        def pickup(params: Any, context: TaskContext) -> None:
            tally.picked(params["number"])

        @client.register_task(name="three_steps")
        def three_steps(params: Any, context: TaskContext) -> int:
            number: int = params["number"]
            for name in ("a", "b", "c"):
                number = context.step(name, partial(add, number))
            tally.ran()
            return number

        begin()
        client.start_worker(
            concurrency=order.threads, batch_size=order.in_flight, poll_interval=0.01
        )


SYSTEM = AbsurdSystem()
