"""F70: every function, every view and every table against every role: the whole table, written out."""

import psycopg
import pytest

from tests.calls import SCHEMA, Calls

ENQUEUER, WORKER, OPERATOR, VIEWER, ADMIN = ROLES = (
    "enqueuer",
    "worker",
    "operator",
    "viewer",
    "admin",
)
CALLERS = {ENQUEUER, WORKER, OPERATOR, ADMIN}
READERS = CALLERS | {VIEWER}
MAY_CALL = {
    "schema_version": set(ROLES),
    "enqueue": CALLERS,
    "enqueue_many": CALLERS,
    "reject_entries": CALLERS,
    "list_rejected_entries": {OPERATOR, VIEWER, ADMIN},
    "resolve_rejected_entry": {OPERATOR, ADMIN},
    "get_workflow": READERS,
    "list_workflows": READERS,
    "list_steps": READERS,
    "search_workflows": READERS,
    "describe_workflow": READERS,
    "get_activity": {OPERATOR, VIEWER, ADMIN},
    "list_gates": {OPERATOR, VIEWER, ADMIN},
    "list_tickets": {OPERATOR, VIEWER, ADMIN},
    "send_message": CALLERS,
    "read_events": READERS,
    "read_stream": READERS,
    "answer_prompt": {OPERATOR, ADMIN},
    "list_prompts": {OPERATOR, VIEWER, ADMIN},
    "send_command": {OPERATOR, ADMIN},
    "send_commands": {OPERATOR, ADMIN},
    "fork_workflow": {OPERATOR, ADMIN},
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
    "drain_worker": {OPERATOR, ADMIN},
    "resume_worker": {OPERATOR, ADMIN},
    "list_queues": {OPERATOR, VIEWER, ADMIN},
    "enter_maintenance": {OPERATOR, ADMIN},
    "exit_maintenance": {OPERATOR, ADMIN},
    "get_maintenance": {WORKER, OPERATOR, VIEWER, ADMIN},
    "set_setting": {ADMIN},
    "list_settings": {ADMIN},
    "reset_setting": {ADMIN},
    "list_setting_changes": {ADMIN},
    "set_retention": {ADMIN},
    "delete_retention": {ADMIN},
    "apply_retention": {ADMIN},
    "list_retention": {OPERATOR, VIEWER, ADMIN},
    "get_diagnostics": {OPERATOR, VIEWER, ADMIN},
    "export_audit": {ADMIN},
    "resolve_inputs": CALLERS,
    "list_parameters": READERS,
    "get_template": READERS,
    "list_templates": READERS,
    "get_enum": READERS,
    "list_enums": READERS,
    "get_parameter_set": READERS,
    "list_parameter_sets": READERS,
    "create_parameter_set": {OPERATOR, ADMIN},
    "compare_parameter_sets": {OPERATOR, VIEWER, ADMIN},
    "export_parameter_set": {OPERATOR, ADMIN},
    "create_enum": {ADMIN},
    "set_enum_status": {ADMIN},
    "create_template": {ADMIN},
    "set_template_status": {ADMIN},
    "set_parameter_set_status": {ADMIN},
    "rename_parameter_set": {ADMIN},
    "import_parameter_set": {ADMIN},
    "import_workflows": {ADMIN},
    "next_occurrence": set(ROLES),
    "create_schedule": {ADMIN},
    "set_schedule": {ADMIN},
    "delete_schedule": {ADMIN},
    "pause_schedule": {OPERATOR, ADMIN},
    "resume_schedule": {OPERATOR, ADMIN},
    "run_schedule": {OPERATOR, ADMIN},
    "list_schedules": {OPERATOR, VIEWER, ADMIN},
    "list_schedule_runs": {OPERATOR, VIEWER, ADMIN},
    "set_calendar": {ADMIN},
    "delete_calendar": {ADMIN},
    "list_calendars": {OPERATOR, VIEWER, ADMIN},
    "add_blackout": {ADMIN},
    "remove_blackout": {ADMIN},
    "list_blackouts": {OPERATOR, VIEWER, ADMIN},
    # called by views as their reader
    "upcoming": {OPERATOR, VIEWER, ADMIN},
    "queue_figures": {WORKER, OPERATOR, VIEWER, ADMIN},
    "retention_figures": {OPERATOR, VIEWER, ADMIN},
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
    "workflow_parameter": SCREENS,
    "enum_list": SCREENS,
    "template_list": SCREENS,
    "recipe_list": SCREENS,
    "recipe_use": SCREENS,
    "workflow_child": SCREENS,
    "retention_status": SCREENS,
    "setting_change": {ADMIN},
    "schedule_next": SCREENS,
    "schedule_status": SCREENS,
    "audit": {ADMIN},
    "audit_log": {ADMIN},
    "setting": {ADMIN},
    "queue": {ADMIN},
    "workflow_definition": {ADMIN},
    "transition": SCREENS,
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


def attempt(calls, role, statement):
    """As this role: the error, or None where it was done. Nothing stays done."""
    try:
        with calls.conn.transaction(force_rollback=True):
            calls.conn.execute(f"set local role {SCHEMA}_{role}")
            calls.conn.execute(statement)
    except psycopg.Error as error:
        return error
    return None


def is_denied(error):
    return isinstance(error, psycopg.errors.InsufficientPrivilege)


@pytest.mark.parametrize("role", ROLES)
def test_f70_every_function_is_called(calls, role):
    """What the grants say is what happens, for helpers, too; a definer function needs no more."""
    for name, oid in functions(calls).items():
        query = "select pronargs, prorettype = 'trigger'::regtype from pg_proc where oid = %s::oid"
        count, is_trigger = calls.rows(query, oid)[0]
        if is_trigger:
            continue
        error = attempt(calls, role, f"select {SCHEMA}.{name}({', '.join(['null'] * count)})")
        assert is_denied(error) is (role not in MAY_CALL.get(name, ())), (role, name)
        assert not is_denied(error) or name in str(error), f"{name} itself lacks a right: {error}"


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
def test_f70_everything_is_read(calls, role):
    for name, _, kind in relations(calls):
        read = "select nextval('{}.{}')" if kind == "S" else "select * from {}.{}"
        error = attempt(calls, role, read.format(SCHEMA, name))
        assert is_denied(error) is (role not in MAY_READ.get(name, ())), (role, name, error)
        assert is_denied(error) or error is None, (role, name, error)


def changes(calls, name, kind):
    """Each way to change a table, or what is under a view."""
    query = "select attname from pg_attribute where attrelid = %s::regclass and attnum = 1"
    (column,) = calls.rows(query, f"{SCHEMA}.{name}")[0]
    yield f"insert into {SCHEMA}.{name} default values"
    yield f"update {SCHEMA}.{name} set {column} = default"
    yield f"delete from {SCHEMA}.{name}"
    yield f"select * from {SCHEMA}.{name} for update"
    if kind == "r":
        yield f"truncate {SCHEMA}.{name}"
        yield f"lock table {SCHEMA}.{name} in share mode"
        yield f"copy {SCHEMA}.{name} from stdin"
        yield f"alter table {SCHEMA}.{name} disable trigger user"


@pytest.mark.parametrize("role", ROLES)
def test_f70_no_direct_change_is_done(calls, role):
    """Views that cannot be changed at all say so instead."""
    refusals = ("42501", "55000", "0A000")
    for name, _, kind in relations(calls):
        if kind == "S":
            continue
        for change in changes(calls, name, kind):
            error = attempt(calls, role, change)
            assert error is not None, (role, change)
            assert error.sqlstate in refusals[: 1 if kind == "r" else 3], (role, change, error)


@pytest.mark.parametrize("grant", ["insert", "update", "delete", "truncate", "select"])
def test_f70_a_right_too_many_would_be_seen(conn, grant):
    """Negative control: on the table that everybody would like to change."""
    conn.execute(f"grant {grant} on {SCHEMA}.audit to {SCHEMA}_viewer")
    check = test_f70_everything_is_read if grant == "select" else test_relations
    with pytest.raises(AssertionError):
        check(Calls(conn), VIEWER)


def test_f70_a_function_too_many_would_be_seen(conn):
    conn.execute(f"grant execute on function {SCHEMA}.export_audit(text) to {SCHEMA}_viewer")
    with pytest.raises(AssertionError):
        test_f70_every_function_is_called(Calls(conn), VIEWER)


@pytest.mark.parametrize("role", ROLES)
def test_audit_is_append_only(calls, role):
    """Nobody but a function writes it, and one alone removes what a setting says is too old."""
    for change in ("update {}.audit set actor = 'x'", "delete from {}.audit"):
        assert is_denied(attempt(calls, role, change.format(SCHEMA)))
    query = """select proname from pg_proc where pronamespace = %s::regnamespace
      and prosrc ~* %s"""
    assert calls.rows(query, SCHEMA, rf"(update|delete from|truncate)\s+{SCHEMA}\.audit") == [
        ("remove_audit",)
    ]


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
