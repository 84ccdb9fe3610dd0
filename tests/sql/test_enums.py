"""Enums: versions that are never changed, and what a form sees of them."""

import json

import pytest

from tests.calls import refused
from tests.sql.bakery import FORM, MODES, TEMPERATURE, Bakery, dropdown, form_of, said

CHOICE = {"name": "mode", "type": "choice", "enum": "BatchMode"}
PINNED = {"name": "other", "type": "choice", "enum": "BatchMode", "enum_version": 1}


@pytest.fixture
def bakery(calls):
    return Bakery(calls)


@pytest.fixture
def read(calls):
    return lambda **options: calls.call("get_enum", enum_name="BatchMode", options=options)


@pytest.fixture
def set_status(calls):
    def change(status, **options):
        arguments = {"enum_name": "BatchMode", "status": status, "options": options}
        return calls.call("set_enum_status", **arguments)["changed"]

    return change


def listed(calls, **filters):
    return [e["enum_version"] for e in calls.call("list_enums", filter=filters)]


def test_what_is_read_back_is_what_was_saved(bakery, read):
    choices = [{"label": "Slow", "value": 1, "isDisabled": True, "icon": "x"}, {"value": False}]
    assert bakery.enum(choices, description="speeds", actor="anna") == 1
    found = read()
    assert found["choices"] == choices
    assert (found["description"], found["created_by"]) == ("speeds", "anna")
    assert (found["status"], found["enum_version"]) == ("active", 1)


def test_plain_values_are_their_own_labels(bakery, read, calls):
    bakery.enum(["a", 2, True])
    assert [(c["label"], c["value"]) for c in read()["choices"]] == [
        ("a", "a"),
        ("2", 2),
        ("true", True),
    ]
    assert calls.rows("select labels from workflows.enum_list") == [("a, 2, true",)]


def test_versions_and_statuses(bakery, calls, read, set_status):
    assert [bakery.enum([n]) for n in range(3)] == [1, 2, 3]
    assert bakery.enum(["draft"], is_active=False) == 4
    assert read()["enum_version"] == 3
    assert read(enum_version=4)["status"] == "obsolete"
    assert set_status("obsolete", enum_version=3) == 1
    assert read()["enum_version"] == 2
    assert (listed(calls), listed(calls, latest_only=True)) == ([4, 3, 2, 1], [4])
    assert listed(calls, status="active", latest_only=True) == [2]
    assert listed(calls, status="obsolete", enum_name="BatchMode") == [4, 3]
    assert set_status("active") == 2 and read()["enum_version"] == 4
    assert set_status("active") == 0
    assert listed(calls, enum_name="Other") == []


def test_a_deleted_number_is_never_given_again(bakery, calls, read, set_status):
    bakery.enum(["a"])
    bakery.enum(["b"])
    assert set_status("deleted", enum_version=2) == 1
    assert listed(calls) == [1] and read(enum_version=2) is None
    assert calls.rows("select enum_version from workflows.enum_list") == [(1,)]
    with refused("WF003"):
        set_status("active", enum_version=2)
    assert bakery.enum(["c"]) == 3
    assert set_status("deleted") == 2 and read() is None
    assert bakery.enum(["d"]) == 4


def test_gap_the_newest_obsolete_version_is_not_used_unless_it_is_named(bakery, set_status):
    bakery.enum(["old"])
    bakery.enum(["new"])
    set_status("obsolete", enum_version=2)
    bakery.opens([CHOICE, {**PINNED, "enum_version": 2}])
    found = bakery.resolve({"mode": "new", "other": "new"})
    assert said(found) == ["inputs.mode must be one of old"]
    assert bakery.resolve({"mode": "old", "other": "old"})["errors"][0]["path"] == "inputs.other"


def test_gap_enum_membership_is_checked_at_the_start(bakery, calls):
    """A choice that is disabled is none, and what is nobody's choice any more is refused."""
    bakery.opens([CHOICE])
    bakery.enum(MODES)
    assert bakery.start({"mode": "fast"})["inputs"] == {"mode": "fast"}
    bakery.enum([MODES[0], {**MODES[1], "isDisabled": True}])
    with refused("WF002", "inputs") as detail:
        calls.enqueue("bake", {"mode": "fast"})
    assert said(detail) == ["inputs.mode must be one of slow"]
    [parameter] = calls.call("list_parameters", workflow_name="bake")
    assert parameter["choices"] == ["slow"]


def test_a_missing_enum_says_so(bakery):
    bakery.opens([CHOICE])
    assert said(bakery.resolve({"mode": "x"})) == [
        "inputs.mode has no choices: there is no active BatchMode"
    ]
    assert bakery.resolve()["errors"] == []


def test_gap_enum_versions_are_recorded_each_that_was_used(bakery, calls):
    """One form may name a version and another take the latest."""
    bakery.enum(["a", "b"])
    bakery.enum(["b", "c"])
    bakery.opens([CHOICE, PINNED])
    found = bakery.start({"mode": "c", "other": "a"})
    assert found["recipe"]["enum_versions"] == {"BatchMode": 2, "BatchMode:1": 1}
    bakery.enum(["d"])
    assert calls.get(found["workflow_id"])["recipe"] == found["recipe"]
    [use] = calls.rows("select enum_versions from workflows.recipe_use")
    assert json.loads(use[0]) == {"BatchMode": 2, "BatchMode:1": 1}


