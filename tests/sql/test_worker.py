"""Claim, renew, lose, release: who works on what, and what becomes of it when the worker goes."""

import uuid

import pytest

from tests.calls import lose, refused


def test_a_claim_moves_to_running_and_hands_out_a_token(calls, make_worker):
    workflow_id = calls.enqueue("mix", {"kg": 1})
    claimed = make_worker("mix").claim_one()
    assert (claimed["w"], claimed["inputs"], claimed["attempt"]) == (workflow_id, {"kg": 1}, 1)
    assert claimed["started"] is True
    found = calls.get(workflow_id)
    assert (found["status"], found["state"]) == ("RUNNING", "RUNNING")
    assert calls.hot_rows(workflow_id) == ["lease"]


def test_resend_of_a_claim_answers_the_same(calls, make_worker):
    for _ in range(3):
        calls.enqueue("mix")
    worker = make_worker("mix")
    first = worker.claim_reply(2, request_no=7)
    again = worker.claim_reply(2, request_no=7, is_resend=True)
    assert again["workflows"] == first["workflows"]
    assert len(worker.claim(5)) == 1


def test_finding_1_prefetch_only_where_it_harms_nobody(calls, make_worker):
    calls.call("create_queue", queue_name="limited", options={"max_running": 5})
    worker = make_worker("mix", queues=("default", "limited"))
    careful = make_worker("careful", on_worker_lost="hold")
    for _ in range(4):
        calls.enqueue("mix")
        calls.enqueue("mix", queue_name="limited")
        calls.enqueue("careful")
        calls.enqueue("mix", partition_key=str(uuid.uuid4()))
        calls.enqueue("mix", on_worker_lost="fail")
    claimed = worker.claim(1, prefetch=20)
    ahead = [c for c in claimed if not c["started"]]
    assert len(claimed) - len(ahead) == 1
    for one in ahead:
        found = calls.get(one["w"])
        assert (found["queue_name"], found["partition_key"]) == ("default", None)
        assert found["state"] == "STARTING"
    assert len(careful.claim(1, prefetch=20)) == 1


def test_work_claimed_ahead_is_not_blamed_when_the_worker_dies(calls, make_worker, clock):
    """Finding 1: neither an attempt nor a reclaim is counted for what never started."""
    calls.enqueue("mix", timeout_seconds=100)
    calls.enqueue("mix", timeout_seconds=100)
    started, ahead = make_worker("mix").claim(1, prefetch=1)
    lose(clock, calls)
    assert calls.get(started["w"])["reclaim_count"] == 1
    found = calls.get(ahead["w"])
    assert (found["reclaim_count"], found["failure_count"]) == (0, 0)
    assert (found["started_at"], found["deadline_at"], found["state"]) == (None, None, "IDLE")


def test_the_time_of_work_claimed_ahead_counts_from_its_start(calls, make_worker, clock):
    worker = make_worker("mix")
    for _ in range(2):
        calls.enqueue("mix", timeout_seconds=10)
    first, ahead = worker.claim(1, prefetch=1)
    assert worker.finish(first) == "ok"
    for _ in range(8):
        clock.advance(2)
        calls.maintain()
        worker.renew(ahead)
    assert calls.get(ahead["w"])["state"] == "STARTING"
    worker.renew(ahead, started=[ahead["w"]])
    clock.advance(8)
    calls.maintain()
    assert calls.get(ahead["w"])["state"] == "RUNNING"
    clock.advance(4)
    calls.maintain()
    assert calls.get(ahead["w"])["state"] == "CANCELLING"


def test_a_worker_claims_only_its_queues(calls, make_worker):
    calls.call("create_queue", queue_name="other")
    calls.enqueue("mix", queue_name="other")
    assert make_worker("mix").claim(5) == []
    assert len(make_worker("mix", queues=("other",)).claim(5)) == 1


def test_d2_d3_a_lost_worker_gives_everything_back(calls, make_worker, clock):
    """The next worker continues it, and the key that it held is not stuck."""
    dead, alive = make_worker("mix"), make_worker("mix")
    workflow_id = calls.enqueue("mix", partition_key="unit 1")
    waiting = calls.enqueue("mix", partition_key="unit 1")
    claimed = dead.claim_one()
    assert dead.record(claimed, "weigh", output=5) is None
    lose(clock, calls, alive)
    again = alive.claim(5)
    assert [c["w"] for c in again] == [workflow_id]
    assert again[0]["steps"][0] | {"k": "weigh", "output": 5} == again[0]["steps"][0]
    assert alive.finish(again[0]) == "ok"
    assert alive.claim_ids(5) == [waiting]
    found = calls.get(workflow_id)
    assert (found["reclaim_count"], found["failure_count"], found["attempt"]) == (1, 0, 2)


