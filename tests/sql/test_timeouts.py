"""F69: a time limit that is reached inside a public function leaves nothing of it behind.

Every call is stopped at each table it touches and at each row it writes, by both limits. Afterwards every table
is as it was, and the session holds no lock: those of a session outlive a rollback. A claim alone may have marked
its session idle; its worker leaves that session (tests/engine/test_dispatcher.py).
"""

import contextlib

import psycopg
import pytest

from tests.calls import SCHEMA, Calls, shared_database
from tests.every_call import public_functions, set_stage

LIMITS = {"statement_timeout": "57014", "lock_timeout": "55P03"}
FIRST_MS, MOST_MS = 20, 10000
BARRIER = """
create schema barrier;
grant usage on schema barrier to public;
create sequence barrier.writes;
create function barrier.stop() returns trigger language plpgsql security definer as
  $$ begin
    if nextval('barrier.writes') = current_setting('barrier.stop_at')::bigint then
      perform pg_advisory_xact_lock(42);
    end if;
    return null;
  end $$;
do $$
declare v_table regclass;
begin
  for v_table in select oid from pg_class
    where relnamespace = '{schema}'::regnamespace and relkind = 'r'
  loop
    execute format('create trigger stop_here after insert or update or delete on %s '
      'for each row execute function barrier.stop()', v_table);
  end loop;
end $$;
set barrier.stop_at = 0"""
TABLES = """select c.relname from pg_class c
  where c.relnamespace = %s::regnamespace and c.relkind = 'r' order by 1"""
TOUCHED = """select distinct c.relname from pg_locks l join pg_class c on c.oid = l.relation
  where l.pid = pg_backend_pid() and c.relnamespace = %s::regnamespace and c.relkind = 'r'"""
KEPT_LOCKS = """select classid, objid, objsubid, mode from pg_locks
  where pid = %s and locktype = 'advisory' order by 1, 2, 3, 4"""


class Scene:
    """A stage, a session that is stopped, and another one that stands in its way and looks."""

    def __init__(self, conn, other):
        self.conn, self.other = conn, other
        self.statements = set_stage(Calls(conn)).statements()
        conn.execute(BARRIER.format(schema=SCHEMA))
        # its own limit of 2 s, as short as ours
        conn.execute(f"alter function {SCHEMA}.get_maintenance() set lock_timeout = '{FIRST_MS}ms'")
        tables = [name for (name,) in conn.execute(TABLES, (SCHEMA,)).fetchall()]
        rows = [
            f"('{n}', (select json_agg(t::text order by t::text) from {SCHEMA}.{n} t))"
            for n in tables
        ]
        self.everything = (
            f"select json_object_agg(t.name, t.rows) from (values {', '.join(rows)}) t(name, rows)"
        )
        self.before = self.look()

    def look(self):
        """Every row of every table, and what locks the session keeps."""
        (found,) = self.other.execute(self.everything).fetchone()
        found["locks"] = self.other.execute(KEPT_LOCKS, (self.conn.info.backend_pid,)).fetchall()
        return found

    def assert_untouched(self, where, but=()):
        after = self.look()
        after.update((name, self.before[name]) for name in but)
        differing = {name for name in after if after[name] != self.before[name]}
        self.conn.execute("select pg_advisory_unlock_all()")
        assert not differing, f"stopped at {where}, {sorted(differing)} changed"

    def reach(self, function):
        """(tables that a call touches, rows that it writes); what it did is taken back. The first
        times it also makes plans, for which it touches more: a plan is kept after five."""
        for _ in range(7):
            self.conn.execute("select setval('barrier.writes', 1, false)")
            with self.conn.transaction(force_rollback=True):
                self.conn.execute(*self.statements[function])
                tables = sorted(n for (n,) in self.conn.execute(TOUCHED, (SCHEMA,)).fetchall())
                (writes,) = self.conn.execute("select nextval('barrier.writes') - 1").fetchone()
            self.conn.execute("select pg_advisory_unlock_all()")
        return tables, writes

    def stop(self, function, limit, is_reached):
        """Runs into the limit; a longer one where a slow machine did not come as far as it should."""
        milliseconds = FIRST_MS
        while True:
            self.conn.execute("select setval('barrier.writes', 1, false)")
            self.conn.execute(f"set {limit} = {milliseconds}")
            error = None
            try:
                self.conn.execute(*self.statements[function])
            except psycopg.Error as raised:
                error = raised
            self.conn.execute(f"reset {limit}")
            if error is None or is_reached() or milliseconds > MOST_MS:
                return error and error.sqlstate
            milliseconds *= 4

    def stop_at_table(self, function, limit, table):
        with self.other.transaction():
            self.other.execute(f"lock table {SCHEMA}.{table} in access exclusive mode")
            return self.stop(function, limit, lambda: True)

    def stop_at_write(self, function, limit, place):
        def is_reached():
            query = "select last_value, is_called from barrier.writes"
            return self.conn.execute(query).fetchone() == (place, True)

        with self.other.transaction():
            self.other.execute("select pg_advisory_xact_lock(42)")
            self.conn.execute(f"set barrier.stop_at = {place}")
            state = self.stop(function, limit, is_reached)
            self.conn.execute("set barrier.stop_at = 0")
            return state


