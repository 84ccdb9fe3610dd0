"""Steps that run beside their workflow, on a real worker."""

import pytest

from tests.calls import Calls
from tests.engine import parallel_flows
from tests.engine.plant import ended, gate, inside, seen, wait_for_status, wait_inside
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def fresh():
    parallel_flows.most[0] = 0


def steps_of(rt, workflow_id):
    return {one["step_key"]: one for one in rt.listSteps(workflow_id)}


def test_results_are_in_the_order_of_the_handles_and_recorded_as_steps(rt, worker):
    row = ended(rt, rt.enqueue("side_by_side", {"count": 5}))
    assert row["result"] == [0, 1, 4, 9, 16]
    recorded = steps_of(rt, row["workflow_id"])
    assert {key: (one["kind"], one["output"]) for key, one in recorded.items()} == {
        "side_work" if n == 0 else f"side_work#{n + 1}": ("step", n * n) for n in range(5)
    }


def test_all_that_had_begun_are_in_doubt_when_their_worker_is_lost(rt, worker, conn, sql):
    """on_worker_lost="hold": each body tells that it begins, also beside its workflow."""
    options = {"count": 2, "until_let": True}
    workflow_id = rt.enqueue("side_by_side", options, onWorkerLost="hold")
    for _ in range(2):
        wait_inside()
    assert {one["status"] for one in steps_of(rt, workflow_id).values()} == {"RUNNING"}
    conn.execute(sql("update workflows.worker set lost_at = clock_timestamp()"))
    worker.keeper.poke()
    wait_for_status(rt, workflow_id, "HELD")
    reason = rt.getWorkflow(workflow_id)["reason"]
    assert reason.startswith("worker lost in step ")
    assert set(reason.rpartition("step ")[2].split(", ")) == {"side_work", "side_work#2"}
    gate.release(2)


def test_they_run_at_the_same_time_and_no_more_than_allowed(rt, make_worker):
    make_worker(parallel_steps=6, parallel_steps_per_workflow=4)
    ids = [rt.enqueue("side_by_side", {"count": 6, "until_let": True}) for _ in range(2)]
    for _ in range(6):
        wait_inside()
    assert not inside.acquire(timeout=0.05), "one more has begun"
    gate.release(12)
    assert [ended(rt, one)["result"] for one in ids] == [[0, 1, 4, 9, 16, 25]] * 2
    assert parallel_flows.most[0] == 6


def test_one_thread_for_all_is_enough(rt, make_worker):
    worker = make_worker(threads=2, parallel_steps=1)
    ids = [rt.enqueue("side_by_side", {"count": 10}) for _ in range(4)]
    assert [ended(rt, one)["status"] for one in ids] == ["SUCCESS"] * 4
    assert worker.parallel.thread_count() <= 1 and parallel_flows.most[0] == 1


def test_the_error_of_one_is_raised_as_it_is(rt, worker):
    row = ended(rt, rt.enqueue("side_failing", {"failing": [2]}))
    assert (row["error"]["class"], row["error"]["message"]) == ("ValueError", "side 2")


def test_the_errors_of_several_are_all_kept(rt, worker):
    failing = {"failing": [1, 3]}
    assert ended(rt, rt.enqueue("side_failing", failing))["result"] == ["side 1", "side 3"]
    told = ended(rt, rt.enqueue("side_failing", {**failing, "is_raised": False}))["result"]
    assert told == [0, "side 1", 4, "side 3"]
    row = ended(rt, rt.enqueue("side_failing", {**failing, "catches": False}))
    assert row["error"]["class"] == "StepsFailed"
    assert row["error"]["message"] == "2 of 4 steps failed: ValueError: side 1; ValueError: side 3"


def test_another_try_runs_what_failed_and_nothing_else(rt, worker):
    workflow_id = rt.enqueue("side_tried_again")
    wait_inside()
    wait_until(lambda: "side_flaky" in steps_of(rt, workflow_id), "the failure to be recorded")
    gate.release()
    assert ended(rt, workflow_id)["result"] == ["steady", 1]
    assert (seen.count("flaky"), seen.count(1)) == (2, 1)


def test_without_the_names_of_what_failed_another_try_would_replay_the_error(
    rt, worker, monkeypatch
):
    """The control."""
    monkeypatch.setattr("exchange.workflows.engine.parallel.failed_steps", lambda running: [])
    workflow_id = rt.enqueue("side_tried_again")
    wait_inside()
    wait_until(lambda: "side_flaky" in steps_of(rt, workflow_id), "the failure to be recorded")
    gate.release()
    assert ended(rt, workflow_id)["status"] == "ERROR"
    assert seen.count("flaky") == 1


@pytest.mark.parametrize("fails", [False, True])
def test_what_nobody_gathers_is_awaited_at_the_end(rt, worker, fails):
    workflow_id = rt.enqueue("side_forgotten", {"fails": fails})
    wait_inside()
    assert rt.getWorkflow(workflow_id)["status"] == "RUNNING"
    gate.release()
    row = ended(rt, workflow_id)
    assert row["status"] == ("ERROR" if fails else "SUCCESS")
    assert (row["error"] or {}).get("message") == ("side 1" if fails else None)


def test_tries_and_transactions_as_in_any_step(rt, worker, conn):
    row = ended(rt, rt.enqueue("side_mixed", {"number": 5}))
    assert row["result"] == [3, 5, {"text": "between"}, []]
    assert conn.execute("select number from plant").fetchall() == [(5,)]
    recorded = steps_of(rt, row["workflow_id"])
    assert (recorded["side_pump"]["attempts"], recorded["side_write"]["kind"]) == (3, "tx")


