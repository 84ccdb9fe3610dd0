"""Commands on maintenance: queue maintenance enter, exit, status."""

from typing import Annotated, Any

import typer

from exchange.workflows.cpython.cli_output import plain_table, utc_time
from exchange.workflows.cpython.cli_session import Actor, Reason, Session

QueueName = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="All queues where none is named.", show_default=False),
]


def enter(
    session: Session,
    name: QueueName = None,
    cancel: Annotated[
        bool, typer.Option("--cancel", help="Cancel what waits and what runs.", show_default=False)
    ] = False,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Start nothing new and refuse to enqueue; what runs goes on unless --cancel."""
    mode = "cancel" if cancel else "drain"
    who = session.who(actor, reason)
    total = {"queued": 0, "running": 0}
    while True:
        answer = session.call("enter_maintenance", mode=mode, queue_name=name, **who)
        for part, count in answer["cancelled"].items():
            total[part] += count
        if not any(answer["cancelled"].values()):
            break
    answer["cancelled"] = total
    said = f"maintenance of {_name_of(name)} is entered"
    if cancel:
        said += f"; cancelled {total['queued']} waiting, asked {total['running']} running"
    session.show(answer, said)


def leave(
    session: Session, name: QueueName = None, reason: Reason = None, actor: Actor = None
) -> None:
    """End the maintenance that was entered with the same name; a pause stays a pause."""
    answer = session.call("exit_maintenance", queue_name=name, **session.who(actor, reason))
    ended = "is over" if answer["was_entered"] else "was not entered"
    said = f"maintenance of {_name_of(name)} {ended}"
    if answer["is_entered"]:
        stays = "that of single queues" if name is None else "it stays closed: that of all queues"
        said += f"; {stays} is still entered"
    session.show(answer, said)


def status(session: Session) -> None:
    """Show what maintenance is entered and what still runs there."""
    found = session.call("get_maintenance")
    if not found["is_entered"]:
        session.show(found, "no maintenance is entered")
        return
    is_drained = found["is_settled"] and not found["running"]
    session.show(found, _table(found["queues"]), "drained" if is_drained else "not drained yet")


def _name_of(name: str | None) -> str:
    return "all queues" if name is None else f"queue {name}"


def _table(queues: list[dict[str, Any]]) -> Any:
    columns = ["queue_name", "mode", "running", "enqueued", "entered", "entered_by", "reason"]
    rows = [
        [*(q[c] for c in columns[:4]), utc_time(q["entered_at"]), q["entered_by"], q["reason"]]
        for q in queues
    ]
    return plain_table(columns, rows, right="running enqueued")
