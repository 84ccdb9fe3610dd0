"""Recipes from a gateway's scripts: saved, approved, started from, and what an operator is told."""

import json

from tests.gateway.plant import Plant

PARAMS = "exchange.workflows.api.params"


def test_from_enum_and_form_to_what_was_frozen(plant: Plant) -> None:
    made = plant.call("exchange.workflows.apps.examples.create_batch_recipe(actor=u'Anna')")
    assert (made["code"], made["approvedBy"]) == ("PARAMETER_SET_APPROVED", "Anna"), made
    code = "from java.util import Date\n"
    code += "given = {'batch': u'R-17 \\xb0', 'not_before': Date(1769846400000)}\n"
    start = f"{PARAMS}.startWithParameterSet('demo.batch', 'Rye', given, actor='carla')"
    started = plant.gateway.run(code, returns=start)
    assert started["code"] == "WORKFLOW_ENQUEUED", started
    assert started["inputs"]["paramSource"]["enumVersions"] == {"BatchMode": 1}
    result = json.loads(plant.result(started["workflowId"]))
    assert (result["temperature"], result["batch"]) == (72, "R-17 \xb0")
    assert result["not_before"].startswith("2026-01-31T08:00:00")
    plant.call(f"{PARAMS}.saveParameterSet('demo.batch', 'Rye', {{'temperature': 80}}, 'standard')")
    plant.call(f"{PARAMS}.approveParameterSet('demo.batch', 'Rye', actor='anna')")
    code = f"""params = {PARAMS}
form = params.expandTemplateForUi(params.getTemplate("demo.batch", "standard"))["schema"]["formProps"]
modes = form["columns"]["items"][0]["rows"]["items"][2]["widgets"][0]["dropdown"]["options"]
text = params.exportParameterSet("demo.batch", "Rye")["text"]
copied = params.importParameterSet(text, setName=u"Rye \\xb0", actor="anna")
changes = params.compareParameterSets("demo.batch", "Rye")["changes"]
"""
    found = plant.gateway.run(code, returns="[len(modes), copied['setName'], changes[1]['unit']]")
    assert found == [3, "Rye \xb0", "degC"]
    sql = "select set_name, set_version, template_name, changed from workflows.recipe_use where workflow_id = %s"
    assert plant.ask(sql, started["workflowId"]) == [("Rye", 1, "standard", "batch, not_before")]


def test_an_operator_reads_everything_that_is_wrong(plant: Plant) -> None:
    given = "{'batch': '', 'temperature': 120, 'mode': u'f\\xfcr', 'colour': 1}"
    answer = plant.call(f"{PARAMS}.resolveInputs('demo.batch', overridesData={given})")
    assert (answer["ok"], answer["code"]) == (False, "INVALID_ARGUMENTS")
    assert "inputs.temperature must be at most 95 degC" in answer["errors"]
    assert "inputs.batch must have at least 1 character" in answer["errors"]
    assert "inputs.colour is not a parameter" in answer["errors"]
    assert [one["path"] for one in answer["problems"]] == [
        "inputs.batch",
        "inputs.temperature",
        "inputs.mode",
        "inputs.colour",
    ]
    refused = plant.call(f"exchange.workflows.api.service.enqueue('demo.batch', {given})")
    assert [one["problem"] for one in refused["errors"]] == [
        one["problem"] for one in answer["problems"]
    ]