@pytest.mark.parametrize("by", ["definition", "option"])
@pytest.mark.parametrize(
    ("policy", "status"), [("retry", "ENQUEUED"), ("hold", "HELD"), ("fail", "ERROR")]
)
def test_on_worker_lost(calls, make_worker, clock, policy, status, by):
    definition = {"on_worker_lost": policy} if by == "definition" else {}
    worker = make_worker("mix", **definition)
    workflow_id = calls.enqueue("mix", **({} if by == "definition" else {"on_worker_lost": policy}))
    worker.claim_one()
    lose(clock, calls)
    found = calls.get(workflow_id)
    assert found["status"] == status
    if policy != "retry":
        assert found["reason"] == "worker lost"
    if policy == "hold":
        assert calls.command(workflow_id, "RESUME")["outcome"] == "accepted"
        assert make_worker("mix").claim_ids(1) == [workflow_id]
    if policy == "fail":
        assert calls.rows("select workflow_id from workflows.dead_letter") == [(workflow_id,)]


@pytest.mark.parametrize(
    ("policy", "outcome"), [("retry", "obeyed"), ("hold", "obeyed"), ("fail", "overtaken")]
)
def test_a_hold_that_meets_a_lost_worker_is_answered(calls, make_worker, clock, policy, outcome):
    worker = make_worker("mix", on_worker_lost=policy)
    workflow_id = calls.enqueue("mix")
    worker.claim_one()
    calls.command(workflow_id, "HOLD")
    lose(clock, calls)
    assert calls.status(workflow_id) == ("ERROR" if policy == "fail" else "HELD")
    assert calls.value("select outcome from workflows.command_log") == outcome


@pytest.mark.parametrize(
    ("command", "status"), [("STOP", "STOPPED"), ("CANCEL", "CANCELLED"), ("HOLD", "HELD")]
)
def test_a_command_comes_before_the_reclaim(calls, make_worker, clock, command, status):
    workflow_id = calls.enqueue("mix")
    make_worker("mix").claim_one()
    calls.command(workflow_id, command)
    lose(clock, calls)
    assert calls.status(workflow_id) == status


def test_max_reclaims(calls, make_worker, clock):
    calls.set_setting("max_reclaims", 2)
    workflow_id = calls.enqueue("mix")
    for _ in range(3):
        assert make_worker("mix").claim_ids(1) == [workflow_id]
        lose(clock, calls)
    found = calls.get(workflow_id)
    assert (found["status"], found["reason"]) == ("ERROR", "worker lost 3 times")
    assert calls.retry(workflow_id)["outcome"] == "accepted"
    assert calls.get(workflow_id)["reclaim_count"] == 0


def test_finding_7_an_outage_longer_than_the_lease_loses_nobody(calls, make_worker, clock):
    worker = make_worker("mix")
    workflow_id = calls.enqueue("mix")
    claimed = worker.claim_one()
    calls.maintain()
    clock.advance(600)
    calls.maintain()
    assert worker.renew(claimed)["is_lost"] is False
    assert worker.finish(claimed) == "ok"
    assert calls.get(workflow_id)["reclaim_count"] == 0


def test_but_a_worker_that_stays_away_is_lost_after_one_more_lease(calls, make_worker, clock):
    worker = make_worker("mix")
    workflow_id = calls.enqueue("mix")
    claimed = worker.claim_one()
    clock.advance(600)
    lose(clock, calls)
    assert calls.status(workflow_id) == "ENQUEUED"
    assert worker.renew(claimed) == {"is_lost": True}
    with refused("WF001"):
        worker.claim(1)
    with refused("WF001"):
        make_worker("mix", worker_id=worker.worker_id)


def test_finding_6_a_lease_its_worker_does_not_know_is_released(calls, make_worker, clock):
    """D6: a claim whose reply was lost does not run for ever."""
    worker = make_worker("mix")
    calls.enqueue("mix")
    calls.enqueue("mix")
    known, unknown = worker.claim(2)
    worker.renew(known)
    assert calls.status(unknown["w"]) == "RUNNING"
    clock.advance(11)
    answer = worker.renew(known)
    assert answer["lost"] == []
    found = calls.get(unknown["w"])
    assert (found["status"], found["reclaim_count"]) == ("ENQUEUED", 0)
    assert calls.status(known["w"]) == "RUNNING"
    assert worker.claim_ids(1) == [unknown["w"]]


