"""What is in a view: its components, bindings, scripts, and what they speak of."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]
VIEWS = "com.inductiveautomation.perspective/views/Exchange/Workflows"


class Script(NamedTuple):
    place: str
    arguments: str
    text: str

    @property
    def function(self) -> str:
        """As a gateway compiles it."""
        return f"def script({self.arguments}):\n{self.text}\n"

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.function.replace("\t", "    "))


class Binding(NamedTuple):
    place: str
    path: str
    kind: str
    config: Json
    transforms: list[Json]


def read_views(project: Path) -> dict[str, Json]:
    folder = project / VIEWS
    return {
        path.parent.relative_to(folder).as_posix(): json.loads(path.read_text(encoding="ascii"))
        for path in sorted(folder.rglob("view.json"))
    }


def components(node: Json, place: str = "root") -> Iterator[tuple[str, Json]]:
    yield place, node
    for child in node.get("children", ()):
        yield from components(child, f"{place}/{child['meta']['name']}")


def bindings(view: Json) -> Iterator[Binding]:
    for place, node in [("view", view), *components(view["root"])]:
        for path, config in node.get("propConfig", {}).items():
            if "binding" in config:
                one = config["binding"]
                yield Binding(place, path, one["type"], one["config"], one.get("transforms", []))


def scripts(view: Json) -> Iterator[Script]:
    for place, node in [("view", view), *components(view["root"])]:
        for events in node.get("events", {}).values():
            for name, event in events.items():
                arguments = "self" if name == "onStartup" else "self, event"
                yield Script(f"{place}.{name}", arguments, event["config"]["script"])
    for one in bindings(view):
        for transform in one.transforms:
            place = f"{one.place}.{one.path}"
            yield Script(place, "self, value, quality, timestamp", transform["code"])


def expressions(view: Json) -> Iterator[tuple[str, str]]:
    for one in bindings(view):
        place = f"{one.place}.{one.path}"
        if one.kind == "expr":
            yield place, one.config["expression"]
        elif one.kind == "expr-struct":
            for text in one.config["struct"].values():
                yield place, text
        elif one.kind == "query":
            for text in one.config["parameters"].values():
                yield place, text
            yield place, one.config["polling"]["rate"]


def library_calls(script: Script) -> Iterator[tuple[str, ast.Call | None]]:
    """Every exchange.workflows.x.y in it, with the call, or None where it is not called."""
    nodes = list(ast.walk(script.tree))
    called = {id(node.func): node for node in nodes if isinstance(node, ast.Call)}
    names = [node for node in nodes if isinstance(node, ast.Attribute)]
    inner = {id(node.value) for node in names}
    for node in names:
        name = ast.unparse(node)
        if name.startswith("exchange.") and id(node) not in inner:
            yield name, called.get(id(node))


def opened_views(script: Script) -> Iterator[tuple[str, ast.Call]]:
    """The views that it opens as popups."""
    for node in ast.walk(script.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "system.perspective.openPopup":
            view = node.args[1]
            assert isinstance(view, ast.Constant), script.place
            yield view.value, node


def named_properties(expression: str) -> list[str]:
    return re.findall(r"\{([^}]*)\}", re.sub(r'"(?:\\.|[^"])*"', '""', expression))
