"""How rows of the library before this one read here.

Its JSON is text that nobody checked, its times are milliseconds of a gateway's clock. What our
payloads cannot hold is carried in the nearest form that they can, and counted as changed.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from exchange.workflows.settings import QUEUE_NAME

Row = dict[str, Any]
FINAL = ("SUCCESS", "ERROR", "CANCELLED")
LIVE = ("ENQUEUED", "PENDING", "RUNNING")
_STEP_STATUS = {"SUCCESS": "SUCCESS", "ERROR": "ERROR", "STARTED": "RUNNING"}
# An element of import_workflows adds levels of its own to the 64 that a payload may have.
_MOST_DEPTH = 58
_LATEST_MS = 253402300799000
_NAME_CHARACTERS = 200
_GREATEST = 1.7976931348623157e308
_ENUM = re.compile(r"^@enum:(.+?):(\d{1,9})$")


def status_of(row: Mapping[str, Any]) -> str:
    return str(row.get("status") or "").strip().upper()


def history_of(row: Row, version_of: Callable[[str, str, Any], int | None]) -> Row:
    """A workflow that has ended, as an element of import_workflows. `version_of` answers which
    version a template of its has here."""
    carry = _Carrier()
    name = clean_name(row.get("workflow_name"))
    given = carry.json(row.get("inputs_json"))
    inputs, source, control = _unwrap(given)
    error = _error(carry.json(row.get("error_json")))
    element = {
        "workflow_id": str(row["workflow_id"]),
        "workflow_name": name,
        "queue_name": clean_name(row.get("queue_name")) or QUEUE_NAME,
        "status": status_of(row),
        "priority": max(-100, min(100, _whole(row.get("priority")) or 0)),
        "partition_key": clean_name(row.get("partition_key")) or None,
        "deduplication_id": clean_name(row.get("deduplication_id")) or None,
        "inputs": inputs,
        "result": carry.json(row.get("result_json")),
        "error": error,
        "timeout_seconds": _seconds(control.get("timeout_seconds")),
        "actor": clean_name(source.get("actor")) or None,
        "recipe": _recipe(name or "", source, inputs, version_of),
        "steps": _steps(row["steps"], carry),
        **_times(row),
    }
    if error and element["status"] == "CANCELLED":
        element["reason"] = error["message"]
    return {**element, "is_sanitised": carry.is_changed}


def fit_choices(text: str | None) -> Any:
    """The values of an enum; a choice that has no label is called by its value."""
    carry = _Carrier()
    choices = carry.json(text)
    if not isinstance(choices, list):
        return choices
    return [
        (
            {
                **one,
                "label": one.get("value") if one.get("label") is None else one["label"],
                "isDisabled": bool(one.get("isDisabled")),
            }
            if isinstance(one, dict)
            else one
        )
        for one in choices
    ]


def fit_form(text: str | None, versions: Mapping[tuple[str, int], int]) -> Any:
    """The props of a form; a version of an enum that it names is the one that is here."""
    schema = _Carrier().json(text)
    form = schema.get("formProps") if isinstance(schema, dict) else None

    def renamed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: renamed(one) for key, one in value.items()}
        if isinstance(value, list):
            return [renamed(one) for one in value]
        found = _ENUM.match(value) if isinstance(value, str) else None
        here = versions.get((found[1], int(found[2]))) if found else None
        return f"@enum:{found[1]}:{here}" if found and here else value

    return renamed(form)


def clean_name(value: Any) -> str | None:
    """A name without what none of ours may have."""
    if value is None:
        return None
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", "", str(value)).strip(" ")[:_NAME_CHARACTERS].strip(" ")


class _Carrier:
    """Reads JSON texts, and knows whether one had to be changed."""

    def __init__(self) -> None:
        self.is_changed = False

    def json(self, text: str | None) -> Any:
        """What a text says; the text itself where it is no JSON, or nested too deep."""
        if text is None:
            return None
        try:
            value = json.loads(text)
            return self._clean(value, 0)
        except (ValueError, RecursionError):
            self.is_changed = True
            return self._text(text)

    def _clean(self, value: Any, depth: int) -> Any:
        if depth > _MOST_DEPTH:
            raise ValueError("nested too deep")
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return [self._clean(one, depth + 1) for one in value]
        if isinstance(value, dict):
            return {self._text(key): self._clean(one, depth + 1) for key, one in value.items()}
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if is_number and not -_GREATEST <= value <= _GREATEST:
            self.is_changed = True
            return str(value)
        return value

    def _text(self, text: str) -> str:
        cleaned = re.sub("[\x00\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", text)
        self.is_changed = self.is_changed or cleaned != text
        return cleaned


def _unwrap(given: Any) -> tuple[Any, Row, Row]:
    """The arguments, where they come from and the control values, out of its envelope."""
    if not isinstance(given, dict) or "resolved" not in given:
        return ({} if given is None else given), {}, {}
    raw, control = given.get("raw"), given.get("__wf_control")
    source = raw.get("paramSource") if isinstance(raw, dict) else None
    inputs = {} if given["resolved"] is None else given["resolved"]
    return (
        inputs,
        source if isinstance(source, dict) else {},
        control if isinstance(control, dict) else {},
    )


def _recipe(
    workflow: str, source: Row, inputs: Any, version_of: Callable[[str, str, Any], int | None]
) -> Row | None:
    template = source.get("template")
    template = template if isinstance(template, dict) else {}
    name = clean_name(template.get("name"))
    here = version_of(workflow, name, template.get("version")) if name else None
    if here is None:
        return None
    keys = source.get("overrides")
    keys = keys if isinstance(keys, list) and isinstance(inputs, dict) else []
    overrides = {key: inputs[key] for key in keys if isinstance(key, str) and key in inputs}
    return {"template_name": name, "template_version": here, "overrides": overrides}


def _steps(rows: list[Row], carry: _Carrier) -> list[Row]:
    """Its calls by number are our steps by key: the second of a name is name#2."""
    calls: dict[str, int] = {}
    steps = []
    for row in rows:
        name = (clean_name(row.get("step_name")) or "step")[: _NAME_CHARACTERS - 10]
        calls[name] = number = calls.get(name, 0) + 1
        steps.append(
            {
                "step_key": name if number == 1 else f"{name}#{number}",
                "status": _STEP_STATUS.get(status_of(row), "RUNNING"),
                "attempts": max(0, min(1000000, _whole(row.get("attempts")) or 0)),
                "started_at": _time(row, "started_at"),
                "ended_at": _time(row, "completed_at"),
                "output": carry.json(row.get("output_json")),
                "error": _error(carry.json(row.get("error_json"))),
            }
        )
    return steps


