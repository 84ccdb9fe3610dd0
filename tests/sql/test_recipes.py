"""Recipes: drafts that somebody approves, started by name, recorded with what was changed."""

import json

import pytest

from tests.calls import refused
from tests.sql.bakery import PARAMETERS, Bakery, said


@pytest.fixture
def bakery(calls):
    made = Bakery(calls)
    made.enum()
    made.opens()
    made.template()
    return made


@pytest.fixture
def read(calls):
    def get(name="rye", **options):
        arguments = {"workflow_name": "bake", "set_name": name}
        return calls.call("get_parameter_set", **arguments, options=options)

    return get


def test_a_recipe_is_started_by_its_name(bakery, read):
    """Template, over it the recipe, over it the operator, and defaults for the rest; all of it kept."""
    bakery.approved({"temperature": 80}, template_name="std", description="dark", actor="anna")
    found = bakery.start({"mode": "fast", "temperature": 80}, set_name="rye")
    assert found["inputs"] == {"temperature": 80, "mode": "fast", "loaves": 10}
    assert found["recipe"] == {
        "template_name": "std",
        "template_version": 1,
        "set_name": "rye",
        "set_version": 1,
        "set_status": "approved",
        "enum_versions": {"BatchMode": 1},
        "overrides": {"mode": "fast"},
    }
    stored = read()
    assert (stored["values"], stored["description"]) == ({"temperature": 80}, "dark")
    assert (stored["created_by"], stored["approved_by"]) == ("anna", "bernd")
    assert stored["created_at"] <= stored["approved_at"]


def test_gap_recipes_of_declared_parameters_need_no_template(bakery):
    bakery.approved({"temperature": 80, "loaves": 3})
    found = bakery.start({"loaves": 4}, set_name="rye")
    assert found["inputs"] == {"temperature": 80, "mode": "slow", "loaves": 4}
    recipe = found["recipe"]
    assert (recipe["template_name"], recipe["overrides"]) == (None, {"loaves": 4})


def test_a_null_leaves_what_the_recipe_says(bakery, calls):
    """An empty entry of a form is not a value: neither 20 nor nothing is what was approved."""
    bakery.opens([{**PARAMETERS[0], "default": 20}, PARAMETERS[1]])
    bakery.approved({"temperature": 80, "mode": None}, template_name="std")
    found = bakery.start({"temperature": None}, set_name="rye")
    assert found["inputs"] == {"temperature": 80, "mode": "slow"}
    assert found["recipe"]["overrides"] == {}
    asked = bakery.resolve({"temperature": None}, set_name="rye")
    assert (asked["resolved"], asked["base"]["temperature"]) == (found["inputs"], 80)


def test_what_would_be_started_can_be_asked(bakery, calls):
    bakery.approved({"temperature": 80}, template_name="std")
    asked = bakery.resolve({"temperature": 120}, set_name="rye")
    assert said(asked) == ["inputs.temperature must be at most 95 degC"]
    assert asked["base"] == {"temperature": 80, "mode": None}
    asked = bakery.resolve({"temperature": 70}, set_name="rye")
    assert asked["resolved"] == {"temperature": 70, "mode": "slow", "loaves": 10}
    assert asked["recipe"]["overrides"] == {"temperature": 70}
    assert bakery.resolve({}, set_name="white")["errors"][0]["path"] == "set_name"
    assert calls.rows("select from workflows.workflow") == []


def test_versions_and_deleted_numbers(bakery, calls, read):
    assert [bakery.draft({"temperature": n}) for n in (1, 2, 3)] == [1, 2, 3]
    assert read() is None and read(set_version=2)["status"] == "draft"
    bakery.set_status("approved", set_version=1)
    bakery.set_status("approved", set_version=2)
    assert read()["set_version"] == 2
    assert bakery.start(set_name="rye")["inputs"]["temperature"] == 2
    bakery.set_status("deleted")
    assert read(set_version=3) is None
    assert bakery.draft({}) == 4

    def listed(**filters):
        return [s["set_version"] for s in calls.call("list_parameter_sets", filter=filters)]

    assert listed() == [4, 2, 1] and listed(latest_only=True) == [4]
    assert listed(status="approved") == [2, 1] and listed(status="draft") == [4]
    assert listed(template_name="std") == [] == listed(set_name="x")
    assert [r[0] for r in calls.rows("select set_version from workflows.recipe_list")] == [1, 2, 4]


