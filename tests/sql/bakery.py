"""A bakery whose ovens are run by recipes: a workflow with declared parameters, its form, its enum."""

import copy
from typing import Any

from tests.calls import Calls, Worker

PARAMETERS: list[dict[str, Any]] = [
    {
        "name": "temperature",
        "type": "number",
        "required": True,
        "min": 0,
        "max": 95,
        "unit": "degC",
    },
    {"name": "mode", "type": "choice", "enum": "BatchMode", "default": "slow"},
    {"name": "loaves", "type": "integer", "min": 1, "max": 40, "default": 10},
    {"name": "note", "type": "text", "min": 2, "max": 5},
    {"name": "steam", "type": "boolean"},
    {"name": "at", "type": "datetime"},
]
MODES = [{"label": "Slow", "value": "slow"}, {"label": "Fast", "value": "fast"}]


def form_of(*widgets: dict[str, Any], **data: Any) -> dict[str, Any]:
    """The props of a Perspective Form with one widget per row, as its designer writes them."""
    rows = [{"rows": {"items": [{"widgets": [widget]}]}} for widget in widgets]
    return {"columns": {"items": copy.deepcopy(rows)}, "data": data}


def dropdown(name: str, reference: str) -> dict[str, Any]:
    options = [{"label": f"@enum:{reference}", "value": "__enum__"}]
    return {"id": name, "type": "dropdown", "dropdown": {"options": options}}


TEMPERATURE = {"id": "temperature", "type": "numeric", "numeric": {"suffix": " degC"}}
FORM = form_of(TEMPERATURE, dropdown("mode", "BatchMode"), temperature=60)


class Bakery:
    """Short words for what engineers and operators do about the workflow `bake`."""

    def __init__(self, calls: Calls):
        self.calls = calls

    def opens(self, parameters: Any = PARAMETERS, version: int = 1, **policies: Any) -> Worker:
        """A worker that can run `bake`."""
        return Worker(self.calls, ("bake",), version=version, parameters=parameters, **policies)

    def enum(self, choices: Any = MODES, name: str = "BatchMode", **options: Any) -> int:
        arguments = {"enum_name": name, "choices": choices, "options": options}
        return self.calls.call("create_enum", **arguments)["enum_version"]

    def template(self, form: Any = FORM, name: str = "std", **options: Any) -> int:
        arguments = {"workflow_name": "bake", "template_name": name, "form": form}
        return self.calls.call("create_template", **arguments, options=options)["template_version"]

    def draft(self, values: Any, name: str = "rye", **options: Any) -> int:
        arguments = {"workflow_name": "bake", "set_name": name, "values": values}
        return self.calls.call("create_parameter_set", **arguments, options=options)["set_version"]

    def set_status(self, status: str, name: str = "rye", **options: Any) -> dict[str, Any]:
        arguments = {"workflow_name": "bake", "set_name": name, "status": status}
        options = {"actor": "bernd", **options}
        return self.calls.call("set_parameter_set_status", **arguments, options=options)

    def approved(self, values: Any, name: str = "rye", **options: Any) -> int:
        version = self.draft(values, name, **options)
        self.set_status("approved", name, set_version=version)
        return version

    def resolve(self, inputs: Any = None, **options: Any) -> dict[str, Any]:
        arguments = {"workflow_name": "bake", "inputs": inputs or {}, "options": options}
        return self.calls.call("resolve_inputs", **arguments)

    def start(self, inputs: Any = None, **options: Any) -> dict[str, Any]:
        """The workflow that was enqueued, as it stands."""
        return self.calls.get(self.calls.enqueue("bake", inputs or {}, **options))

    def audit(self) -> list[tuple[Any, ...]]:
        """Event, what, old value, new value, actor and reason of what was configured, in order."""
        query = """select event, detail, old_value, new_value, actor, reason from workflows.audit
          where event ~ '^(enum|template|recipe) ' order by audit_id"""
        return self.calls.rows(query)


def said(detail: dict[str, Any]) -> list[str]:
    """Problems as an operator reads them."""
    return [f"{e['path']} {e['problem']}" for e in detail["errors"]]
