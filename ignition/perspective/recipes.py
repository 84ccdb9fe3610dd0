"""Recipes of a workflow: their versions, values and what differs; new versions and approval."""

from __future__ import annotations

from ignition.perspective import parts
from ignition.perspective.acting import confirm, may_act
from ignition.perspective.fields import GATHER, ROWS, field_table
from ignition.perspective.parts import Json
from ignition.perspective.start import choose_workflow

_LIST = """
if not value["workflowName"]:
    return []
answer = exchange.workflows.api.params.listParameterSets(workflowName=value["workflowName"], latestOnly=False)
names = ("setName", "setVersion", "status", "description", "reason", "createdBy", "createdAt", "approvedBy")
return [dict([(name, one[name]) for name in names]) for one in answer["parameterSets"][:200]] if answer["ok"] else []
"""
_FIELDS = """
if not value["workflowName"]:
    return []
asked = exchange.workflows.api.params.listParameters(workflowName=value["workflowName"])
fields = asked["parameters"] if asked["ok"] else []
otherwise, values = dict([(field["name"], field.get("default")) for field in fields]), {}
if value["chosen"]["setName"]:
    recipe = exchange.workflows.api.params.getParameterSet(
        workflowName=value["workflowName"], setName=value["chosen"]["setName"],
        setVersion=value["chosen"]["setVersion"])
    if recipe["ok"]:
        values = recipe["values"]
""" + ROWS
_DIFFERS = """
if value["setVersion"] < 2:
    return ""
answer = exchange.workflows.api.params.compareParameterSets(
    workflowName=self.custom.workflowName, setName=value["setName"], setVersion=value["setVersion"])
if not answer["ok"]:
    return answer["message"]
changes = ["%s: %s, was %s" % (one["name"], one["value"], one["otherValue"]) for one in answer["changes"]]
return "; ".join(changes) or "the same values"
"""
_CHOSEN = """
self.view.custom.setName = event.value["setName"]
self.view.custom.chosen = {
    "setName": event.value["setName"],
    "setVersion": event.value["setVersion"],
    "status": event.value["status"],
}
"""
_EMPTY: Json = {"setName": "", "setVersion": 0, "status": ""}
_OF_ONE = (
    '{"workflowName": self.view.custom.workflowName, "setName": self.view.custom.chosen.setName, '
    '"setVersion": self.view.custom.chosen.setVersion}'
)
_NAMED = '"%s %%s, version %%s?\\n\\n%s" %% (self.view.custom.chosen.setName, self.view.custom.chosen.setVersion)'
_SAVE = GATHER + confirm(
    "save recipe",
    '"Save a new version of %s?\\n\\nIt is a draft until somebody approves it." % self.view.custom.setName',
    '{"workflowName": self.view.custom.workflowName, "setName": self.view.custom.setName, '
    '"values": json.dumps(filled)}',
)


def _buttons() -> Json:
    may = "{view.custom.mayAct} && "
    approve = confirm(
        "approve recipe",
        _NAMED % ("Approve", "From now on workflows start from it."),
        _OF_ONE,
    )
    retire = confirm(
        "retire recipe",
        _NAMED % ("Make obsolete:", "No workflow starts from it any more."),
        _OF_ONE,
    )
    save = may + '{view.custom.workflowName} != "" && {view.custom.setName} != ""'
    status = may + '{view.custom.chosen.status} = "%s"'
    return parts.row(
        "Orders",
        [
            parts.text_field("SetName", "view.custom.setName", "name of the recipe", "220px"),
            parts.button("Save", "Save as new version", _SAVE, save),
            parts.button("Approve", "Approve", approve, status % "draft", is_primary=True),
            parts.button("Retire", "Make obsolete", retire, status % "approved", tone="warning"),
        ],
    )


def make() -> Json:
    columns = [
        parts.column("setName", "Recipe", 150),
        parts.column("setVersion", "Version", 85, "number"),
        parts.column("status", "Status", 90),
        parts.column("description", "Description"),
        parts.column("reason", "Reason"),
        parts.column("createdBy", "Saved by", 100),
        parts.column("approvedBy", "Approved by", 115),
    ]
    rows = parts.table("Recipes", "view.custom.recipes", columns, "no recipe", _CHOSEN)
    title = parts.row("Title", [parts.heading("Name", "Recipes"), choose_workflow()])
    differs = 'if({view.custom.differs} = "", "", concat("Differs from the version before: ", {view.custom.differs}))'
    workflow = "{view.custom.workflowName}"
    custom: Json = {
        "chosen": _EMPTY,
        "differs": ("", parts.copy_of("view.custom.chosen", change=_DIFFERS)),
        "fields": (
            [],
            parts.several(_FIELDS, workflowName=workflow, chosen="{view.custom.chosen}"),
        ),
        "mayAct": may_act(),
        "recipes": ([], parts.several(_LIST, workflowName=workflow, now="now(10000)")),
        "setName": "",
        "workflowName": "",
    }
    root = parts.page(
        [
            title,
            rows,
            field_table("Fields", "choose a workflow", "Default"),
            parts.label("Differs", parts.expression(differs), {"whiteSpace": "pre-wrap"}),
            _buttons(),
        ]
    )
    return parts.view(root, {"roles": ""}, custom, (1000, 650))
