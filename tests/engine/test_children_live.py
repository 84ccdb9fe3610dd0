"""Workflows that start others, on real workers."""

import time

import pytest

from exchange.workflows import errors
from tests.calls import Calls
from tests.engine import family_flows  # noqa: F401  registers them
from tests.engine.plant import ended, gate, seen, wait_for_status, wait_inside
from tests.waiting import wait_until


def children_of(rt, workflow_id):
    return list(reversed(rt.listWorkflows(parent=workflow_id)))


def test_a_child_and_its_result(rt, worker):
    row = ended(rt, rt.enqueue("family_one", {"key": "square"}))
    [child] = children_of(rt, row["workflow_id"])
    assert row["result"] == [child["workflow_id"], "family_child", 9]
    steps = [(one["step_key"], one["kind"]) for one in rt.listSteps(row["workflow_id"])]
    assert steps == [("square", "child"), ("engine_note", "step"), ("childResult", "await")]


def test_all_results_in_the_order_of_the_handles(rt, worker):
    assert ended(rt, rt.enqueue("family_all", {"count": 20}))["result"] == [
        n * n for n in range(20)
    ]
    assert ended(rt, rt.enqueue("family_all", {"count": 0}))["result"] == []


def test_any_is_the_first_that_ends(rt, worker):
    workflow_id = rt.enqueue("family_any")
    wait_inside()
    assert ended(rt, workflow_id)["result"] == [True, 4]
    gate.release()


@pytest.mark.parametrize("is_raised", [True, False])
def test_every_outcome_is_kept(rt, worker, is_raised):
    result = ended(rt, rt.enqueue("family_failing", {"is_raised": is_raised}))["result"]
    if is_raised:
        assert result == ["ERROR", "child 2", ["SUCCESS", "ERROR", "ERROR"]]
    else:
        assert [one["result"] for one in result] == [1, None, None]
        assert [one["error"] and one["error"]["message"] for one in result] == [
            None,
            "child 2",
            "child 3",
        ]


def test_an_error_of_a_child_that_nobody_catches_is_its_parents(rt, worker):
    row = ended(rt, rt.enqueue("family_one", {"fails": True}))
    assert (row["status"], row["error"]["class"]) == ("ERROR", "ChildFailed")
    assert "ValueError: child 3" in row["error"]["message"]


def test_a_long_wait_needs_no_thread_and_no_worker(rt, make_worker):
    first = make_worker(threads=1)
    workflow_id = rt.enqueue("family_stranger")
    wait_for_status(rt, workflow_id, "WAITING")
    wait_until(lambda: not first.state.held, "the thread to be free")
    first.stop(0)
    [child] = children_of(rt, workflow_id)
    rt.cancel(child["workflow_id"], "nobody works it")
    make_worker(threads=1)
    row = ended(rt, workflow_id)
    assert row["error"]["class"] == "ChildFailed"
    assert row["error"]["message"].endswith("ended in CANCELLED: nobody works it")


def test_a_parent_and_its_child_need_one_thread(rt, make_worker):
    make_worker(threads=1)
    assert ended(rt, rt.enqueue("family_all", {"count": 3}))["result"] == [0, 1, 4]


@pytest.mark.proof
def test_an_idle_worker_has_the_parent_back_within_milliseconds(rt, make_worker):
    """The child ends on another worker: no poll, no timer."""
    make_worker(threads=1)
    make_worker(threads=1)
    took = []
    for _ in range(5):
        workflow_id = rt.enqueue("family_one", {"until_let": True})
        wait_for_status(rt, workflow_id, "WAITING")
        begun = time.monotonic()
        gate.release()
        ended(rt, workflow_id)
        took.append(time.monotonic() - begun)
    assert min(took) < 0.5, took


def test_a_wait_that_is_over_raises(rt, worker):
    message = ended(rt, rt.enqueue("family_impatient"))["result"]
    assert message == "0 of 1 children have ended in time"
    gate.release()


def test_an_order_to_the_parent_stops_a_running_child(rt, worker):
    workflow_id = rt.enqueue("family_one", {"until_let": True})
    wait_inside()
    wait_for_status(rt, workflow_id, "WAITING")
    rt.sendCommand(workflow_id, "STOP", "leak", actor="anna")
    assert rt.getWorkflow(workflow_id)["status"] == "STOPPED"
    [child] = children_of(rt, workflow_id)
    wait_until(
        lambda: rt.getWorkflow(child["workflow_id"])["state"] == "STOPPING", "the order to arrive"
    )
    gate.release()
    assert ended(rt, child["workflow_id"])["status"] == "STOPPED"


@pytest.mark.parametrize("count", [100, pytest.param(1000, marks=pytest.mark.proof)])
def test_many_children_end_once_each(rt, make_worker, conn, count):
    for _ in range(2):
        make_worker(threads=4)
    row = ended(rt, rt.enqueue("family_all", {"count": count}))
    assert row["result"] == [n * n for n in range(count)]
    calls = Calls(conn)
    query = "select count(*), max(attempt), min(status) from workflows.workflow where parent_workflow_id = %s::uuid"
    assert calls.rows(query, row["workflow_id"]) == [(count, 1, "SUCCESS")]
    assert row["attempt"] < 20, "the parent is woken for the last, not for each"


def test_what_is_not_for_a_child_is_refused(rt):
    with pytest.raises(errors.NotInWorkflow):
        rt.startChild("family_child", {"n": 1})
    with pytest.raises(errors.NotInWorkflow):
        rt.waitForAll([])
    assert seen == []
