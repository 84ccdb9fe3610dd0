"""Declared parameters: checked when a workflow is enqueued, every problem at once, then frozen."""

import json
import uuid

import psycopg
import pytest

from tests.calls import refused
from tests.sql.bakery import PARAMETERS, Bakery, said

GOOD = {"temperature": 20}
KEPT = {"temperature": 20, "mode": "slow", "loaves": 10}


@pytest.fixture
def bakery(calls):
    made = Bakery(calls)
    made.enum()
    made.opens()
    return made


def test_gap_server_side_validation_defaults_are_filled_in_and_kept(bakery):
    assert bakery.start(GOOD)["inputs"] == KEPT


def test_plain_sql(bakery, calls):
    query = "select workflows.enqueue('bake', '{\"temperature\": 20}')"
    assert calls.get(calls.value(query))["inputs"] == KEPT
    with pytest.raises(psycopg.Error) as error:
        calls.rows("select workflows.enqueue('bake')")
    assert error.value.diag.message_hint == "inputs do not fit: inputs.temperature is required"


WRONG = [
    ({}, ["inputs.temperature is required"]),
    ({"temperature": None}, ["inputs.temperature is required"]),
    ({"temperature": 120}, ["inputs.temperature must be at most 95 degC"]),
    ({"temperature": -0.1}, ["inputs.temperature must be at least 0 degC"]),
    ({"temperature": True}, ["inputs.temperature must be a number"]),
    ({**GOOD, "mode": "full"}, ["inputs.mode must be one of slow, fast"]),
    ({**GOOD, "loaves": 1.5}, ["inputs.loaves must be a whole number"]),
    ({**GOOD, "note": "x"}, ["inputs.note must have at least 2 characters"]),
    ({**GOOD, "note": "longer"}, ["inputs.note must have at most 5 characters"]),
    ({**GOOD, "steam": 1}, ["inputs.steam must be true or false"]),
    (
        {**GOOD, "at": "2026-02-30T00:00:00Z"},
        [
            "inputs.at must be a time like 2026-01-31T08:00:00Z, or whole milliseconds since 1970",
        ],
    ),
    ({**GOOD, "oven": 1}, ["inputs.oven is not a parameter"]),
    (["a"], ["inputs must be an object: one value for each parameter"]),
    (
        {"temperature": 96, "mode": 1, "loaves": 0, "steam": "no", "b": None, "a": 1},
        [
            "inputs.temperature must be at most 95 degC",
            "inputs.mode must be one of slow, fast",
            "inputs.loaves must be at least 1",
            "inputs.steam must be true or false",
            "inputs.a is not a parameter",
            "inputs.b is not a parameter",
        ],
    ),
]


@pytest.mark.parametrize(("inputs", "problems"), WRONG, ids=lambda v: json.dumps(v)[:40])
def test_every_problem_at_once_with_its_path(bakery, calls, inputs, problems):
    """One at a time, in a batch, and asked before: the same."""
    with refused("WF002", "inputs") as detail:
        calls.enqueue("bake", inputs)
    assert said(detail) == problems
    [many] = calls.enqueue_many({"workflow_name": "bake", "inputs": inputs})
    assert many["error"].pop("message") == "inputs do not fit: " + "; ".join(problems)
    assert many["error"].pop("code") == "WF002"
    assert many["error"] == detail
    assert bakery.resolve(inputs)["errors"] == detail["errors"]
    assert calls.rows("select from workflows.workflow") == []
    assert calls.rows("select from workflows.workflow_recipe") == []


def test_each_of_many_has_its_own_outcome(bakery, calls):
    entries = [{"workflow_name": "bake", "inputs": {"temperature": n}} for n in (20, 120, 30)]
    good, bad, other, unknown = calls.enqueue_many(*entries, {"workflow_name": "mix", "inputs": 5})
    assert bad["error"]["field"] == "inputs" and "workflow_id" not in bad
    assert calls.get(good["workflow_id"])["inputs"] == KEPT
    assert calls.get(other["workflow_id"])["inputs"] == {**KEPT, "temperature": 30}
    assert calls.get(unknown["workflow_id"])["inputs"] == 5


def test_options_are_checked_first_and_do_not_matter_to_the_values(bakery, calls):
    with refused("WF002", "priority"):
        calls.enqueue("bake", {}, priority=1000)
    options = {"priority": 3, "partition_key": "oven 1", "delay_seconds": 5, "actor": "anna"}
    assert bakery.start(GOOD, **options)["inputs"] == KEPT


