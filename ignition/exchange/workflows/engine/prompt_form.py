"""Forms: what may be written in one, for the answer of a prompt and for the parameters of a workflow. What fits a form
is decided by the SQL function form_problems."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat
from exchange.workflows.engine import checks

_TYPES = ("text", "number", "integer", "boolean", "choice")
_KEYS = frozenset(("name", "type", "required", "min", "max", "choices", "label"))


def checked_form(form):
    """The fields of a form as a list of dicts; None for no form. Raises BadArgument naming the place."""
    if form is None:
        return None
    fields = form.get("fields") if isinstance(form, dict) else form
    if not isinstance(fields, (list, tuple)) or not fields:
        raise checks.bad("form", "must be a list of fields")
    seen = set()
    for n, field in enumerate(fields):
        place = "form[%d]" % n
        check_field(place, field, _TYPES, _KEYS)
        if field["name"] in seen:
            raise checks.bad(place + ".name", "is there twice: %s" % field["name"])
        seen.add(field["name"])
    return [dict(field) for field in fields]


def checked_roles(roles):
    if roles is None:
        return None
    names = [roles] if isinstance(roles, compat.string_types) else list(roles)
    for name in names:
        checks.check_name("roles", name)
    return names or None


def check_field(place, field, types, keys):
    """Refuse a field that is not one; `types` and `keys` are what this kind of form knows."""
    if not isinstance(field, dict):
        raise checks.bad(place, "must be a dict with name and type")
    for key in field:
        if key not in keys:
            raise checks.bad("%s.%s" % (place, key), "is not known; there are %s" % ", ".join(sorted(keys)))
    checks.check_name(place + ".name", field.get("name"))
    if field.get("type") not in types:
        raise checks.bad(place + ".type", "must be one of %s" % ", ".join(types))
    if not isinstance(field.get("required", False), bool):
        raise checks.bad(place + ".required", "must be True or False")
    for key in ("min", "max"):
        if field.get(key) is not None:
            checks.check_number("%s.%s" % (place, key), field[key], -1e300, 1e300)
    if field.get("min") is not None and field.get("max") is not None and field["min"] > field["max"]:
        raise checks.bad(place + ".min", "is above max")
    has_choices = isinstance(field.get("choices"), (list, tuple)) and len(field["choices"]) > 0
    is_listed = has_choices or field.get("enum") is not None
    if is_listed != (field["type"] == "choice"):
        raise checks.bad(place + ".choices", "belongs to a field of type choice, and that one needs it")
