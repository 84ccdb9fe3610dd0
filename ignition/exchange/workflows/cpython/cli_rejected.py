"""Commands on entries that an in-memory buffer could not enqueue: rejected list, retry, discard."""

import json
from typing import Annotated, Any

import typer

from exchange.workflows.cpython.cli_output import local_time, plain_table, shorten
from exchange.workflows.cpython.cli_session import Actor, Session

WorkflowId = Annotated[str, typer.Argument(metavar="ID", help="workflow_id", show_default=False)]


def list_rejected(
    session: Session,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Those that were decided.", show_default=False)
    ] = False,
    origin: Annotated[str | None, typer.Option(help="Only of this gateway and project.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
) -> None:
    """List the entries that wait for a decision, newest first."""
    filters: dict[str, Any] = {"is_resolved": resolved, "limit": limit}
    if origin is not None:
        filters["origin"] = origin
    found = session.call("list_rejected_entries", filter=json.dumps(filters))
    rows = [
        [
            entry["workflow_id"],
            entry["origin"],
            local_time(entry["rejected_at"]),
            entry["resolution"],
            shorten(entry["problem"], 60),
            shorten(entry["entry"], 60),
        ]
        for entry in found
    ]
    columns = ["workflow_id", "origin", "rejected", "resolution", "problem", "entry"]
    session.show(found, plain_table(columns, rows))


def retry(session: Session, workflow_id: WorkflowId, actor: Actor = None) -> None:
    """Enqueue an entry again, under the same id."""
    _resolve(session, workflow_id, "retry", actor)


def discard(session: Session, workflow_id: WorkflowId, actor: Actor = None) -> None:
    """Mark an entry as not wanted any more; it stays in the table."""
    _resolve(session, workflow_id, "discard", actor)


def _resolve(session: Session, workflow_id: str, action: str, actor: str | None) -> None:
    answer = session.call(
        "resolve_rejected_entry", workflow_id=workflow_id, action=action, actor=actor
    )
    before = "" if answer["outcome"] == "accepted" else " before"
    session.show(answer, f"{workflow_id} was {answer['resolution']}{before}")
