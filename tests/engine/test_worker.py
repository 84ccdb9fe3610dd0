"""A worker on a real server: steps, waits, orders, lost connections, the end of a worker."""

import threading

import pytest

from exchange.workflows import errors
from exchange.workflows.engine import instance
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import step, workflow
from exchange.workflows.engine.worker import Worker
from tests.waiting import wait_until

PATIENCE = 20
seen: list[object] = []
gate = threading.Semaphore(0)
inside = threading.Semaphore(0)


class PumpBlocked(Exception):
    pass


@step()
def engine_note(text):
    seen.append(text)
    return {"text": text}


@step(options={"max_attempts": 3, "interval_seconds": 0.01, "retry_on": ["PumpBlocked"]})
def engine_pump(times):
    seen.append("pump")
    if seen.count("pump") < times:
        raise PumpBlocked("try %d" % seen.count("pump"))
    return seen.count("pump")


@step(transactional=True)
def engine_write(tx, number):
    seen.append("write")
    tx.update("insert into plant (number) values (?)", [number])
    if number < 0:
        raise ValueError("negative: %d" % number)
    return tx.query("select count(*) as count from plant where number = ?", [number])


@step(transactional=True)
def engine_write_and_break(tx, number):
    """Ends its own session the first time."""
    seen.append("write")
    tx.update("insert into plant (number) values (?)", [number])
    if seen.count("write") == 1:
        tx.query("select pg_terminate_backend(pg_backend_pid())")
    return number


@step()
def engine_wait_for_test(text):
    """Stays inside until the test lets it go on."""
    seen.append(text)
    inside.release()
    assert gate.acquire(timeout=PATIENCE)
    return text


@step(transactional=True)
def engine_write_and_hang(tx, number):
    """Waits inside a statement for an answer that comes too late."""
    seen.append("write")
    if len(seen) == 1:
        inside.release()
        tx.query("select pg_sleep(3600)")
    return tx.update("insert into plant (number) values (?)", [number])


@workflow()
def engine_hanging():
    return engine_write_and_hang(1)


@workflow()
def engine_noop(number=0):
    return number


@workflow()
def engine_all(number):
    engine_note("first")
    tries = engine_pump(2)
    rows = engine_write(number)
    getWorkflows().sleep(0.01)
    child = getWorkflows().enqueue("engine_noop", {"number": 7})
    return {"tries": tries, "rows": rows, "child": child}


@workflow()
def engine_sleeper():
    engine_note("before")
    getWorkflows().sleep(3600)
    engine_note("after")
    return "awake"


@workflow()
def engine_catcher(number):
    caught = []
    try:
        engine_write(number)
    except ValueError as error:
        caught = [type(error).__name__, str(error)]
    getWorkflows().sleep(3600)
    return caught


@workflow()
def engine_breaker(number):
    return engine_write_and_break(number)


@workflow(max_attempts=2, backoff_seconds=0.01)
def engine_failing():
    seen.append("failing")
    raise PumpBlocked("always")


@workflow()
def engine_two_steps():
    engine_wait_for_test("one")
    return engine_wait_for_test("two")


@workflow(timeout_seconds=0.01)
def engine_timeout():
    engine_wait_for_test("one")
    return engine_note("two")


@workflow()
def engine_poison():
    return {"text": "a\x00b", "number": float("nan")}


@pytest.fixture(autouse=True)
def clean():
    seen.clear()
    yield
    while gate.acquire(blocking=False):
        pass
    while inside.acquire(blocking=False):
        pass


@pytest.fixture
def rt(dsn, schema, conn):
    conn.execute("create table plant (number integer)")
    made = instance.configure(dsn, schema=schema)
    yield made
    instance.shutdown()


@pytest.fixture
def make_worker(dsn, schema, rt):
    made = []

    def make(**keywords):
        worker = Worker(**{"dsn": dsn, "schema": schema, "threads": 4, **keywords})
        made.append(worker)
        return worker.start()

    yield make
    gate.release(100)
    for worker in made:
        worker.stop(0)


@pytest.fixture
def worker(make_worker):
    return make_worker()


