"""The installer over a released schema that works: rows survive, workers in mid-flight finish."""

import shutil
import threading

import psycopg
import pytest

from exchange.workflows.cpython import installer
from exchange.workflows.database import sqlstates
from exchange.workflows.settings import SCHEMA_VERSION
from tests import schema_snapshot
from tests.calls import SCHEMA, Calls, refused
from tests.upgrade.conftest import FIRST_VERSION

NEW_KEYS = {"children", "recipe", "previous_workflow_id", "traceparent"}
NEXT = """\
alter table workflows.workflow add column note text;
comment on column workflows.workflow.note is 'Something the next version wants to know.';
create table workflows.shift (shift_id integer primary key);
comment on table workflows.shift is 'A table of the next version.';
"""


@pytest.fixture
def next_sources(tmp_path):
    """The sources of the next version: ours and one more migration."""
    directory = tmp_path / "sql"
    shutil.copytree(installer.sql_directory(), directory)
    path = f"migrations/{SCHEMA_VERSION + 1:04d}_add_note.sql"
    (directory / path).write_text(NEXT)
    manifest = directory / "install.sql"
    before, functions, after = manifest.read_text().partition("\n-- small helpers")
    assert functions
    manifest.write_text(f"{before}\\ir {path}\n{functions}{after}")
    return directory


@pytest.fixture
def live(calls, make_old_worker):
    """A workflow in every live status, and what it takes to end each."""
    worker = make_old_worker("mix", max_attempts=3, backoff_seconds=0)
    ids = {"DELAYED": calls.enqueue("mix", delay_seconds=3600)}
    ids["WAITING"] = calls.enqueue("mix")
    claimed = worker.claim_one()
    worker.record(claimed, "nap", kind="sleep", status="WAITING", seconds=3600)
    worker.finish(claimed, "suspend", k="nap")
    ids["RUNNING"] = calls.enqueue("mix", {"kg": 5}, partition_key="k")
    running = worker.claim_one()
    worker.record(running, "weigh", output=5)
    ids["BLOCKED"] = calls.enqueue("mix", partition_key="k")
    assert worker.claim(1) == []
    ids["HELD"] = calls.enqueue("mix")
    calls.command(ids["HELD"], "HOLD")
    ids["ENQUEUED"] = calls.enqueue("mix", deduplication_id="d")
    assert {calls.status(i): i for i in ids.values()} == ids
    return worker, ids, running


def everything(calls, ids):
    """What the first release tells of each."""
    return {
        i: (
            {k: v for k, v in calls.get(i).items() if k not in NEW_KEYS},
            calls.steps(i),
            calls.hot_rows(i),
        )
        for i in ids.values()
    }


def end_all(calls, clock, worker, ids, running):
    assert worker.record(running, "weigh", output=6)["output"] == 5
    assert worker.finish(running, result=5) == "ok"
    calls.command(ids["HELD"], "RESUME")
    calls.call("renew_worker", worker_id=worker.worker_id, held={"held": []})
    clock.advance(3601)
    calls.maintain()
    done = worker.work_off()
    assert set(done) == set(ids.values()) - {running["w"]}
    assert {calls.status(i) for i in ids.values()} == {"SUCCESS"}
    assert calls.rows("select from workflows.gate_ticket") == []


def test_the_released_schema_is_another_one(calls):
    """Else the tests here would prove nothing."""
    assert calls.call("schema_version") == FIRST_VERSION < SCHEMA_VERSION
    query = "select column_name from information_schema.columns where table_name = 'worker'"
    assert ("is_active",) not in calls.rows(query)


@pytest.mark.parametrize("what", ["upgrade", "upgrade, and again", "next migration"])
def test_rows_survive_and_finish(calls, conn, clock, live, next_sources, what):
    worker, ids, running = live
    before = everything(calls, ids)
    directory = next_sources if what == "next migration" else None
    for _ in range(2 if what == "upgrade, and again" else 1):
        installer.install(conn, SCHEMA, directory)
    assert installer.plan(conn, SCHEMA, directory).is_current
    clock.advance(0)
    assert everything(calls, ids) == before
    assert calls.call("schema_version") == SCHEMA_VERSION + bool(directory)
    end_all(calls, clock, worker, ids, running)


def test_rows_of_before_mean_what_they_meant(calls, conn, live, make_worker):
    """An engine of the first release is an active process; its queues run on active workers."""
    worker, _, running = live
    installer.install(conn, SCHEMA)
    query = "select role, is_active, is_draining, project_name, generation from workflows.worker"
    assert calls.rows(query) == [("process", True, False, None, None)]
    assert calls.rows("select run_on, maintenance_mode from workflows.queue") == [("active", None)]
    assert worker.renew(running)["is_lost"] is False
    assert [c["name"] for c in worker.claim(1)] == ["mix"]
    inactive = make_worker("mix", node={"is_active": False})
    assert inactive.claim(1) == []


