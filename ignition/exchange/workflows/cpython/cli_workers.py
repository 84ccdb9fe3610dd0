"""Commands on the workers there are: workers list, drain, resume."""

from typing import Annotated, Any

import typer

from exchange.workflows.cpython.cli_output import plain_table, utc_time
from exchange.workflows.cpython.cli_session import Actor, Reason, Session

WorkerId = Annotated[
    str, typer.Argument(metavar="ID", help="As workers list shows it.", show_default=False)
]


def list_workers(session: Session) -> None:
    """List the workers, active and gone within a day."""
    workers = session.call("get_diagnostics")["workers"]
    columns = [
        "worker_id",
        "worker_name",
        "host",
        "status",
        "listens",
        "threads",
        "running",
        "queues",
        "renewed",
    ]
    rows = [
        [
            one["worker_id"],
            one["worker_name"],
            one["host_name"],
            _status(one),
            one["listen_mode"],
            one["threads"],
            one["running_count"],
            one["queues"],
            utc_time(one["renewed_at"]),
        ]
        for one in workers
    ]
    session.show(workers, plain_table(columns, rows, right="threads running"))


def drain_worker(
    session: Session, worker_id: WorkerId, reason: Reason = None, actor: Actor = None
) -> None:
    """Let a worker claim nothing more; what it has it works to its end."""
    answer = session.call("drain_worker", worker_id=worker_id, **session.who(actor, reason))
    session.show(answer, f"{answer['worker_name']} drains; {answer['running']} workflows are left")


def resume_worker(
    session: Session, worker_id: WorkerId, reason: Reason = None, actor: Actor = None
) -> None:
    """Let a worker claim again that was told to drain."""
    answer = session.call("resume_worker", worker_id=worker_id, **session.who(actor, reason))
    is_ending = answer["is_draining"]
    said = "still drains: its process ends" if is_ending else "claims again"
    session.show(answer, f"{answer['worker_name']} {said}")


def _status(worker: dict[str, Any]) -> str:
    return f"{worker['status']}, drains" if worker["is_draining"] else str(worker["status"])
