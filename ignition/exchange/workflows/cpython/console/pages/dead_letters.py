"""Workflows that ended in ERROR with no try left: why, and back to work."""

import re
from collections.abc import Mapping

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Ask, Asked, Page
from exchange.workflows.cpython.console.pages.workflows import MOST_AT_ONCE
from exchange.workflows.cpython.failures import ExitCode, Failure

PAGE_ROWS = 50
MESSAGE_LENGTH = 500
FILTERS = ("queue_name", "workflow_name")

_ROWS = """
select d.workflow_id, d.workflow_name, d.workflow_version, d.queue_name, d.ended_at, d.attempt,
  d.failure_count, d.reclaim_count, left(d.reason, %(length)s) as reason, d.error_class,
  left(d.error_message, %(length)s) as error_message,
  to_char(d.ended_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || ' ' || d.workflow_id as place
from {schema}.dead_letter d
where (%(queue_name)s::text is null or d.queue_name = %(queue_name)s)
  and (%(workflow_name)s::text is null or d.workflow_name = %(workflow_name)s)
  and (%(ended_at)s::timestamptz is null
    or (d.ended_at, d.workflow_id) < (%(ended_at)s::timestamptz, %(workflow_id)s))
order by d.ended_at desc, d.workflow_id desc
limit %(limit)s"""
_PLACE = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]{15}Z) (\S+)")


async def read(db: Client, asked: Asked) -> dict[str, object]:
    found = await _found(db, asked, PAGE_ROWS + 1)
    return {
        "letters": found[:PAGE_ROWS],
        "next": found[PAGE_ROWS - 1]["place"] if len(found) > PAGE_ROWS else None,
        "filters": {name: asked.get(name, "") for name in FILTERS},
    }


async def _found(db: Client, asked: Mapping[str, str], limit: int) -> list[dict[str, str]]:
    place = _PLACE.fullmatch(asked.get("before", ""))
    ended_at, workflow_id = place.groups() if place else (None, None)
    return await db.rows(
        _ROWS,
        {
            **{name: asked.get(name) or None for name in FILTERS},
            "ended_at": ended_at,
            "workflow_id": workflow_id,
            "length": MESSAGE_LENGTH,
            "limit": limit,
        },
    )


async def ask(act: Acting) -> Ask:
    """How many go back to work, before they do."""
    words = {name: act.text(name) or "" for name in FILTERS}
    chosen = await _found(act.db, words, MOST_AT_ONCE + 1)
    if not chosen:
        raise Failure(ExitCode.USAGE, "no dead letter fits this filter")
    is_all = len(chosen) <= MOST_AT_ONCE
    chosen = chosen[:MOST_AT_ONCE]
    noun = "dead letter" if len(chosen) == 1 else "dead letters"
    return Ask(
        "dead_letters_ask.html",
        f"Retry {len(chosen):,} {noun}?",
        {"chosen": chosen, "is_all": is_all, "noun": noun, "most": MOST_AT_ONCE},
    )


PAGES = [
    Page(
        "dead_letters",
        "/dead-letters",
        "Dead letters",
        read,
        takes=(*FILTERS, "before"),
        group="Watch",
    )
]
ACTIONS = [Action("/dead-letters/ask", ask, is_reading=True)]
