"""Bad input is refused with one error that names the field; nothing is lost, batch-mates stay."""

import json

import pytest

from tests.calls import refused

DEEP = "[" * 65 + "]" * 65
NEARLY_DEEP = "[" * 64 + "]" * 64
VERY_DEEP = "[" * 30000 + "]" * 30000


@pytest.fixture
def calls(shared_calls):
    return shared_calls


INPUTS = {
    "nul": '{"a": "x\\u0000y"}',
    "nul as key": '{"\\u0000": 1}',
    "high surrogate": '"\\ud800"',
    "low surrogate": '{"a": "\\udc00 x"}',
    "NaN": '{"a": NaN}',
    "Infinity": "[Infinity]",
    "-Infinity": "[-Infinity]",
    "too deep": DEEP,
    "far too deep": VERY_DEEP,
    "over the limit": '"' + "x" * 1048576 + '"',
    "no double": "[1e400]",
    "no double, long": "1" + "0" * 400,
    "not JSON": "{a: 1}",
    "empty": "",
    "two values": "1 2",
}


@pytest.mark.parametrize("inputs", INPUTS.values(), ids=INPUTS)
def test_inputs(calls, inputs):
    with refused("WF002", "inputs"):
        calls.call("enqueue", workflow_name="mix", inputs=inputs)
    assert calls.value("select count(*) from workflows.workflow") == 0


@pytest.mark.parametrize("inputs", [NEARLY_DEEP, '"\\ud83d\\ude00"', '"\\\\u0000"', "1e300"])
def test_inputs_at_the_border_are_accepted(calls, inputs):
    workflow_id = calls.call("enqueue", workflow_name="mix", inputs=inputs)
    assert calls.get(workflow_id)["inputs"] == json.loads(inputs)


def test_the_size_limit_is_a_setting(calls):
    calls.set_setting("payload_bytes", 2000)
    with refused("WF002", "inputs"):
        calls.enqueue("mix", "x" * 2000)
    assert calls.enqueue("mix", "x" * 1900)


