"""What the model expects of the functions of workers."""

from dataclasses import dataclass
from typing import Any

from tests.model import ordering, people
from tests.model.book import LEASE_MS, MAX_RECLAIMS, Book, Step, Worker, Workflow, least

ENDING = ("stop", "cancel", "timeout", "abort")
ENDS_IN = {"stop": "STOPPED", "stopped": "STOPPED", "abort": "ABORTED", "aborted": "ABORTED"}
HANDLER_FAILED = "handler failed: Boom: it broke"


@dataclass
class Claimed:
    """What one claim should take: ids to start at once and ids claimed ahead, best first."""

    started: list[str]
    ahead: list[str]


def claim(
    book: Book, worker: Worker, start_now: int, prefetch: int, may_idle: bool, now: int
) -> Claimed:
    claimed = Claimed([], [])
    if worker.is_draining:
        worker.is_idle = False
        return claimed
    book.admit_gated()
    take(book, worker, start_now, prefetch, now, claimed)
    taken = len(claimed.started) + len(claimed.ahead)
    is_open = set(worker.queues) == open_queues(book, worker, now)
    worker.is_idle = may_idle and taken < start_now and is_open
    if worker.is_idle:
        take(book, worker, start_now - taken, prefetch, now, claimed)
    return claimed


def take(
    book: Book, worker: Worker, start_now: int, prefetch: int, now: int, claimed: Claimed
) -> None:
    total = 0
    for _ in range(3):
        chosen = choose(book, worker, start_now - total, prefetch, now)
        late = [w for w in chosen if w.started is None and w.start_before and w.start_before <= now]
        rest = sorted(
            (w for w in chosen if w not in late), key=lambda w: (may_prefetch(book, w), rank(w))
        )
        for place, w in enumerate(rest):
            is_started = w.kind == "command" or place < start_now - total
            (claimed.started if is_started else claimed.ahead).append(w.id)
            lease(book, w, worker, is_started, now)
        for w in late:
            book.end(w, "CANCELLED", "not started before its start_before", now)
        total += len(rest)
        if not late or total >= start_now:
            return


def open_queues(book: Book, worker: Worker, now: int) -> set[str]:
    """The queues of a worker that its node may work."""
    found = set()
    for name in worker.queues:
        run_on = book.queues[name].run_on
        others = [w for w in book.workers.values() if w.is_active and not w.is_draining]
        is_alone = not any(name in w.queues and not w.is_gone and w.expires > now for w in others)
        if worker.is_active or run_on == "any" or run_on == "prefer_active" and is_alone:
            found.add(name)
    return found


def choose(book: Book, worker: Worker, start_now: int, prefetch: int, now: int) -> list[Workflow]:
    queues = open_queues(book, worker, now)
    room = {}
    for name, queue in book.queues.items():
        running = sum(w.queue == name and w.is_limited for w in book.status("RUNNING"))
        room[name] = 10**6 if queue.max_running is None else queue.max_running - running
    chosen: list[Workflow] = []
    places = 0
    for w in sorted(book.status("ENQUEUED"), key=rank):
        if w.kind == "gated" or w.name not in worker.names or w.queue not in queues:
            continue
        is_order = w.kind == "command"  # it waits for no room, not even in its worker
        if not is_order and (not book.starts(w.queue) or room[w.queue] <= 0):
            continue
        room[w.queue] -= not is_order
        places += 1
        is_ahead = may_prefetch(book, w) and len(chosen) < start_now + prefetch
        if places <= start_now or is_ahead or is_order and places == 1:
            chosen.append(w)
    return chosen


def rank(w: Workflow) -> tuple[bool, int, bool, int]:
    return w.kind != "command", w.priority, w.kind != "returning", w.seq


def may_prefetch(book: Book, w: Workflow) -> bool:
    is_unlimited = book.queues[w.queue].max_running is None
    return w.kind == "new" and is_unlimited and w.definition["on_worker_lost"] == "retry"


def lease(book: Book, w: Workflow, worker: Worker, is_started: bool, now: int) -> None:
    w.status = "RUNNING"
    if w.control in ("cancel", "timeout"):
        w.state = "CANCELLING"
    elif w.control is None:
        w.state = "RUNNING" if is_started else "STARTING"
    w.is_limited = book.queues[w.queue].max_running is not None and w.kind != "command"
    w.worker, w.claim, w.claimed, w.is_started = worker.id, worker.request_no, now, is_started
    w.attempt += 1
    w.started = now if w.started is None else w.started
    seconds = w.definition["timeout_seconds"] if w.timeout is None else w.timeout
    if w.deadline is None and seconds is not None:
        w.deadline = now + seconds * 1000


