"""Writes docs/reference/python-functions.md from the docstrings of what scripts call.

python -m docs.generate_python_reference
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

PAGE = Path(__file__).parent / "reference" / "python-functions.md"
MADE_BY = "<!-- Made by docs/generate_python_reference.py from the docstrings. Do not edit. -->\n\n"
INTRODUCTION = """# Python, function by function

Everything that a script may call, with its arguments and an example. The names by module, the codes of the answers and what may
fail in every call are on [the page before this one](python.md). `dbName` names a database connection everywhere; None is
the default one.

"""
LIBRARY = "exchange.workflows."
NOT_FOR_SCRIPTS = {"memory_fields"}


class Called(NamedTuple):
    """One function, under the name that it is called by."""

    module: str
    name: str
    function: Callable[..., Any]

    @property
    def docstring(self) -> str:
        """Without its margin, which is that of its last line: what is further in is code."""
        text = self.function.__doc__ or ""
        margin = len(text) - len(text.rstrip(" "))
        first, *lines = text.rstrip().split("\n")
        return "\n".join([first, *(line[margin:] for line in lines)])

    @property
    def arguments(self) -> list[str]:
        names = inspect.signature(self.function).parameters
        return [name for name in names if name != "self"]


SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("api.service", "", ()),
    ("api.params", "", ()),
    ("api.schedules", "", ()),
    ("api.calendars", "", ()),
    ("api.admin", "", ()),
    ("gateway", "", ("startup", "tick", "update", "shutdown", "swap")),
    ("engine.runtime", "", ("workflow", "step")),
    ("engine.instance", "", ("getWorkflows", "configure", "shutdown")),
    ("engine.client", "Workflows", ()),
    ("engine.handle", "WorkflowHandle", ()),
    ("engine.children", "ChildHandle", ()),
    ("steps.tags", "", ("read", "write", "write_confirm")),
    ("steps.wait", "", ()),
    ("steps.sleep", "", ()),
    ("steps.db", "", ()),
    ("steps.http", "", ("request",)),
    ("testing", "", ("run_inline", "drain", "create_test_database")),
)
TITLES = {
    "engine.client": "`rt`: what getWorkflows() answers",
    "engine.handle": "What rt.handle(workflowId) answers",
    "engine.children": "What rt.startChild(...) answers",
}


def main() -> None:
    PAGE.write_text(page())


def page() -> str:
    text = MADE_BY + INTRODUCTION
    for module, class_name, names in SECTIONS:
        text += f"## {TITLES.get(module, LIBRARY + module)}\n\n"
        for called in functions(module, class_name, names):
            text += section(called)
    return text.rstrip() + "\n"


def everything() -> list[Called]:
    """All that is on the page."""
    return [one for section_ in SECTIONS for one in functions(*section_)]


def functions(module: str, class_name: str, names: tuple[str, ...]) -> Iterator[Called]:
    loaded = importlib.import_module(LIBRARY + module)
    place: Any = getattr(loaded, class_name) if class_name else loaded
    for name, function in inspect.getmembers(place, inspect.isfunction):
        if name.startswith("_") or name in NOT_FOR_SCRIPTS:
            continue
        if names and name not in names:
            continue
        if module.startswith("api.") and not is_api(function):
            continue
        if module.startswith("steps.") and function.__module__ != LIBRARY + module:
            continue
        if module == "engine.client" and not re.search("[A-Z]", name) and name not in LOWER:
            continue
        yield Called(module, name, function)


LOWER = {"cancel", "enqueue", "fork", "gather", "handle", "now", "progress", "prompt", "random"}
LOWER |= {"recv", "retry", "send", "sleep", "uuid"}
NOT_API = {"answers", "camel_case_keys", "given", "require", "to_snake_case_keys"}


def is_api(function: Callable[..., Any]) -> bool:
    """A function of api/ that answers an envelope, rather than one that the others are made with."""
    name = function.__name__
    is_ours = function.__module__.startswith(LIBRARY + "api.")
    return is_ours and name not in NOT_API and not name.startswith(("make", "answers", "code_of"))


def section(called: Called) -> str:
    text = f"### {called.name}\n\n```python\n{signature(called)}\n```\n\n{rendered(called.docstring, called.arguments)}\n"
    if others := [name for name in called.arguments if not is_told(called, name)]:
        text += (
            "Besides:\n\n"
            + "".join(f"- `{one}`: {meaning(called, one)}\n" for one in others)
            + "\n"
        )
    return text


def is_told(called: Called, argument: str) -> bool:
    """Whether its docstring says what an argument is; dbName is told above all of them."""
    if argument == "dbName":
        return True
    return (
        re.search(
            rf"(?<![\w.]){re.escape(argument)}(?!\w)", called.docstring.split("\nAnswers ")[0]
        )
        is not None
    )


def meaning(called: Called, argument: str) -> str:
    """What an argument that a docstring does not explain means wherever it occurs."""
    own = MEANINGS_THERE.get(f"{called.module}.{called.name}.{argument}")
    if text := own or MEANINGS.get(argument):
        return text
    if argument in inspect.signature(of_enqueue()).parameters or argument in (
        "options",
        "requests",
    ):
        return "as in [enqueue](#enqueue)"
    raise KeyError(f"{called.module}.{called.name}: what is {argument}?")


def of_enqueue() -> Callable[..., Any]:
    enqueue: Callable[..., Any] = importlib.import_module(LIBRARY + "api.service").enqueue
    return enqueue


MEANINGS = {
    "workflowName": "the registered name",
    "workflowId": "the id of the workflow",
    "destinationWorkflowId": "the id of the workflow that is to receive it",
    "workflowVersion": "its version; None is the newest that was registered",
    "queueName": "the name of a queue",
    "status": "one status, see [Status and state](../concepts/status-and-state.md)",
    "state": "one state, see [Status and state](../concepts/status-and-state.md)",
    "partitionKey": "the key that they were enqueued with",
    "actor": "who, for the audit",
    "reason": "why, for the audit",
    "requestId": "a text of your own: the same order sent twice is carried out once",
    "secondActor": "who confirmed it",
    "validForSeconds": "an order that was not obeyed by then lapses",
    "cmd": "HOLD, PAUSE, RESUME, STOP, ABORT or RESET",
    "stepKey": "the key of the step, as listSteps answers it",
    "enumName": "the name of the enum",
    "enumVersion": "its version",
    "templateName": "the name of the template",
    "templateVersion": "its version; None is the latest active one",
    "setName": "the name of the recipe",
    "setVersion": "its version; None is the latest approved one",
    "allowUnapproved": "True: also a version that is not approved, if it is named",
    "newName": "the name that it gets",
    "newTemplateName": "the name of the copy; None keeps the name",
    "sourceWorkflowName": "the workflow that has the template",
    "targetWorkflowName": "the workflow that gets the copy; None is the same one",
    "createdBy": "who, for the audit",
    "description": "what it is for, for people",
    "isActive": "True: active; False: obsolete",
    "isPaused": "True or False: only those that are, or are not",
    "latestOnly": "True: only the latest version of each",
    "scheduleName": "the name of the schedule",
    "calendarName": "the name of the calendar",
    "blackoutId": "its id, as listBlackouts answers it",
    "schema": "the name of the schema, if it is not `workflows`",
    "seconds": "how long",
    "timeoutSeconds": "how long to wait; None is as long as it takes",
    "inputs": "any value that JSON can hold; an object becomes keyword arguments",
    "inputsList": "a list of inputs, one for each child",
    "handles": "what startChild or startChildren answered",
    "key": "the name that it is published and read under",
    "value": "any value that JSON can hold",
    "answer": "a dict with the fields of the form, or any value where there is none",
    "question": "what is asked",
    "more": "validForSeconds, secondActor",
    "path": "the path of the tag, like `[default]Tank1/Level`",
    "expected": "the value that is waited for",
    "poll_ms": "how often it looks in the first two seconds",
    "ms": "milliseconds",
    "total_ms": "milliseconds",
    "sql": "one statement, with `?` for each argument",
    "args": "its arguments, a list",
    "method": "GET, POST and so on",
    "url": "the address",
    "headers": "a dict",
    "params": "a dict of what follows the `?` of the address",
    "data": "the body, a text",
    "json_body": "the body, as any value that JSON can hold",
    "timeout_ms": "how long, in milliseconds",
}
MEANINGS_THERE = {
    "engine.client.startChild.key": "tells children apart where their order may change; None is by order",
    "engine.client.startChildren.key": "as in startChild",
    "engine.client.startChildren.policy": "as in startChild",
    "api.service.findWorkflows.queueName": "only those of this queue",
}


def signature(called: Called) -> str:
    """As one line, or an argument per line where that is too long."""
    parameters = inspect.signature(called.function).parameters.values()
    shown = [str(one) for one in parameters if one.name != "self"]
    line = f"{called.name}({', '.join(shown)})"
    if len(line) <= 100:
        return line
    return f"{called.name}(\n    " + ",\n    ".join(shown) + ",\n)"


def rendered(docstring: str, arguments: list[str]) -> str:
    """A docstring as Markdown: what it says of arguments becomes a list, what is further in becomes code."""
    parts: list[str] = []
    for paragraph in re.split(r"\n\s*\n", docstring):
        lines = paragraph.splitlines()
        if parts and all(line.startswith("    ") for line in lines):
            code = "\n".join(line[4:] for line in lines)
            parts.append(f"```python\n{code}\n```")
        else:
            parts.append(listed(lines, arguments))
    return "\n\n".join(parts) + "\n"


def listed(lines: list[str], arguments: list[str]) -> str:
    """What begins with the name of an argument becomes a list; lines further in belong to it."""
    any_name = "|".join(map(re.escape, sorted(arguments, key=len, reverse=True))) or "(?!)"
    names = rf"(?:{any_name})(?:, (?:{any_name}))*"
    head = re.compile(rf"^({names})(?: \(([^)]*)\))?(?:: | {{2,}}|$)(.*)$")
    out: list[str] = []
    for line in lines:
        for piece in re.split(rf"(?<=[.;]) (?={names}(?: \([^)]*\))?: )", line):
            if found := head.match(piece):
                shown = ", ".join(f"`{name}`" for name in found.group(1).split(", "))
                kinds = f" ({escaped(found.group(2))})" if found.group(2) else ""
                if out and not out[-1].startswith(("- ", "  ")):
                    out.append("")
                out.append(f"- {shown}{kinds}: {escaped(found.group(3))}".rstrip())
            elif out and out[-1].startswith(("- ", "  ")) and is_more_of(out[-1], piece):
                out.append("  " + escaped(piece.strip()))
            else:
                if out and out[-1].startswith(("- ", "  ")):
                    out.append("")
                out.append(escaped(piece.strip()))
    return "\n".join(out)


def is_more_of(told_line: str, piece: str) -> bool:
    """Whether a line belongs to the argument above: it is further in, or its sentence has not ended."""
    return piece.startswith("    ") or not told_line.endswith((".", ";", ":"))


def escaped(text: str) -> str:
    """Text that means itself, but for what is in backticks."""
    pieces = re.split(r"(`[^`]*`)", text)
    return "".join(
        one if one.startswith("`") else re.sub(r"([|<>*_\[\]{}#])", r"\\\1", one) for one in pieces
    )


if __name__ == "__main__":
    main()
