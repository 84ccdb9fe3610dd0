"""Workflows in every status and state that can exist, and a worker that carries out what is ordered."""

import itertools
from collections.abc import Callable
from typing import Any

from tests.calls import Calls, Worker

HANDLERS = ["on_abort", "on_hold", "on_resume", "on_stop"]
HANDLER_OF = {
    "hold": "on_hold",
    "resume": "on_resume",
    "stop": "on_stop",
    "cancel": "on_stop",
    "timeout": "on_stop",
    "abort": "on_abort",
}
OUTCOMES = {"hold": "held", "pause": "held", "stop": "stopped", "abort": "aborted"}
MOVING = ("HOLDING", "PAUSING", "RESUMING", "STOPPING", "CANCELLING", "ABORTING")
ENDED = ("SUCCESS", "ERROR", "CANCELLED", "STOPPED", "ABORTED")
_names = itertools.count(1)


class Situation:
    """One workflow of a name of its own, brought somewhere; `claimed` where it runs."""

    def __init__(self, calls: Calls, clock: Any, handlers: list[str], **policies: Any):
        self.calls, self.clock = calls, clock
        self.name = f"mix {next(_names)}"
        policies = {"max_attempts": 3, "backoff_seconds": 1000, **policies}
        self.worker = Worker(calls, (self.name,), handlers=handlers, **policies)
        self.workflow_id = ""
        self.claimed: dict[str, Any] | None = None

    def enqueue(self, **options: Any) -> str:
        self.workflow_id = self.calls.enqueue(self.name, {"tank": "T-1"}, **options)
        return self.workflow_id

    def order(self, command: str, **options: Any) -> dict[str, Any]:
        return self.calls.command(self.workflow_id, command, "because", **options)

    def begin(self, **options: Any) -> dict[str, Any]:
        """It runs."""
        self.enqueue(**options)
        return self.claim()

    def claim(self, start_now: int = 1) -> dict[str, Any]:
        [self.claimed] = self.worker.claim(start_now)
        assert self.claimed["w"] == self.workflow_id
        return self.claimed

    def suspend(self) -> None:
        assert self.claimed
        self.worker.record(self.claimed, "nap", kind="sleep", status="WAITING", seconds=600)
        self.finish("suspend", k="nap")

    def finish(self, outcome: str, **more: Any) -> None:
        assert self.claimed
        assert self.worker.finish(self.claimed, outcome, **more) == "ok"
        self.claimed = None

    def waiting(self) -> None:
        """Work has begun, and it sleeps in the database."""
        self.begin()
        self.suspend()

    @property
    def stands(self) -> tuple[str, str]:
        found = self.calls.get(self.workflow_id)
        return found["status"], found["state"]

    @property
    def ordered(self) -> str | None:
        """The control word that waits for the worker of a running one."""
        assert self.claimed
        token = self.claimed["t"]
        told = {t: word for _, t, word in self.worker.renew(self.claimed)["controls"]}
        return told.get(token)

    def record_handler(self, word: str, number: str, **record: Any) -> Any:
        name = HANDLER_OF[word]
        key = name if number == "1" else f"{name}#{number}"
        return self.worker.record(self.claimed or {}, key, kind="handler", **record)

    def obey_once(self) -> None:
        """What waits is carried out as an engine does: the handler is recorded, then it leaves."""
        status, _ = self.stands
        if status == "DELAYED":  # aborted: the lease of who ran it
            self.clock.advance(25)
            self.calls.maintain()
            return
        if status == "ENQUEUED":
            self.claim(1)
        word, _, number = (self.ordered or "").partition(" ")
        if number:
            self.record_handler(word, number)
        if word != "resume":
            self.finish(OUTCOMES.get(word, "cancelled"))

    def obey(self) -> None:
        """Until nothing is on its way any more."""
        for _ in range(4):
            if self.stands[1] not in MOVING:
                return
            self.obey_once()
        raise AssertionError(f"still {self.stands}")

    def command_row(self) -> tuple[str, bool]:
        """The outcome of the last order, and whether it says when it was obeyed."""
        return self.calls.rows(
            """select outcome, obeyed_at is not null from workflows.command_log
            where workflow_id = %s order by command_id desc limit 1""",
            self.workflow_id,
        )[0]


def _ended(outcome: str) -> Callable[[Situation], None]:
    def bring(s: Situation) -> None:
        s.begin()
        for _ in range(3 if outcome == "error" else 1):
            if s.claimed is None:
                s.clock.advance(4000)
                s.worker.register()
                s.calls.maintain()
                s.claim()
            if outcome == "error":
                s.worker.fail(s.claimed or {})
                s.claimed = None
            else:
                s.finish(outcome)

    return bring