def test_the_audit_of_before_stays_as_it_was_written(calls, conn, live, make_worker):
    """No row is written again: not by the new columns, not by the trigger."""
    worker, ids, running = live
    query = "select audit_id, xmin::text, ctid::text, event, actor, detail from workflows.audit"
    before = calls.rows(query + " order by 1")
    assert {row[3] for row in before} >= {"definitions registered", "command HOLD accepted"}
    installer.install(conn, SCHEMA)
    assert calls.rows(query + " order by 1") == before
    assert calls.rows(
        "select distinct source, old_value, new_value, second_actor from workflows.audit"
    ) == [(None,) * 4]
    with refused("WF010"):
        calls.run("delete from workflows.audit")
    calls.retry(_failed(worker, running))
    query = "select old_value, new_value from workflows.audit where event = 'retried'"
    assert calls.rows(query) == [("ERROR ERROR", "ENQUEUED RUNNING")]
    assert all(event in calls.call("export_audit") for *_, event, _, _ in before)


def _failed(worker, running):
    for _ in range(9):
        worker.fail(running)
        if worker.calls.status(running["w"]) == "ERROR":
            return running["w"]
        worker.calls.maintain()
        (running,) = [c for c in worker.claim(9) if c["w"] == running["w"]]
    raise AssertionError("it still has a try left")


def test_an_upgrade_makes_what_a_fresh_install_makes(conn, server):
    """Column order apart, which no function depends on."""
    installer.install(conn, SCHEMA)
    upgraded = schema_snapshot.dump(server, conn.info.dbname)
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute("create database fresh_test")
        try:
            with psycopg.connect(server.dsn("fresh_test"), autocommit=True) as fresh:
                installer.install(fresh, SCHEMA)
            assert upgraded == schema_snapshot.dump(server, "fresh_test")
        finally:
            admin.execute("drop database fresh_test with (force)")


def test_d31_the_same_version_again_changes_nothing(calls, conn):
    installer.install(conn, SCHEMA)
    query = "select version, sha256, applied_at from workflows.schema_migration"
    before = calls.rows(query)
    calls.set_setting("max_reclaims", 9)
    calls.set_queue(max_running=3)
    assert installer.install(conn, SCHEMA).pending == []
    assert calls.rows(query) == before
    assert calls.value("select workflows.setting_of('max_reclaims')") == "9"
    assert calls.value("select max_running from workflows.queue") == 3


def test_a_worker_of_the_old_version_goes_on_until_it_registers_again(
    calls, conn, live, next_sources, make_worker
):
    """Not breaking: what is claimed and recorded goes on; a new registration is told what to do."""
    worker, _, running = live
    installer.install(conn, SCHEMA, next_sources)
    assert worker.renew(running)["is_lost"] is False
    assert worker.record(running, "fill") is None
    assert worker.finish(running) == "ok"
    with refused("WF008") as detail:
        make_worker("mix")
    assert detail["schema_version"] == SCHEMA_VERSION + 1


def patiently(call, may_fail=sqlstates.is_unavailable):
    """As the engine calls: what waited in an old function while new ones came may fail, and is sent again."""
    for _ in range(20):
        try:
            return call()
        except psycopg.Error as error:
            assert may_fail(error), error
    raise AssertionError("it fails however often it is sent")


def test_workers_in_mid_flight(calls, connect, make_old_worker, next_sources):
    """Claims, records and finishes go on in another thread while the installer runs, twice. A claim that fails, for
    whatever reason, is one that brought nothing."""
    calls.enqueue_many(*[{"workflow_name": "mix"}] * 300)
    worker = make_old_worker("mix", calls=Calls(connect()))
    done, stop = [], threading.Event()

    def work():
        while not stop.is_set() or len(done) < 300:
            for claimed in patiently(lambda: worker.claim(5), lambda error: True):
                patiently(lambda c=claimed: worker.record(c, "weigh", output=len(done)))
                while patiently(lambda c=claimed: worker.finish(c)) == "busy":
                    pass
                done.append(claimed["w"])
            if stop.is_set() and len(done) < 300:
                assert calls.value("select count(*) from workflows.ready") > 0

    thread = threading.Thread(target=work)
    thread.start()
    installing = connect()
    try:
        installer.install(installing, SCHEMA)
        installer.install(installing, SCHEMA, next_sources)
    finally:
        stop.set()
        thread.join(60)
    assert len(done) == len(set(done)) == 300
    query = "select count(*) from workflows.workflow where status <> 'SUCCESS'"
    assert calls.value(query) == 0
    assert calls.value("select count(*) from workflows.step") == 300


def test_an_open_transaction_of_a_user_survives_the_installer(calls, connect, conn):
    """Re-installing the functions does not wait for, nor break, an enqueue in progress."""
    installer.install(conn, SCHEMA)
    user = Calls(connect(autocommit=False))
    workflow_id = user.enqueue("mix")
    installer.install(conn, SCHEMA)
    user.enqueue("mix")
    user.conn.commit()
    assert calls.status(workflow_id) == "ENQUEUED"


def test_a_migration_gives_up_where_a_user_keeps_a_table(calls, connect, conn):
    """Workers would wait behind it; nothing is changed, and it can be tried again."""
    user = Calls(connect(autocommit=False))
    workflow_id = user.enqueue("mix")
    script = installer.render(SCHEMA)
    assert "set local lock_timeout = '10s'" in script
    with pytest.raises(psycopg.errors.LockNotAvailable):
        conn.execute(script.replace("'10s'", "'50ms'").encode(), prepare=False)
    conn.execute("rollback")
    assert calls.call("schema_version") == FIRST_VERSION
    user.conn.commit()
    installer.install(conn, SCHEMA)
    assert calls.call("schema_version") == SCHEMA_VERSION
    assert calls.status(workflow_id) == "ENQUEUED"
