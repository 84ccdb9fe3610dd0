"""The installer's promises: idempotent, one transaction, one at a time, no edited past."""

import json
from pathlib import Path

import psycopg
import pytest

from exchange.workflows.cpython import installer
from tests.waiting import Background, wait_until_blocked


@pytest.fixture
def conn(empty_dsn):
    with psycopg.connect(empty_dsn, autocommit=True) as conn:
        yield conn


def ledger(conn, schema="workflows"):
    return conn.execute(f"select version, is_breaking from {schema}.schema_migration").fetchall()


def test_installing_twice_changes_nothing_the_second_time(conn, sources):
    first = installer.install(conn, directory=sources)
    before = conn.execute("select xmin::text, * from workflows.schema_migration").fetchall()
    second = installer.install(conn, directory=sources)
    assert [m.file_name for m in first.pending] == ["0001_create_valve.sql"]
    assert first.new_functions == ["count_valves"]
    assert second.is_current
    assert conn.execute("select xmin::text, * from workflows.schema_migration").fetchall() == before
    assert conn.execute("select workflows.count_valves()").fetchone() == (0,)


def test_plan_changes_nothing(conn, sources):
    found = installer.plan(conn, directory=sources)
    assert (found.installed_version, found.library_version) == (0, 1)
    assert not found.is_current
    assert conn.execute("select to_regnamespace('workflows')").fetchone() == (None,)


def test_a_new_migration_is_applied_to_the_rows_that_are_there(conn, sources, add_migration):
    installer.install(conn, directory=sources)
    conn.execute("insert into workflows.valve values (7)")
    add_migration("0002_add_name.sql", "-- breaking\nalter table workflows.valve add name text;\n")
    found = installer.plan(conn, directory=sources)
    assert [(m.version, m.is_breaking) for m in found.pending] == [(2, True)]
    installer.install(conn, directory=sources)
    assert conn.execute("select * from workflows.valve").fetchall() == [(7, None)]
    assert ledger(conn) == [(1, False), (2, True)]


def test_a_changed_function_is_named_and_replaced(conn, sources, write):
    installer.install(conn, directory=sources)
    text = (sources / "functions/count_valves.sql").read_text()
    write("functions/count_valves.sql", text.replace("count(*)", "41 + count(*)"))
    assert installer.plan(conn, directory=sources).changed_functions == ["count_valves"]
    installer.install(conn, directory=sources)
    assert conn.execute("select workflows.count_valves()").fetchone() == (41,)


def test_an_edited_migration_is_refused_and_nothing_changes(conn, sources, write):
    installer.install(conn, directory=sources)
    write("migrations/0001_create_valve.sql", "create table workflows.valve (valve_id bigint);")
    write(
        "functions/count_valves.sql",
        "create function workflows.never() returns int language sql as 'select 1';",
    )
    assert installer.plan(conn, directory=sources).edited == ["0001_create_valve.sql"]
    with pytest.raises(psycopg.Error) as refused:
        installer.install(conn, directory=sources)
    assert refused.value.sqlstate == "WF902"
    assert json.loads(refused.value.diag.message_detail or "") == {
        "file_name": "0001_create_valve.sql"
    }
    assert conn.execute("select to_regproc('workflows.never')").fetchone() == (None,)


def test_a_newer_schema_is_refused(conn, sources, add_migration):
    old = (sources / "install.sql").read_text()
    add_migration("0002_add_name.sql", "alter table workflows.valve add name text;")
    installer.install(conn, directory=sources)
    (sources / "install.sql").write_text(old)
    assert installer.plan(conn, directory=sources).is_newer
    with pytest.raises(psycopg.Error) as refused:
        installer.install(conn, directory=sources)
    assert refused.value.sqlstate == "WF008"
    assert json.loads(refused.value.diag.message_detail or "") == {
        "schema_version": 2,
        "library_version": 1,
    }


def test_a_migration_that_fails_leaves_nothing(conn, sources, add_migration):
    add_migration("0002_fail.sql", "create table workflows.half (); select 1/0;")
    with pytest.raises(psycopg.errors.DivisionByZero):
        installer.install(conn, directory=sources)
    assert conn.execute("select to_regnamespace('workflows')").fetchone() == (None,)


def test_the_second_of_two_installers_waits_and_finds_nothing_to_do(conn, empty_dsn, sources):
    script = installer.render(directory=sources)
    with psycopg.connect(empty_dsn) as first, psycopg.connect(empty_dsn, autocommit=True) as other:
        first.execute(script.replace("begin isolation", "-- ").replace("commit;", "").encode())
        second = Background(other, script)
        wait_until_blocked(conn, second.pid)
        first.commit()
        second.outcome()
    assert ledger(conn) == [(1, False)]


