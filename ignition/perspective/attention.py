"""What waits for a person, and what can be done about the one that is chosen."""

from __future__ import annotations

from ignition.perspective import parts
from ignition.perspective.acting import confirm, may_act, open_details
from ignition.perspective.parts import FOLDER, Json

_CHOSEN = """
self.view.custom.chosen = {
    "kind": event.value["kind"],
    "workflow_id": event.value["workflow_id"],
    "workflow_name": event.value["workflow_name"],
    "what": event.value["what"],
    "what_to_do": event.value["what_to_do"],
}
"""
_EMPTY = {"kind": "", "workflow_id": "", "workflow_name": "", "what": "", "what_to_do": ""}
_HELD = '({view.custom.chosen.kind} = "held" || {view.custom.chosen.kind} = "step in doubt")'
_PROMPTS = f"""
system.perspective.openPopup(
    "exchange-workflows-prompts", "{FOLDER}Prompts", title="Prompts", showCloseIcon=True, resizable=True,
    params={{"roles": self.view.params.roles}})
"""


def _ask(action: str, title: str, cmd: str = "", needs: str = "True") -> str:
    question = '"%s %%s?\\n\\n%%s" %% (self.view.custom.chosen.workflow_name, self.view.custom.chosen.what)'
    given = '{"workflowId": self.view.custom.chosen.workflow_id, "cmd": "%s"}' % cmd
    return confirm(action, question % title, given, needs)


def _buttons() -> Json:
    may = "{view.custom.mayAct} && "
    is_dead = may + '{view.custom.chosen.kind} = "dead letter"'
    is_prompt = may + '{view.custom.chosen.kind} = "prompt"'
    opened = open_details("self.view.custom.chosen.workflow_id")
    resume = _ask("command", "Resume", "RESUME")
    stop = _ask("command", "Stop", "STOP")
    return parts.row(
        "Orders",
        [
            parts.button("Open", "Open", opened, '{view.custom.chosen.workflow_id} != ""'),
            parts.button("Resume", "Resume", resume, may + _HELD),
            parts.button("Stop", "Stop", stop, may + _HELD, tone="warning"),
            parts.button("Retry", "Retry", _ask("retry", "Retry", needs="False"), is_dead),
            parts.button("Answer", "Answer", _PROMPTS, is_prompt),
        ],
    )


def make() -> Json:
    columns = [
        parts.column("since", "Since", 165, "date"),
        parts.column("kind", "Kind", 110),
        parts.column("workflow_name", "Workflow", 150),
        parts.column("queue_name", "Queue", 100),
        parts.column("what", "What is the matter"),
        parts.column("what_to_do", "What to do"),
    ]
    rows = parts.table(
        "Waiting", "view.custom.waiting", columns, "nothing waits for a person", _CHOSEN
    )
    kinds = ["", "step in doubt", "held", "prompt", "dead letter"]
    title = parts.row(
        "Title",
        [
            parts.heading("Name", "Attention needed"),
            parts.dropdown("Kind", "view.custom.kind", "kind", kinds),
        ],
    )
    doing = (
        'if({view.custom.chosen.kind} = "", "Choose a row.", concat({view.custom.chosen.workflow_name}, ": ", '
        '{view.custom.chosen.what}, "; ", {view.custom.chosen.what_to_do}))'
    )
    custom: Json = {
        "chosen": _EMPTY,
        "kind": "",
        "mayAct": may_act(),
        "waiting": (
            [],
            parts.query(
                "AttentionNeeded",
                {"kind": "{view.custom.kind}", "queueName": '""', "limit": "200"},
                5,
            ),
        ),
    }
    shown = parts.label("Doing", parts.expression(doing), {"whiteSpace": "pre-wrap"})
    root = parts.page([title, rows, shown, _buttons()])
    return parts.view(root, {"roles": ""}, custom, (1050, 500))
