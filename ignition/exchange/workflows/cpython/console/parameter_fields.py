"""The fields that a workflow is started with: those of a template, else its declared parameters."""

import json
from collections.abc import Mapping
from typing import Any

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.failures import ExitCode, Failure

Field = dict[str, Any]
UNKNOWN = "WF003"

_NAMES = """
select workflow_name, bool_or(is_declared) as is_declared from (
  select workflow_name, true as is_declared from {schema}.workflow_parameter
  union all select workflow_name, false from {schema}.template_list
  union all select workflow_name, false from {schema}.recipe_list) known
group by workflow_name order by workflow_name limit 1000
"""

_SOURCES = """
select
  (select coalesce(json_agg(t order by t.template_name), '[]') from (
    select template_name, max(template_version) as template_version from {schema}.template_list
    where workflow_name = %(workflow_name)s and status = 'active'
    group by template_name order by template_name limit 500) t) as templates,
  (select coalesce(json_agg(r order by r.set_name), '[]') from (
    select set_name, max(set_version) as set_version from {schema}.recipe_list
    where workflow_name = %(workflow_name)s and status = 'approved'
    group by set_name order by set_name limit 500) r) as recipes
"""

_ENUMS = """
select enum_name, enum_version, status, choices from {schema}.enum_list
where enum_name = any(%(names)s) order by enum_name, enum_version desc
"""


async def known_workflows(db: Client) -> list[dict[str, Any]]:
    """The workflows that declare parameters, or have templates or recipes."""
    return await db.rows(_NAMES)


async def sources_of(db: Client, workflow_name: str) -> dict[str, list[dict[str, Any]]]:
    """The active templates and approved recipes of a workflow."""
    (found,) = await db.rows(_SOURCES, {"workflow_name": workflow_name})
    return {"templates": found["templates"], "recipes": found["recipes"]}


async def fields_of(
    db: Client, workflow_name: str, template_name: str | None, template_version: int | None
) -> list[Field] | None:
    """The fields in their order, with the choices that they have now. None: it takes anything."""
    declared = await _declared(db, workflow_name)
    if template_name is None:
        return await _with_labels(db, declared) if declared else declared
    words = {"template_version": template_version} if template_version else {}
    template = await db.call(
        "get_template",
        workflow_name=workflow_name,
        template_name=template_name,
        options=json.dumps(words),
    )
    if template is None:
        raise Failure(ExitCode.REFUSED, f"there is no such template: {template_name}")
    meta = template["schema"]["meta"]
    labels = labels_of(template["schema"]["formProps"])
    known = {field["name"]: field for field in declared or []}
    fields = []
    for name in meta["paramKeys"]:
        field = known.get(name) or _widget_field(name, meta["enumRefs"].get(name))
        label = labels.get(name)
        fields.append(
            field if field.get("description") or not label else field | {"description": label}
        )
    return await _with_labels(db, fields)


def left_open(fields: list[Field]) -> list[Field]:
    """The same fields for a recipe: each may be left to who starts the workflow."""
    return [{**field, "required": False, "default": None} for field in fields]


def labels_of(form: Any) -> dict[str, str]:
    """The labels of the widgets of a form by their ids; where Perspective put them, if anywhere."""
    labels: dict[str, str] = {}
    waiting = [form]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name, label = part.get("id"), part.get("label")
            text = label.get("text") if isinstance(label, dict) else label
            if isinstance(name, str) and isinstance(text, str):
                labels[name] = text
        waiting.extend(
            part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        )
    return labels


async def _declared(db: Client, workflow_name: str) -> list[Field] | None:
    try:
        return await db.call("list_parameters", workflow_name=workflow_name)
    except Failure as failure:
        if failure.code != UNKNOWN:
            raise
        return None


async def _with_labels(db: Client, fields: list[Field]) -> list[Field]:
    """The fields with the choices of their enums, and how each choice is called."""
    names = sorted({field["enum"] for field in fields if field.get("enum")})
    if not names:
        return fields
    found = await db.rows(_ENUMS, {"names": names})
    return [_labelled(field, found) if field.get("enum") else field for field in fields]


def _labelled(field: Field, enums: list[dict[str, Any]]) -> Field:
    version = field.get("enum_version")
    for enum in enums:
        is_meant = enum["enum_version"] == version if version else enum["status"] == "active"
        if enum["enum_name"] == field["enum"] and is_meant:
            choices = json.loads(enum["choices"])
            return {
                **field,
                "choices": [one["value"] for one in choices if not one.get("isDisabled")],
                "labels": {json.dumps(one["value"]): str(one["label"]) for one in choices},
            }
    return {**field, "choices": []}


def _widget_field(name: str, enum: Mapping[str, Any] | None) -> Field:
    """What a widget is where the workflow does not declare it: a choice, or anything."""
    if enum is None:
        return {"name": name, "type": "any"}
    return {
        "name": name,
        "type": "choice",
        "enum": enum["enumName"],
        "enum_version": enum["enumVersion"],
    }
