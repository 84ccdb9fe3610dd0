"""Commands on queues: queue list, create, set, pause, resume, and watch."""

import json
import time
from contextlib import nullcontext
from itertools import count
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live

from exchange.workflows.cpython.cli_output import queue_table
from exchange.workflows.cpython.cli_session import Actor, Reason, Session, given
from exchange.workflows.cpython.failures import ExitCode, Failure

QueueName = Annotated[str, typer.Argument(metavar="NAME", show_default=False)]
Limit = Annotated[str | None, typer.Option(metavar="N|none", show_default=False)]
Rate = Annotated[
    str | None,
    typer.Option(
        metavar="N/SECONDS|none", show_default=False, help="So many claims in any so many seconds."
    ),
]
KeyRate = Annotated[
    str | None,
    typer.Option(
        metavar="N/SECONDS|none", show_default=False, help="The same for each partition key."
    ),
]
YesNo = Annotated[bool | None, typer.Option("--accepts-work/--closed", show_default=False)]
History = Annotated[str | None, typer.Option(metavar="errors|full", show_default=False)]
Calendar = Annotated[str | None, typer.Option(metavar="NAME|none", show_default=False)]
RunOn = Annotated[str | None, typer.Option(metavar="active|any|prefer_active", show_default=False)]


def list_queues(session: Session) -> None:
    """List the queues with their depth and limits."""
    queues = session.call("list_queues")
    session.show(queues, queue_table(queues))


def create_queue(
    session: Session,
    name: QueueName,
    max_running: Limit = None,
    max_enqueued: Limit = None,
    rate: Rate = None,
    key_rate: KeyRate = None,
    history: History = None,
    run_on: RunOn = None,
    actor: Actor = None,
) -> None:
    """Make a queue."""
    options = _limits(max_running=max_running, max_enqueued=max_enqueued)
    options |= _rates(rate=rate, key_rate=key_rate)
    options |= given(history=history, run_on=run_on) | session.who(actor)
    session.show(
        session.call("create_queue", queue_name=name, options=json.dumps(options)),
        f"queue {name} is there",
    )


def set_queue(
    session: Session,
    name: QueueName,
    max_running: Limit = None,
    max_enqueued: Limit = None,
    rate: Rate = None,
    key_rate: KeyRate = None,
    history: History = None,
    accepts_work: YesNo = None,
    run_on: RunOn = None,
    calendar: Calendar = None,
    actor: Actor = None,
) -> None:
    """Change a queue's limits; `none` takes a limit away."""
    options = _limits(max_running=max_running, max_enqueued=max_enqueued)
    options |= _rates(rate=rate, key_rate=key_rate)
    options |= given(history=history, accepts_work=accepts_work, run_on=run_on)
    if calendar:
        options["calendar_name"] = None if calendar == "none" else calendar
    if not options:
        raise Failure(ExitCode.USAGE, "nothing to set", "see: ignition-workflows queue set --help")
    changed = ", ".join(f"{key} = {json.dumps(value)}" for key, value in options.items())
    session.show(
        session.call(
            "set_queue", queue_name=name, options=json.dumps(options | session.who(actor))
        ),
        f"queue {name}: {changed}",
    )


def pause_queue(
    session: Session, name: QueueName, reason: Reason = None, actor: Actor = None
) -> None:
    """Stop claiming from a queue; what runs goes on, enqueuing goes on."""
    answer = session.call("pause_queue", queue_name=name, **session.who(actor, reason))
    session.show(answer, f"queue {name} is paused")


def resume_queue(
    session: Session, name: QueueName, reason: Reason = None, actor: Actor = None
) -> None:
    """Claim from a paused queue again."""
    answer = session.call("resume_queue", queue_name=name, **session.who(actor, reason))
    session.show(answer, f"queue {name} is resumed")


def watch(
    session: Session,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 1.0,
    times: Annotated[int | None, typer.Option(min=1, help="End after so many looks.")] = None,
) -> None:
    """Show the queues live until Ctrl-C; with --json, one line per look."""
    screen = Console(markup=False, emoji=False)
    is_live = screen.is_terminal and not session.as_json
    with Live(console=screen, auto_refresh=False) if is_live else nullcontext() as live:
        for look in range(times) if times else count():
            if look:
                time.sleep(every)
            queues = session.call("list_queues")
            if live:
                live.update(queue_table(queues), refresh=True)
            else:
                session.show(queues, queue_table(queues))


def _limits(**texts: str | None) -> dict[str, Any]:
    """The options that were given; a number, or null for the word none."""
    limits: dict[str, Any] = {}
    for name, text in texts.items():
        if text is None:
            continue
        if text.lower() == "none":
            limits[name] = None
        elif text.isdigit():
            limits[name] = int(text)
        else:
            option = name.replace("_", "-")
            raise Failure(ExitCode.USAGE, f"--{option} takes a number or none, not {text!r}")
    return limits


def _rates(**texts: str | None) -> dict[str, Any]:
    """The options of rates like 50/60, or null for the word none."""
    rates: dict[str, Any] = {}
    for name, text in texts.items():
        if text is None:
            continue
        limit, _, seconds = text.partition("/")
        if text.lower() == "none":
            rates[f"{name}_limit"] = rates[f"{name}_seconds"] = None
        elif limit.isdigit() and _is_number(seconds):
            rates[f"{name}_limit"], rates[f"{name}_seconds"] = int(limit), float(seconds)
        else:
            option = name.replace("_", "-")
            problem = f"--{option} takes N/SECONDS or none, not {text!r}"
            raise Failure(ExitCode.USAGE, problem, f"for example --{option} 50/60")
    return rates


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
