"""What a stored procedure call can do: fewer arguments than there are, and NULL for what has a default."""

import json
import re
from typing import Any

import psycopg
import pytest

from tests.calls import SCHEMA, Calls, Worker
from tests.every_call import BLACKOUT, CALENDAR, set_plans, set_recipes

ID = "00000000-0000-4000-8000-000000000001"
ENDED = "00000000-0000-4000-8000-000000000002"
WORKER_ID = "00000000-0000-4000-8000-000000000003"
DRAINED_ID = "00000000-0000-4000-8000-000000000004"
RECIPE = {"workflow_name": "fill", "set_name": "brine"}
SCHEDULE = {"schedule_name": "yearly"}
# The arguments that a function cannot do without. One with defaults that is not here fails the test.
REQUIRED: dict[str, dict[str, Any]] = {
    "enqueue": {"workflow_name": "mix"},
    "send_command": {"workflow_id": ID, "command": "HOLD"},
    "send_commands": {"command": "HOLD", "filter": '{"all": true}'},
    "fork_workflow": {"workflow_id": ID},
    "cancel_workflow": {"workflow_id": ID},
    "retry_workflow": {"workflow_id": ENDED},
    "list_workflows": {},
    "search_workflows": {},
    "describe_workflow": {"workflow_id": ID},
    "get_activity": {},
    "list_gates": {},
    "drain_worker": {"worker_id": WORKER_ID},
    "resume_worker": {"worker_id": DRAINED_ID},
    "create_queue": {"queue_name": "made"},
    "pause_queue": {"queue_name": "default"},
    "resume_queue": {"queue_name": "default"},
    "enter_maintenance": {},
    "exit_maintenance": {},
    "list_rejected_entries": {},
    "resolve_rejected_entry": {"workflow_id": ID, "action": "discard"},
    "set_setting": {"name": "max_reclaims", "value": "7"},
    "reset_setting": {"name": "max_reclaims"},
    "list_setting_changes": {},
    "set_retention": {},
    "delete_retention": {},
    "apply_retention": {},
    "export_audit": {},
    "list_prompts": {},
    "read_events": {"workflow_id": ID},
    "read_stream": {"workflow_id": ID, "stream": "log"},
    "send_message": {"workflow_id": ID, "message": "1"},
    "resolve_inputs": {"workflow_name": "fill"},
    "list_parameters": {"workflow_name": "fill"},
    "create_enum": {"enum_name": "Grade", "choices": '["A"]'},
    "set_enum_status": {"enum_name": "Grade", "status": "obsolete"},
    "get_enum": {"enum_name": "Grade"},
    "list_enums": {},
    "create_template": {"workflow_name": "fill", "template_name": "form", "form": "{}"},
    "set_template_status": {
        "workflow_name": "fill",
        "template_name": "form",
        "status": "obsolete",
    },
    "get_template": {"workflow_name": "fill", "template_name": "form"},
    "list_templates": {},
    "create_parameter_set": {**RECIPE, "values": "{}"},
    "get_parameter_set": RECIPE,
    "list_parameter_sets": {},
    "rename_parameter_set": {**RECIPE, "new_name": "salt"},
    "compare_parameter_sets": RECIPE,
    "export_parameter_set": RECIPE,
    "import_workflows": {"items": "[]"},
    "next_occurrence": {"cron": "@yearly", "time_zone": "UTC"},
    "delete_schedule": SCHEDULE,
    "pause_schedule": SCHEDULE,
    "resume_schedule": {"schedule_name": "paused"},
    "run_schedule": SCHEDULE,
    "list_schedules": {},
    "list_schedule_runs": SCHEDULE,
    "set_calendar": {"calendar_name": "spare", "calendar": json.dumps(CALENDAR)},
    "delete_calendar": {"calendar_name": "spare"},
    "add_blackout": BLACKOUT,
    "remove_blackout": {"blackout_id": 1},
    "list_blackouts": {},
}
# Whose options name the actor, so that leaving them out is refused; and one that needs a document.
NEED_OPTIONS = {"answer_prompt", "set_parameter_set_status", "import_parameter_set"}
NEED_OPTIONS |= {"create_schedule"}  # they say when
OPTIONAL = """
select p.proname, p.proargnames[p.pronargs - p.pronargdefaults + 1:p.pronargs]
from pg_proc p where p.pronamespace = %s::regnamespace and p.prosecdef and p.pronargdefaults > 0
  and has_function_privilege(%s, p.oid, 'execute')"""