@pytest.mark.parametrize("status", ["draft", "obsolete"])
def test_gap_what_is_not_approved_is_started_only_on_purpose(bakery, calls, status):
    bakery.draft({"temperature": 80})
    if status == "obsolete":
        bakery.set_status("approved")
        bakery.set_status("obsolete")
    with refused("WF002", "set_name") as detail:
        calls.enqueue("bake", {}, set_name="rye")
    assert detail["problem"] == "has no approved version: rye"
    with refused("WF002", "set_name") as detail:
        calls.enqueue("bake", {}, set_name="rye", set_version=1)
    what = "is a draft" if status == "draft" else "is obsolete"
    assert detail["problem"] == f"{what}: rye version 1; it starts only with allow_unapproved"
    with refused("WF002", "allow_unapproved"):
        calls.enqueue("bake", {}, set_name="rye", allow_unapproved=True)
    found = bakery.start(set_name="rye", set_version=1, allow_unapproved=True)
    assert found["recipe"]["set_status"] == status
    bakery.set_status("approved")
    assert calls.get(found["workflow_id"])["recipe"]["set_status"] == status
    assert bakery.start(set_name="rye", set_version=1)["recipe"]["set_status"] == "approved"


WRONG_OPTIONS = [
    ({"set_version": 1}, "set_version"),
    ({"template_version": 1}, "template_version"),
    ({"set_name": "rye", "template_version": 1}, "template_version"),
    ({"set_name": "rye", "template_name": "other"}, "set_name"),
    ({"set_name": "white"}, "set_name"),
    ({"set_name": "rye", "set_version": 9}, "set_name"),
    ({"set_name": "rye", "set_version": 0}, "set_version"),
    ({"set_name": "rye", "set_version": "1"}, "set_version"),
    ({"set_name": 5}, "set_name"),
    ({"template_name": ""}, "template_name"),
    ({"set_name": "rye", "set_version": 1, "allow_unapproved": "yes"}, "allow_unapproved"),
]


@pytest.mark.parametrize(("options", "field"), WRONG_OPTIONS, ids=json.dumps)
def test_recipes_that_are_not_there(bakery, calls, options, field):
    bakery.approved({"temperature": 80}, template_name="std")
    with refused("WF002", field) as detail:
        calls.enqueue("bake", {}, **options)
    [many] = calls.enqueue_many({"workflow_name": "bake", "options": options})
    assert {**detail, "code": "WF002", "message": many["error"]["message"]} == many["error"]
    assert bakery.start(set_name="rye", template_name="std")


def test_a_recipe_belongs_to_its_workflow(bakery, calls):
    bakery.approved({"temperature": 80})
    with refused("WF002", "set_name"):
        calls.enqueue("mix", {}, set_name="rye")


def test_gap_approval_and_every_other_change_is_audited(bakery):
    """D37: who, what was, what is, and why."""
    bakery.draft({"temperature": 80}, actor="anna", reason="darker crust")
    bakery.set_status("approved", actor="bernd", reason="baked twice")
    bakery.set_status("approved", actor="carl")
    bakery.set_status("obsolete", actor="dora", reason="too dark")
    bakery.set_status("deleted", actor="emil")
    title = "bake rye version 1"
    assert bakery.audit()[2:] == [
        ("recipe created", title, None, '{"temperature": 80}', "anna", "darker crust"),
        ("recipe approved", title, "draft", "approved", "bernd", "baked twice"),
        ("recipe obsolete", title, "approved", "obsolete", "dora", "too dark"),
        ("recipe deleted", title, "obsolete", "deleted", "emil", None),
    ]


@pytest.mark.parametrize("actor", ["anna", "Anna", "ANNA"])
def test_gap_approval_by_another_person(bakery, calls, actor):
    calls.set_setting("approval_by_another", "true")
    bakery.draft({"temperature": 80}, actor="anna")
    with refused("WF009", "actor") as detail:
        bakery.set_status("approved", actor=actor)
    assert detail["created_by"] == "anna"
    assert bakery.set_status("approved", actor="bernd")["approved_by"] == "bernd"
    calls.set_setting("approval_by_another", "false")
    bakery.draft({"temperature": 80}, actor="anna")
    assert bakery.set_status("approved", actor=actor)["approved_by"] == actor


