"""What the model expects of messages, prompts, events and streams: one plain record per workflow."""

from dataclasses import dataclass, field
from typing import Any

from tests.model.session import Session

DUMP = """
select json_build_object(
  'status', (select json_object_agg(w.workflow_id, w.status) from workflows.workflow w),
  'message', (select json_agg(json_build_array(m.workflow_id, m.topic, m.body::json, m.step_key)
    order by m.message_no) from workflows.message m),
  'event', (select json_agg(json_build_array(e.workflow_id, e.value::json, e.change_no))
    from workflows.event e),
  'history', (select json_agg(json_build_array(h.workflow_id, h.change_no, h.value::json)
    order by h.workflow_id, h.change_no) from workflows.event_history h),
  'stream', (select json_agg(json_build_array(s.workflow_id, s.stream_offset, s.value::json)
    order by s.workflow_id, s.stream_offset) from workflows.stream s),
  'prompt', (select json_agg(json_build_array(p.workflow_id, p.step_key, p.status, p.answered_by)
    order by p.workflow_id, p.step_key, p.asked_at) from workflows.prompt p),
  'wait', (select json_agg(json_build_array(t.workflow_id, t.step_key) order by t.workflow_id)
    from workflows.wait t))"""
CLEAN = """
truncate workflows.message, workflows.event, workflows.event_history, workflows.stream,
  workflows.prompt, workflows.wait, workflows.wake_call"""

ENDED = ("SUCCESS", "CANCELLED")


@dataclass
class Wait:
    """One step that is recorded as waiting: for a message of a topic, or for the answer to a prompt."""

    kind: str
    topic: str
    due: int | None
    default: Any = None


@dataclass
class Talker:
    id: str
    status: str = "ENQUEUED"
    token: str = ""
    step: int = 0
    wait: Wait | None = None
    due: int | None = None
    resumes: str = "ENQUEUED"
    recorded: dict[str, Any] = field(default_factory=dict)
    events: list[Any] = field(default_factory=list)
    stream: list[Any] = field(default_factory=list)
    prompts: list[list[Any]] = field(default_factory=list)  # step key, status, who

    @property
    def key(self) -> str:
        return f"s{self.step}"

    @property
    def wanted(self) -> tuple[str, str] | None:
        return None if self.wait is None else (self.id, self.wait.topic)

    def open_prompt(self) -> list[Any] | None:
        return next((p for p in self.prompts if p[1] == "OPEN"), None)


@dataclass
class Message:
    id: str
    to: str
    topic: str
    body: Any
    step: str | None = None


class Talk:
    """All that is said, and who was called since the last claim or maintenance."""

    def __init__(self) -> None:
        self.talkers: dict[str, Talker] = {}
        self.messages: list[Message] = []
        self.calls: list[tuple[str, str]] = []

    def waiting_message(self, t: Talker, topic: str) -> Message | None:
        fitting = (m for m in self.messages if (m.to, m.topic, m.step) == (t.id, topic, None))
        return next(fitting, None)

    def has_come(self, t: Talker) -> bool:
        if t.wait is None:
            return False
        if t.wait.kind == "receive":
            return self.waiting_message(t, t.wait.topic) is not None
        return t.open_prompt() is None

    def take_calls(self) -> None:
        """What a claim or a turn of maintenance does first: nobody who was called goes on waiting."""
        for t in self.talkers.values():
            if t.wanted in self.calls:
                if t.status == "WAITING":
                    t.status = "ENQUEUED"
                elif t.status == "HELD":
                    t.resumes = "ENQUEUED"
        self.calls.clear()

    def release_due(self, now: int) -> None:
        for t in self.talkers.values():
            if t.status == "WAITING" and t.due is not None and t.due <= now:
                t.status = "ENQUEUED"

    def suspend(self, t: Talker, now: int) -> None:
        """It is parked, and what came before is seen."""
        assert t.wait is not None
        t.due = t.wait.due
        if t.wait.kind == "prompt" and t.due is not None and t.due <= now:
            t.due = now + 1000
        t.status = "ENQUEUED" if self.has_come(t) else "WAITING"

    def end(self, t: Talker, status: str = "SUCCESS") -> None:
        """It waits for nothing any more, and nobody needs to answer what it asked."""
        t.status, t.wait = status, None
        asked = t.open_prompt()
        if asked:
            asked[1] = "WITHDRAWN"

    # What a record is answered: (is it over, the value)

    def receive(self, t: Talker, topic: str, seconds: float, now: int) -> tuple[bool, Any]:
        if t.wait is None:
            t.wait = Wait("receive", topic, now + int(seconds * 1000))
        message = self.waiting_message(t, t.wait.topic)
        if message is None and (t.wait.due or 0) > now:
            return False, None
        if message is not None:
            message.step = t.key
        return True, self.over(t, message and message.body)

    def prompt(self, t: Talker, seconds: float | None, now: int) -> tuple[bool, Any]:
        if t.wait is None:
            due = None if seconds is None else now + int(seconds * 1000)
            t.wait = Wait("prompt", "prompt", due)
            t.prompts.append([t.key, "OPEN", None])
            return False, None
        asked = t.prompts[-1]
        if asked[1] == "OPEN" and t.wait.due is not None and t.wait.due <= now:
            asked[1] = "EXPIRED"
            return True, self.over(t, "default")
        if asked[1] == "ANSWERED":
            return True, self.over(t, True)
        return False, None

    def over(self, t: Talker, value: Any) -> Any:
        t.recorded[t.key] = value
        t.step += 1
        t.wait = None
        return value

    # Everything, as the tables should have it

    def expected(self) -> dict[str, Any]:
        ts = sorted(self.talkers.values(), key=lambda t: t.id)
        return {
            "status": {t.id: t.status for t in ts},
            "message": [[m.to, m.topic, m.body, m.step] for m in self.messages],
            "event": sorted([t.id, t.events[-1], len(t.events)] for t in ts if t.events),
            "history": [[t.id, n, e] for t in ts for n, e in enumerate(t.events, 1)],
            "stream": [[t.id, n, e] for t in ts for n, e in enumerate(t.stream)],
            "prompt": [[t.id, *p] for t in ts for p in t.prompts],
            "wait": [[t.id, t.key] for t in ts if t.wait],
        }


def nothing_outlives_its_workflow(found: dict[str, Any]) -> None:
    """From the tables alone: who has ended waits for nothing, and asks nobody."""
    ended = {workflow_id for workflow_id, status in found["status"].items() if status in ENDED}
    assert not ended & {workflow_id for workflow_id, _ in found["wait"]}, "it waits, and has ended"
    asking = {workflow_id for workflow_id, _, status, _ in found["prompt"] if status == "OPEN"}
    assert not ended & asking, "it asks, and has ended"


def dumped(session: Session) -> dict[str, Any]:
    found = session.rows(DUMP)[0][0]
    found = {name: rows or ({} if name == "status" else []) for name, rows in found.items()}
    found["event"].sort()
    found["prompt"].sort(key=lambda p: (p[0], int(p[1][1:])))
    return found
