"""A brewery for the pages of recipes: parameters, enums, a template, recipes in each status, and starts."""

from typing import Any

from tests.calls import Calls, Worker
from tests.console.work import HOSTILE
from tests.sql.bakery import dropdown, form_of

PARAMETERS: list[dict[str, Any]] = [
    {
        "name": "batch",
        "type": "text",
        "required": True,
        "min": 1,
        "max": 20,
        "description": "number of the batch",
    },
    {
        "name": "temperature",
        "type": "number",
        "required": True,
        "min": 20,
        "max": 95,
        "unit": "degC",
    },
    {"name": "mode", "type": "choice", "enum": "BatchMode", "default": "gentle"},
    {"name": "hops", "type": "integer", "min": 0, "max": 40, "unit": "kg", "default": 12},
    {"name": "filtered", "type": "boolean", "default": True},
    {"name": "not_before", "type": "datetime"},
]
MODES = [
    {"label": "Gentle", "value": "gentle", "isDisabled": False},
    {"label": "Fast", "value": "fast", "isDisabled": False},
    {"label": "Turbo", "value": "turbo", "isDisabled": True},
]
TEMPERATURE = {
    "id": "temperature",
    "type": "numeric",
    "label": {"text": "Mash temperature", "position": "top"},
}
FORM = form_of(
    {"id": "batch", "type": "text"}, TEMPERATURE, dropdown("mode", "BatchMode"), temperature=60
)


class Brewery:
    def __init__(self, calls: Calls):
        self.calls = calls

    def opens(self) -> Worker:
        """A worker that can run `brew`, and `clean`, which declares nothing."""
        Worker(self.calls, ("clean",))
        return Worker(self.calls, ("brew",), parameters=PARAMETERS)

    def enum(self, choices: Any = MODES, name: str = "BatchMode", **options: Any) -> int:
        options = {"actor": "anna", **options}
        answer = self.calls.call("create_enum", enum_name=name, choices=choices, options=options)
        return answer["enum_version"]

    def template(self, name: str = "standard", workflow: str = "brew", form: Any = FORM) -> int:
        answer = self.calls.call(
            "create_template",
            workflow_name=workflow,
            template_name=name,
            form=form,
            options={"actor": "anna", "description": "all modes"},
        )
        return answer["template_version"]

    def draft(self, name: str, values: Any, workflow: str = "brew", **options: Any) -> int:
        answer = self.calls.call(
            "create_parameter_set",
            workflow_name=workflow,
            set_name=name,
            values=values,
            options={"actor": "anna", **options},
        )
        return answer["set_version"]

    def set_status(self, name: str, status: str, version: int, workflow: str = "brew") -> Any:
        return self.calls.call(
            "set_parameter_set_status",
            workflow_name=workflow,
            set_name=name,
            status=status,
            options={"actor": "bernd", "set_version": version},
        )

    def recipe(self, name: str, version: int, workflow: str = "brew") -> dict[str, Any]:
        return self.calls.call(
            "get_parameter_set",
            workflow_name=workflow,
            set_name=name,
            options={"set_version": version},
        )

    def fill(self) -> None:
        """Recipes as a brewery has them after a few weeks."""
        self.enum()
        self.enum([3, 5, 8], "Filter mesh", description="micrometres")
        self.opens()
        self.template()
        for version, temperature in enumerate((70, 71.5, 72), 1):
            values = {"temperature": temperature, "mode": "gentle", "hops": 10 + version}
            self.draft("Rye", values, description="the spring beer", reason=f"trial {16 + version}")
        self.set_status("Rye", "approved", 1)
        self.set_status("Rye", "obsolete", 1)
        self.set_status("Rye", "approved", 2)
        self.draft(
            "Pale ale",
            {"temperature": 66, "mode": "fast"},
            template_name="standard",
            description="made of the template",
        )
        self.set_status("Pale ale", "approved", 1)
        self.draft("Stout, line 2", {"temperature": 68}, reason="waits for hops")
        for number in range(6):
            self.calls.enqueue(
                "brew",
                {"batch": f"B-{100 + number}", **({"temperature": 74} if number % 3 == 0 else {})},
                set_name="Rye",
                actor=f"shift {number % 2 + 1}",
            )

    def fill_hostile(self) -> str:
        """Everything that a person may write, written by somebody who means no good."""
        self.enum([{"label": HOSTILE, "value": HOSTILE, "isDisabled": False}], HOSTILE)
        widget = {"id": "note", "type": "text", "label": {"text": HOSTILE}}
        self.template(HOSTILE, HOSTILE, form_of(widget, note=HOSTILE))
        self.draft(HOSTILE, {"note": HOSTILE}, HOSTILE, description=HOSTILE, reason=HOSTILE)
        self.draft(HOSTILE, {"note": 1}, HOSTILE, template_name=HOSTILE)
        self.set_status(HOSTILE, "approved", 1, HOSTILE)
        return self.calls.enqueue(HOSTILE, {"note": HOSTILE + "2"}, set_name=HOSTILE, actor=HOSTILE)
