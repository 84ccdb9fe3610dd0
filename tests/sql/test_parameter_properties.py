"""The SQL accepts exactly what a validator in Python accepts, which was written from the same rules."""

import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.calls import SCHEMA, Calls, Worker
from tests.sql.parameter_draws import cases, read
from tests.sql.reference_validator import wrong_paths

A_BATCH = 20


@pytest.fixture
def judged(shared):
    """judged(form, texts): what the SQL says of each, through the front door: no problem, or the paths."""
    calls = Calls(shared)
    worker = Worker(calls, ("bake",))
    asked = json.dumps(worker.asked()).replace('"parameters": null', '"parameters": %s')

    def judge(form, texts):
        arguments = {"worker_id": worker.worker_id, "registration": asked % form}
        calls.call("register_worker", **arguments)
        entries = ", ".join('{"workflow_name": "bake", "inputs": %s}' % text for text in texts)
        answers = calls.call("enqueue_many", items=f"[{entries}]")
        return [answer.get("error", {}).get("errors", []) for answer in answers]

    return judge


def run(judged, count, phases=(Phase.generate, Phase.shrink), derandomize=False):
    """Draws and compares; how many were accepted and refused."""
    seen: Counter[bool] = Counter()

    @settings(
        max_examples=count // A_BATCH,
        database=None,
        deadline=None,
        phases=phases,
        derandomize=derandomize,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases(A_BATCH))
    def agree(case):
        form, texts = case
        for text, errors in zip(texts, judged(form, texts)):
            paths = [error["path"] for error in errors]
            assert set(paths) == wrong_paths(read(form), read(text)), (form, text, errors)
            assert len(set(paths)) == len(paths), (form, text, errors)
            seen[not paths] += 1

    agree()
    return seen


@pytest.mark.parametrize(
    "cases_wanted",
    [1_000, pytest.param(10_000, marks=[pytest.mark.proof, pytest.mark.timeout(300)])],
)
def test_both_say_the_same(judged, cases_wanted):
    seen = run(judged, cases_wanted)
    assert seen.total() >= cases_wanted
    assert min(seen.values()) > cases_wanted / 10, "one of the two is hardly ever seen"


WRONG = {
    "a limit is not allowed itself": (
        "field_problem",
        "v_size > (p_field ->> 'max')",
        "v_size >= (p_field ->> 'max')",
    ),
    "the least is not allowed itself": (
        "field_problem",
        "v_size < (p_field ->> 'min')",
        "v_size <= (p_field ->> 'min')",
    ),
    "unknown keys are allowed": (
        "form_problems",
        "where not p_form @>",
        "where false and p_form @>",
    ),
    "the type is not checked": (
        "field_problem",
        "<> 'number' then return 'must be a number'",
        "<> 'number' then return null",
    ),
    "a text is measured in bytes": ("field_problem", "length(p_value", "octet_length(p_value"),
    "the type of a choice is not checked": ("is_choice", "c = v)", "c #>> '{}' = v #>> '{}')"),
    "a month has 31 days": ("is_datetime", "'1 month - 1 day'", "'30 days'"),
    "required ones may be left out": (
        "field_problem",
        "(p_field ->> 'required')::boolean and not",
        "false and not",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_control_a_validator_that_is_wrong_is_noticed(shared, judged, name):
    function, right, wrong = WRONG[name]
    with shared.transaction(force_rollback=True):
        query = "select pg_get_functiondef(%s::regproc)"
        [source] = shared.execute(query, (f"{SCHEMA}.{function}",)).fetchone()
        assert right in source
        shared.execute(source.replace(right, wrong))
        with pytest.raises(AssertionError):
            run(judged, 3_000, [Phase.generate], derandomize=True)  # not by luck
