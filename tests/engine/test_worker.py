"""A worker on a real server: every kind of step, waits, errors, orders."""

import pytest

from exchange.workflows import errors
from tests.engine.plant import PATIENCE, ended, gate, seen, wait_for_status, wait_inside
from tests.waiting import wait_until


def test_a_workflow_with_every_kind_of_step(rt, worker):
    workflow_id = rt.enqueue("engine_all", {"number": 5})
    row = ended(rt, workflow_id)
    assert row["status"] == "SUCCESS"
    assert row["result"]["rows"] == [{"count": 1}]
    assert row["result"]["tries"] == 2
    assert rt.handle(row["result"]["child"]).result(PATIENCE) == 7
    steps = [(one["step_key"], one["kind"], one["attempts"]) for one in rt.listSteps(workflow_id)]
    assert steps == [
        ("engine_note", "step", 1),
        ("engine_pump", "step", 2),
        ("engine_write", "tx", 1),
        ("sleep", "sleep", 1),
    ]


def test_d28_many_more_than_threads_in_one_go(rt, worker):
    outcomes = rt.enqueueMany(
        [{"workflowName": "engine_noop", "inputs": {"number": n}} for n in range(500)]
    )
    results = [rt.handle(one["workflow_id"]).result(PATIENCE) for one in outcomes]
    assert results == list(range(500))
    assert worker.threads.thread_count() <= 4


def test_a_long_sleep_leaves_the_thread_and_no_step_runs_twice(rt, worker, clock):
    workflow_id = rt.enqueue("engine_sleeper")
    wait_for_status(rt, workflow_id, "WAITING")
    wait_until(lambda: not worker.state.held, "the thread to hear that it may leave")
    clock.advance(3601)
    assert ended(rt, workflow_id)["result"] == "awake"
    assert seen == ["before", "after"]


def test_d16_a_replayed_error_is_caught_like_the_first_time(rt, worker, clock):
    workflow_id = rt.enqueue("engine_catcher", {"number": -1})
    wait_for_status(rt, workflow_id, "WAITING")
    clock.advance(3601)
    assert ended(rt, workflow_id)["result"] == ["ValueError", "negative: -1"]
    assert seen == ["write"]


def test_a_transactional_step_that_raises_leaves_no_rows(rt, worker, conn):
    workflow_id = rt.enqueue("engine_catcher", {"number": -1})
    wait_for_status(rt, workflow_id, "WAITING")
    assert conn.execute("select count(*) from plant").fetchone() == (0,)
    [record, _] = rt.listSteps(workflow_id)
    assert (record["kind"], record["status"]) == ("tx", "ERROR")


def test_a_transactional_step_whose_session_breaks_runs_again_and_writes_once(rt, worker, conn):
    assert rt.handle(rt.enqueue("engine_breaker", {"number": 3})).result(PATIENCE) == 3
    assert conn.execute("select number from plant").fetchall() == [(3,)]
    assert seen == ["write", "write"]


def test_a_failing_workflow_is_tried_again_and_then_ends_in_error(rt, worker):
    row = ended(rt, rt.enqueue("engine_failing"))
    assert (row["status"], row["failure_count"], seen) == ("ERROR", 2, ["failing", "failing"])
    with pytest.raises(errors.WorkflowFailed) as failed:
        rt.handle(row["workflow_id"]).result(0)
    assert failed.value.error["class"] == "PumpBlocked"


def test_d33_neither_inputs_nor_results_nor_errors_are_logged(rt, make_worker, caplog):
    caplog.set_level("DEBUG", logger="exchange")
    make_worker()
    ended(rt, rt.enqueue("engine_all", {"number": 424242}))
    ended(rt, rt.enqueue("engine_failing"))
    assert "event=registered" in caplog.text
    assert "424242" not in caplog.text
    assert "always" not in caplog.text


def test_poison_in_a_result_is_mended_and_the_workflow_ends(rt, worker):
    row = ended(rt, rt.enqueue("engine_poison"))
    assert (row["status"], row["is_sanitised"]) == ("SUCCESS", True)
    assert row["result"] == {"text": "a\ufffdb", "number": None}


@pytest.mark.parametrize(
    "command, status", [("HOLD", "HELD"), ("STOP", "STOPPED"), ("CANCEL", "CANCELLED")]
)
def test_an_order_takes_effect_at_the_next_step(rt, worker, command, status):
    workflow_id = rt.enqueue("engine_two_steps")
    wait_inside()
    assert rt.sendCommand(workflow_id, command)["outcome"] == "accepted"
    gate.release()
    wait_for_status(rt, workflow_id, status)
    assert seen == ["one"]


def test_a_held_workflow_goes_on_where_it_was(rt, worker):
    workflow_id = rt.enqueue("engine_two_steps")
    wait_inside()
    rt.sendCommand(workflow_id, "HOLD")
    gate.release()
    wait_for_status(rt, workflow_id, "HELD")
    rt.sendCommand(workflow_id, "RESUME")
    gate.release()
    assert ended(rt, workflow_id)["result"] == "two"
    assert seen == ["one", "two"]


def test_d20_what_was_computed_before_the_order_could_be_obeyed_is_kept(rt, worker):
    workflow_id = rt.enqueue("engine_two_steps")
    gate.release()
    wait_inside()
    wait_inside()
    rt.cancel(workflow_id)
    gate.release()
    assert ended(rt, workflow_id)["status"] == "SUCCESS"


def test_a_workflow_over_its_time_ends_at_the_next_step(rt, worker):
    workflow_id = rt.enqueue("engine_timeout")
    wait_inside()
    wait_until(lambda: rt.getWorkflow(workflow_id)["state"] == "CANCELLING", seconds=PATIENCE)
    gate.release()
    assert ended(rt, workflow_id)["status"] == "CANCELLED"
    assert seen == ["one"]
