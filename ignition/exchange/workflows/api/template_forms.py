"""The part of params.py that works on forms: choices for a screen, and what an operator changed. Scripts call it
through params."""

from __future__ import absolute_import, division, print_function

import re

from exchange.workflows import compat
from exchange.workflows.api.arguments import given, require
from exchange.workflows.api.envelope import makeErr, makeOk
from exchange.workflows.api.problems import answers_problems
from exchange.workflows.engine import payload
from exchange.workflows.engine.instance import getWorkflows

# As the SQL function form_meta reads it.
_REFERENCE = re.compile("@enum:(.+?)(?::([0-9]{1,6}))?$")
_WORDS = {"radio": ("text", "value"), "toggle": ("text", "value"), "checkbox": ("text", "value", "triState")}


@answers_problems("TEMPLATE_EXPAND_FAILED")
def expandTemplateForUi(templateObj=None, dbName=None):
    """A copy of a template with the choices of its enums in the place of `@enum:Name` and `@enum:Name:version`.

    templateObj: what getTemplate answers. Dropdowns get label, value and isDisabled of each choice; radios and toggles
    text and value, checkboxes also triState, of those that are not disabled. schema.meta.enumVersions says which
    versions were used.

    Answers TEMPLATE_EXPANDED: the keys of the template, and warnings: "enum_not_found:Name" for each that is missing.
    Errors: those of getTemplate, where it has failed; INVALID_ARGUMENTS, TEMPLATE_EXPAND_FAILED.

        params = exchange.workflows.api.params
        template = params.expandTemplateForUi(params.getTemplate("demo.batch", "standard"))
        self.getSibling("Form").props = template["schema"]["formProps"]
    """
    require(templateObj=templateObj)
    template = _plain(templateObj)
    if "data" in template and "ok" in template:
        if not template["ok"]:
            return makeErr(template["code"], template["message"], template["data"])
        template = template["data"]
    schema = template.get("schema") or {}
    found = _Enums(getWorkflows(dbName).store)
    for widget in _widgets(schema.get("formProps")):
        _expand(widget, widget, found)
    meta = schema.setdefault("meta", {})
    meta["enumVersions"] = found.versions
    template["schema"] = schema
    template["warnings"] = ["enum_not_found:%s" % name for name in found.missing]
    return makeOk("TEMPLATE_EXPANDED", "%d enums" % len(found.versions), template)


@answers_problems("OVERRIDES_FAILED")
def computeOverridesData(baseData=None, currentData=None):
    """What of currentData differs from baseData: what an operator changed in a form.

    Answers OVERRIDES_OK {overridesData, changed}: the values that differ, and their names, sorted.

        changed = exchange.workflows.api.params.computeOverridesData(before, self.getSibling("Form").props.data)
    """
    base = _plain(baseData) or {}
    current = _plain(currentData) or {}
    changed = sorted(name for name in current if name not in base or not _is_same(base[name], current[name]))
    data = {"overridesData": dict([(name, current[name]) for name in changed]), "changed": changed}
    return makeOk("OVERRIDES_OK", "%d changed" % len(changed), data)


class _Enums(object):
    """The choices of enums, each asked for once."""

    def __init__(self, store):
        self.store = store
        self.versions = {}
        self.missing = []
        self._rows = {}

    def choices(self, name, version):
        """None where there is no such enum."""
        if (name, version) not in self._rows:
            row = self.store.get_enum(name, given(enum_version=version))
            self._rows[name, version] = row
            if row is None:
                self.missing.append(name)
            else:
                self.versions[name] = row["enum_version"]
        row = self._rows[name, version]
        return None if row is None else row["choices"]


def _widgets(place):
    """The widgets of columns.items[].rows.items[].widgets[], or wherever else lists of that name are."""
    if isinstance(place, dict):
        for name in sorted(place):
            if name == "widgets" and isinstance(place[name], list):
                for widget in place[name]:
                    if isinstance(widget, dict):
                        yield widget
            else:
                for widget in _widgets(place[name]):
                    yield widget
    elif isinstance(place, list):
        for part in place:
            for widget in _widgets(part):
                yield widget


def _expand(widget, place, found):
    """Replace the list that refers to an enum, wherever the widget keeps it."""
    for name in place:
        held = place[name]
        reference = _reference_of(held)
        if reference is not None:
            choices = found.choices(*reference)
            if choices is not None:
                place[name] = _choices_for(widget, held, choices)
        else:
            for part in held if isinstance(held, list) else [held]:
                if isinstance(part, dict):
                    _expand(widget, part, found)


def _reference_of(held):
    """(name, version or None) where the first of a list refers to an enum."""
    first = held[0] if isinstance(held, list) and held else None
    if not isinstance(first, dict):
        return None
    label = first.get("label") if first.get("label") is not None else first.get("text")
    match = _REFERENCE.match(label) if isinstance(label, compat.string_types) else None
    if match is None:
        return None
    return match.group(1), None if match.group(2) is None else int(match.group(2))


def _choices_for(widget, held, choices):
    words = _WORDS.get(widget.get("type")) or (("text", "value") if "text" in held[0] else None)
    if words is None:
        return [
            {"label": _label(one), "value": one["value"], "isDisabled": bool(one.get("isDisabled"))} for one in choices
        ]
    listed = []
    for one in choices:
        if not one.get("isDisabled"):
            entry = {"text": _label(one), "value": one["value"]}
            if "triState" in words:
                entry["triState"] = bool(held[0].get("triState"))
            listed.append(entry)
    return listed


def _label(choice):
    return compat.to_text(choice["value"] if choice.get("label") is None else choice["label"])


def _is_same(left, right):
    """True is not 1 on a screen."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _plain(value):
    """A copy of what a screen holds, as JSON would have it."""
    return payload.from_json(payload.to_json(value))
