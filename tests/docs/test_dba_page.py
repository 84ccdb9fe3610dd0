"""The DBA's page: its statements run as they stand, and what it says of migrations is what they do."""

import re

import psycopg
import pytest

from exchange.workflows.cpython import installer
from tests.calls import SCHEMA, Calls, calls, make_worker
from tests.style.sources import ROOT
from tests.upgrade.conftest import FIRST

__all__ = ["calls", "make_worker"]

PAGE = (ROOT / "docs" / "operations" / "dba.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sql\n(.*?)^```", PAGE, re.M | re.S)
QUERIES = re.findall(r"^\d+\. ([A-Z][^\n]*):\n\n```sql\n(.*?)^```", PAGE, re.M | re.S)[-10:]
OTHERS = [block for block in BLOCKS if block not in [query for _, query in QUERIES]]
ROWS = re.findall(r"^\| `(\d{4}_\w+)` \| (.+?) \| (.+?) \| (.+?) \|$", PAGE, re.M)
FILES = """select c.relname, c.relfilenode from pg_class c
  where c.relnamespace = %s::regnamespace and c.relkind = 'r'"""
INDEXES = """select i.relname, t.relname from pg_index x join pg_class i on i.oid = x.indexrelid
  join pg_class t on t.oid = x.indrelid where t.relnamespace = %s::regnamespace"""

LOCKED = """select distinct c.relname from pg_locks l join pg_class c on c.oid = l.relation
  where l.pid = pg_backend_pid() and l.mode in ('AccessExclusiveLock', 'ShareLock')
    and c.relkind = 'r' and c.relnamespace = %s::regnamespace"""


@pytest.fixture
def busy(calls, make_worker):
    """One workflow that runs with a key, one that waits for it, and a dead letter."""
    worker = make_worker("fill", "fail")
    calls.enqueue("fill", partition_key="T-101")
    worker.claim_one()
    calls.enqueue("fill", partition_key="T-101")
    worker.claim(1)
    calls.enqueue("fail")
    error = {"class": "IOError", "message": "no route", "traceback": ""}
    worker.finish(worker.claim_one(), "error", error=error)


def test_there_are_ten():
    assert len(QUERIES) == 10


def test_queries(busy, connect, sql):
    """Each as who may run it; two of them find nothing where all is well."""
    for place, (about, query) in enumerate(QUERIES, start=1):
        rows = connect("viewer" if place <= 6 else None).execute(sql(query)).fetchall()
        assert rows or place in (9, 10), f"{about}: a query that finds nothing shows nothing"


def test_who_waits_and_who_holds_a_snapshot_is_found(connect, sql):
    holder, waiter, looker = (connect(autocommit=number == 2) for number in range(3))
    holder.execute("set transaction isolation level repeatable read")
    holder.execute(sql("select pg_current_xact_id(), (select count(*) from workflows.queue)"))
    found = looker.execute(sql(QUERIES[8][1])).fetchall()
    assert f"session {holder.info.backend_pid}" in [row[0] for row in found]
    assert looker.execute(sql(QUERIES[9][1])).fetchall() == []
    assert waiter


def test_the_other_statements(conn, sql):
    with conn.transaction(force_rollback=True):
        for block in OTHERS:
            conn.execute(sql(block))
        assert conn.execute(sql("select maintenance from workflows.queue_depth")).fetchone() == (
            None,
        )


OPTIONS = """select c.relname, o.option_name, o.option_value from pg_class c
  cross join pg_options_to_table(c.reloptions) o where c.relnamespace = %s::regnamespace"""


def test_fill_factors_and_thresholds(conn, schema):
    options = {}
    for table, name, value in conn.execute(OPTIONS, [schema]).fetchall():
        options.setdefault(table, {})[name] = value
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+)( %)? \|$", PAGE, re.M)
    assert len(rows) > 7
    for table, fill_factor, number, is_share in rows:
        there = options[table]
        assert there.get("fillfactor", "100") == fill_factor, table
        if is_share:
            assert float(there["autovacuum_vacuum_scale_factor"]) * 100 == int(number), table
        else:
            assert float(there["autovacuum_vacuum_scale_factor"]) == 0, table
            assert there["autovacuum_vacuum_threshold"] == number, table


@pytest.mark.proof
def test_a_dump_of_the_schema_is_the_whole_queue(busy, server, database, empty_dsn):
    """`pg_dump -n workflows`, restored into a database that has nothing."""
    assert "`pg_dump -n workflows` takes the queue alone" in PAGE
    path = str(server.directory / "queue.sql")
    server.run_program("pg_dump", "-n", SCHEMA, "--file", path, "--dbname", server.dsn(database))
    options = ["-q", "-v", "ON_ERROR_STOP=1", "--file", path]
    server.run_program("psql", *options, "--dbname", empty_dsn)
    with psycopg.connect(empty_dsn, autocommit=True) as restored:
        assert installer.plan(restored, SCHEMA).is_current
        calls = Calls(restored)
        calls.call("enter_maintenance", mode="drain", reason="restored", actor="dba")
        lived = "select status, count(*) from workflows.workflow group by 1 order by 1"
        assert calls.rows(lived) == [("BLOCKED", 1), ("ERROR", 1), ("RUNNING", 1)]


def test_what_each_migration_locks_rewrites_and_indexes(empty_dsn):
    """One by one over the first release, each in its own transaction."""
    done = {}
    with psycopg.connect(empty_dsn, autocommit=True) as conn:
        conn.execute(installer.rename(FIRST.read_text(), SCHEMA).encode(), prepare=False)
        for source in installer.read_sources():
            if source.is_migration and source.version > 1:
                with conn.transaction():
                    done[source.file_name.removesuffix(".sql")] = what_it_does(conn, source.text)
    assert {name: cells for name, *cells in ROWS} == done


def what_it_does(conn, text):
    """The three cells of its row."""
    files, indexes = (dict(conn.execute(query, [SCHEMA]).fetchall()) for query in (FILES, INDEXES))
    conn.execute(installer.rename(text, SCHEMA).encode(), prepare=False)
    after, made = (dict(conn.execute(query, [SCHEMA]).fetchall()) for query in (FILES, INDEXES))
    locked = {name for (name,) in conn.execute(LOCKED, [SCHEMA]).fetchall()}
    rewritten = [name for name in files if after[name] != files[name]]
    indexed = {made[name] for name in set(made) - set(indexes)}
    return [cell(locked & set(files)), cell(rewritten), cell(indexed & set(files))]


def cell(names):
    return ", ".join(f"`{name}`" for name in sorted(names)) or "nothing"
