"""What waits for a person, with what the person can do about it."""

import re

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Action, Asked, Page

PAGE_ROWS = 50
KINDS = ("step in doubt", "held", "prompt", "dead letter")

# What waits longest comes first. Two rows of one workflow differ in their time or their kind.
_ROWS = """
select a.kind, a.workflow_id, a.workflow_name, a.queue_name, a.since, a.what, a.what_to_do,
  to_char(a.since, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || ' ' || a.workflow_id || ' ' || a.kind as place
from {schema}.attention_needed a
where (%(kind)s::text is null or a.kind = %(kind)s)
  and (%(since)s::timestamptz is null
    or (a.since, a.workflow_id, a.kind) > (%(since)s::timestamptz, %(workflow_id)s, %(after_kind)s))
order by a.since, a.workflow_id, a.kind
limit %(limit)s"""
_PLACE = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]{15}Z) (\S+) (.+)")


async def read(db: Client, asked: Asked) -> dict[str, object]:
    place = _PLACE.fullmatch(asked.get("after", ""))
    since, workflow_id, after_kind = place.groups() if place else (None, None, None)
    rows = await db.rows(
        _ROWS,
        {
            "kind": asked.get("kind") if asked.get("kind") in KINDS else None,
            "since": since,
            "workflow_id": workflow_id,
            "after_kind": after_kind,
            "limit": PAGE_ROWS + 1,
        },
    )
    return {
        "rows": [{**one, "prompt_id": _prompt_id(one)} for one in rows[:PAGE_ROWS]],
        "next": rows[PAGE_ROWS - 1]["place"] if len(rows) > PAGE_ROWS else None,
        "kinds": KINDS,
        "kind": asked.get("kind", ""),
    }


def _prompt_id(row: dict[str, str]) -> str | None:
    """The view names the prompt in what is to be done."""
    if row["kind"] != "prompt":
        return None
    return row["what_to_do"].removeprefix("answer prompt ")


PAGES = [Page("attention", "/attention", "Attention", read, takes=("kind", "after"), group="Watch")]
ACTIONS: list[Action] = []
