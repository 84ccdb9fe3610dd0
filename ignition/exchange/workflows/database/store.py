"""The SQL functions as Python methods: one method each, one round trip each.

Arguments cross as text or None with a cast, answers as one text. Methods that send a batch take the JSON
text that the engine has built, since building it twice would cost more than the rest of the call.
"""

from __future__ import absolute_import, division, print_function

import json

from exchange.workflows import errors, settings
from exchange.workflows.database import (
    recipe_store,
    schedule_store,
    screen_store,
    sqlstates,
    upkeep_store,
)

_PARAMETERS = {
    "enqueue": ("p_workflow_name text", "p_inputs text", "p_options text"),
    "enqueue_many": ("p_items text",),
    "reject_entries": ("p_entries text",),
    "get_workflow": ("p_workflow_id text",),
    "list_workflows": ("p_filter text",),
    "list_steps": ("p_workflow_id text",),
    "send_command": ("p_workflow_id text", "p_command text", "p_reason text", "p_options text"),
    "send_commands": ("p_command text", "p_filter text", "p_reason text", "p_options text"),
    "fork_workflow": ("p_workflow_id text", "p_step_key text", "p_options text"),
    "cancel_workflow": ("p_workflow_id text", "p_reason text", "p_options text"),
    "retry_workflow": ("p_workflow_id text", "p_options text"),
    "send_message": ("p_workflow_id text", "p_message text", "p_options text"),
    "answer_prompt": ("p_prompt_id text", "p_answer text", "p_options text"),
    "list_prompts": ("p_filter text",),
    "read_events": ("p_workflow_id text", "p_options text"),
    "read_stream": ("p_workflow_id text", "p_stream text", "p_options text"),
    "schema_version": (),
    "create_queue": ("p_queue_name text", "p_options text"),
    "set_queue": ("p_queue_name text", "p_options text"),
    "pause_queue": ("p_queue_name text", "p_reason text", "p_actor text"),
    "resume_queue": ("p_queue_name text", "p_reason text", "p_actor text"),
    "list_queues": (),
    "enter_maintenance": ("p_mode text", "p_reason text", "p_queue_name text", "p_actor text"),
    "exit_maintenance": ("p_queue_name text", "p_reason text", "p_actor text"),
    "get_maintenance": (),
    "list_rejected_entries": ("p_filter text",),
    "resolve_rejected_entry": ("p_workflow_id text", "p_action text", "p_actor text"),
    "export_audit": ("p_filter text",),
    "register_worker": ("p_worker_id text", "p_registration text"),
    "renew_worker": ("p_worker_id text", "p_held text"),
    "retire_worker": ("p_worker_id text",),
    "claim_workflows": (
        "p_worker_id text",
        "p_start_now integer",
        "p_prefetch integer",
        "p_request_no bigint",
        "p_is_resend boolean",
        "p_may_idle boolean",
        "p_is_idle boolean",
    ),
    "load_workflow": ("p_worker_id text", "p_workflow_id text", "p_lease_token text"),
    "record_steps": ("p_worker_id text", "p_records text"),
    "finish_workflows": ("p_worker_id text", "p_outcomes text"),
    "run_maintenance": ("p_limit integer",),
}

# A repetition would do these again, or be refused because of the first time: they are sent once. Everything else
# answers a repetition like the first time, or leaves things as that did.
ONCE = frozenset(
    (
        "retry_workflow",
        "create_schedule",
        "delete_schedule",
        "run_schedule",
        "delete_calendar",
        "add_blackout",
        "remove_blackout",
        "create_enum",
        "set_enum_status",
        "create_template",
        "set_template_status",
        "create_parameter_set",
        "set_parameter_set_status",
        "rename_parameter_set",
        "import_parameter_set",
    )
)


def statements(schema):
    """The statement of every function, for one schema name."""
    texts = {}
    everything = dict(_PARAMETERS, **recipe_store.PARAMETERS)
    for more in (upkeep_store, schedule_store, screen_store):
        everything.update(more.PARAMETERS)
    for name, parameters in everything.items():
        named = ", ".join("%s => ?::%s" % tuple(parameter.split()) for parameter in parameters)
        texts[name] = "select %s.%s(%s)" % (schema, name, named)
    return texts


