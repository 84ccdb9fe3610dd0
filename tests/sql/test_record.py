"""record_steps: written once, replayed ever after; tries and waits of steps."""

import uuid

import pytest

from tests.sql.test_finish import ERROR, RETRY


def test_d18_a_step_is_recorded_once_and_replayed(calls, worker, claimed):
    assert worker.record(claimed, output={"kg": 5}) is None
    again = worker.record(claimed, output={"kg": 6})
    assert (again["a"], again["output"]) == ("replayed", {"kg": 5})
    assert [s["output"] for s in calls.steps(claimed["w"])] == [{"kg": 5}]


def test_steps_come_back_with_the_next_claim(worker, claimed):
    worker.record(claimed, "weigh", output=1)
    worker.record(claimed, "weigh#2", output=2)
    worker.record(claimed, "weigh/read", output=None)
    worker.finish(claimed, "released")
    steps = worker.claim_one()["steps"]
    assert {s["k"]: s["output"] for s in steps} == {"weigh": 1, "weigh#2": 2, "weigh/read": None}


@pytest.mark.parametrize("kind", ["tx", "sleep"])
def test_d15_another_kind_under_the_same_key_is_wf007(calls, worker, claimed, kind):
    worker.record(claimed, output=5)
    assert worker.record(claimed, kind=kind)["a"] == "WF007"
    assert calls.steps(claimed["w"])[0]["kind"] == "step"


def test_step_name_is_the_last_part_of_the_key(calls, worker, claimed):
    worker.record(claimed, "mixing#2/weigh#3")
    assert calls.steps(claimed["w"])[0]["step_name"] == "weigh"


def test_finding_15_d16_a_failed_try_is_not_final(calls, worker, claimed):
    """A crash between tries leaves RETRYING with what has been tried, never ERROR."""
    for attempt in (1, 2):
        answer = worker.record(claimed, status="ERROR", error=ERROR, retry=RETRY, attempt=attempt)
        assert answer["a"] == "retry"
        assert 0 <= answer["due_ms"] <= 15000
        step = calls.steps(claimed["w"])[0]
        assert (step["status"], step["attempts"]) == ("RETRYING", attempt)
    answer = worker.record(claimed, status="ERROR", error=ERROR, retry=RETRY, attempt=3)
    assert answer["a"] == "give_up"
    step = calls.steps(claimed["w"])[0]
    assert (step["status"], step["attempts"], step["error"]) == ("ERROR", 3, ERROR)


def test_a_resent_try_is_not_counted_twice(calls, worker, claimed):
    first = worker.record(claimed, status="ERROR", error=ERROR, retry=RETRY)
    again = worker.record(claimed, status="ERROR", error=ERROR, retry=RETRY)
    assert again["a"] == first["a"] == "retry"
    assert calls.steps(claimed["w"])[0]["attempts"] == 1


def test_a_try_that_succeeds_ends_the_tries(calls, worker, claimed):
    worker.record(claimed, status="ERROR", error=ERROR, retry=RETRY)
    assert worker.record(claimed, output=5, attempt=2, retry=RETRY)["a"] == "recorded"
    step = calls.steps(claimed["w"])[0]
    assert (step["status"], step["attempts"], step["output"], step["error"]) == (
        "SUCCESS",
        2,
        5,
        None,
    )


def test_without_a_policy_an_error_is_recorded_at_once(calls, worker, claimed):
    assert worker.record(claimed, status="ERROR", error=ERROR) is None
    assert calls.steps(claimed["w"])[0]["status"] == "ERROR"


def test_durable_sleep(calls, clock, worker, claimed):
    clock.freeze()
    answer = worker.record(claimed, "nap", kind="sleep", status="WAITING", seconds=60)
    assert (answer["a"], answer["due_ms"]) == ("recorded", 60000)
    assert worker.finish(claimed, "suspend", k="nap") == "ok"
    found = calls.get(claimed["w"])
    assert (found["status"], found["state"]) == ("WAITING", "RUNNING")
    clock.advance(59)
    calls.maintain()
    assert worker.claim(1) == []
    clock.advance(2)
    calls.maintain()
    woken = worker.claim_one()
    assert woken["steps"][0]["due_ms"] <= 0
    again = worker.record(woken, "nap", kind="sleep", status="WAITING", seconds=60)
    assert again["a"] == "replayed"
    assert again["due_ms"] <= 0


def test_a_step_that_waits_comes_back_exactly_when_it_says(calls, clock, worker, claimed):
    clock.freeze()
    waiting = {"max_attempts": 2147483647, "wait_seconds": 1.5}
    for attempt in (1, 2):
        answer = worker.record(claimed, status="ERROR", error=ERROR, retry=waiting, attempt=attempt)
        assert (answer["a"], answer["due_ms"]) == ("retry", 1500)
        clock.advance(1)
    assert worker.finish(claimed, "suspend", k="weigh") == "ok"
    calls.maintain()
    assert worker.claim(1) == []
    clock.advance(0.5)
    calls.maintain()
    woken = worker.claim_one()
    assert (woken["steps"][0]["status"], woken["steps"][0]["due_ms"]) == ("RETRYING", 0)
    assert len(calls.steps(woken["w"])) == 1


def test_a_long_backoff_of_a_step_leaves_the_thread(calls, clock, worker, claimed):
    answer = worker.record(claimed, status="ERROR", error=ERROR, retry=RETRY)
    worker.finish(claimed, "suspend", k="weigh")
    assert calls.status(claimed["w"]) == "WAITING"
    clock.advance(answer["due_ms"] / 1000 + 1)
    calls.maintain()
    assert worker.claim_one()["steps"][0]["status"] == "RETRYING"


def test_batch_mates_of_a_stale_record_are_recorded(calls, worker, claimed):
    calls.enqueue("mix")
    other = worker.claim_one()
    records = [
        worker.record_arguments(claimed, "a")["records"][0] | {"n": 1},
        worker.record_arguments({**claimed, "t": str(uuid.uuid4())}, "b")["records"][0] | {"n": 2},
        worker.record_arguments(other, "a")["records"][0] | {"n": 3},
    ]
    answers = calls.call("record_steps", worker_id=worker.worker_id, records=records)
    assert answers == [{"n": 2, "a": "WF001"}]
    assert len(calls.steps(claimed["w"])) == len(calls.steps(other["w"])) == 1


def test_finding_11_the_same_record_twice_in_one_batch(calls, worker, claimed):
    one = worker.record_arguments(claimed, "a")["records"][0]
    records = [one | {"n": 1, "output": 1}, one | {"n": 2, "output": 2}]
    assert calls.call("record_steps", worker_id=worker.worker_id, records=records) is None
    assert calls.steps(claimed["w"])[0]["output"] == 1


def test_the_control_word_comes_back_with_a_record(calls, worker, claimed):
    calls.command(claimed["w"], "STOP")
    assert worker.record(claimed) == {"n": 1, "a": "recorded", "c": "stop"}
    assert len(calls.steps(claimed["w"])) == 1


def test_more_than_500_steps_are_loaded_separately(calls, worker, claimed):
    records = [
        worker.record_arguments(claimed, f"s#{n}")["records"][0] | {"n": n} for n in range(501)
    ]
    assert calls.call("record_steps", worker_id=worker.worker_id, records=records) is None
    worker.finish(claimed, "released")
    again = worker.claim_one()
    assert (again["steps"], again["is_partial"]) == (None, True)
    loaded = calls.call(
        "load_workflow",
        worker_id=worker.worker_id,
        workflow_id=again["w"],
        lease_token=again["t"],
    )
    assert len(loaded["steps"]) == 501