EFFECTS = """
select json_build_object(
  'audit', (select json_agg(json_build_array(event, actor, reason, detail) order by audit_id)
            from workflows.audit),
  'command', (select json_agg(json_build_array(command, actor, reason)) from workflows.command),
  'workflow', (select json_agg(json_build_array(status, state, reason, priority) order by ready_seq)
               from workflows.workflow),
  'payload', (select json_agg(inputs) from workflows.workflow_payload),
  'orders', (select json_agg(json_build_array(queue_id, mode, reason, entered_by))
             from workflows.maintenance_order),
  'drains', (select json_agg(json_build_array(worker_id, reason, ordered_by) order by worker_id)
             from workflows.drain_order),
  'entry', (select json_agg(json_build_array(resolution, resolved_by))
            from workflows.rejected_entry),
  'setting', (select json_agg(json_build_array(setting_value, changed_by) order by setting_name)
              from workflows.setting),
  'recipes', (select json_agg(json_build_array(set_name, set_version, status, created_by)
                order by set_name, set_version) from workflows.parameter_set),
  'templates', (select json_agg(json_build_array(template_name, template_version, status)
                  order by template_version) from workflows.parameter_template),
  'enums', (select json_agg(json_build_array(enum_version, status) order by enum_version)
            from workflows.parameter_enum),
  'schedules', (select json_agg(json_build_array(schedule_name, is_paused, pause_reason))
                from workflows.schedule),
  'runs', (select json_agg(json_build_array(is_manual, outcome, message, actor))
           from workflows.schedule_run),
  'calendars', (select json_agg(json_build_array(calendar_name, changed_by))
                from workflows.calendar),
  'blackouts', (select json_agg(json_build_array(schedule_name, calendar_name, reason, created_by))
                from workflows.blackout))"""


def functions_with_defaults(calls):
    found = {}
    for role in ("enqueuer", "operator", "admin"):
        found |= dict(calls.rows(OPTIONAL, SCHEMA, f"{SCHEMA}_{role}"))
    return found


@pytest.fixture(scope="module")
def stage(shared):
    """Something for every function to do. Nothing that a test does here stays."""
    calls = Calls(shared)
    calls.enqueue("mix", workflow_id=ID)
    calls.enqueue("mix", workflow_id=ENDED)
    calls.command(ENDED, "CANCEL")
    calls.call("reject_entries", entries=[{"workflow_id": ID, "entry": "x"}])
    for worker_id in (None, WORKER_ID, DRAINED_ID):
        Worker(calls, ("fill",), worker_id=worker_id)
    calls.call("drain_worker", worker_id=DRAINED_ID, reason="new disk")
    set_recipes(calls)
    set_plans(calls)
    return calls


@pytest.fixture
def transaction(stage):
    """Calls whose effects are taken back between two tries."""
    stage.conn.autocommit = False
    yield stage
    stage.conn.rollback()
    stage.conn.autocommit = True


def outcome(transaction, function, arguments):
    """The answer without what differs from call to call, and everything that it wrote."""
    answer = json.dumps(transaction.call(function, **arguments), default=str)
    effects = transaction.value(EFFECTS)
    transaction.conn.rollback()
    answer = re.sub(r'"(?!0{8})[0-9a-f]{8}-[0-9a-f-]{27}"|"\d{4}-\d\d-\d\dT[^"]+"', "_", answer)
    return re.sub(r'"(command_id|queue_id|blackout_id|waited_ms)": \d+', "_", answer), effects


def test_every_function_with_defaults_is_tried(transaction):
    found = set(functions_with_defaults(transaction))
    assert found == set(REQUIRED) | NEED_OPTIONS


@pytest.mark.parametrize("function", REQUIRED)
def test_null_is_the_default(transaction, function):
    optional = [name.removeprefix("p_") for name in functions_with_defaults(transaction)[function]]
    required = REQUIRED[function]
    assert optional
    left_out = outcome(transaction, function, required)
    assert outcome(transaction, function, {**required, **dict.fromkeys(optional)}) == left_out
    for count in range(1, len(optional)):
        fewer = {**required, **dict.fromkeys(optional[:count])}
        assert outcome(transaction, function, fewer) == left_out


WITHOUT_DEFAULTS: dict[str, dict[str, Any]] = {
    "get_workflow": {"workflow_id": ID},
    "list_steps": {"workflow_id": ID},
    "enqueue_many": {"items": "[]"},
    "reject_entries": {"entries": "[]"},
    "set_queue": {"queue_name": "default"},
    "set_schedule": SCHEDULE,
}


@pytest.mark.parametrize("function", [*REQUIRED, *WITHOUT_DEFAULTS])
def test_required_arguments_that_are_null_are_refused_by_name_of_a_code(transaction, function):
    """Not by an error of the language that nobody can act on."""
    required = {**REQUIRED, **WITHOUT_DEFAULTS}[function]
    for name in required:
        arguments = {**required, name: None}
        if function in ("set_queue", "set_schedule"):
            arguments["options"] = None
        names = ", ".join(f"p_{one} => %s" for one in arguments)
        query = f"select {SCHEMA}.{function}({names})"
        with pytest.raises(psycopg.Error) as caught:
            transaction.conn.execute(query, list(arguments.values()))
        code = str(caught.value.sqlstate)
        assert code.startswith("WF"), (function, name, caught.value)
        transaction.conn.rollback()


def test_enqueue_is_taken_back_with_the_transaction_of_its_caller(transaction):
    workflow_id = transaction.enqueue("mix")
    transaction.conn.rollback()
    query = "select count(*) from workflows.workflow where workflow_id = %s::uuid"
    assert transaction.value(query, workflow_id) == 0
