"""Views at work without Perspective: bindings are evaluated, queries run on a real database, scripts run as they are,
and popups are noted. It knows what our views use, and refuses the rest."""

import copy
import sys
import types
from collections.abc import Callable
from typing import Any

import exchange.workflows.api.admin
import exchange.workflows.api.params
import exchange.workflows.api.service
import exchange.workflows.isa88.models  # noqa: F401  scripts reach all of them from the top package
from tests.perspective.expressions import evaluate
from tests.perspective.reading import Json, components

Ask = Callable[[str, Json], list[Json]]
EXCHANGE = sys.modules["exchange"]
MOST_ROUNDS = 8


class Properties(dict[str, Any]):
    """A dict whose keys are attributes too, as scripts see properties."""

    def __init__(self, given: Json):
        super().__init__({key: wrapped(value) for key, value in given.items()})

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = wrapped(value)


def wrapped(value: Any) -> Any:
    if isinstance(value, dict):
        return Properties(value)
    return [wrapped(one) for one in value] if isinstance(value, list) else value


def session(name: str = "anna", *roles: str) -> Properties:
    user = {"userName": name, "roles": list(roles)}
    return Properties({"props": {"auth": {"authenticated": bool(name), "user": user}}})


def _is_polled(binding: Json) -> bool:
    return binding["type"] == "query" or "now(" in f"{binding['config']}"


class RunningView:
    def __init__(
        self, views: dict[str, Json], name: str, ask: Ask, session: Properties, **params: Any
    ):
        self.views, self.ask, self.session = views, ask, session
        self.made = copy.deepcopy(views[name.removeprefix("Exchange/Workflows/")])
        unknown = set(params) - set(self.made["params"])
        if unknown:
            raise TypeError(f"{name} has no parameter {sorted(unknown)}")
        self.sources: Json = {}
        self.chosen: dict[str, int] = {}
        self.popups: list[tuple[str, Json]] = []
        self.closed: list[str] = []
        self.view = Properties(
            {"custom": self.made["custom"], "params": {**self.made["params"], **params}}
        )
        self.me = Properties({"session": self.session})
        self.me.update(view=self.view, custom=self.view.custom, params=self.view.params)
        for event in self.made.get("events", {}).get("system", {}).values():
            self.script(event["config"]["script"], "self")
        self.settle()

    def script(self, text: str, arguments: str, **given: Any) -> Any:
        place = types.SimpleNamespace(
            openPopup=lambda id, view, params, **how: self.popups.append((view, dict(params))),
            closePopup=self.closed.append,
        )
        system = types.SimpleNamespace(perspective=place)
        names: dict[str, Any] = {"exchange": EXCHANGE, "system": system, "long": int}
        exec(f"def script({arguments}):\n{text}\n", names)
        return names["script"](self.me, **given)

    def read(self, path: str) -> Any:
        found: Any = {"view": self.view, "session": self.session}
        for word in path.split("."):
            found = found[word]
        return found

    def source(self, binding: Json) -> Any:
        """What a binding brings before its transforms."""
        config = binding["config"]
        match binding["type"]:
            case "expr":
                return evaluate(config["expression"], self.read)
            case "property":
                return self.read(config["path"])
            case "expr-struct":
                return {k: evaluate(one, self.read) for k, one in config["struct"].items()}
            case "query":
                given = {k: evaluate(one, self.read) for k, one in config["parameters"].items()}
                return self.ask(config["queryPath"], given)
            case other:
                raise TypeError(f"no such binding: {other}")

    def changed(self, binding: Json, found: Any) -> Any:
        for transform in binding.get("transforms", ()):
            words = {"value": wrapped(found), "quality": "Good", "timestamp": None}
            found = self.script(transform["code"], "self, value, quality, timestamp", **words)
        return wrapped(found)

    def value(self, binding: Json) -> Any:
        return self.changed(binding, self.source(binding))

    def settle(self) -> None:
        """As after a poll: queries are asked, then what depends on something that has changed is made anew, until
        nothing changes any more."""
        bound = {
            path.removeprefix("custom."): config["binding"]
            for path, config in self.made["propConfig"].items()
            if "binding" in config
        }
        for name in [name for name in bound if _is_polled(bound[name])]:
            self.view.custom[name] = self.value(bound.pop(name))
        for _ in range(MOST_ROUNDS):
            is_at_rest = True
            for name, binding in bound.items():
                found = copy.deepcopy(self.source(binding))
                if name not in self.sources or self.sources[name] != found:
                    self.sources[name], is_at_rest = found, False
                    self.view.custom[name] = self.changed(binding, found)
            if is_at_rest:
                return
        raise AssertionError("the bindings never come to rest")

    def settle_for(self, **custom: Any) -> None:
        """As when an operator changes inputs that are bound both ways."""
        for name, value in custom.items():
            self.view.custom[name] = wrapped(value)
        self.settle()

    def shown(self, node: Json) -> Properties:
        """The properties of a component with its bindings."""
        made = wrapped(copy.deepcopy(node["props"]))
        for path, config in node.get("propConfig", {}).items():
            if not path.startswith("props."):
                continue
            *outer, last = path.removeprefix("props.").split(".")
            target = made
            for word in outer:
                target = target.setdefault(word, Properties({}))
            target[last] = self.value(config["binding"])
        return made

    def is_shown(self, node: Json) -> bool:
        config = node.get("propConfig", {}).get("position.display")
        return config is None or bool(self.value(config["binding"]))

    def find(self, name: str) -> Json:
        found = [one for _, one in components(self.made["root"]) if one["meta"]["name"] == name]
        assert len(found) == 1, f"{len(found)} components are called {name}"
        return found[0]

    def is_enabled(self, name: str) -> bool:
        return bool(self.shown(self.find(name)).get("enabled", True))

    def press(self, name: str) -> None:
        assert self.is_enabled(name), f"{name} is disabled"
        self.happens(name, "onActionPerformed")

    def happens(self, name: str, event: str, **given: Any) -> None:
        text = self.find(name)["events"]["component"][event]["config"]["script"]
        self.script(text, "self, event", event=Properties(given))
        self.settle()

    def choose(self, name: str, number: int = 0) -> None:
        """Click on a row of a table."""
        row = self.shown(self.find(name))["data"][number]
        self.chosen[name] = number
        self.happens(name, "onRowClick", value=row, row=number)

    def fill(self, name: str, field: str, value: Any) -> None:
        """Type a value into a table of fields."""
        rows = self.shown(self.find(name))["data"]
        number = [row["name"] for row in rows].index(field)
        text = self.find(name)["events"]["component"]["onEditCellCommit"]["config"]["script"]
        event = Properties({"row": number, "column": "value", "value": value})
        self.script(text, "self, event", event=event)

    def popup(self, number: int = -1) -> "RunningView":
        view, params = self.popups[number]
        return RunningView(self.views, view, self.ask, self.session, **params)
