"""The notify gate: a notification only while somebody is idle, and then always."""

import pytest

from tests.calls import Calls
from tests.waiting import wait_until

pytestmark = pytest.mark.session


@pytest.fixture
def listener(connect, schema):
    conn = connect()
    conn.execute(f"listen {schema}_wake")
    return conn


def heard(listener):
    listener.execute("select 1")
    return [n.payload for n in listener.notifies(timeout=0.05)]


@pytest.fixture
def idle(connect, make_worker):
    worker = make_worker("mix", calls=Calls(connect()))
    assert worker.claim_reply(1, may_idle=True)["idle"] is True
    return worker


def test_nobody_idle_nothing_is_sent(calls, make_worker, listener):
    make_worker("mix").claim(1)
    calls.enqueue("mix")
    assert heard(listener) == []


def test_d28_an_idle_worker_is_told(calls, idle, listener):
    calls.enqueue("mix")
    assert heard(listener) == ["1"]


def test_a_worker_that_got_work_is_not_idle(calls, idle, listener):
    calls.enqueue("mix")
    heard(listener)
    reply = idle.claim_reply(1, may_idle=True, is_idle=True)
    assert (len(reply["workflows"]), reply["idle"]) == (1, False)
    calls.enqueue("mix")
    assert heard(listener) == []


def test_an_idle_worker_is_told_when_its_queue_may_give_out_more(
    calls, connect, make_worker, listener, clock
):
    clock.freeze()
    calls.set_queue(rate_limit=1, rate_seconds=10)
    calls.enqueue_many(*[{"workflow_name": "mix"}] * 2)
    worker = make_worker("mix", calls=Calls(connect()))
    assert len(worker.claim(2)) == 1
    assert worker.claim_reply(1, may_idle=True)["idle"] is True
    heard(listener)
    calls.maintain()
    assert heard(listener) == []
    clock.advance(10)
    calls.maintain()
    assert heard(listener) == ["1"]


def test_a_poller_takes_no_lock(calls, make_worker, listener):
    assert make_worker("mix").claim_reply(1, may_idle=False)["idle"] is False
    calls.enqueue("mix")
    assert heard(listener) == []


def test_the_idle_mark_dies_with_its_session(calls, idle, listener):
    idle.calls.conn.close()
    assert calls.enqueue("mix")
    locks = (
        "select count(*) from pg_locks l join pg_database d on d.oid = l.database"
        " where l.locktype = 'advisory' and d.datname = current_database()"
    )
    wait_until(lambda: calls.value(locks) == 0, "the lock to go")
    calls.enqueue("mix")
    assert heard(listener)[1:] == []


@pytest.mark.parametrize("event", ["resume", "unpause", "timer", "retry", "limit", "batch"])
def test_whatever_makes_work_claimable_tells(calls, connect, make_worker, listener, clock, event):
    options = {"delay_seconds": 5} if event == "timer" else {}
    workflow_id = calls.enqueue("mix", **options) if event != "batch" else None
    before = {"resume": "HOLD", "retry": "CANCEL"}
    if event in before:
        calls.command(workflow_id, before[event])
    if event == "unpause":
        calls.call("pause_queue", queue_name="default")
    if event == "limit":
        calls.set_queue(max_running=0)
    worker = make_worker("mix", calls=Calls(connect()))
    assert worker.claim_reply(1, may_idle=True)["idle"] is True
    heard(listener)
    if event == "resume":
        calls.command(workflow_id, "RESUME")
    elif event == "retry":
        calls.retry(workflow_id)
    elif event == "unpause":
        calls.call("resume_queue", queue_name="default")
    elif event == "limit":
        calls.set_queue(max_running=1)
    elif event == "timer":
        clock.advance(6)
        calls.maintain()
    else:
        calls.enqueue_many({"workflow_name": "mix"}, {"workflow_name": "mix"})
    assert "1" in heard(listener)
    assert len(worker.claim(1, is_idle=True)) == 1
