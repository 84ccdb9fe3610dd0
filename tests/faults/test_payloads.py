"""Poison and size: F39, F40, F41, F42, F43, F44."""

# ruff: noqa: E501

import json

import psycopg
import pytest

from tests.faults.site import until_true

pytestmark = pytest.mark.proof


@pytest.mark.parametrize(
    "kind",
    [
        "nul",
        "surrogate",
        "nan",
        "infinity",
        "circle",
        "deep",
        "object",
        "huge",
        "bytes",
        "big",
        "keys",
    ],
)
def test_f40_whatever_is_returned_the_workflow_ends(site, kind):
    worker = site.worker("a", threads=1)
    bad, good = site.enqueue("returns", {"kind": kind}), site.enqueue("three_steps")
    statuses = site.wait_ended(bad, good, seconds=30)
    assert statuses[1] == "SUCCESS"
    answer = site.workflow(bad)
    if statuses[0] == "ERROR":
        assert answer["error"]["class"] == "UnserialisableResult", answer["error"]
        assert answer["error"]["message"]
    else:
        assert kind in ("nul", "surrogate", "nan", "infinity", "bytes", "big", "keys")
        assert answer["is_sanitised"] or kind in ("bytes", "big", "keys")
    assert worker.is_alive
    site.assert_promises()


@pytest.mark.parametrize("kind", ["nul", "nan", "object"])
def test_f40_whatever_a_step_returns_is_recorded(site, kind):
    site.worker("a", threads=1)
    bad = site.enqueue("poisonous", {"kind": kind})
    assert site.wait_ended(bad) == ["ERROR" if kind == "object" else "SUCCESS"]
    site.assert_promises()


def enqueue_raw(site, inputs: str, options: str = "{}") -> str:
    """The SQLSTATE, or the id."""
    try:
        return site.one("select workflows.enqueue('three_steps', %s, %s)", inputs, options)
    except psycopg.Error as error:
        return error.sqlstate or type(error).__name__


def test_f39_f42_bad_inputs_are_refused_beside_good_ones(site):
    deep = "[" * 100_000 + "]" * 100_000
    for inputs in (
        '{"a":"\\u0000"}',
        '{"a":"\\ud800"}',
        "{",
        "NaN",
        '{"a":Infinity}',
        deep,
        '"' + "x" * 10_000_000 + '"',
    ):
        assert enqueue_raw(site, inputs) == "WF002", inputs[:40]
    requests = [
        {"workflow_name": "three_steps", "inputs": {"n": 1}},
        {"workflow_name": "", "inputs": {}},
        {"workflow_name": "three_steps", "inputs": {"n": "x" * 2_000_000}},
        {"workflow_name": "three_steps", "inputs": {"n": 2}},
    ]
    answers = json.loads(site.one("select workflows.enqueue_many(%s)", json.dumps(requests)))
    assert ["error" in answer for answer in answers] == [False, True, True, False]
    site.worker("a")
    assert site.wait_ended(answers[0]["workflow_id"], answers[3]["workflow_id"]) == ["SUCCESS"] * 2


def test_f42_numbers_and_names_come_back_as_they_went(site):
    inputs = {
        "big": 2**63 + 1,
        "zero": -0.0,
        "small": 5e-324,
        "text": "\U0001f321 \u00b0F",
        "many": list(range(5000)),
    }
    workflow_id = site.enqueue("nobody_runs_this", inputs)
    assert site.workflow(workflow_id)["inputs"] == inputs


@pytest.mark.parametrize(
    "options",
    [
        '{"delay_seconds":"NaN"}', '{"delay_seconds":-1}', '{"delay_seconds":1e308}', '{"timeout_seconds":"Infinity"}',
        '{"timeout_seconds":-5}', '{"priority":101}', '{"priority":"NaN"}', '{"priority":1.5}', '{"available_at":"infinity"}',
        '{"start_before":"-infinity"}', '{"max_attempts":0}', '{"nonsense":1}', '{"workflow_id":"x"}', "[]", "nonsense",
        '{"on_worker_lost":"explode"}', '{"deduplication_id":""}', '{"partition_key":"' + "k" * 5000 + '"}', '{"resources":[""]}',
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_f43_absurd_options_are_refused(site, options):
    assert enqueue_raw(site, "{}", options) == "WF002"
    assert site.one("select count(*) from workflows.workflow") == 0


@pytest.mark.parametrize("name", ["", "x" * 201, "a\nb", "a\tb", " lead", "x" * 10_000])
def test_f44_invalid_names_are_refused(site, name):
    with pytest.raises(psycopg.Error) as refused:
        site.one("select workflows.enqueue(%s)", name)
    assert refused.value.sqlstate == "WF002"


@pytest.mark.parametrize(
    "name", ["'; drop table workflows.workflow; --", "%s %d", "\u0441ouriously cyrillic", "a.b(c)"]
)
def test_f44_odd_names_are_only_names(site, name):
    workflow_id = site.enqueue(name)
    site.worker("a")
    assert site.workflow(workflow_id)["workflow_name"] == name
    assert not until_true(lambda: site.status(workflow_id) != "ENQUEUED", 0.5)
