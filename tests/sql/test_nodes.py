"""Which worker may claim: run_on, active and inactive nodes, draining; and the ping of a renewal."""

import pytest

from tests.calls import Worker, lose
from tests.sql.test_notify import heard, listener

__all__ = ["listener"]

WORKER = "select role, is_active, is_draining, project_name, generation from workflows.worker"


@pytest.fixture
def make_node(calls):
    """make_node(is_active, ...): a worker on a gateway."""

    def make(is_active=True, **more):
        role = "master" if is_active else "backup"
        return Worker(calls, node={"role": role, "is_active": is_active, **more})

    return make


def test_an_old_registration_means_an_active_process(calls, make_worker):
    make_worker("mix")
    assert calls.rows(WORKER) == [("process", True, False, None, None)]


def test_a_gateway_says_what_it_is(calls, make_node):
    worker = make_node(False, project_name="plant", generation=7)
    assert calls.rows(WORKER) == [("backup", False, False, "plant", 7)]
    worker.register(node={"role": "master", "is_active": True, "generation": 8})
    assert calls.rows(WORKER) == [("master", True, False, None, 8)]


def test_renewal_keeps_what_it_does_not_name(calls, make_node):
    worker = make_node(False, project_name="plant", generation=7)
    worker.renew()
    assert calls.rows(WORKER) == [("backup", False, False, "plant", 7)]
    worker.renew(role="master", is_active=True, is_draining=True)
    assert calls.rows(WORKER) == [("master", True, True, "plant", 7)]
    worker.renew(is_draining=False)
    assert calls.rows(WORKER) == [("master", True, False, "plant", 7)]


@pytest.mark.parametrize(
    ("run_on", "alone", "beside_an_active_one"),
    [("active", 0, 0), ("any", 1, 1), ("prefer_active", 1, 0)],
)
def test_run_on(calls, make_node, run_on, alone, beside_an_active_one):
    calls.set_queue(run_on=run_on)
    standby = make_node(False)
    calls.enqueue("mix")
    calls.enqueue("mix")
    assert len(standby.claim(1)) == alone
    active = make_node(True)
    assert len(standby.claim(1)) == beside_an_active_one
    assert len(active.claim(2)) == 2 - alone - beside_an_active_one


def test_an_active_worker_that_drains_ends_or_is_late_is_not_preferred(calls, make_node, clock):
    calls.set_queue(run_on="prefer_active")
    standby = make_node(False)
    for _ in range(4):
        calls.enqueue("mix")
    make_node(True).retire()
    assert len(standby.claim(1)) == 1
    drains = make_node(True)
    assert standby.claim(1) == []
    drains.renew(is_draining=True)
    assert len(standby.claim(1)) == 1
    make_node(True)
    assert standby.claim(1) == []
    clock.advance(21)
    assert len(standby.claim(1)) == 1


def test_an_active_worker_of_another_queue_is_not_preferred(calls, make_node):
    calls.call("create_queue", queue_name="other", options={"run_on": "prefer_active"})
    calls.set_queue(run_on="prefer_active")
    standby = Worker(calls, queues=("default", "other"), node={"is_active": False})
    make_node(True)
    for queue_name in ("default", "other"):
        calls.enqueue("mix", queue_name=queue_name)
    assert [c["queue"] for c in standby.claim(2)] == ["other"]


def test_failover_and_back(calls, make_node, clock):
    """The lease decides: the standby works once the active one is lost, and stops when it is back."""
    calls.set_queue(run_on="active")
    first, second = make_node(True), make_node(False)
    workflow_id = calls.enqueue("mix")
    claimed = first.claim_one()
    lose(clock, calls, second)
    assert second.claim(1) == []
    second.renew(is_active=True, role="master")
    assert second.claim_ids(1) == [workflow_id]
    assert first.finish(claimed) == "WF001"
    second.renew(is_active=False, role="backup")
    calls.enqueue("mix")
    assert second.claim(1) == []


def test_what_an_inactive_worker_runs_it_finishes(calls, make_node):
    worker = make_node(True)
    calls.enqueue("mix")
    claimed = worker.claim_one()
    worker.renew(claimed, is_active=False)
    worker.record(claimed, "weigh", output=1)
    assert worker.finish(claimed) == "ok"


def test_a_draining_worker_claims_nothing_and_a_resend_still_answers(calls, make_node):
    worker = make_node(True)
    workflow_id = calls.enqueue("mix")
    calls.enqueue("mix")
    claimed = worker.claim_one()
    worker.renew(claimed, is_draining=True)
    assert worker.claim(1) == []
    reply = worker.claim_reply(1, request_no=1, is_resend=True)
    assert [c["w"] for c in reply["workflows"]] == [workflow_id]


def test_who_may_not_claim_is_not_marked_idle(calls, make_node):
    """Nobody is woken by each enqueue only to find that it may not work."""
    worker = make_node(False)
    assert worker.claim_reply(1, may_idle=True)["idle"] is False
    calls.set_queue(run_on="any")
    assert worker.claim_reply(1, may_idle=True)["idle"] is True
    worker.renew(is_draining=True)
    assert worker.claim_reply(1, may_idle=True, is_idle=True)["idle"] is False
    locks = (
        "select count(*) from pg_locks l join pg_database d on d.oid = l.database"
        " where l.locktype = 'advisory' and d.datname = current_database()"
    )
    assert calls.value(locks) == 0


@pytest.mark.session
@pytest.mark.parametrize(("ping", "told"), [(True, 1), (False, 0), (None, 0)])
def test_ping(make_worker, listener, ping, told):
    worker = make_worker("mix")
    assert worker.renew(ping=ping)["is_lost"] is False
    assert heard(listener) == [f"p:{worker.worker_id}"] * told


@pytest.mark.session
def test_a_lost_worker_is_not_pinged(make_worker, listener):
    worker = make_worker("mix")
    worker.retire()
    assert worker.renew(ping=True) == {"is_lost": True}
    assert heard(listener) == []
