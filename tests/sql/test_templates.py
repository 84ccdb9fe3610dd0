"""Templates: the form of a Perspective page as it was saved, its parameters, and what it must fit."""

import copy
import json

import pytest

from tests.calls import refused
from tests.sql.bakery import FORM, TEMPERATURE, Bakery, dropdown, form_of, said
from tests.sql.forms import BATCH_FORM, CHECK_FORM


@pytest.fixture
def bakery(calls):
    made = Bakery(calls)
    made.enum()
    made.opens()
    return made


@pytest.fixture
def read(calls):
    def get(name="std", **options):
        arguments = {"workflow_name": "bake", "template_name": name}
        return calls.call("get_template", **arguments, options=options)

    return get


@pytest.fixture
def set_status(calls):
    def change(status, **options):
        arguments = {"workflow_name": "bake", "template_name": "std", "status": status}
        return calls.call("set_template_status", **arguments, options=options)["changed"]

    return change


def test_a_form_is_read_back_as_it_was_saved(bakery, read):
    """But for its name, what Perspective computes, and values of widgets that are gone."""
    assert bakery.template(BATCH_FORM, description="every day", actor="anna") == 1
    found = read()
    saved = copy.deepcopy(BATCH_FORM)
    del saved["validation"], saved["data"]["of a widget that is gone"]
    saved["name"] = "bake.std"
    assert found["schema"]["formProps"] == saved
    assert found["schema"]["meta"] == {
        "paramKeys": ["mode", "temperature", "steam", "at"],
        "widgetTypes": {
            "mode": "dropdown",
            "temperature": "numeric-entry",
            "steam": "toggle",
            "at": "date",
        },
        "defaultData": saved["data"],
        "enumRefs": {"mode": {"enumName": "BatchMode", "enumVersion": None}},
    }
    assert (found["description"], found["created_by"]) == ("every day", "anna")


def test_another_form_with_what_it_left_out(bakery, read, calls):
    bakery.enum(["A"], "Grade")
    bakery.enum(["B"], "Grade")
    bakery.opens(None)
    bakery.template(CHECK_FORM, "check")
    found = read("check")["schema"]
    data = {"grade": None, "note": None}
    assert found["formProps"] == {**CHECK_FORM, "name": "bake.check", "data": data}
    assert found["meta"]["enumRefs"] == {"grade": {"enumName": "Grade", "enumVersion": 2}}
    assert found["meta"]["defaultData"] == data
    bakery.template(found["formProps"], "check")
    assert read("check", template_version=2)["schema"] == found
    assert calls.rows("select parameters from workflows.template_list limit 1") == [
        ("grade, note",)
    ]


def test_a_form_with_nothing_in_it(bakery, read):
    bakery.opens([])
    for form in ({}, {"columns": {"items": [{"rows": {"items": [{"widgets": []}]}}]}}):
        bakery.template(form)
    assert read()["schema"]["meta"]["paramKeys"] == []
    assert read(template_version=1)["schema"]["formProps"] == {
        "name": "bake.std",
        "columns": {"items": []},
        "data": {},
    }
    assert bakery.start({}, template_name="std")["inputs"] == {}


def test_versions_and_statuses(bakery, calls, read, set_status):
    assert [bakery.template() for _ in range(3)] == [1, 2, 3]
    assert bakery.template(is_active=False) == 4
    assert read()["template_version"] == 3
    assert set_status("obsolete", template_version=3) == 1
    assert read()["template_version"] == 2

    def listed(**filters):
        return [t["template_version"] for t in calls.call("list_templates", filter=filters)]

    assert listed() == [4, 3, 2, 1] and listed(latest_only=True) == [4]
    assert listed(status="active", latest_only=True, workflow_name="bake") == [2]
    assert listed(workflow_name="mix") == [] == listed(template_name="x")
    assert all("schema" not in t for t in calls.call("list_templates"))
    assert set_status("active") == 2 and set_status("active") == 0


def test_a_deleted_number_is_never_given_again(bakery, calls, read, set_status):
    bakery.template()
    bakery.template()
    assert set_status("deleted", template_version=2) == 1
    assert read(template_version=2) is None and read()["template_version"] == 1
    assert len(calls.rows("select from workflows.template_list")) == 1
    with refused("WF003"):
        set_status("active", template_version=2)
    assert bakery.template() == 3
    assert set_status("deleted") == 2 and read() is None
    assert bakery.template() == 4


