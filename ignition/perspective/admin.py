"""Health in words, workers and their drain, maintenance of all queues, and what the database refused."""

from __future__ import annotations

from ignition.perspective import parts
from ignition.perspective.acting import confirm, may_act
from ignition.perspective.parts import Json

_STATUS = """
answer = exchange.workflows.api.admin.getMaintenanceStatus()
if not answer["ok"]:
    return {"isKnown": False, "isOn": False, "text": answer["message"]}
if not answer["maintenanceEnabled"]:
    return {"isKnown": True, "isOn": False, "text": "no maintenance"}
order = answer["allQueues"]
if order:
    text = "maintenance of all queues (%s): %s" % (order["mode"], order["reason"] or "no reason given")
else:
    text = "maintenance of single queues: " + ", ".join([one["queueName"] for one in answer["queues"]])
return {"isKnown": True, "isOn": bool(order), "text": "%s; %d still run" % (text, answer["inFlightWorkflows"])}
"""
_CHOSEN = 'self.view.custom.rejectedId = event.value["workflow_id"]'
_CHOSEN_WORKER = 'self.view.custom.workerId = event.value["worker_id"]'
_WORKER = """
for row in value["workers"]:
    if row["worker_id"] == value["workerId"] and row["status"] in ("active", "late"):
        return {"name": row["worker_name"], "isDraining": row["is_draining"]}
return {"name": "", "isDraining": False}
"""
_ALL = '{"queueName": "", "mode": "%s"}'
_CANCEL = (
    '"Cancel everything in all queues?\\n\\nWhat waits is cancelled at once and cannot be brought back; '
    'what runs is asked to end."'
)
_HEALTH = [
    parts.column("status", "Status", 90),
    parts.column("check_name", "Check", 200),
    parts.column("measured", "Measured"),
    parts.column("advice", "What to do"),
]
_WORKERS = [
    parts.column("worker_name", "Worker", 170),
    parts.column("status", "Status", 80),
    parts.column("is_draining", "Drains", 70, "boolean"),
    parts.column("host_name", "Host", 120),
    parts.column("project_name", "Project", 110),
    parts.column("threads", "Threads", 80, "number"),
    parts.column("running_count", "Running", 80, "number"),
    parts.column("library_version", "Version", 90),
    parts.column("renewed_at", "Last sign of life", 165, "date"),
]
_REJECTED = [
    parts.column("rejected_at", "Refused", 165, "date"),
    parts.column("origin", "From", 160),
    parts.column("problem", "Problem"),
    parts.column("entry_bytes", "Bytes", 80, "number"),
]


def _maintenance() -> Json:
    may = "{view.custom.mayAct} && {view.custom.maintenance.isKnown} && "
    is_off, is_on = may + "!{view.custom.maintenance.isOn}", may + "{view.custom.maintenance.isOn}"
    drain = confirm(
        "enter maintenance",
        '"Stop all queues from starting work?\\n\\nWhat runs may end."',
        _ALL % "drain",
    )
    cancel = confirm("enter maintenance", _CANCEL, _ALL % "cancel")
    leave = confirm("exit maintenance", '"Let all queues work again?"', '{"queueName": ""}')
    return parts.row(
        "Maintenance",
        [
            parts.heading("Status", parts.expression("{view.custom.maintenance.text}")),
            parts.button("Drain", "Drain all queues", drain, is_off),
            parts.button("CancelAll", "Cancel everything", cancel, is_off, tone="error"),
            parts.button("Exit", "End maintenance", leave, is_on),
        ],
    )


def _worker_buttons() -> Json:
    may = '{view.custom.mayAct} && {view.custom.worker.name} != "" && '
    given = '{"workerId": self.view.custom.workerId}'
    name = "self.view.custom.worker.name"
    drain = confirm(
        "drain worker",
        '"Let worker %s claim nothing more?\\n\\nWhat it has it works to its end." % ' + name,
        given,
    )
    resume = confirm("resume worker", '"Let worker %s claim again?" % ' + name, given, "False")
    is_draining = "{view.custom.worker.isDraining}"
    return parts.row(
        "WorkerOrders",
        [
            parts.button("DrainWorker", "Drain", drain, f"{may}!{is_draining}"),
            parts.button("ResumeWorker", "Claim again", resume, may + is_draining),
        ],
    )


def _rejected_buttons() -> Json:
    may = '{view.custom.mayAct} && {view.custom.rejectedId} != ""'
    given = '{"workflowId": self.view.custom.rejectedId, "resolution": "%s"}'
    retry = confirm(
        "resolve rejected", '"Enqueue it again?\\n\\nIt keeps its id."', given % "retry", "False"
    )
    discard = confirm(
        "resolve rejected",
        '"Discard it?\\n\\nIt is never started."',
        given % "discard",
        "False",
    )
    return parts.row(
        "Orders",
        [
            parts.button("Retry", "Enqueue again", retry, may),
            parts.button("Discard", "Discard", discard, may, tone="warning"),
        ],
    )


def _workers() -> list[Json]:
    rows = parts.table(
        "Workers", "view.custom.workers", _WORKERS, "no worker", _CHOSEN_WORKER, basis="150px"
    )
    return [parts.heading("WorkersTitle", "Workers"), rows, _worker_buttons()]


def _refused() -> list[Json]:
    rows = parts.table(
        "Rejected", "view.custom.rejected", _REJECTED, "none", _CHOSEN, basis="120px"
    )
    title = parts.heading("RejectedTitle", "Refused entries of enqueueInMemory")
    return [title, rows, _rejected_buttons()]


def make() -> Json:
    root = parts.page(
        [
            _maintenance(),
            parts.heading("HealthTitle", "Health"),
            parts.table("Health", "view.custom.health", _HEALTH, "nothing was checked"),
            *_workers(),
            *_refused(),
        ]
    )
    custom: Json = {
        "health": ([], parts.query("Health", {"limit": "200"}, 10)),
        "maintenance": (
            {"isKnown": False, "isOn": False, "text": ""},
            parts.expression("now(5000)", _STATUS),
        ),
        "mayAct": may_act(),
        "rejected": (
            [],
            parts.query("RejectedEntries", {"includeResolved": "false", "limit": "100"}, 10),
        ),
        "rejectedId": "",
        "worker": (
            {"name": "", "isDraining": False},
            parts.several(
                _WORKER, workers="{view.custom.workers}", workerId="{view.custom.workerId}"
            ),
        ),
        "workerId": "",
        "workers": ([], parts.query("Workers", {"status": '""', "limit": "200"}, 10)),
    }
    return parts.view(root, {"roles": ""}, custom, (1000, 800))