def _error(value: Any) -> Row | None:
    """An error has a class, a message and perhaps a traceback, whatever it was called there."""
    if value is None:
        return None
    if not isinstance(value, dict):
        value = {"message": value if isinstance(value, str) else json.dumps(value)}
    named = {str(key).lower(): one for key, one in value.items() if one is not None}

    def first(*keys: str) -> str | None:
        found = next((named[key] for key in keys if key in named), None)
        return found if isinstance(found, str) or found is None else json.dumps(found)

    message = first("message", "error", "msg", "reason")
    return {
        "class": first("class", "type", "errortype", "error_type", "name") or "Error",
        "message": json.dumps(value) if message is None else message,
        "traceback": first("traceback", "stack", "stacktrace", "trace"),
    }


def _times(row: Row) -> Row:
    created, started = _time(row, "created_at"), _time(row, "started_at")
    completed, updated = _time(row, "completed_at"), _time(row, "updated_at")
    ended = next((at for at in (completed, updated, started, created) if at is not None), None)
    enqueued = next((at for at in (created, started, ended) if at is not None), None)
    return {"enqueued_at": enqueued, "started_at": started, "ended_at": ended}


def _time(row: Row, name: str) -> int | None:
    """Milliseconds of one of its columns, None where they cannot be a time."""
    at = _whole(row.get(f"{name}_epoch_ms", row.get(name)))
    return at if at is not None and 0 <= at <= _LATEST_MS else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _seconds(value: Any) -> float | None:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number and 0 < value <= 1e9 else None
