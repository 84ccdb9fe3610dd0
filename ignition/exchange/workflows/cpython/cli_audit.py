"""The command audit: what was done and changed, as a table, as JSON, or as CSV for a file."""

import json
from typing import Annotated, Any

import typer
from psycopg import sql
from psycopg.rows import dict_row

from exchange.workflows.cpython.cli_output import plain_table, shorten, utc_time
from exchange.workflows.cpython.cli_session import Session

# What a filter of export_audit means in the view.
_CONDITIONS = {
    "workflow_id": "workflow_id = %(workflow_id)s",
    "actor": "actor = %(actor)s",
    "event": "event = %(event)s",
    "since": "audited_at >= %(since)s::text::timestamptz",
    "until": "audited_at < %(until)s::text::timestamptz",
    "before": "audit_id < %(before)s",
}


def audit(
    session: Session,
    csv: Annotated[bool, typer.Option("--csv", help="CSV, for a file.")] = False,
    workflow_id: Annotated[str | None, typer.Option("--workflow", metavar="ID")] = None,
    actor: Annotated[str | None, typer.Option(help="Only what this person did.")] = None,
    event: Annotated[str | None, typer.Option(help="Only this event.")] = None,
    since: Annotated[str | None, typer.Option(help="From this time on, UTC.")] = None,
    until: Annotated[str | None, typer.Option(help="Before this time, UTC.")] = None,
    before: Annotated[int | None, typer.Option(help="Page on below this audit_id.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, max=100000, show_default=False)] = None,
) -> None:
    """Show the audit, newest first: the last 50, or 10,000 with --csv, unless --limit says."""
    filters = {
        "workflow_id": workflow_id,
        "actor": actor,
        "event": event,
        "since": since,
        "until": until,
        "before": before,
        "limit": limit,
    }
    given = {name: value for name, value in filters.items() if value is not None}
    # Also for a table: the one place that knows a bad filter.
    exported = session.call(
        "export_audit", filter=json.dumps(given if csv else {**given, "limit": 1})
    )
    if csv:
        print(exported, end="", flush=True)
        return
    rows = _rows(session, given, limit or 50)
    session.show(rows, plain_table(_COLUMNS, [_cells(row) for row in rows]))


_COLUMNS = ["audit_id", "time", "event", "what", "was", "is", "actor", "second", "reason", "source"]


def _rows(session: Session, filters: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    conditions = [condition for name, condition in _CONDITIONS.items() if name in filters]
    query = sql.SQL("select * from {} where {} order by audit_id desc limit %(limit)s").format(
        sql.Identifier(session.schema, "audit_log"),
        sql.SQL(" and ".join(["true", *conditions])),
    )
    with session.conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query, {**filters, "limit": limit}).fetchall()


def _cells(row: dict[str, Any]) -> list[Any]:
    named = (
        row["workflow_id"],
        row["workflow_name"],
        None if row["workflow_id"] else row["detail"],
    )
    return [
        row["audit_id"],
        utc_time(row["audited_at"].isoformat()),
        row["event"],
        " ".join(word for word in named if word),
        shorten(row["old_value"] or "", 40),
        shorten(row["new_value"] or "", 40),
        row["actor"],
        row["second_actor"],
        shorten(row["reason"] or "", 40),
        row["source"],
    ]
