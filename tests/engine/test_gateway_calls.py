"""The calls of a gateway's event scripts, on a CPython process: what they promise is the same there."""

import logging
import threading

import pytest

from exchange.workflows import gateway, settings
from exchange.workflows.cpython import installer
from exchange.workflows.engine import generation, instance
from exchange.workflows.engine.worker import Worker
from exchange.workflows.host import cpython as host
from tests.engine.plant import PATIENCE, ended, gate, seen, wait_for_status, wait_inside
from tests.waiting import wait_until

PLANT = ["tests.engine.plant"]


@pytest.fixture
def scripts(rt):
    """The scripts of one interpreter; scripts() is what a save leaves of them: nothing but what is shared."""

    def save():
        gateway._here.pop("generation", None)
        gateway._here.pop("arguments", None)

    yield save
    gate.release(100)
    gateway.shutdown(0)
    for key in list(host._shared):
        host.unshare(key)


def wait_for_worker():
    def registered():
        one = gateway._here["generation"].worker
        return one is not None and one.state.is_registered.is_set()

    wait_until(registered, "the worker to register", PATIENCE)
    return gateway._here["generation"].worker


def test_startup_works_what_the_modules_register(scripts, rt):
    answer = gateway.startup(modules=PLANT)
    assert (answer["ok"], answer["code"], answer["generation"]) == (True, "STARTED", 1)
    assert "engine_noop" in answer["workflows"]
    assert ended(rt, rt.enqueue("engine_noop", {"number": 4}))["result"] == 4


def test_the_same_startup_again_changes_nothing_from_any_thread(scripts):
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(gateway.startup(modules=PLANT)))
        for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(PATIENCE)
    assert [one["generation"] for one in answers] == [1] * 8
    assert gateway.startup()["generation"] == 1, "the library's own startup script, run later"


def test_without_modules_nothing_is_worked_until_a_startup_names_some(scripts, rt, conn, sql):
    assert gateway.startup()["generation"] == 1
    assert gateway.tick()["restarted"] == []
    assert conn.execute(sql("select count(*) from workflows.worker")).fetchone() == (0,)
    assert gateway.startup(modules=PLANT)["generation"] == 2
    assert ended(rt, rt.enqueue("engine_noop", {"number": 4}))["result"] == 4


def test_d13_a_module_that_cannot_be_imported_stops_no_other(scripts, rt, caplog):
    answer = gateway.startup(modules=["tests.engine.no_such_module", *PLANT])
    assert list(answer["failedModules"]) == ["tests.engine.no_such_module"]
    assert "event=module_failed module=tests.engine.no_such_module" in caplog.text
    assert ended(rt, rt.enqueue("engine_noop", {"number": 4}))["result"] == 4


def test_d34_the_next_generation_takes_over_and_no_step_runs_twice_at_once(scripts, rt):
    gateway.startup(modules=PLANT)
    old = wait_for_worker()
    workflow_id = rt.enqueue("engine_two_steps")
    wait_inside()
    waiting = rt.enqueue("engine_two_steps", partitionKey="behind")
    wait_inside()
    assert gateway.swap()["generation"] == 2
    new = wait_for_worker()
    assert new is not old
    wait_until(lambda: old.state.is_releasing, "the old generation to see the new one", PATIENCE)
    assert rt.getWorkflow(workflow_id)["status"] == "RUNNING", "a step keeps its lease to its end"
    gate.release(2)
    wait_inside()
    wait_inside()
    gate.release(2)
    rows = [ended(rt, one) for one in (workflow_id, waiting)]
    assert [(row["status"], row["failure_count"], row["reclaim_count"]) for row in rows] == [
        ("SUCCESS", 0, 0),
        ("SUCCESS", 0, 0),
    ]
    assert sorted(map(str, seen)) == ["one", "one", "two", "two"], "each step of each workflow once"
    wait_until(old.state.ending.is_set, "the old generation to end", PATIENCE)


