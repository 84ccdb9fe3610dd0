"""Fixtures for tests of the engine on a real server."""

import pytest

from exchange.workflows.engine import instance
from exchange.workflows.engine.worker import Worker
from tests.engine.plant import gate, inside, seen


@pytest.fixture
def clean():
    seen.clear()
    yield
    while gate.acquire(blocking=False):
        pass
    while inside.acquire(blocking=False):
        pass


@pytest.fixture
def rt(clean, dsn, schema, conn):
    conn.execute("create table plant (number integer)")
    made = instance.configure(dsn, schema=schema)
    yield made
    instance.shutdown()


@pytest.fixture
def make_worker(dsn, schema, rt):
    made = []

    def make(**keywords):
        worker = Worker(**{"dsn": dsn, "schema": schema, "threads": 4, **keywords})
        made.append(worker)
        return worker.start()

    yield make
    gate.release(100)
    for worker in made:
        worker.stop(0)


@pytest.fixture
def worker(make_worker):
    return make_worker()
