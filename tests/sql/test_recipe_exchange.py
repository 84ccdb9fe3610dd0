"""Recipes renamed, compared, carried to another workflow and to another database."""

import copy
import json

import pytest

from tests.calls import refused
from tests.sql.bakery import FORM, MODES, TEMPERATURE, Bakery, dropdown, form_of
from tests.sql.forms import BATCH_FORM

VALUES = {"temperature": 80.5, "mode": "fast", "steam": True, "at": 1769846400000}


@pytest.fixture
def bakery(calls):
    made = Bakery(calls)
    made.enum()
    made.opens()
    return made


@pytest.fixture
def export(calls):
    def write(name="rye", **options):
        arguments = {"workflow_name": "bake", "set_name": name}
        return calls.call("export_parameter_set", **arguments, options=options)

    return write


@pytest.fixture
def bring(calls):
    """bring(document, **options): imports it and reads back the draft."""

    def read(document, **options):
        made = calls.call("import_parameter_set", document=document, options=options)
        arguments = {"workflow_name": made["workflow_name"], "set_name": made["set_name"]}
        version = {"set_version": made["set_version"]}
        return calls.call("get_parameter_set", **arguments, options=version)

    return read


@pytest.fixture
def compare(calls):
    def changes(name="rye", **options):
        arguments = {"workflow_name": "bake", "set_name": name}
        return calls.call("compare_parameter_sets", **arguments, options=options)

    return changes


@pytest.fixture
def rename(calls):
    def change(name, new_name, **options):
        arguments = {"workflow_name": "bake", "set_name": name, "new_name": new_name}
        return calls.call("rename_parameter_set", **arguments, options=options)

    return change


def elsewhere(calls):
    """Another database, whose numbers are its own."""
    calls.run("truncate workflows.parameter_set, workflows.parameter_template")
    calls.run("truncate workflows.parameter_enum")


def test_gap_rename(bakery, calls, rename):
    """All versions; what ran keeps the name that it was started by."""
    bakery.approved({"temperature": 80})
    bakery.draft({"temperature": 81})
    started = bakery.start(set_name="rye")
    answer = rename("rye", "dark rye", actor="anna", reason="there are two")
    assert answer == {"set_name": "dark rye", "changed": 2}
    assert calls.get(started["workflow_id"])["recipe"]["set_name"] == "rye"
    assert bakery.start(set_name="dark rye")["recipe"]["set_version"] == 1
    with refused("WF002", "set_name"):
        calls.enqueue("bake", {}, set_name="rye")
    assert bakery.draft({}, "dark rye") == 3
    event = ("recipe renamed", "bake rye", "rye", "dark rye", "anna", "there are two")
    assert event in bakery.audit()
    rename("dark rye", "rye")
    assert bakery.start(set_name="rye")["inputs"]["temperature"] == 80


def test_a_number_that_something_ran_with_is_not_given_to_another_recipe(bakery, calls, rename):
    """What ran says rye version 2, and there is never another one."""
    for temperature in (80, 81, 82):
        bakery.approved({"temperature": temperature})
    bakery.start(set_name="rye", set_version=2)
    calls.enqueue("mix", {})
    rename("rye", "dark")
    assert bakery.draft({}) == 3
    assert bakery.draft({}, "white") == 1


def test_names_that_a_recipe_may_not_get(bakery, rename):
    bakery.draft({})
    bakery.draft({}, "spelt")
    bakery.set_status("deleted", "spelt")
    for name in ("spelt", "rye", "", None, "a\n"):
        with refused("WF002", "new_name"):
            rename("rye", name)
    with refused("WF003"):
        rename("white", "brown")
    assert "recipe renamed" not in [row[0] for row in bakery.audit()]


def test_gap_compare(bakery, compare):
    """With units; a null and nothing are the same, and so are 80 and 80.0."""
    bakery.draft({"temperature": 80, "loaves": 3, "mode": None})
    bakery.draft({"temperature": 85, "steam": True, "note": None})
    bakery.draft({"temperature": 85.0, "steam": True})
    assert compare(set_version=2)["changes"] == [
        {"name": "loaves", "value": None, "other_value": 3, "unit": None},
        {"name": "steam", "value": True, "other_value": None, "unit": None},
        {"name": "temperature", "value": 85, "other_value": 80, "unit": "degC"},
    ]
    latest = compare()
    assert (latest["set_version"], latest["other_version"], latest["changes"]) == (3, 2, [])
    back = compare(set_version=1, other_version=2)["changes"]
    assert [c["value"] for c in back] == [3, None, 80]


