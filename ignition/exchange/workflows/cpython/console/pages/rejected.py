"""What the buffers of gateways had accepted and the database refused: again, or discarded."""

import json
from typing import Any

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Asked, Done, Page
from exchange.workflows.cpython.failures import ExitCode, Failure

MOST_ROWS = 50
SHOWN_LENGTH = 4000
DECIDED = {"": "not decided yet", "yes": "decided", "all": "all"}


async def read(db: Client, asked: Asked) -> dict[str, object]:
    words: dict[str, Any] = {
        "is_resolved": {"yes": True, "all": None}.get(asked.get("decided", ""), False),
        "limit": MOST_ROWS + 1,
    }
    if asked.get("origin"):
        words["origin"] = asked["origin"]
    found = await db.call("list_rejected_entries", filter=json.dumps(words))
    return {
        "entries": [shown_entry(one) for one in found[:MOST_ROWS]],
        "is_all": len(found) <= MOST_ROWS,
        "decided": DECIDED,
        "filters": {name: asked.get(name, "") for name in ("origin", "decided")},
    }


def shown_entry(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry as its sender wrote it, cut where it is long, and its problem in words."""
    text = entry["entry"]
    return {
        **entry,
        "entry": {
            "text": text[:SHOWN_LENGTH],
            "length": len(text),
            "is_cut": len(text) > SHOWN_LENGTH,
        },
        "problem": problem_text(entry["problem"]),
    }


def problem_text(problem: Any) -> str:
    """WF005: there is no queue oven."""
    if isinstance(problem, str):
        try:
            problem = json.loads(problem)
        except ValueError:
            return problem
    if not isinstance(problem, dict):
        return str(problem)
    code, message = problem.get("code"), problem.get("message")
    known = ": ".join(str(one) for one in (code, message) if one)
    return known or json.dumps(problem, ensure_ascii=False)


async def resolve(act: Acting) -> Done:
    workflow_id = act.required("workflow_id", "the id of the entry")
    action = act.required("action", "what to do")
    if action not in ("retry", "discard"):
        raise Failure(ExitCode.USAGE, f"{action} is neither retry nor discard")
    answer = await act.db.call(
        "resolve_rejected_entry", workflow_id=workflow_id, action=action, actor=act.user.name
    )
    before = " before" if answer["outcome"] == "already" else ""
    if action == "retry":
        return Done(f"the entry was enqueued{before} as workflow {workflow_id}")
    return Done(f"the entry {workflow_id} was discarded{before}")


PAGES = [
    Page(
        "rejected",
        "/rejected",
        "Rejected entries",
        read,
        takes=("origin", "decided"),
        group="Watch",
    )
]
ACTIONS = [Action("/rejected/resolve", resolve)]