def test_a_template_that_names_a_version_keeps_it(bakery):
    bakery.enum(["a"])
    bakery.enum(["b"])
    form = form_of(TEMPERATURE, dropdown("mode", "BatchMode:1"), dropdown("other", "BatchMode"))
    bakery.template(form)
    found = bakery.start({"mode": "a", "other": "b"}, template_name="std")
    assert found["recipe"]["enum_versions"] == {"BatchMode": 2, "BatchMode:1": 1}
    errors = bakery.resolve({"mode": "b", "other": "a"}, template_name="std")
    assert said(errors) == ["inputs.mode must be one of a", "inputs.other must be one of b"]


def test_a_list_of_choices_is_a_choice_of_a_form(bakery):
    bakery.enum(MODES)
    bakery.template(FORM)
    inputs = {"mode": ["slow", "fast"]}
    assert bakery.start(inputs, template_name="std")["inputs"]["mode"] == ["slow", "fast"]
    assert said(bakery.resolve({"mode": ["slow", "x"]}, template_name="std")) == [
        "inputs.mode must be one of slow, fast"
    ]


def test_what_is_in_use_is_not_deleted(bakery, set_status):
    """A pinned version while it is named, the last active one while any form takes the latest."""
    for choices in (["a"], ["b"], ["c"]):
        bakery.enum(choices)
    bakery.template(form_of(dropdown("mode", "BatchMode:1")))
    bakery.opens([CHOICE])
    with refused("WF002", "enum_name") as detail:
        set_status("deleted", enum_version=1)
    assert detail["problem"] == "is used by the template bake std version 1"
    set_status("deleted", enum_version=2)
    set_status("obsolete", enum_version=1)
    with refused("WF002", "enum_name") as detail:
        set_status("deleted", enum_version=3)
    assert detail["problem"] == "is used by the parameters of bake"
    with refused("WF002", "enum_name"):
        set_status("deleted")
    bakery.opens([])
    set_status("deleted", enum_version=3)


def test_gap_the_actor_of_every_change_is_kept(bakery, set_status):
    bakery.enum(["a"], actor="anna")
    set_status("obsolete", actor="bernd", reason="typing error")
    set_status("obsolete", actor="carl")
    set_status("deleted", actor="dora")
    created, *changed = bakery.audit()
    assert created[:2] == ("enum created", "BatchMode version 1") and created[4] == "anna"
    assert json.loads(created[3])[0]["value"] == "a"
    title = "BatchMode version 1"
    assert changed == [
        ("enum obsolete", title, "active", "obsolete", "bernd", "typing error"),
        ("enum deleted", title, "obsolete", "deleted", "dora", None),
    ]


BAD = [
    ({"choices": None}, "choices"),
    ({"choices": "{"}, "choices"),
    ({"choices": "{}"}, "choices"),
    ({"choices": "5"}, "choices"),
    ({"choices": []}, "choices"),
    ({"choices": [None]}, "choices"),
    ({"choices": [["a"]]}, "choices"),
    ({"choices": [{"label": "a"}]}, "choices"),
    ({"choices": [{"label": {"en": "a"}, "value": "a"}]}, "choices"),
    ({"choices": [{"value": {"a": 1}}]}, "choices"),
    ({"choices": [{"value": "a", "isDisabled": "no"}]}, "choices"),
    ({"choices": ["a", {"value": "a"}]}, "choices"),
    ({"choices": [1, 1.0]}, "choices"),
    ({"choices": '["\\u0000"]'}, "choices"),
    ({"enum_name": ""}, "enum_name"),
    ({"enum_name": None}, "enum_name"),
    ({"enum_name": "Batch:3"}, "enum_name"),
    ({"options": {"actor": ""}}, "actor"),
    ({"options": {"is_active": "yes"}}, "is_active"),
    ({"options": {"colour": 1}}, "colour"),
    ({"options": "["}, "options"),
]


@pytest.mark.parametrize(("given", "field"), BAD, ids=lambda v: json.dumps(v))
def test_bad_input(calls, given, field):
    arguments = {"enum_name": "BatchMode", "choices": ["a"], "options": "{}", **given}
    with refused("WF002", field):
        calls.call("create_enum", **arguments)
    assert calls.rows("select from workflows.parameter_enum") == []


def test_bad_statuses(bakery, set_status, read, calls):
    bakery.enum(["a"])
    for status in (None, "draft", "Active"):
        with refused("WF002", "status"):
            set_status(status)
    for version in (0, 1.5, "x", 1000001):
        with refused("WF002", "enum_version"):
            set_status("obsolete", enum_version=version)
        with refused("WF002", "enum_version"):
            read(enum_version=version)
    with refused("WF003"):
        calls.call("set_enum_status", enum_name="Other", status="obsolete")
    with refused("WF002", "latest_only"):
        calls.call("list_enums", filter={"latest_only": 1})
    assert read()["status"] == "active"
