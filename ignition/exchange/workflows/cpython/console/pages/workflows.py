"""The list of workflows, its filters, and orders to many of them at once."""

import json
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Ask, Asked, Done, Page
from exchange.workflows.cpython.failures import ExitCode, Failure

FILTERS = (
    "workflow_name",
    "queue_name",
    "status",
    "state",
    "partition_key",
    "resource",
    "search",
    "since",
    "until",
    "parent",
)
STATUSES = (
    "ENQUEUED", "DELAYED", "BLOCKED", "RUNNING", "WAITING", "HELD",
    "SUCCESS", "ERROR", "CANCELLED", "STOPPED", "ABORTED",
)  # fmt: skip
ORDERS = {
    "HOLD": "Hold",
    "RESUME": "Resume",
    "STOP": "Stop",
    "ABORT": "Abort",
    "CANCEL": "Cancel",
    "RETRY": "Retry",
}
PAGE_ROWS = 50
LOOK = 5000  # how far back one page looks for what fits; the link "further back" goes on from there
MOST_AT_ONCE = 1000


async def read(db: Client, asked: Asked) -> dict[str, object]:
    words = filter_of(asked)
    found = await db.call(
        "search_workflows", filter=json.dumps({**words, "limit": PAGE_ROWS, "look": LOOK})
    )
    return {
        "found": found,
        "statuses": STATUSES,
        "orders": ORDERS,
        "filters": {name: asked.get(name, "") for name in FILTERS},
    }


def filter_of(asked: Mapping[str, str]) -> dict[str, Any]:
    """The filter of search_workflows. The status LIVE means all that have not ended."""
    words: dict[str, Any] = {n: asked[n] for n in (*FILTERS, "before") if asked.get(n)}
    if words.get("status") == "LIVE":
        del words["status"]
        words["is_live"] = True
    return words


async def ask(act: Acting) -> Ask:
    """Which workflows an order means, and how many, before anything is done."""
    order = _order(act)
    if act.text("all"):
        words = filter_of({name: act.text(name) or "" for name in FILTERS})
        found = await act.db.call(
            "search_workflows", filter=json.dumps({**words, "limit": MOST_AT_ONCE})
        )
        chosen, is_all = found["workflows"], found["is_complete"]
    else:
        ids = act.texts("id")
        if not ids:
            raise Failure(ExitCode.USAGE, "no workflow is ticked", "tick one, or choose all")
        chosen = [{"workflow_id": one, "workflow_name": None, "status": None} for one in ids]
        is_all = True
    if not chosen:
        raise Failure(ExitCode.USAGE, "no workflow fits this filter")
    return Ask(
        "bulk.html",
        f"{ORDERS[order]} {len(chosen):,} {'workflow' if len(chosen) == 1 else 'workflows'}?",
        {
            "order": order,
            "does": ORDERS[order],
            "chosen": chosen,
            "is_all": is_all,
            "request_id": secrets.token_hex(16),
        },
    )


async def give(act: Acting) -> Done:
    """Give the order, one outcome for each workflow."""
    order = _order(act)
    ids = act.texts("id")[:MOST_AT_ONCE]
    if order in ("CANCEL", "RETRY"):
        results = await _one_by_one(act, order, ids)
    else:
        results = await act.db.call(
            "send_commands",
            command=order,
            filter=json.dumps({"workflow_ids": ids}),
            reason=act.text("reason"),
            options=act.options(reason=None, request_id=act.text("request_id")),
        )
    return Done(told(order, results), is_good=any(_is_done(one) for one in results))


async def _one_by_one(act: Acting, order: str, ids: list[str]) -> list[dict[str, Any]]:
    """An outcome for each. What is no refusal ends it, and says what was done until then."""
    results: list[dict[str, Any]] = []
    for workflow_id in ids:
        try:
            results.append(await _one(act, order, workflow_id))
        except Failure as failure:
            if (failure.code or "").startswith("WF"):
                results.append({"outcome": "refused", "message": failure.line()})
                continue
            if not results:
                raise
            left = len(ids) - len(results)
            said = f"{told(order, results)}; it stopped there, {left:,} are left: {failure.message}"
            raise replace(failure, message=said) from failure
    return results


async def _one(act: Acting, order: str, workflow_id: str) -> dict[str, Any]:
    if order == "RETRY":
        return await act.db.call("retry_workflow", workflow_id=workflow_id, options=act.options())
    return await act.db.call(
        "cancel_workflow",
        workflow_id=workflow_id,
        reason=act.text("reason"),
        options=act.options(reason=None, request_id=f"{act.text('request_id')}:{workflow_id}"),
    )


def told(order: str, results: list[dict[str, Any]]) -> str:
    """HOLD: 35 accepted, 2 rejected (the workflow has ended)."""
    counts = Counter(one["outcome"] for one in results)
    parts = []
    for outcome, count in counts.most_common():
        why = {one.get("message") for one in results if one["outcome"] == outcome}
        is_refusal = outcome in ("rejected", "refused")
        reasons = f" ({'; '.join(sorted(filter(None, why))[:3])})" if is_refusal else ""
        parts.append(f"{count:,} {outcome}{reasons}")
    return f"{order}: {', '.join(parts)}"


def _is_done(result: Mapping[str, Any]) -> bool:
    return result["outcome"] not in ("rejected", "refused")


def _order(act: Acting) -> str:
    order = act.required("order", "the order")
    if order not in ORDERS:
        raise Failure(ExitCode.USAGE, f"{order} is not an order")
    return order


PAGES = [
    Page("workflows", "/workflows", "Workflows", read, takes=(*FILTERS, "before"), group="Watch")
]
ACTIONS = [
    Action("/workflows/ask", ask, is_reading=True),
    Action("/workflows/order", give),
]
