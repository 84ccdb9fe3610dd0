"""For how long what has ended is kept."""

import time

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Ask, Asked, Done, Page
from exchange.workflows.cpython.console.typed_values import whole_number
from exchange.workflows.cpython.failures import ExitCode, Failure

STATUSES = ("SUCCESS", "ERROR", "CANCELLED", "STOPPED", "ABORTED")
UNITS = {"days": 86400, "hours": 3600, "minutes": 60, "seconds": 1}
# One transaction of apply_retention, and how long one press of the button goes on.
BATCH = 500
APPLY_SECONDS = 10.0


async def read(db: Client, asked: Asked) -> dict[str, object]:
    found = await db.call("list_retention")
    return {"retention": found, "statuses": STATUSES, "units": tuple(UNITS)}


async def change(act: Acting) -> Done:
    options = act.options(
        status=act.text("status"),
        keep_seconds=keep_seconds(act),
        keep_count=_whole(act, "keep_count", "how many are kept"),
    )
    await act.db.call("set_retention", queue_name=act.text("queue_name"), options=options)
    return Done(f"the policy for {named(act)} is set")


async def remove(act: Acting) -> Done:
    answer = await act.db.call(
        "delete_retention",
        queue_name=act.text("queue_name"),
        options=act.options(status=act.text("status")),
    )
    said = "is removed: the next more general one counts" if answer["was_set"] else "was not set"
    return Done(f"the policy for {named(act)} {said}", is_good=answer["was_set"])


async def ask(act: Acting) -> Ask:
    found = await act.db.call("list_retention")
    return Ask("apply_retention.html", "Remove what is kept no longer?", {"retention": found})


async def apply(act: Acting) -> Done:
    """Batch by batch, until nothing is left or it has taken long enough for one press."""
    ends_at = time.monotonic() + APPLY_SECONDS
    removed = passed_by = 0
    after, is_done = None, False
    while not is_done and time.monotonic() < ends_at:
        answer = await act.db.call("apply_retention", limit=BATCH, after=after, actor=act.user.name)
        removed += answer["tables"].get("workflow", 0)
        passed_by += answer.get("passed_by", 0)
        after, is_done = answer["next"], answer["is_done"]
    said = f"{removed:,} workflows are removed"
    if passed_by:
        said += f", {passed_by:,} passed by: locked, or with a child that lives"
    if not is_done:
        said += "; that is not all: maintenance goes on with it, or press the button again"
    return Done(said, go_to="/retention")


def keep_seconds(act: Acting) -> int | None:
    amount = _whole(act, "keep", "how long they are kept")
    unit = act.text("unit") or "days"
    if unit not in UNITS:
        raise Failure(ExitCode.USAGE, f"{unit} is not a unit of time")
    return None if amount is None else amount * UNITS[unit]


def _whole(act: Acting, name: str, what: str) -> int | None:
    text = act.text(name)
    return None if text is None else whole_number(text, what)


def named(act: Acting) -> str:
    queue = f"the queue {act.text('queue_name')}" if act.text("queue_name") else "every queue"
    return f"{queue}, {act.text('status')}" if act.text("status") else queue


PAGES = [Page("retention", "/retention", "Retention", read, role="admin")]
ACTIONS = [
    Action("/retention/set", change, role="admin"),
    Action("/retention/delete", remove, role="admin"),
    Action("/retention/ask", ask, role="admin", is_reading=True),
    Action("/retention/apply", apply, role="admin"),
]
