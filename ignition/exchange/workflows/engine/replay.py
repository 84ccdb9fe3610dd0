"""What a recorded step gives back: its value, or its error under the same class name and message."""

from __future__ import absolute_import, division, print_function

import json

from exchange.workflows import compat, errors

_NO_MOST = 2147483647
_KINDS = {"tx": "step"}
_made_classes = {}


class Asked(object):
    """What a context needs to know of a step that has no body."""

    function = None

    def __init__(self, name, kind):
        self.name = name
        self.kind = kind
        self.name_json = json.dumps(name)


def check_fit(recorded, key, name, kind):
    """Refuse to give a step what was recorded for something else."""
    recorded_name = recorded.get("name", name)
    recorded_kind = recorded.get("kind", kind)
    if recorded_name == name and _KINDS.get(recorded_kind, recorded_kind) == _KINDS.get(kind, kind):
        return
    raise mismatch(key, "%s %s" % (recorded_kind, recorded_name), "%s %s" % (kind, name))


def mismatch(key, recorded, asked):
    return errors.ReplayMismatch(
        "step key %s was recorded as %s and is now %s" % (key, recorded, asked),
        detail={"step_key": key, "recorded": recorded, "asked": asked},
        hint="the code changed under a workflow that had begun: raise the version of the workflow instead",
    )


def is_final(recorded):
    return recorded["status"] in ("SUCCESS", "ERROR")


def early_text(early):
    """What is recorded of a step that asked to be run again: an error of its own kind, and when to come back.
    Its tries are not counted, so there is no most of them."""
    described = {
        "class": "NotYet",
        "message": compat.clean_text(compat.to_text(early.message))[:500],
        "waited_ms": int(early.waited_seconds * 1000),
        "wait_ms": int(early.seconds * 1000),
    }
    retry = {"max_attempts": _NO_MOST, "wait_seconds": early.seconds}
    return '%s,"retry":%s' % (json.dumps(described), json.dumps(retry))


def waited_seconds(recorded, left):
    """How long the step has waited that is due in `left` seconds, or None where it did not ask to wait."""
    error = recorded and recorded.get("error") or {}
    if error.get("class") != "NotYet":
        return None
    return (error["waited_ms"] + error["wait_ms"]) / 1000.0 - left


def value_of(recorded, functions):
    """The output, or the recorded error raised. `functions` are those whose modules may know its class."""
    if recorded["status"] == "SUCCESS":
        return recorded.get("output")
    raise error_from(recorded.get("error") or {}, functions)


def error_from(recorded, functions):
    """The exception for a recorded error. Its class is looked for among the built-in ones, ours, and the
    names in the modules of `functions`: never imported by a recorded name."""
    name = recorded.get("class") or "StepFailed"
    message = recorded.get("message") or ""
    known = _find_class(name, functions)
    for base in known.__mro__ if known is not None else (errors.StepFailed,):
        error = _make(base if base is known else _stand_in(name, base), message)
        if error is not None:
            if "outcomes" in recorded:
                error.outcomes = recorded["outcomes"]
            return error
    return _make(_stand_in(name, errors.StepFailed), message)


def _find_class(name, functions):
    places = [compat.BUILTINS, vars(errors)]
    places.extend(getattr(function, "__globals__", {}) for function in functions)
    for place in places:
        found = place.get(name)
        if isinstance(found, type) and issubclass(found, BaseException):
            return found
    return None


def _make(error_class, message):
    """An instance with this message, without the class's own __init__, whose arguments nobody recorded; None
    where that does not make a working exception."""
    if not issubclass(error_class, BaseException):
        return None
    try:
        error = error_class.__new__(error_class, message)
        error.args = (message,)
        if isinstance(error, errors.WorkflowsError):
            errors.WorkflowsError.__init__(error, message)
        return error if message in compat.to_text(error) else None
    except compat.ERRORS:
        return None


def _stand_in(name, base):
    """A class of the recorded name, for one that is not known here or cannot be made from a message."""
    key = (name, base)
    if key not in _made_classes:
        _made_classes[key] = type(_native_name(name), (base,), {"__module__": "recorded"})
    return _made_classes[key]


def _native_name(name):
    try:
        return str(name)
    except UnicodeError:  # Jython: class names are ASCII there
        return str(name.encode("ascii", "replace").decode("ascii"))
