"""What the model knows: plain records, and the transitions that every call shares."""

from dataclasses import dataclass, field
from typing import Any

FINAL = ("SUCCESS", "ERROR", "CANCELLED", "STOPPED", "ABORTED")
LEASE_MS = 4000
MAX_RECLAIMS = 2
QUEUES = ("default", "line")
_SHARED = {"workflow_version": 1, "priority": 0, "commands": "auto", "queue_name": "default"}
_SHARED |= {"backoff_seconds": 2.0, "backoff_rate": 2.0, "max_backoff_seconds": 6}
DEFINITIONS: dict[str, dict[str, Any]] = {
    "plain": {"max_attempts": 1, "on_worker_lost": "retry", "timeout_seconds": None},
    "trying": {"max_attempts": 3, "on_worker_lost": "retry", "timeout_seconds": 9},
    "valve": {"max_attempts": 2, "on_worker_lost": "hold", "timeout_seconds": None},
    "press": {"max_attempts": 1, "on_worker_lost": "fail", "timeout_seconds": None},
    # With handlers: drawn by the rules of handler_rules.py alone.
    "batch": {"max_attempts": 3, "on_worker_lost": "retry", "timeout_seconds": 9},
    "lift": {"max_attempts": 2, "on_worker_lost": "hold", "timeout_seconds": None},
}
DEFINITIONS["batch"]["handlers"] = ["on_abort", "on_hold", "on_resume", "on_stop"]
DEFINITIONS["lift"]["handlers"] = ["on_resume", "on_stop"]
for _name, _definition in DEFINITIONS.items():
    _definition |= _SHARED | {"workflow_name": _name}


@dataclass
class Step:
    kind: str
    status: str
    attempts: int
    due: int | None = None
    output: Any = None
    ended: int = 0


@dataclass
class Workflow:
    id: str
    name: str
    queue: str
    priority: int = 0
    inputs: Any = None
    gates: frozenset[str] = frozenset()
    on_lost: str | None = None
    max_attempts: int | None = None
    timeout: int | None = None
    start_before: int | None = None
    dedup: str | None = None
    status: str = "ENQUEUED"
    state: str = "IDLE"
    reason: str | None = None
    kind: str = "new"
    seq: int = 0
    enqueued: int = 0
    attempt: int = 0
    failures: int = 0
    reclaims: int = 0
    started: int | None = None
    ended: int | None = None
    reset: int | None = None
    held: int | None = None
    deadline: int | None = None
    ticket: int | None = None
    is_holder: bool = False
    is_passed_over: bool = False
    due: int | None = None
    resume: int | None = None
    resume_status: str | None = None
    token: str | None = None
    worker: str | None = None
    claim: int = 0
    claimed: int = 0
    is_started: bool = False
    is_limited: bool = False
    control: str | None = None
    handler: int | None = None
    owed: int | None = None
    retry: int | None = None
    result: Any = None
    steps: dict[str, Step] = field(default_factory=dict)
    orders: list[list[str]] = field(default_factory=list)
    order_expires: int | None = None
    ordered: int = 0
    ordered_from: tuple[str, str] = ("", "")

    @property
    def is_live(self) -> bool:
        return self.status not in FINAL

    @property
    def word(self) -> str | None:
        """The control word as a worker is told it."""
        return f"{self.control} {self.handler}" if self.handler else self.control

    @property
    def definition(self) -> dict[str, Any]:
        return DEFINITIONS.get(self.name, {})

    @property
    def lost_policy(self) -> str:
        return self.on_lost or self.definition.get("on_worker_lost", "retry")

    @property
    def tries(self) -> int:
        return self.max_attempts or self.definition.get("max_attempts", 1)

    def forget_failed_steps(self) -> None:
        """Another try runs the step again that it failed on; an error that was survived stays."""
        went_on = [
            s.ended
            for s in self.steps.values()
            if s.status in ("SUCCESS", "WAITING") and s.kind != "handler"
        ]
        last = max(went_on, default=0)
        failed = {k for k, s in self.steps.items() if s.status in ("ERROR", "RETRYING")}
        self.steps = {k: s for k, s in self.steps.items() if k not in failed or last > s.ended}

    def answer_orders(self, outcome: str) -> None:
        for order in self.orders:
            if order[1] == "accepted":
                order[1] = outcome


@dataclass
class Worker:
    id: str
    names: tuple[str, ...]
    queues: tuple[str, ...]
    expires: int
    request_no: int = 0
    is_gone: bool = False
    is_idle: bool = False
    is_active: bool = True
    is_draining: bool = False


@dataclass
class Queue:
    is_paused: bool = False
    max_running: int | None = None
    run_on: str = "active"


