"""Calls and workers for these tests."""

import pytest

from tests.calls import Calls, calls, make_worker, shared_database
from tests.conftest import UNPREPARED

__all__ = ["calls", "make_worker"]


@pytest.fixture(scope="module")
def shared(server, template, entrance):
    with shared_database(server, template, entrance, **UNPREPARED) as conn:
        yield conn


@pytest.fixture
def worker(make_worker):
    return make_worker("mix")


@pytest.fixture
def claimed(calls, worker):
    """A workflow in work."""
    calls.enqueue("mix")
    return worker.claim_one()


@pytest.fixture
def shared_calls(shared):
    """One database for the module: what is refused leaves nothing behind, and this checks it."""
    calls = Calls(shared)
    calls.run("truncate workflows.workflow, workflows.ready, workflows.deduplication")
    settings = calls.rows("select setting_name, setting_value from workflows.setting")
    queues = calls.rows("select queue_name, max_running, history from workflows.queue")
    yield calls
    assert calls.rows("select queue_name, max_running, history from workflows.queue") == queues
    for name, value in settings:
        calls.set_setting(name, value)
