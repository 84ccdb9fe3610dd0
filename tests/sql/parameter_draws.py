"""Forms and values that lie where a validator goes wrong, drawn as JSON text so that 1, 1.0 and 1e0 stay apart."""

import json
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

NAMES = ("a", "b", "Temperature", "set point", "x.y", "K\u00fchlung", "name")
LIMITS = ("-1", "0", "1", "2", "3", "10.5", "0.1", "95", "1e308", "1000000000000000000000")
LENGTHS = ("0", "1", "2", "2.5", "3", "4")
NUMBERS = (
    *LIMITS,
    *("1.0", "-0", "-0.0", "0.5", "1e0", "1E+2", "1e-7", "95.0", "95.00000000000001", "-1e308"),
    *("94.99999999999999", "2.0000000000000000000000001", "1.7976931348623157e308", "5e-324"),
    *("10.50", "10.500001", "1e3", "123456789012345678901234567890", "0.10"),
)
MILLISECONDS = (
    *("0", "1769846400000", "-1", "1.5", "8640000000000000", "8640000000000001"),
    *("-8640000000000000", "-8640000000000001", "1e12", "8.64e15"),
)
OTHERS = ("true", "false", "null", '""', '"1"', '"true"', "[]", "{}", "[1]", '["a"]', '{"a": 1}')
CHOICES = ('"a"', '"b"', '"A"', "1", "1.0", "0", '"1"', "true", "false", '""', '"true"')
CHARACTERS = "ab \u00e9\u0301\u20ac\U0001f600\U00020000\t\n"


def mostly(usual: Any, strange: Any) -> st.SearchStrategy[str]:
    """Hardly ever what is strange: of so many parts one is, and the others are not."""
    return st.integers(0, 19).flatmap(lambda n: st.sampled_from(usual if n else strange))


def two(numbers: Any) -> list[str]:
    return [f"{number:02d}" for number in numbers]


DATETIMES = st.builds(
    lambda *parts: json.dumps("".join(parts)),
    mostly(("",), (" ", "\n", "+", "1")),
    mostly(("2026", "2024", "2000", "1900", "2100", "0001"), ("0000", "9999", "26", "\u0662026")),
    mostly(("-",), ("/", "")),
    mostly(two(range(1, 13)), ("00", "13", "1")),
    mostly(("-",), ("/", "")),
    mostly(two(range(1, 32)) + ["28", "29", "30", "31"], ("00", "32", "1", "\u0663\u0661")),
    mostly(("T", " "), ("t", "", "  ")),
    mostly(("00", "08", "23"), ("24", "25", "8")),
    mostly((":00", ":59"), (":60", "", "00")),
    mostly(("", ":00", ":59"), (":60", ":61", ":5", ":")),
    mostly(("", ".5", ".123456"), (".", ".1234567", ",5")),
    mostly(
        ("Z", "+00:00", "-0330", "+14:00", "+01"), ("", "z", "+15:00", "+14:60", "+1:00", "UTC")
    ),
    mostly(("",), (" ", "\n", "Z", "\u200b")),
)
TEXTS = st.text(CHARACTERS, max_size=5).map(json.dumps)
ANYTHING = st.one_of(
    st.sampled_from(NUMBERS), st.sampled_from(OTHERS), TEXTS, DATETIMES, st.sampled_from(CHOICES)
)
OF_TYPE = {
    "text": TEXTS,
    "number": st.sampled_from(NUMBERS),
    "integer": st.sampled_from(NUMBERS),
    "boolean": st.sampled_from(("true", "false")),
    "choice": st.sampled_from(CHOICES),
    "datetime": st.one_of(DATETIMES, DATETIMES, st.sampled_from(MILLISECONDS)),
    "any": ANYTHING,
}


@st.composite
def fields(draw: Any, name: str) -> str:
    kind = draw(st.sampled_from(sorted(OF_TYPE)))
    parts = {"name": json.dumps(name), "type": json.dumps(kind)}
    if kind in ("text", "number", "integer"):
        drawn = st.sampled_from(LENGTHS if kind == "text" else LIMITS)
        limits = sorted(draw(st.lists(drawn, min_size=2, max_size=2)), key=Decimal)
        which = draw(st.sampled_from(("both", "min", "max", "none")))
        parts |= {"min": limits[0]} if which in ("both", "min") else {}
        parts |= {"max": limits[1]} if which in ("both", "max") else {}
    if kind == "choice":
        parts["choices"] = (
            f"[{', '.join(draw(st.lists(st.sampled_from(CHOICES), min_size=1, max_size=3)))}]"
        )
    required = draw(st.sampled_from((None, "true", "true", "false", "null")))
    parts |= {"required": required} if required else {}
    return as_text(parts)


def as_text(parts: dict[str, str]) -> str:
    return "{%s}" % ", ".join(f"{json.dumps(key)}: {text}" for key, text in parts.items())


@st.composite
def values(draw: Any, form: list[dict[str, Any]]) -> str:
    """For each field a value of its type, one of its limits, nothing, or anything."""
    if draw(st.integers(0, 40)) == 0:
        return draw(st.sampled_from(("[]", "5", '"text"', "true", "null", "[{}]")))
    parts = {}
    for field in form:
        how = draw(st.integers(0, 9))
        limits = [str(field[key]) for key in ("min", "max") if key in field]
        if how == 0:
            parts[field["name"]] = draw(ANYTHING)
        elif how == 1 and field["type"] != "text" and limits:
            parts[field["name"]] = draw(st.sampled_from(limits))
        elif how > 1:
            parts[field["name"]] = draw(OF_TYPE[field["type"]])
    if draw(st.integers(0, 9)) == 0:
        parts[draw(st.sampled_from((*NAMES, "A", "")))] = draw(ANYTHING)
    return as_text(parts)


def read(text: str) -> Any:
    """As JSON says it: numbers exactly, whole ones as int."""
    return json.loads(text, parse_float=Decimal)


@st.composite
def cases(draw: Any, count: int) -> tuple[str, list[str]]:
    """A form and what is given for it, `count` times."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
    form = "[%s]" % ", ".join(draw(fields(name)) for name in names)
    return form, [draw(values(read(form))) for _ in range(count)]