def test_a_null_is_not_given(bakery):
    assert bakery.start({**GOOD, "mode": None, "note": None})["inputs"] == {**KEPT, "note": None}


def test_declared_but_empty(bakery, calls):
    bakery.opens([])
    assert bakery.start()["inputs"] == {}
    with refused("WF002", "inputs") as detail:
        calls.enqueue("bake", {"temperature": 20})
    assert said(detail) == ["inputs.temperature is not a parameter"]
    assert calls.call("list_parameters", workflow_name="bake") == []


@pytest.mark.parametrize("is_null", [True, False])
def test_undeclared_takes_anything(bakery, calls, is_null):
    if is_null:
        bakery.opens(None)
        assert calls.value("select parameters is null from workflows.workflow_definition")
    else:
        calls.run("delete from workflows.workflow_definition")
    assert bakery.start({"oven": None})["inputs"] == {"oven": None}
    assert calls.rows("select from workflows.workflow_parameter") == []
    if is_null:
        assert calls.call("list_parameters", workflow_name="bake") is None
    else:
        with refused("WF003"):
            calls.call("list_parameters", workflow_name="bake")


def test_the_version_that_is_asked_for(bakery, calls):
    bakery.opens([{"name": "kg", "type": "number", "max": 3}], version=2)
    assert bakery.start({"kg": 3})["inputs"] == {"kg": 3}
    assert bakery.start(GOOD, workflow_version=1)["inputs"] == KEPT
    with refused("WF002", "inputs"):
        calls.enqueue("bake", {"kg": 3}, workflow_version=1)
    assert bakery.start({"kg": "?"}, workflow_version=7)["inputs"] == {"kg": "?"}
    assert [e["path"] for e in bakery.resolve(GOOD)["errors"]] == ["inputs.temperature"]
    assert bakery.resolve(GOOD, workflow_version=1)["errors"] == []


def test_a_workflow_without_parameters_pays_nothing(bakery, calls):
    """Neither the long way nor a look at recipes: the one statement that finds its queue says so."""
    calls.run("drop function workflows.enqueue_unusual, workflows.enqueue_requests")
    calls.enqueue("mix", {"x": 1})
    calls.enqueue("mix", {"x": 1}, priority=3, partition_key="k")
    calls.enqueue_many({"workflow_name": "mix", "inputs": {"x": 1}})
    for inputs in (GOOD, {}):
        with pytest.raises(psycopg.errors.UndefinedFunction):
            calls.enqueue("bake", inputs)
        with pytest.raises(psycopg.errors.UndefinedFunction):
            calls.enqueue_many({"workflow_name": "bake", "inputs": inputs})


TIGHTER = [{**PARAMETERS[0], "max": 10}, *PARAMETERS[1:]]


@pytest.mark.parametrize("how", ["RESET", "fork"])
def test_what_is_repeated_keeps_its_values(bakery, calls, how):
    """Whatever has become of limits, defaults and enums."""
    first = bakery.start({**GOOD, "mode": "fast"}, actor="anna")
    calls.command(first["workflow_id"], "STOP")
    bakery.enum(["new"])
    bakery.opens(TIGHTER)
    with refused("WF002", "inputs") as detail:
        calls.enqueue("bake", first["inputs"])
    assert len(detail["errors"]) == 2
    if how == "RESET":
        again = calls.command(first["workflow_id"], "RESET")["new_workflow_id"]
    else:
        again = calls.call("fork_workflow", workflow_id=first["workflow_id"])
        again = again["workflow_id"] if isinstance(again, dict) else again
    found = calls.get(again)
    assert found["workflow_id"] != first["workflow_id"]
    assert (found["inputs"], found["recipe"]) == (first["inputs"], first["recipe"])


@pytest.mark.parametrize("option", ["set_name", "template_name"])
def test_a_fork_takes_no_other_recipe(bakery, calls, option):
    first = bakery.start(GOOD)["workflow_id"]
    calls.command(first, "STOP")
    with refused("WF002", option):
        calls.call("fork_workflow", workflow_id=first, options={option: "rye"})