class Store(
    recipe_store.RecipeStore, upkeep_store.UpkeepStore, schedule_store.ScheduleStore, screen_store.ScreenStore
):
    """`session` is anything with call(sql, args) that answers the one value of the one row. One whose call() sends
    again what was lost has call_once() beside it."""

    def __init__(self, session, schema=settings.SCHEMA_NAME):
        self.session = session
        self.schema = schema
        self._statements = statements(schema)

    # For clients

    def enqueue(self, workflow_name, inputs, options):
        return self._text("enqueue", workflow_name, inputs, options)

    def enqueue_many(self, entries):
        return self._json("enqueue_many", entries)

    def reject_entries(self, entries):
        return self._json("reject_entries", entries)

    def get_workflow(self, workflow_id):
        return self._json("get_workflow", workflow_id)

    def list_workflows(self, filters):
        return self._json("list_workflows", json.dumps(filters))

    def list_steps(self, workflow_id):
        return self._json("list_steps", workflow_id)

    def send_command(self, workflow_id, command, reason, options):
        return self._json("send_command", workflow_id, command, reason, json.dumps(options))

    def send_commands(self, command, filters, reason, options):
        return self._json("send_commands", command, json.dumps(filters), reason, json.dumps(options))

    def fork_workflow(self, workflow_id, step_key, options):
        return self._json("fork_workflow", workflow_id, step_key, options)

    def cancel_workflow(self, workflow_id, reason, options):
        return self._json("cancel_workflow", workflow_id, reason, json.dumps(options))

    def retry_workflow(self, workflow_id, options):
        return self._json("retry_workflow", workflow_id, json.dumps(options))

    def send_message(self, workflow_id, message, options):
        return self._json("send_message", workflow_id, message, json.dumps(options))

    def answer_prompt(self, prompt_id, answer, options):
        return self._json("answer_prompt", prompt_id, answer, json.dumps(options))

    def list_prompts(self, filters):
        return self._json("list_prompts", json.dumps(filters))

    def read_events(self, workflow_id, options):
        return self._json("read_events", workflow_id, json.dumps(options))

    def read_stream(self, workflow_id, stream, options):
        return self._json("read_stream", workflow_id, stream, json.dumps(options))

    def schema_version(self):
        return int(self._text("schema_version"))

    # For administrators

    def create_queue(self, queue_name, options):
        return self._json("create_queue", queue_name, json.dumps(options))

    def set_queue(self, queue_name, options):
        return self._json("set_queue", queue_name, json.dumps(options))

    def pause_queue(self, queue_name, reason, actor):
        return self._json("pause_queue", queue_name, reason, actor)

    def resume_queue(self, queue_name, reason, actor):
        return self._json("resume_queue", queue_name, reason, actor)

    def list_queues(self):
        return self._json("list_queues")

    def enter_maintenance(self, mode, reason, queue_name, actor):
        return self._json("enter_maintenance", mode, reason, queue_name, actor)

    def exit_maintenance(self, queue_name, reason, actor):
        return self._json("exit_maintenance", queue_name, reason, actor)

    def get_maintenance(self):
        return self._json("get_maintenance")

    def list_rejected_entries(self, filters):
        return self._json("list_rejected_entries", json.dumps(filters))

    def resolve_rejected_entry(self, workflow_id, action, actor):
        return self._json("resolve_rejected_entry", workflow_id, action, actor)

    def export_audit(self, filters):
        return self._text("export_audit", json.dumps(filters))

    # For workers

    def register_worker(self, worker_id, registration):
        return self._json("register_worker", worker_id, json.dumps(registration))

    def renew_worker(self, worker_id, held):
        return self._json("renew_worker", worker_id, json.dumps(held))

    def retire_worker(self, worker_id):
        return self._json("retire_worker", worker_id)

    def claim_workflows(
        self, worker_id, start_now, prefetch, request_no, is_resend, may_idle, is_idle
    ):
        return self._json(
            "claim_workflows",
            worker_id,
            str(start_now),
            str(prefetch),
            str(request_no),
            _boolean(is_resend),
            _boolean(may_idle),
            _boolean(is_idle),
        )

    def load_workflow(self, worker_id, workflow_id, lease_token):
        return self._json("load_workflow", worker_id, workflow_id, lease_token)

    def record_steps(self, worker_id, records):
        return self._json("record_steps", worker_id, records)

    def finish_workflows(self, worker_id, outcomes):
        return self._json("finish_workflows", worker_id, outcomes)

    def run_maintenance(self, limit):
        return self._json("run_maintenance", str(limit))

    def _json(self, name, *args):
        text = self._text(name, *args)
        return None if text is None else json.loads(text)

    def _text(self, name, *args):
        call = self.session.call
        if name in ONCE:
            call = getattr(self.session, "call_once", call)
        try:
            return call(self._statements[name], args)
        except errors.DatabaseError as error:
            if error.code in sqlstates.NOT_INSTALLED:
                raise _not_installed(self.schema, error)
            if name in ONCE and sqlstates.is_unknown(error):
                raise _unknown(name, error)
            raise


def _boolean(value):
    return "true" if value else "false"


def _unknown(name, error):
    return errors.DatabaseError(
        "the answer of %s was lost, so whether it took place is unknown: %s" % (name, error.message),
        error.code,
        error.detail,
        "look whether it did before you call again",
        error.is_lost,
    )


def _not_installed(schema, error):
    return errors.SchemaVersionMismatch(
        "schema %s is not installed here, or not in the version of this library: %s" % (schema, error.message),
        hint=settings.HOW_TO_MIGRATE,
    )
