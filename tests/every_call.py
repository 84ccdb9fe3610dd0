"""One call of every public function, on a stage where it has something to do.

Whoever adds a public function adds its call here; tests/sql/test_timeouts.py says which are missing.
"""

import json
from dataclasses import dataclass
from typing import Any

from tests.calls import SCHEMA, Calls, Worker, statement
from tests.clock import Clock

REJECTED = "00000000-0000-4000-8000-000000000001"
NEWCOMER = "00000000-0000-4000-8000-000000000002"
GRANTED = """
select p.proname, p.pronargs from pg_proc p
where p.pronamespace = %s::regnamespace
  and exists (select from aclexplode(p.proacl) a where a.grantee <> p.proowner)"""

_CHOICES = [{"label": "@enum:Grade", "value": "__enum__"}]
_WIDGETS = [
    {"id": "kg", "type": "numeric"},
    {"id": "grade", "type": "dropdown", "options": _CHOICES},
]
FORM = {
    "columns": {"items": [{"rows": {"items": [{"widgets": _WIDGETS}]}}]},
    "data": {"kg": 1, "grade": "A"},
}

CALENDAR = {
    "time_zone": "Europe/Vienna",
    "shifts": [
        {"name": day, "weekdays": [day], "starts_at": "00:00", "ends_at": "00:00"}
        for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    ],
    "holidays": [{"date": "2020-12-25", "name": "Christmas"}],
}
HISTORY = {
    "workflow_id": "00000000-0000-4000-8000-000000000003",
    "workflow_name": "fill",
    "queue_name": "default",
    "status": "SUCCESS",
    "inputs": {"kg": 1},
    "enqueued_at": 1700000000000,
    "ended_at": 1700000001000,
    "steps": [{"step_key": "open", "status": "SUCCESS", "output": 1}],
    "recipe": {"template_name": "form", "template_version": 1, "overrides": {}},
}
BLACKOUT = {"starts_at": "2020-01-01T00:00:00Z", "ends_at": "2020-01-02T00:00:00Z"}

DUE = """
update workflows.parked set due_at = workflows.clock_now() - interval '1 second';
update workflows.maintenance set last_turn_at = workflows.clock_now() - interval '2 seconds';
update workflows.worker set expires_at = workflows.clock_now() - interval '1 second'
  where worker_name = 'gone';
update workflows.lane set low = 1000, floor = 0;
update workflows.setting set setting_value = '0' where setting_name = 'retention_grace_seconds';
update workflows.setting set setting_value = '30' where setting_name = 'lease_seconds';
insert into workflows.retention_policy (queue_id, status, keep_count, keep_seconds, changed_at, changed_by)
  values (0, 'CANCELLED', 0, 0, workflows.clock_now(), 'anna')
  on conflict (queue_id, status) do update set keep_seconds = 0, keep_count = 0;
update workflows.schedule set next_at = workflows.clock_now() - interval '1 second'
  where schedule_name = 'due';
update workflows.queue set is_open = false where queue_name = 'shift'"""


def public_functions(calls: Calls) -> set[str]:
    """Every function that some role may call."""
    return {name for name, _ in calls.rows(GRANTED, SCHEMA)}


