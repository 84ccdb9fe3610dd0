"""A worker on a real server: its start and end, lost sessions, lost leases."""

import threading

import pytest

from exchange.workflows import errors
from exchange.workflows.engine.runtime import workflow
from exchange.workflows.engine.worker import Worker
from tests.engine.plant import PATIENCE, ended, gate, seen, wait_for_status, wait_inside
from tests.waiting import wait_until


@pytest.mark.parametrize(
    "purpose", ["claim", "renew", "record", "finish", "listen", "maintain", "%"]
)
def test_f13_a_terminated_session_is_replaced(rt, worker, conn, schema, purpose):
    terminate = (
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name like %s"
    )
    workflow_id = rt.enqueue("engine_two_steps")
    wait_inside()
    wait_until(lambda: worker.state.listen_mode == "listen", seconds=PATIENCE)
    conn.execute(terminate, (f"{schema}-{purpose}",))
    gate.release(2)
    assert ended(rt, workflow_id)["result"] == "two"
    assert rt.handle(rt.enqueue("engine_noop", {"number": 1})).result(PATIENCE) == 1
    wait_until(lambda: worker.state.listen_mode == "listen", seconds=PATIENCE)
    assert seen == ["one", "two"]


def test_f5_a_worker_that_was_given_up_works_on_under_another_id(rt, worker, conn, sql):
    workflow_id = rt.enqueue("engine_two_steps")
    wait_inside()
    first = worker.worker_id
    conn.execute(sql("update workflows.worker set lost_at = clock_timestamp()"))
    worker.keeper.poke()
    wait_until(lambda: worker.worker_id != first, seconds=PATIENCE)
    wait_inside()
    gate.release(3)
    row = ended(rt, workflow_id)
    assert (row["status"], row["reclaim_count"]) == ("SUCCESS", 1)
    assert seen == ["one", "one", "two"]


def test_a_step_in_doubt_is_named_when_its_worker_is_lost(rt, worker, conn, sql):
    """on_worker_lost="hold": the body tells that it begins, so the operator sees which one did."""
    workflow_id = rt.enqueue("engine_two_steps", onWorkerLost="hold")
    wait_inside()
    gate.release()
    wait_inside()
    shown = [(s["step_key"], s["status"], s["ended_at"] is None) for s in rt.listSteps(workflow_id)]
    first, second = "engine_wait_for_test", "engine_wait_for_test#2"
    assert shown == [(first, "SUCCESS", False), (second, "RUNNING", True)]
    conn.execute(sql("update workflows.worker set lost_at = clock_timestamp()"))
    worker.keeper.poke()
    wait_for_status(rt, workflow_id, "HELD")
    assert rt.getWorkflow(workflow_id)["reason"] == f"worker lost in step {second}"
    gate.release()
    assert rt.sendCommand(workflow_id, "RESUME")["outcome"] == "accepted"
    wait_inside()
    gate.release()
    assert ended(rt, workflow_id)["result"] == "two"
    assert [(s["status"], s["attempts"]) for s in rt.listSteps(workflow_id)] == [("SUCCESS", 1)] * 2
    assert seen == ["one", "two", "two"]


def test_a_step_that_waits_for_the_database_is_cut_when_its_lease_is_lost(rt, worker, conn, sql):
    workflow_id = rt.enqueue("engine_hanging")
    wait_inside()
    conn.execute(sql("update workflows.worker set lost_at = clock_timestamp()"))
    worker.keeper.poke()
    assert ended(rt, workflow_id)["result"] == 1
    wait_until(lambda: worker.threads.busy_count() == 0, seconds=PATIENCE)
    assert conn.execute("select number from plant").fetchall() == [(1,)]


def test_f9_a_worker_that_stops_gives_back_what_runs_at_its_next_step(rt, make_worker):
    first = make_worker()
    workflow_id = rt.enqueue("engine_two_steps")
    wait_inside()
    stopping = threading.Thread(target=first.stop, args=(0.01,))
    stopping.start()
    wait_until(lambda: first.state.is_releasing, seconds=PATIENCE)
    gate.release()
    stopping.join(PATIENCE)
    wait_for_status(rt, workflow_id, "ENQUEUED")
    make_worker()
    gate.release()
    row = ended(rt, workflow_id)
    assert (row["status"], row["failure_count"], row["reclaim_count"]) == ("SUCCESS", 0, 0)
    assert seen == ["one", "two"]


def test_f9_a_drain_lets_what_runs_finish(rt, make_worker):
    first = make_worker()
    workflow_id = rt.enqueue("engine_two_steps")
    wait_inside()
    stopping = threading.Thread(target=first.stop, args=(PATIENCE,))
    stopping.start()
    gate.release(2)
    stopping.join(PATIENCE)
    assert rt.getWorkflow(workflow_id)["status"] == "SUCCESS"


def test_work_that_no_thread_has_begun_goes_back_at_once(rt, make_worker):
    first = make_worker(threads=1)
    wait_until(lambda: first.state.listen_mode == "listen", seconds=PATIENCE)
    rt.enqueue("engine_two_steps")
    wait_inside()
    waiting = rt.enqueue("engine_noop")
    stopping = threading.Thread(target=first.stop, args=(0,))
    stopping.start()
    gate.release(2)
    stopping.join(PATIENCE)
    row = rt.getWorkflow(waiting)
    assert (row["status"], row["attempt"], row["started_at"]) == ("ENQUEUED", row["attempt"], None)


def test_what_a_worker_registered_late_is_worked_too(rt, worker):
    workflow_id = rt.enqueue("engine_late")

    @workflow()
    def engine_late():
        return "late"

    worker.keeper.poke()
    assert ended(rt, workflow_id)["result"] == "late"


def test_the_worker_tells_how_it_hears(rt, worker, conn, sql):
    mode = sql("select listen_mode from workflows.worker")
    wait_until(lambda: conn.execute(mode).fetchone() == ("listen",), seconds=PATIENCE)


def test_entries_of_the_buffer_reach_the_database(rt, worker):
    ids = [rt.enqueueInMemory("engine_noop", {"number": n}) for n in range(20)]
    wait_until(lambda: rt.buffer.figures()["flushed"] == 20, seconds=PATIENCE)
    assert [rt.handle(one).result(PATIENCE) for one in ids] == list(range(20))


def test_an_unknown_queue_is_refused_at_the_start(rt, make_worker):
    with pytest.raises(errors.QueueRefused):
        make_worker(queues=["nowhere"])


def test_d31_a_schema_that_is_not_there_says_what_to_run(empty_dsn, schema):
    with pytest.raises(errors.SchemaVersionMismatch) as refused:
        Worker(dsn=empty_dsn, schema=schema).start()
    assert "ignition-workflows migrate" in refused.value.hint


def test_d31_a_library_of_another_schema_version_is_refused(rt, make_worker, monkeypatch):
    monkeypatch.setattr("exchange.workflows.settings.SCHEMA_VERSION", 999)
    with pytest.raises(errors.SchemaVersionMismatch) as refused:
        make_worker()
    assert "ignition-workflows migrate" in refused.value.hint
