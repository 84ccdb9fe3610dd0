"""What the model expects of enqueue, of commands and of queues."""

from typing import Any

from tests.model import ordering
from tests.model.book import LEASE_MS, Book, Workflow, first_kind, least

REFUSED = "WF005"
ASKED = {"HOLD": "HOLDING", "PAUSE": "PAUSING", "STOP": "STOPPING", "CANCEL": "CANCELLING"}
ENDS = {"STOP": "STOPPED", "CANCEL": "CANCELLED", "ABORT": "ABORTED"}
HELD_BY = {"hold": "HELD", "pause": "PAUSED"}
HOLDING = tuple(HELD_BY)
ENDING = ("STOPPING", "CANCELLING", "ABORTING")


def enqueue(
    book: Book, name: str, inputs: Any, options: dict[str, Any], now: int
) -> Workflow | str | None:
    """A new workflow, without its id; the id of one that stands; None: refused as a duplicate; or
    REFUSED by maintenance."""
    given = options.get("workflow_id")
    if given in book.workflows:
        return given
    dedup = options.get("deduplication_id")
    holder = book.workflows.get(book.dedup.get((name, dedup), "")) if dedup else None
    mode = options.get("on_duplicate", "return")
    is_passed = holder and mode == "debounce" and holder.started is not None
    if holder and holder.is_live and not is_passed:
        if mode == "reject":
            return None
        if mode in ("replace", "debounce"):
            replace(book, holder, inputs, options, now)
        return holder.id
    queue = options.get("queue_name", "default")
    if book.mode(queue) and not options.get("allow_during_maintenance"):
        return REFUSED
    gates = {f"resource {r}" for r in options.get("resources", [])}
    if "partition_key" in options:
        gates.add(f"{queue} {options['partition_key']}")
    w = Workflow(
        id=given or "",
        name=name,
        queue=queue,
        enqueued=now,
        priority=options.get("priority", 0),
        inputs=inputs or None,
        gates=frozenset(gates),
        on_lost=options.get("on_worker_lost"),
        max_attempts=options.get("max_attempts"),
        timeout=options.get("timeout_seconds"),
        start_before=options.get("start_before"),
        dedup=dedup,
    )
    w.kind = first_kind(w)
    if options.get("delay_seconds"):
        book.park(w, "DELAYED", now + int(options["delay_seconds"] * 1000))
    return w


def accept(book: Book, w: Workflow) -> None:
    """The new workflow has its id."""
    book.workflows[w.id] = w
    if w.dedup:
        book.dedup[w.name, w.dedup] = w.id
    book.line_up(w)


def cancel_maintained(book: Book, now: int) -> tuple[int, int]:
    """Everything live that was enqueued before: how many waited, how many ran."""
    queued = running = 0
    for w in book.workflows.values():
        orders = [book.maintenance[k] for k in (None, w.queue) if k in book.maintenance]
        before = max((at for mode, at in orders if mode == "cancel"), default=0)
        if not w.is_live or w.enqueued >= before or w.control not in (None, "resume", *HOLDING):
            continue
        running, queued = running + (w.status == "RUNNING"), queued + (w.status != "RUNNING")
        command(book, w, "CANCEL", "maintenance", now)
        book.is_unordered = True
    return queued, running


def replace(book: Book, w: Workflow, inputs: Any, options: dict[str, Any], now: int) -> None:
    if w.started is not None or w.status == "RUNNING":
        return
    w.inputs = inputs or None
    if options["on_duplicate"] != "debounce" or w.ticket is not None:
        return
    if w.status in ("DELAYED", "ENQUEUED"):
        w.start_before = options.get("start_before")
        book.park(w, "DELAYED", now + int(options["delay_seconds"] * 1000))


def command(
    book: Book, w: Workflow, order: str, reason: str | None, now: int, seconds: int | None = None
) -> str:
    """The outcome, with its effect applied; RESET enqueues elsewhere."""
    outcome, before = decide(w, order), (w.status, w.state)
    if outcome == "accepted" and order == "RESET":
        w.reset = now
    elif outcome == "accepted":
        w.answer_orders("overtaken")
        number = ordering.next_number(w, order.lower())
        if w.status == "RUNNING":
            ask(book, w, order, number, reason, now)
        elif number is not None:
            w.retry = w.resume if "DELAYED" in (w.status, w.resume_status) else w.retry
            ordering.send(book, w, order.lower(), number, reason, now)
        else:
            obey(book, w, order, reason, now)
    is_under_way = outcome == "accepted" and w.state in ordering.MOVING and order != "RESET"
    w.orders.append([order, "obeyed" if outcome == "accepted" and not is_under_way else outcome])
    if is_under_way:
        may_lapse = seconds and (order, before[0]) != ("ABORT", "RUNNING")
        w.order_expires = now + seconds * 1000 if seconds and may_lapse else None
        w.ordered, w.ordered_from = now, before
    return outcome


