"""One workflow: what it was given and made of it, its steps over time, and the orders it may get."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.gantt import gantt_of
from exchange.workflows.cpython.console.page import Acting, Action, Asked, Done, Page
from exchange.workflows.cpython.failures import ExitCode, Failure

MOST_COUNTED = 1000  # describe_workflow counts the children of a child one further, and no more
# What a button says it does; the words of the commands are those of ISA-88.
COMMANDS = {
    "HOLD": ("Hold", "warn"),
    "PAUSE": ("Pause", "warn"),
    "RESUME": ("Resume", "busy"),
    "STOP": ("Stop", "bad"),
    "ABORT": ("Abort", "bad"),
    "RESET": ("Reset", "plain"),
}


async def read(db: Client, asked: Asked) -> dict[str, object]:
    told = await db.call("describe_workflow", workflow_id=asked["workflow_id"])
    workflow = told["workflow"]
    return {
        **{name: value for name, value in told.items() if name not in ("messages", "tree")},
        "tree": with_rest(told["tree"]),
        "direct_children": sum(one["level"] == 1 for one in told["tree"]),
        "has_tries": any((step["attempts"] or 1) > 1 for step in told["steps"]),
        "messages_sent": told["messages"],
        "command_words": COMMANDS,
        "gantt": gantt_of(
            told["steps"], told["attempts"], workflow["started_at"], workflow["ended_at"]
        ),
    }


def with_rest(tree: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a tree, each with how many of its children are not among them."""
    shown = Counter(one["parent_workflow_id"] for one in tree)
    return [
        {
            **one,
            "not_shown": min(one["children"], MOST_COUNTED) - shown[one["workflow_id"]],
            "is_counted": one["children"] <= MOST_COUNTED,
        }
        for one in tree
    ]


async def command(act: Acting) -> Done:
    word = act.required("command", "the command")
    if word not in COMMANDS:
        raise Failure(ExitCode.USAGE, f"{word} is not a command")
    answer = await act.db.call(
        "send_command",
        workflow_id=act.asked["workflow_id"],
        command=word,
        reason=act.text("reason"),
        options=act.options(reason=None),
    )
    return _answered(word, answer)


async def cancel(act: Acting) -> Done:
    answer = await act.db.call(
        "cancel_workflow",
        workflow_id=act.asked["workflow_id"],
        reason=act.text("reason"),
        options=act.options(reason=None),
    )
    return _answered("cancel", answer)


def _answered(word: str, answer: Mapping[str, Any]) -> Done:
    new = answer.get("new_workflow_id")
    return Done(
        f"{word} {answer['outcome']}: {answer['message']}",
        go_to=f"/workflows/{new}" if new else None,
        is_good=answer["outcome"] != "rejected",
    )


async def retry(act: Acting) -> Done:
    await act.db.call("retry_workflow", workflow_id=act.asked["workflow_id"], options=act.options())
    return Done("it is back to work; recorded steps are kept")


async def fork(act: Acting) -> Done:
    """Sent twice, it answers the same workflow: the page has given the id."""
    answer = await act.db.call(
        "fork_workflow",
        workflow_id=act.asked["workflow_id"],
        step_key=act.text("step_key"),
        options=act.options(workflow_id=act.required("form_id", "the id")),
    )
    return Done(
        f"a new workflow was started with {answer['kept_steps']} recorded steps of the old one",
        go_to=f"/workflows/{answer['workflow_id']}",
    )


async def send(act: Acting) -> Done:
    """Send a message, once by the id that the page has given. What is not JSON is sent as text."""
    text = act.required("message", "the message")
    try:
        json.loads(text)
    except ValueError:
        text = json.dumps(text)
    await act.db.call(
        "send_message",
        workflow_id=act.asked["workflow_id"],
        message=text,
        options=act.options(topic=act.text("topic"), message_id=act.required("form_id", "the id")),
    )
    return Done("the message was sent")


PATH = "/workflows/{workflow_id}"
PAGES = [Page("workflow", PATH, "Workflow", read)]
ACTIONS = [
    Action(f"{PATH}/command", command),
    Action(f"{PATH}/cancel", cancel),
    Action(f"{PATH}/retry", retry),
    Action(f"{PATH}/fork", fork),
    Action(f"{PATH}/send", send),
]
