"""The envelope that every function of api/ answers: {ok, code, message, data, meta}.

The keys of `data` are also at the top level, so `answer["workflowId"]` works. `code` is stable and is
what a script decides by; `message` is a sentence for people and may change.
"""

from __future__ import absolute_import, division, print_function

import functools
import re
import time

from exchange.workflows import compat, errors
from exchange.workflows.database import sqlstates

_RESERVED = frozenset(("ok", "code", "message", "data", "meta"))

CODES = {
    "WF001": "STALE_LEASE",
    "WF002": "INVALID_ARGUMENTS",
    "WF003": "NOT_FOUND",
    "WF004": "ALREADY_FINISHED",
    "WF005": "QUEUE_REFUSED",
    "WF006": "DUPLICATE",
    "WF007": "REPLAY_MISMATCH",
    "WF008": "SCHEMA_VERSION",
    "WF009": "COMMAND_REJECTED",
    "WF010": "APPEND_ONLY",
    "WF902": "MIGRATION_EDITED",
    "42501": "NOT_ALLOWED",
    "NOT_CONFIGURED": "NOT_CONFIGURED",
    "NOT_FINISHED": "NOT_FINISHED",
    "WORKFLOW_FAILED": "WORKFLOW_FAILED",
}
_NOT_FOUND = (
    ("set_name", "PARAMETER_SET_NOT_FOUND"),
    ("template_name", "TEMPLATE_NOT_FOUND"),
    ("enum_name", "ENUM_NOT_FOUND"),
)


def makeOk(code, message, data=None, meta=None):
    """An envelope with ok True."""
    return _envelope(True, code, message, data, meta)


def makeErr(code, message, data=None, meta=None):
    """An envelope with ok False."""
    return _envelope(False, code, message, data, meta)


def answers(failure_code):
    """Decorates a function of api/ so that it answers an envelope whatever fails, also for an error that
    is a java.lang.Throwable or whose text cannot be encoded; only a script that is being ended ends.
    `failure_code` is answered where the error has no code of its own."""

    def decorate(function):
        @functools.wraps(function)
        def answer(*args, **kwargs):
            started = time.time()
            try:
                envelope = function(*args, **kwargs)
            except compat.ERRORS as error:
                if compat.is_ending(error):
                    raise
                envelope = _failure(error, failure_code, kwargs)
            meta = envelope["meta"]
            meta["tsMs"] = int(time.time() * 1000)
            meta["durationMs"] = max(0, meta["tsMs"] - int(started * 1000))
            meta["dbName"] = kwargs.get("dbName")
            return envelope

        return answer

    return decorate


def code_of(error, failure_code):
    """The envelope's code for an error."""
    code = getattr(error, "code", None)
    if code == "WF002" and error.field == "workflow_name":
        return "INVALID_WORKFLOW_NAME"
    if code == "WF005" and error.detail.get("maintenance"):
        return "MAINTENANCE_ACTIVE"
    if code == "WF003":
        for field, not_found in _NOT_FOUND:
            if field in error.detail:
                return not_found
    if code in CODES:
        return CODES[code]
    if code in sqlstates.NOT_INSTALLED:
        return "SCHEMA_VERSION"
    if isinstance(error, errors.DatabaseError) and sqlstates.is_unavailable(error):
        return "DATABASE_UNAVAILABLE"
    return failure_code


def to_camel_case(name):
    """workflow_id -> workflowId"""
    first, _, rest = name.partition("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest.split("_"))


def to_snake_case_keys(arguments):
    """The names that a scripter types as those of a SQL function: workflowIds -> workflow_ids"""
    names = [(re.sub("([A-Z])", lambda found: "_" + found.group(1).lower(), name), name) for name in arguments]
    return dict([(snake, arguments[name]) for snake, name in names])


def camel_case_keys(row):
    """The row of a SQL function with the names that a scripter types."""
    return dict((to_camel_case(name), value) for name, value in row.items())


def named(value):
    """The names that a scripter types, at every depth."""
    if isinstance(value, dict):
        return dict((to_camel_case(name), named(part)) for name, part in value.items())
    if isinstance(value, list):
        return [named(part) for part in value]
    return value


def to_camel_case_path(path):
    """set_name is the argument setName; in inputs.tank_level the second part is the workflow's own word."""
    first, dot, rest = path.partition(".")
    return to_camel_case(first) + dot + rest


def _failure(error, failure_code, arguments):
    described, _ = compat.describe_error(error)
    code = code_of(error, failure_code)
    detail = getattr(error, "detail", None)
    detail = detail if isinstance(detail, dict) else {}
    data = camel_case_keys(detail)
    if data.get("field"):
        data["field"] = to_camel_case(data["field"])
    if isinstance(data.get("errors"), list):
        data["errors"] = [dict(one, path=to_camel_case_path(one["path"])) for one in data["errors"]]
    data["error"] = described["message"]
    data["errorClass"] = described["class"]
    for name in ("workflowId", "workflowName"):
        if isinstance(arguments.get(name), compat.string_types):
            data.setdefault(name, arguments[name])
    hint = getattr(error, "hint", None)
    message = ": ".join(part for part in (described["message"], hint) if part)
    return makeErr(code, message or described["class"], data)


def _envelope(ok, code, message, data, meta):
    data = dict(data or {})
    # No generator: see arguments.given.
    envelope = dict([(name, value) for name, value in data.items() if name not in _RESERVED])
    envelope.update(ok=ok, code=code, message=message, data=data, meta=dict(meta or {}))
    return envelope