def record(book: Book, asked: dict[str, Any], w: Workflow, now: int) -> dict[str, Any]:
    """The answer to one record under a current token; the step as it should stand."""
    step = w.steps.get(asked["k"])
    kind, is_error, retry = asked["kind"], asked["status"] == "ERROR", asked.get("retry")
    if step and step.kind != kind:
        return {"a": "WF007"}
    if step and step.status != "RETRYING":
        return {"a": "replayed", "status": step.status, "output": step.output}
    if step and is_error and retry and step.attempts >= asked["attempt"]:
        return {"a": "retry"}
    new = Step(kind, asked["status"], asked["attempt"], None, asked.get("output"), now)
    w.steps[asked["k"]] = new
    if asked["status"] == "WAITING":
        new.due = now + asked["seconds"] * 1000
        return {"a": "recorded", "due_ms": asked["seconds"] * 1000}
    if is_error and retry and asked["attempt"] < retry["max_attempts"]:
        new.status = "RETRYING"
        return {"a": "retry"}
    return {"a": "give_up" if is_error and retry else "recorded"}


def finish(book: Book, w: Workflow, asked: dict[str, Any], now: int) -> None:
    """One outcome under the current token of a running workflow."""
    outcome, control = asked["outcome"], w.control
    if outcome == "success":
        w.result = asked.get("result")
        book.end(w, "SUCCESS", None, now)
    elif outcome == "error":
        fail(book, w, now)
    elif control is None and outcome in ("stopped", "cancelled", "aborted"):
        end_as_ordered(book, w, outcome, now)
    elif control and w.handler and not has_obeyed(w, outcome, "error" in asked):
        w.reason = HANDLER_FAILED if "error" in asked else w.reason
        ordering.send(book, w, control, w.handler, w.reason, now)
    elif control and w.handler and "error" in asked:
        fail_to_obey(book, w, now)
    elif control in ENDING:
        end_as_ordered(book, w, control or "", now)
    else:
        if outcome == "released":
            forget_start(w)
        number = ordering.next_number(w, "resume") if outcome == "held" and not control else None
        if number is not None:  # the hold was taken back when its handler had run
            ordering.send(book, w, "resume", number, None, now)
            return
        depart(book, w, asked.get("k") if outcome == "suspend" else None, outcome == "suspend", now)


def fail_to_obey(book: Book, w: Workflow, now: int) -> None:
    """The handler has raised: who is told to end does end, and whatever else is held."""
    w.answer_orders("failed")
    if w.control in ENDING:
        book.end(w, ENDS_IN.get(w.control, "CANCELLED"), HANDLER_FAILED, now)
    else:
        book.hold(w, "ENQUEUED", None, now)
        w.reason = HANDLER_FAILED


def has_obeyed(w: Workflow, outcome: str, has_failed: bool) -> bool:
    """Whether who leaves with this outcome has run the handler of the order."""
    if outcome != ordering.LEAVES_WITH[w.control or ""]:
        return False
    return (
        outcome != "held"
        or has_failed
        or ordering.key_of(w.control or "", w.handler or 0) in w.steps
    )


def fail(book: Book, w: Workflow, now: int) -> None:
    w.failures += 1
    if w.control in ENDING and w.handler is not None:
        ordering.send(book, w, w.control, w.handler, w.reason, now)
    elif w.control in ENDING:
        end_as_ordered(book, w, w.control, now)
    elif w.failures >= w.tries:
        book.end(w, "ERROR", "Boom: it broke", now)
    elif w.handler is not None:
        w.forget_failed_steps()
        w.retry = -1
        ordering.send(book, w, w.control or "", w.handler, w.reason, now)
    elif w.control in people.HOLDING:
        w.forget_failed_steps()
        w.answer_orders("obeyed")
        book.hold(w, "DELAYED", -1, now, people.HELD_BY[w.control])
    else:
        w.forget_failed_steps()
        w.reason = "Boom: it broke"
        book.park(w, "DELAYED", -1)


def end_as_ordered(book: Book, w: Workflow, control: str, now: int) -> None:
    w.answer_orders("obeyed")
    book.end(w, ENDS_IN.get(control, "CANCELLED"), w.reason, now)


def forget_start(w: Workflow) -> None:
    """Claimed ahead, never started: its first start is still to come."""
    if not w.is_started and w.started == w.claimed:
        w.started = w.deadline = None


def depart(book: Book, w: Workflow, step_key: str | None, is_suspended: bool, now: int) -> None:
    step = w.steps.get(step_key or "")
    due = ((step.due if step else None) or now) if is_suspended else None
    if w.control is not None:
        w.answer_orders("obeyed")
        status = "WAITING" if is_suspended else "ENQUEUED"
        book.hold(w, status, due, now, people.HELD_BY.get(w.control, "HELD"))
    elif is_suspended:
        book.park(w, "WAITING", due)
    else:
        book.come_back(w, now)


def reclaim(book: Book, w: Workflow, is_lost: bool, now: int) -> None:
    """What several leave behind at once comes back in any order."""
    book.is_unordered = True
    w.token = None
    if not is_lost or not w.is_started:
        give_back(book, w, now)
    elif w.control in ENDING and w.handler is None:
        end_as_ordered(book, w, w.control, now)
    else:
        lose(book, w, now)


