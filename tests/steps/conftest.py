"""Tags without a gateway, an HTTP server of the test's own, the runtime on the test database."""

import sys
import types
from datetime import datetime, timezone
from typing import Any

import pytest

from exchange.workflows.engine import instance
from exchange.workflows.engine.worker import Worker
from tests.steps.web import Web


class Quality:
    def __init__(self, name: str):
        self._name = name

    def isGood(self) -> bool:
        return self._name.startswith("Good")

    def __str__(self) -> str:
        return self._name


class Tags:
    """`system.tag` as far as the steps use it. `on_read` is called before each look."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.qualities: dict[str, str] = {}
        self.write_qualities: dict[str, str] = {}
        self.written: list[tuple[str, Any]] = []
        self.looks = 0
        self.on_read = lambda: None

    def readBlocking(self, paths: list[str], timeout: int) -> list[Any]:
        assert timeout > 0
        self.looks += 1
        self.on_read()
        return [self._qualified(path) for path in paths]

    def writeBlocking(self, paths: list[str], values: list[Any], timeout: int) -> list[Quality]:
        assert timeout > 0
        answers = []
        for path, value in zip(paths, values, strict=True):
            self.written.append((path, value))
            answers.append(Quality(self.write_qualities.get(path, "Good")))
            if answers[-1].isGood():
                self.values[path] = value
        return answers

    def _qualified(self, path: str) -> Any:
        quality = self.qualities.get(path, "Good" if path in self.values else "Bad_NotFound")
        found = types.SimpleNamespace(value=self.values.get(path), quality=Quality(quality))
        found.timestamp = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
        return found


@pytest.fixture
def tags(monkeypatch):
    system: Any = types.ModuleType("system")
    system.tag = Tags()
    monkeypatch.setitem(sys.modules, "system", system)
    return system.tag


@pytest.fixture
def web():
    with Web() as started:
        yield started


@pytest.fixture
def rt(dsn, schema):
    yield instance.configure(dsn, schema=schema)
    instance.shutdown()


@pytest.fixture
def make_worker(dsn, schema, rt):
    made = []

    def make():
        worker = Worker(dsn=dsn, schema=schema, threads=4)
        made.append(worker)
        return worker.start()

    yield make
    for worker in made:
        worker.stop(0)