OPTIONS = [
    ("strange", {"strange": 1}),
    ("delay_seconds", {"delay_seconds": -1}),
    ("delay_seconds", {"delay_seconds": "NaN"}),
    ("delay_seconds", {"delay_seconds": "1"}),
    ("delay_seconds", {"delay_seconds": 1e300}),
    ("delay_seconds", {"delay_seconds": True}),
    ("delay_seconds", {"delay_seconds": 1, "available_at": "2001-01-01T00:00:00Z"}),
    ("timeout_seconds", {"timeout_seconds": 0}),
    ("timeout_seconds", {"timeout_seconds": -5}),
    ("timeout_seconds", {"timeout_seconds": 1e300}),
    ("priority", {"priority": 101}),
    ("priority", {"priority": -101}),
    ("priority", {"priority": 1.5}),
    ("priority", {"priority": "high"}),
    ("traceparent", {"traceparent": 7}),
    ("traceparent", {"traceparent": "00-abc-def-01"}),
    ("traceparent", {"traceparent": f"00-{'0' * 32}-{'b' * 16}-01"}),
    ("traceparent", {"traceparent": f"00-{'a' * 32}-{'0' * 16}-01"}),
    ("traceparent", {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01\n"}),
    ("max_attempts", {"max_attempts": 0}),
    ("max_attempts", {"max_attempts": 1e12}),
    ("workflow_version", {"workflow_version": 0}),
    ("workflow_id", {"workflow_id": "17"}),
    ("workflow_id", {"workflow_id": 17}),
    ("parent", {"parent": "nobody"}),
    ("parent", {"parent": "00000000-0000-4000-8000-000000000000"}),
    ("partition_key", {"partition_key": ""}),
    ("partition_key", {"partition_key": "x" * 201}),
    ("partition_key", {"partition_key": "a\nb"}),
    ("partition_key", {"partition_key": 5}),
    ("deduplication_id", {"deduplication_id": ""}),
    ("resources", {"resources": "pump"}),
    ("resources", {"resources": []}),
    ("resources", {"resources": [""]}),
    ("resources", {"resources": [1]}),
    ("resources", {"resources": ["a"] * 101}),
    ("on_duplicate", {"on_duplicate": "explode", "deduplication_id": "x"}),
    ("on_duplicate", {"on_duplicate": "replace"}),
    ("delay_seconds", {"on_duplicate": "debounce", "deduplication_id": "x"}),
    ("deduplication_seconds", {"deduplication_seconds": 5}),
    ("deduplication_seconds", {"deduplication_seconds": 0, "deduplication_id": "x"}),
    ("deduplication_seconds", {"deduplication_seconds": "5", "deduplication_id": "x"}),
    (
        "deduplication_seconds",
        {"deduplication_seconds": 5, "deduplication_id": "x", "on_duplicate": "replace"},
    ),
    ("debounce_limit_seconds", {"debounce_limit_seconds": 5, "deduplication_id": "x"}),
    ("debounce_limit_seconds", {"debounce_limit_seconds": -1}),
    ("on_worker_lost", {"on_worker_lost": "panic"}),
    ("start_before", {"start_before": "tomorrow"}),
    ("start_before", {"start_before": "2001-01-01T00:00:00Z"}),
    ("start_before", {"start_before": "2099-02-30T00:00:00Z"}),
    ("start_before", {"start_before": "2099-01-01T00:00:00"}),
    ("available_at", {"available_at": 5}),
    ("available_at", {"available_at": "9999-01-01T00:00:00Z"}),
    ("actor", {"actor": ""}),
]


@pytest.mark.parametrize(
    ("field", "options"), OPTIONS, ids=[f"{f}={json.dumps(o)[:50]}" for f, o in OPTIONS]
)
def test_options(calls, field, options):
    with refused("WF002", field):
        calls.enqueue("mix", **options)
    good = {"workflow_name": "mix", "inputs": {"good": True}}
    answers = calls.enqueue_many(good, {"workflow_name": "mix", "options": options}, good)
    assert answers[1]["error"]["code"] == "WF002"
    assert answers[1]["error"]["field"] == field
    assert "workflow_id" in answers[0]
    assert "workflow_id" in answers[2]
    assert calls.value("select count(*) from workflows.workflow") == 2


RAW_OPTIONS = [
    "[]",
    "5",
    "not json",
    "null x",
    '{"delay_seconds": NaN}',
    '{"actor": "\\u0000"}',
    '{"actor": "\\ud800"}',
    '{"timeout_seconds": 1e-400}',
    '{"priority": 1e131000}',
    '{"a": ' * 20000 + "1" + "}" * 20000,
]


@pytest.mark.parametrize("options", RAW_OPTIONS, ids=[o[:30] for o in RAW_OPTIONS])
def test_options_that_are_no_object(calls, options):
    with refused("WF002"):
        calls.call("enqueue", workflow_name="mix", options=options)
    assert calls.value("select count(*) from workflows.workflow") == 0


@pytest.mark.parametrize("options", RAW_OPTIONS[:4] + RAW_OPTIONS[5:9], ids=lambda o: o[:30])
def test_raw_options_leave_batch_mates_alone(calls, options):
    """Whatever one item holds, the others are enqueued, or the whole array is no JSON at all."""
    items = '[{"workflow_name":"mix"}, {"workflow_name":"mix","options":%s}]'
    try:
        json.loads(items % options)
    except ValueError:
        with refused("WF002", "items"):
            calls.call("enqueue_many", items=items % options)
        return
    answers = calls.call("enqueue_many", items=items % options)
    assert "workflow_id" in answers[0]
    assert answers[1]["error"]["code"] == "WF002"


NAMES = ["", " ", "x" * 201, "a\tb", "a\nb", "\x7f", " padded", None]


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_workflow_names(calls, name):
    with refused("WF002", "workflow_name"):
        calls.call("enqueue", workflow_name=name)
    answers = calls.enqueue_many({"workflow_name": name}, {"workflow_name": "mix"})
    assert answers[0]["error"]["field"] == "workflow_name"
    assert "workflow_id" in answers[1]


def test_names_of_200_characters_are_accepted(calls):
    assert calls.enqueue("\u00e4" * 200)


@pytest.mark.parametrize("inputs", list(INPUTS)[:4] + ["too deep", "no double"])
def test_poisoned_inputs_leave_batch_mates_alone(calls, inputs):
    poison = INPUTS[inputs]
    items = f'[{{"workflow_name":"mix"}},{{"workflow_name":"mix","inputs":{poison}}}]'
    answers = calls.call("enqueue_many", items=items)
    assert "workflow_id" in answers[0]
    assert answers[1]["error"] | {"message": "", "problem": ""} == {
        "code": "WF002",
        "field": "inputs",
        "message": "",
        "problem": "",
    }


@pytest.mark.parametrize("items", ["{}", "5", "no", "", VERY_DEEP, "[NaN]"])
def test_items_that_are_no_array(calls, items):
    with refused("WF002", "items"):
        calls.call("enqueue_many", items=items)


def test_strange_items(calls):
    answers = calls.call(
        "enqueue_many",
        items='[5, {"workflow_name":"mix","strange":1}, null, {}, {"workflow_name":"mix"}]',
    )
    assert [a.get("error", {}).get("field") for a in answers] == [
        "items",
        "strange",
        "items",
        "workflow_name",
        None,
    ]