def give_back(book: Book, w: Workflow, now: int) -> None:
    if w.handler is not None:
        ordering.send(book, w, w.control or "", w.handler, w.reason, now)
    elif w.control in ENDING:
        end_as_ordered(book, w, w.control, now)
    else:
        forget_start(w)
        depart(book, w, None, False, now)


def lose(book: Book, w: Workflow, now: int) -> None:
    """It was at work, and its worker is gone."""
    w.reclaims += 1
    is_poison = w.reclaims > MAX_RECLAIMS
    if w.control in ENDING and is_poison:
        w.answer_orders("failed")
        reason = f"handler failed: worker lost {w.reclaims} times"
        book.end(w, ENDS_IN.get(w.control, "CANCELLED"), reason, now)
    elif w.control in ENDING:
        give_back(book, w, now)
    elif w.lost_policy == "fail":
        book.end(w, "ERROR", "worker lost", now)
    elif is_poison:
        book.end(w, "ERROR", f"worker lost {w.reclaims} times", now)
    elif w.lost_policy == "hold":
        held = "failed" if w.handler else "obeyed"
        w.answer_orders("overtaken" if w.control == "resume" else held)
        book.hold(w, "ENQUEUED", None, now)
        w.reason = "worker lost"
    else:
        give_back(book, w, now)


def renew(
    book: Book,
    worker: Worker,
    held: list[tuple[str, str]],
    started: list[str],
    now: int,
    **node: bool,
) -> Any:
    if worker.is_gone:
        return {"is_lost": True}
    worker.is_active = node.get("is_active", worker.is_active)
    worker.is_draining = node.get("is_draining", worker.is_draining)
    worker.expires = now + LEASE_MS
    mine = sorted((w for w in book.status("RUNNING") if w.worker == worker.id), key=lambda w: w.id)
    for w in mine:
        if w.id in started and not w.is_started:
            mark_started(w, now)
    known = {workflow_id for workflow_id, _ in held}
    for w in mine:
        if w.id not in known and w.claimed < now - LEASE_MS / 2:
            reclaim(book, w, False, now)
    running = {(w.id, w.token): w.word for w in book.status("RUNNING")}
    return {
        "is_lost": False,
        "lease_ms": LEASE_MS,
        "lost": [pair[0] for pair in held if pair not in running],
        "controls": [[*pair, running[pair]] for pair in held if running.get(pair)],
    }


def mark_started(w: Workflow, now: int) -> None:
    """Claimed ahead: its time counts from its start."""
    w.is_started = True
    w.state = "RUNNING" if w.state == "STARTING" else w.state
    if w.deadline is not None:
        w.deadline += now - w.claimed
    if w.started == w.claimed:
        w.started = now


def maintain(book: Book, now: int) -> None:
    release_due(book, now)
    gap = now - book.last_turn
    if gap >= min(LEASE_MS / 5, 900):
        book.last_turn = now
        turn(book, gap, now)
    book.admit_gated()


def release_due(book: Book, now: int) -> None:
    free = []
    for w in book.workflows.values():
        is_late = w.started is None and w.start_before is not None and w.start_before <= now
        if w.status == "ENQUEUED" and is_late:
            book.end(w, "CANCELLED", "not started before its start_before", now)
        elif w.due is not None and w.due <= now:
            if is_late:
                book.end(w, "CANCELLED", "not started before its start_before", now)
            elif w.control == "abort" or w.deadline is not None and w.deadline <= now:
                end_due(book, w, now)
            else:
                free.append(w)
    book.requeue_together(free)


def end_due(book: Book, w: Workflow, now: int) -> None:
    """The lease of one that was aborted has run out, or the time of one that waits is over."""
    order, reason = w.control or "timeout", w.reason if w.control else "timeout"
    number = ordering.next_number(w, order)
    if number is not None:
        book.is_unordered = True
        ordering.send(book, w, order, number, reason, now)
        return
    if w.control:
        w.answer_orders("obeyed")
    book.end(w, ENDS_IN.get(order, "CANCELLED"), reason, now)


def turn(book: Book, gap: int, now: int) -> None:
    for worker in book.workers.values():
        if not worker.is_gone and gap > min(LEASE_MS, 5000):
            worker.expires = max(worker.expires, now + LEASE_MS)
        worker.is_gone = worker.is_gone or worker.expires <= now
    for w in sorted(book.status("RUNNING"), key=lambda w: w.id):
        if book.workers[w.worker or ""].is_gone:
            reclaim(book, w, True, now)
        elif is_over(w, now) and w.control in (None, "resume", *people.HOLDING):
            w.handler = ordering.next_number(w, "timeout")
            w.control, w.state, w.reason = "timeout", "CANCELLING", "timeout"
            w.answer_orders("overtaken")
    people.cancel_maintained(book, now)
    for w in book.workflows.values():
        ordering.lapse(book, w, now)


def is_over(w: Workflow, now: int) -> bool:
    return w.is_started and w.deadline is not None and w.deadline <= now


def next_due(book: Book) -> int | None:
    return least(*(w.due for w in book.workflows.values()))
