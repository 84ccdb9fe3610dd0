"""What the model expects of enqueue, of commands and of queues."""

from typing import Any

from tests.model.book import Book, Workflow, first_kind, least

REFUSED = "WF005"


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
    if holder and holder.is_live:
        mode = options.get("on_duplicate", "return")
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
        if not w.is_live or w.enqueued >= before or w.control not in (None, "hold"):
            continue
        running, queued = running + (w.status == "RUNNING"), queued + (w.status != "RUNNING")
        command(book, w, "CANCEL", "maintenance", now)
    return queued, running


def replace(book: Book, w: Workflow, inputs: Any, options: dict[str, Any], now: int) -> None:
    if w.started is not None or w.status == "RUNNING":
        return
    w.inputs = inputs or None
    if options["on_duplicate"] == "debounce" and w.status in ("DELAYED", "ENQUEUED"):
        book.park(w, "DELAYED", now + int(options["delay_seconds"] * 1000))


def command(book: Book, w: Workflow, order: str, reason: str | None, now: int) -> str:
    """The outcome, with its effect applied."""
    outcome = decide(w, order)
    if outcome == "accepted":
        if w.status == "RUNNING":
            w.answer_orders("overtaken")
            w.control = None if order == "RESUME" else order.lower()
            w.reason = reason
            asked = {"HOLD": "HOLDING", "STOP": "STOPPING", "CANCEL": "CANCELLING"}
            w.state = asked.get(order, "RUNNING" if w.is_started else "STARTING")
        elif order in ("STOP", "CANCEL"):
            book.end(w, {"STOP": "STOPPED", "CANCEL": "CANCELLED"}[order], reason, now)
        elif order == "HOLD":
            w.is_passed_over = w.is_passed_over or w.status == "BLOCKED"
            book.hold(w, w.status, w.resume, now)
            w.reason = reason
        else:
            resume(book, w, now)
    is_obeyed = outcome == "accepted" and (w.status != "RUNNING" or order == "RESUME")
    w.orders.append([order, "obeyed" if is_obeyed else outcome])
    return outcome


def decide(w: Workflow, order: str) -> str:
    ending = {"STOP": "STOPPED", "CANCEL": "CANCELLED"}.get(order)
    if not w.is_live:
        return "already" if w.status == ending else "rejected"
    if w.state in ("STOPPING", "CANCELLING"):
        return "already" if ending else "rejected"
    if order == "RESUME" and w.state not in ("HELD", "HOLDING"):
        return "rejected" if w.state == "IDLE" else "already"
    if order == "HOLD" and w.state in ("HELD", "HOLDING"):
        return "already"
    return "accepted"


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
