"""Limits, keys, marks and wake-ups: exact under races; the controls show that tests can fail."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.calls import SCHEMA, Calls, statement
from tests.concurrency.conftest import second
from tests.waiting import Background, wait_until_blocked

RACERS = 4


def race(workers, count, observe):
    """Every worker claims and finishes in its own thread until `count` are done."""
    done, lock = [], threading.Lock()

    def work(worker):
        while len(done) < count:
            claimed = worker.claim(2)
            with lock:
                observe()
            for one in claimed:
                while worker.finish(one) == "busy":
                    pass
            with lock:
                done.extend(claimed)

    with ThreadPoolExecutor(len(workers)) as pool:
        for finished in [pool.submit(work, w) for w in workers]:
            finished.result(60)
    return [c["w"] for c in done]


@pytest.fixture
def racers(make_worker, session):
    return [make_worker("mix", calls=session()) for _ in range(RACERS)]


def test_max_running_is_exact_under_four_threads(calls, racers):
    calls.set_queue(max_running=3)
    items = [{"workflow_name": "mix"}] * 200
    calls.enqueue_many(*items)
    seen = []
    done = race(
        racers, 200, lambda: seen.append(calls.value("select count(*) from workflows.lease"))
    )
    assert len(set(done)) == len(done) == 200
    assert max(seen) == 3


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_max_running_with_an_open_claim(calls, make_worker, open_session, without, is_guarded):
    """The count is true because claims of a limited queue hold its row."""
    if not is_guarded:
        without("lock_limited", " for no key update skip locked")
    worker = make_worker("mix")
    calls.set_queue(max_running=1)
    for _ in range(3):
        calls.enqueue("mix")
    worker.claim(0)
    first = second(worker, open_session())
    assert len(first.claim(1)) == 1
    reply = worker.claim_reply(3)
    assert len(reply["workflows"]) == (0 if is_guarded else 1)
    first.calls.conn.commit()
    assert calls.value("select count(*) from workflows.lease") == (1 if is_guarded else 2)


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_a_limit_counts_what_is_being_claimed_as_it_is_set(
    calls, make_worker, open_session, session, without, conn, is_guarded
):
    if not is_guarded:
        without("set_queue", "pg_advisory_xact_lock(hashtext('workflows.maintenance'), 0)", "now()")
    worker = make_worker("mix")
    for _ in range(2):
        calls.enqueue("mix")
    worker.claim(0)
    first = second(worker, open_session())
    assert len(first.claim(1)) == 1
    options = {"queue_name": "default", "options": {"max_running": 1}}
    setting = Background(session().conn, *statement("set_queue", **options))
    if is_guarded:
        wait_until_blocked(conn, setting.pid)
    else:
        setting.outcome()
    first.calls.conn.commit()
    setting.outcome()
    assert len(worker.claim(1)) == (0 if is_guarded else 1)


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_two_claims_make_the_same_lane(calls, make_worker, open_session, without, is_guarded):
    """Waiting for each other over several lanes, they could wait for ever."""
    if not is_guarded:
        without(
            "fold_new_lanes", "pg_try_advisory_xact_lock(hashtext('workflows.lanes'), 0)", "true"
        )
    worker = make_worker("mix")
    calls.enqueue("mix")
    first = second(worker, open_session())
    assert len(first.claim(1)) == 1
    calls.enqueue("mix")
    other = second(worker, open_session())
    if is_guarded:
        assert other.claim_reply(1)["retry_ms"] == 5
    else:
        other.calls.run("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.claim(1)
    first.calls.conn.commit()
    assert is_guarded is False or len(other.claim(1)) == 1


@pytest.mark.parametrize("by", ["finish", "claim", "maintenance"])
@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_who_waits_in_a_lane_that_is_being_made_is_not_passed_by(
    calls, make_worker, open_session, session, blocked, without, by, is_guarded
):
    """A claim has made the lane of a better priority and has not committed, as a key is handed over."""
    if not is_guarded:
        without("fold_new_lanes", "return false;", "return true;")
        without(
            "fold_new_lanes", "perform pg_advisory_xact_lock", "perform pg_try_advisory_xact_lock"
        )
    worker = make_worker("mix")
    calls.enqueue("mix", partition_key="k")
    holder = worker.claim_one()
    second_best = calls.enqueue("mix", partition_key="k")
    worker.claim(0)
    best = calls.enqueue("mix", partition_key="k", priority=-10)
    turn = open_session()
    turn.rows("select from workflows.turn for no key update")
    making = second(worker, open_session())
    making.claim(0)
    turn.conn.rollback()
    outcome = {"w": holder["w"], "t": holder["t"], "outcome": "success"}
    finish = statement("finish_workflows", **worker.finish_arguments(outcome))
    if by == "finish" and is_guarded:
        waiting = blocked(session(), *finish)
        making.calls.conn.commit()
        waiting.outcome()
    elif by == "finish":
        calls.conn.execute(*finish)
        making.calls.conn.commit()
    else:
        calls.run("delete from workflows.gate_ticket where is_holder")
        calls.run("insert into workflows.wake (gate_id) select gate_id from workflows.gate_ticket")
        worker.claim(0) if by == "claim" else calls.maintain()
        making.calls.conn.commit()
    assert worker.claim_ids(1) == [best if is_guarded else second_best]


def test_keys_are_exact_and_in_order_under_four_threads(calls, racers):
    calls.run("select workflows.set_queue('default', '{\"history\": \"full\"}')")
    items = [
        {"workflow_name": "mix", "options": {"partition_key": f"unit {n % 5}"}} for n in range(150)
    ]
    ids = [a["workflow_id"] for a in calls.enqueue_many(*items)]
    running = """select max(n) from (select w.partition_key, count(*) as n from workflows.lease l
      join workflows.workflow w on w.workflow_id = l.workflow_id group by 1) k"""
    seen = []
    race(racers, 150, lambda: seen.append(calls.value(running) or 0))
    assert max(seen) == 1
    for unit in range(5):
        order = calls.rows(
            """select w.workflow_id::text from workflows.audit a join workflows.workflow w
            on w.workflow_id = a.workflow_id where w.partition_key = %s and a.event = 'success'
            order by a.audit_id""",
            f"unit {unit}",
        )
        assert [i for (i,) in order] == ids[unit::5]


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_one_holder_per_gate_by_index(calls, make_worker, is_guarded):
    """Whatever hand_over decided, the index refuses a second holder."""
    calls.enqueue("mix", partition_key="k")
    calls.enqueue("mix", partition_key="k")
    make_worker("mix").claim(1)
    if not is_guarded:
        calls.run("drop index workflows.gate_ticket_holder")
    steal = "update workflows.gate_ticket set is_holder = true"
    if is_guarded:
        with pytest.raises(psycopg.errors.UniqueViolation):
            calls.run(steal)
    else:
        calls.run(steal)
        assert calls.value("select count(*) from workflows.gate_ticket where is_holder") == 2


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_finding_8_a_late_commit_below_the_mark_is_found(
    calls, make_worker, open_session, clock, without, is_guarded
):
    """A transaction that stayed open while the mark of its lane moved past its place."""
    if not is_guarded:
        without("run_maintenance", "perform workflows.sweep_lanes();")
    worker = make_worker("mix")
    calls.enqueue("mix")
    worker.work_off()
    late = open_session()
    ids = {late.enqueue("mix") for _ in range(3)}
    calls.run("select setval('workflows.ready_seq', 20000)")
    calls.enqueue("mix")
    worker.work_off()
    assert calls.value("select max(low) from workflows.lane") > 15000
    for _ in range(3):
        clock.advance(1)
        calls.maintain()
    assert calls.value("select max(floor) from workflows.lane") == 0
    late.conn.commit()
    assert worker.claim(5) == []
    clock.advance(1)
    calls.maintain()
    assert set(worker.claim_ids(5)) == (ids if is_guarded else set())


def test_finding_8_the_floor_follows_once_it_is_proven(calls, make_worker, clock):
    worker = make_worker("mix")
    calls.enqueue("mix")
    worker.work_off()
    calls.run("select setval('workflows.ready_seq', 20000)")
    calls.enqueue("mix")
    worker.work_off()
    for _ in range(4):
        clock.advance(1)
        calls.maintain()
    low, floor = calls.rows("select low, floor from workflows.lane order by low desc limit 1")[0]
    assert low == floor > 15000


@pytest.fixture
def listener(connect, schema):
    conn = connect()
    conn.execute(f"listen {schema}_wake")
    return conn


def heard(listener):
    return [n.payload for n in listener.notifies(timeout=0.05)]


def test_idle_first_then_enqueue(calls, make_worker, session, open_session, listener):
    """2.4: the enqueue sees the mark and notifies at its commit."""
    idle = make_worker("mix", calls=session())
    assert idle.claim_reply(1, may_idle=True) == {"workflows": [], "idle": True, "retry_ms": None}
    user = open_session()
    user.enqueue("mix")
    assert heard(listener) == []
    user.conn.commit()
    assert heard(listener) == ["1"]


def test_enqueue_first_then_idle(calls, make_worker, session, open_session, listener):
    """2.4: an enqueue that saw nobody idle is still open; the worker polls until it has ended."""
    user = open_session()
    user.enqueue("mix")
    idle = make_worker("mix", calls=session())
    reply = idle.claim_reply(1, may_idle=True)
    for _ in range(2):
        assert (reply["workflows"], reply["idle"], reply["retry_ms"]) == ([], True, 20)
        reply = idle.claim_reply(1, may_idle=True, is_idle=True)
    user.conn.commit()
    assert heard(listener) == []
    reply = idle.claim_reply(1, may_idle=True, is_idle=True)
    assert len(reply["workflows"]) == 1


@pytest.mark.parametrize("is_asked_late", [False, True])
def test_enqueue_commits_while_a_marked_session_looks(
    calls, make_worker, session, open_session, without, blocked, is_asked_late
):
    """2.4: a session that is marked asks who is in flight before its one look: asked after it, who committed in
    between would be missed."""
    user = open_session()
    user.enqueue("mix")
    idle = make_worker("mix", calls=session())
    idle.claim(1, may_idle=True)
    after_look = "v_is_idle := p_may_idle"
    pause = "perform pg_advisory_lock_shared(99), pg_advisory_unlock_shared(99);"
    ask = "v_is_quiet := workflows.is_quiet(v_all_queues);" if is_asked_late else ""
    without("claim_workflows", after_look, f"{pause} {ask} {after_look}")
    calls.run("select pg_advisory_lock(99)")
    claim = blocked(idle.calls, *idle.claim_statement(1, may_idle=True, is_idle=True))
    user.conn.commit()
    calls.run("select pg_advisory_unlock(99)")
    ((answer,),) = claim.outcome()
    reply = json.loads(answer)
    assert (reply["workflows"], reply["idle"]) == ([], True)
    assert reply["retry_ms"] == (None if is_asked_late else 20)


def test_enqueue_between_the_two_looks_of_a_claim(calls, make_worker, session, open_session):
    """2.4: work that commits while the session marks itself idle is found by the second look."""
    idle = make_worker("mix", calls=session())
    calls.enqueue("mix")
    idle.work_off()
    source = calls.value("select pg_get_functiondef('workflows.mark_idle'::regproc)")
    inner = "v_queue_id integer;\nbegin\n"
    assert inner in source
    enqueue = f"  perform {SCHEMA}.enqueue('mix');\n"
    calls.conn.execute(source.replace(inner, inner + enqueue))
    assert len(idle.claim(1, may_idle=True)) == 1


def test_two_enqueuers_do_not_take_each_other_for_a_worker(calls, open_session, listener):
    one, two = open_session(), open_session()
    one.enqueue("mix")
    two.enqueue("mix")
    one.conn.commit()
    two.conn.commit()
    assert heard(listener) == []
    assert isinstance(one, Calls)
