"""What a person asks for who starts a workflow: its values, where they come from, and how it is queued."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from starlette.datastructures import FormData

from exchange.workflows.cpython.console import forms
from exchange.workflows.cpython.console.typed_values import whole_number
from exchange.workflows.cpython.failures import Failure

Field = dict[str, Any]
SOURCE = ("template_name", "template_version", "set_name", "set_version", "allow_unapproved")
RECIPE = ("template_name", "template_version", "set_name", "set_version", "set_status")
VERSIONS = ("template_version", "set_version")
# Beside the fields of a workflow, whose names are those of arguments and have no dot.
OPTION = "option."
WHOLE: Field = {"name": "whole.inputs", "type": "any"}
OPTION_FIELDS: dict[str, tuple[str, Field]] = {
    "queue_name": ("Queue", {"type": "text", "description": "empty: the workflow's own"}),
    "priority": (
        "Priority",
        {"type": "integer", "min": -100, "max": 100, "description": "the lower, the sooner"},
    ),
    "partition_key": (
        "Partition key",
        {"type": "text", "description": "of one queue, workflows of one key run one at a time"},
    ),
    "resources": (
        "Resources",
        {"type": "text", "max": 10_000, "description": "what it locks, one name a line"},
    ),
    "delay_seconds": ("Delay (s)", {"type": "number", "min": 0}),
    "start_before": (
        "Start before",
        {"type": "datetime", "description": "later it is not started any more"},
    ),
    "deduplication_id": (
        "Deduplication id",
        {"type": "text", "description": "a second start with the same id leads to the first"},
    ),
}


def source_of(words: Mapping[str, Any]) -> dict[str, Any]:
    """The template or recipe that is started from, as options of enqueue. A recipe has its own
    template."""
    source = {name: words[name] for name in SOURCE if words.get(name)}
    for name in VERSIONS:
        if name in source:
            source[name] = whole_number(source[name], name.replace("_", " "))
    if "allow_unapproved" in source:
        source["allow_unapproved"] = True
    if "set_name" in source:
        source.pop("template_name", None)
        source.pop("template_version", None)
    else:
        source.pop("set_version", None)
        source.pop("allow_unapproved", None)
    if "template_name" not in source:
        source.pop("template_version", None)
    return source


def option_fields() -> list[Field]:
    return [{"name": OPTION + name, **field} for name, (_, field) in OPTION_FIELDS.items()]


def inputs_of(
    fields: list[Field] | None,
    values: Mapping[str, Any] | None = None,
    posted: FormData | None = None,
    problems: Mapping[str, str] | None = None,
) -> tuple[list[forms.Input], list[forms.Input]]:
    """The inputs of the form: those of the workflow, and those of how it is queued."""
    asked = [WHOLE] if fields is None else fields
    laid_out = {WHOLE["name"]: values or None} if fields is None else values
    made = forms.inputs_of([*asked, *option_fields()], laid_out, posted, problems)
    return (
        [_labelled(one) for one in made[: len(asked)]],
        [_labelled(one) for one in made[len(asked) :]],
    )


def values_of(
    fields: list[Field] | None, posted: FormData, values: Mapping[str, Any] | None = None
) -> Any:
    """The inputs that were posted: an object, or whatever was typed where there are no fields."""
    if fields is None:
        typed = forms.values_of([WHOLE], posted, {WHOLE["name"]: values or None})
        return typed.get(WHOLE["name"], {})
    return forms.values_of(fields, posted, values)


def given_anew(values: Any, resolved: Mapping[str, Any] | None) -> Any:
    """The values without those that it would start with anyhow, which nobody changed."""
    if not isinstance(values, dict):
        return values
    known = resolved or {}
    return {
        name: value
        for name, value in values.items()
        if name not in known or json.dumps(value) != json.dumps(known[name])
    }


def options_of(posted: FormData) -> dict[str, Any]:
    """The options of enqueue that were posted."""
    typed = forms.values_of(option_fields(), posted)
    options = {name.removeprefix(OPTION): value for name, value in typed.items()}
    if "resources" in options:
        lines = (line.strip() for line in str(options["resources"]).splitlines())
        options["resources"] = [line for line in lines if line]
    return options


def problems_beside(failure: Failure) -> dict[str, str]:
    """What the database says of single values and options, by the names of the inputs."""
    beside = forms.problems_of(failure, "inputs")
    detail = failure.detail if isinstance(failure.detail, dict) else {}
    name = detail.get("field")
    if not beside and name in OPTION_FIELDS and detail.get("problem"):
        beside[OPTION + name] = detail["problem"]
    return beside


def problem_paths(errors: list[Mapping[str, str]]) -> dict[str, str]:
    """What resolve_inputs says of each value, by its name."""
    return {
        one["path"].removeprefix("inputs."): one["problem"]
        for one in errors
        if one["path"].startswith("inputs.")
    }


def elsewhere(errors: list[Mapping[str, str]], fields: list[Field] | None) -> list[str]:
    """What resolve_inputs says that stands beside no field."""
    names = {f"inputs.{field['name']}" for field in fields or []}
    return [f"{one['path']} {one['problem']}" for one in errors if one["path"] not in names]


def recipe_of(told: Mapping[str, Any]) -> dict[str, Any]:
    """What resolve_inputs says of the recipe and template that it took, None where there is none."""
    return {**dict.fromkeys(RECIPE), **(told["recipe"] or {})}


def rows_of(
    told: Mapping[str, Any], inputs: Mapping[str, Any], fields: list[Field] | None
) -> list[dict[str, Any]]:
    """What it would start with, a row for each value: where it comes from, and what the recipe or
    template has instead."""
    base = told["base"] or {}
    known = {field["name"]: field for field in fields or []}
    resolved = told["resolved"]
    names = [name for name in known if name in resolved]
    names += sorted(set(resolved) - set(names))
    return [
        {
            "name": name,
            "value": value_text(resolved[name]),
            "unit": known.get(name, {}).get("unit"),
            "from": _from(name, resolved[name], base, inputs, recipe_of(told)),
            "is_changed": name in base and base[name] is not None and base[name] != resolved[name],
            "old": value_text(base.get(name)),
        }
        for name in names
    ]


def value_text(value: Any) -> str:
    """A value as a table shows it: a text as it is, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _from(
    name: str,
    value: Any,
    base: Mapping[str, Any],
    inputs: Mapping[str, Any],
    recipe: Mapping[str, Any],
) -> str:
    if base.get(name) is not None and base[name] == value:
        return "recipe" if recipe["set_name"] else "template"
    return "given" if inputs.get(name) is not None else "default"


def _labelled(one: forms.Input) -> forms.Input:
    if one.name == forms.PREFIX + WHOLE["name"]:
        return replace(one, label="Inputs, JSON", hint="one value for each parameter")
    name = one.name.removeprefix(forms.PREFIX + OPTION)
    return replace(one, label=OPTION_FIELDS[name][0]) if name in OPTION_FIELDS else one
