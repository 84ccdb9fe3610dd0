"""Another try of a workflow, and what of its steps it runs again."""

import pytest

from tests.calls import refused
from tests.sql.situations import Situation


def fail_at(worker, claimed, step_key, **record):
    """The step fails for good and its error ends the try."""
    worker.record(claimed, step_key, status="ERROR", error={"class": "ValueError"}, **record)
    worker.finish(claimed, "error", error={"class": "ValueError", "message": "no"})


def test_another_try_runs_the_step_again_that_it_failed_on(calls, make_worker, clock):
    worker = make_worker(max_attempts=3)
    workflow_id = calls.enqueue()
    [claimed] = worker.claim()
    worker.record(claimed, "read", status="SUCCESS", output=1)
    fail_at(worker, claimed, "write")
    assert [step["step_key"] for step in calls.steps(workflow_id)] == ["read"]
    clock.advance(seconds=3600)
    calls.maintain()
    [again] = worker.claim()
    assert [step["k"] for step in again["steps"]] == ["read"]


def test_an_error_that_was_caught_is_history(calls, make_worker, clock):
    worker = make_worker(max_attempts=3)
    workflow_id = calls.enqueue()
    [claimed] = worker.claim()
    worker.record(claimed, "try_pump_a", status="ERROR", error={"class": "ValueError"})
    clock.advance(seconds=1)
    worker.record(claimed, "try_pump_b", status="SUCCESS", output=1)
    clock.advance(seconds=1)
    fail_at(worker, claimed, "report")
    assert [step["step_key"] for step in calls.steps(workflow_id)] == ["try_pump_a", "try_pump_b"]


def test_a_name_whose_queue_is_missing_is_refused_at_registration(calls, make_worker):
    with refused("WF005", "definitions"):
        make_worker(queue_name="missing")


def test_nothing_parked_means_no_next_timer(calls):
    assert calls.maintain()["next_due_ms"] is None


def test_list_limit_is_checked(calls):
    with refused("WF002", "limit"):
        calls.call("list_workflows", filter={"limit": -1})


@pytest.mark.parametrize("is_spread", [True, False], ids=["spread", "control"])
def test_f58_what_failed_together_does_not_come_back_together(calls, make_worker, clock, is_spread):
    """After an outage; the control has no jitter. What is due is released in bites."""
    if not is_spread:
        source = calls.value("select pg_get_functiondef('workflows.backoff_seconds'::regproc)")
        calls.conn.execute(source.replace("random() *", "1 *"))
    clock.freeze()
    worker = make_worker(max_attempts=3, backoff_seconds=60, max_backoff_seconds=60)
    calls.enqueue_many(*[{"workflow_name": "mix"}] * 1000)
    failed = worker.claim(1000)
    error = {"class": "OSError", "message": "no route to host"}
    outcomes = [{"w": c["w"], "t": c["t"], "outcome": "error", "error": error} for c in failed]
    calls.call("finish_workflows", **worker.finish_arguments(*outcomes))
    late = "select extract(epoch from due_at - workflows.clock_now())::float8 from workflows.parked"
    seconds = sorted(s for (s,) in calls.rows(late))
    assert len(seconds) == 1000 and seconds[0] >= 0 and seconds[-1] <= 60
    most = max(sum(1 for s in seconds if start <= s < start + 6) for start in range(0, 61, 3))
    assert (most < 200) is is_spread, "a tenth of the time has about a tenth of them"
    clock.advance(61)
    assert calls.maintain(limit=300)["did"]["due"] == 300


@pytest.mark.parametrize("command", ["STOP", "CANCEL"])
def test_a_handler_that_ran_meanwhile_does_not_make_an_error_history(calls, clock, command):
    """The device is mended, and the retry asks it again."""
    s = Situation(calls, clock, ["on_stop"])
    claimed = s.begin()
    s.order(command)
    s.worker.record(claimed, "open_valve", status="ERROR", error={"class": "ValueError"})
    s.finish("error", error={"class": "ValueError", "message": "no"})
    clock.advance(1)
    s.obey()
    calls.call("retry_workflow", workflow_id=s.workflow_id)
    assert "open_valve" not in [step["k"] for step in s.claim()["steps"] or []]


def test_a_retry_keeps_who_and_why(calls, make_worker):
    worker = make_worker("mix")
    workflow_id = calls.enqueue("mix")
    worker.fail(worker.claim_one())
    options = {"actor": "anna", "reason": "valve mended"}
    calls.call("retry_workflow", workflow_id=workflow_id, options=options)
    query = "select actor, reason from workflows.audit_log where event = 'retried'"
    assert calls.rows(query) == [("anna", "valve mended")]