def ended(rt, workflow_id):
    row = rt.handle(workflow_id).wait(PATIENCE)
    assert row["ended_at"] is not None, row["status"]
    return row


def wait_for_status(rt, workflow_id, status):
    handle = rt.handle(workflow_id)
    wait_until(lambda: handle.status() == status, "status %s" % status, PATIENCE)


def wait_inside():
    assert inside.acquire(timeout=PATIENCE)


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
    assert not worker.state.held
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


def test_a_step_that_waits_for_the_database_is_cut_when_its_lease_is_lost(rt, worker, conn, sql):
    workflow_id = rt.enqueue("engine_hanging")
    wait_inside()
    conn.execute(sql("update workflows.worker set lost_at = clock_timestamp()"))
    worker.keeper.poke()
    assert ended(rt, workflow_id)["result"] == 1
    wait_until(lambda: worker.threads.busy_count() == 0, seconds=PATIENCE)
    assert conn.execute("select number from plant").fetchall() == [(1,)]


def test_a_notification_that_comes_during_the_check_is_heard(dsn, schema, conn):
    connector = instance.open_connector(dsn, schema)
    listening = connector.listen("plant_wake")
    try:
        conn.execute("notify plant_wake, 'before'")
        listening.check()
        assert listening.wait(PATIENCE) == ["before"]
        listening.interrupt()
        assert listening.wait(PATIENCE) == []
        conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = %s",
            (f"{schema}-listen",),
        )
        with pytest.raises(errors.DatabaseError) as raised:
            while True:
                listening.wait(PATIENCE)
        assert raised.value.is_lost
    finally:
        listening.close()
        connector.close()


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
    wait_until(lambda: rt.buffer.flushed == 20, seconds=PATIENCE)
    assert [rt.handle(one).result(PATIENCE) for one in ids] == list(range(20))


def test_a_transactional_step_outside_a_workflow_commits_what_it_writes(rt, conn):
    assert engine_write(9) == [{"count": 1}]
    assert conn.execute("select number from plant").fetchall() == [(9,)]


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


def test_a_call_without_an_answer_is_cut(dsn, schema):
    connector = instance.open_connector(dsn, schema, call_seconds=0.1, retry_seconds=0)
    try:
        for call in (connector.session("probe").call, connector.call):
            with pytest.raises(errors.DatabaseError) as raised:
                call("select pg_sleep(60)::text", ())
            assert raised.value.is_lost
    finally:
        connector.close()


def test_a_pooled_connection_that_broke_is_replaced_within_the_call(dsn, schema, conn):
    connector = instance.open_connector(dsn, schema)
    try:
        connector.call("select 1::text", ())
        conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = %s",
            (f"{schema}-client",),
        )
        assert connector.call("select 2::text", ()) == "2"
    finally:
        connector.close()


def test_every_session_says_what_it_is_for_and_is_in_utc(rt, worker, conn, schema):
    names = "select application_name from pg_stat_activity where datname = current_database()"
    wanted = {f"{schema}-{purpose}" for purpose in ("claim", "renew", "listen", "maintain")}
    wait_until(lambda: wanted <= {name for (name,) in conn.execute(names)}, seconds=PATIENCE)
    assert worker.connector.session("probe").call("select current_setting('timezone')", ()) == "UTC"


def test_errors_of_the_database_come_with_state_message_detail_and_hint(rt):
    with pytest.raises(errors.BadArgument) as refused:
        rt.enqueue("engine_noop", priority=101)
    assert refused.value.field == "priority"
    with pytest.raises(errors.UnknownId):
        rt.getWorkflow("01a20000-0000-7000-8000-000000000000")


def test_the_connector_gives_rows_as_dicts_and_counts_changes(rt, conn):
    with rt.transaction() as tx:
        assert tx.update("insert into plant values (?), (?)", [1, 2]) == 2
        assert tx.query("select number from plant where number > ? order by 1", [0]) == [
            {"number": 1},
            {"number": 2},
        ]
    with pytest.raises(errors.DatabaseError) as raised, rt.transaction() as tx:
        tx.update("insert into plant values (3)")
        tx.query("select 1 / 0")
    assert raised.value.code == "22012"
    assert conn.execute("select count(*) from plant").fetchone() == (2,)
