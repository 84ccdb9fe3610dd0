"""The list of workflows, filtered and paged, beside the one that is chosen."""

from __future__ import annotations

from ignition.perspective import parts
from ignition.perspective.parts import Json

_LIMIT = 50
_STATUSES = ("", "ENQUEUED", "DELAYED", "BLOCKED", "RUNNING", "WAITING", "HELD", "SUCCESS", "ERROR")
_ENDED = ("CANCELLED", "STOPPED", "ABORTED")
_CHOSEN = 'self.view.custom.workflowId = event.value["workflow_id"]'
_OLDER = """
self.view.custom.before = self.view.custom.next
"""
# Where nothing fits of what was looked at, the query brings one row that only says where to go on.
_ROWS = """
return [row for row in value if row["workflow_id"]]
"""
_NEXT = """
return value[0]["next"] or "" if value else ""
"""
_NEWEST = 'self.view.custom.before = ""'
_QUEUES = """
return [{"label": "all", "value": ""}] + [
    {"label": row["queue_name"], "value": row["queue_name"]} for row in value]
"""


def _filters() -> Json:
    queues = parts.query("Queues", {"limit": "1000"}, 30, _QUEUES)
    return parts.row(
        "Filters",
        [
            parts.text_field(
                "Search", "view.custom.searchText", "id, key, resource or text", "190px"
            ),
            parts.text_field("WorkflowName", "view.custom.workflowName", "workflow", "130px"),
            parts.dropdown(
                "Status", "view.custom.status", "status", [*_STATUSES, *_ENDED], "130px"
            ),
            parts.dropdown("Queue", "view.custom.queueName", "queue", queues, "130px"),
        ],
    )


def _paging() -> Json:
    shown = (
        'if({view.custom.next} != "" && len({view.custom.workflows}) < %d, "there may be older ones that fit", '
        'if({view.custom.before} = "", "the newest %d", "older ones"))' % (_LIMIT, _LIMIT)
    )
    return parts.row(
        "Paging",
        [
            parts.button("Newest", "Newest", _NEWEST, '{view.custom.before} != ""'),
            parts.button("Older", "Older", _OLDER, '{view.custom.next} != ""'),
            parts.label("Shown", parts.expression(shown)),
        ],
    )


def make() -> Json:
    columns = [
        parts.column("workflow_name", "Workflow"),
        parts.column("status", "Status", 95),
        parts.column("state", "State", 95),
        parts.column("queue_name", "Queue", 85),
        parts.column("partition_key", "Key", 75),
        parts.column("enqueued_at", "Enqueued", 165, "date"),
    ]
    rows = parts.table("Workflows", "view.custom.workflows", columns, "no workflow fits", _CHOSEN)
    left = parts.stack(
        "List",
        [_filters(), rows, _paging()],
        position={"basis": "620px", "grow": 1},
    )
    chosen = {
        "workflowId": parts.copy_of("view.custom.workflowId"),
        "roles": parts.copy_of("view.params.roles"),
    }
    right = parts.embedded("Chosen", "Details", chosen, {"basis": "620px", "grow": 1})
    root = parts.flex("root", [left, right], "row", {"padding": "12px"}, alignItems="stretch")
    filters = "searchText workflowName status queueName before".split()
    given = {name: "{view.custom.%s}" % name for name in filters}
    given.update(state='""', partitionKey='""')
    custom: Json = {
        **dict.fromkeys(filters, ""),
        "found": ([], parts.query("Workflows", {**given, "limit": str(_LIMIT)}, 5)),
        "next": ("", parts.copy_of("view.custom.found", change=_NEXT)),
        "workflowId": "",
        "workflows": ([], parts.copy_of("view.custom.found", change=_ROWS)),
    }
    return parts.view(root, {"roles": ""}, custom, (1300, 800))
