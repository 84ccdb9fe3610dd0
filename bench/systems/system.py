"""What every system that is measured has to offer: a schema, a producer, a worker."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

Inputs = dict[str, Any]


@dataclass(frozen=True)
class Order:
    """What one worker process is asked to do."""

    system: str
    dsn: str
    workflow: str  # noop | three_steps | pickup | holder
    threads: int
    in_flight: int
    is_drain: bool = True


@dataclass(frozen=True)
class Pace:
    """Roughly what the system does per second, so that samples of all take about as long."""

    one: int
    bulk: int
    noop: int
    steps: int = 0


class Tally(ABC):
    """Filled by the functions that a worker runs."""

    @abstractmethod
    def ran(self) -> None:
        """A workflow's function has run."""

    @abstractmethod
    def picked(self, number: int) -> None:
        """A workflow's function has just begun."""


class Producer(ABC):
    @abstractmethod
    def one(self, workflow: str, inputs: Inputs) -> None:
        """Enqueue one and return when it is committed."""

    @abstractmethod
    def many(self, workflow: str, batch: Sequence[Inputs]) -> None:
        """Enqueue a batch in one transaction, the fastest documented way."""

    def one_by_one(self, workflow: str, batch: Sequence[Inputs]) -> list[float]:
        """Seconds that each single enqueue took."""
        took = []
        for inputs in batch:
            begun = time.perf_counter()
            self.one(workflow, inputs)
            took.append(time.perf_counter() - begun)
        return took


class System(ABC):
    name: str
    distribution: str = ""
    pace: Pace
    threads: int = 1
    in_flight: int = 1
    step_threads: int = 64
    step_in_flight: int = 64
    history: str = "kept"
    note: str = ""

    @abstractmethod
    def missing(self) -> str:
        """Why it can not be measured here; "" when it can."""

    def version(self) -> str:
        from importlib.metadata import version

        return version(self.distribution) if self.distribution else ""

    @abstractmethod
    def install(self, dsn: str) -> None:
        """Create the schema in an empty database."""

    @abstractmethod
    def producer(self, dsn: str) -> AbstractContextManager[Producer]: ...

    @abstractmethod
    def work(self, order: Order, tally: Tally, begin: Callable[[], None]) -> None:
        """In the worker process: get ready, call begin(), then work until killed."""

    @property
    @abstractmethod
    def settled(self) -> str:
        """A query that answers true once every workflow has its final status recorded."""


def batches(all_inputs: Sequence[Inputs], size: int) -> Iterator[Sequence[Inputs]]:
    for start in range(0, len(all_inputs), size):
        yield all_inputs[start : start + size]
