"""Commands on calendars and blackouts: calendar list, set, delete; blackout list, add, remove."""

import json
from datetime import datetime
from typing import Annotated

import typer

from exchange.workflows.cpython.cli_output import parse_time, plain_table, utc_time
from exchange.workflows.cpython.cli_session import Actor, Reason, Session, options_of, read_json
from exchange.workflows.cpython.failures import ExitCode, Failure

CalendarName = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]
When = Annotated[str, typer.Argument(metavar="TIME", help="Like 2026-01-31T08:00:00Z.")]


def list_calendars(session: Session) -> None:
    """List the calendars with their shifts."""
    calendars = session.call("list_calendars")
    rows = [
        [
            one["calendar_name"],
            one["time_zone"],
            "open" if one["is_open"] else "closed",
            ", ".join(shift["name"] for shift in one["shifts"]),
            len(one["holidays"]),
        ]
        for one in calendars
    ]
    columns = ["calendar_name", "time_zone", "now", "shifts", "holidays"]
    table = plain_table(columns, rows, right="holidays")
    session.show(calendars, table if rows else "no calendars")


def set_calendar(
    session: Session,
    name: CalendarName,
    calendar: Annotated[str, typer.Argument(metavar="JSON", help="JSON, or @FILE, or -.")],
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Make a calendar, or replace it: time_zone, shifts, holidays."""
    answer = session.call(
        "set_calendar",
        calendar_name=name,
        calendar=json.dumps(read_json("calendar", calendar)),
        options=options_of(**session.who(actor, reason)),
    )
    session.show(answer, f"calendar {name} is set")


def delete_calendar(
    session: Session, name: CalendarName, reason: Reason = None, actor: Actor = None
) -> None:
    """Delete a calendar that nothing follows."""
    options = options_of(**session.who(actor, reason))
    answer = session.call("delete_calendar", calendar_name=name, options=options)
    session.show(answer, f"calendar {name} is deleted")


def list_blackouts(
    session: Session,
    every: Annotated[bool, typer.Option("--all", help="Also those that are over.")] = False,
) -> None:
    """List the times in which nothing is started."""
    blackouts = session.call("list_blackouts", filter=options_of(is_over=None if every else False))
    rows = [
        [
            one["blackout_id"],
            one["schedule_name"] or one["calendar_name"] or "everything",
            utc_time(one["starts_at"]),
            utc_time(one["ends_at"]),
            one["reason"],
        ]
        for one in blackouts
    ]
    table = plain_table(["id", "for", "from", "until", "reason"], rows, right="id")
    session.show(blackouts, table if rows else "no blackouts")


def add_blackout(
    session: Session,
    starts_at: When,
    ends_at: When,
    schedule: Annotated[str | None, typer.Option(help="Only this schedule.")] = None,
    calendar: Annotated[str | None, typer.Option(help="What follows this calendar.")] = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Start nothing from one time until another."""
    options = options_of(
        **session.who(actor, reason), schedule_name=schedule, calendar_name=calendar
    )
    answer = session.call(
        "add_blackout",
        starts_at=_moment(starts_at),
        ends_at=_moment(ends_at),
        options=options,
    )
    session.show(answer, f"blackout {answer['blackout_id']} is added")


def remove_blackout(
    session: Session,
    number: Annotated[int, typer.Argument(metavar="ID", show_default=False)],
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Take a blackout away."""
    options = options_of(**session.who(actor, reason))
    answer = session.call("remove_blackout", blackout_id=number, options=options)
    session.show(answer, f"blackout {number} is removed")


def _moment(text: str) -> datetime:
    """A time with its offset; without one it would mean another moment for each reader."""
    try:
        moment = parse_time(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        hint = "write it like 2026-01-31T08:00:00Z"
        raise Failure(ExitCode.USAGE, f"not a time with its offset: {text!r}", hint)
    return moment
