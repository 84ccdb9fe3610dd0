"""Finish and record: the fence, the tries, the waits, replay."""

import uuid

import pytest

from tests.calls import lose

RETRY = {
    "max_attempts": 3,
    "interval_seconds": 10,
    "backoff_rate": 2,
    "max_interval_seconds": 15,
}
ERROR = {"class": "OSError", "message": "no air", "traceback": "line 3"}


def stale(claimed):
    return {"w": claimed["w"], "t": str(uuid.uuid4())}


def test_success_keeps_the_result(calls, worker, claimed):
    assert worker.finish(claimed, result={"kg": 5}) == "ok"
    found = calls.get(claimed["w"])
    assert (found["status"], found["state"], found["result"]) == ("SUCCESS", "COMPLETE", {"kg": 5})
    assert calls.hot_rows(claimed["w"]) == []


def test_sanitised_results_are_flagged(calls, worker, claimed):
    worker.finish(claimed, result="\ufffd", is_sanitised=True)
    assert calls.get(claimed["w"])["is_sanitised"] is True


def test_d22_a_stale_token_changes_nothing(calls, worker, claimed):
    before = calls.get(claimed["w"])
    assert worker.record(stale(claimed))["a"] == "WF001"
    for outcome in ("success", "error", "suspend", "released", "held", "stopped", "cancelled"):
        assert worker.finish(stale(claimed), outcome) == "WF001"
    assert calls.get(claimed["w"]) == before
    assert calls.steps(claimed["w"]) == []
    assert worker.finish(claimed) == "ok"


def test_d7_finishing_again_with_the_same_outcome_answers_as_before(calls, worker, claimed):
    """A worker that lost the reply at the end asks again and nothing is lost."""
    for _ in range(3):
        assert worker.finish(claimed, result=1) == "ok"
    assert worker.fail(claimed) == "WF004"
    assert calls.get(claimed["w"])["result"] == 1


def test_error_twice(calls, worker, claimed):
    assert worker.fail(claimed) == "ok"
    assert worker.fail(claimed) == "ok"
    assert worker.finish(claimed) == "WF004"
    assert calls.get(claimed["w"])["failure_count"] == 1


def test_finding_11_batch_mates_of_a_refused_outcome_are_taken(calls, worker):
    for _ in range(3):
        calls.enqueue("mix")
    first, second, third = worker.claim(3)
    outcomes = [
        {"w": first["w"], "t": first["t"], "outcome": "success"},
        {**stale(second), "outcome": "success"},
        {"w": third["w"], "t": third["t"], "outcome": "error", "error": ERROR},
    ]
    answers = calls.call("finish_workflows", **worker.finish_arguments(*outcomes))
    assert answers == [{"n": 1, "a": "WF001"}]
    assert [calls.status(c["w"]) for c in (first, second, third)] == ["SUCCESS", "RUNNING", "ERROR"]


def test_d8_errors_keep_class_message_and_traceback(calls, worker, claimed):
    error = {"class": "ValueError", "message": "68 \u00b0F", "traceback": "t" * 20000}
    worker.finish(claimed, "error", error=error)
    found = calls.get(claimed["w"])
    assert found["error"]["message"] == "68 \u00b0F"
    assert len(found["error"]["traceback"]) == 8192
    assert found["reason"] == "ValueError: 68 \u00b0F"


# Workflow tries ---------------------------------------------------------------------------------


def test_tries_with_backoff_within_bounds(calls, clock, make_worker):
    clock.freeze()
    policy = {"max_attempts": 5, "backoff_seconds": 10, "backoff_rate": 3}
    worker = make_worker("mix", **policy, max_backoff_seconds=60)
    workflow_id = calls.enqueue("mix")
    for most in (10, 30, 60, 60):
        assert worker.fail(worker.claim_one()) == "ok"
        found = calls.get(workflow_id)
        assert (found["status"], found["error"]["class"]) == ("DELAYED", "ValueError")
        query = """select extract(epoch from due_at - workflows.clock_now())::float8
          from workflows.parked"""
        assert 0 <= calls.value(query) <= most
        assert worker.claim(1) == []
        clock.advance(most)
        calls.maintain()
    assert worker.fail(worker.claim_one()) == "ok"
    assert calls.get(workflow_id) | {"status": "ERROR", "failure_count": 5, "attempt": 5}
    assert calls.status(workflow_id) == "ERROR"
    assert calls.rows("select error_class, failure_count from workflows.dead_letter") == [
        ("ValueError", 5)
    ]


