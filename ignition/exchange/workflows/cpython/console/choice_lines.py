"""The choices of an enum as lines that a person edits: `label = value`, one choice a line.

A value is JSON where it reads as a number, true, false or a text in quotes; else it is a text as it
stands. A line without `=` is a value that is its own label. A line that begins with # is a choice
that is disabled: shown, and refused. A label that would be read otherwise stands in quotes.
"""

import json
from typing import Any

DISABLED = "#"


class ChoiceProblem(Exception):
    """A line that cannot be read; its text is for the person."""


def choices_of_lines(text: str) -> list[dict[str, Any]]:
    """What create_enum takes. Empty lines do not count. Raises ChoiceProblem."""
    return [
        _choice(line.strip(), number)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip()
    ]


def lines_of_choices(choices: list[dict[str, Any]]) -> str:
    """The lines that choices_of_lines reads as these choices."""
    return "\n".join(_line(choice) for choice in choices)


def _line(choice: dict[str, Any]) -> str:
    value = choice["value"]
    label = str(choice.get("label", value))
    line = f"{_label_text(label)} = {_value_text(value)}"
    return f"{DISABLED} {line}" if choice.get("isDisabled") else line


def _label_text(label: str) -> str:
    is_plain = (
        label == label.strip()
        and label[:1] not in ('"', DISABLED, "")
        and "=" not in label
        and label.isprintable()
    )
    return label if is_plain else json.dumps(label)


def _value_text(value: Any) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    is_plain = value == value.strip() and value and value[0] != '"' and value.isprintable()
    return value if is_plain and _value(value) == value else json.dumps(value)


def _choice(line: str, number: int) -> dict[str, Any]:
    is_disabled = line.startswith(DISABLED)
    line = line.removeprefix(DISABLED).strip()
    label, rest = _label(line, number)
    if rest is None:
        value = _value(line) if not line.startswith('"') else label
    elif rest == "":
        raise ChoiceProblem(f"line {number}: there is no value after =")
    else:
        value = _value(rest)
    return {"label": label, "value": value, "isDisabled": is_disabled}


def _label(line: str, number: int) -> tuple[str, str | None]:
    """The label of a line and what stands after its =, None where it has none."""
    if line.startswith('"'):
        try:
            label, end = json.JSONDecoder().raw_decode(line)
        except ValueError:
            raise ChoiceProblem(f"line {number}: the quotes of the label do not end") from None
        rest = line[end:].strip()
        if rest and not rest.startswith("="):
            raise ChoiceProblem(f"line {number}: = is missing after the label")
        return label, rest[1:].strip() if rest else None
    label, sign, rest = line.partition("=")
    if not label.strip():
        raise ChoiceProblem(f"line {number}: there is no label before =")
    return label.strip(), rest.strip() if sign else None


def _value(text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=lambda word: word)
    except ValueError:
        return text
    return value if isinstance(value, (str, int, float, bool)) else text
