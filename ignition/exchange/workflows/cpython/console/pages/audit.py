"""The audit: what was done and by whom, the newest first, and the same as CSV for a file.

The page goes back along the key, so many entries at a time: no index finds those of one person or
of one event, and a page must take the same time however long the audit is.
"""

import csv
import io
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Asked, Download, Page
from exchange.workflows.cpython.console.typed_values import moment, whole_number

FILTERS = ("workflow_id", "actor", "event", "since", "until")
PAGE_ROWS = 50
LOOKED = 20000
NEWEST = 2**62
# Ids rise with time but for transactions that run at once: so many more than `until` says.
MARGIN = 1000

_LOOK = (
    "with newest as materialized (select l.audit_id from {schema}.audit_log l"
    "  where l.audit_id < %(before)s::bigint order by l.audit_id desc limit 1),"
    " bottom as materialized (select l.audit_id, l.audited_at from {schema}.audit_log l"
    "  where l.audit_id > (select n.audit_id from newest n) - %(looked)s::bigint"
    "  order by l.audit_id limit 1)"
    " select b.audit_id as bottom_id, b.audited_at as bottom_at, f.*"
    " from bottom b left join lateral (select l.* from {schema}.audit_log l"
    "  where l.audit_id between b.audit_id and (select n.audit_id from newest n)"
    "   and (%(actor)s::text is null or l.actor = %(actor)s::text)"
    "   and (%(event)s::text is null or l.event = %(event)s::text)"
    "   and (%(since)s::timestamptz is null or l.audited_at >= %(since)s::timestamptz)"
    "   and (%(until)s::timestamptz is null or l.audited_at < %(until)s::timestamptz)"
    "  order by l.audit_id desc limit %(limit)s) f on true"
    " order by f.audit_id desc"
)
# By halves: the last id before a time.
_LAST_BEFORE = (
    "with recursive halves (low, high) as ("
    " select f.audit_id, l.audit_id"
    " from (select audit_id from {schema}.audit_log order by audit_id limit 1) f,"
    "  (select audit_id from {schema}.audit_log order by audit_id desc limit 1) l"
    " union all"
    " select case when m.audited_at < %(until)s::timestamptz then h.middle else h.low end,"
    "  case when m.audited_at < %(until)s::timestamptz then h.high else h.middle - 1 end"
    " from (select low, high, (low + high + 1) / 2 as middle from halves where low < high) h"
    " cross join lateral (select l.audited_at from {schema}.audit_log l"
    "  where l.audit_id <= h.middle order by l.audit_id desc limit 1) m)"
    " select high from halves where low >= high"
)
_OF_IDS = (
    "select * from {schema}.audit_log l where l.audit_id = any(%(ids)s::bigint[])"
    " order by l.audit_id desc"
)


async def read(db: Client, asked: Asked) -> dict[str, object]:
    words = filter_of(asked)
    if "workflow_id" in words:
        found = await _of_workflow(db, words)
        bottom = None
    else:
        found, bottom = await _look(db, words)
    shown = found[:PAGE_ROWS]
    is_cut = len(found) > PAGE_ROWS
    further = bottom["bottom_id"] if bottom else None
    return {
        "entries": shown,
        "next": shown[-1]["audit_id"] if is_cut else further,
        "looked_back_to": bottom["bottom_at"] if bottom and not is_cut else None,
        "filters": {name: asked.get(name, "") for name in FILTERS},
    }


def filter_of(asked: Mapping[str, str]) -> dict[str, Any]:
    """The filter of export_audit; the times of the form are in UTC. Raises Failure."""
    words: dict[str, Any] = {name: asked[name] for name in FILTERS if asked.get(name)}
    for name in ("since", "until"):
        if name in words:
            words[name] = moment(words[name]).isoformat()
    if asked.get("before"):
        words["before"] = whole_number(asked["before"], "the number of an entry")
    return words


async def _of_workflow(db: Client, words: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries of one workflow, which an index finds: export_audit says which."""
    text = await db.call("export_audit", filter=json.dumps({**words, "limit": PAGE_ROWS + 1}))
    ids = [int(one["audit_id"]) for one in csv.DictReader(io.StringIO(text, newline=""))]
    return await db.rows(_OF_IDS, {"ids": ids})


async def _look(
    db: Client, words: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """What fits among the next entries, and the oldest of those where there may be more."""
    before = words.get("before", NEWEST)
    if "until" in words and "before" not in words:
        last = await db.rows(_LAST_BEFORE, {"until": words["until"]})
        before = last[0]["high"] + MARGIN if last else NEWEST
    given = {name: words.get(name) for name in FILTERS}
    rows = await db.rows(
        _LOOK, {**given, "before": before, "looked": LOOKED, "limit": PAGE_ROWS + 1}
    )
    found = [one for one in rows if one["audit_id"] is not None]
    if not rows or len(found) > PAGE_ROWS:
        return found, None
    bottom = rows[0]
    since = words.get("since")
    is_past = since is not None and bottom["bottom_at"] < datetime.fromisoformat(since)
    older = await db.rows(
        "select 1 from {schema}.audit_log l where l.audit_id < %(bottom_id)s limit 1", bottom
    )
    return found, bottom if older and not is_past else None


async def export(act: Acting) -> Download:
    words = filter_of({name: act.text(name) or "" for name in FILTERS})
    text = await act.db.call("export_audit", filter=json.dumps(words))
    return Download("audit.csv", "text/csv; charset=utf-8", text)


PAGES = [
    Page(
        "audit",
        "/audit",
        "Audit",
        read,
        role="admin",
        takes=(*FILTERS, "before"),
        group="Look after",
    )
]
ACTIONS = [Action("/audit/export", export, role="admin", is_reading=True)]
