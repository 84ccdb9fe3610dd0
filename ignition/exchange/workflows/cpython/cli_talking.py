"""Commands that talk to running workflows: send, prompts, answer, events, stream."""

import json
from typing import Annotated

import typer

from exchange.workflows import compat
from exchange.workflows.cpython.cli_output import plain_table, shorten, utc_time
from exchange.workflows.cpython.cli_session import Actor, Reason, Session, WorkflowId, read_json

Limit = Annotated[int, typer.Option("--limit", min=1, max=1000)]


def send(
    session: Session,
    workflow_id: WorkflowId,
    message: Annotated[
        str, typer.Argument(help="JSON, or @FILE, or - for standard input.", show_default=False)
    ],
    topic: Annotated[str, typer.Option("--topic", help="What the workflow receives by.")] = "cmd",
    message_id: Annotated[
        str | None, typer.Option(help="A uuid; the same one again changes nothing.")
    ] = None,
    actor: Actor = None,
) -> None:
    """Send a message to a live workflow; it stays until it is received."""
    options = {
        "topic": topic,
        "message_id": message_id or compat.new_id(),
        **session.who(actor),
    }
    answer = session.call(
        "send_message",
        workflow_id=workflow_id,
        message=json.dumps(read_json("MESSAGE", message)),
        options=json.dumps(options),
    )
    before = " before" if answer["deduplicated"] else ""
    session.show(answer, f"message {answer['message_id']} was sent{before}")


def prompts(
    session: Session,
    role: Annotated[str | None, typer.Option(help="Only what this role may answer.")] = None,
    workflow: Annotated[str | None, typer.Option(help="Only of this workflow_id.")] = None,
    closed: Annotated[
        bool, typer.Option("--closed", help="Those that are over.", show_default=False)
    ] = False,
    limit: Limit = 50,
) -> None:
    """List the prompts that wait for an answer, oldest first."""
    filters = {"role": role, "workflow_id": workflow, "is_open": not closed, "limit": limit}
    found = session.call("list_prompts", filter=json.dumps(filters))
    columns = ["prompt_id", "workflow", "asked", "due", "roles", "question", "answered by"]
    rows = [
        [
            prompt["prompt_id"],
            prompt["workflow_name"],
            utc_time(prompt["asked_at"]),
            utc_time(prompt["due_at"]),
            ", ".join(prompt["roles"] or ["everybody"]),
            shorten(prompt["question"], 60),
            prompt["answered_by"],
        ]
        for prompt in found
    ]
    session.show(found, plain_table(columns, rows) if rows else "no such prompts")


def answer(
    session: Session,
    prompt_id: Annotated[str, typer.Argument(help="Of `prompts`.", show_default=False)],
    value: Annotated[
        str, typer.Argument(metavar="JSON", help="Or @FILE, or -.", show_default=False)
    ],
    actor: Annotated[str, typer.Option("--actor", help="Who answers.", show_default=False)],
    role: Annotated[list[str] | None, typer.Option(help="A role of that person.")] = None,
    second_actor: Annotated[str | None, typer.Option(help="Who signs as second.")] = None,
    second_role: Annotated[list[str] | None, typer.Option(help="A role of that one.")] = None,
    reason: Reason = None,
) -> None:
    """Answer a prompt."""
    options = {
        "actor": actor,
        "roles": role or [],
        "second_actor": second_actor,
        "second_roles": second_role or [],
        "reason": reason,
        "request_id": compat.new_id(),
    }
    given = session.call(
        "answer_prompt",
        prompt_id=prompt_id,
        answer=json.dumps(read_json("JSON", value)),
        options=json.dumps(options),
    )
    session.show(given, f"answered by {given['answered_by']}")


def events(
    session: Session,
    workflow_id: WorkflowId,
    key: Annotated[str | None, typer.Option("--key", help="Only this one.")] = None,
    history: Annotated[
        bool, typer.Option("--history", help="Every value there was.", show_default=False)
    ] = False,
    limit: Limit = 100,
) -> None:
    """Show what a workflow has published: the latest value per key."""
    options = {"key": key, "history": history, "limit": limit}
    found = session.call("read_events", workflow_id=workflow_id, options=json.dumps(options))
    rows = [[e["key"], utc_time(e["set_at"]), shorten(e["value"], 120)] for e in found]
    session.show(found, plain_table(["key", "set", "value"], rows) if rows else "no events")


def stream(
    session: Session,
    workflow_id: WorkflowId,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Like log.", show_default=False)],
    offset: Annotated[int, typer.Option("--offset", min=0, help="From this entry on.")] = 0,
    limit: Limit = 100,
) -> None:
    """Show entries of a stream of a workflow, in order."""
    found = session.call(
        "read_stream",
        workflow_id=workflow_id,
        stream=name,
        options=json.dumps({"offset": offset, "limit": limit}),
    )
    rows = [[str(e["offset"]), utc_time(e["written_at"]), shorten(e["value"], 120)] for e in found]
    session.show(found, plain_table(["offset", "written", "value"], rows) if rows else "no entries")
