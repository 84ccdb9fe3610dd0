"""D37: who lacks the role is told so, by every function of api/ that reaches the database, and nothing is done."""

import json
from typing import Any

import psycopg
import pytest

from exchange.workflows.api import (
    admin,
    calendars,
    commands,
    diagnostics,
    enums,
    figures,
    lookups,
    queues,
    recipes,
    retention,
    schedules,
    service,
    starting,
    talking,
    template_forms,
    templates,
)
from exchange.workflows.engine import instance
from tests.calls import SCHEMA

ID = "00000000-0000-4000-8000-000000000001"
CALLERS = {"enqueuer", "worker", "operator", "admin"}
PEOPLE = {"operator", "admin"}
EVERYBODY = CALLERS | {"viewer"}
SCREENS = PEOPLE | {"viewer"}
SCHEDULE = {"scheduleName": "report"}
CALENDAR = {"calendarName": "works"}
TEMPLATE = {"workflowName": "mix", "templateName": "standard"}
ONE_TEMPLATE = {**TEMPLATE, "templateVersion": 1, "actor": "anna"}
RECIPE = {"workflowName": "mix", "setName": "rye"}
ENUM = {"enumName": "BatchMode", "enumVersion": 1, "actor": "anna"}
REFERRING = {"widgets": [{"id": "a", "options": [{"label": "@enum:BatchMode"}]}]}
# Who may, with arguments that would do something.
MAY_CALL: dict[tuple[Any, str], tuple[set[str], dict[str, Any]]] = {
    (service, "enqueue"): (CALLERS, {"workflowName": "mix"}),
    (commands, "sendCommand"): (PEOPLE, {"workflowId": ID, "cmd": "STOP"}),
    (commands, "sendCommands"): (PEOPLE, {"cmd": "STOP", "filters": {"all": True}}),
    (commands, "cancel"): (PEOPLE, {"workflowId": ID}),
    (commands, "fork"): (PEOPLE, {"workflowId": ID}),
    (talking, "send"): (CALLERS, {"workflowId": ID, "message": 1}),
    (talking, "getEvent"): (EVERYBODY, {"workflowId": ID, "key": "phase"}),
    (talking, "readStream"): (EVERYBODY, {"workflowId": ID, "key": "log"}),
    (talking, "listPrompts"): (SCREENS, {}),
    (talking, "answerPrompt"): (PEOPLE, {"promptId": ID, "answer": True, "actor": "anna"}),
    (service, "retry"): (PEOPLE, {"workflowId": ID}),
    (lookups, "getWorkflow"): (EVERYBODY, {"workflowId": ID}),
    (lookups, "getResult"): (EVERYBODY, {"workflowId": ID}),
    (lookups, "findWorkflows"): (EVERYBODY, {}),
    (admin, "checkSchema"): (EVERYBODY, {}),
    (admin, "enterMaintenance"): (PEOPLE, {"mode": "cancel"}),
    (admin, "exitMaintenance"): (PEOPLE, {}),
    (admin, "getMaintenanceStatus"): (EVERYBODY - {"enqueuer"}, {}),
    (admin, "swapIfDrained"): (EVERYBODY - {"enqueuer"}, {}),
    (admin, "listRejected"): (SCREENS, {}),
    (admin, "resolveRejected"): (PEOPLE, {"workflowId": ID, "action": "discard"}),
    (admin, "exportAudit"): ({"admin"}, {}),
    (diagnostics, "getDiagnostics"): ({"operator", "viewer", "admin"}, {}),
    (figures, "getFigures"): (SCREENS, {}),
    (queues, "listQueues"): (SCREENS, {}),
    (queues, "pauseQueue"): (PEOPLE, {"queueName": "default"}),
    (queues, "resumeQueue"): (PEOPLE, {"queueName": "default"}),
    (queues, "drainWorker"): (PEOPLE, {"workerId": ID}),
    (queues, "resumeWorker"): (PEOPLE, {"workerId": ID}),
    (retention, "applyRetention"): ({"admin"}, {}),
    (retention, "listRetention"): ({"operator", "viewer", "admin"}, {}),
    (retention, "setRetention"): ({"admin"}, {"keepCount": 0}),
    (retention, "deleteRetention"): ({"admin"}, {}),
    (enums, "listEnums"): (EVERYBODY, {}),
    (enums, "getEnum"): (EVERYBODY, {"enumName": "BatchMode"}),
    (enums, "createEnumVersion"): ({"admin"}, {"enumName": "BatchMode", "enumValues": [1]}),
    (enums, "setEnumStatus"): ({"admin"}, {**ENUM, "status": "obsolete"}),
    (enums, "deleteEnumVersion"): ({"admin"}, ENUM),
    (enums, "deleteEnum"): ({"admin"}, {"enumName": "BatchMode"}),
    (templates, "listTemplates"): (EVERYBODY, {}),
    (templates, "getTemplateDropdownOptions"): (EVERYBODY, {}),
    (templates, "getTemplate"): (EVERYBODY, TEMPLATE),
    (templates, "createTemplateVersion"): ({"admin"}, {**TEMPLATE, "formProps": {}}),
    (templates, "copyTemplateToWorkflow"): (
        {"admin"},
        {"sourceWorkflowName": "mix", "templateName": "standard", "targetWorkflowName": "pour"},
    ),
    (templates, "setTemplateStatus"): ({"admin"}, {**ONE_TEMPLATE, "status": "obsolete"}),
    (templates, "setTemplateActive"): ({"admin"}, {**ONE_TEMPLATE, "isActive": False}),
    (templates, "deleteTemplateVersion"): ({"admin"}, ONE_TEMPLATE),
    (templates, "deleteTemplate"): ({"admin"}, TEMPLATE),
    (template_forms, "expandTemplateForUi"): (
        EVERYBODY,
        {"templateObj": {"schema": {"formProps": REFERRING}}},
    ),
    (recipes, "saveParameterSet"): (PEOPLE, RECIPE),
    (recipes, "approveParameterSet"): ({"admin"}, {**RECIPE, "actor": "anna"}),
    (recipes, "setParameterSetStatus"): (
        {"admin"},
        {**RECIPE, "status": "obsolete", "actor": "anna"},
    ),
    (recipes, "getParameterSet"): (EVERYBODY, RECIPE),
    (recipes, "listParameterSets"): (EVERYBODY, {}),
    (recipes, "copyParameterSet"): ({"admin"}, {**RECIPE, "newName": "white"}),
    (recipes, "renameParameterSet"): ({"admin"}, {**RECIPE, "newName": "white"}),
    (recipes, "compareParameterSets"): (SCREENS, RECIPE),
    (recipes, "exportParameterSet"): (PEOPLE, RECIPE),
    (recipes, "importParameterSet"): ({"admin"}, {"document": "{}"}),
    (starting, "listParameters"): (EVERYBODY, {"workflowName": "mix"}),
    (starting, "resolveInputs"): (CALLERS, {"workflowName": "mix"}),
    (starting, "startWithTemplate"): (CALLERS, TEMPLATE),
    (starting, "startWithParameterSet"): (CALLERS, RECIPE),
    (schedules, "createSchedule"): (
        {"admin"},
        {"scheduleName": "new", "workflowName": "mix", "cron": "@daily"},
    ),
    (schedules, "setSchedule"): ({"admin"}, {**SCHEDULE, "changes": {"cron": "@hourly"}}),
    (schedules, "pauseSchedule"): (PEOPLE, SCHEDULE),
    (schedules, "resumeSchedule"): (PEOPLE, SCHEDULE),
    (schedules, "runSchedule"): (PEOPLE, SCHEDULE),
    (schedules, "listSchedules"): (SCREENS, {}),
    (schedules, "listScheduleRuns"): (SCREENS, SCHEDULE),
    (schedules, "deleteSchedule"): ({"admin"}, SCHEDULE),
    (calendars, "setCalendar"): ({"admin"}, {**CALENDAR, "timeZone": "UTC"}),
    (calendars, "deleteCalendar"): ({"admin"}, CALENDAR),
    (calendars, "listCalendars"): (SCREENS, {}),
    (calendars, "addBlackout"): (
        {"admin"},
        {"startsAt": "2026-01-01T00:00:00Z", "endsAt": "2026-01-02T00:00:00Z"},
    ),
    (calendars, "removeBlackout"): ({"admin"}, {"blackoutId": 1}),
    (calendars, "listBlackouts"): (SCREENS, {}),
}
# What these do they do in this process.
WITHOUT_A_DATABASE = {
    "enqueueInMemory",
    "listWorkflows",
    "start",
    "computeOverridesData",
    "memory_fields",
}
STANDS = """select json_build_object('workflow', (select json_agg(w) from workflows.workflow w),
  'command', (select json_agg(c) from workflows.command c),
  'audit', (select json_agg(a) from workflows.audit a),
  'entry', (select json_agg(e) from workflows.rejected_entry e),
  'queue', (select json_agg(q) from workflows.queue q),
  'orders', (select json_agg(o) from workflows.maintenance_order o),
  'retention', (select json_agg(r) from workflows.retention_policy r),
  'enum', (select json_agg(p) from workflows.parameter_enum p),
  'template', (select json_agg(t) from workflows.parameter_template t),
  'recipe', (select json_agg(s) from workflows.parameter_set s),
  'schedule', (select json_agg(s) from workflows.schedule s),
  'run', (select json_agg(r) from workflows.schedule_run r),
  'calendar', (select json_agg(c) from workflows.calendar c),
  'blackout', (select json_agg(b) from workflows.blackout b))::text"""
