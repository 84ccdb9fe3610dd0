"""What a form accepts, written from its documented rules and not from the SQL that it is held against.

A form is a list of fields. A field has a name and a type: text, number, integer, boolean, choice, datetime or any.
It may be required, and have limits min and max, of a number or of the length of a text; a choice has choices. Null
counts as not given. What is no field of the form does not belong. A datetime is ISO 8601 with its zone, or whole
milliseconds since 1970 within what JavaScript and Java can both hold.
"""

import calendar
import re
from decimal import Decimal
from typing import Any

MOST_MILLISECONDS = 8_640_000_000_000_000
CLOCK = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(:(?P<second>[0-9]{2})(\.[0-9]{1,6})?)?"
ZONE = r"(Z|[+-](?P<zone_hour>[0-9]{2})(:?(?P<zone_minute>[0-9]{2}))?)"
DATE = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
TIME = re.compile(DATE + "[T ]" + CLOCK + ZONE)


def wrong_paths(form: list[dict[str, Any]], values: Any, root: str = "inputs") -> set[str]:
    """The paths of everything that does not fit; numbers with a point or an exponent come as Decimal."""
    if not isinstance(values, dict):
        return {root}
    known = {field["name"]: field for field in form}
    wrong = {name for name in values if name not in known}
    for name, field in known.items():
        value = values.get(name)
        is_missing = value is None
        if field.get("required", False) if is_missing else not fits(field, value):
            wrong.add(name)
    return {f"{root}.{name}" for name in wrong}


def fits(field: dict[str, Any], value: Any) -> bool:
    """Whether a value that is given is one of its field."""
    kind = field["type"]
    if kind == "text":
        return isinstance(value, str) and is_within(field, Decimal(len(value)))
    if kind == "number":
        return is_number(value) and is_within(field, Decimal(value))
    if kind == "integer":
        return is_number(value) and is_whole(value) and is_within(field, Decimal(value))
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "choice":
        return any(is_same(value, choice) for choice in field["choices"])
    if kind == "datetime":
        return is_datetime(value)
    assert kind == "any", kind
    return True


def is_number(value: Any) -> bool:
    """True is 1 to Python, and nothing but true to JSON."""
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def is_whole(value: Any) -> bool:
    """Like 1, 1.0 and 1e3: how it is written does not matter."""
    return Decimal(value).as_integer_ratio()[1] == 1


def is_within(field: dict[str, Any], size: Decimal) -> bool:
    """Both limits are part of what is allowed."""
    least, most = field.get("min"), field.get("max")
    return (least is None or size >= Decimal(least)) and (most is None or size <= Decimal(most))


def is_same(value: Any, choice: Any) -> bool:
    """1 and 1.0 are one number; 1, true and "1" are three values."""
    if is_number(value) or is_number(choice):
        return is_number(value) and is_number(choice) and Decimal(value) == Decimal(choice)
    return type(value) is type(choice) and value == choice


def is_datetime(value: Any) -> bool:
    if is_number(value):
        return is_whole(value) and abs(Decimal(value)) <= MOST_MILLISECONDS
    found = TIME.fullmatch(value) if isinstance(value, str) else None
    if not found:
        return False
    part = {name: int(text or 0) for name, text in found.groupdict().items()}
    is_day = part["year"] >= 1 and 1 <= part["month"] <= 12
    is_day = is_day and 1 <= part["day"] <= calendar.monthrange(part["year"], part["month"])[1]
    is_time = part["hour"] < 24 and part["minute"] < 60 and part["second"] < 60
    return is_day and is_time and part["zone_hour"] < 15 and part["zone_minute"] < 60
