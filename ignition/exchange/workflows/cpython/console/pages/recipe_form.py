"""A new recipe, or a new version of one: a form of what its workflow takes."""

import json
from collections.abc import Mapping
from typing import Any

from exchange.workflows.cpython.console import forms
from exchange.workflows.cpython.console.addresses import address
from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Ask, Asked, Done, Page
from exchange.workflows.cpython.console.parameter_fields import (
    fields_of,
    known_workflows,
    left_open,
    sources_of,
)
from exchange.workflows.cpython.console.typed_values import whole_number
from exchange.workflows.cpython.failures import ExitCode, Failure

TAKES = ("workflow_name", "template_name", "template_version", "set_name", "set_version")
ABOUT = ("set_name", "description", "reason")
WHOLE = {"name": "values", "type": "any"}


async def read(db: Client, asked: Asked) -> dict[str, object]:
    if "workflow_name" not in asked:
        return {"chosen": None, "known": await known_workflows(db)}
    source = await _source(db, asked)
    template = {
        name: source.get(name) if source else asked.get(name)
        for name in ("template_name", "template_version")
    }
    values = source["values"] if source else {}
    fields = await _fields(db, asked["workflow_name"], template)
    typed = {
        "set_name": asked.get("set_name"),
        "description": source["description"] if source else None,
    }
    return {
        **await _shown(db, asked["workflow_name"], template, typed),
        "inputs": forms.inputs_of(fields, _laid_out(fields, values)),
        "of_version": source and source["set_version"],
    }


async def save(act: Acting) -> Done | Ask:
    """Save a draft. Where it does not fit, the form again with what was typed."""
    name = act.required("workflow_name", "the workflow")
    template = {word: act.text(word) for word in ("template_name", "template_version")}
    fields = await _fields(act.db, name, template)
    posted = forms.values_of(fields, act.form)
    values = posted.get("values", {}) if fields == [WHOLE] else posted
    typed = {word: act.text(word) for word in ABOUT}
    options = act.options(
        template_name=template["template_name"],
        template_version=_version(template["template_version"]),
        description=typed["description"],
    )
    try:
        set_name = act.required("set_name", "the name")
        answer = await act.db.call(
            "create_parameter_set",
            workflow_name=name,
            set_name=set_name,
            values=json.dumps(values),
            options=options,
        )
    except Failure as failure:
        if failure.exit_code != ExitCode.USAGE:
            raise
        beside = forms.problems_of(failure, "values")
        return Ask(
            "recipe_form.html",
            "New version of a recipe",
            {
                **await _shown(act.db, name, template, typed),
                "inputs": forms.inputs_of(fields, posted=act.form, problems=beside),
                "of_version": None,
                "problems": _elsewhere(failure, beside, fields),
            },
        )
    return Done(
        f"{set_name} version {answer['set_version']} is saved: a draft until it is approved",
        f"{address('recipes', name, set_name)}?version={answer['set_version']}",
    )


async def _source(db: Client, asked: Asked) -> dict[str, Any] | None:
    """The version of a recipe that the form begins with."""
    version = _version(asked.get("set_version"))
    if version is None or "set_name" not in asked:
        return None
    source = await db.call(
        "get_parameter_set",
        workflow_name=asked["workflow_name"],
        set_name=asked["set_name"],
        options=json.dumps({"set_version": version}),
    )
    if source is None:
        raise Failure(ExitCode.REFUSED, f"there is no version {version} of {asked['set_name']}")
    return source


async def _fields(db: Client, name: str, template: Mapping[str, Any]) -> list[dict[str, Any]]:
    version = _version(template["template_version"])
    fields = await fields_of(db, name, template["template_name"], version)
    return [WHOLE] if fields is None else left_open(fields)


def _version(text: Any) -> int | None:
    return None if text is None else whole_number(text, "a version")


def _laid_out(fields: list[dict[str, Any]], values: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"values": values or None} if fields == [WHOLE] else values


async def _shown(
    db: Client, workflow_name: str, template: Mapping[str, Any], typed: Mapping[str, str | None]
) -> dict[str, Any]:
    return {
        "chosen": workflow_name,
        "template": template,
        "templates": (await sources_of(db, workflow_name))["templates"],
        "typed": {word: typed.get(word) or "" for word in ABOUT},
        "problems": [],
    }


def _elsewhere(
    failure: Failure, beside: Mapping[str, str], fields: list[dict[str, Any]]
) -> list[str]:
    """What is wrong and stands beside no field."""
    if not beside:
        return [failure.line()]
    names = {field["name"] for field in fields}
    return [f"{name} {problem}" for name, problem in beside.items() if name not in names]


PAGES = [
    Page(
        "recipe_form",
        "/recipes/new",
        "New recipe",
        read,
        role="operator",
        takes=TAKES,
        is_live=False,
    )
]
ACTIONS = [Action("/recipes/save", save)]