def test_a_long_wait_for_another_try_leaves_the_thread(rt, worker, clock):
    workflow_id = rt.enqueue("side_slow")
    wait_for_status(rt, workflow_id, "WAITING")
    assert seen.count(2) == 1, "the other one has ended"
    clock.advance(3601)
    assert ended(rt, workflow_id)["result"] == ["slow pump", 4]
    assert seen.count(2) == 1


@pytest.mark.parametrize(
    "starts", [["sleep", "pump"], ["pump", "sleep"], ["outer"], ["pump", "own"]], ids="-".join
)
def test_a_workflow_comes_back_for_the_first_that_is_due(rt, worker, conn, sql, starts):
    workflow_id = rt.enqueue("side_waiting", {"starts": starts})
    wait_for_status(rt, workflow_id, "WAITING")
    query = (
        "select extract(epoch from due_at - workflows.clock_now())::integer from workflows.parked"
    )
    [due] = conn.execute(sql(query)).fetchone()
    assert 0 < due <= 3600, "the other try, which comes within an hour"
    assert seen.count("slow pump") == 1


@pytest.mark.parametrize("what", ["recv", "start", "gather"])
def test_what_belongs_in_the_workflow_is_refused_in_a_body(rt, worker, what):
    message = ended(rt, rt.enqueue("side_refused", {"what": what}))["result"]
    assert "inside" in message and "side_waits" in message


# Orders, and workers that go


@pytest.mark.parametrize(("order", "status"), [("HOLD", "HELD"), ("STOP", "STOPPED")])
def test_an_order_waits_for_what_runs_and_begins_nothing(rt, make_worker, order, status):
    make_worker(parallel_steps=2)
    workflow_id = rt.enqueue("side_by_side", {"count": 6, "until_let": True})
    wait_inside()
    wait_inside()
    rt.sendCommand(workflow_id, order)
    moving = {"HOLD": "HOLDING", "STOP": "STOPPING"}[order]
    assert rt.getWorkflow(workflow_id)["state"] == moving
    wait_until(
        lambda: rt.getWorkflow(workflow_id)["status"] == "RUNNING", "it to wait for its steps"
    )
    gate.release(2)
    wait_for_status(rt, workflow_id, status)
    recorded = len(steps_of(rt, workflow_id))
    assert len(seen) == recorded and recorded < 6
    if order == "HOLD":
        rt.sendCommand(workflow_id, "RESUME")
        gate.release(6)
        assert ended(rt, workflow_id)["result"] == [0, 1, 4, 9, 16, 25]
        assert sorted(seen, key=str) == list(range(6)), "each body ran once"


def test_a_hold_may_be_taken_back_while_it_waits_for_what_runs(rt, worker):
    workflow_id = rt.enqueue("side_ordered")
    for _ in range(2):
        wait_inside()
    [lease] = worker.state.held.values()
    rt.sendCommand(workflow_id, "HOLD")
    wait_until(lambda: "side_until_ordered" in steps_of(rt, workflow_id), "the step to end")
    rt.sendCommand(workflow_id, "RESUME")
    wait_until(lambda: lease.control is None, "the order to be taken back")
    gate.release()
    row = ended(rt, workflow_id)
    assert (row["status"], row["attempt"]) == ("SUCCESS", 1)
    assert row["result"] == [{"text": "after"}, 4]


def test_an_abort_waits_for_nothing(rt, worker):
    """The lease is gone: what still runs may write nothing any more."""
    workflow_id = rt.enqueue("side_by_side", {"count": 2, "until_let": True})
    wait_inside()
    wait_inside()
    rt.sendCommand(workflow_id, "ABORT")
    assert rt.getWorkflow(workflow_id)["status"] == "ABORTED"
    wait_until(lambda: not worker.state.held, "the workflow's thread to be free")
    assert len(parallel_flows.running_now) == 2
    gate.release(2)
    wait_until(lambda: not parallel_flows.running_now, "the bodies to end")
    assert steps_of(rt, workflow_id) == {}


def test_a_check_in_a_body_leaves_it_and_the_workflow_obeys(rt, worker):
    workflow_id = rt.enqueue("side_refused", {"what": "boundary"})
    wait_inside()
    rt.sendCommand(workflow_id, "STOP")
    wait_until(lambda: next(iter(worker.state.held.values())).control, "the order to arrive")
    gate.release()
    assert ended(rt, workflow_id)["status"] == "STOPPED"
    assert steps_of(rt, workflow_id) == {}


def test_another_worker_runs_only_what_is_not_recorded(rt, make_worker, conn):
    first = make_worker(parallel_steps=2)
    workflow_id = rt.enqueue("side_then", {"count": 4})
    for _ in range(2):
        wait_inside()
    gate.release(1)
    wait_inside()
    wait_until(
        lambda: len(steps_of(rt, workflow_id)) == 2, "one of the bodies and the step between"
    )
    make_worker()
    first.release()
    gate.release(10)
    row = ended(rt, workflow_id)
    assert row["result"][0] == [0, 1, 4, 9]
    assert (row["attempt"], row["failure_count"]) == (2, 0)
    assert sorted((one for one in seen if one != "own"), key=str) == [0, 1, 2, 3]
    query = "select count(*) from workflows.workflow where lease_token::text = %s"
    assert Calls(conn).value(query, row["result"][2]) == 1