def test_full_jitter_spreads(calls):
    query = "select workflows.backoff_seconds(3, 10, 2, 3600) from generate_series(1, 200)"
    waits = [w for (w,) in calls.rows(query)]
    assert 0 <= min(waits) < 5
    assert 35 < max(waits) <= 40


def test_backoff_never_overflows(calls):
    assert calls.value("select workflows.backoff_seconds(100000, 1, 1000, 3600)") <= 3600


def test_max_attempts_of_the_caller_wins(calls, make_worker):
    worker = make_worker("mix", max_attempts=5)
    workflow_id = calls.enqueue("mix", max_attempts=1)
    worker.fail(worker.claim_one())
    assert calls.status(workflow_id) == "ERROR"


def test_retry_keeps_successes_and_forgets_failures(calls, worker, claimed):
    assert worker.record(claimed, "good", output=1) is None
    assert worker.record(claimed, "bad", status="ERROR", error=ERROR) is None
    worker.fail(claimed)
    assert calls.retry(claimed["w"], actor="anna")["outcome"] == "accepted"
    found = calls.get(claimed["w"])
    assert (found["status"], found["failure_count"], found["error"]) == ("ENQUEUED", 0, None)
    assert [s["step_key"] for s in calls.steps(claimed["w"])] == ["good"]
    assert calls.rows("select from workflows.dead_letter") == []
    assert worker.finish(worker.claim_one()) == "ok"


def test_retry_of_one_that_was_not_started_in_time(calls, clock, worker):
    soon = calls.value("select to_json(workflows.clock_now() + interval '5 seconds')")
    workflow_id = calls.enqueue("mix", start_before=soon)
    clock.advance(6)
    calls.maintain()
    calls.retry(workflow_id)
    calls.maintain()
    assert worker.claim_ids(1) == [workflow_id]


# Timeout ----------------------------------------------------------------------------------------


def test_d20_a_result_in_time_or_not_is_recorded(calls, clock, make_worker):
    """Timeout counts from the first start; what was computed is kept."""
    worker = make_worker("mix", timeout_seconds=10)
    workflow_id = calls.enqueue("mix")
    clock.advance(100)
    claimed = worker.claim_one()
    assert 9000 < claimed["deadline_ms"] <= 10000
    clock.advance(11)
    calls.maintain()
    assert worker.renew(claimed)["controls"][0][2] == "timeout"
    assert calls.get(workflow_id)["state"] == "CANCELLING"
    assert worker.finish(claimed, result=5) == "ok"
    assert calls.status(workflow_id) == "SUCCESS"


@pytest.mark.parametrize("outcome", ["cancelled", "error", "suspend", "released", "held"])
def test_d23_after_the_timeout_it_ends_cancelled(calls, clock, make_worker, outcome):
    worker = make_worker("mix", timeout_seconds=10)
    workflow_id = calls.enqueue("mix")
    claimed = worker.claim_one()
    clock.advance(11)
    calls.maintain()
    assert worker.finish(claimed, outcome, k="nap", error=ERROR) == "ok"
    found = calls.get(workflow_id)
    assert (found["status"], found["reason"]) == ("CANCELLED", "timeout")


def test_timeout_while_waiting(calls, clock, make_worker):
    worker = make_worker("mix", timeout_seconds=10)
    workflow_id = calls.enqueue("mix")
    claimed = worker.claim_one()
    worker.record(claimed, "nap", kind="sleep", status="WAITING", seconds=1000)
    worker.finish(claimed, "suspend", k="nap")
    clock.advance(11)
    calls.maintain()
    assert calls.get(workflow_id)["reason"] == "timeout"


def test_time_held_does_not_count(calls, clock, make_worker):
    worker = make_worker("mix", timeout_seconds=10)
    workflow_id = calls.enqueue("mix")
    claimed = worker.claim_one()
    clock.advance(4)
    calls.command(workflow_id, "HOLD")
    assert worker.finish(claimed, "held") == "ok"
    clock.advance(1000)
    calls.maintain()
    assert calls.status(workflow_id) == "HELD"
    calls.command(workflow_id, "RESUME")
    worker = make_worker("mix", timeout_seconds=10)
    assert 5000 < worker.claim_one()["deadline_ms"] <= 6000


@pytest.mark.parametrize("outcome", ["success", "error", "suspend", "released", "held", "stopped"])
def test_d22_after_a_reclaim_and_before_the_next_claim_the_old_token_is_refused(
    calls, make_worker, clock, outcome
):
    worker = make_worker(max_attempts=3)
    calls.enqueue()
    claimed = worker.claim_one()
    lose(clock, calls)
    assert worker.finish(claimed, outcome, error={"class": "ValueError"}) == "WF001"
