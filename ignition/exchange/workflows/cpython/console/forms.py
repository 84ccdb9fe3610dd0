"""Inputs made from declared fields, and what is posted as the JSON that the database is given.

A field is declared as the database has it: name, type (text, number, integer, boolean, choice,
datetime, any), required, default, min, max, unit, choices, several, description. templates/forms.html
draws the inputs. Whether values fit is decided by the database alone: what cannot be read as its
type is sent as the text that it is, and comes back with its problem in words.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import FormData

from exchange.workflows.cpython.failures import Failure

PREFIX = "field."
LONG_TEXT = 200
WHOLE = re.compile(r"[+-]?[0-9]{1,300}")
LOCAL_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+")
KINDS = {
    "number": "number",
    "integer": "number",
    "boolean": "select",
    "choice": "select",
    "datetime": "datetime-local",
    "any": "json",
}
Declared = Mapping[str, Any]


@dataclass(frozen=True)
class Input:
    """kind: text, textarea, number, datetime-local, json, select or ticks. shown: the text in it,
    of ticks those that are ticked. choices: (what is posted, what it says). limits: attributes.
    """

    id: str
    name: str
    label: str
    kind: str
    shown: list[str]
    is_required: bool
    choices: list[tuple[str, str]]
    limits: dict[str, str]
    hint: str
    problem: str | None


def inputs_of(
    form: Sequence[Declared] | None,
    values: Mapping[str, Any] | None = None,
    posted: FormData | None = None,
    problems: Mapping[str, str] | None = None,
) -> list[Input]:
    """values stand in for the defaults of the fields; posted shows again what a person has typed,
    with the problem of each field."""
    inputs = []
    for number, field in enumerate(form or []):
        name = field["name"]
        value = values[name] if values and name in values else field.get("default")
        kind = _kind(field, value)
        shown = _typed(posted, name) if posted is not None else _shown(field, value)
        inputs.append(
            Input(
                id=f"field-{number}",
                name=PREFIX + name,
                label=f"{name} ({field['unit']})" if field.get("unit") else name,
                kind=kind,
                shown=shown,
                is_required=bool(field.get("required")),
                choices=_choices(field, shown),
                limits=_limits(field),
                hint=_hint(field),
                problem=(problems or {}).get(name),
            )
        )
    return inputs


def values_of(
    form: Sequence[Declared] | None, posted: FormData, values: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The values that were posted, each in its type; what was left empty is left out. What still
    shows its default, or the one of `values`, is that one exactly."""
    answer: dict[str, Any] = {}
    for field in form or []:
        name = field["name"]
        typed = [text for text in _typed(posted, name) if text != ""]
        if not typed:
            continue
        value = values[name] if values and name in values else field.get("default")
        if value is not None and typed == _shown(field, value):
            answer[name] = value
        elif field["type"] == "choice" and field.get("several"):
            answer[name] = [_read(field, text) for text in typed]
        else:
            answer[name] = _read(field, typed[0])
    return answer


def problems_of(failure: Failure, root: str) -> dict[str, str]:
    """What the database says of each field, by its name. Empty: it refused for another reason."""
    errors = failure.detail.get("errors") if isinstance(failure.detail, dict) else None
    found = [one for one in errors or [] if one["path"].startswith(f"{root}.")]
    return {one["path"].removeprefix(f"{root}."): one["problem"] for one in found}


def json_or_text(text: str) -> Any:
    """What a person typed where anything may stand: JSON, else the text that it is."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def _refuse(word: str) -> None:
    raise ValueError(word)


def _kind(field: Declared, value: Any) -> str:
    if field["type"] == "choice" and field.get("several"):
        return "ticks"
    if field["type"] != "text":
        return KINDS[field["type"]]
    is_long = isinstance(value, str) and (len(value) > LONG_TEXT or "\n" in value)
    return "textarea" if is_long or (field.get("max") or 0) > LONG_TEXT else "text"


def _shown(field: Declared, value: Any) -> list[str]:
    if value is None:
        return []
    if field["type"] == "choice":
        several = value if field.get("several") and isinstance(value, list) else [value]
        return [json.dumps(one) for one in several]
    if field["type"] == "datetime":
        return [_local_text(value)]
    if field["type"] == "text" and isinstance(value, str):
        return [value.replace("\r\n", "\n")]
    if field["type"] == "any":
        return [json.dumps(value, indent=2, ensure_ascii=False)]
    return [json.dumps(value)]


def _local_text(value: Any) -> str:
    """A time as an input of times has it, in UTC."""
    try:
        at = (
            datetime.fromisoformat(value)
            if isinstance(value, str)
            else datetime.fromtimestamp(value / 1000, UTC)
        )
    except (ValueError, TypeError, OverflowError, OSError):
        return str(value)
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _typed(posted: FormData, name: str) -> list[str]:
    texts = [text for text in posted.getlist(PREFIX + name) if isinstance(text, str)]
    return [text.replace("\r\n", "\n") for text in texts]


def _choices(field: Declared, shown: list[str]) -> list[tuple[str, str]]:
    """What may be chosen, by the labels of its enum where `labels` has them; and what is shown but
    may not be chosen any more, so that nothing else is posted in its place."""
    if field["type"] == "boolean":
        return [("true", "yes"), ("false", "no")]
    if field["type"] != "choice":
        return []
    labels = field.get("labels") or {}
    posted = [json.dumps(one) for one in field.get("choices") or []]
    gone = [text for text in shown if text and text not in posted]
    return [
        *((text, labels.get(text) or _plain(text)) for text in posted),
        *((text, f"{labels.get(text) or _plain(text)}, not a choice") for text in gone),
    ]


def _plain(text: str) -> str:
    value = json_or_text(text)
    return value if isinstance(value, str) else text


def _limits(field: Declared) -> dict[str, str]:
    """Attributes with which the browser already says what does not fit."""
    least, most = field.get("min"), field.get("max")
    if field["type"] == "text":
        # A browser counts some characters twice, so that it never judges what is too long.
        return {"minlength": str(math.ceil(least))} if least is not None and least > 0 else {}
    if field["type"] == "datetime":
        return {"step": "1"}
    if field["type"] not in ("number", "integer"):
        return {}
    limits = {"step": "1" if field["type"] == "integer" else "any"}
    if field["type"] == "integer":
        least = math.ceil(least) if least is not None else None
        most = math.floor(most) if most is not None else None
    limits.update({"min": json.dumps(least)} if least is not None else {})
    limits.update({"max": json.dumps(most)} if most is not None else {})
    return limits


def _hint(field: Declared) -> str:
    parts = [field.get("description"), _bounds(field)]
    if field["type"] == "datetime":
        parts.append("time in UTC")
    if field["type"] == "any":
        parts.append("JSON, or text")
    return "; ".join(part for part in parts if part)


def _bounds(field: Declared) -> str:
    least, most = field.get("min"), field.get("max")
    characters = " characters" if field["type"] == "text" else ""
    if least is not None and most is not None:
        return f"{least} to {most}{characters}"
    if least is not None:
        return f"at least {least}{characters}"
    return f"at most {most}{characters}" if most is not None else ""


def _read(field: Declared, text: str) -> Any:
    kind = field["type"]
    if kind == "text":
        return text
    text = text.strip()
    if kind in ("number", "integer"):
        return _read_number(text)
    if kind == "datetime":
        return f"{text}Z" if LOCAL_TIME.fullmatch(text) else text
    return json_or_text(text)


def _read_number(text: str) -> Any:
    if WHOLE.fullmatch(text):
        return int(text)
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text
