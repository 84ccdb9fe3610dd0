"""Questions of workflows, and the answer to the one that is chosen."""

from __future__ import annotations

from ignition.perspective import parts
from ignition.perspective.acting import may_act
from ignition.perspective.fields import GATHER, ROWS, field_table
from ignition.perspective.parts import Json

_CHOSEN = """
chosen = event.value
self.view.custom.chosen = {
    "prompt_id": chosen["prompt_id"],
    "question": chosen["question"],
    "roles": chosen["roles"] or "",
    "needs_second": bool(chosen["second_signature"]),
    "form": chosen["form"] or "",
}
self.view.custom.message = ""
"""
_EMPTY = {"prompt_id": "", "question": "", "roles": "", "needs_second": False, "form": ""}
_FIELDS = """
if not value["prompt_id"]:
    return []
import json
fields = json.loads(value["form"] or "null") or [
    {"name": "", "label": "Answer", "type": "any", "description": "a number, a text, true or false"}]
otherwise, values = {}, {}
""" + ROWS
_MAY_ANSWER = """
if not value["mayAct"] or not value["prompt"]["prompt_id"] or value["prompt"]["needs_second"]:
    return False
wanted = [role for role in (value["prompt"]["roles"] or "").split(", ") if role]
return not wanted or bool([role for role in value["held"] if role in wanted])
"""
_ANSWER = (
    """
if not self.view.custom.mayAnswer:
    return
"""
    + GATHER
    + """
answer = exchange.workflows.api.service.answerPrompt(
    promptId=self.view.custom.chosen.prompt_id, answer=filled, actor=self.session.props.auth.user.userName,
    roles=list(self.session.props.auth.user.roles), reason=(self.view.custom.reason or "").strip() or None)
problems = ["%s %s" % (one["path"], one["problem"]) for one in answer["data"].get("errors") or []]
self.view.custom.message = "\\n".join(problems) or answer["message"]
if answer["ok"]:
    self.view.custom.reason = ""
    self.view.custom.chosen = {"prompt_id": "", "question": "", "roles": "", "needs_second": False, "form": ""}
"""
)
_ROLES = """
return [{"label": "every role", "value": ""}] + [{"label": role, "value": role} for role in value]
"""
_QUESTION = (
    'if({view.custom.chosen.prompt_id} = "", "Choose a question.", if({view.custom.chosen.needs_second}, '
    'concat({view.custom.chosen.question}, " - it asks for a second signature: answer it in the web console"), '
    "{view.custom.chosen.question}))"
)


def _answer() -> Json:
    message = {"color": "var(--error)", "whiteSpace": "pre-wrap"}
    last = parts.row(
        "Last",
        [
            parts.text_field("Reason", "view.custom.reason", "reason, for the audit", "300px"),
            parts.button(
                "Answer", "Sign and answer", _ANSWER, "{view.custom.mayAnswer}", is_primary=True
            ),
        ],
    )
    asked = parts.label(
        "Question",
        parts.expression(_QUESTION),
        {"fontSize": "17px", "fontWeight": "bold", "whiteSpace": "pre-wrap"},
    )
    said = parts.label("Message", parts.expression("{view.custom.message}"), message)
    return parts.stack(
        "Reply",
        [asked, field_table("Fields", "nothing to fill in"), said, last],
        position={"basis": "260px", "grow": 1},
    )


_OPEN = [
    parts.column("asked_at", "Asked", 165, "date"),
    parts.column("question", "Question"),
    parts.column("workflow_name", "Workflow", 140),
    parts.column("roles", "For", 130),
    parts.column("second_signature", "Two sign", 80, "boolean"),
    parts.column("due_at", "Until", 165, "date"),
]


def make() -> Json:
    rows = parts.table("Open", "view.custom.prompts", _OPEN, "nobody is asked", _CHOSEN)
    roles = parts.copy_of("session.props.auth.user.roles", change=_ROLES)
    title = parts.row(
        "Title",
        [
            parts.heading("Name", "Prompts"),
            parts.dropdown("Role", "view.custom.role", "role", roles),
        ],
    )
    asked = {"role": "{view.custom.role}", "queueName": '""', "limit": "100"}
    chosen = "{view.custom.chosen.%s}"
    custom: Json = {
        "chosen": _EMPTY,
        "fields": (
            [],
            parts.several(_FIELDS, prompt_id=chosen % "prompt_id", form=chosen % "form"),
        ),
        "mayAct": may_act(),
        "mayAnswer": (
            False,
            parts.several(
                _MAY_ANSWER,
                mayAct="{view.custom.mayAct}",
                prompt="{view.custom.chosen}",
                held="{session.props.auth.user.roles}",
            ),
        ),
        "message": "",
        "prompts": ([], parts.query("OpenPrompts", asked, 5)),
        "reason": "",
        "role": "",
    }
    root = parts.page([title, rows, _answer()])
    return parts.view(root, {"roles": ""}, custom, (1000, 650))
