"""What `@workflow(parameters=...)` may declare. Whether values fit is decided by the SQL function form_problems."""

from __future__ import absolute_import, division, print_function

import re

from exchange.workflows import compat
from exchange.workflows.engine import checks, payload
from exchange.workflows.engine.prompt_form import check_field

_TYPES = ("text", "number", "integer", "boolean", "choice", "datetime", "any")
_KEYS = frozenset(
    ("name", "type", "required", "default", "min", "max", "unit", "enum", "choices", "description")
)
_ENUM = re.compile("(.+?)(?::([1-9][0-9]{0,5}))?$")
_TIME = re.compile(
    "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]"
    "[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}(:?[0-9]{2})?)$"
)
_NUMBERS = compat.integer_types + (float,)


def checked_parameters(parameters, signature):
    """The declared parameters as a list of fields, in the order of the function's arguments; None for none declared.

    parameters: {name: {"type": ...}}, or a list of such dicts with their names. signature: of registry.signature_of.
    Raises BadArgument naming the place.
    """
    if parameters is None:
        return None
    declared = {}
    names = []
    for place, field in _places(parameters):
        check_field(place, field, _TYPES, _KEYS)
        name = field["name"]
        if name in declared:
            raise checks.bad(place + ".name", "is there twice: %s" % name)
        declared[name] = _checked(place, field, signature)
        names.append(name)
    arguments = [] if signature is None else signature["arguments"]
    for name in [] if signature is None else signature["required"]:
        if name not in declared:
            raise checks.bad("parameters", "leaves out %s, an argument without a default" % name)
    ordered = [name for name in arguments if name in declared]
    return [declared[name] for name in ordered + [name for name in names if name not in arguments]]


def _places(parameters):
    """Each field with its name, and the place where it was written."""
    if isinstance(parameters, (list, tuple)):
        return [("parameters[%d]" % n, field) for n, field in enumerate(parameters)]
    if not isinstance(parameters, dict):
        raise checks.bad("parameters", "must be a dict of name and description, or a list of them")
    found = []
    for name in sorted(parameters, key=compat.to_text):
        place = "parameters.%s" % compat.to_text(name)
        field = parameters[name]
        if not isinstance(field, dict):
            raise checks.bad(place, "must be a dict with type")
        if field.get("name", name) != name:
            raise checks.bad(place + ".name", "is another one: %s" % compat.to_text(field["name"]))
        found.append((place, dict(field, name=name)))
    return found


def _checked(place, field, signature):
    """The field as it is registered."""
    field = dict((key, value) for key, value in field.items() if value is not None)
    for key in ("unit", "description"):
        if not isinstance(field.get(key, ""), compat.string_types):
            raise checks.bad("%s.%s" % (place, key), "must be a text")
    if "enum" in field:
        _read_enum(place, field)
    if "choices" in field:
        field["choices"] = list(field["choices"])
        for choice in field["choices"]:
            if not isinstance(choice, compat.string_types + _NUMBERS + (bool,)):
                raise checks.bad(place + ".choices", "must be texts, numbers, True or False")
    if "default" in field:
        _check_default(place + ".default", field)
    return _fitted(place, field, signature)


def _fitted(place, field, signature):
    name = field["name"]
    if signature is not None and name not in signature["arguments"] and not signature["takes_more"]:
        taken = ", ".join(signature["arguments"]) or "none"
        raise checks.bad(place, "is no argument of the function, which takes %s" % taken)
    must_come = signature is not None and name in signature["required"] and "default" not in field
    field.setdefault("required", must_come)
    if must_come and not field["required"]:
        raise checks.bad(place + ".required", "cannot be False: neither the parameter nor the argument has a default")
    return field


def _read_enum(place, field):
    """"Name" or "Name:3"."""
    if not isinstance(field["enum"], compat.string_types) or not field["enum"]:
        raise checks.bad(place + ".enum", "must be the name of an enum, or name:version")
    if "choices" in field:
        raise checks.bad(place + ".enum", "cannot stand beside choices")
    name, version = _ENUM.match(field["enum"]).groups()
    field["enum"] = name
    if version is not None:
        field["enum_version"] = int(version)


def _check_default(place, field):
    """Only the simple part: what an enum allows is known to the database, which checks every value again."""
    kind = field["type"]
    value = field["default"]
    is_number = isinstance(value, _NUMBERS) and not isinstance(value, bool)
    is_text = isinstance(value, compat.string_types)
    try:
        field["default"] = payload.from_json(payload.to_json(value, place))
    except payload.BadValue as problem:
        raise checks.bad(place, "cannot be JSON: %s" % problem)
    if kind in ("number", "integer"):
        if not is_number or (kind == "integer" and value != int(value)):
            raise checks.bad(place, "must be a %snumber" % ("whole " if kind == "integer" else ""))
        _check_size(place, field, value, field.get("unit"))
    elif kind == "text":
        if not is_text:
            raise checks.bad(place, "must be a text")
        _check_size(place, field, len(value), "characters")
    elif kind == "boolean" and not isinstance(value, bool):
        raise checks.bad(place, "must be True or False")
    elif kind == "choice" and "choices" in field and value not in field["choices"]:
        raise checks.bad(place, "must be one of %s" % ", ".join([compat.to_text(one) for one in field["choices"]]))
    elif kind == "datetime" and not _is_datetime(value):
        raise checks.bad(place, "must be a time like 2026-01-31T08:00:00Z, or whole milliseconds since 1970")


def _check_size(place, field, size, unit):
    unit = "" if unit is None else " " + unit
    if "min" in field and size < field["min"]:
        raise checks.bad(place, "must be at least %s%s" % (field["min"], unit))
    if "max" in field and size > field["max"]:
        raise checks.bad(place, "must be at most %s%s" % (field["max"], unit))


def _is_datetime(value):
    if isinstance(value, compat.string_types):
        return _TIME.match(value) is not None
    return isinstance(value, compat.integer_types) and not isinstance(value, bool)