def test_gap_the_newest_obsolete_version_is_not_started_unless_it_is_named(
    bakery, calls, set_status
):
    bakery.template(form_of(TEMPERATURE, temperature=10))
    bakery.template(form_of(TEMPERATURE, temperature=20))
    set_status("obsolete", template_version=2)
    found = bakery.start(template_name="std")
    assert (found["inputs"]["temperature"], found["recipe"]["template_version"]) == (10, 1)
    found = bakery.start(template_name="std", template_version=2)
    assert (found["inputs"]["temperature"], found["recipe"]["template_version"]) == (20, 2)
    set_status("obsolete")
    with refused("WF002", "template_name") as detail:
        calls.enqueue("bake", {}, template_name="std")
    assert detail["problem"] == "has no active version: std"
    set_status("deleted", template_version=2)
    with refused("WF002", "template_name") as detail:
        calls.enqueue("bake", {}, template_name="std", template_version=2)
    assert detail["problem"] == "has no version 2: std"
    assert detail["errors"][0]["code"] == "template_not_found"


UNFIT = [
    (
        form_of({"id": "id", "type": "text"}, TEMPERATURE),
        [
            "form.id is not a parameter of bake, which takes temperature, mode, loaves, note, steam, at"
        ],
    ),
    (form_of(dropdown("mode", "BatchMode")), ["form.temperature is missing: bake needs it"]),
    (form_of(TEMPERATURE, TEMPERATURE), ["form.temperature is the id of two widgets"]),
    (form_of(TEMPERATURE, temperature=96), ["form.temperature must be at most 95 degC"]),
    (
        form_of(TEMPERATURE, dropdown("mode", "BatchMode"), mode="full"),
        ["form.mode must be one of slow, fast"],
    ),
    (
        form_of(TEMPERATURE, dropdown("mode", "Other")),
        ["form.mode refers to an enum that does not exist: Other"],
    ),
    (
        form_of(TEMPERATURE, dropdown("mode", "BatchMode:9")),
        ["form.mode refers to an enum that does not exist: BatchMode version 9"],
    ),
    (
        form_of(
            dropdown("mode", "Other"), {"id": "oven", "type": "text"}, TEMPERATURE, TEMPERATURE
        ),
        [
            "form.mode refers to an enum that does not exist: Other",
            "form.oven is not a parameter of bake, which takes temperature, mode, loaves, note, steam, at",
            "form.temperature is the id of two widgets",
        ],
    ),
]


@pytest.mark.parametrize(("form", "problems"), UNFIT, ids=lambda v: json.dumps(v)[-40:])
def test_gap_what_does_not_fit_the_parameters_is_refused_when_it_is_saved(
    bakery, calls, form, problems
):
    """The keys of a form against the workflow: every problem, with the id of its widget."""
    with refused("WF002", "form") as detail:
        bakery.template(form)
    assert sorted(said(detail)) == sorted(problems)
    assert calls.rows("select from workflows.parameter_template") == []


SIGNATURE = {"arguments": ["temperature", "mode"], "required": ["temperature"], "takes_more": False}


@pytest.mark.parametrize(
    ("signature", "problems"),
    [
        (SIGNATURE, ["form.id is not a parameter of bake, which takes temperature, mode"]),
        ({**SIGNATURE, "takes_more": True}, []),
        (
            {"arguments": [], "required": [], "takes_more": False},
            [
                "form.id is not a parameter of bake, which takes none",
                "form.temperature is not a parameter of bake, which takes none",
            ],
        ),
        (
            {**SIGNATURE, "required": ["kg"], "takes_more": None},
            ["form.kg is missing: bake needs it"],
        ),
        (None, []),
    ],
)
def test_gap_keys_are_held_against_the_registered_signature(bakery, signature, problems):
    """Where a workflow declares no parameters, the arguments of its function say what it takes."""
    bakery.opens(None, signature=signature)
    form = form_of({"id": "id", "type": "text"}, TEMPERATURE)
    if not problems:
        assert bakery.template(form) == 1
        return
    with refused("WF002", "form") as detail:
        bakery.template(form)
    assert said(detail) == problems


@pytest.mark.parametrize("default", [{}, {"default": None}, {"default": 3}], ids=json.dumps)
def test_what_has_a_default_may_be_missing(bakery, default):
    bakery.opens([{"name": "kg", "type": "number", "required": True, **default}])
    if default.get("default"):
        bakery.template(form_of())
        assert bakery.start(template_name="std")["inputs"] == {"kg": 3}
        return
    with refused("WF002", "form") as detail:
        bakery.template(form_of())
    assert said(detail) == ["form.kg is missing: bake needs it"]


def test_the_workflow_may_be_registered_later(calls):
    arguments = {"workflow_name": "later", "template_name": "std", "form": form_of(TEMPERATURE)}
    answer = calls.call("create_template", **arguments)
    assert answer.pop("is_registered") is False
    assert answer == {"workflow_name": "later", "template_name": "std", "template_version": 1}


