"""Maintenance and rejected entries against those who are in the middle of something."""

import json

import psycopg
import pytest

from tests.calls import SCHEMA, statement
from tests.concurrency.conftest import second
from tests.waiting import Background

GET = statement("get_maintenance")
LATER = "00000000-0000-4000-8000-000000000002"


@pytest.fixture
def worker(make_worker):
    return make_worker("mix")


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_what_is_being_claimed_is_counted(
    calls, worker, open_session, session, blocked, without, is_guarded
):
    """A claim has looked before the order and commits after it: nobody may call the queue drained."""
    lock = "pg_try_advisory_xact_lock_shared(hashtext('workflows.maintenance'), 0)"
    if not is_guarded:
        without("claim_workflows", lock, "true")
    calls.enqueue("mix")
    worker.claim(0)
    claimer = second(worker, open_session())
    claimer.claim_one()
    calls.call("enter_maintenance")
    if not is_guarded:
        found = calls.call("get_maintenance")
        assert (found["is_settled"], found["running"]) == (True, 0)
        return
    asked = blocked(session(), *GET)
    claimer.calls.conn.commit()
    found = json.loads(asked.outcome()[0][0])
    assert (found["is_settled"], found["running"]) == (True, 1)


def test_a_claim_waits_for_nobody_who_asks(
    calls, worker, make_worker, open_session, session, blocked
):
    """While somebody waits for a claim in progress the next one comes back empty, and soon again."""
    calls.enqueue("mix")
    worker.claim(0)
    claimer = second(worker, open_session())
    claimer.claim_one()
    asked = blocked(session(), *GET)
    calls.conn.execute("set lock_timeout = '50ms'")
    reply = make_worker("mix").claim_reply(1, may_idle=True)
    assert (reply["workflows"], reply["idle"], reply["retry_ms"]) == ([], False, 5)
    claimer.calls.conn.commit()
    asked.outcome()


def test_a_claim_that_hangs_is_not_waited_for_long(calls, worker, open_session):
    """Its process stands still in an open transaction: the answer says that it does not know."""
    calls.run(f"alter function {SCHEMA}.get_maintenance() set lock_timeout = '20ms'")
    calls.enqueue("mix")
    worker.claim(0)
    claimer = second(worker, open_session())
    claimer.claim_one()
    calls.call("enter_maintenance")
    assert calls.call("get_maintenance")["is_settled"] is False
    claimer.calls.conn.rollback()
    assert calls.call("get_maintenance")["is_settled"] is True


def test_asking_in_an_open_transaction_stops_no_claim(calls, worker, open_session):
    calls.enqueue("mix")
    asker = open_session()
    asker.call("get_maintenance")
    assert len(worker.claim(1)) == 1
    asker.conn.rollback()


@pytest.mark.parametrize("mode", ["drain", "cancel"])
def test_an_order_in_an_open_transaction_makes_nobody_wait(calls, worker, open_session, mode):
    """It counts from its commit; until then everybody goes on, limited queues excepted."""
    ids = [calls.enqueue("mix") for _ in range(2)]
    claimed = worker.claim_one()
    operator = open_session()
    operator.call("enter_maintenance", mode=mode)
    calls.conn.execute("set lock_timeout = '1s'")
    calls.enqueue("mix")
    worker.claim(1)
    worker.record(claimed, "weigh") if mode == "drain" else None
    assert worker.finish(claimed) == ("ok" if mode == "drain" else "busy")
    calls.maintain()
    operator.conn.commit()
    with pytest.raises(psycopg.Error, match="queue does not take work"):
        calls.enqueue("mix")
    assert worker.claim(1) == []
    assert calls.status(ids[0]) == ("SUCCESS" if mode == "drain" else "RUNNING")


