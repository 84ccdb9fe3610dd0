"""api.params on recipes and on starting from them."""

import pytest

from exchange.workflows.api import params, service
from exchange.workflows.engine import instance

pytestmark = pytest.mark.usefixtures("bakery")


@pytest.fixture
def standard(form):
    assert params.createTemplateVersion("api_bake", "standard", form)["templateVersion"] == 1


@pytest.fixture
def rye(standard):
    """Version 1 of a recipe, approved."""
    saved = params.saveParameterSet(
        "api_bake", "rye", {"temperature": 80}, "standard", createdBy="anna", reason="trial"
    )
    assert (saved["code"], saved["setVersion"], saved["status"]) == (
        "PARAMETER_SET_SAVED",
        1,
        "draft",
    )
    approved = params.approveParameterSet("api_bake", "rye", actor="bernd")
    assert (approved["code"], approved["approvedBy"]) == ("PARAMETER_SET_APPROVED", "bernd")


def test_the_parameters_of_a_workflow():
    listed = params.listParameters("api_bake")
    assert [one["name"] for one in listed["parameters"]] == ["temperature", "mode", "note"]
    assert listed["parameters"][1]["choices"] == ["slow", "fast"]
    assert listed["isDeclared"] is True
    assert params.listParameters("api_double")["isDeclared"] is False
    assert params.listParameters("api_nothing")["code"] == "NOT_FOUND"


def test_a_recipe_from_draft_to_a_workflow(rye, drain):
    found = params.getParameterSet("api_bake", "rye")
    assert (found["values"], found["templateName"]) == ({"temperature": 80}, "standard")
    started = params.startWithParameterSet("api_bake", "rye", {"mode": "fast"}, actor="carla")
    assert (started["ok"], started["code"]) == (True, "WORKFLOW_ENQUEUED"), started
    assert started["inputs"]["resolved"] == {"temperature": 80, "mode": "fast"}
    assert started["inputs"]["paramSource"] == {
        "template": {"name": "standard", "version": 1},
        "parameterSet": {"name": "rye", "version": 1},
        "overrides": ["mode"],
        "actor": "carla",
        "enumVersions": {"BatchMode": 1},
    }
    drain()
    row = service.getWorkflow(workflowId=started["workflowId"])
    assert (row["result"], row["recipe"]["setVersion"]) == ([80, "fast", None], 1)


def test_what_an_operator_types_wrong_is_answered_all_at_once(rye):
    wrong = {"temperature": 120, "mode": "wild", "colour": "red"}
    expected = [
        "inputs.temperature must be at most 95 degC",
        "inputs.mode must be one of slow, fast",
        "override_key_not_in_template:colour",
    ]
    for answer in (
        params.startWithParameterSet("api_bake", "rye", wrong),
        params.startWithTemplate("api_bake", "standard", wrong),
        params.resolveInputs("api_bake", "standard", wrong),
    ):
        assert (answer["ok"], answer["code"]) == (False, "INVALID_ARGUMENTS")
        assert sorted(answer["errors"]) == sorted(expected)
        problem = {"path": "inputs.temperature", "problem": "must be at most 95 degC"}
        assert problem in answer["problems"]
        assert answer["data"]["errors"] == answer["errors"]


def test_a_template_that_is_not_there():
    for answer in (
        params.resolveInputs("api_bake", "nothing"),
        params.startWithTemplate("api_bake", "nothing"),
    ):
        assert (answer["code"], answer["errors"]) == ("TEMPLATE_NOT_FOUND", ["template_not_found"])
        assert answer["problems"][0]["path"] == "templateName"


def test_a_declared_parameter_is_no_key_of_the_template(standard):
    answer = params.resolveInputs("api_bake", "standard", {"note": "no widget"})
    assert answer["errors"] == ["override_key_not_in_template:note"]
    assert params.resolveInputs("api_bake", None, {"colour": 1, "temperature": 30})["errors"] == [
        "inputs.colour is not a parameter"
    ]


