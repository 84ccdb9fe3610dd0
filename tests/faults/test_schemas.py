"""Schemas and versions: F62, F63, F64, F71."""

import threading

import psycopg
import pytest

from exchange.workflows.cpython import installer
from tests.waiting import wait_until

pytestmark = pytest.mark.proof


def test_f62_installing_again_while_workers_run(site):
    for name in "ab":
        site.worker(name)
    ids = []
    with psycopg.connect(site.dsn, autocommit=True) as conn:
        for _ in range(5):
            ids += [site.enqueue("three_steps", {"seconds": 0.02}) for _ in range(8)]
            installer.install(conn, site.schema)
    assert set(site.wait_ended(*ids, seconds=30)) == {"SUCCESS"}
    history = site.assert_promises(label="F62 installed 5 times under load")
    assert max(w["failure_count"] for w in history.workflows.values()) == 0


@pytest.mark.parametrize("version, advice", [(0, "migrate"), (99, "upgrade the library")])
def test_f63_another_schema_version_is_refused_with_advice(site, version, advice):
    body = site.one("select pg_get_functiondef(%s::regproc)", f"{site.schema}.schema_version")
    source = site.one(
        "select prosrc from pg_proc where oid = %s::regproc", f"{site.schema}.schema_version"
    )
    is_plpgsql = "plpgsql" in body
    changed = f" begin return {version}; end " if is_plpgsql else f"select {version}"
    site.conn.execute(body.replace(source, changed))
    worker = site.worker("a", is_waited_for=False)
    assert worker.wait() != 0
    assert advice in worker.log()
    site.conn.execute(body)
    site.worker("b")
    assert site.wait_ended(site.enqueue("three_steps")) == ["SUCCESS"]


def test_f64_two_installers_at_once_and_one_killed(make_site, own_server):
    with psycopg.connect(own_server.dsn(), autocommit=True) as admin:
        admin.execute("create database fresh")
    dsn, errors = own_server.dsn("fresh"), []

    def install() -> None:
        try:
            with psycopg.connect(dsn, autocommit=True) as conn:
                installer.install(conn, "workflows")
        except psycopg.Error as error:
            errors.append(error)

    threads = [threading.Thread(target=install) for _ in range(4)]
    for thread in threads:
        thread.start()
    kill = (
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = 'fresh'"
        " and pid = (select min(pid) from pg_stat_activity where datname = 'fresh')"
    )
    with psycopg.connect(own_server.dsn(), autocommit=True) as admin:
        wait_until(lambda: admin.execute(kill).fetchone()[0], "one to be killed")
    for thread in threads:
        thread.join()
    assert len(errors) <= 1
    install()
    with psycopg.connect(dsn, autocommit=True) as conn:
        assert conn.execute("select workflows.schema_version()").fetchone()[0] >= 1
        assert conn.execute("select count(*) from workflows.schema_migration").fetchone()[0] >= 1


def test_f71_shadows_in_public_and_pg_temp_have_no_effect(site):
    """Functions, operators and tables of the same names, in schemas that a caller can write to."""
    role = f"{site.schema}_enqueuer"
    site.conn.execute(
        f"grant create on schema public to {role}; grant temp on database {site.dbname} to {role}"
    )
    with psycopg.connect(site.dsn, autocommit=True) as conn:
        conn.execute(f"set role {role}")
        conn.execute(
            "create table public.seen (who text); grant all on public.seen to public;"
            "create function public.lower(text) returns text language plpgsql as"
            " $$begin insert into public.seen values (current_user); return 'x'; end$$;"
            "create function public.shout(uuid, uuid) returns boolean language plpgsql as"
            " $$begin insert into public.seen values (current_user); return true; end$$;"
            "create operator public.= (leftarg = uuid, rightarg = uuid, function = public.shout);"
            "create temp table workflow (workflow_id uuid); create temp table queue (queue_id int)"
        )
        conn.execute("set search_path = pg_temp, public, pg_catalog")
        for _ in range(3):
            conn.execute(site.sql("select workflows.enqueue('three_steps')"))
        assert conn.execute("select count(*) from public.seen").fetchone()[0] == 0
        assert conn.execute("select count(*) from pg_temp.workflow").fetchone()[0] == 0
    site.worker("a")
    site.wait_all_ended()
    assert site.one("select count(*) from public.seen") == 0
    site.assert_promises(label="F71 shadows")
