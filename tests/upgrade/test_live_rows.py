"""The installer over a database that works: rows survive, workers in mid-flight finish."""

import shutil
import threading

import pytest

from exchange.workflows.cpython import installer
from tests.calls import SCHEMA, Calls, refused

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
    (directory / "migrations/0002_add_note.sql").write_text(NEXT)
    manifest = directory / "install.sql"
    last = "\\ir migrations/0001_create_tables.sql\n"
    text = manifest.read_text()
    assert last in text
    manifest.write_text(text.replace(last, last + "\\ir migrations/0002_add_note.sql\n"))
    return directory


@pytest.fixture
def live(calls, make_worker):
    """A workflow in every live status, and what it takes to end each."""
    worker = make_worker("mix", max_attempts=3, backoff_seconds=0)
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
    return {i: (calls.get(i), calls.steps(i), calls.hot_rows(i)) for i in ids.values()}


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


@pytest.mark.parametrize("what", ["again", "next migration"])
def test_rows_survive_and_finish(calls, conn, clock, live, next_sources, what):
    worker, ids, running = live
    before = everything(calls, ids)
    directory = next_sources if what == "next migration" else None
    installer.install(conn, SCHEMA, directory)
    clock.advance(0)
    assert everything(calls, ids) == before
    assert calls.call("schema_version") == (2 if directory else 1)
    end_all(calls, clock, worker, ids, running)


def test_d31_the_same_version_again_changes_nothing(calls, conn):
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
    assert detail["schema_version"] == 2


def test_workers_in_mid_flight(calls, connect, make_worker, next_sources):
    """Claims, records and finishes go on in another thread while the installer runs, twice."""
    calls.enqueue_many(*[{"workflow_name": "mix"}] * 300)
    worker = make_worker("mix", calls=Calls(connect()))
    done, stop = [], threading.Event()

    def work():
        while not stop.is_set() or len(done) < 300:
            for claimed in worker.claim(5):
                worker.record(claimed, "weigh", output=len(done))
                while worker.finish(claimed) == "busy":
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
    user = Calls(connect(autocommit=False))
    workflow_id = user.enqueue("mix")
    installer.install(conn, SCHEMA)
    user.enqueue("mix")
    user.conn.commit()
    assert calls.status(workflow_id) == "ENQUEUED"