def test_a_start_from_a_template(standard, drain):
    started = params.startWithTemplate("api_bake", "standard", {"temperature": 70, "mode": "slow"})
    assert started["inputs"]["paramSource"]["overrides"] == ["temperature"]
    assert started["inputs"]["paramSource"]["template"] == {"name": "standard", "version": 1}
    drain()
    assert service.getResult(started["workflowId"])["result"] == [70, "slow", None]


def test_a_draft_starts_only_by_its_version_and_when_that_is_said(standard):
    params.saveParameterSet("api_bake", "rye", {"temperature": 80})
    refused = params.startWithParameterSet("api_bake", "rye")
    assert refused["errors"] == ["setName has no approved version: rye"]
    refused = params.startWithParameterSet("api_bake", "rye", setVersion=1)
    assert "is a draft" in refused["errors"][0]
    started = params.startWithParameterSet("api_bake", "rye", setVersion=1, allowUnapproved=True)
    assert started["warnings"] == ["parameter_set_is_draft"] and started["workflowId"]


def test_enqueue_takes_them_too(rye):
    answer = service.enqueue("api_bake", {"mode": "fast"}, setName="rye", setVersion=1)
    row = service.getWorkflow(workflowId=answer["workflowId"])
    assert row["inputs"] == {"temperature": 80, "mode": "fast"}
    answer = service.enqueue("api_bake", templateName="standard", templateVersion=1)
    assert service.getWorkflow(workflowId=answer["workflowId"])["inputs"]["temperature"] == 60
    refused = service.enqueue("api_bake", setName="white")
    problem = "has no approved version: white"
    assert refused["errors"] == [{"path": "setName", "problem": problem}]
    refused = service.enqueue("api_bake", {"temperature": 7, "mode": "x"})
    assert refused["errors"] == [
        {"path": "inputs.temperature", "problem": "must be at least 20 degC"},
        {"path": "inputs.mode", "problem": "must be one of slow, fast"},
    ]
    assert refused["message"].count("must be at least") == 1


def test_the_client_takes_them_too(rye, workflows):
    workflow_id = workflows.enqueue("api_bake", setName="rye")
    assert workflows.getWorkflow(workflow_id)["recipe"]["set_name"] == "rye"


def test_a_queue_that_refuses_is_answered_in_the_same_shape(rye):
    refused = params.startWithParameterSet("api_bake", "rye", queueName="nope")
    assert (refused["ok"], refused["code"]) == (False, "QUEUE_REFUSED")
    assert refused["errors"] == [refused["message"]] and refused["problems"] == []


def test_what_does_not_fit_is_not_saved(standard):
    answer = params.saveParameterSet("api_bake", "rye", {"temperature": 1, "colour": 2}, "standard")
    assert "values.temperature must be at least 20 degC" in answer["errors"]
    answer = params.saveParameterSet("api_bake", "rye", {"temperature": float("inf")})
    assert answer["problems"][0]["path"] == "values.temperature"
    assert answer["errors"][0].startswith("values.temperature ")
    answer = params.saveParameterSet("api_bake", "rye", {}, "nothing")
    assert answer["errors"] == ["templateName has no such active version: nothing"]


