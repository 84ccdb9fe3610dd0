"""A database of its own behind dbName=None, and a worker to drain it."""

import pytest

from exchange.workflows import testing
from exchange.workflows.engine import instance
from exchange.workflows.engine.runtime import workflow


@workflow()
def api_double(number):
    return 2 * number


@workflow()
def api_fails():
    raise ValueError("tank \xb0 is gone")


@pytest.fixture
def workflows(dsn, schema):
    """What getWorkflows() answers in this test."""
    yield instance.configure(dsn, schema=schema)
    instance.shutdown()


@pytest.fixture
def drain(workflows):
    return testing.drain
