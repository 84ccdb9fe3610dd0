"""One queue: how deep it was, what waits behind which key or resource, and its limits."""

import json
from typing import Any

from exchange.workflows.cpython.console import forms
from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Asked, Done, Page
from exchange.workflows.cpython.console.pages.queues import ALL, MODES, queues_of
from exchange.workflows.cpython.failures import ExitCode, Failure

BLOCKED_ROWS = 50
LIMITS: list[dict[str, Any]] = [
    {"name": "max_running", "type": "integer", "min": 0,
     "description": "how many run at the same time; empty: as many as the workers can"},
    {"name": "max_enqueued", "type": "integer", "min": 0,
     "description": "how many may wait before more are refused; empty: no limit"},
    {"name": "rate_limit", "type": "integer", "min": 1,
     "description": "how many may start in rate_seconds; empty: no limit"},
    {"name": "rate_seconds", "type": "number", "unit": "s"},
    {"name": "key_rate_limit", "type": "integer", "min": 1,
     "description": "how many of one partition key may start in key_rate_seconds; empty: no limit"},
    {"name": "key_rate_seconds", "type": "number", "unit": "s"},
    {"name": "run_on", "type": "choice", "choices": ["active", "any", "prefer_active"],
     "required": True, "description": "the gateways whose workers may claim"},
    {"name": "history", "type": "choice", "choices": ["errors", "full"], "required": True,
     "description": "what the audit keeps: full is every change of status"},
    {"name": "accepts_work", "type": "boolean", "required": True,
     "description": "no: whoever enqueues is refused"},
    {"name": "requires_reason", "type": "boolean", "required": True,
     "description": "yes: an operator must say why"},
    {"name": "calendar_name", "type": "text",
     "description": "it starts workflows only while this calendar is open; empty: always"},
]  # fmt: skip

# A partition key belongs to a queue, whose number stands before it in the name.
_BEHIND = """
select g.gate_name, g.kind, g.held_by, g.held_by_queue, g.waiting,
  regexp_replace(g.gate_name, '^(key [0-9]+|resource) ', '') as name
from {schema}.resource_status g
where g.kind = 'resource' and g.gate_name = any (%(resources)s)
  or g.kind = 'partition key' and g.held_by_queue = %(queue_name)s
    and regexp_replace(g.gate_name, '^key [0-9]+ ', '') = any (%(keys)s)
order by g.waiting desc, g.gate_name
limit 100"""


async def read(db: Client, asked: Asked) -> dict[str, object]:
    name = asked["queue_name"]
    queues, history = await queues_of(db)
    queue = next((one for one in queues if one["queue_name"] == name), None)
    if queue is None:
        raise Failure(ExitCode.REFUSED, f"there is no queue {name}")
    blocked = await _blocked(db, name) if queue["blocked"] else []
    limits = {field["name"]: queue[field["name"]] for field in LIMITS}
    return {
        "title": name,
        "queue": queue,
        "series": history.series(name),
        "blocked": blocked,
        "behind": await _behind(db, name, blocked) if blocked else [],
        "inputs": forms.inputs_of(LIMITS, limits),
        "limits": limits,
        "modes": MODES,
        "all": ALL,
    }


async def _blocked(db: Client, queue_name: str) -> list[dict[str, Any]]:
    words = {"queue_name": queue_name, "status": "BLOCKED", "limit": BLOCKED_ROWS}
    return (await db.call("search_workflows", filter=json.dumps(words)))["workflows"]


async def _behind(
    db: Client, queue_name: str, blocked: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The keys and resources of what is blocked, and who holds them."""
    keys = {one["partition_key"] for one in blocked if one["partition_key"] is not None}
    resources = {f"resource {name}" for one in blocked for name in one["resources"] or []}
    return await db.rows(
        _BEHIND, {"queue_name": queue_name, "keys": list(keys), "resources": list(resources)}
    )


async def set_limits(act: Acting) -> Done:
    """Sets what differs from what the form showed, so that nobody else's change is undone."""
    name = act.required("queue_name", "the queue")
    shown = json.loads(act.required("shown", "what the form showed"))
    given = forms.values_of(LIMITS, act.form, shown)
    changes = {
        field["name"]: given.get(field["name"])
        for field in LIMITS
        if given.get(field["name"]) != shown.get(field["name"])
    }
    if not changes:
        return Done("nothing was changed", is_good=False)
    await act.db.call("set_queue", queue_name=name, options=act.options(**changes))
    told = ", ".join(f"{key} is {_told(value)}" for key, value in changes.items())
    return Done(f"{name}: {told}")


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


PAGES = [Page("queue", "/queues/{queue_name:path}", "Queue", read)]
ACTIONS = [Action("/queues/set", set_limits, role="admin")]