def test_the_work_of_a_generation_that_was_shut_down_goes_back(scripts, rt):
    gateway.startup(modules=PLANT)
    wait_for_worker()
    workflow_id = rt.enqueue("engine_two_steps")
    wait_inside()
    answer = gateway.shutdown(drainSeconds=0)
    assert (answer["code"], answer["isEnded"]) == ("STOPPED", False)
    assert "in the background" in answer["message"]
    gate.release()
    wait_for_status(rt, workflow_id, "ENQUEUED")
    row = rt.getWorkflow(workflow_id)
    assert (row["failure_count"], row["reclaim_count"]) == (0, 0)
    assert gateway.tick()["code"] == "NOT_STARTED", "a shutdown is not undone by the timer"


def test_a_drain_lets_what_runs_finish_first(scripts, rt):
    gateway.startup(modules=PLANT)
    wait_for_worker()
    workflow_id = rt.enqueue("engine_two_steps")
    wait_inside()
    gate.release(2)
    assert gateway.shutdown(drainSeconds=PATIENCE)["isEnded"] is True
    assert rt.getWorkflow(workflow_id)["status"] == "SUCCESS"


def test_the_timer_starts_the_scripts_of_a_save_whose_startup_has_not_run(scripts, rt):
    gateway.startup(modules=PLANT, threads=3)
    old = wait_for_worker()
    scripts()
    answer = gateway.tick()
    assert (answer["code"], answer["generation"]) == ("STARTED", 2)
    new = wait_for_worker()
    assert new.state.threads == 3
    wait_until(old.state.ending.is_set, "the old generation to end", PATIENCE)
    assert gateway.startup(modules=PLANT, threads=3)["generation"] == 2


def test_the_timer_starts_a_part_that_has_died(scripts):
    gateway.startup(modules=PLANT)
    worker = wait_for_worker()
    worker._running["maintain"] = threading.Thread()
    assert gateway.tick()["restarted"] == ["maintain"]
    assert gateway.tick()["restarted"] == []


def test_d31_a_missing_schema_is_one_line_that_names_the_file(
    empty_dsn, schema, scripts, monkeypatch, caplog
):
    monkeypatch.setattr(generation, "_RETRY_SECONDS", 0.05)
    caplog.set_level(logging.ERROR)
    instance.configure(empty_dsn, schema=schema)
    gateway.startup(modules=PLANT)
    started = gateway._here["generation"]
    wait_until(lambda: started._try_at > 0 and "schema_missing" in caplog.text, "the line")
    first = started._try_at
    wait_until(lambda: started._try_at > first + 0.2, "several tries")
    assert caplog.text.count("event=schema_missing") == 1
    assert f"run=ignition-workflows-{settings.VERSION}.sql" in caplog.text
    import psycopg

    with psycopg.connect(empty_dsn, autocommit=True) as conn:
        installer.install(conn, schema)
    wait_for_worker()


def test_a_schema_newer_than_the_scripts_says_to_bring_them_up(scripts, monkeypatch, caplog):
    monkeypatch.setattr("exchange.workflows.settings.SCHEMA_VERSION", 1)
    gateway.startup(modules=PLANT)
    wait_until(lambda: "event=schema_newer" in caplog.text, "the line")
    assert "upgrade the library" in caplog.text and "schema_missing" not in caplog.text


def test_a_generation_survives_what_its_start_raises(scripts, monkeypatch, caplog):
    monkeypatch.setattr(generation, "_RETRY_SECONDS", 0.05)
    broken = [RuntimeError("not now")]

    def worker(**keywords):
        if broken:
            raise broken.pop()
        return Worker(**keywords)

    monkeypatch.setattr(gateway, "Worker", worker)
    gateway.startup(modules=PLANT)
    wait_for_worker()
    assert "event=not_started error=not now" in caplog.text


@pytest.mark.parametrize("modules", ["plant.flows", [1]])
def test_modules_must_be_a_list_of_names(scripts, modules):
    answer = gateway.startup(modules=modules)
    assert (answer["ok"], answer["code"], answer["field"]) == (
        False,
        "INVALID_ARGUMENTS",
        "modules",
    )