def test_values_of_a_template_with_what_the_operator_changed(bakery, calls):
    """Nothing is accepted that is not on the form; a null leaves what the form says."""
    bakery.template(FORM)
    given = {"temperature": 60, "mode": None}
    found = bakery.start(given, template_name="std")
    assert found["inputs"] == {"temperature": 60, "mode": "slow", "loaves": 10}
    assert found["recipe"]["overrides"] == {}
    found = bakery.start({"temperature": 70, "mode": "fast"}, template_name="std")
    assert found["recipe"]["overrides"] == {"temperature": 70, "mode": "fast"}
    query = "select changed from workflows.recipe_use where workflow_id = %s"
    assert calls.value(query, found["workflow_id"]) == "mode, temperature"
    found = bakery.start({"temperature": None}, template_name="std")
    assert found["inputs"]["temperature"] == 60
    with refused("WF002", "inputs") as detail:
        calls.enqueue("bake", {"loaves": 3, "oven": 1, "mode": "full"}, template_name="std")
    assert said(detail) == [
        "inputs.mode must be one of slow, fast",
        "inputs.loaves is not a field of the template",
        "inputs.oven is not a field of the template",
    ]
    assert {e.get("code") for e in detail["errors"]} == {None, "unknown"}


def test_a_template_of_before_is_held_against_the_parameters_of_now(bakery, calls):
    bakery.template(FORM)
    bakery.opens([{"name": "kg", "type": "number"}])
    with refused("WF002", "inputs") as detail:
        calls.enqueue("bake", {}, template_name="std")
    assert said(detail) == [
        "inputs.mode is not a parameter",
        "inputs.temperature is not a parameter",
    ]


def test_what_a_recipe_was_made_of_is_not_deleted_while_it_is_approved(bakery, set_status):
    bakery.template()
    bakery.approved({"temperature": 70}, template_name="std")
    with refused("WF002", "template_name") as detail:
        set_status("deleted")
    assert detail["problem"] == "is used by the recipe rye version 1"
    set_status("obsolete")
    assert bakery.start(set_name="rye")["recipe"]["template_version"] == 1
    bakery.set_status("obsolete")
    assert set_status("deleted") == 1
    with refused("WF002", "template_name"):
        bakery.start(set_name="rye", set_version=1, allow_unapproved=True)
    with refused("WF002", "set_name") as detail:
        bakery.set_status("approved")
    assert detail["problem"] == "was made of a template that is gone: std"


def test_gap_the_actor_of_every_change_is_kept(bakery, set_status):
    bakery.template(actor="anna")
    set_status("obsolete", actor="bernd", reason="new oven")
    set_status("deleted", actor="carl")
    _, created, *changed = bakery.audit()
    assert (created[:3], created[4]) == (
        ("template created", "bake std version 1", None),
        "anna",
    )
    assert json.loads(created[3])["data"] == {"temperature": 60, "mode": None}
    title = "bake std version 1"
    assert changed == [
        ("template obsolete", title, "active", "obsolete", "bernd", "new oven"),
        ("template deleted", title, "obsolete", "deleted", "carl", None),
    ]


BAD = [
    ({"form": None}, "form"),
    ({"form": "{"}, "form"),
    ({"form": "[]"}, "form"),
    ({"form": "5"}, "form"),
    ({"form": '{"a": "\\u0000"}'}, "form"),
    ({"form": form_of({"id": " a", "type": "text"})}, "form"),
    ({"workflow_name": ""}, "workflow_name"),
    ({"template_name": None}, "template_name"),
    ({"options": {"actor": "a\tb"}}, "actor"),
    ({"options": {"is_active": 1}}, "is_active"),
    ({"options": {"colour": 1}}, "colour"),
]


@pytest.mark.parametrize(("given", "field"), BAD, ids=lambda v: json.dumps(v)[:40])
def test_bad_input(calls, given, field):
    arguments = {"workflow_name": "w", "template_name": "t", "form": {}, "options": "{}", **given}
    with refused("WF002", field):
        calls.call("create_template", **arguments)
    assert calls.rows("select from workflows.parameter_template") == []


@pytest.mark.parametrize("columns", [None, "x", 5, [], [[1, {"widgets": {"id": "a"}}]], True])
def test_a_form_of_any_shape_is_taken_or_refused_but_breaks_nothing(calls, columns):
    arguments = {"workflow_name": "w", "template_name": "t"}
    form = {"columns": columns, "data": [1]}
    assert calls.call("create_template", **arguments, form=form)["template_version"] == 1
    widgets = [{"id": 5}, "x", None, {"id": "b", "options": [None, {"label": 5}], "more": []}]
    calls.call("create_template", **arguments, form={"columns": {"widgets": widgets}})
    found = calls.call("get_template", **arguments)["schema"]["meta"]
    assert found["paramKeys"] == ["b"] and found["enumRefs"] == {}
