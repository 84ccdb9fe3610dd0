"""An emergency stop of many workflows with handlers: a bounded number of threads, and nobody is forgotten."""

import pytest

from exchange.workflows import settings
from tests.calls import Calls
from tests.engine.plant import gate, inside, seen, wait_inside
from tests.waiting import wait_until

pytestmark = pytest.mark.proof
MANY = 1000
THREADS = 2


def count(calls, status):
    query = "select count(*) from workflows.workflow where status = %s"
    return calls.value(query, status)


def most_threads():
    """As many as any handler has seen."""
    return max(number for number in seen if isinstance(number, int))


def asleep(rt, calls, many):
    rt.enqueueMany([{"workflowName": "engine_one_of_many"}] * many)
    wait_until(lambda: count(calls, "WAITING") == many, "all to sleep", 60)


def test_a_thousand_are_stopped_by_a_few_threads(rt, make_worker, conn):
    calls = Calls(conn)
    make_worker(threads=THREADS)
    asleep(rt, calls, MANY)
    rt.sendCommands("STOP", {"workflow_name": "engine_one_of_many"}, reason="leak")
    most = THREADS + settings.ORDER_THREADS
    for _ in range(most):
        wait_inside()
    assert not inside.acquire(timeout=0), "one more has begun"
    in_hand = count(calls, "RUNNING")
    assert in_hand <= most + 1, "the others wait in their lane, for whoever has a thread"
    gate.release(MANY)
    wait_until(lambda: count(calls, "STOPPED") == MANY, "all to be stopped", 60)
    assert (len(seen), most_threads()) == (MANY, most)


def test_without_a_bound_each_has_a_thread_of_its_own(rt, make_worker, conn, monkeypatch):
    """The control."""
    monkeypatch.setattr(settings, "ORDER_THREADS", 10**6)
    calls = Calls(conn)
    make_worker(threads=THREADS)
    asleep(rt, calls, 50)
    rt.sendCommands("STOP", {"workflow_name": "engine_one_of_many"}, reason="leak")
    for _ in range(50):
        wait_inside()
    gate.release(50)
    wait_until(lambda: len(seen) == 50, "all to be stopped")
    assert most_threads() == 50
