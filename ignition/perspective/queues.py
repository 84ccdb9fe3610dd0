"""Every queue with its depth; pause and maintenance of one of them."""

from __future__ import annotations

from ignition.perspective import parts
from ignition.perspective.acting import confirm, may_act
from ignition.perspective.parts import Json

_CHOSEN = 'self.view.custom.queueName = event.value["queue_name"]'
_STANDS = """
stands = {"isPaused": False, "maintenance": "", "isOwn": False}
for row in value["queues"]:
    if row["queue_name"] == value["queueName"]:
        stands.update(isPaused=row["is_paused"], maintenance=row["maintenance"] or "")
if stands["maintenance"]:
    answer = exchange.workflows.api.admin.getMaintenanceStatus()
    found = answer["queues"] if answer["ok"] else []
    stands["isOwn"] = bool([one for one in found if one["queueName"] == value["queueName"] and one["isOwn"]])
return stands
"""
_QUESTIONS = {
    "pause": "Pause queue %s?\\n\\nWhat runs goes on; what is enqueued waits.",
    "resume": "Let the paused queue %s work again?",
    "drain": "Stop queue %s from starting work?\\n\\nWhat runs may end.",
    "cancel": "Cancel everything in queue %s?\\n\\nWhat waits is cancelled at once and cannot be brought back; "
    "what runs is asked to end.",
    "exit": "Let queue %s work again?",
}


def _asks(action: str, kind: str, given: str) -> str:
    question = '"%s" %% self.view.custom.queueName' % _QUESTIONS[kind]
    return confirm(action, question, given)


def buttons() -> Json:
    may = '{view.custom.mayAct} && {view.custom.queueName} != "" && '
    named = '{"queueName": self.view.custom.queueName}'
    of_one = '{"queueName": self.view.custom.queueName, "mode": "%s"}'
    is_paused, is_own = "{view.custom.stands.isPaused}", "{view.custom.stands.isOwn}"
    pause, resume = _asks("pause queue", "pause", named), _asks("resume queue", "resume", named)
    drain = _asks("enter maintenance", "drain", of_one % "drain")
    cancel = _asks("enter maintenance", "cancel", of_one % "cancel")
    leave = _asks("exit maintenance", "exit", named)
    chosen = 'if({view.custom.queueName} = "", "Choose a queue.", {view.custom.queueName})'
    return parts.row(
        "Orders",
        [
            parts.heading("Chosen", parts.expression(chosen)),
            parts.button("Pause", "Pause", pause, f"{may}!{is_paused}"),
            parts.button("Resume", "Resume", resume, may + is_paused),
            parts.button("Drain", "Drain", drain, f"{may}!{is_own}"),
            parts.button("CancelAll", "Cancel everything", cancel, f"{may}!{is_own}", tone="error"),
            parts.button("Exit", "End maintenance", leave, may + is_own),
        ],
    )


def make() -> Json:
    columns = [
        parts.column("queue_name", "Queue", 130),
        parts.column("is_paused", "Paused", 70, "boolean"),
        parts.column("maintenance", "Maintenance", 110),
        parts.column("enqueued", "Ready", 80, "number"),
        parts.column("oldest_enqueued_seconds", "Oldest (s)", 90, "number"),
        parts.column("delayed", "Delayed", 80, "number"),
        parts.column("blocked", "Blocked", 80, "number"),
        parts.column("running", "Running", 80, "number"),
        parts.column("waiting", "Waiting", 80, "number"),
        parts.column("held", "Held", 70, "number"),
        parts.column("dead_letters", "Dead letters", 115, "number"),
    ]
    rows = parts.table("Queues", "view.custom.queues", columns, "there is no queue", _CHOSEN)
    custom: Json = {
        "mayAct": may_act(),
        "queueName": "",
        "queues": ([], parts.query("QueueDepth", {"queueName": '""', "limit": "1000"}, 5)),
        "stands": (
            {"isPaused": False, "maintenance": "", "isOwn": False},
            parts.several(
                _STANDS,
                queues="{view.custom.queues}",
                queueName="{view.custom.queueName}",
                time="now(5000)",
            ),
        ),
    }
    root = parts.page([parts.heading("Title", "Queues"), rows, buttons()])
    return parts.view(root, {"roles": ""}, custom, (1050, 500))
