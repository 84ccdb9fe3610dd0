"""The form of a prompt: what its author may write. What fits it is decided by the SQL function answer_problems."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors
from exchange.workflows.engine import registry

_TYPES = ("text", "number", "integer", "boolean", "choice")
_KEYS = frozenset(("name", "type", "required", "min", "max", "choices", "label"))


def checked_form(form):
    """The fields of a form as a list of dicts; None for no form. Raises BadArgument naming the place."""
    if form is None:
        return None
    fields = form.get("fields") if isinstance(form, dict) else form
    if not isinstance(fields, (list, tuple)) or not fields:
        raise _bad("form", "must be a list of fields")
    seen = set()
    for n, field in enumerate(fields):
        place = "form[%d]" % n
        _check_field(place, field)
        if field["name"] in seen:
            raise _bad(place + ".name", "is there twice: %s" % field["name"])
        seen.add(field["name"])
    return [dict(field) for field in fields]


def checked_roles(roles):
    if roles is None:
        return None
    names = [roles] if isinstance(roles, compat.string_types) else list(roles)
    for name in names:
        registry.check_name("roles", name)
    return names or None


def _check_field(place, field):
    if not isinstance(field, dict):
        raise _bad(place, "must be a dict with name and type")
    for key in field:
        if key not in _KEYS:
            raise _bad("%s.%s" % (place, key), "is not known; there are %s" % ", ".join(sorted(_KEYS)))
    registry.check_name(place + ".name", field.get("name"))
    if field.get("type") not in _TYPES:
        raise _bad(place + ".type", "must be one of %s" % ", ".join(_TYPES))
    if not isinstance(field.get("required", False), bool):
        raise _bad(place + ".required", "must be True or False")
    for key in ("min", "max"):
        if field.get(key) is not None:
            registry.check_number("%s.%s" % (place, key), field[key], -1e300, 1e300)
    has_choices = isinstance(field.get("choices"), (list, tuple)) and len(field["choices"]) > 0
    if has_choices != (field["type"] == "choice"):
        raise _bad(place + ".choices", "belongs to a field of type choice, and that one needs it")


def _bad(field, problem):
    return errors.BadArgument("%s %s" % (field, problem), detail={"field": field})
