"""What the model expects of the functions of workers."""

from dataclasses import dataclass
from typing import Any

from tests.model import people
from tests.model.book import LEASE_MS, MAX_RECLAIMS, Book, Step, Worker, Workflow, least

ENDING = ("stop", "cancel", "timeout")
TIMEOUT_STATUS = {"stop": "STOPPED", "stopped": "STOPPED"}


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
            is_started = place < start_now - total
            (claimed.started if is_started else claimed.ahead).append(w.id)
            lease(w, worker, is_started, now)
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
        running = sum(w.queue == name for w in book.status("RUNNING"))
        room[name] = 10**6 if queue.max_running is None else queue.max_running - running
    chosen: list[Workflow] = []
    places = 0
    for w in sorted(book.status("ENQUEUED"), key=rank):
        if w.kind == "gated" or w.name not in worker.names or w.queue not in queues:
            continue
        if not book.starts(w.queue) or room[w.queue] <= 0:
            continue
        room[w.queue] -= 1
        places += 1
        if places <= start_now or may_prefetch(book, w) and len(chosen) < start_now + prefetch:
            chosen.append(w)
    return chosen


def rank(w: Workflow) -> tuple[int, bool, int]:
    return w.priority, w.kind != "returning", w.seq


def may_prefetch(book: Book, w: Workflow) -> bool:
    is_unlimited = book.queues[w.queue].max_running is None
    return w.kind == "new" and is_unlimited and w.definition["on_worker_lost"] == "retry"


def lease(w: Workflow, worker: Worker, is_started: bool, now: int) -> None:
    w.status, w.state = "RUNNING", "RUNNING" if is_started else "STARTING"
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
    elif control in ENDING or control is None and outcome in ("stopped", "cancelled"):
        end_as_ordered(book, w, control or outcome, now)
    else:
        if outcome == "released":
            forget_start(w)
        depart(book, w, asked.get("k") if outcome == "suspend" else None, outcome == "suspend", now)


def fail(book: Book, w: Workflow, now: int) -> None:
    w.failures += 1
    if w.control in ENDING:
        end_as_ordered(book, w, w.control, now)
    elif w.failures >= w.tries:
        book.end(w, "ERROR", "Boom: it broke", now)
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
    book.end(w, TIMEOUT_STATUS.get(control, "CANCELLED"), w.reason, now)


def forget_start(w: Workflow) -> None:
    """Claimed ahead, never started: its first start is still to come."""
    if not w.is_started and w.started == w.claimed:
        w.started = w.deadline = None


def depart(book: Book, w: Workflow, step_key: str | None, is_suspended: bool, now: int) -> None:
    step = w.steps.get(step_key or "")
    due = ((step.due if step else None) or now) if is_suspended else None
    if w.control in people.HOLDING:
        w.answer_orders("obeyed")
        status = "WAITING" if is_suspended else "ENQUEUED"
        book.hold(w, status, due, now, people.HELD_BY[w.control])
    elif is_suspended:
        book.park(w, "WAITING", due)
    else:
        book.requeue(w)


def reclaim(book: Book, w: Workflow, is_lost: bool, now: int) -> None:
    """What several leave behind at once comes back in any order."""
    book.is_unordered = True
    w.token = None
    if w.control in ENDING:
        end_as_ordered(book, w, w.control, now)
    elif not is_lost or not w.is_started:
        forget_start(w)
        depart(book, w, None, False, now)
    else:
        w.reclaims += 1
        if w.lost_policy == "fail":
            book.end(w, "ERROR", "worker lost", now)
        elif w.reclaims > MAX_RECLAIMS:
            book.end(w, "ERROR", f"worker lost {w.reclaims} times", now)
        elif w.lost_policy == "hold":
            w.answer_orders("obeyed")
            book.hold(w, "ENQUEUED", None, now)
            w.reason = "worker lost"
        else:
            depart(book, w, None, False, now)


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
    running = {(w.id, w.token): w.control for w in book.status("RUNNING")}
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
            elif w.control == "abort":
                w.answer_orders("obeyed")
                book.end(w, "ABORTED", w.reason, now)
            elif w.deadline is not None and w.deadline <= now:
                book.end(w, "CANCELLED", "timeout", now)
            else:
                free.append(w)
    book.requeue_together(free)


def turn(book: Book, gap: int, now: int) -> None:
    for worker in book.workers.values():
        if not worker.is_gone and gap > min(LEASE_MS, 5000):
            worker.expires = max(worker.expires, now + LEASE_MS)
        worker.is_gone = worker.is_gone or worker.expires <= now
    for w in sorted(book.status("RUNNING"), key=lambda w: w.id):
        if book.workers[w.worker or ""].is_gone:
            reclaim(book, w, True, now)
        elif is_over(w, now) and w.control in (None, *people.HOLDING):
            w.control, w.state, w.reason = "timeout", "CANCELLING", "timeout"
            w.answer_orders("overtaken")
    people.cancel_maintained(book, now)
    for w in book.status("RUNNING"):
        if w.order_expires is not None and w.order_expires <= now and w.control:
            lapse(w)


def lapse(w: Workflow) -> None:
    """The worker has not obeyed in time; what came after the order stands."""
    if any(order == [w.control.upper() if w.control else "", "accepted"] for order in w.orders):
        w.answer_orders("expired")
        w.control = w.reason = None
        w.state = "RUNNING" if w.is_started else "STARTING"


def is_over(w: Workflow, now: int) -> bool:
    return w.is_started and w.deadline is not None and w.deadline <= now


def next_due(book: Book) -> int | None:
    return least(*(w.due for w in book.workflows.values()))
