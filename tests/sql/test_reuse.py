"""Tests leave nothing to each other in the database that they share."""

import contextlib

import psycopg
import pytest

from tests.calls import SCHEMA, Calls
from tests.clock import Clock
from tests.reuse import Reuse

NAME = "reuse_test"
EVERYTHING = """
select json_build_object(
  'workflow', (select json_agg(w) from workflows.workflow w),
  'queue', (select json_agg(q order by queue_name) from workflows.queue q),
  'setting', (select json_agg(s order by setting_name) from workflows.setting s),
  'audit', (select json_agg(a) from workflows.audit a),
  'lane', (select json_agg(n) from workflows.new_lane n),
  'next', (select json_agg(x) from (select last_value, is_called from workflows.ready_seq) x))"""


@pytest.fixture
def reuse(server, template):
    reuse = Reuse(server, NAME, template.template_dbname)
    yield reuse
    reuse.drop()


@pytest.fixture
def session(reuse, server):
    """session(): calls in the database, which it takes."""
    with contextlib.ExitStack() as opened:
        yield lambda: Calls(
            opened.enter_context(psycopg.connect(server.dsn(reuse.take()), autocommit=True))
        )


def identity(calls):
    return calls.value("select oid from pg_database where datname = current_database()")


def test_rows_and_sequences_are_as_they_were(reuse, session):
    calls = session()
    before = calls.value(EVERYTHING)
    first = identity(calls)
    calls.enqueue("mix", {"x": 1})
    calls.call("create_queue", queue_name="other")
    calls.set_setting("max_reclaims", 7)
    assert calls.value(EVERYTHING) != before
    reuse.give_back()
    with pytest.raises(psycopg.OperationalError):
        calls.value("select 1")
    calls = session()
    assert (identity(calls), calls.value(EVERYTHING)) == (first, before)
    assert calls.status(calls.enqueue("mix")) == "ENQUEUED"


@pytest.mark.parametrize(
    "change",
    [
        "create or replace function workflows.clock_now() returns timestamptz language sql volatile"
        " as 'select now()'",
        "grant select on workflows.setting to public",
        "grant execute on function workflows.clock_now() to public",
        "alter table workflows.setting add column note text",
        "alter table workflows.workflow drop constraint workflow_fits",
        "drop index workflows.lane_definition",
        "create table public.notes (note text)",
        "create schema other",
        "alter database reuse_test set work_mem = '1MB'",
        "insert into workflows.workflow_payload select gen_random_uuid(), repeat('x', 1000)"
        " from generate_series(1, 2000)",
    ],
    ids=lambda change: " ".join(change.split()[:5]),
)
def test_who_has_changed_more_or_much_leaves_it(reuse, session, change):
    calls = session()
    first = identity(calls)
    calls.run(change)
    reuse.give_back()
    assert identity(session()) != first


def test_a_clock_that_goes_as_it_did_leaves_the_copy(reuse, session):
    calls = session()
    first = identity(calls)
    clock = Clock(calls.conn, SCHEMA)
    clock.advance(60)
    clock.freeze()
    clock.reset()
    reuse.give_back()
    assert identity(session()) == first


STATE = """
select array(select pg_listening_channels()), current_user, current_setting('work_mem'),
  to_regclass('notes'),
  (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid())"""


def test_the_session_goes_on_as_new(reuse):
    calls = Calls(reuse.session())
    pid, before = calls.conn.info.backend_pid, calls.rows(STATE)
    calls.run("listen news")
    calls.run("select pg_advisory_lock(1)")
    calls.run("create temp table notes (note text)")
    calls.run("set work_mem = '1MB'")
    calls.run(f"set role {SCHEMA}_viewer")
    assert all(was != now for was, now in zip(before[0], calls.rows(STATE)[0], strict=True))
    reuse.give_back()
    calls = Calls(reuse.session())
    assert (calls.conn.info.backend_pid, calls.rows(STATE)) == (pid, before)


@pytest.mark.parametrize("leave", ["begin", "broken", "closed", "by hand"])
def test_a_session_that_is_not_as_new_ends(reuse, leave):
    conn = reuse.session()
    pid = conn.info.backend_pid
    if leave == "begin":
        conn.execute("begin")
    elif leave == "by hand":
        conn.autocommit = False
    elif leave == "closed":
        conn.close()
    else:
        with pytest.raises(psycopg.OperationalError):
            conn.execute("select pg_terminate_backend(pg_backend_pid())")
    reuse.give_back()
    assert reuse.session().info.backend_pid != pid
