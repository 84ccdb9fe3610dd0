"""Handlers on a real server and a real worker: held, resumed, stopped and aborted wherever it stands."""

import pytest

from tests.calls import Calls
from tests.engine.plant import MONTHS, ended, gate, seen, wait_for_status, wait_inside
from tests.waiting import wait_until

TANK = {"tank": "T-1"}


def begin(rt):
    """A batch inside its first step."""
    workflow_id = rt.enqueue("engine_batch", TANK)
    wait_inside()
    return workflow_id


def waiting(rt):
    """A batch that sleeps in the database."""
    workflow_id = begin(rt)
    gate.release()
    wait_for_status(rt, workflow_id, "WAITING")
    return workflow_id


def state_of(rt, workflow_id):
    return rt.getWorkflow(workflow_id)["state"]


@pytest.mark.parametrize("where", [begin, waiting])
def test_a_batch_is_held_and_goes_on(rt, worker, clock, where):
    workflow_id = where(rt)
    assert rt.sendCommand(workflow_id, "HOLD")["state"] == "HOLDING"
    gate.release()
    wait_for_status(rt, workflow_id, "HELD")
    assert seen == ["fill", "close T-1"]
    assert rt.sendCommand(workflow_id, "RESUME")["state"] == "RESUMING"
    wait_for_status(rt, workflow_id, "WAITING")
    clock.advance(3601)
    assert ended(rt, workflow_id)["status"] == "SUCCESS"
    assert seen == ["fill", "close T-1", "open T-1", "heat"]
    keys = [one["step_key"] for one in rt.listSteps(workflow_id) if one["kind"] == "handler"]
    assert sorted(keys) == ["on_hold", "on_resume"]


@pytest.mark.parametrize("where", [begin, waiting])
@pytest.mark.parametrize(
    ("command", "status", "done"),
    [
        ("STOP", "STOPPED", "drain T-1"),
        ("CANCEL", "CANCELLED", "drain T-1"),
        ("ABORT", "ABORTED", "make safe T-1"),
    ],
)
def test_a_batch_is_ended(rt, worker, clock, where, command, status, done):
    workflow_id = where(rt)
    assert rt.sendCommand(workflow_id, command)["outcome"] == "accepted"
    gate.release()
    clock.advance(30)  # what is aborted waits for the lease that was taken
    assert ended(rt, workflow_id)["status"] == status
    assert seen == ["fill", done]


@pytest.mark.parametrize(
    ("command", "status"), [("STOP", "STOPPED"), ("CANCEL", "CANCELLED"), ("ABORT", "ABORTED")]
)
def test_a_held_batch_is_ended_with_its_handler(rt, worker, command, status):
    workflow_id = waiting(rt)
    rt.sendCommand(workflow_id, "HOLD")
    wait_for_status(rt, workflow_id, "HELD")
    rt.sendCommand(workflow_id, command)
    assert ended(rt, workflow_id)["status"] == status
    assert seen[1] == "close T-1"
    assert len(seen) == 3


def test_one_that_is_held_between_two_tries_waits_for_the_second(rt, worker, clock):
    workflow_id = rt.enqueue("engine_trying", TANK)
    wait_for_status(rt, workflow_id, "DELAYED")
    rt.sendCommand(workflow_id, "HOLD")
    wait_for_status(rt, workflow_id, "HELD")
    rt.sendCommand(workflow_id, "RESUME")
    wait_for_status(rt, workflow_id, "DELAYED")
    assert seen == ["try T-1", "close T-1", "open T-1"]
    clock.advance(MONTHS)
    assert ended(rt, workflow_id)["status"] == "SUCCESS"
    assert seen[3:] == ["try T-1"]


def test_an_order_whose_handler_is_at_work_does_not_lapse(rt, worker, clock, conn):
    calls = Calls(conn)
    workflow_id = rt.enqueue("engine_slow_to_stop")
    wait_inside()
    rt.sendCommand(workflow_id, "STOP", validForSeconds=5)
    gate.release()
    wait_inside()
    clock.advance(6)
    calls.maintain()
    query = "select outcome, obeyed_at is null from workflows.command_log"
    assert calls.rows(query) == [("accepted", True)]
    gate.release()
    assert ended(rt, workflow_id)["status"] == "STOPPED"
    assert (calls.rows(query), seen) == ([("obeyed", False)], ["one", "stopping"])


def test_a_pause_runs_no_handler(rt, worker):
    workflow_id = waiting(rt)
    assert rt.sendCommand(workflow_id, "PAUSE")["state"] == "PAUSED"
    assert rt.sendCommand(workflow_id, "RESUME")["state"] == "RUNNING"
    assert seen == ["fill"]


def test_a_handler_does_not_wait_for_a_free_thread(rt, make_worker):
    make_worker(threads=1)
    held = waiting(rt)
    begin(rt)  # the only thread is in a step
    rt.sendCommand(held, "HOLD")
    wait_for_status(rt, held, "HELD")
    assert seen == ["fill", "fill", "close T-1"]


def test_a_time_that_is_over_runs_on_stop(rt, worker, clock):
    workflow_id = rt.enqueue("engine_batch", TANK, timeoutSeconds=60)
    wait_inside()
    gate.release()
    wait_for_status(rt, workflow_id, "WAITING")
    clock.advance(61)
    assert ended(rt, workflow_id)["status"] == "CANCELLED"
    assert seen == ["fill", "drain T-1"]


def test_an_order_that_is_taken_back_while_its_handler_runs(rt, worker, monkeypatch):
    """The hold is finished, undone, and the batch goes on."""
    workflow_id = begin(rt)
    rt.sendCommand(workflow_id, "HOLD")
    rt.sendCommand(workflow_id, "RESUME")
    gate.release()
    wait_until(lambda: rt.getWorkflow(workflow_id)["status"] == "WAITING", "it to go on")
    assert seen in (["fill"], ["fill", "close T-1", "open T-1"])
    assert state_of(rt, workflow_id) == "RUNNING"
