"""Commands on workflows: enqueue, list, show, cancel, retry, command, fork."""

import json
from typing import Annotated, Any

import typer
from rich.text import Text

from exchange.workflows.cpython import cli_output as output
from exchange.workflows.cpython.cli_children import family_of, family_tree
from exchange.workflows.cpython.cli_session import (
    Actor,
    Reason,
    Session,
    WorkflowId,
    given,
    options_of,
    read_json,
)
from exchange.workflows.cpython.failures import ExitCode, Failure

ORDERS = "HOLD|PAUSE|RESUME|STOP|ABORT|RESET"


def enqueue(
    session: Session,
    name: Annotated[str, typer.Argument(help="The name it is registered by.", show_default=False)],
    inputs: Annotated[
        str, typer.Option("--inputs", help="JSON, or @FILE, or - for standard input.")
    ] = "{}",
    options: Annotated[
        str, typer.Option("--options", help='JSON, like {"queue_name": "fast", "priority": -5}.')
    ] = "{}",
    recipe: Annotated[str | None, typer.Option("--set", help="Start from this recipe.")] = None,
    recipe_version: Annotated[
        int | None, typer.Option("--set-version", min=1, help="The latest approved, if left out.")
    ] = None,
    template: Annotated[
        str | None, typer.Option("--template", help="Start from this template.")
    ] = None,
    unapproved: Annotated[
        bool, typer.Option("--allow-unapproved", help="Also from a draft.", show_default=False)
    ] = False,
    traceparent: Annotated[
        str | None,
        typer.Option(
            "--traceparent", envvar="TRACEPARENT", help="The W3C trace context to go on in."
        ),
    ] = None,
) -> None:
    """Enqueue a workflow by name and print its id."""
    wanted = {
        "set_name": recipe,
        "set_version": recipe_version,
        "template_name": template,
        "allow_unapproved": unapproved or None,
        "traceparent": traceparent,
    }
    chosen = read_json("--options", options)
    if isinstance(chosen, dict):
        chosen |= given(**wanted)
    request = {
        "workflow_name": name,
        "inputs": read_json("--inputs", inputs),
        "options": chosen,
    }
    (outcome,) = session.call("enqueue_many", items=json.dumps([request]))
    if outcome.get("error"):
        raise _refusal(outcome["error"])
    if not outcome.get("is_registered", True):
        session.note(f"no worker has registered {name!r} yet: it waits until one does")
    if outcome.get("deduplicated"):
        session.note("already enqueued: this is the id of the one that stands")
    session.show(outcome, outcome["workflow_id"])