def obey(book: Book, w: Workflow, order: str, reason: str | None, now: int) -> None:
    """One that no worker has, and that has no handler to run."""
    if order in ENDS:
        book.end(w, ENDS[order], reason, now)
    elif order == "RESUME" and w.status == "HELD":
        resume(book, w, now)
    elif order == "RESUME":
        w.reason = reason
        book.come_back(w, now)
    elif w.status == "HELD":
        w.state, w.reason = "HELD", reason
    else:
        w.is_passed_over = w.is_passed_over or w.status == "BLOCKED"
        book.hold(w, w.status, w.resume, now, HELD_BY[order.lower()])
        w.reason = reason


def ask(
    book: Book, w: Workflow, order: str, number: int | None, reason: str | None, now: int
) -> None:
    """An order to one that runs: its worker is told, and an ABORT takes its lease."""
    if order != "ABORT":
        is_taken_back = order == "RESUME" and number is None
        w.control = None if is_taken_back else order.lower()
        w.handler = number if w.is_started else None
        going_on = "RUNNING" if w.is_started else "STARTING"
        w.state = ASKED.get(order, going_on if is_taken_back else "RESUMING")
    elif w.is_started and (number or w.gates):
        book.park(w, "DELAYED", now + LEASE_MS)
        w.deadline, w.due = None, w.resume
        w.state, w.control, w.handler, w.token = "ABORTING", "abort", number, None
    else:
        book.end(w, "ABORTED", reason, now)
        w.deadline = w.token = None
    w.reason = reason


def decide(w: Workflow, order: str) -> str:
    """The table of transitions, in the model's words."""
    if not w.is_live:
        if order == "RESET" and w.status in ("STOPPED", "ABORTED", "ERROR"):
            return "already" if w.reset is not None and w.reset >= (w.ended or 0) else "accepted"
        return "already" if w.status == ENDS.get(order) else "rejected"
    if order == "RESET":
        return "rejected"
    if w.state in ENDING:
        if order == "ABORT" and w.state != "ABORTING":
            return "accepted"
        return "already" if order in ENDS else "rejected"
    is_paused, is_held = w.state in ("PAUSED", "PAUSING"), w.state in ("HELD", "HOLDING")
    if order == "RESUME" and not is_paused and not is_held:
        return "rejected" if w.state == "IDLE" else "already"
    if order == "HOLD" and is_held or order == "PAUSE" and (is_held or is_paused):
        return "already"
    return "accepted"


def repeated(w: Workflow) -> dict[str, Any]:
    """The options that a RESET enqueues with."""
    asked = {"priority": w.priority, "queue_name": w.queue, "deduplication_id": w.dedup}
    asked |= {"timeout_seconds": w.timeout, "max_attempts": w.max_attempts}
    asked |= {"on_worker_lost": w.on_lost, "on_duplicate": "reject" if w.dedup else None}
    options: dict[str, Any] = {k: v for k, v in asked.items() if v is not None}
    resources = [gate[9:] for gate in w.gates if gate.startswith("resource ")]
    keys = [gate[len(w.queue) + 1 :] for gate in w.gates if not gate.startswith("resource ")]
    options |= {"resources": resources} if resources else {}
    return options | ({"partition_key": keys[0]} if keys else {})


def resume(book: Book, w: Workflow, now: int) -> None:
    """Back to where it was; the time held does not count against the timeout."""
    if w.deadline is not None and w.held is not None:
        w.deadline += now - w.held
    status, at = w.resume_status, w.resume
    w.reason = None
    if status == "ENQUEUED":
        seq, kind = w.seq, w.kind
        is_place_kept = w.started is None and w.ticket is None
        book.requeue(w)
        if is_place_kept:
            w.seq, w.kind = seq, kind
    else:
        book.park(w, status or "", at)
        if status == "BLOCKED":
            w.is_passed_over = False
            w.due = least(w.start_before) if w.started is None else least(w.deadline)


def retry(book: Book, w: Workflow, now: int) -> str:
    """accepted, or the code of the refusal."""
    if w.status not in ("ERROR", "CANCELLED", "STOPPED"):
        return "WF009"
    holder = book.workflows.get(book.dedup.get((w.name, w.dedup or ""), ""))
    if w.dedup and holder and holder is not w and holder.is_live:
        return "WF006"
    if w.dedup:
        book.dedup[w.name, w.dedup] = w.id
    w.forget_failed_steps()
    if w.start_before is not None and w.start_before <= now:
        w.start_before = None
    w.failures = w.reclaims = 0
    w.reason = w.ticket = w.deadline = w.ended = w.result = None
    book.requeue(w)
    return "accepted"
