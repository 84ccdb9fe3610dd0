"""api.params on templates, enums and forms."""

import json

import pytest

from exchange.workflows.api import params
from exchange.workflows.api.versions import row_of
from tests.api.conftest import dropdown

pytestmark = pytest.mark.usefixtures("bakery")


@pytest.fixture
def standard(form):
    """Version 1 of a template of api_bake."""
    answer = params.createTemplateVersion("api_bake", "standard", form, "for rye", "anna")
    assert (answer["code"], answer["templateVersion"]) == ("TEMPLATE_CREATED", 1), answer
    assert answer["isRegistered"] is True


def test_a_template_as_it_was_saved(standard, form):
    template = params.getTemplate("api_bake", "standard")
    assert (template["code"], template["templateVersion"]) == ("TEMPLATE_OK", 1)
    assert (template["status"], template["createdBy"]) == ("active", "anna")
    assert template["description"] == "for rye"
    assert template["createdAtEpochMs"] > 1.7e12
    schema = template["schema"]
    assert schema["formProps"]["columns"] == form["columns"]
    assert schema["formProps"]["name"] == "api_bake.standard"
    assert "validation" not in schema["formProps"]
    assert schema["meta"] == {
        "paramKeys": ["temperature", "mode"],
        "widgetTypes": {"temperature": "numeric", "mode": "dropdown"},
        "defaultData": {"temperature": 60, "mode": "slow"},
        "enumRefs": {"mode": {"enumName": "BatchMode", "enumVersion": None}},
    }


def test_what_does_not_fit_the_workflow_is_listed(form):
    form["data"]["temperature"] = 120
    form["columns"]["items"][0]["rows"]["items"].append({"widgets": [{"id": "id", "type": "text"}]})
    answer = params.createTemplateVersion("api_bake", "standard", form)
    assert (answer["ok"], answer["code"]) == (False, "INVALID_ARGUMENTS")
    takes = "is not a parameter of api_bake, which takes temperature, mode, note"
    assert answer["errors"] == [f"form.id {takes}"]
    assert answer["problems"] == [{"path": "form.id", "problem": takes}]
    del form["columns"]["items"][0]["rows"]["items"][1]
    answer = params.createTemplateVersion("api_bake", "standard", form)
    assert answer["errors"] == ["form.temperature must be at most 95 degC"]


def test_versions_are_listed_and_retired(standard, form):
    assert params.createTemplateVersion("api_bake", "standard", form)["templateVersion"] == 2
    assert params.createTemplateVersion("api_bake", "a draft", form, activate=False)["ok"]
    assert [row["templateVersion"] for row in params.listTemplates("api_bake")["templates"]] == [2]
    every = params.listTemplates("api_bake", None, False)["templates"]
    assert [(row["templateName"], row["templateVersion"], row["status"]) for row in every] == [
        ("a draft", 1, "obsolete"),
        ("standard", 2, "active"),
        ("standard", 1, "active"),
    ]
    (option,) = params.getTemplateDropdownOptions("api_bake")["options"]
    assert option["label"] == "standard v2"
    assert json.loads(option["value"])["templateVersion"] == 2
    set_status = params.setTemplateStatus("api_bake", "standard", 2, "inactive", "anna")
    assert set_status["data"].items() >= {"rows": 1, "actor": "anna", "status": "obsolete"}.items()
    assert params.getTemplate("api_bake", "standard")["templateVersion"] == 1
    assert params.setTemplateActive("api_bake", "standard", 2, True)["status"] == "active"
    assert params.deleteTemplateVersion("api_bake", "standard", 2)["code"] == "TEMPLATE_DELETED"
    assert params.deleteTemplate("api_bake", "standard", actor="anna")["rows"] == 1
    gone = params.getTemplate("api_bake", "standard", 1)
    assert (gone["ok"], gone["code"]) == (False, "TEMPLATE_NOT_FOUND")
    assert params.setTemplateStatus("api_bake", "no", 1, "active")["code"] == "TEMPLATE_NOT_FOUND"


def test_the_newest_obsolete_version_is_not_used_unless_asked_for(standard):
    params.setTemplateStatus("api_bake", "standard", 1, params.STATUS_OBSOLETE)
    assert params.getTemplate("api_bake", "standard")["code"] == "TEMPLATE_NOT_FOUND"
    assert params.getTemplate("api_bake", "standard", 1)["status"] == "obsolete"
    assert params.getTemplate("api_bake", "standard", activeOnly=False)["templateVersion"] == 1
    assert params.getTemplate("api_bake", "none", activeOnly=False)["code"] == "TEMPLATE_NOT_FOUND"
    copied = params.copyTemplateToWorkflow("api_bake", "standard", "api_bake", "gentle")
    assert (copied["code"], copied["errors"]) == ("TEMPLATE_NOT_FOUND", [copied["message"]])


def test_a_copy_for_another_workflow(standard):
    copied = params.copyTemplateToWorkflow("api_bake", "standard", "another", createdBy="bernd")
    assert (copied["templateName"], copied["isRegistered"]) == ("standard", False)
    template = params.getTemplate("another", "standard")
    assert template["schema"]["formProps"]["name"] == "another.standard"
    assert template["createdBy"] == "bernd"