@dataclass
class Stage:
    """The ids that the calls speak of."""

    worker: Worker
    queued: str
    waiting: str
    failed: str
    running: list[dict[str, Any]]
    prompt: str
    document: str
    drained: str

    def statements(self) -> dict[str, tuple[str, list[Any]]]:
        """A statement for every public function, by its name."""
        every = {**self.for_clients(), **self.for_workers()}
        every |= {**self.for_administrators(), **self.for_engineers(), **self.for_planners()}
        return {name: statement(name, **arguments) for name, arguments in every.items()}

    def for_clients(self) -> dict[str, dict[str, Any]]:
        keyed = {"partition_key": "k", "deduplication_id": "d"}
        return {
            "enqueue": {"workflow_name": "fill", "inputs": '{"kg": 1}', "options": keyed},
            "enqueue_many": {
                "items": [
                    {"workflow_name": "mix", "inputs": {"kg": 1}},
                    {"workflow_name": "mix", "options": {"delay_seconds": 60}},
                    {"workflow_name": ""},
                ]
            },
            "reject_entries": {"entries": [{"workflow_id": NEWCOMER, "entry": "x"}]},
            "list_rejected_entries": {},
            "resolve_rejected_entry": {"workflow_id": REJECTED, "action": "retry"},
            "get_workflow": {"workflow_id": self.queued},
            "list_workflows": {},
            "search_workflows": {"filter": {"search": "mix", "is_live": True}},
            "describe_workflow": {"workflow_id": self.running[0]["w"]},
            "get_activity": {},
            "list_gates": {},
            "list_tickets": {"filter": {"queue_name": "default", "partition_key": "k"}},
            "list_steps": {"workflow_id": self.running[0]["w"]},
            "send_command": {"workflow_id": self.queued, "command": "HOLD"},
            "send_commands": {"command": "STOP", "filter": {"workflow_name": "fill"}},
            "cancel_workflow": {"workflow_id": self.waiting},
            "fork_workflow": {"workflow_id": self.failed},
            "send_message": {"workflow_id": self.queued, "message": '{"go": true}'},
            "answer_prompt": {
                "prompt_id": self.prompt,
                "answer": "true",
                "options": {"actor": "anna"},
            },
            "list_prompts": {},
            "read_events": {"workflow_id": self.queued},
            "read_stream": {"workflow_id": self.queued, "stream": "log"},
            "retry_workflow": {"workflow_id": self.failed},
            "schema_version": {},
        }

    def for_workers(self) -> dict[str, dict[str, Any]]:
        worker, (first, second, third) = self.worker, self.running
        changed = [{**one, "max_attempts": 7} for one in worker.definitions]
        newcomer = {**worker.asked(), "definitions": changed}
        outcomes = (
            {"w": first["w"], "t": first["t"], "outcome": "success", "result": {"kg": 1}},
            {"w": second["w"], "t": second["t"], "outcome": "error", "error": {"class": "E"}},
            {"w": third["w"], "t": third["t"], "outcome": "released"},
        )
        claim = {"worker_id": worker.worker_id, "start_now": 50, "request_no": 77}
        return {
            "register_worker": {"worker_id": NEWCOMER, "registration": newcomer},
            "renew_worker": {"worker_id": worker.worker_id, "held": {"held": [], "ping": True}},
            "retire_worker": {"worker_id": worker.worker_id},
            "claim_workflows": {**claim, "may_idle": True},
            "load_workflow": {
                "worker_id": worker.worker_id,
                "workflow_id": first["w"],
                "lease_token": first["t"],
            },
            "record_steps": worker.record_arguments(first, "weigh", output=5),
            "finish_workflows": worker.finish_arguments(*outcomes),
            "run_maintenance": {"limit": 100},
        }

    def for_administrators(self) -> dict[str, dict[str, Any]]:
        queue = {"queue_name": "default"}
        return {
            "create_queue": {"queue_name": "line", "options": {"max_running": 1}},
            "set_queue": {**queue, "options": {"max_running": 9, "history": "errors"}},
            "pause_queue": {**queue, "reason": "cleaning"},
            "resume_queue": {"queue_name": "paused"},
            "drain_worker": {"worker_id": self.worker.worker_id, "reason": "new disk"},
            "resume_worker": {"worker_id": self.drained},
            "list_queues": {},
            "enter_maintenance": {"mode": "cancel", **queue},
            "exit_maintenance": {"queue_name": "closed"},
            "get_maintenance": {},
            "set_setting": {"name": "max_reclaims", "value": "9"},
            "list_settings": {},
            "reset_setting": {"name": "lease_seconds"},
            "list_setting_changes": {},
            "set_retention": {**queue, "options": {"keep_seconds": 60}},
            "delete_retention": {"options": {"status": "SUCCESS"}},
            "list_retention": {},
            "apply_retention": {"limit": 100, "after": "00000000-0000-0000-0000-000000000000"},
            "get_diagnostics": {},
            "import_workflows": {"items": [HISTORY]},
            "retention_figures": {"queue_id": 0, "status": "SUCCESS"},
            "export_audit": {},
            "queue_figures": {"queue_id": 1},
        }

    def for_engineers(self) -> dict[str, dict[str, Any]]:
        brine = {"workflow_name": "fill", "set_name": "brine"}
        form = {"workflow_name": "fill", "template_name": "form"}
        return {
            "resolve_inputs": {"workflow_name": "fill", "options": {"set_name": "brine"}},
            "list_parameters": {"workflow_name": "fill"},
            "create_enum": {"enum_name": "Grade", "choices": ["A", "B"]},
            "set_enum_status": {"enum_name": "Grade", "status": "obsolete"},
            "get_enum": {"enum_name": "Grade"},
            "list_enums": {},
            "create_template": {**form, "form": FORM},
            "set_template_status": {**form, "status": "obsolete"},
            "get_template": form,
            "list_templates": {},
            "create_parameter_set": {**brine, "values": {"kg": 2}},
            "set_parameter_set_status": {
                **brine,
                "status": "obsolete",
                "options": {"actor": "anna"},
            },
            "get_parameter_set": brine,
            "list_parameter_sets": {},
            "rename_parameter_set": {**brine, "new_name": "salt"},
            "compare_parameter_sets": brine,
            "export_parameter_set": brine,
            "import_parameter_set": {"document": self.document, "options": {"set_name": "copy"}},
        }

    def for_planners(self) -> dict[str, dict[str, Any]]:
        yearly = {"schedule_name": "yearly"}
        return {
            "next_occurrence": {"cron": "@daily", "time_zone": "Europe/Vienna"},
            "create_schedule": {
                "schedule_name": "new",
                "workflow_name": "fill",
                "options": {"cron": "@daily", "calendar_name": "works"},
            },
            "set_schedule": {**yearly, "options": {"catch_up": "last"}},
            "delete_schedule": yearly,
            "pause_schedule": yearly,
            "resume_schedule": {"schedule_name": "paused"},
            "run_schedule": yearly,
            "list_schedules": {},
            "list_schedule_runs": yearly,
            "upcoming": {**yearly, "count": 3},
            "set_calendar": {"calendar_name": "works", "calendar": CALENDAR},
            "delete_calendar": {"calendar_name": "spare"},
            "list_calendars": {},
            "add_blackout": {**BLACKOUT, "options": {"calendar_name": "works"}},
            "remove_blackout": {"blackout_id": 1},
            "list_blackouts": {},
        }


