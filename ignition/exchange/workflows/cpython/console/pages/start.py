"""Starting a workflow: which one, with what, and a look at it before it starts."""

import json
from collections.abc import Mapping
from typing import Any

from exchange.workflows.compat import new_id
from exchange.workflows.cpython.console import start_values
from exchange.workflows.cpython.console.addresses import address, name_in
from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Ask, Asked, Done, Page
from exchange.workflows.cpython.console.parameter_fields import (
    Field,
    fields_of,
    known_workflows,
    sources_of,
)
from exchange.workflows.cpython.console.start_values import SOURCE, source_of
from exchange.workflows.cpython.failures import ExitCode, Failure

FORM = "start_workflow.html"


async def choose(db: Client, asked: Asked) -> dict[str, object]:
    """The workflows that there are, or the form of the one that was typed."""
    if "workflow_name" in asked:
        return await show_form(db, asked)
    known = await known_workflows(db)
    return {
        "workflow_name": None,
        "known": [one | {"address": address("start", one["workflow_name"])} for one in known],
    }


async def read(db: Client, asked: Asked) -> dict[str, object]:
    return await show_form(db, {**asked, "workflow_name": name_in(asked["workflow_name"])})


async def show_form(db: Client, asked: Asked) -> dict[str, object]:
    """The form with the values of the template or recipe that is asked for, else the defaults."""
    name = asked["workflow_name"]
    source = source_of(asked)
    told = await resolve(db, name, {}, source)
    fields = await _fields(db, name, source, told)
    inputs, options = start_values.inputs_of(fields, told["resolved"] or {})
    problems = [
        f"{one['path']} {one['problem']}"
        for one in told["errors"]
        if not one["path"].startswith("inputs.")
    ]
    return {**await _shown(db, name, source, told, problems), "inputs": inputs, "options": options}


async def ask(act: Acting) -> Ask:
    """What it would start with; where that does not fit, the form again with all that is wrong."""
    name = act.required("workflow_name", "the workflow")
    source = source_of({word: act.text(word) for word in SOURCE})
    before = await resolve(act.db, name, {}, source)
    fields = await _fields(act.db, name, source, before)
    values = start_values.values_of(fields, act.form, before["resolved"])
    values = start_values.given_anew(values, before["resolved"])
    told = await resolve(act.db, name, values, source)
    if told["errors"]:
        beside = start_values.problem_paths(told["errors"])
        problems = start_values.elsewhere(told["errors"], fields)
        return await _form_again(act, name, source, told, fields, beside, problems)
    recipe = start_values.recipe_of(told)
    return Ask(
        "start_confirm.html",
        f"Start {name}?",
        {
            "workflow_name": name,
            "rows": start_values.rows_of(told, values, fields),
            "recipe": recipe,
            "options": {
                start_values.OPTION_FIELDS[word][0]: start_values.value_text(value)
                for word, value in start_values.options_of(act.form).items()
            },
            "posted": _posted(act),
            "inputs": json.dumps(values),
            "pinned": json.dumps(_pinned(source, recipe)),
            "workflow_id": new_id(),
        },
    )


async def go(act: Acting) -> Done | Ask:
    """Start it. A second click answers the same workflow, since the id was given with the look."""
    name = act.required("workflow_name", "the workflow")
    workflow_id = act.required("workflow_id", "the id")
    options = act.options(
        **start_values.options_of(act.form),
        **source_of(_posted_words(act, "pinned")),
        workflow_id=workflow_id,
    )
    try:
        answer = await act.db.call(
            "enqueue",
            workflow_name=name,
            inputs=act.required("inputs", "the inputs"),
            options=options,
        )
    except Failure as failure:
        if failure.exit_code not in (ExitCode.USAGE, ExitCode.REFUSED):
            raise
        return await _refused(act, name, failure)
    if answer != workflow_id:
        return Done(
            "nothing was started: this is the workflow that has the deduplication id already",
            f"/workflows/{answer}",
            is_good=False,
        )
    return Done(f"{name} is enqueued", f"/workflows/{answer}")


async def change(act: Acting) -> Ask:
    """The form again, with what was typed."""
    return await _refused(act, act.required("workflow_name", "the workflow"), None)


async def resolve(db: Client, name: str, values: Any, source: Mapping[str, Any]) -> dict[str, Any]:
    return await db.call(
        "resolve_inputs",
        workflow_name=name,
        inputs=json.dumps(values),
        options=json.dumps(dict(source)),
    )


async def _refused(act: Acting, name: str, failure: Failure | None) -> Ask:
    source = source_of({word: act.text(word) for word in SOURCE})
    told = await resolve(act.db, name, {}, source)
    fields = await _fields(act.db, name, source, told)
    beside = start_values.problems_beside(failure) if failure else {}
    problems = [failure.line()] if failure and not beside else []
    return await _form_again(act, name, source, told, fields, beside, problems)


async def _form_again(
    act: Acting,
    name: str,
    source: Mapping[str, Any],
    told: Mapping[str, Any],
    fields: list[Field] | None,
    beside: Mapping[str, str],
    problems: list[str],
) -> Ask:
    inputs, options = start_values.inputs_of(fields, None, act.form, beside)
    shown = await _shown(act.db, name, source, told, problems)
    return Ask(FORM, f"Start {name}", {**shown, "inputs": inputs, "options": options})


async def _fields(
    db: Client, name: str, source: Mapping[str, Any], told: Mapping[str, Any]
) -> list[Field] | None:
    """The fields of the template that it starts from, be it that of its recipe."""
    recipe = told["recipe"] or source
    version = recipe.get("template_version")
    try:
        return await fields_of(db, name, recipe.get("template_name"), version)
    except Failure as failure:
        if failure.exit_code != ExitCode.REFUSED:
            raise
        return await fields_of(db, name, None, None)


async def _shown(
    db: Client,
    name: str,
    source: Mapping[str, Any],
    told: Mapping[str, Any],
    problems: list[str],
) -> dict[str, Any]:
    recipe = start_values.recipe_of(told)
    return {
        "workflow_name": name,
        "title": f"Start {name}",
        "address": address("start", name),
        "source": {word: source.get(word) or "" for word in SOURCE},
        "recipe": recipe,
        "problems": problems,
        **await sources_of(db, name),
    }


def _pinned(source: Mapping[str, Any], recipe: Mapping[str, Any]) -> dict[str, Any]:
    """The recipe or template with the version that was looked at."""
    pinned = dict(source)
    if "set_name" in source:
        pinned["set_version"] = recipe["set_version"]
    elif "template_name" in source:
        pinned["template_version"] = recipe["template_version"]
    return pinned


def _posted(act: Acting) -> list[tuple[str, str]]:
    """What was typed, for a way back to the form."""
    kept = ("csrf", "back")
    return [
        (name, value)
        for name, value in act.form.multi_items()
        if isinstance(value, str) and name not in kept
    ]


def _posted_words(act: Acting, name: str) -> dict[str, Any]:
    try:
        value = json.loads(act.required(name, name))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Failure(ExitCode.USAGE, f"{name} cannot be read")
    return value


TAKES = ("workflow_name", *SOURCE)
PAGES = [
    Page("start", "/start", "Start", choose, "operator", takes=TAKES, group="Start", is_live=False),
    Page(
        "start_workflow",
        "/start/{workflow_name}",
        "Start",
        read,
        "operator",
        takes=SOURCE,
        is_live=False,
    ),
]
ACTIONS = [
    Action("/start/ask", ask, is_reading=True),
    Action("/start/change", change, is_reading=True),
    Action("/start/go", go),
]
