"""How the functions of params.py fail: with every problem at once, as texts and as places."""

from __future__ import absolute_import, division, print_function

import functools

from exchange.workflows import compat
from exchange.workflows.api.envelope import answers, makeErr, to_camel_case_path


def answers_problems(failure_code):
    """Like envelope.answers; what fails has in its data `errors`, a text for each thing that is wrong, and
    `problems`, {"path", "problem"} for each."""

    def decorate(function):
        answer_of = answers(failure_code)(function)

        @functools.wraps(function)
        def answer(*args, **kwargs):
            envelope = answer_of(*args, **kwargs)
            return envelope if envelope["ok"] or "problems" in envelope["data"] else _with_problems(envelope)

        return answer

    return decorate


def problems_of(found):
    """What a SQL function says is wrong, with the names that a scripter types."""
    return [{"path": to_camel_case_path(one["path"]), "problem": one["problem"]} for one in found]


def text_of(found):
    """One thing that is wrong, as a person reads it; the word that scripts know where there is one."""
    if found.get("code") == "template_not_found":
        return "template_not_found"
    return "%s %s" % (to_camel_case_path(found["path"]), found["problem"])


def template_not_found(workflow_name, template_name, version=None):
    return _not_found("TEMPLATE_NOT_FOUND", "template", "%s of %s" % (template_name, workflow_name), version)


def enum_not_found(enum_name, version=None):
    return _not_found("ENUM_NOT_FOUND", "enum", enum_name, version)


def set_not_found(workflow_name, set_name, version=None):
    return _not_found("PARAMETER_SET_NOT_FOUND", "recipe", "%s of %s" % (set_name, workflow_name), version)


def _not_found(code, noun, name, version):
    which = "that is in use" if version is None else "of version %s" % version
    return makeErr(code, "there is no %s %s %s" % (noun, compat.to_text(name), which))


def _with_problems(envelope):
    data = envelope["data"]
    found = data.get("errors")
    if not isinstance(found, list):
        found = []
        # Of other refusals the problem is a sentence of its own.
        if envelope["code"].startswith("INVALID_") and data.get("field") and data.get("problem"):
            found.append({"path": data.get("path") or data["field"], "problem": data["problem"]})
    data["errors"] = [text_of(one) for one in found] or [envelope["message"]]
    data["problems"] = problems_of(found)
    envelope["errors"] = data["errors"]
    envelope["problems"] = data["problems"]
    return envelope
