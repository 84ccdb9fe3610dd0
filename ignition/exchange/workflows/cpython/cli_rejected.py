"""Commands on entries that an in-memory buffer could not enqueue: rejected list, retry, discard."""

from typing import Annotated

import typer

from exchange.workflows.cpython.cli_output import plain_table, shorten, utc_time
from exchange.workflows.cpython.cli_session import Actor, Session, WorkflowId, options_of


def list_rejected(
    session: Session,
    resolved: Annotated[
        bool, typer.Option("--resolved", help="Those that were decided.", show_default=False)
    ] = False,
    origin: Annotated[str | None, typer.Option(help="Only of this gateway and project.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
) -> None:
    """List the entries that wait for a decision, newest first."""
    filters = options_of(is_resolved=resolved, limit=limit, origin=origin)
    found = session.call("list_rejected_entries", filter=filters)
    rows = [
        [
            entry["workflow_id"],
            entry["origin"],
            utc_time(entry["rejected_at"]),
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
        "resolve_rejected_entry", workflow_id=workflow_id, action=action, **session.who(actor)
    )
    before = "" if answer["outcome"] == "accepted" else " before"
    session.show(answer, f"{workflow_id} was {answer['resolution']}{before}")