SAVED = """select workflows.create_enum('BatchMode', '["slow"]'),
  workflows.create_template('mix', 'standard', '{}'), workflows.create_parameter_set('mix', 'rye', '{}'),
  workflows.set_parameter_set_status('mix', 'rye', 'approved', '{"actor": "anna"}'),
  workflows.create_schedule('report', 'mix', '{"cron": "@daily"}'),
  workflows.set_calendar('works', '{"time_zone": "UTC"}'),
  workflows.add_blackout('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z')"""


@pytest.fixture
def stands(conn, sql):
    """stands(): all that could be changed, once a workflow, a rejected entry and a recipe are there."""
    conn.execute(sql(SAVED))
    conn.execute(
        sql("select workflows.enqueue('mix', '{}', %s)"), (json.dumps({"workflow_id": ID}),)
    )
    entry = json.dumps([{"workflow_id": ID, "entry": "x"}])
    conn.execute(sql("select workflows.reject_entries(%s)"), (entry,))
    return lambda: conn.execute(sql(STANDS)).fetchone()[0]


@pytest.fixture
def act_as(dsn):
    """act_as("viewer"): from now on getWorkflows() is a session of that role alone."""

    def act(role):
        options = f"-c role={SCHEMA}_{role}"
        instance.configure(psycopg.conninfo.make_conninfo(dsn, options=options), schema=SCHEMA)

    yield act
    instance.shutdown()