@pytest.mark.parametrize("where", ["in one batch", "one by one"])
@pytest.mark.parametrize("on_duplicate", ["replace", "debounce"])
def test_recipe_and_inputs_of_a_duplicate_stay_together(bakery, calls, on_duplicate, where):
    bakery.approved({"temperature": 80})
    bakery.approved({"temperature": 40, "mode": "fast"}, "spelt")
    options = {"deduplication_id": "x", "on_duplicate": on_duplicate}
    if on_duplicate == "debounce":
        options["delay_seconds"] = 10
    entries = [
        {"workflow_name": "bake", "inputs": inputs, "options": {**options, **recipe}}
        for inputs, recipe in (
            ({}, {"set_name": "rye"}),
            ({"loaves": 3}, {"set_name": "spelt"}),
            ({"temperature": 120}, {}),
        )
    ]
    if where == "in one batch":
        first, second, bad = calls.enqueue_many(*entries)
    else:
        first, second, bad = (calls.enqueue_many(entry)[0] for entry in entries)
    assert bad["error"]["code"] == "WF002"
    assert second["workflow_id"] == first["workflow_id"]
    found = calls.get(first["workflow_id"])
    assert found["inputs"] == {"temperature": 40, "mode": "fast", "loaves": 3}
    assert (found["recipe"]["set_name"], found["recipe"]["overrides"]) == ("spelt", {"loaves": 3})
    [plain] = calls.enqueue_many({**entries[2], "inputs": GOOD})
    found = calls.get(plain["workflow_id"])
    assert (found["inputs"], found["recipe"]["set_name"]) == (KEPT, None)


@pytest.mark.parametrize("asked", [{}, {"workflow_version": 2}])
def test_what_replaces_the_values_of_a_waiting_workflow_fits_its_version(bakery, calls, asked):
    """It was enqueued before a new version came, and keeps its own."""
    options = {"deduplication_id": "x", "on_duplicate": "replace"}
    first = bakery.start(GOOD, **options)
    bakery.opens([{"name": "kg", "type": "number"}], version=2)
    with refused("WF002", "inputs"):
        calls.enqueue("bake", {"kg": 3}, **options, **asked)
    again = bakery.start({"temperature": 30}, **options, **asked)
    assert (again["workflow_id"], again["workflow_version"]) == (first["workflow_id"], 1)
    assert again["inputs"] == {**KEPT, "temperature": 30}
    assert bakery.start({"kg": 3}, **{**options, "deduplication_id": "y"})["workflow_version"] == 2


def test_a_duplicate_with_no_recipe_leaves_none(bakery, calls):
    bakery.opens(None)
    bakery.approved({"temperature": 80})
    options = {"deduplication_id": "x", "on_duplicate": "replace"}
    first = bakery.start({}, **options, set_name="rye")
    again = bakery.start({"x": 1}, **options)
    assert again["workflow_id"] == first["workflow_id"]
    assert (again["inputs"], again["recipe"]) == ({"x": 1}, None)


def test_an_id_that_stands_is_answered_though_it_would_not_fit_today(bakery, calls):
    """Its sender did not hear the answer and sends again; meanwhile an engineer has been busy."""
    bakery.approved({"temperature": 80})
    sent = {"workflow_id": str(uuid.uuid4()), "set_name": "rye"}
    first = bakery.start({}, **sent)
    bakery.set_status("obsolete")
    bakery.opens(TIGHTER)
    assert bakery.start({}, **sent) == first
    [many] = calls.enqueue_many({"workflow_name": "bake", "inputs": {}, "options": sent})
    assert (many["workflow_id"], many["deduplicated"]) == (sent["workflow_id"], True)
    with refused("WF002", "set_name"):
        calls.enqueue("bake", {}, set_name="rye", workflow_id=str(uuid.uuid4()))


def test_values_do_not_grow_beyond_what_a_payload_may_be(bakery, calls):
    """A number may be short as it is given and long as it is kept."""
    bakery.opens([{"name": "curve", "type": "any"}])
    inputs = '{"curve": [%s]}' % ",".join(["1e300"] * 4000)
    with refused("WF002", "inputs") as detail:
        calls.call("enqueue", workflow_name="bake", inputs=inputs)
    assert "larger" in detail["problem"]