def _after(first: str, *commands: str) -> Callable[[Situation], None]:
    """Brought to `first`, then ordered, and obeyed but for the last order."""

    def bring(s: Situation) -> None:
        SITUATIONS[first](s)
        for n, command in enumerate(commands):
            if n:
                s.obey()
            assert s.order(command)["outcome"] == "accepted"

    return bring


def _obeyed(first: str, *commands: str) -> Callable[[Situation], None]:
    def bring(s: Situation) -> None:
        _after(first, *commands)(s)
        s.obey()

    return bring


def _failed_once(s: Situation) -> None:
    s.begin()
    s.worker.fail(s.claimed or {})
    s.claimed = None


def _blocked(s: Situation) -> None:
    key = {"partition_key": s.name}
    s.begin(priority=-1, **key)
    s.enqueue(**key)
    assert s.worker.claim(1) == []
    s.claimed = None


def _blocked_again(s: Situation) -> None:
    """It ran, was stopped, and is tried once more, behind another one of its key."""
    key = {"partition_key": s.name}
    first = s.begin(**key)["w"]
    s.calls.command(first, "CANCEL")
    s.obey()
    s.begin(priority=-1, **key)
    s.calls.retry(first)
    s.workflow_id, s.claimed = first, None
    assert s.worker.claim(1) == []


def _claimed_ahead(s: Situation) -> None:
    s.enqueue()
    [s.claimed] = s.worker.claim(0, 1)


def _released(s: Situation) -> None:
    s.begin()
    s.finish("released")


SITUATIONS: dict[str, Callable[[Situation], None]] = {
    "DELAYED IDLE": lambda s: bool(s.enqueue(delay_seconds=600)) and None,
    "DELAYED RUNNING": _failed_once,
    "BLOCKED IDLE": _blocked,
    "BLOCKED RUNNING": _blocked_again,
    "ENQUEUED IDLE": lambda s: bool(s.enqueue()) and None,
    "ENQUEUED RUNNING": _released,
    "RUNNING STARTING": _claimed_ahead,
    "RUNNING RUNNING": lambda s: bool(s.begin()) and None,
    "RUNNING HOLDING": _after("RUNNING RUNNING", "HOLD"),
    "RUNNING PAUSING": _after("RUNNING RUNNING", "PAUSE"),
    "RUNNING STOPPING": _after("RUNNING RUNNING", "STOP"),
    "RUNNING CANCELLING": _after("RUNNING RUNNING", "CANCEL"),
    "WAITING RUNNING": lambda s: s.waiting(),
    "HELD HELD": _obeyed("WAITING RUNNING", "HOLD"),
    "HELD HELD, never started": _obeyed("ENQUEUED IDLE", "HOLD"),
    "HELD HELD, was delayed": _obeyed("DELAYED IDLE", "HOLD"),
    "HELD HELD, was blocked": _obeyed("BLOCKED IDLE", "HOLD"),
    "HELD PAUSED": _obeyed("WAITING RUNNING", "PAUSE"),
    "HELD PAUSED, never started": _obeyed("ENQUEUED IDLE", "PAUSE"),
    "SUCCESS COMPLETE": _ended("success"),
    "ERROR ERROR": _ended("error"),
    "STOPPED STOPPED": _obeyed("WAITING RUNNING", "STOP"),
    "CANCELLED CANCELLED": _obeyed("WAITING RUNNING", "CANCEL"),
    "ABORTED ABORTED": _obeyed("WAITING RUNNING", "ABORT"),
}


def _then_claimed(first: str) -> Callable[[Situation], None]:
    def bring(s: Situation) -> None:
        SITUATIONS[first](s)
        s.claim(1)

    return bring


SITUATIONS |= {
    "DELAYED ABORTING": _after("RUNNING RUNNING", "ABORT"),
    "ENQUEUED HOLDING": _after("WAITING RUNNING", "HOLD"),
    "ENQUEUED RESUMING": _after("HELD HELD", "RESUME"),
    "ENQUEUED STOPPING": _after("WAITING RUNNING", "STOP"),
    "ENQUEUED STOPPING, cancelled": _after("WAITING RUNNING", "CANCEL"),
    "ENQUEUED ABORTING": _after("WAITING RUNNING", "ABORT"),
}
SITUATIONS |= {
    "RUNNING RESUMING": _then_claimed("ENQUEUED RESUMING"),
    "RUNNING STOPPING, at its handler": _then_claimed("ENQUEUED STOPPING"),
    "RUNNING ABORTING": _then_claimed("ENQUEUED ABORTING"),
}
# Those that come about only where a handler has to run.
NEEDS_HANDLERS = (
    "DELAYED ABORTING",
    "ENQUEUED HOLDING",
    "ENQUEUED RESUMING",
    "ENQUEUED STOPPING",
    "ENQUEUED STOPPING, cancelled",
    "ENQUEUED ABORTING",
    "RUNNING RESUMING",
    "RUNNING STOPPING, at its handler",
    "RUNNING ABORTING",
)