def test_two_recipes_are_compared(bakery, compare):
    bakery.draft({"temperature": 80})
    bakery.draft({"temperature": 20}, "white")
    found = compare(other_name="white")
    assert (found["other_name"], found["other_version"]) == ("white", 1)
    assert [c["other_value"] for c in found["changes"]] == [20]
    for options in ({}, {"set_version": 2}, {"other_name": "x"}, {"other_version": 2}):
        with refused("WF003"):
            compare(**options)
    with refused("WF002", "set_version"):
        compare(set_version=0)


def test_gap_export_and_import_under_another_name_and_for_another_workflow(
    bakery, calls, export, bring
):
    bakery.template(BATCH_FORM, description="every day")
    bakery.approved(VALUES, template_name="std", description="dark", actor="anna")
    document = export()
    copied = bring(document, set_name="copy", actor="carl")
    assert (copied["values"], copied["description"]) == (VALUES, "dark")
    assert (copied["status"], copied["approved_by"]) == ("draft", None)
    assert (copied["created_by"], copied["reason"]) == ("carl", "imported")
    assert copied["template_version"] == 1, "the same stands already"
    assert len(calls.call("list_enums")) == 1
    other = bring(document, workflow_name="bake twice", reason="second oven")
    assert (other["workflow_name"], other["set_name"]) == ("bake twice", "rye")
    assert (other["values"], other["reason"]) == (VALUES, "second oven")
    arguments = {"workflow_name": "bake twice", "template_name": "std"}
    template = calls.call("get_template", **arguments)
    assert template["description"] == "every day"
    assert template["schema"]["formProps"].pop("name") == "bake twice.std"
    form = copy.deepcopy(document["template"]["form"])
    assert form.pop("name") == "bake.std"
    assert template["schema"]["formProps"] == form


def test_a_recipe_without_template(bakery, export, bring):
    bakery.draft(VALUES)
    with refused("WF003"):
        export()
    document = export(set_version=1)
    assert document["template"] is None and document["enums"] == []
    assert bring(document)["set_version"] == 2
    assert bring(document, set_name="copy")["values"] == VALUES


def test_import_into_another_database(bakery, calls, export, bring):
    """Versions of enums have other numbers there, and a form names those that it needs."""
    for choices in (["a"], ["b"], ["b", "c"]):
        bakery.enum(choices, 'Line "1"')
    bakery.opens(None)
    form = form_of(
        TEMPERATURE,
        dropdown("one", 'Line "1":1'),
        dropdown("two", 'Line "1":2'),
        dropdown("latest", 'Line "1"'),
        one="a",
    )
    bakery.template(form)
    bakery.approved({"one": "a", "two": "b", "latest": "b"}, template_name="std")
    document = export()
    assert [e["enum_version"] for e in document["enums"]] == [1, 2, 3]
    elsewhere(calls)
    bakery.enum(["b"], 'Line "1"')
    made = bring(document)
    assert made["values"] == {"one": "a", "two": "b", "latest": "b"} and made["set_version"] == 1
    arguments = {"workflow_name": "bake", "template_name": "std"}
    found = calls.call("get_template", **arguments)
    references = found["schema"]["meta"]["enumRefs"]
    assert [references[name]["enumVersion"] for name in ("one", "two", "latest")] == [3, 1, None]
    assert calls.call("get_enum", enum_name='Line "1"')["enum_version"] == 1


def test_import_into_an_empty_database(bakery, calls, export, bring):
    """What was the latest of an enum is the latest there, whatever its number."""
    bakery.opens(None)
    bakery.enum(["b"])
    bakery.enum(MODES)
    bakery.enum(["d"], is_active=False)
    widgets = [dropdown("one", "BatchMode:1"), dropdown("two", "BatchMode")]
    bakery.template(form_of(*widgets, dropdown("three", "BatchMode:4")))
    values = {"one": "slow", "two": "fast", "three": "d"}
    bakery.approved(values, template_name="std")
    document = export()
    elsewhere(calls)
    bring(document)
    listed = {e["status"]: e["choices"][0]["value"] for e in calls.call("list_enums")}
    assert listed == {"active": "slow", "obsolete": "d"}
    bakery.set_status("approved")
    assert bakery.start(set_name="rye")["inputs"] == values


