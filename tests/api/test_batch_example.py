"""The batch of apps.examples: declared parameters, an enum, a template, a recipe."""

from exchange.workflows import testing
from exchange.workflows.api import params, service
from exchange.workflows.apps import examples


def test_the_batch_inline():
    ended = testing.run_inline(examples.batch, {"batch": "R-1", "temperature": 30})
    assert ended.result == {"batch": "R-1", "temperature": 30, "minutes": 10, "not_before": None}


def test_the_batch_from_its_recipe(drain):
    drain()
    made = examples.create_batch_recipe(actor="anna")
    assert (made["code"], made["approvedBy"]) == ("PARAMETER_SET_APPROVED", "anna"), made
    wrong = params.startWithParameterSet("demo.batch", "Rye", {"not_before": "soon"})
    assert sorted(wrong["errors"]) == [
        "inputs.batch is required",
        "inputs.not_before must be a time like 2026-01-31T08:00:00Z,"
        " or whole milliseconds since 1970",
    ]
    given = {"batch": "R-17", "not_before": "2026-01-31T08:00:00Z"}
    started = params.startWithParameterSet("demo.batch", "Rye", given, actor="carla")
    drain()
    result = service.getResult(started["workflowId"])["result"]
    assert result == {"temperature": 72, "minutes": 26, **given}
    template = params.expandTemplateForUi(params.getTemplate("demo.batch", "standard"))
    rows = template["schema"]["formProps"]["columns"]["items"][0]["rows"]["items"]
    options = rows[2]["widgets"][0]["dropdown"]["options"]
    assert [one["value"] for one in options] == ["gentle", "normal", "fast"]
    again = examples.create_batch_recipe()
    assert again["setVersion"] == 2