BAD = [
    ({}, "must be an array of fields"),
    ("text", "must be an array of fields"),
    ([5], "a field must be an object with name and type"),
    ([{"type": "text"}], "a field needs a name"),
    ([{"name": " ", "type": "text"}], "  needs a name"),
    ([{"name": 5, "type": "text"}], "5 needs a name"),
    (
        [{"name": "a", "type": "float"}],
        "a must have a type: text, number, integer, boolean, choice, datetime or any",
    ),
    (
        [{"name": "a"}],
        "a must have a type: text, number, integer, boolean, choice, datetime or any",
    ),
    ([{"name": "a", "type": "any", "required": "yes"}], "a must be required or not: true or false"),
    ([{"name": "a", "type": "number", "min": "x"}], "a has a min or max that is not a number"),
    ([{"name": "a", "type": "number", "min": 2, "max": 1}], "a has a min above its max"),
    ([{"name": "a", "type": "choice"}], "a needs choices, or the enum that they are in"),
    (
        [{"name": "a", "type": "choice", "choices": []}],
        "a needs choices, or the enum that they are in",
    ),
    (
        [{"name": "a", "type": "choice", "choices": "abc"}],
        "a needs choices, or the enum that they are in",
    ),
    (
        [{"name": "a", "type": "choice", "choices": [{"value": 1}]}],
        "a has choices that are not texts, numbers or true and false",
    ),
    (
        [{"name": "a", "type": "choice", "enum": 5}],
        "a must name its enum, and the version as a whole number",
    ),
    (
        [{"name": "a", "type": "choice", "enum": "E", "enum_version": 1.5}],
        "a must name its enum, and the version as a whole number",
    ),
    (
        [{"name": "a", "type": "choice", "enum": "E", "enum_version": "1"}],
        "a must name its enum, and the version as a whole number",
    ),
    ([{"name": "a", "type": "any"}, {"name": "a", "type": "text"}], "has a field twice: a"),
    # a limit or a choice that nobody would check
    (
        [{"name": "a", "type": "datetime", "min": 1}],
        "a has a min or max, which only a text, number or integer has",
    ),
    (
        [{"name": "a", "type": "number", "choices": [1, 2]}],
        "a has choices or an enum, which only a choice has",
    ),
    # what every enqueue would be refused for
    (
        [{"name": "a", "type": "integer", "max": 3, "default": 4, "unit": "kg"}],
        "a has a default that must be at most 3 kg",
    ),
    (
        [{"name": "a", "type": "choice", "choices": ["x"], "default": "y"}],
        "a has a default that must be one of x",
    ),
]


@pytest.mark.parametrize(("parameters", "problem"), BAD, ids=lambda v: json.dumps(v)[:50])
def test_bad_parameters_are_not_registered(calls, make_worker, parameters, problem):
    with refused("WF002", "parameters") as detail:
        make_worker("bake", parameters=parameters)
    assert detail["problem"] == "bake " + problem
    assert calls.rows("select from workflows.workflow_definition") == []
    assert calls.rows("select from workflows.worker") == []


def test_a_limit_that_no_number_reaches_is_not_registered(calls, make_worker):
    """It would stand in a view whose columns are doubles."""
    worker = make_worker("mix")
    asked = json.dumps(worker.asked()).replace('"parameters": null', '"parameters": %s')
    with refused("WF002", "parameters"):
        parameters = '[{"name": "a", "type": "number", "max": 1e400}]'
        arguments = {"worker_id": worker.worker_id, "registration": asked % parameters}
        calls.call("register_worker", **arguments)


def test_what_is_declared_is_shown(calls, make_worker):
    unset = dict.fromkeys(("required", "default", "min", "max", "enum", "choices", "unit"))
    make_worker("bake", parameters=[{**unset, **one} for one in PARAMETERS])
    query = """select parameter_name, is_required, default_value, minimum, maximum, unit, enum_name
      from workflows.workflow_parameter order by parameter_no"""
    assert calls.rows(query)[:3] == [
        ("temperature", True, None, 0, 95, "degC", None),
        ("mode", False, '"slow"', None, None, None, "BatchMode"),
        ("loaves", False, "10", 1, 40, None, None),
    ]


def test_a_change_of_parameters_is_audited(bakery, calls):
    worker = bakery.opens(TIGHTER)
    query = """select (old_value::jsonb #>> '{parameters,0,max}')::integer,
      (new_value::jsonb #>> '{parameters,0,max}')::integer, actor from workflows.audit
      where event = 'definitions registered' order by audit_id desc limit 1"""
    assert calls.rows(query) == [(95, 10, worker.worker_id)]
