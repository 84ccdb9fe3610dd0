"""Wrong ids, commands, filters, queue options and settings: one error that names the field."""

import pytest

from tests.calls import refused


@pytest.fixture
def calls(shared_calls):
    return shared_calls


NO_UUID = "not-a-uuid"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
BY_ID = [
    ("get_workflow", {}),
    ("list_steps", {}),
    ("send_command", {"command": "HOLD"}),
    ("cancel_workflow", {}),
    ("retry_workflow", {}),
]


@pytest.mark.parametrize(("function", "more"), BY_ID, ids=[f for f, _ in BY_ID])
def test_wrong_and_unknown_ids(calls, function, more):
    with refused("WF002", "workflow_id"):
        calls.call(function, workflow_id=NO_UUID, **more)
    with refused("WF003"):
        calls.call(function, workflow_id=UNKNOWN, **more)


@pytest.mark.parametrize("command", ["EXPLODE", "", None, "HOLD; drop"])
def test_unknown_commands(calls, command):
    with refused("WF002", "command"):
        calls.call("send_command", workflow_id=calls.enqueue("mix"), command=command)


@pytest.mark.parametrize(
    ("field", "options"), [("strange", '{"strange":1}'), ("options", "[1]"), ("options", "x")]
)
def test_command_options(calls, field, options):
    workflow_id = calls.enqueue("mix")
    for function in ("send_command", "retry_workflow"):
        more = {"command": "HOLD"} if function == "send_command" else {}
        with refused("WF002", field):
            calls.call(function, workflow_id=workflow_id, options=options, **more)


FILTERS = [
    ("strange", '{"strange": 1}'),
    ("filter", '{"before": "x"}'),
    ("filter", '{"since": "x"}'),
    ("filter", '{"limit": "x"}'),
    ("filter", "[1]"),
    ("filter", "x"),
]


@pytest.mark.parametrize(("field", "text"), FILTERS)
def test_filters(calls, field, text):
    with refused("WF002", field):
        calls.call("list_workflows", filter=text)


QUEUE_OPTIONS = [
    ("strange", '{"strange": 1}'),
    ("options", '{"max_running": -1}'),
    ("options", '{"max_running": "x"}'),
    ("options", '{"max_enqueued": 1e30}'),
    ("options", '{"history": "some"}'),
    ("options", '{"rate_limit": 5}'),
    ("options", '{"rate_seconds": 5}'),
    ("options", '{"rate_limit": 0, "rate_seconds": 5}'),
    ("options", '{"rate_limit": 5, "rate_seconds": 0}'),
    ("options", '{"rate_limit": 5, "rate_seconds": "NaN"}'),
    ("options", '{"key_rate_limit": 5, "key_rate_seconds": null}'),
    ("options", '{"accepts_work": "perhaps"}'),
    ("options", "[1]"),
    ("options", "x"),
]


@pytest.mark.parametrize(("field", "options"), QUEUE_OPTIONS)
def test_queue_options(calls, field, options):
    with refused("WF002", field):
        calls.call("set_queue", queue_name="default", options=options)


@pytest.mark.parametrize("function", ["set_queue", "pause_queue", "resume_queue"])
def test_unknown_queues(calls, function):
    more = {"options": "{}"} if function == "set_queue" else {}
    with refused("WF005", "queue_name"):
        calls.call(function, queue_name="nowhere", **more)


@pytest.mark.parametrize("name", ["", "x" * 201, "a\nb", None])
def test_queue_names(calls, name):
    with refused("WF002", "queue_name"):
        calls.call("create_queue", queue_name=name)


SETTINGS = [
    ("name", "strange", "1"),
    ("name", None, "1"),
    ("value", "lease_seconds", "0"),
    ("value", "lease_seconds", "NaN"),
    ("value", "lease_seconds", "soon"),
    ("value", "lease_seconds", None),
    ("value", "payload_bytes", "1.5"),
    ("value", "payload_bytes", "99999999999999999999"),
    ("value", "create_queues_on_enqueue", "perhaps"),
]


@pytest.mark.parametrize(("field", "name", "value"), SETTINGS)
def test_settings(calls, field, name, value):
    with refused("WF002", field):
        calls.call("set_setting", name=name, value=value)