class Book:
    """All workflows, workers and queues as they should be."""

    def __init__(self, now: int) -> None:
        self.workflows: dict[str, Workflow] = {}
        self.workers: dict[str, Worker] = {}
        self.queues = {name: Queue() for name in QUEUES}
        self.maintenance: dict[str | None, tuple[str, int]] = {}
        self.last_turn = now
        self.is_waking = False
        self.dedup: dict[tuple[str, str], str] = {}
        self.highest = self.place = 0
        self.is_unordered = False

    def mode(self, queue: str) -> str | None:
        """The sharper maintenance of those entered for the queue and for all."""
        return min(
            (self.maintenance[k][0] for k in (None, queue) if k in self.maintenance), default=None
        )

    def starts(self, queue: str) -> bool:
        return not self.queues[queue].is_paused and self.mode(queue) is None

    def status(self, status: str) -> list[Workflow]:
        return [w for w in self.workflows.values() if w.status == status]

    def leave(self, w: Workflow) -> None:
        """The hot row is gone."""
        w.worker = w.control = w.handler = w.due = w.resume = w.resume_status = None
        w.is_started = w.is_limited = False

    def requeue(self, w: Workflow) -> None:
        self.leave(w)
        w.status, w.held, w.retry = "ENQUEUED", None, None
        w.state = "IDLE" if w.started is None else "RUNNING"
        if w.gates and w.ticket is None:
            w.kind = "gated"
        elif w.gates or w.started is not None:
            w.kind = "returning"
        else:
            w.kind = first_kind(w)
        self.line_up(w)

    def come_back(self, w: Workflow, now: int) -> None:
        """Claimable, or not before its next try is due."""
        if w.retry is not None and not 0 <= w.retry <= now:
            self.park(w, "DELAYED", w.retry)
        else:
            self.requeue(w)

    def requeue_together(self, several: list[Workflow]) -> None:
        """They keep their order."""
        for w in sorted(several, key=lambda w: w.seq):
            self.requeue(w)

    def line_up(self, w: Workflow) -> None:
        """At the end, for now: the table's number is taken over when it has been checked."""
        self.place += 1
        w.seq = self.place

    def end(self, w: Workflow, status: str, reason: str | None, now: int) -> None:
        self.leave(w)
        w.answer_orders("overtaken")
        w.status, w.reason, w.ended, w.held = status, reason, now, None
        w.state = "COMPLETE" if status == "SUCCESS" else status
        self.is_waking = self.is_waking or w.ticket is not None
        w.is_holder = w.is_passed_over = False
        if status != "SUCCESS":
            w.owed = w.retry = None

    def park(self, w: Workflow, status: str, resume: int | None) -> None:
        """DELAYED, WAITING or BLOCKED: comes back by its time, at the latest by its deadline."""
        self.leave(w)
        w.status, w.resume, w.held, w.retry = status, resume, None, None
        w.state = "IDLE" if w.started is None else "RUNNING"
        w.due = least(resume, w.start_before if w.started is None else w.deadline)

    def hold(
        self, w: Workflow, resume_status: str, resume: int | None, now: int, state: str = "HELD"
    ) -> None:
        if resume_status == "ENQUEUED" and w.retry is not None and not 0 <= w.retry <= now:
            resume_status, resume = "DELAYED", w.retry
        self.leave(w)
        w.status, w.state, w.held, w.retry = "HELD", state, now, None
        w.resume_status, w.resume = resume_status, resume
        w.due = w.start_before if w.started is None else None

    def hand_over(self) -> None:
        """Each free gate has one head; who is head of all its gates gets them, all or none."""
        taken = {gate for w in self.workflows.values() if w.is_holder for gate in w.gates}
        granted = []
        for w in sorted(self.waiters(), key=lambda w: (w.priority, w.ticket)):
            if not taken & w.gates:
                w.is_holder = True
                granted.append(w)
            taken |= w.gates
        self.requeue_together(granted)

    def hand_over_woken(self) -> None:
        """Outcomes hand over what they freed; who came meanwhile lines up first."""
        if self.is_waking:
            self.admit_gated()

    def waiters(self) -> list[Workflow]:
        return [w for w in self.status("BLOCKED") if self.starts(w.queue)]

    def admit_gated(self) -> None:
        gated = [w for w in self.status("ENQUEUED") if w.kind == "gated"]
        gated = [w for w in gated if self.starts(w.queue)]
        for w in gated:
            state = w.state
            self.park(w, "BLOCKED", None)
            w.ticket, w.state = w.seq, state
            w.due = w.start_before if w.started is None else None
        self.hand_over()


def first_kind(w: Workflow) -> str:
    if w.gates:
        return "gated"
    return "single" if w.on_lost not in (None, "retry") else "new"


def least(*times: int | None) -> int | None:
    return min((t for t in times if t is not None), default=None)
