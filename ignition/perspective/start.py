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
    choices.append({"label": one["setName"], "value": one["setName"]})
return choices
"""
# Read once: what its fields show is what is started, whatever is approved meanwhile.
_RECIPE = """
read = {"isKnown": True, "setName": "", "setVersion": None, "values": {}, "text": ""}
if value["workflowName"] and value["setName"]:
    answer = exchange.workflows.api.params.getParameterSet(
        workflowName=value["workflowName"], setName=value["setName"])
    read.update(isKnown=answer["ok"], text=answer["message"])
    if answer["ok"]:
        read.update([(key, answer[key]) for key in ("setName", "setVersion", "values")])
        read["text"] = "recipe %s, version %s" % (answer["setName"], answer["setVersion"])
return read
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
otherwise.update(value["recipe"]["values"])
values = {}
""" + ROWS
_ASK = """
recipe = self.view.custom.recipe
what = self.view.custom.workflowName
if recipe["setName"]:
    what += " with " + recipe["text"]
"""
_START = (
    GATHER
    + _ASK
    + confirm(
        "start",
        '"Start %s?\\n\\n%s" % (what, json.dumps(filled, sort_keys=True, indent=1))',
        '{"workflowName": self.view.custom.workflowName, "setName": recipe["setName"], '
        '"setVersion": recipe["setVersion"], "inputs": json.dumps(filled)}',
        "False",
    )
)


def choose_workflow() -> Json:
    """The names that are registered in the gateway; asked again after half a minute."""
    options = parts.expression("now(30000)", WORKFLOWS)
    return parts.dropdown("Workflow", "view.custom.workflowName", "workflow", options, "260px")


def _choices() -> Json:
    recipes = parts.copy_of("view.custom.workflowName", change=_RECIPES)
    enabled = (
        '{view.custom.mayAct} && {view.custom.workflowName} != "" && {view.custom.recipe.isKnown}'
    )
    return parts.row(
        "Chosen",
        [
            parts.heading("Title", "Start a workflow"),
            choose_workflow(),
            parts.dropdown("Recipe", "view.custom.setName", "recipe", recipes, "260px"),
            parts.label("Version", parts.expression("{view.custom.recipe.text}")),
            parts.button("Start", "Start", _START, enabled, is_primary=True),
        ],
    )


def make() -> Json:
    hint = (
        'if({view.custom.mayAct}, "Fields with * must have a value. What is left empty is taken from the recipe '
        'or its default.", "Log in as somebody who may start workflows.")'
    )
    custom: Json = {
        "fields": (
            [],
            parts.several(
                _FIELDS, workflowName="{view.custom.workflowName}", recipe="{view.custom.recipe}"
            ),
        ),
        "mayAct": may_act(),
        "recipe": (
            {"isKnown": True, "setName": "", "setVersion": None, "values": {}, "text": ""},
            parts.several(
                _RECIPE, workflowName="{view.custom.workflowName}", setName="{view.custom.setName}"
            ),
        ),
        "setName": "",
        "workflowName": "",
    }
    root = parts.page(
        [
            _choices(),
            field_table("Fields", "choose a workflow", "If empty"),
            parts.label("Hint", parts.expression(hint), {"color": "var(--neutral-70)"}),
        ]
    )
    return parts.view(root, {"roles": ""}, custom, (1000, 500))