def test_versions_compared_copied_renamed(rye):
    params.saveParameterSet("api_bake", "rye", {"temperature": 85}, "standard")
    compared = params.compareParameterSets("api_bake", "rye")
    change = {"name": "temperature", "value": 85, "otherValue": 80, "unit": "degC"}
    assert (compared["changes"], compared["count"]) == ([change], 1)
    copied = params.copyParameterSet("api_bake", "rye", "gentle", createdBy="anna")
    assert (copied["setName"], copied["status"]) == ("gentle", "draft")
    copy = params.getParameterSet("api_bake", "gentle", 1)
    assert (copy["values"], copy["reason"]) == ({"temperature": 80}, "copy of rye version 1")
    assert params.renameParameterSet("api_bake", "rye", "gentle")["field"] == "newName"
    assert params.renameParameterSet("api_bake", "rye", "rye 2026")["rows"] == 2
    names = params.listParameterSets("api_bake", latestOnly=False)["parameterSets"]
    assert [(row["setName"], row["setVersion"]) for row in names] == [
        ("gentle", 1),
        ("rye 2026", 2),
        ("rye 2026", 1),
    ]
    assert params.compareParameterSets("api_bake", "rye")["code"] == "PARAMETER_SET_NOT_FOUND"
    assert params.getParameterSet("api_bake", "gentle")["code"] == "PARAMETER_SET_NOT_FOUND"


def test_out_and_in_again(rye):
    exported = params.exportParameterSet("api_bake", "rye")
    for document in (exported["document"], exported["text"]):
        answer = params.importParameterSet(document, setName="copy", actor="anna")
        assert (answer["ok"], answer["status"]) == (True, "draft"), answer
    assert answer["setVersion"] == 2
    assert params.listTemplates("api_bake", None, False)["count"] == 1, "the same stood already"
    assert params.importParameterSet("{}")["errors"] == [
        "document is not what export_parameter_set wrote"
    ]


def test_statuses(rye):
    refused = params.setParameterSetStatus("api_bake", "rye", "deleted", actor="anna")
    assert refused["errors"] == ["status cannot be deleted while it is approved"]
    answer = params.setParameterSetStatus("api_bake", "rye", "obsolete", 1, "anna", "worse")
    assert (answer["code"], answer["status"]) == ("PARAMETER_SET_STATUS_SET", "obsolete")
    assert params.setParameterSetStatus("api_bake", "rye", "odd", actor="anna")["field"] == "status"
    assert params.approveParameterSet("api_bake", "rye")["field"] == "actor"
    missing = params.approveParameterSet("api_bake", "white", actor="anna")
    assert missing["code"] == "PARAMETER_SET_NOT_FOUND"


def test_another_person_approves_where_that_is_set(standard, conn, sql):
    conn.execute(sql("select workflows.set_setting('approval_by_another', 'true')"))
    params.saveParameterSet("api_bake", "rye", {"temperature": 80}, createdBy="anna")
    answer = params.approveParameterSet("api_bake", "rye", actor="Anna")
    assert (answer["code"], answer["createdBy"]) == ("APPROVAL_REFUSED", "anna")
    assert answer["errors"] == [answer["message"]]
    assert params.approveParameterSet("api_bake", "rye", actor="bernd")["ok"]


def test_d44_a_parameter_may_be_called_what_the_envelope_calls_its_own(form):
    form["columns"]["items"][0]["rows"]["items"][0]["widgets"] = [{"id": "resolved"}, {"id": "raw"}]
    form["data"] = {"resolved": 1, "raw": {"a": 2}}
    assert params.createTemplateVersion("api_later", "odd", form)["isRegistered"] is False
    started = params.startWithTemplate("api_later", "odd", {"raw": 0})
    expected = {"resolved": 1, "raw": 0}
    assert started["inputs"]["resolved"] == expected
    assert service.getWorkflow(workflowId=started["workflowId"])["inputs"] == expected


def test_d39_a_database_that_is_away_is_answered_in_the_same_shape():
    dsn = "host=127.0.0.1 port=1 dbname=x connect_timeout=1"
    instance.configure(connector=instance.open_connector(dsn, retry_seconds=0.2), dbName="away")
    for answer in (
        params.startWithTemplate("api_bake", "standard", dbName="away"),
        params.saveParameterSet("api_bake", "rye", {}, dbName="away"),
    ):
        assert (answer["ok"], answer["code"]) == (False, "DATABASE_UNAVAILABLE")
        assert answer["errors"] == [answer["message"]] and answer["problems"] == []