def functions():
    """The functions of api/, each once."""
    modules = (
        service,
        commands,
        talking,
        lookups,
        admin,
        diagnostics,
        figures,
        queues,
        retention,
        schedules,
    )
    for module in (*modules, calendars, enums, templates, template_forms, recipes, starting):
        for name, function in vars(module).items():
            if getattr(function, "__module__", "") == module.__name__ and not name.startswith("_"):
                yield module, name


def test_d37_every_function_is_tried():
    assert {(m, n) for m, n in functions() if n not in WITHOUT_A_DATABASE} == set(MAY_CALL)


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_d37_who_lacks_the_role_is_answered_and_changes_nothing(role, act_as, stands):
    act_as(role)
    before = stands()
    for (module, name), (roles, arguments) in MAY_CALL.items():
        if role in roles:
            continue
        answer = getattr(module, name)(**arguments)
        assert (answer["ok"], answer["code"]) == (False, "NOT_ALLOWED"), name
        assert "permission denied" in answer["message"]
        assert answer["errorClass"] == "DatabaseError"
    assert stands() == before


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_d37_who_has_the_role_is_not_held_up(role, act_as, stands):
    """Else the test before would prove nothing."""
    act_as(role)
    for (module, name), (roles, arguments) in MAY_CALL.items():
        if role in roles:
            assert getattr(module, name)(**arguments)["code"] != "NOT_ALLOWED", name


def test_d37_an_actor_is_kept_with_the_user_that_cannot_be_chosen(act_as, conn, sql, stands):
    """The predecessor ignored the actor; here it is audited beside what the database knows."""
    act_as("operator")
    service.sendCommand(workflowId=ID, cmd="HOLD", reason="valve", actor="anna")
    query = (
        "select actor, reason, database_user, source from workflows.audit order by audit_id desc"
    )
    actor, reason, user, source = conn.execute(sql(query)).fetchone()
    assert (actor, reason, user) == ("anna", "valve", conn.info.user)
    assert source.startswith(f"{SCHEMA}-")


def test_export_audit(act_as, stands):
    act_as("admin")
    service.cancel(workflowId=ID, actor="=1+1")
    answer = admin.exportAudit(workflowId=ID)
    assert (answer["ok"], answer["code"]) == (True, "AUDIT_EXPORTED")
    header, row, rest = answer["csv"].split("\r\n")
    assert header.startswith("audit_id,audited_at,event") and rest == ""
    assert ID in row and '"\'=1+1"' in row
    assert admin.exportAudit(actor="nobody")["csv"] == header + "\r\n"
    assert admin.exportAudit(limit=1, before=1)["csv"] == header + "\r\n"


@pytest.mark.parametrize(
    ("arguments", "field"),
    [({"limit": 0}, "limit"), ({"since": "soon"}, "filter"), ({"workflowId": "x"}, "filter")],
)
def test_bad_filters_are_answered(act_as, arguments, field):
    act_as("admin")
    answer = admin.exportAudit(**arguments)
    assert (answer["ok"], answer["code"], answer["field"]) == (False, "INVALID_ARGUMENTS", field)
