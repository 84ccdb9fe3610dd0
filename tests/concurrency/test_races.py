"""Two writers of one workflow: who comes second sees what the first did."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.calls import statement
from tests.concurrency.conftest import second
from tests.waiting import Background, wait_until, wait_until_blocked


@pytest.fixture
def worker(make_worker):
    return make_worker("mix")


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_two_claims_never_get_the_same_workflow(
    calls, worker, make_worker, open_session, without, is_guarded
):
    """The first has not committed; the second passes by without waiting."""
    if not is_guarded:
        without("take_ready", "limit q.wanted for update skip locked", "limit q.wanted")
    ids = [calls.enqueue("mix") for _ in range(4)]
    worker.claim(0)
    first = second(worker, open_session())
    got = first.claim_ids(2)
    other = make_worker("mix", calls=open_session())
    other.calls.conn.commit()
    if not is_guarded:
        other.calls.conn.execute("set lock_timeout = '50ms'")
        with pytest.raises(Exception, match="lock timeout"):
            other.claim_ids(2)
        return
    assert got == ids[:2]
    assert other.claim_ids(2) == ids[2:]
    first.calls.conn.commit()
    other.calls.conn.commit()
    assert calls.value("select count(distinct lease_token) from workflows.lease") == 4


@pytest.mark.parametrize("max_running", [None, 4])
def test_a_claim_that_finds_only_locked_work_is_told_to_come_back(
    calls, worker, make_worker, open_session, max_running
):
    """Another claim may not have committed yet: coming back short does not mean that there is no more."""
    calls.call("set_queue", queue_name="default", options={"max_running": max_running})
    ids = [calls.enqueue("mix") for _ in range(2)]
    worker.claim(0)
    first = second(worker, open_session())
    assert first.claim_ids(1) == ids[:1]
    other = make_worker("mix")
    reply = other.claim_reply(4, may_idle=True)
    got = [one["w"] for one in reply["workflows"]]
    assert (got, reply["retry_ms"]) == ([] if max_running else ids[1:], 5)
    assert not reply["idle"]
    first.calls.conn.commit()
    reply = other.claim_reply(4, may_idle=True)
    assert ("retry_ms" in reply and reply["retry_ms"], reply["idle"]) == (None, True)


@pytest.mark.parametrize("command", ["CANCEL", "HOLD", "STOP"])
def test_claim_first_then_command(calls, worker, open_session, session, blocked, command):
    """The order waits for the claim to commit, then asks the running workflow."""
    workflow_id = calls.enqueue("mix")
    worker.claim(0)
    claimer = second(worker, open_session())
    claimed = claimer.claim_one()
    order = blocked(session(), *statement("send_command", workflow_id=workflow_id, command=command))
    claimer.calls.conn.commit()
    order.outcome()
    assert calls.status(workflow_id) == "RUNNING"
    assert worker.renew(claimed)["controls"] == [[workflow_id, claimed["t"], command.lower()]]


@pytest.mark.parametrize("command", ["CANCEL", "HOLD", "STOP"])
def test_command_first_then_claim(calls, worker, open_session, command):
    """Finding 4: an order in an open transaction is passed by, not waited for."""
    workflow_id, other = calls.enqueue("mix"), calls.enqueue("mix")
    operator = open_session()
    operator.command(workflow_id, command)
    assert worker.claim_ids(5) == [other]
    operator.conn.commit()
    assert worker.claim(5) == []


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_finding_5_a_zombie_cannot_record(
    calls, worker, open_session, session, without, conn, is_guarded
):
    """A reclaim that has not committed: the record waits for it and is refused."""
    if not is_guarded:
        without("record_steps", "for key share of l")
    calls.enqueue("mix")
    claimed = worker.claim_one()
    reclaimer = open_session()
    reclaimer.call("retire_worker", worker_id=worker.worker_id)
    zombie = Background(
        session().conn, *statement("record_steps", **worker.record_arguments(claimed, "weigh"))
    )
    if is_guarded:
        wait_until_blocked(conn, zombie.pid)
    else:
        wait_until(lambda: not zombie.is_running, "the zombie to be done")
    reclaimer.conn.commit()
    ((answer,),) = zombie.outcome()
    steps = calls.steps(claimed["w"])
    if is_guarded:
        assert '"WF001"' in answer
        assert steps == []
    else:
        assert answer is None
        assert len(steps) == 1


def test_finding_5_reclaim_passes_by_a_record_in_progress(calls, worker, open_session, clock):
    calls.enqueue("mix")
    claimed = worker.claim_one()
    recorder = second(worker, open_session())
    assert recorder.record(claimed) is None
    for _ in range(14):
        clock.advance(2)
        calls.maintain()
    assert calls.status(claimed["w"]) == "RUNNING"
    recorder.calls.conn.commit()
    clock.advance(2)
    calls.maintain()
    assert calls.status(claimed["w"]) == "ENQUEUED"
    assert len(calls.steps(claimed["w"])) == 1


@pytest.mark.parametrize("command", ["CANCEL", "HOLD", "STOP"])
def test_a_record_and_a_command_do_not_wait_for_each_other(
    calls, worker, open_session, session, command
):
    calls.enqueue("mix")
    claimed = worker.claim_one()
    recorder = second(worker, open_session())
    assert recorder.record(claimed, "a") is None
    assert session().command(claimed["w"], command)["outcome"] == "accepted"
    assert recorder.record(claimed, "b")["c"] == command.lower()
    recorder.calls.conn.commit()
    operator = open_session()
    operator.command(claimed["w"], "STOP")
    assert worker.record(claimed, "c")["a"] == "recorded"


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_the_fence_of_finish(calls, worker, open_session, session, without, is_guarded):
    """The lease was taken back and given out again: the old token ends nothing."""
    if not is_guarded:
        without(
            "finish_workflows",
            "l.workflow_id = any (array[a.w]) and l.lease_token = a.t",
            "l.workflow_id = any (array[a.w])",
        )
    calls.enqueue("mix")
    old = worker.claim_one()
    worker.finish(old, "released")
    worker.claim_one()
    answer = worker.finish(old, result="old")
    if is_guarded:
        assert answer == "WF001"
        assert calls.status(old["w"]) == "RUNNING"
    else:
        assert calls.get(old["w"])["result"] == "old"


@pytest.mark.parametrize("outcome", ["success", "error"])
def test_finish_against_a_reclaim_in_progress(calls, worker, open_session, outcome):
    """It does not wait: busy, and once the reclaim has committed nothing of it counts."""
    calls.enqueue("mix")
    claimed = worker.claim_one()
    reclaimer = open_session()
    reclaimer.call("retire_worker", worker_id=worker.worker_id)
    assert worker.finish(claimed, outcome) == "busy"
    reclaimer.conn.commit()
    answer = worker.finish(claimed, outcome)
    assert answer == "WF001" or outcome == "error"
    found = calls.get(claimed["w"])
    assert (found["status"], found["failure_count"]) == ("ENQUEUED", 0)


def test_reclaim_against_a_finish_in_progress(calls, worker, open_session):
    calls.enqueue("mix")
    claimed = worker.claim_one()
    finisher = second(worker, open_session())
    assert finisher.finish(claimed) == "ok"
    assert worker.retire() == {"released": 0}
    finisher.calls.conn.commit()
    assert calls.status(claimed["w"]) == "SUCCESS"


def test_finding_4_a_command_in_an_open_transaction_makes_one_element_busy(
    calls, worker, open_session
):
    for _ in range(2):
        calls.enqueue("mix")
    first, other = worker.claim(2)
    operator = open_session()
    operator.command(first["w"], "HOLD")
    outcomes = [{"w": c["w"], "t": c["t"], "outcome": "success"} for c in (first, other)]
    answers = calls.call("finish_workflows", **worker.finish_arguments(*outcomes))
    assert answers == [{"n": 0, "a": "busy"}]
    assert calls.status(other["w"]) == "SUCCESS"
    operator.conn.commit()
    assert worker.finish(first) == "ok"
    assert calls.status(first["w"]) == "SUCCESS"


@pytest.mark.parametrize(
    ("outcome", "status", "told"),
    [("success", "SUCCESS", "rejected"), ("suspend", "HELD", "accepted")],
)
def test_command_after_a_finish_in_progress(
    calls, worker, open_session, session, blocked, outcome, status, told
):
    """Appendix D: the order waits for the outcome and is decided on what it finds then."""
    calls.enqueue("mix")
    claimed = worker.claim_one()
    worker.record(claimed, "nap", kind="sleep", status="WAITING", seconds=60)
    finisher = second(worker, open_session())
    finisher.finish(claimed, outcome, k="nap")
    order = blocked(session(), *statement("send_command", workflow_id=claimed["w"], command="HOLD"))
    finisher.calls.conn.commit()
    assert f'"{told}"' in order.outcome()[0][0]
    assert calls.status(claimed["w"]) == status


def test_finding_14_a_timer_against_a_command(calls, worker, open_session, clock):
    """Whoever locks the parked row first wins; the other finds what it left."""
    calls.enqueue("mix")
    claimed = worker.claim_one()
    worker.record(claimed, "nap", kind="sleep", status="WAITING", seconds=5)
    worker.finish(claimed, "suspend", k="nap")
    clock.advance(6)
    operator = open_session()
    operator.command(claimed["w"], "HOLD")
    assert calls.maintain()["did"]["due"] == 0
    operator.conn.commit()
    calls.maintain()
    assert calls.status(claimed["w"]) == "HELD"


def test_a_worker_declared_lost_while_it_claims(calls, worker, open_session, clock):
    """The claim holds its worker's row: the worker is lost a turn later, leases and all."""
    calls.enqueue("mix")
    claimer = second(worker, open_session())
    claimed = claimer.claim_one()
    for _ in range(14):
        clock.advance(2)
        calls.maintain()
    claimer.calls.conn.commit()
    clock.advance(2)
    calls.maintain()
    assert calls.status(claimed["w"]) == "ENQUEUED"


def test_f46_fifty_callers_with_one_id(calls, session):
    """One row; every caller gets the same id."""
    sessions = [session() for _ in range(8)]

    def ask(one):
        return [one.enqueue("mix", deduplication_id="x") for _ in range(6)]

    with ThreadPoolExecutor(8) as pool:
        answers = {i for ids in pool.map(ask, sessions) for i in ids}
    assert len(answers) == 1
    assert calls.value("select count(*) from workflows.ready") == 1


def test_f46_the_loser_waits_for_the_winner(calls, open_session, session, blocked):
    winner = open_session()
    first = winner.enqueue("mix", deduplication_id="x")
    arguments = {"workflow_name": "mix", "options": {"deduplication_id": "x"}}
    loser = blocked(session(), *statement("enqueue", **arguments))
    winner.conn.commit()
    assert loser.outcome() == [(first,)]
    winner.enqueue("other", deduplication_id="x")
    again = blocked(session(), *statement("enqueue", **{**arguments, "workflow_name": "other"}))
    winner.conn.rollback()
    assert calls.get(again.outcome()[0][0])["status"] == "ENQUEUED"
