"""Choose a workflow and a recipe, fill in what it takes, start it."""

from __future__ import annotations

from ignition.perspective import parts
from ignition.perspective.acting import confirm, may_act
from ignition.perspective.fields import GATHER, ROWS, field_table
from ignition.perspective.parts import Json

WORKFLOWS = """
answer = exchange.workflows.api.service.listWorkflows()
return answer["options"] if answer["ok"] else []
"""
_RECIPES = """
choices = [{"label": "no recipe", "value": ""}]
if not value:
    return choices
answer = exchange.workflows.api.params.listParameterSets(workflowName=value, status="approved")
found = answer["parameterSets"] if answer["ok"] else []
for one in found:
    choices.append({"label": "%s, version %s" % (one["setName"], one["setVersion"]), "value": one["setName"]})
return choices
"""
_FIELDS = """
name = value["workflowName"]
if not name:
    return []
answer = exchange.workflows.api.params.listParameters(workflowName=name)
if answer["ok"] and answer["isDeclared"]:
    fields = answer["parameters"]
else:
    fields = [{"name": "", "label": "Inputs", "type": "any", "description": "JSON; an object becomes arguments"}]
otherwise = dict([(field["name"], field.get("default")) for field in fields])
if value["setName"]:
    recipe = exchange.workflows.api.params.getParameterSet(workflowName=name, setName=value["setName"])
    if recipe["ok"]:
        otherwise.update(recipe["values"])
values = {}
""" + ROWS
_START = GATHER + confirm(
    "start",
    '"Start %s?\\n\\n%s" % (self.view.custom.workflowName, json.dumps(filled, sort_keys=True, indent=1))',
    '{"workflowName": self.view.custom.workflowName, "setName": self.view.custom.setName, '
    '"inputs": json.dumps(filled)}',
    "False",
)


def choose_workflow() -> Json:
    """The names that are registered in the gateway; asked again after half a minute."""
    options = parts.expression("now(30000)", WORKFLOWS)
    return parts.dropdown("Workflow", "view.custom.workflowName", "workflow", options, "260px")


def make() -> Json:
    recipes = parts.copy_of("view.custom.workflowName", change=_RECIPES)
    enabled = '{view.custom.mayAct} && {view.custom.workflowName} != ""'
    chosen = parts.row(
        "Chosen",
        [
            parts.heading("Title", "Start a workflow"),
            choose_workflow(),
            parts.dropdown("Recipe", "view.custom.setName", "recipe", recipes, "260px"),
            parts.button("Start", "Start", _START, enabled, is_primary=True),
        ],
    )
    hint = (
        'if({view.custom.mayAct}, "Fields with * must have a value. What is left empty is taken from the recipe '
        'or its default.", "Log in as somebody who may start workflows.")'
    )
    custom: Json = {
        "fields": (
            [],
            parts.several(
                _FIELDS, workflowName="{view.custom.workflowName}", setName="{view.custom.setName}"
            ),
        ),
        "mayAct": may_act(),
        "setName": "",
        "workflowName": "",
    }
    root = parts.page(
        [
            chosen,
            field_table("Fields", "choose a workflow", "If empty"),
            parts.label("Hint", parts.expression(hint), {"color": "var(--neutral-70)"}),
        ]
    )
    return parts.view(root, {"roles": ""}, custom, (1000, 500))