def set_stage(calls: Calls) -> Stage:
    """Workflows in every place, with full history, at a time that stands still."""
    clock = Clock(calls.conn, SCHEMA)
    clock.freeze()
    calls.set_queue(history="full")
    for name in ("paused", "closed"):
        calls.call("create_queue", queue_name=name)
    calls.call("pause_queue", queue_name="paused")
    calls.call("enter_maintenance", queue_name="closed")
    calls.call("reject_entries", entries=[{"workflow_id": REJECTED, "entry": _ENTRY}])
    worker = Worker(calls, ("mix", "fill"), max_attempts=1)
    gone = Worker(calls, ("mix",))
    calls.enqueue("mix", {"kg": 1}, partition_key="k")
    gone.claim(1)
    calls.call("drain_worker", worker_id=gone.worker_id)
    calls.run(
        "update workflows.worker set worker_name = 'gone' where worker_id = %s", gone.worker_id
    )
    failed = calls.enqueue("mix")
    worker.fail(worker.claim_one())
    calls.enqueue("mix")
    asking = worker.claim_one()
    asked = {"question": "Clean?", "second_signature": False}
    worker.record(asking, "prompt", kind="prompt", ask=asked)
    worker.finish(asking, "suspend", k="prompt")
    prompt = calls.value("select prompt_id::text from workflows.prompt")
    for _ in range(3):
        calls.enqueue("mix", {"kg": 1})
    running = worker.claim(3)
    calls.command(calls.enqueue("mix", {"kg": 1}, delay_seconds=60), "CANCEL")
    waiting = calls.enqueue("mix", delay_seconds=60)
    calls.enqueue("mix", partition_key="k")
    queued = calls.enqueue("fill", {"kg": 2})
    document = set_recipes(calls)
    set_plans(calls)
    clock.advance(30)
    calls.run(DUE)
    return Stage(worker, queued, waiting, failed, running, prompt, document, gone.worker_id)


def set_recipes(calls: Calls) -> str:
    """A template, an enum and two approved versions of a recipe; the recipe as it is exported."""
    brine = {"workflow_name": "fill", "set_name": "brine"}
    calls.call("create_enum", enum_name="Grade", choices=["A"])
    calls.call("create_template", workflow_name="fill", template_name="form", form=FORM)
    for kg in (1, 2):
        options = {"template_name": "form"}
        calls.call("create_parameter_set", **brine, values={"kg": kg}, options=options)
        calls.call(
            "set_parameter_set_status", **brine, status="approved", options={"actor": "bernd"}
        )
    return json.dumps(calls.call("export_parameter_set", **brine))


def set_plans(calls: Calls) -> None:
    """Schedules, calendars with a queue that follows one of them, and a blackout that is over."""
    for name in ("works", "spare"):
        calls.call("set_calendar", calendar_name=name, calendar=CALENDAR)
    for name in ("yearly", "due", "paused"):
        options = {"cron": "@yearly", "options": {"deduplication_id": name}}
        calls.call("create_schedule", schedule_name=name, workflow_name="mix", options=options)
    calls.call("pause_schedule", schedule_name="paused")
    calls.call("create_queue", queue_name="shift", options={"calendar_name": "works"})
    calls.call("add_blackout", **BLACKOUT)


_ENTRY = {"workflow_name": "mix", "inputs": {}, "options": {"workflow_id": REJECTED}}
