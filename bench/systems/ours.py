"""Ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.systems.system import Order, Pace, Producer, System, Tally


class Ours(System):
    name = "ours"
    pace = Pace(one=1_500, bulk=34_000, noop=15_000, steps=2_000)

    def missing(self) -> str:
        return "not in this tree yet"

    def install(self, dsn: str) -> None: ...

    @contextmanager
    def producer(self, dsn: str) -> Iterator[Producer]:
        raise NotImplementedError
        yield

    @property
    def settled(self) -> str:
        return ""

    def work(self, order: Order, tally: Tally, begin: Callable[[], None]) -> None: ...


SYSTEM = Ours()
