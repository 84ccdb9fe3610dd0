"""The expression language, as far as our views speak it: turned into Python and evaluated."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

_TOKENS = re.compile(
    r'\s*("(?:\\.|[^"])*"|\{[^}]*\}|\d+(?:\.\d+)?|[A-Za-z]\w*|&&|\|\||!=|<=|>=|[-+*/(),!=<>])'
)
_WORDS = {"&&": " and ", "||": " or ", "=": "==", "!": " not ", "true": "True", "false": "False"}
_WORDS["null"] = "None"


def evaluate(text: str, read: Callable[[str], Any]) -> Any:
    """The value of an expression; read(path) brings a property."""
    return eval(to_python(text), {"__builtins__": {}, "read": read, **FUNCTIONS})


def to_python(text: str) -> str:
    made, place, text = [], 0, text.strip()
    while place < len(text):
        token = _TOKENS.match(text, place)
        if not token:
            raise SyntaxError(f"not an expression from here on: {text[place:]}")
        word, place = token[1], token.end()
        if word.startswith("{"):
            made.append(f"read({word[1:-1]!r})")
        elif word[0].isalpha() and word not in _WORDS:
            if word not in FUNCTIONS:
                raise SyntaxError(f"no such function: {word}")
            made.append(FUNCTIONS_BY_WORD.get(word, word))
        else:
            made.append(_WORDS.get(word, word))
    return "".join(made).strip()


def _case(value: Any, *more: Any) -> Any:
    for wanted, result in zip(more[:-1:2], more[1::2], strict=False):
        if value == wanted:
            return result
    return more[-1]


def _concat(*parts: Any) -> str:
    return "".join("" if one is None else f"{one}" for one in parts)


def _date_format(moment: dt.datetime | None, pattern: str) -> str:
    if moment is None:  # both branches of an if are evaluated here
        return ""
    for theirs, ours in (
        ("yyyy", "%Y"),
        ("MM", "%m"),
        ("dd", "%d"),
        ("HH", "%H"),
        ("mm", "%M"),
        ("ss", "%S"),
    ):
        pattern = pattern.replace(theirs, ours)
    return moment.strftime(pattern)


def _number_format(number: float | None, pattern: str) -> str:
    return "" if number is None else f"{number:.{len(pattern.partition('.')[2])}f}"


FUNCTIONS_BY_WORD = {"if": "if_"}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "case": _case,
    "coalesce": lambda *given: next((one for one in given if one is not None), None),
    "concat": _concat,
    "dateFormat": _date_format,
    "if": lambda *_: None,
    "if_": lambda test, yes, no: yes if test else no,
    "isNull": lambda value: value is None,
    "len": lambda value: 0 if value is None else len(value),
    "now": lambda rate=1000: dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    "numberFormat": _number_format,
    "toDate": lambda ms: None if ms is None else dt.datetime.fromtimestamp(ms / 1000, dt.UTC),
    "trim": lambda text: (text or "").strip(),
}