def list_workflows(
    session: Session,
    name: Annotated[str | None, typer.Option("--name", help="Only this workflow_name.")] = None,
    queue: Annotated[str | None, typer.Option("--queue", help="Only this queue.")] = None,
    status: Annotated[str | None, typer.Option("--status", help="Only this status.")] = None,
    state: Annotated[str | None, typer.Option("--state", help="Only this state.")] = None,
    partition_key: Annotated[str | None, typer.Option("--partition-key")] = None,
    since: Annotated[str | None, typer.Option(help="Enqueued at or after (ISO-8601).")] = None,
    until: Annotated[str | None, typer.Option(help="Enqueued before (ISO-8601).")] = None,
    parent: Annotated[str | None, typer.Option(help="Only what this workflow started.")] = None,
    before: Annotated[str | None, typer.Option(help="The page before this id.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
) -> None:
    """List workflows, newest first."""
    wanted = options_of(
        workflow_name=name,
        queue_name=queue,
        status=status.upper() if status else None,
        state=state.upper() if state else None,
        partition_key=partition_key,
        since=since,
        until=until,
        parent=parent,
        before=before,
        limit=limit,
    )
    workflows = session.call("list_workflows", filter=wanted)
    session.show(workflows, output.workflow_table(workflows) if workflows else "no such workflows")


def show(session: Session, workflow_id: WorkflowId) -> None:
    """Show one workflow: where it stands, its result or error, the timeline of its steps, and the
    tree of its children."""
    workflow = session.call("get_workflow", workflow_id=workflow_id)
    steps = session.call("list_steps", workflow_id=workflow_id)
    family = family_of(session, workflow)
    session.show(
        {**workflow, "steps": steps, "family": family},
        *_describe(workflow),
        *([output.step_timeline(steps)] if steps else []),
        *([family_tree(workflow, family)] if family else []),
    )


def cancel(
    session: Session, workflow_id: WorkflowId, reason: Reason = None, actor: Actor = None
) -> None:
    """Cancel a workflow: at once where it waits, at its next step boundary where it runs."""
    options = options_of(**session.who(actor))
    answer = session.call(
        "cancel_workflow", workflow_id=workflow_id, reason=reason, options=options
    )
    _report(session, answer)


def retry(
    session: Session, workflow_id: WorkflowId, reason: Reason = None, actor: Actor = None
) -> None:
    """Put a workflow that ended in ERROR, CANCELLED or STOPPED back to work; its steps stay."""
    options = options_of(**session.who(actor, reason))
    _report(session, session.call("retry_workflow", workflow_id=workflow_id, options=options))


def command(
    session: Session,
    workflow_id: WorkflowId,
    order: Annotated[str, typer.Argument(metavar=ORDERS, show_default=False)],
    reason: Reason = None,
    actor: Actor = None,
    second_actor: Annotated[str | None, typer.Option(help="who confirmed it")] = None,
    valid_for: Annotated[
        float | None, typer.Option(help="seconds; not obeyed by then, it is taken back")
    ] = None,
) -> None:
    """Give a workflow an order: HOLD, PAUSE, RESUME, STOP, ABORT or RESET."""
    options = options_of(
        **session.who(actor), second_actor=second_actor, valid_for_seconds=valid_for
    )
    answer = session.call(
        "send_command",
        workflow_id=workflow_id,
        command=order.upper(),
        reason=reason,
        options=options,
    )
    _report(session, answer)


def command_many(
    session: Session,
    order: Annotated[str, typer.Argument(metavar=ORDERS, show_default=False)],
    queue: Annotated[str | None, typer.Option(help="of this queue")] = None,
    key: Annotated[str | None, typer.Option(help="with this partition key")] = None,
    resource: Annotated[str | None, typer.Option(help="that need this resource")] = None,
    name: Annotated[str | None, typer.Option(help="of this name")] = None,
    everything: Annotated[bool, typer.Option("--all", help="every live workflow")] = False,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Give every live workflow that fits one order."""
    filters = options_of(
        queue_name=queue,
        partition_key=key,
        resource=resource,
        workflow_name=name,
        all=everything or None,
    )
    answers = session.call(
        "send_commands",
        command=order.upper(),
        filter=filters,
        reason=reason,
        options=options_of(**session.who(actor)),
    )
    lines = [f"{one['workflow_id']}  {one.get('message') or one['outcome']}" for one in answers]
    session.show(answers, *(lines or ["no live workflow fits"]))
    refused = sum(one["outcome"] in ("rejected", "refused") for one in answers)
    if refused:
        raise Failure(ExitCode.REFUSED, f"{refused} of {len(answers)} were refused")


def fork(
    session: Session,
    workflow_id: WorkflowId,
    step: Annotated[str | None, typer.Option(help="key of a recorded step; none: the top")] = None,
    actor: Actor = None,
) -> None:
    """Start a workflow again from a step, under a new id; what was recorded before it is kept."""
    options = options_of(**session.who(actor))
    answer = session.call("fork_workflow", workflow_id=workflow_id, step_key=step, options=options)
    session.show(answer, f"enqueued {answer['workflow_id']}, {answer['kept_steps']} steps kept")


def _report(session: Session, answer: dict[str, Any]) -> None:
    """Print what an order did; a rejected one is refused."""
    message = answer.get("message") or f"{answer['outcome']}, now {answer.get('status')}"
    if answer["outcome"] == "rejected":
        raise Failure(ExitCode.REFUSED, message, code="WF009", detail=answer)
    session.show(answer, message)


def _describe(workflow: dict[str, Any]) -> list[Text | str]:
    w = workflow
    head = Text.assemble(
        (w["workflow_name"], "bold"),
        f" version {w.get('workflow_version')}  {w['workflow_id']}  ",
        output.status_text(w["status"], w.get("state")),
    )
    waited = output.seconds_between(w.get("enqueued_at"), w.get("started_at") or w.get("ended_at"))
    places = [
        f"queue {w['queue_name']}",
        f"priority {w.get('priority')}",
        f"attempt {w.get('attempt')}, {w.get('failure_count')} of {w.get('max_attempts')} failed",
        f"enqueued {output.utc_time(w.get('enqueued_at'))} by {w.get('enqueued_by')}",
        f"waited {output.span(waited)}",
    ]
    if w.get("started_at"):
        took = output.seconds_between(w["started_at"], w.get("ended_at"))
        places.append(f"took {output.span(took)}")
    lines: list[Text | str] = [head, Text(", ".join(places))]
    for label in (
        "partition_key",
        "resources",
        "available_at",
        "start_before",
        "deadline_at",
        "reason",
    ):
        if w.get(label):
            lines.append(Text(f"{label}: {output.shorten(w[label], 160)}"))
    if w.get("recipe"):
        lines.append(Text(f"started from: {_origin(w['recipe'])}"))
    for label in ("inputs", "result"):
        if w.get(label) not in (None, {}):
            lines.append(Text(f"{label}: {output.shorten(w[label], 160)}"))
    error = w.get("error")
    if error:
        lines.append(Text(f"error: {error.get('class')}: {error.get('message')}", style="red"))
        lines.extend(Text(f"  {line}") for line in (error.get("traceback") or "").splitlines())
    return lines


def _origin(recipe: dict[str, Any]) -> str:
    """Like `recipe rye version 1 (approved), template standard version 1, given: mode`."""
    words = []
    if recipe["set_name"]:
        status = recipe["set_status"]
        words.append(f"recipe {recipe['set_name']} version {recipe['set_version']} ({status})")
    if recipe["template_name"]:
        words.append(f"template {recipe['template_name']} version {recipe['template_version']}")
    words.extend(f"enum {name} version {n}" for name, n in recipe["enum_versions"].items())
    if recipe["overrides"]:
        words.append(f"given: {', '.join(recipe['overrides'])}")
    return ", ".join(words)


def _refusal(error: dict[str, Any]) -> Failure:
    code = error.get("code")
    exit_code = ExitCode.USAGE if code == "WF002" else ExitCode.REFUSED
    return Failure(exit_code, error.get("message") or "refused", code=code, detail=error)
