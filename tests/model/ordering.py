"""What the model expects of orders with handlers: which run of which handler, and how one waits for a worker."""

from tests.model.book import Book, Workflow

HANDLER_OF = {"stop": "on_stop", "cancel": "on_stop", "timeout": "on_stop", "abort": "on_abort"}
HANDLER_OF |= {"hold": "on_hold", "resume": "on_resume"}
WAITING_AS = {"hold": "HOLDING", "resume": "RESUMING", "abort": "ABORTING"}
LEAVES_WITH = {"hold": "held", "pause": "held", "resume": "held", "stop": "stopped"}
LEAVES_WITH |= {"abort": "aborted", "cancel": "cancelled", "timeout": "cancelled"}
MOVING = ("HOLDING", "PAUSING", "RESUMING", "STOPPING", "CANCELLING", "ABORTING")


def key_of(order: str, number: int) -> str:
    return HANDLER_OF[order] + (f"#{number}" if number > 1 else "")


def next_number(w: Workflow, order: str) -> int | None:
    """Which run of its handler an order would be; None where nothing runs."""
    handlers, name = w.definition.get("handlers", ()), HANDLER_OF.get(order, "")
    if name not in handlers or w.started is None or w.gates and not w.is_holder:
        return None
    runs = [(s.ended, key.partition("#")[0]) for key, s in w.steps.items() if s.kind == "handler"]
    number = sum(run == name for _, run in runs) + 1
    if order != "resume":
        return number
    if "on_hold" in handlers:
        _, last = max((r for r in runs if r[1] in ("on_hold", "on_resume")), default=(0, ""))
        return number if last == "on_hold" else None
    return number if w.state == "HELD" or w.owed == number else None


def send(book: Book, w: Workflow, order: str, number: int, reason: str | None, now: int) -> None:
    """To the queue, with an order that a worker must carry out; time held does not count."""
    if w.held is not None and w.deadline is not None:
        w.deadline += now - w.held
    book.leave(w)
    w.status, w.state, w.held = "ENQUEUED", WAITING_AS.get(order, "STOPPING"), None
    w.control, w.handler, w.reason = order, number, reason
    w.kind = "returning" if order == "resume" else "command"
    w.owed = number if order == "resume" else w.owed
    book.line_up(w)


def lapse(book: Book, w: Workflow, now: int) -> None:
    """Nobody has claimed it with the order, nor begun its handler: it stands as before."""
    order = next((one for one in w.orders if one[1] == "accepted"), None)
    if order is None or w.order_expires is None or w.order_expires > now or not w.is_live:
        return
    word = order[0].lower()
    book.is_unordered = True  # several at once, in the order of their times
    if w.status == "RUNNING" and w.control == word and w.claimed >= w.ordered:
        return
    order[1] = "expired"
    status, state = w.ordered_from
    number = next_number(w, "resume") if state not in ("STARTING", "RUNNING") else None
    if w.control != word:
        return
    if w.status == "RUNNING":
        w.control, w.handler = "resume" if number else None, number
        w.state = "RESUMING" if number else "RUNNING" if w.is_started else "STARTING"
        w.reason = None
    elif status == "HELD":
        book.hold(w, "ENQUEUED", None, now, state)
    elif number is not None:
        send(book, w, "resume", number, None, now)
    else:
        w.reason = None
        book.come_back(w, now)