def test_renew_names_what_is_lost_and_what_is_commanded(calls, make_worker):
    worker = make_worker("mix")
    calls.enqueue("mix")
    claimed = worker.claim_one()
    stranger = {"w": str(uuid.uuid4()), "t": str(uuid.uuid4())}
    stale = {"w": claimed["w"], "t": str(uuid.uuid4())}
    calls.command(claimed["w"], "HOLD")
    answer = worker.renew(claimed, stranger)
    assert answer["lost"] == [stranger["w"]]
    assert answer["controls"] == [[claimed["w"], claimed["t"], "hold"]]
    assert worker.renew(stale)["lost"] == [claimed["w"]]


def test_retire_releases_without_using_an_attempt(calls, make_worker):
    worker = make_worker("mix")
    workflow_id = calls.enqueue("mix")
    worker.claim_one()
    assert worker.retire() == {"released": 1}
    found = calls.get(workflow_id)
    assert (found["status"], found["reclaim_count"], found["failure_count"]) == ("ENQUEUED", 0, 0)
    with refused("WF001"):
        worker.claim(1)


def test_finish_released_goes_back_without_a_try(calls, make_worker):
    worker = make_worker("mix")
    workflow_id = calls.enqueue("mix")
    assert worker.finish(worker.claim_one(), "released") == "ok"
    found = calls.get(workflow_id)
    assert (found["status"], found["failure_count"]) == ("ENQUEUED", 0)
    assert worker.claim_ids(1) == [workflow_id]


def test_returning_work_goes_before_new_work_of_its_priority(calls, make_worker):
    worker = make_worker("mix")
    first = calls.enqueue("mix")
    claimed = worker.claim_one()
    newer = calls.enqueue("mix")
    worker.finish(claimed, "released")
    assert worker.work_off() == [first, newer]


@pytest.mark.parametrize(("offset", "word"), [(1, "older"), (-1, "newer")])
def test_another_schema_version_says_what_to_do(calls, offset, word):
    version = calls.call("schema_version")
    with refused("WF008") as detail:
        calls.call(
            "register_worker",
            worker_id=str(uuid.uuid4()),
            registration={"schema_version": version + offset, "queues": [], "definitions": []},
        )
    assert detail["schema_version"] == version
    assert word


def test_register_is_idempotent_and_refuses_unknown_queues(calls, make_worker):
    worker = make_worker("mix")
    make_worker("mix", worker_id=worker.worker_id)
    assert calls.value("select count(*) from workflows.worker") == 1
    with refused("WF005", "queues"):
        make_worker("mix", queues=("nowhere",))


def test_d43_a_changed_definition_is_audited(calls, make_worker):
    make_worker("mix", max_attempts=1)
    make_worker("mix", max_attempts=1)
    make_worker("mix", max_attempts=5)
    query = "select detail from workflows.audit where event = 'definitions registered'"
    assert calls.rows(query) == [("mix 1",), ("mix 1",)]
    assert calls.get(calls.enqueue("mix"))["max_attempts"] == 5


def test_finding_16_large_inputs_are_loaded_one_by_one(calls, make_worker):
    worker = make_worker("mix")
    calls.enqueue("mix", "x" * 70000)
    claimed = worker.claim_one()
    assert claimed["is_partial"]
    assert claimed["inputs"] is None
    loaded = calls.call(
        "load_workflow",
        worker_id=worker.worker_id,
        workflow_id=claimed["w"],
        lease_token=claimed["t"],
    )
    assert loaded["inputs"] == "x" * 70000
    with refused("WF001"):
        calls.call(
            "load_workflow",
            worker_id=worker.worker_id,
            workflow_id=claimed["w"],
            lease_token=str(uuid.uuid4()),
        )


@pytest.mark.parametrize(
    "policy, status", [("retry", "ENQUEUED"), ("hold", "HELD"), ("fail", "ERROR")]
)
@pytest.mark.parametrize("is_retired", [True, False], ids=["retired", "unknown"])
def test_a_step_in_doubt_is_not_done_again_because_its_worker_left(
    calls, make_worker, clock, policy, status, is_retired
):
    """The process ended, or its thread died, in the middle of a step: as if it had been lost."""
    worker = make_worker("mix", on_worker_lost=policy)
    between, within = calls.enqueue("mix"), calls.enqueue("mix")
    worker.record(worker.claim_one(), "open valve")
    worker.record(worker.claim_one(), "open valve", status="RUNNING")
    if is_retired:
        worker.retire()
    else:
        clock.advance(11)
        worker.renew()
    assert (calls.status(between), calls.status(within)) == ("ENQUEUED", status)