@contextlib.contextmanager
def open_scene(server, template):
    with shared_database(server, template) as conn:
        dsn = server.dsn(conn.info.dbname)
        with psycopg.connect(dsn, autocommit=True) as other:
            yield Scene(conn, other)


@pytest.fixture(scope="module")
def scene(server, template):
    with open_scene(server, template) as opened:
        yield opened


NAMES = sorted(
    "answer_prompt cancel_workflow claim_workflows create_queue enqueue enqueue_many"
    " enter_maintenance exit_maintenance export_audit finish_workflows fork_workflow"
    " get_maintenance get_workflow list_prompts list_queues list_rejected_entries list_settings"
    " list_steps list_workflows load_workflow pause_queue queue_figures read_events read_stream"
    " record_steps register_worker reject_entries renew_worker resolve_rejected_entry"
    " resume_queue retire_worker retry_workflow run_maintenance schema_version send_command"
    " send_commands send_message set_queue set_setting resolve_inputs list_parameters create_enum"
    " set_enum_status get_enum list_enums create_template set_template_status get_template"
    " list_templates create_parameter_set set_parameter_set_status get_parameter_set"
    " list_parameter_sets rename_parameter_set compare_parameter_sets export_parameter_set"
    " import_parameter_set reset_setting list_setting_changes set_retention delete_retention"
    " list_retention apply_retention get_diagnostics retention_figures next_occurrence"
    " create_schedule set_schedule delete_schedule pause_schedule resume_schedule run_schedule"
    " list_schedules list_schedule_runs upcoming set_calendar delete_calendar list_calendars"
    " add_blackout remove_blackout list_blackouts search_workflows describe_workflow get_activity"
    " import_workflows list_gates list_tickets drain_worker resume_worker".split()
)
READERS = {n for n in NAMES if n.startswith(("get_", "list_", "load_", "read_"))}
READERS |= {
    "search_workflows",
    "describe_workflow",
    "schema_version",
    "queue_figures",
    "retention_figures",
    "export_audit",
    "resolve_inputs",
}
READERS |= {"compare_parameter_sets", "export_parameter_set", "upcoming"}
# It computes, and there is no table to stop it at.
ONLY_COMPUTES = {"next_occurrence"}


def test_f69_every_public_function_is_tried(scene):
    """A new one needs a call in tests/every_call.py and its name here."""
    assert public_functions(Calls(scene.conn)) == set(scene.statements) == set(NAMES)


@pytest.mark.proof
@pytest.mark.parametrize("function", [name for name in NAMES if name not in ONLY_COMPUTES])
def test_f69_a_time_limit_leaves_no_partial_state(scene, function):
    tables, writes = scene.reach(function)
    assert tables, "it touches no table: the limit would never be reached"
    assert (writes == 0) is (function in READERS), "the stage gives it nothing to do"
    but = ["locks"] if function == "claim_workflows" else []
    for limit, state in LIMITS.items():
        for table in tables:
            assert scene.stop_at_table(function, limit, table) == state, (limit, table)
            scene.assert_untouched(f"{table} by {limit}", but)
        for place in range(1, writes + 1):
            assert scene.stop_at_write(function, limit, place) == state, (limit, place)
            scene.assert_untouched(f"write {place} by {limit}", but)


SWALLOWS = """
create or replace function {schema}.set_setting(p_name text, p_value text, p_actor text default 'script')
returns text language plpgsql security definer as $$
begin
  update {schema}.setting set setting_value = p_value where setting_name = p_name;
  begin
    perform {schema}.audit_configuration('setting changed', p_name, null, p_value, p_actor);
  exception when others or query_canceled then
    null;
  end;
  return '';
end $$"""
KEEPS_A_LOCK = """
create or replace function {schema}.set_setting(p_name text, p_value text, p_actor text default 'script')
returns text language plpgsql security definer as $$
begin
  perform pg_advisory_lock(7);
  update {schema}.setting set setting_value = p_value where setting_name = p_name;
  perform pg_advisory_unlock(7);
  return '';
end $$"""


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize(
    ("planted", "place", "changed"), [(SWALLOWS, 2, "setting"), (KEEPS_A_LOCK, 1, "locks")]
)
def test_f69_partial_state_would_be_seen(server, template, limit, planted, place, changed):
    """Negative controls: one that goes on after the limit, one whose lock outlives it."""
    with open_scene(server, template) as scene:
        scene.conn.execute(planted.format(schema=SCHEMA))
        scene.stop_at_write("set_setting", limit, place)
        with pytest.raises(AssertionError, match=changed):
            scene.assert_untouched("the planted place")
