"""What happened in one run: the database's changes, the clients' calls, the effects."""

import datetime
import json
import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

# A turn of maintenance is every second at most; and some.
TURN_SECONDS = 2.0
ENDED = {"SUCCESS", "ERROR", "CANCELLED", "STOPPED", "ABORTED"}
# The diagram of statuses: what may follow what.
_LIVE = {"ENQUEUED", "DELAYED", "BLOCKED", "WAITING", "HELD"}
ALLOWED: dict[str | None, set[str]] = {
    None: {"ENQUEUED", "DELAYED"},
    "ENQUEUED": {"RUNNING", "BLOCKED", "HELD", "CANCELLED", "STOPPED", "ABORTED", "DELAYED"},
    "DELAYED": {"ENQUEUED", "HELD", "CANCELLED", "STOPPED", "ABORTED", "DELAYED"},
    "BLOCKED": {"ENQUEUED", "HELD", "CANCELLED", "STOPPED", "ABORTED"},
    "WAITING": {"ENQUEUED", "HELD", "CANCELLED", "STOPPED", "ABORTED"},
    "HELD": {"ENQUEUED", "DELAYED", "BLOCKED", "WAITING", "CANCELLED", "STOPPED", "ABORTED"},
    "RUNNING": {"SUCCESS", "ERROR", *_LIVE, "CANCELLED", "STOPPED", "ABORTED"},
}
_CHANGES = """
  select change_id, extract(epoch from happened_at)::float8, kind, workflow_id::text, row, before,
    transaction_id::text::bigint
  from recorder.change order by change_id"""
_WORKFLOWS = """
  select workflow_id::text, status, attempt, failure_count, max_attempts, change_no,
    extract(epoch from available_at)::float8
  from workflows.workflow"""
_AUDIT = "select workflow_id::text, change_no, status, event from workflows.audit order by audit_id"


@dataclass
class Change:
    change_id: int
    time: float
    kind: str
    workflow_id: str | None
    row: dict[str, Any]
    before: dict[str, Any] | None = None
    transaction: int | None = None


@dataclass
class Write:
    """One record or outcome that a worker sent, and what it was told: ok, fail, info = unknown."""

    call: str
    workflow_id: str
    token: str
    what: str
    result: Any = None
    status: str | None = None
    outcome: str = "info"
    said: str | None = None
    sent_at: float = 0.0


@dataclass
class Tenure:
    """One lease: from its grant to its end, by change_id."""

    workflow_id: str
    token: str
    worker_id: str
    start: int
    started_at: float
    queue_id: int | None = None
    is_limited: bool = False
    end: int | None = None
    ended_at: float | None = None


@dataclass
class History:
    changes: list[Change] = field(default_factory=list)
    writes: list[Write] = field(default_factory=list)
    effects: list[dict[str, Any]] = field(default_factory=list)
    enqueues: list[dict[str, Any]] = field(default_factory=list)
    workflows: dict[str, dict[str, Any]] = field(default_factory=dict)
    audit: list[tuple[str, int, str, str]] = field(default_factory=list)
    gates: dict[str, list[str]] = field(default_factory=dict)
    limits: dict[int, int] = field(default_factory=dict)
    integrity: list[str] = field(default_factory=list)
    waits: set[str] = field(default_factory=set)
    freezes: list[dict[str, Any]] = field(default_factory=list)

    def of_kind(self, *kinds: str) -> list[Change]:
        return [c for c in self.changes if c.kind in kinds]

    def records(self) -> list[Change]:
        """Where a step got a result or a failed try; not where its body told that it begins."""
        return [
            c for c in self.of_kind("step insert", "step update") if c.row["status"] != "RUNNING"
        ]

    def committed(self) -> list[tuple[Change, str | None]]:
        """What each transaction made of a workflow, with the status before it."""
        last: dict[Any, Change] = {}
        for c in self.of_kind("workflow insert", "workflow update"):
            last[c.workflow_id, c.transaction or -c.change_id] = c
        status: dict[str | None, str] = {}
        found = []
        for c in last.values():
            found.append((c, status.get(c.workflow_id)))
            status[c.workflow_id] = c.row["status"]
        return found

    def tenures(self) -> list[Tenure]:
        """Every lease that was granted, in order."""
        found: list[Tenure] = []
        current: dict[tuple[str, str], Tenure] = {}
        for c in self.of_kind("lease insert", "lease delete"):
            key = (c.row["workflow_id"], c.row["lease_token"])
            if c.kind == "lease insert":
                one = Tenure(*key, c.row["worker_id"], c.change_id, c.time)
                one.queue_id, one.is_limited = c.row.get("queue_id"), bool(c.row.get("is_limited"))
                current[key] = one
                found.append(one)
            elif key in current:
                current[key].end, current[key].ended_at = c.change_id, c.time
        return found

    def frozen_seconds(self, worker: str | None, since: float, until: float) -> float:
        """For how long of this span a worker stood still."""
        return sum(
            max(0.0, min(until, one["ended"]) - max(since, one["begun"]))
            for one in self.freezes
            if one["worker"] == worker
        )

    def refused(self) -> int:
        """Writes that came too late and were refused."""
        return sum(1 for write in self.writes if write.said == "WF001")

    def late(self) -> int:
        """Writes that came too late: refused, or lost together with their session after the lease had ended."""
        ended_at = {one.token: one.ended_at for one in self.tenures()}
        return self.refused() + sum(
            1
            for write in self.writes
            if write.outcome == "info" and write.sent_at > (ended_at.get(write.token) or math.inf)
        )

    def unknown(self) -> int:
        """Writes of which the worker does not know whether they were taken."""
        return sum(1 for write in self.writes if write.outcome == "info")

    def duplicate_effects(self) -> int:
        """Effects that were repeated: the worker that caused them was lost before its record."""
        seen = {(e["workflow_id"], e["step_key"]) for e in self.effects}
        return len(self.effects) - len(seen)

    def was_slow_to_declare_lost(self) -> bool:
        """Whether some worker was declared lost later than in the turn after the end of its lease. A gap
        between turns makes every lease longer, so this holds however the machine stalls."""
        return any(
            seconds_of(c.row["lost_at"]) - seconds_of(c.row["expires_at"]) > TURN_SECONDS
            for c in self.of_kind("worker update")
        )

    def reclaim_seconds(self) -> list[float]:
        """From the last sign of life of a lost worker to the next grant of what it had."""
        lost = {
            c.row["worker_id"]: seconds_of(c.row["renewed_at"])
            for c in self.of_kind("worker update")
        }
        by_workflow: dict[str, list[Tenure]] = defaultdict(list)
        for one in self.tenures():
            by_workflow[one.workflow_id].append(one)
        return [
            after.started_at - lost[before.worker_id]
            for line in by_workflow.values()
            for before, after in zip(line, line[1:], strict=False)
            if before.worker_id in lost
        ]