def test_statuses_that_follow_each_other(bakery):
    bakery.draft({"temperature": 80})
    bakery.set_status("approved")
    with refused("WF002", "status"):
        bakery.set_status("deleted")
    for status in ("draft", "Approved", None):
        with refused("WF002", "status"):
            bakery.set_status(status)
    with refused("WF002", "actor"):
        bakery.set_status("obsolete", actor="")
    bakery.set_status("obsolete")
    assert bakery.set_status("approved", actor="carl")["approved_by"] == "carl"
    bakery.set_status("obsolete")
    bakery.set_status("deleted")
    with refused("WF003"):
        bakery.set_status("approved")
    with refused("WF003"):
        bakery.set_status("approved", "white")


def test_values_are_checked_when_they_are_saved_and_when_they_are_approved(bakery, calls):
    """Parameters that are missing are the operator's; those that are given must fit."""
    with refused("WF002", "values") as detail:
        bakery.draft({"temperature": 120, "mode": "full", "oven": 1})
    assert said(detail) == [
        "values.temperature must be at most 95 degC",
        "values.mode must be one of slow, fast",
        "values.oven is not a parameter",
    ]
    with refused("WF002", "values") as detail:
        bakery.draft({"temperature": 120, "loaves": 2, "oven": 1}, template_name="std")
    assert said(detail) == [
        "values.loaves is not a field of the template",
        "values.oven is not a field of the template",
        "values.temperature must be at most 95 degC",
    ]
    bakery.draft({"temperature": 80})
    bakery.opens([{**PARAMETERS[0], "max": 70}])
    with refused("WF002", "values") as detail:
        bakery.set_status("approved")
    assert said(detail) == ["values.temperature must be at most 70 degC"]
    bakery.opens()
    bakery.set_status("approved")
    bakery.opens([{**PARAMETERS[0], "max": 70}])
    with refused("WF002", "inputs") as detail:
        calls.enqueue("bake", {}, set_name="rye")
    assert said(detail) == ["inputs.temperature must be at most 70 degC"]


def test_a_recipe_of_a_version_of_a_template(bakery, calls):
    bakery.template()
    bakery.draft({}, template_name="std")
    bakery.draft({}, template_name="std", template_version=1)
    listed = calls.call("list_parameter_sets")
    assert [(s["set_version"], s["template_version"]) for s in listed] == [(2, 1), (1, 2)]
    for options in ({"template_name": "x"}, {"template_name": "std", "template_version": 9}):
        with refused("WF002", "template_name"):
            bakery.draft({}, **options)
    with refused("WF002", "template_version"):
        bakery.draft({}, template_version=1)


BAD = [
    ({"values": None}, "values"),
    ({"values": "{"}, "values"),
    ({"values": "[]"}, "values"),
    ({"values": "5"}, "values"),
    ({"workflow_name": None}, "workflow_name"),
    ({"set_name": " rye"}, "set_name"),
    ({"options": {"actor": ""}}, "actor"),
    ({"options": {"template_name": ["std"]}}, "template_name"),
    ({"options": {"status": "approved"}}, "status"),
    ({"options": "5"}, "options"),
]


@pytest.mark.parametrize(("given", "field"), BAD, ids=json.dumps)
def test_bad_input(calls, given, field):
    arguments = {"workflow_name": "bake", "set_name": "rye", "values": "{}", "options": "{}"}
    with refused("WF002", field):
        calls.call("create_parameter_set", **{**arguments, **given})
    assert calls.rows("select from workflows.parameter_set") == []


def test_a_version_may_be_written_with_a_point(bakery, calls):
    """As a float of Jython's JSON is: 1.0."""
    point = [{**PARAMETERS[1], "enum_version": 1.0}, *PARAMETERS[2:], PARAMETERS[0]]
    bakery.opens(point, version=2)
    bakery.approved({"temperature": 80})
    found = bakery.start(set_name="rye", set_version=1.0, workflow_version=2)
    assert found["recipe"]["set_version"] == 1
    found = bakery.start(template_name="std", template_version=1.0)
    assert found["recipe"]["template_version"] == 1
