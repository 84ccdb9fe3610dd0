"""Every function and every table against every role: the whole table, written out."""

import psycopg
import pytest

from tests.calls import SCHEMA

ENQUEUER, WORKER, OPERATOR, VIEWER, ADMIN = ROLES = (
    "enqueuer",
    "worker",
    "operator",
    "viewer",
    "admin",
)
CALLERS = {ENQUEUER, WORKER, OPERATOR, ADMIN}
MAY_CALL = {
    "schema_version": set(ROLES),
    "enqueue": CALLERS,
    "enqueue_many": CALLERS,
    "reject_entries": CALLERS,
    "list_rejected_entries": {OPERATOR, ADMIN},
    "resolve_rejected_entry": {OPERATOR, ADMIN},
    "get_workflow": CALLERS,
    "list_workflows": CALLERS,
    "list_steps": CALLERS,
    "send_message": CALLERS,
    "read_events": CALLERS,
    "read_stream": CALLERS,
    "answer_prompt": {OPERATOR, ADMIN},
    "list_prompts": {OPERATOR, ADMIN},
    "send_command": {OPERATOR, ADMIN},
    "cancel_workflow": {OPERATOR, ADMIN},
    "retry_workflow": {OPERATOR, ADMIN},
    "register_worker": {WORKER},
    "renew_worker": {WORKER},
    "retire_worker": {WORKER},
    "claim_workflows": {WORKER},
    "load_workflow": {WORKER},
    "record_steps": {WORKER},
    "finish_workflows": {WORKER},
    "run_maintenance": {WORKER},
    "create_queue": {ADMIN},
    "set_queue": {ADMIN},
    "pause_queue": {OPERATOR, ADMIN},
    "resume_queue": {OPERATOR, ADMIN},
    "list_queues": {OPERATOR, VIEWER, ADMIN},
    "enter_maintenance": {OPERATOR, ADMIN},
    "exit_maintenance": {OPERATOR, ADMIN},
    "get_maintenance": {WORKER, OPERATOR, VIEWER, ADMIN},
    "set_setting": {ADMIN},
    "list_settings": {ADMIN},
    # called by a view as its reader
    "queue_figures": {WORKER, OPERATOR, VIEWER, ADMIN},
}
SCREENS = {OPERATOR, VIEWER, ADMIN}
MAY_READ = {
    "queue_depth": SCREENS | {WORKER},
    "worker_status": SCREENS | {WORKER},
    "health": SCREENS | {WORKER},
    "workflow_status": SCREENS,
    "running_workflow": SCREENS,
    "resource_status": SCREENS,
    "dead_letter": SCREENS,
    "command_log": SCREENS,
    "rejected_entry_list": SCREENS,
    "open_prompt": SCREENS,
    "attention_needed": SCREENS,
    "audit": {ADMIN},
    "setting": {ADMIN},
    "queue": {ADMIN},
    "workflow_definition": {ADMIN},
    "schema_migration": {ADMIN},
}
PAYLOADS = (
    *("workflow_payload", "workflow_outcome", "step", "rejected_entry"),
    *("message", "event", "event_history", "stream", "prompt"),
)
CHANGES = ("insert", "update", "delete", "truncate")


def functions(calls):
    query = "select proname, oid::bigint from pg_proc where pronamespace = %s::regnamespace"
    return dict(calls.rows(query, SCHEMA))


def relations(calls):
    query = """select relname, oid::bigint, relkind::text from pg_class
      where relnamespace = %s::regnamespace and relkind in ('r', 'v', 'S')"""
    return calls.rows(query, SCHEMA)


@pytest.mark.parametrize("role", ROLES)
def test_functions(calls, role):
    """Named here or for nobody: helpers are for the owner alone."""
    granted = {
        name
        for name, oid in functions(calls).items()
        if calls.value(
            "select has_function_privilege(%s, %s::oid, 'execute')", f"{SCHEMA}_{role}", oid
        )
    }
    assert granted == {name for name, roles in MAY_CALL.items() if role in roles}


@pytest.mark.parametrize("role", ROLES)
def test_calls(calls, role):
    """What the grants say is what happens; a definer function needs no more."""
    for name, oid in functions(calls).items():
        if name not in MAY_CALL:
            continue
        count = calls.value("select pronargs from pg_proc where oid = %s::oid", oid)
        calls.conn.execute(f"set role {SCHEMA}_{role}")
        denied = False
        try:
            calls.conn.execute(f"select {SCHEMA}.{name}({', '.join(['null'] * count)})")
        except psycopg.errors.InsufficientPrivilege as error:
            denied = True
            assert name in str(error), f"{name} itself lacks a right: {error}"
        except psycopg.Error:
            pass
        calls.conn.execute("reset role")
        assert denied is (role not in MAY_CALL[name]), (role, name)


@pytest.mark.parametrize("role", ROLES)
def test_relations(calls, role):
    for name, oid, kind in relations(calls):
        if kind == "S":
            may = "select has_sequence_privilege(%s, %s::oid, 'usage, select, update')"
            assert not calls.value(may, f"{SCHEMA}_{role}", oid), name
            continue
        may = "select has_table_privilege(%s, %s::oid, %s)"
        assert calls.value(may, f"{SCHEMA}_{role}", oid, "select") is (
            role in MAY_READ.get(name, ())
        ), (role, name)
        for change in CHANGES:
            assert not calls.value(may, f"{SCHEMA}_{role}", oid, change), (role, name, change)