def test_cancel_passes_by_who_is_finishing_or_commanded(calls, worker, open_session):
    """One finish and one order are in progress: neither is waited for, the next turn has the rest."""
    finishing, commanded, third = (calls.enqueue("mix") for _ in range(3))
    claimed = worker.claim_one()
    assert claimed["w"] == finishing
    finisher = second(worker, open_session())
    assert finisher.finish(claimed) == "ok"
    operator = open_session()
    operator.command(commanded, "HOLD")
    calls.conn.execute("set lock_timeout = '1s'")
    answer = calls.call("enter_maintenance", mode="cancel")
    assert answer["cancelled"] == {"queued": 1, "running": 0}
    assert calls.status(third) == "CANCELLED"
    finisher.calls.conn.commit()
    operator.conn.commit()
    answer = calls.call("enter_maintenance", mode="cancel")
    assert answer["cancelled"] == {"queued": 1, "running": 0}
    assert [calls.status(i) for i in (finishing, commanded)] == ["SUCCESS", "CANCELLED"]


def test_two_who_cancel_share_the_work(calls, session):
    """Each workflow is cancelled once, by one of them."""
    calls.enqueue_many(*[{"workflow_name": "mix"}] * 300)
    calls.call("enter_maintenance", mode="cancel", queue_name="default", reason="first")
    calls.call("exit_maintenance", queue_name="default")
    calls.enqueue_many(*[{"workflow_name": "mix"}] * 300)
    running = [
        Background(session().conn, *statement("enter_maintenance", mode="cancel")) for _ in range(4)
    ]
    cancelled = [json.loads(one.outcome()[0][0])["cancelled"]["queued"] for one in running]
    assert sum(cancelled) == 300
    query = "select count(*), count(distinct workflow_id) from workflows.command"
    assert calls.rows(query) == [(600, 600)]


def test_entered_and_exited_at_once_leaves_no_trace(calls, session):
    """Whoever comes last wins, and the queue's own mark agrees with the orders."""
    orders = [statement("enter_maintenance"), statement("exit_maintenance")] * 8
    running = [Background(session().conn, *order) for order in orders]
    for one in running:
        one.outcome()
    query = "select count(*) from workflows.maintenance_order"
    is_entered = calls.value(query) == 1
    query = "select maintenance_mode from workflows.queue"
    assert calls.value(query) == ("drain" if is_entered else None)


@pytest.fixture
def rejected(calls):
    entry = {"workflow_name": "mix", "options": {"workflow_id": LATER}}
    calls.call("reject_entries", entries=[{"workflow_id": LATER, "entry": entry}])


@pytest.mark.usefixtures("rejected")
@pytest.mark.parametrize(
    ("one", "other"), [("retry", "retry"), ("discard", "retry"), ("retry", "discard")]
)
def test_two_decide_about_one_entry(calls, open_session, session, blocked, one, other):
    """The second waits for the first, and is told what was decided."""
    first = open_session()
    first.call("resolve_rejected_entry", workflow_id=LATER, action=one, actor="anna")
    asked = statement("resolve_rejected_entry", workflow_id=LATER, action=other, actor="bob")
    waiting = blocked(session(), *asked)
    first.conn.commit()
    if one == other:
        assert json.loads(waiting.outcome()[0][0])["outcome"] == "already"
    else:
        with pytest.raises(psycopg.Error, match="command rejected"):
            waiting.outcome()
    enqueued = calls.value("select count(*) from workflows.workflow")
    assert enqueued == (1 if one == "retry" else 0)
    assert calls.rows("select resolved_by from workflows.rejected_entry") == [("anna",)]


@pytest.mark.usefixtures("rejected")
def test_a_retry_that_is_taken_back_leaves_the_entry(calls, open_session):
    first = open_session()
    first.call("resolve_rejected_entry", workflow_id=LATER, action="retry")
    first.conn.rollback()
    assert calls.value("select resolved_at from workflows.rejected_entry") is None
    assert calls.rows("select from workflows.workflow") == []


def test_overlapping_batches_of_entries_in_opposite_order(calls, session):
    """Two gateways set the same aside, resent after a lost answer: none waits in a circle."""
    entries = [{"workflow_id": f"entry {n:03}", "entry": {"n": n}} for n in range(200)]
    for _ in range(4):
        batches = (entries, entries[::-1], entries[100:] + entries[:100])
        running = [
            Background(session().conn, *statement("reject_entries", entries=batch))
            for batch in batches
        ]
        assert all(one.outcome() for one in running)
    assert calls.value("select count(*) from workflows.rejected_entry") == 200
