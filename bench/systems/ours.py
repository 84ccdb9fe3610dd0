# mypy: allow-untyped-calls, allow-untyped-decorators
"""Ours as users meet it: rt.enqueue, decorated functions, a Worker with its default prefetch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bench.systems.sql import Sql
from bench.systems.system import Inputs, Order, Pace, Producer, Tally


class OursProducer(Producer):
    def __init__(self, runtime: Any) -> None:
        self._runtime = runtime

    def one(self, workflow: str, inputs: Inputs) -> None:
        self._runtime.enqueue(workflow, inputs)

    def many(self, workflow: str, batch: Sequence[Inputs]) -> None:
        requests = [{"workflowName": workflow, "inputs": inputs} for inputs in batch]
        for outcome in self._runtime.enqueueMany(requests):
            if "error" in outcome:
                raise RuntimeError(f"refused: {outcome}")


class Ours(Sql):
    name = "ours"
    pace = Pace(one=1_500, bulk=20_000, noop=25_000, steps=2_000)
    threads = 16
    in_flight = 500
    step_threads = 64
    step_in_flight = 500
    note = "the whole library; in flight: what it prefetches at most"

    @contextmanager
    def producer(self, dsn: str) -> Iterator[Producer]:
        from exchange.workflows.engine import instance

        try:
            yield OursProducer(instance.configure(dsn=dsn))
        finally:
            instance.shutdown()

    def work(self, order: Order, tally: Tally, begin: Callable[[], None]) -> None:
        from exchange.workflows.engine.worker import Worker

        define(tally)
        define_families()
        worker = Worker(dsn=order.dsn, threads=order.threads, prefetch=order.in_flight)
        begin()
        worker.start()
        threading.Event().wait()


def define(tally: Tally) -> None:
    """The workflows that are measured."""
    from exchange.workflows.engine.instance import getWorkflows
    from exchange.workflows.engine.runtime import step, workflow

    @workflow()
    def noop(number: int, padding: str) -> None:
        tally.ran()

    @workflow()
    def pickup(number: int, padding: str) -> None:
        tally.picked(number)

    @step()
    def add(number: int) -> int:
        return number + 1

    @workflow()
    def three_steps(number: int, padding: str) -> int:
        for _ in range(3):
            number = add(number)
        tally.ran()
        return number

    def wait_for_orders(number: int, padding: str) -> None:
        runtime = getWorkflows()
        while True:
            runtime.checkCancelled()
            threading.Event().wait(0.01)

    workflow(name="holder")(wait_for_orders)  # holds its partition key while others are measured
    workflow(name="patient")(wait_for_orders)  # runs until it is commanded


def define_families() -> None:
    """Workflows that have others, and steps, do their work."""
    from exchange.workflows.engine.instance import getWorkflows
    from exchange.workflows.engine.runtime import step, workflow

    @workflow()
    def leaf(number: int) -> int:
        return number

    @workflow()
    def fan_out(number: int, padding: str) -> int:
        runtime = getWorkflows()
        children = runtime.startChildren("leaf", [{"number": n} for n in range(number)])
        return len(runtime.waitForAll(children))

    @step()
    def nap(number: int) -> int:
        threading.Event().wait(0.05)
        return number

    @workflow()
    def in_order(number: int, padding: str) -> list[int]:
        return [nap(n) for n in range(number)]

    @workflow()
    def beside(number: int, padding: str) -> list[int]:
        return getWorkflows().gather([nap.start(n) for n in range(number)])


SYSTEM = Ours()