def test_enums():
    assert params.createEnumVersion("BatchMode", [1, 2], activate=False)["enumVersion"] == 2
    assert params.getEnum("BatchMode")["enumVersion"] == 1
    assert params.getEnum("BatchMode", activeOnly=False)["enumVersion"] == 2
    assert params.getEnum("BatchMode", 2)["values"] == [
        {"label": "1", "value": 1, "isDisabled": False},
        {"label": "2", "value": 2, "isDisabled": False},
    ]
    assert [row["enumVersion"] for row in params.listEnums()["enums"]] == [1]
    assert params.listEnums(None, False)["count"] == 2
    assert params.setEnumStatus("BatchMode", 2, "active")["rows"] == 1
    assert params.deleteEnumVersion("BatchMode", 2)["code"] == "ENUM_DELETED"
    used = params.deleteEnum("BatchMode")
    assert used["errors"] == ["enumName is used by the parameters of api_bake"]
    assert params.getEnum("Nothing")["code"] == "ENUM_NOT_FOUND"
    assert params.setEnumStatus("Nothing", 1, "active")["code"] == "ENUM_NOT_FOUND"
    assert params.createEnumVersion("Empty", [])["errors"] == ["choices must not be empty"]


def test_choices_are_put_where_the_widget_keeps_them(form):
    params.createEnumVersion("BatchMode", ["other"])
    pinned = [{"text": "@enum:BatchMode:1", "value": "__enum__", "triState": False}]
    row = form["columns"]["items"][0]["rows"]["items"][0]
    row["widgets"] = [
        dropdown("mode", "@enum:BatchMode"),
        {"id": "a", "type": "radio", "radio": {"radios": pinned}},
        {"id": "b", "type": "checkbox", "props": {"deep": [{"checkboxes": pinned}]}},
        {"id": "c", "type": "toggle", "options": pinned},
        dropdown("d", "@enum:Nothing"),
        dropdown("e", "mail@enum:BatchMode"),
    ]
    template = {"schema": {"formProps": form}, "templateName": "standard"}
    before = json.dumps(template)
    expanded = params.expandTemplateForUi(template)
    assert json.dumps(template) == before
    widgets = expanded["schema"]["formProps"]["columns"]["items"][0]["rows"]["items"][0]["widgets"]
    other = {"label": "other", "value": "other", "isDisabled": False}
    assert widgets[0]["dropdown"]["options"] == [other]
    # The disabled one is nothing to pick.
    listed = [{"text": "slow", "value": "slow"}, {"text": "Fast!", "value": "fast"}]
    assert widgets[1]["radio"]["radios"] == widgets[3]["options"] == listed
    boxes = [dict(one, triState=False) for one in listed]
    assert widgets[2]["props"]["deep"][0]["checkboxes"] == boxes
    assert widgets[4]["dropdown"]["options"][0]["label"] == "@enum:Nothing"
    assert widgets[5]["dropdown"]["options"][0]["label"] == "mail@enum:BatchMode"
    assert expanded["warnings"] == ["enum_not_found:Nothing"]
    assert expanded["schema"]["meta"]["enumVersions"] == {"BatchMode": 1}


def test_an_answer_of_getTemplate_can_be_expanded_as_it_is(standard):
    expanded = params.expandTemplateForUi(params.getTemplate("api_bake", "standard"))
    rows = expanded["schema"]["formProps"]["columns"]["items"][0]["rows"]["items"]
    assert [one["label"] for one in rows[0]["widgets"][1]["dropdown"]["options"]] == [
        "slow",
        "Fast!",
        "Wild",
    ]
    assert expanded["schema"]["meta"]["enumVersions"] == {"BatchMode": 1}
    missing = params.expandTemplateForUi(params.getTemplate("api_bake", "nothing"))
    assert (missing["ok"], missing["code"]) == (False, "TEMPLATE_NOT_FOUND")
    stored = params.getTemplate("api_bake", "standard")["schema"]["meta"]
    assert "enumVersions" not in stored, "only the copy says so"


def test_what_an_operator_changed():
    base = {"a": 1, "b": [1], "c": 1, "e": None}
    answer = params.computeOverridesData(base, {"a": 1, "b": [2], "c": True, "d": None, "e": None})
    assert answer["overridesData"] == {"b": [2], "c": True, "d": None}
    assert answer["changed"] == ["b", "c", "d"]
    assert params.computeOverridesData(None, None)["changed"] == []


def test_arguments_that_are_missing_are_named():
    for function in (
        params.getTemplate,
        params.createTemplateVersion,
        params.deleteTemplateVersion,
    ):
        answer = function()
        assert (answer["ok"], answer["code"]) == (False, "INVALID_ARGUMENTS")
        assert answer["errors"] == ["templateName is required"]
    assert params.getEnum()["field"] == "enumName"


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("2026-01-31T08:00:00+00:00", 1769846400000),
        ("2026-01-31T08:00:00.5+00:00", 1769846400500),
        ("2026-01-31T08:00:00.123456+00:00", 1769846400123),
    ],
)
def test_times_in_milliseconds(text, milliseconds):
    assert row_of({"created_at": text})["createdAtEpochMs"] == milliseconds