def test_without_the_advisory_lock_the_second_installer_fails(conn, empty_dsn, sources, write):
    """Negative control: the lock is what keeps the two apart."""
    write("bootstrap.sql", (sources / "bootstrap.sql").read_text().partition("\n")[2])
    script = installer.render(directory=sources)
    with psycopg.connect(empty_dsn) as first, psycopg.connect(empty_dsn, autocommit=True) as other:
        first.execute(script.replace("begin isolation", "-- ").replace("commit;", "").encode())
        second = Background(other, script)
        wait_until_blocked(conn, second.pid)
        first.commit()
        with pytest.raises(psycopg.errors.UniqueViolation):
            second.outcome()


def test_an_installer_killed_in_the_middle_leaves_nothing_and_can_run_again(
    conn, empty_dsn, sources, add_migration
):
    conn.execute("create table public.gate ()")
    conn.execute("begin; lock table public.gate")
    add_migration("0002_wait.sql", "select count(*) from public.gate;")
    with psycopg.connect(empty_dsn, autocommit=True) as doomed:
        running = Background(doomed, installer.render(directory=sources))
        wait_until_blocked(conn, running.pid)
        conn.execute("select pg_terminate_backend(%s)", (running.pid,))
        with pytest.raises(psycopg.OperationalError):
            running.outcome()
    conn.execute("commit")
    assert conn.execute("select to_regnamespace('workflows')").fetchone() == (None,)
    installer.install(conn, directory=sources)
    assert ledger(conn) == [(1, False), (2, False)]


def test_a_table_that_somebody_keeps_locked_is_not_waited_for(
    conn, empty_dsn, sources, add_migration
):
    installer.install(conn, directory=sources)
    add_migration("0002_add_name.sql", "alter table workflows.valve add name text;")
    conn.execute("begin; lock table workflows.valve in access share mode")
    with psycopg.connect(empty_dsn, autocommit=True) as other:
        script = installer.render(directory=sources)
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(script.replace("lock_timeout = '10s'", "lock_timeout = '50ms'").encode())
    conn.execute("commit")
    assert ledger(conn) == [(1, False)]


def test_another_schema_name_stands_beside_the_first(conn, sources):
    installer.install(conn, directory=sources)
    installer.install(conn, "site_a", directory=sources)
    conn.execute("insert into workflows.valve values (1)")
    assert conn.execute("select site_a.count_valves()").fetchone() == (0,)
    assert ledger(conn, "site_a") == [(1, False)]


def test_the_ledger_has_the_digest_of_the_source_whatever_the_schema(conn, sources):
    for schema in ("workflows", "site_a"):
        installer.install(conn, schema, directory=sources)
    digests = "select sha256 from {}.schema_migration"
    assert (
        conn.execute(digests.format("workflows")).fetchall()
        == conn.execute(digests.format("site_a")).fetchall()
    )


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("select workflows.enqueue('a')", "select site_a.enqueue('a')"),
        ("create schema workflows authorization workflows_owner", None),
        ("to_regnamespace('workflows')", "to_regnamespace('site_a')"),
        ("perform pg_notify('workflows_wake', '')", "perform pg_notify('site_a_wake', '')"),
        ("json_build_object('workflows', 1)", "json_build_object('workflows', 1)"),
        ("format('%I', workflows.%I)", "format('%I', site_a.%I)"),
        ("claim_workflows(); -- all workflows.", "claim_workflows(); -- all workflows."),
        ("myworkflows.x, workflows_ownership", "myworkflows.x, workflows_ownership"),
    ],
)
def test_rename(text, renamed):
    renamed = renamed or "create schema site_a authorization site_a_owner"
    assert installer.rename(text, "site_a") == renamed
    assert installer.rename(text, "workflows") == text


@pytest.mark.parametrize(
    "name", ["", "Site", "1a", "a-b", "a" * 42, "pg_x", "public", 'a"b', "a.b"]
)
def test_a_bad_schema_name_is_refused(name):
    with pytest.raises(installer.InstallerError, match="schema name"):
        installer.render(name)


def test_a_manifest_may_only_include(sources, write):
    write("install.sql", "drop table x;")
    with pytest.raises(installer.InstallerError, match="line 1"):
        installer.read_sources(sources)


def test_an_open_transaction_is_refused(conn, sources):
    conn.execute("begin")
    with pytest.raises(installer.InstallerError, match="open transaction"):
        installer.install(conn, directory=sources)


def test_a_connection_that_was_not_autocommit_stays_so(empty_dsn, sources):
    with psycopg.connect(empty_dsn) as conn:
        installer.install(conn, directory=sources)
        assert not conn.autocommit


def test_the_rendered_script_runs_in_psql(server, empty_dsn, sources, tmp_path: Path):
    script = server.directory / "install-rendered.sql"
    script.write_text(installer.render(directory=sources))
    arguments = ("-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", empty_dsn)
    server.run_program("psql", *arguments, "-f", str(script))
    server.run_program("psql", *arguments, "-f", str(script))
    counted = server.run_program("psql", *arguments, "-tA", "-c", "select workflows.count_valves()")
    assert counted.strip() == "0"
