"""drain_worker and resume_worker: one worker claims nothing more, and everything else goes on."""

import uuid

import pytest

from tests.calls import Calls, Worker, refused

AUDIT = """select event, detail, actor, reason, worker_id::text from workflows.audit
  where event like 'worker %%' order by audit_id"""
STATUS = """select is_draining, drained_by, drain_reason from workflows.worker_status
  where worker_id = %s"""


def drain(calls, worker, **more):
    return calls.call("drain_worker", worker_id=worker.worker_id, **more)


def resume(calls, worker, **more):
    return calls.call("resume_worker", worker_id=worker.worker_id, **more)


def test_it_claims_nothing_more_and_another_does(calls, make_worker):
    first, second = make_worker("mix"), make_worker("mix")
    ids = [calls.enqueue() for _ in range(3)]
    claimed = first.claim_one()
    answer = drain(calls, first, reason="new disk", actor="olaf")
    assert (answer["is_draining"], answer["running"]) == (True, 1)
    assert first.claim(5, may_idle=True) == []
    assert first.renew(claimed)["lost"] == []
    assert first.record(claimed) is None and first.finish(claimed) == "ok"
    assert second.claim_ids(5) == ids[1:]
    assert calls.rows(STATUS, first.worker_id) == [(True, "olaf", "new disk")]
    assert calls.rows(STATUS, second.worker_id) == [(False, None, None)]


def test_resumed_it_claims_again(calls, make_worker):
    worker = make_worker("mix")
    workflow_id = calls.enqueue()
    drain(calls, worker, actor="olaf", reason="new disk")
    worker.renew()
    assert worker.claim(1) == []
    assert resume(calls, worker, actor="ada", reason="done")["is_draining"] is False
    resume(calls, worker)
    assert worker.claim_ids(1) == [workflow_id]
    name = calls.value("select worker_name from workflows.worker")
    assert calls.rows(AUDIT) == [
        ("worker drained", name, "olaf", "new disk", worker.worker_id),
        ("worker resumed", name, "ada", "done", worker.worker_id),
    ]


def test_a_resend_answers_what_was_claimed_before_the_order(calls, make_worker):
    worker = make_worker("mix")
    calls.enqueue()
    before = worker.claim(1, request_no=7)
    drain(calls, worker)
    assert worker.claim(1, request_no=7, is_resend=True) == before


def test_one_that_ends_by_itself_is_not_kept_from_it(calls, make_worker):
    worker = make_worker("mix")
    worker.renew(is_draining=True)
    calls.enqueue()
    assert resume(calls, worker)["is_draining"] is True
    assert worker.claim(1) == []


def test_a_standby_takes_over_from_a_drained_one(calls, make_worker):
    calls.set_queue(run_on="prefer_active")
    active, standby = make_worker("mix"), make_worker("mix", node={"is_active": False})
    workflow_id = calls.enqueue()
    assert standby.claim(1) == []
    drain(calls, active)
    assert standby.claim_ids(1) == [workflow_id]


def test_an_order_in_an_open_transaction_keeps_no_worker_from_renewing(calls, connect, make_worker):
    """The row of a worker is its own: were the order there, this renewal would wait for ever."""
    worker = make_worker("mix")
    open_calls = Calls(connect(autocommit=False))
    drain(open_calls, worker)
    calls.run("set lock_timeout = '1s'")
    assert worker.renew()["is_lost"] is False
    workflow_id = calls.enqueue()
    assert worker.claim_ids(1) == [workflow_id]
    open_calls.conn.commit()
    calls.enqueue()
    assert worker.claim(1) == []


def test_a_worker_that_is_gone_is_refused(calls, make_worker):
    worker = make_worker("mix")
    worker.retire()
    with refused("WF003") as detail:
        drain(calls, worker)
    assert detail["worker_id"] == worker.worker_id
    with refused("WF003"):
        calls.call("resume_worker", worker_id=str(uuid.uuid4()))
    with refused("WF002", "worker_id"):
        calls.call("drain_worker", worker_id="gateway 1")


def test_orders_are_forgotten_with_their_workers(calls, clock, make_worker):
    worker, other = make_worker("mix"), make_worker("mix")
    for one in (worker, other):
        drain(calls, one)
    worker.retire()
    for _ in range(2):
        clock.advance(90000)
        calls.run("update workflows.worker set expires_at = 'infinity'")
        calls.maintain()
    orders = calls.rows("select worker_id::text from workflows.drain_order")
    assert orders == [(other.worker_id,)]


@pytest.mark.parametrize("function", ["drain_worker", "resume_worker"])
def test_the_caller_is_a_script_unless_it_says_who(calls, function):
    worker = Worker(calls)
    drain(calls, worker, actor="olaf")
    calls.call(function, worker_id=worker.worker_id)
    assert calls.rows(AUDIT)[-1][2] == "script"
