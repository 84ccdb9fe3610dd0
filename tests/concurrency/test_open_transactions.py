"""A worker that dies between a call and its commit: what the call has locked is free within a lease."""

import psycopg
import pytest

from tests.concurrency.conftest import second
from tests.waiting import wait_until

CALLS = {
    "renew_worker": lambda worker, claimed: worker.renew(claimed),
    "claim_workflows": lambda worker, claimed: worker.claim(1),
    "record_steps": lambda worker, claimed: worker.record(claimed, kind="tx"),
}


@pytest.fixture
def left_open(calls, make_worker, open_session):
    """left_open(function): called in a transaction that nobody ends; the session, and the workflow."""

    def leave(function):
        calls.set_setting("lease_seconds", 1)
        worker = make_worker("mix")
        workflow_id = calls.enqueue("mix")
        claimed = worker.claim_one()
        left = open_session()
        CALLS[function](second(worker, left), claimed)
        return left, workflow_id

    return leave


def lose(clock, other):
    """Leases of a second run out, but for that of another worker, which does maintenance."""
    for _ in range(14):
        clock.advance(0.4)
        other.renew()
        other.calls.maintain()


@pytest.mark.parametrize("function", CALLS)
def test_a_worker_that_dies_before_its_commit_is_taken_back(
    calls, clock, make_worker, left_open, function
):
    left, workflow_id = left_open(function)
    pid = left.conn.info.backend_pid
    query = "select count(*) = 0 from pg_stat_activity where pid = %s"
    wait_until(lambda: calls.value(query, pid), "the server to end the session")
    lose(clock, make_worker("other"))
    assert calls.status(workflow_id) == "ENQUEUED"
    with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
        left.conn.execute("commit")


@pytest.mark.parametrize("function", CALLS)
def test_without_the_limit_its_workflow_is_held_for_ever(
    calls, clock, make_worker, left_open, without, function
):
    """The control: as long as the transaction is open, nobody gets at what it has locked."""
    without(function, "workflows.limit_open_transaction(", "abs(")
    left, workflow_id = left_open(function)
    assert left.value("select current_setting('idle_in_transaction_session_timeout')") == "0"
    lose(clock, make_worker("other"))
    assert calls.status(workflow_id) == "RUNNING"