@pytest.mark.parametrize("role", ROLES)
def test_direct_changes_are_denied(calls, role):
    tables = [name for name, _, kind in relations(calls) if kind == "r"]
    calls.conn.execute(f"set role {SCHEMA}_{role}")
    for table in tables:
        for change in (f"delete from {SCHEMA}.{table}", f"truncate {SCHEMA}.{table}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                calls.conn.execute(change)


@pytest.mark.parametrize("role", ROLES)
def test_audit_is_append_only(calls, role):
    """Nobody but a function writes it, and no function changes what it wrote."""
    calls.conn.execute(f"set role {SCHEMA}_{role}")
    for change in ("update {}.audit set actor = 'x'", "delete from {}.audit"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            calls.conn.execute(change.format(SCHEMA))
    calls.conn.execute("reset role")
    query = """select proname from pg_proc where pronamespace = %s::regnamespace
      and prosrc ~* %s"""
    assert calls.rows(query, SCHEMA, rf"(update|delete from|truncate)\s+{SCHEMA}\.audit") == []


@pytest.mark.parametrize("role", ROLES)
def test_views_can_be_read_by_who_may(calls, role):
    calls.conn.execute(f"set role {SCHEMA}_{role}")
    for view, roles in MAY_READ.items():
        if role in roles:
            calls.conn.execute(f"select * from {SCHEMA}.{view}")


def test_d33_screens_show_no_payload(calls):
    """Inputs, results and step outputs are in no view."""
    query = """select distinct c.relname from pg_depend d
      join pg_rewrite r on r.oid = d.objid join pg_class c on c.oid = r.ev_class
      join pg_class t on t.oid = d.refobjid
      where c.relnamespace = %s::regnamespace and c.relkind = 'v' and t.relname = any (%s)"""
    readers = [name for (name,) in calls.rows(query, SCHEMA, list(PAYLOADS))]
    assert sorted(readers) == [
        "attention_needed",
        "dead_letter",
        "health",
        "open_prompt",
        "rejected_entry_list",
    ]
    query = """select attname from pg_attribute where attrelid = %s::regclass and attnum > 0"""
    columns = {c for view in readers for (c,) in calls.rows(query, f"{SCHEMA}.{view}")}
    assert not columns & {
        "inputs",
        "result",
        "output",
        "error_traceback",
        "entry",
        "answer",
        "body",
        "value",
    }


# F71 --------------------------------------------------------------------------------------------

TRAPS = """
create schema evil;
create table evil.touched (what text);
grant usage, create on schema evil to public;
grant insert, select on evil.touched to public;
create function evil.trap(text) returns boolean language plpgsql as
  $$ begin insert into evil.touched values ($1 || ' as ' || current_user); return true; end $$;
create function evil.gen_random_uuid() returns uuid language plpgsql as
  $$ begin perform evil.trap('gen_random_uuid'); return null; end $$;
create function evil.clock_timestamp() returns timestamptz language plpgsql as
  $$ begin perform evil.trap('clock_timestamp'); return null; end $$;
create function evil.hashtextextended(text, bigint) returns bigint language plpgsql as
  $$ begin perform evil.trap('hashtextextended'); return 1; end $$;
create function evil.same(uuid, uuid) returns boolean language plpgsql as
  $$ begin return evil.trap('uuid ='); end $$;
create operator evil.= (function = evil.same, leftarg = uuid, rightarg = uuid);
create function evil.same(text, text) returns boolean language plpgsql as
  $$ begin return evil.trap('text ='); end $$;
create operator evil.= (function = evil.same, leftarg = text, rightarg = text);
"""


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_f71_shadowing_has_no_effect(conn, is_guarded):
    conn.execute(TRAPS)
    if not is_guarded:
        conn.execute(f"alter function {SCHEMA}.enqueue(text, text, text) reset search_path")
        conn.execute(f"grant usage on schema evil to {SCHEMA}_owner")
    for role in (ENQUEUER, WORKER, OPERATOR):
        conn.execute(f"set role {SCHEMA}_{role}")
        for table in ("workflow", "ready", "lease", "queue", "setting"):
            conn.execute(f"create temp table if not exists {table} (x integer)")
        conn.execute("set search_path = evil, pg_temp, pg_catalog, public")
        enqueue = f"select {SCHEMA}.enqueue('mix', '{{}}', '{{\"queue_name\": \"default\"}}')"
        if not is_guarded:
            with pytest.raises(psycopg.Error):
                conn.execute(enqueue)
            return
        (workflow_id,) = conn.execute(enqueue).fetchone()
        conn.execute(f"select {SCHEMA}.get_workflow('{workflow_id}')").fetchone()
        if role == OPERATOR:
            conn.execute(f"select {SCHEMA}.send_command('{workflow_id}', 'HOLD')").fetchone()
            conn.execute(f"select * from {SCHEMA}.queue_depth").fetchall()
        conn.execute("reset role")
        conn.execute("drop table if exists pg_temp.workflow, pg_temp.ready, pg_temp.lease")
        conn.execute("drop table if exists pg_temp.queue, pg_temp.setting")
    touched = conn.execute("select what from evil.touched").fetchall()
    assert touched == []
