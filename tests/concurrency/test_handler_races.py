"""A handler that begins or ends against an ABORT, and against the end of its order's time."""

import psycopg
import pytest

from tests.calls import statement
from tests.concurrency.conftest import second
from tests.waiting import Background, wait_until_blocked

GUARD = pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])


@pytest.fixture
def worker(make_worker):
    return make_worker("mix", handlers=["on_hold", "on_resume", "on_stop"])


def ends_of(name, claimed):
    """The two records of a handler: that it begins, and that it has ended."""
    head = {"n": 1, "w": claimed["w"], "t": claimed["t"], "k": name, "name": name}
    word = {"on_resume": "resume 1", "on_stop": "stop 1"}[name]
    begins = {**head, "kind": "handler", "ask": {"control": word}}
    return begins, {**head, "kind": "handler", "status": "SUCCESS", "attempt": 1}


def lock_lease(session, workflow_id):
    """What an order does first."""
    query = "select from workflows.lease where workflow_id = %s for no key update"
    session.rows(query, workflow_id)


@GUARD
def test_an_abort_that_has_the_lease(
    calls, worker, open_session, session, conn, without, is_guarded
):
    """The record of on_resume waits for it and holds nothing that it needs."""
    if not is_guarded:  # locked as the record of a step is, and for more when it is noted
        without("note_handlers", "for no key update) l", "for key share) l")
    calls.enqueue("mix")
    claimed = worker.claim_one()
    calls.command(claimed["w"], "HOLD")
    worker.record(claimed, "on_hold", kind="handler")
    calls.command(claimed["w"], "RESUME")
    _, record = ends_of("on_resume", claimed)
    operator = open_session()
    lock_lease(operator, claimed["w"])
    asked = statement("record_steps", worker_id=worker.worker_id, records=[record])
    recorder = Background(session().conn, *asked)
    wait_until_blocked(conn, recorder.pid)
    if is_guarded:
        operator.command(claimed["w"], "ABORT")
        operator.conn.commit()
        assert '"WF001"' in recorder.outcome()[0][0]
        return
    with pytest.raises(psycopg.errors.DeadlockDetected):
        operator.command(claimed["w"], "ABORT")
        operator.conn.commit()
        recorder.outcome()


@GUARD
def test_an_order_lapses_while_its_handler_begins(
    calls, worker, open_session, clock, without, is_guarded
):
    """The record has not committed: whoever lets orders lapse leaves it alone, or the worker is told too late."""
    if not is_guarded:
        without("note_handlers", "for no key update) l", "for key share) l")
    calls.enqueue("mix")
    claimed = worker.claim_one()
    calls.command(claimed["w"], "STOP", valid_for_seconds=5)
    clock.advance(6)
    worker.renew(claimed)
    recorder = second(worker, open_session())
    begins, _ = ends_of("on_stop", claimed)
    [answer] = recorder.calls.call("record_steps", worker_id=worker.worker_id, records=[begins])
    assert answer["c"] == "stop 1"
    calls.run("set lock_timeout = '1s'")
    if not is_guarded:
        with pytest.raises(psycopg.errors.LockNotAvailable):
            calls.maintain()
        return
    calls.maintain()
    recorder.calls.conn.commit()
    calls.maintain()
    query = "select outcome, expires_at from workflows.command_log"
    assert calls.rows(query) == [("accepted", None)]