def test_an_import_changes_no_form_that_is_in_use(bakery, calls, export, bring):
    bakery.template(FORM)
    bakery.approved({"mode": "fast"}, template_name="std")
    document = export()
    elsewhere(calls)
    bakery.enum(["fast", "faster"])
    bakery.template(form_of(TEMPERATURE, temperature=10))
    made = bring(document)
    assert made["template_version"] == 2
    arguments = {"workflow_name": "bake", "template_name": "std"}
    assert calls.call("get_template", **arguments)["template_version"] == 1
    assert calls.call("get_enum", enum_name="BatchMode")["enum_version"] == 1
    bakery.set_status("approved")
    assert bakery.start(set_name="rye")["inputs"]["temperature"] == 60


def test_what_does_not_fit_there_is_refused_and_leaves_nothing(bakery, calls, export, bring):
    bakery.template(FORM)
    bakery.approved({"mode": "fast"}, template_name="std")
    document = export()
    elsewhere(calls)
    bakery.enum(["slow", "faster"])
    with refused("WF002", "values") as detail:
        bring(document)
    assert detail["errors"][0]["path"] == "values.mode"
    assert len(calls.call("list_enums")) == 1 and calls.call("list_templates") == []


def test_an_import_is_audited(bakery, calls, export, bring):
    bakery.template(FORM)
    bakery.approved({"mode": "fast"}, template_name="std")
    document = export()
    elsewhere(calls)
    bring(document, actor="carl", reason="from line 2")
    events = [(row[0], row[4], row[5]) for row in bakery.audit()[-3:]]
    assert events == [
        ("enum created", "carl", None),
        ("template created", "carl", None),
        ("recipe created", "carl", "from line 2"),
    ]


GARBAGE = [
    ("format", None, "document"),
    ("format", "ignition-workflows recipe 2", "document"),
    ("recipe", None, "workflow_name"),
    ("recipe", 5, "workflow_name"),
    ("recipe", {"workflow_name": "bake"}, "set_name"),
    ("recipe", {"workflow_name": "bake", "set_name": "rye"}, "values"),
    ("recipe", {"workflow_name": "bake", "set_name": "rye", "values": "x"}, "values"),
    ("recipe", {"workflow_name": "bake", "set_name": "rye", "values": [1]}, "values"),
    (
        "recipe",
        {"workflow_name": "bake", "set_name": "rye", "values": {}, "description": [1]},
        "description",
    ),
    ("enums", None, "enums"),
    ("enums", {}, "enums"),
    ("enums", [5], "enum_name"),
    ("enums", [{"enum_name": "E"}], "choices"),
    ("enums", [{"enum_name": "E", "choices": 5}], "choices"),
    ("template", 5, "template_name"),
    ("template", {"template_name": "t"}, "form"),
    ("template", {"template_name": "t", "form": "garbage"}, "form"),
    ("template", {"template_name": "std", "form": [1]}, "form"),
    ("template", {"form": {}}, "template_name"),
    ("template", {"template_name": ["t"], "form": {}}, "template_name"),
]


@pytest.mark.parametrize(("key", "value", "field"), GARBAGE, ids=lambda v: json.dumps(v)[:40])
def test_garbage_is_refused_with_its_field(bakery, calls, export, bring, key, value, field):
    bakery.opens(None)
    bakery.template(form_of())
    bakery.approved({}, template_name="std")
    document = {**export(), key: value}
    stands = [calls.call(f"list_{what}") for what in ("enums", "templates", "parameter_sets")]
    with refused("WF002", field):
        bring(document)
    after = [calls.call(f"list_{what}") for what in ("enums", "templates", "parameter_sets")]
    assert after == stands


@pytest.mark.parametrize("document", [None, "", "{", "[]", "5", '"text"', "null", "{}"])
def test_what_is_no_document(calls, document):
    with refused("WF002", "document"):
        calls.call("import_parameter_set", document=document)
