"""Commands on what is kept and what is set: retention list, set, delete, apply; setting list, set,
reset, history; and diagnostics."""

import json
import re
from typing import Annotated, Any

import typer

from exchange.workflows.cpython.cli_output import plain_table, shorten, span, utc_time
from exchange.workflows.cpython.cli_session import Actor, Session, options_of
from exchange.workflows.cpython.failures import ExitCode, Failure

QueueName = Annotated[
    str | None,
    typer.Argument(
        metavar="[QUEUE]", help="Every queue without one of its own where none is named."
    ),
]
Status = Annotated[
    str | None,
    typer.Option(help="Only of this final status.", metavar="STATUS", show_default=False),
]
Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def list_retention(session: Session) -> None:
    """List for how long what has ended is kept, and how far its removal has come."""
    found = session.call("list_retention")
    rows = [
        [
            policy["queue_name"] or "(every queue)",
            policy["status"] or "(any)",
            "for ever" if policy["keep_seconds"] is None else span(policy["keep_seconds"]),
            policy["keep_count"],
            utc_time(policy["changed_at"]),
            policy["changed_by"],
        ]
        for policy in found["policies"]
    ]
    columns = ["queue_name", "status", "kept", "at most", "changed", "changed_by"]
    removed = f"{found['removed_count']} removed so far"
    session.show(found, plain_table(columns, rows, right="at most"), removed)


def set_retention(
    session: Session,
    queue: QueueName = None,
    status: Status = None,
    keep: Annotated[
        str | None, typer.Option(metavar="30d|12h|600s|forever", help="For how long.")
    ] = None,
    count: Annotated[int | None, typer.Option(min=0, help="The newest so many at most.")] = None,
    actor: Actor = None,
) -> None:
    """Say for how long what has ended is kept; what exceeds --keep or --count is removed."""
    if keep is None and count is None:
        raise Failure(ExitCode.USAGE, "give --keep, --count or both", "for example --keep 30d")
    options = {
        "status": status,
        "keep_seconds": None if keep is None else _seconds(keep),
        "keep_count": count,
        **session.who(actor),
    }
    policy = session.call("set_retention", queue_name=queue, options=json.dumps(options))
    session.show(policy, f"retention of {_name_of(queue, status)} is set")


def delete_retention(
    session: Session, queue: QueueName = None, status: Status = None, actor: Actor = None
) -> None:
    """Take a policy away: the next more general one counts, and under none all is kept."""
    options = options_of(status=status, **session.who(actor))
    answer = session.call("delete_retention", queue_name=queue, options=options)
    if not answer["was_set"]:
        session.note(f"retention of {_name_of(queue, status)} was not set")
    session.show(answer, f"retention of {_name_of(queue, status)} is not set")


def apply_retention(
    session: Session,
    limit: Annotated[
        int, typer.Option(min=1, max=10000, help="Workflows that one transaction removes.")
    ] = 1000,
    actor: Actor = None,
) -> None:
    """Remove at once all that is kept no longer, in transactions of --limit workflows."""
    total: dict[str, Any] = {"tables": {}, "queues": {}, "passed_by": 0}
    who = session.who(actor)
    after = None
    while True:
        answer = session.call("apply_retention", limit=limit, after=after, **who)
        for part in ("tables", "queues"):
            for name, rows in answer[part].items():
                total[part][name] = total[part].get(name, 0) + rows
        total["passed_by"] += answer.get("passed_by", 0)
        if answer["is_done"]:
            break
        after = answer["next"]
    counts = [[name, rows] for name, rows in sorted(total["queues"].items())]
    said = f"{total['tables'].get('workflow', 0)} workflows removed"
    if total["passed_by"]:
        said += f", {total['passed_by']} passed by: locked, or with a child that lives"
    session.show(total, plain_table(["queue_name", "removed"], counts, right="removed"), said)


def list_settings(
    session: Session,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only what is not its default.", show_default=False)
    ] = False,
) -> None:
    """List the settings, their defaults and their bounds."""
    found = [
        one
        for one in session.call("list_settings")
        if not changed or one["setting_value"] != one["default_value"]
    ]
    rows = [
        [
            one["setting_name"],
            one["setting_value"],
            one["default_value"],
            "" if one["minimum"] is None else f"{one['minimum']:g} to {one['maximum']:g}",
            one["changed_by"],
            one["description"],
        ]
        for one in found
    ]
    columns = ["setting_name", "value", "default", "bounds", "changed_by", "description"]
    session.show(found, plain_table(columns, rows))


def set_setting(
    session: Session,
    name: Name,
    value: Annotated[str, typer.Argument(metavar="VALUE", show_default=False)],
    actor: Actor = None,
) -> None:
    """Change a setting."""
    answer = session.call("set_setting", name=name, value=value, **session.who(actor))
    session.show(answer, f"{name} = {answer['value']}, was {answer['before']}")


def reset_setting(session: Session, name: Name, actor: Actor = None) -> None:
    """Set a setting to its default."""
    answer = session.call("reset_setting", name=name, **session.who(actor))
    session.show(answer, f"{name} = {answer['value']}, was {answer['before']}")


def setting_history(
    session: Session,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
) -> None:
    """Show who changed which setting from what to what, newest first."""
    filters = {"name": name, "limit": limit}
    found = session.call("list_setting_changes", filter=json.dumps(filters))
    rows = [
        [
            utc_time(one["changed_at"]),
            one["setting_name"],
            one["old_value"],
            one["new_value"],
            one["changed_by"],
            one["database_user"],
            shorten(one["reason"] or "", 40),
        ]
        for one in found
    ]
    columns = ["changed", "setting_name", "was", "is", "changed_by", "database_user", "reason"]
    session.show(found, plain_table(columns, rows))


def diagnostics(session: Session) -> None:
    """Print one JSON of what somebody who helps from afar asks for first."""
    found = session.call("get_diagnostics")
    session.show(found, json.dumps(found, indent=2, ensure_ascii=False))


def _seconds(text: str) -> int | None:
    if text == "forever":
        return None
    found = re.fullmatch(r"(\d+)([smhd])", text)
    if not found:
        raise Failure(ExitCode.USAGE, f"--keep takes 30d, 12h, 10m, 600s or forever, not {text!r}")
    return int(found[1]) * _UNITS[found[2]]


def _name_of(queue: str | None, status: str | None) -> str:
    return " ".join(
        part for part in ("every queue" if queue is None else f"queue {queue}", status) if part
    )