def seconds_of(text: str) -> float:
    """A time of to_jsonb() as seconds since the epoch."""
    return datetime.datetime.fromisoformat(text).timestamp()


def read_history(
    conn: psycopg.Connection[Any], directory: Path, integrity: str, sql: Callable[[str], str] = str
) -> History:
    """Everything that the recorder's three sides hold of one database."""
    history = History()
    for change in conn.execute(_CHANGES).fetchall():
        history.changes.append(Change(*change))
    for row in conn.execute(sql(_WORKFLOWS)).fetchall():
        names = ("status", "attempt", "failure_count", "max_attempts", "change_no", "available_at")
        history.workflows[row[0]] = dict(zip(names, row[1:], strict=True))
    history.audit = conn.execute(sql(_AUDIT)).fetchall()
    history.limits = dict(
        conn.execute(
            sql("select queue_id, max_running from workflows.queue where max_running is not null")
        ).fetchall()
    )
    history.gates = {
        c.row["workflow_id"]: c.row["gate_ids"]
        for c in history.of_kind("workflow insert")
        if c.row.get("gate_ids")
    }
    history.integrity = [row[0] for row in conn.execute(integrity).fetchall()]
    history.effects = read_lines(directory / "effects.jsonl")
    history.enqueues = read_lines(directory / "enqueues.jsonl")
    history.freezes = read_lines(directory / "freezes.jsonl")
    for path in sorted(directory.glob("client_*.jsonl")):
        history.writes += read_writes(read_lines(path))
    return history


def note_freeze(directory: Path, worker: str, begun: float, ended: float) -> None:
    with (directory / "freezes.jsonl").open("a") as log:
        log.write(json.dumps({"worker": worker, "begun": begun, "ended": ended}) + "\n")


def read_lines(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines()]


def read_writes(lines: list[dict[str, Any]]) -> list[Write]:
    """Each invoke with what came of it; without an answer it stays unknown."""
    calls: dict[str, dict[str, Any]] = {}
    for line in lines:
        calls.setdefault(line["number"], line)
        if line["type"] != "invoke":
            sent_at = calls[line["number"]]["time"]
            calls[line["number"]] = {**line, "time": sent_at, "is_answered": True}
    writes = []
    for line in calls.values():
        answers = {}
        if line.get("is_answered") and line["type"] == "ok":
            answers = {a["n"]: a["a"] for a in line.get("answer") or ()}
        for n, workflow_id, token, what, result, status in line["writes"]:
            said = answers.get(n)
            outcome = {"invoke": "info", "info": "info", "fail": "fail"}.get(line["type"], "ok")
            if said in ("WF001", "WF004", "WF007", "busy"):
                outcome = "fail"
            writes.append(
                Write(
                    line["call"],
                    workflow_id,
                    token,
                    what,
                    result,
                    status,
                    outcome,
                    said,
                    line["time"],
                )
            )
    return writes
