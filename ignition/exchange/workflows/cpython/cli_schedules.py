"""Commands on schedules: schedule create, set, list, show, next, pause, resume, run, delete."""

import json
from typing import Annotated, Any

import typer

from exchange.workflows.cpython.cli_output import plain_table, shorten
from exchange.workflows.cpython.cli_session import Actor, Reason, Session, options_of, read_json
from exchange.workflows.cpython.failures import ExitCode, Failure

ScheduleName = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]
WorkflowName = Annotated[str, typer.Argument(metavar="WORKFLOW", show_default=False)]
Json = Annotated[str | None, typer.Option(metavar="JSON", help="JSON, or @FILE, or - for stdin.")]


def create_schedule(
    session: Session,
    name: ScheduleName,
    workflow: WorkflowName,
    cron: Annotated[str | None, typer.Option(help="Five fields, or @daily and so on.")] = None,
    every: Annotated[float | None, typer.Option(help="Seconds from one to the next.")] = None,
    at: Annotated[str | None, typer.Option(help="Once, then: 2026-01-31T08:00:00Z")] = None,
    until: Annotated[str | None, typer.Option(help="Not after that.")] = None,
    zone: Annotated[str | None, typer.Option(help="Time zone of --cron.")] = None,
    inputs: Json = None,
    options: Json = None,
    catch_up: Annotated[str | None, typer.Option(metavar="skip|last|all")] = None,
    catch_up_seconds: Annotated[float | None, typer.Option(help="How late is too late.")] = None,
    calendar: Annotated[str | None, typer.Option(help="Only while this one is open.")] = None,
    description: Annotated[str | None, typer.Option()] = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Make a schedule; with --cron or --every, --at is from when."""
    chosen = options_of(
        cron=cron,
        interval_seconds=every,
        starts_at=at,
        ends_at=until,
        time_zone=zone,
        inputs=read_json("--inputs", inputs) if inputs else None,
        options=read_json("--options", options) if options else None,
        catch_up=catch_up,
        catch_up_seconds=catch_up_seconds,
        calendar_name=calendar,
        description=description,
        **session.who(actor, reason),
    )
    answer = session.call(
        "create_schedule", schedule_name=name, workflow_name=workflow, options=chosen
    )
    session.show(answer, f"schedule {name} is there; {_first(answer)}")


def set_schedule(
    session: Session,
    name: ScheduleName,
    changes: Annotated[
        str,
        typer.Argument(metavar="JSON", show_default=False, help="Options; null takes one back."),
    ],
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Change a schedule: set NAME '{"cron": "0 7 * * *"}'."""
    changed = read_json("JSON", changes)
    if not isinstance(changed, dict) or not changed:
        raise Failure(ExitCode.USAGE, "the changes are not a JSON object", "nothing was changed")
    options = json.dumps({**changed, **session.who(actor, reason)})
    answer = session.call("set_schedule", schedule_name=name, options=options)
    session.show(answer, f"schedule {name} is changed; {_first(answer)}")


def list_schedules(session: Session) -> None:
    """List the schedules with what they did last and do next."""
    schedules = session.view("schedule_status")
    columns = ["schedule_name", "workflow_name", "timing", "next_local_time", "time_zone"]
    columns += ["calendar_name", "last_outcome", "last_status"]
    rows = [
        [*(one[column] for column in columns), "paused" if one["is_paused"] else ""]
        for one in sorted(schedules, key=lambda one: one["schedule_name"])
    ]
    session.show(schedules, plain_table([*columns, ""], rows) if rows else "no schedules")


def show_schedule(
    session: Session,
    name: ScheduleName,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="So many occurrences.")] = 20,
) -> None:
    """Show one schedule and what became of its latest occurrences."""
    found = session.call("list_schedules", filter=json.dumps({"schedule_name": name}))
    if not found:
        hint = "see: ignition-workflows schedule list"
        raise Failure(ExitCode.REFUSED, f"there is no schedule {name}", hint)
    (schedule,) = found
    runs = session.call(
        "list_schedule_runs", schedule_name=name, options=json.dumps({"limit": limit})
    )
    lines = [f"{key}: {shorten(value)}" for key, value in schedule.items() if value is not None]
    columns = ["local_time", "outcome", "workflow_id", "actor", "message"]
    rows = [[one[column] for column in columns] for one in runs]
    table = plain_table(columns, rows) if rows else "it has not occurred yet"
    session.show({**schedule, "runs": runs}, *lines, table)


def next_occurrences(session: Session, name: ScheduleName) -> None:
    """Show the next ten occurrences and which of them are left out."""
    found = [one for one in session.view("schedule_next") if one["schedule_name"] == name]
    rows = [
        [one["n"], one["local_time"], one["time_zone"], one["skip_reason"]]
        for one in sorted(found, key=lambda one: one["n"])
    ]
    table = plain_table(["n", "local_time", "time_zone", "left out"], rows, right="n")
    session.show(found, table if rows else "nothing comes: see ignition-workflows schedule show")


def pause_schedule(
    session: Session, name: ScheduleName, reason: Reason = None, actor: Actor = None
) -> None:
    """Enqueue nothing until it is resumed; that is not made up for."""
    _change(session, "pause_schedule", name, reason, actor, "is paused")


def resume_schedule(
    session: Session, name: ScheduleName, reason: Reason = None, actor: Actor = None
) -> None:
    """Go on with the next occurrence."""
    _change(session, "resume_schedule", name, reason, actor, "is resumed")


def run_schedule(
    session: Session, name: ScheduleName, reason: Reason = None, actor: Actor = None
) -> None:
    """Enqueue it now, whatever its times say; prints the workflow id."""
    options = options_of(**session.who(actor, reason))
    workflow_id = session.call("run_schedule", schedule_name=name, options=options)
    session.show({"workflow_id": workflow_id}, workflow_id)


def delete_schedule(
    session: Session, name: ScheduleName, reason: Reason = None, actor: Actor = None
) -> None:
    """Delete it; what it has enqueued goes on."""
    _change(session, "delete_schedule", name, reason, actor, "is deleted")


def _change(
    session: Session, function: str, name: str, reason: str | None, actor: str | None, said: str
) -> None:
    options = options_of(**session.who(actor, reason))
    answer = session.call(function, schedule_name=name, options=options)
    session.show(answer, f"schedule {name} {said}")


def _first(schedule: dict[str, Any]) -> str:
    return f"first at {schedule['next_local_time']} {schedule['time_zone']}"
