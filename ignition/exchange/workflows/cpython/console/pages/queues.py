"""Every queue: how deep it is, what limits it, and whether anything of it starts now."""

from typing import Any
from weakref import WeakKeyDictionary

from exchange.workflows.cpython.console.database import Client, Database
from exchange.workflows.cpython.console.depth import DepthHistory
from exchange.workflows.cpython.console.page import Acting, Action, Ask, Asked, Done, Page
from exchange.workflows.cpython.failures import ExitCode, Failure

# What the modes of maintenance are, as a button and as a sentence.
MODES = {
    "drain": ("Drain", "what runs goes on to its end"),
    "cancel": ("Cancel everything", "what runs, waits or is held is cancelled"),
}
ALL = "all queues"
# One for each database, so that the list and the pages of single queues have the same past.
_HISTORIES: WeakKeyDictionary[Database, DepthHistory] = WeakKeyDictionary()


async def read(db: Client, asked: Asked) -> dict[str, object]:
    queues, history = await queues_of(db)
    return {
        "queues": queues,
        "lines": {one["queue_name"]: history.lines(one["queue_name"]) for one in queues},
        "modes": MODES,
        "all": ALL,
    }


async def queues_of(db: Client) -> tuple[list[dict[str, Any]], DepthHistory]:
    """Every queue, and how deep they have been."""
    queues = await db.call("list_queues") or []
    history = _HISTORIES.setdefault(db.database, DepthHistory())
    history.note(queues)
    return queues, history


async def pause(act: Acting) -> Done:
    name = act.required("queue_name", "the queue")
    await act.db.call(
        "pause_queue", queue_name=name, reason=act.text("reason"), actor=act.user.name
    )
    return Done(f"{name} is paused: nothing new of it starts until it is resumed")


async def resume(act: Acting) -> Done:
    name = act.required("queue_name", "the queue")
    await act.db.call(
        "resume_queue", queue_name=name, reason=act.text("reason"), actor=act.user.name
    )
    return Done(f"{name} is resumed")


async def create(act: Acting) -> Done:
    """A queue of a name that no queue has: creating one again would only set its options."""
    name = act.required("queue_name", "the name of the queue")
    if any(one["queue_name"] == name for one in await act.db.call("list_queues") or []):
        raise Failure(ExitCode.USAGE, f"there is a queue {name} already")
    await act.db.call("create_queue", queue_name=name, options=act.options())
    return Done(f"the queue {name} was made; no worker claims of it until one is started for it")


async def ask_maintenance(act: Acting) -> Ask:
    """What entering maintenance would do now, before it is done."""
    mode, name = _mode(act), act.text("queue_name")
    queues = await act.db.call("list_queues") or []
    meant = [one for one in queues if name in (None, one["queue_name"])]
    if not meant:
        raise Failure(ExitCode.USAGE, f"there is no queue {name}" if name else "there is no queue")
    counts = {
        figure: sum(one[figure] for one in meant)
        for figure in ("running", "enqueued", "delayed", "blocked", "waiting", "held")
    }
    return Ask(
        "maintenance_ask.html",
        f"{MODES[mode][0]}: enter maintenance of {name or ALL}?",
        {"mode": mode, "modes": MODES, "queue_name": name, "meant": meant, "counts": counts}
        | {"live": sum(counts.values()), "all": ALL},
    )


async def enter_maintenance(act: Acting) -> Done:
    mode, name = _mode(act), act.text("queue_name")
    await act.db.call(
        "enter_maintenance",
        mode=mode,
        reason=act.text("reason"),
        queue_name=name,
        actor=act.user.name,
    )
    return Done(f"{name or ALL}: in maintenance; nothing new starts, and {MODES[mode][1]}")


async def exit_maintenance(act: Acting) -> Done:
    name = act.text("queue_name")
    answer = await act.db.call(
        "exit_maintenance", queue_name=name, reason=act.text("reason"), actor=act.user.name
    )
    if answer["is_entered"]:
        why = f"that of {ALL} is entered" if name else "that of single queues is entered"
        return Done(f"{name or ALL}: still in maintenance, because {why}", is_good=False)
    return Done(f"{name or ALL}: out of maintenance")


def _mode(act: Acting) -> str:
    mode = act.required("mode", "the mode")
    if mode not in MODES:
        raise Failure(ExitCode.USAGE, f"{mode} is not a mode of maintenance")
    return mode


PAGES = [Page("queues", "/queues", "Queues", read, group="Watch")]
ACTIONS = [
    Action("/queues/pause", pause),
    Action("/queues/resume", resume),
    Action("/queues/create", create, role="admin"),
    Action("/queues/maintenance/ask", ask_maintenance, is_reading=True),
    Action("/queues/maintenance/enter", enter_maintenance),
    Action("/queues/maintenance/exit", exit_maintenance),
]
