"""Says whether a history keeps the promises. Pure; each function below is one invariant.

Order is change_id, which the recorder draws under the lock of the row that changes: two leases of
one workflow, one gate or one limited queue cannot overlap unless the database let them.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.faults.history import ALLOWED, ENDED, Change, History, Tenure

# A body that had passed the guard may begin a moment after its lease was taken.
GRACE_SECONDS = 0.25


@dataclass(frozen=True)
class Violation:
    invariant: str
    workflow_id: str | None
    found: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.found} (workflow {self.workflow_id})"


def check(history: History, needs_late_writes: bool = False) -> list[Violation]:
    """Every violation, in the order of the invariants."""
    found = [
        Violation(invariant.__name__, *one)
        for invariant in INVARIANTS
        for one in invariant(history)
    ]
    if needs_late_writes and not history.late():
        found.append(Violation("late_writes_were_tried", None, "no write came too late"))
    return found


Found = Iterator[tuple[str | None, str]]


def nothing_lost(history: History) -> Found:
    """Accepted means it is in the database."""
    for line in history.enqueues:
        if line["type"] == "ok" and line["workflow_id"] not in history.workflows:
            yield line["workflow_id"], "accepted, and not in the database"


def everything_ends(history: History) -> Found:
    """At quiescence a workflow has ended, or the test says why it waits."""
    for workflow_id, workflow in history.workflows.items():
        if workflow["status"] not in ENDED and workflow_id not in history.waits:
            yield workflow_id, f"is still {workflow['status']}"


def status_follows_the_diagram(history: History) -> Found:
    """Only transitions of the diagram; an ended workflow changes no more."""
    status: dict[str, str | None] = {}
    for c in history.of_kind("workflow insert", "workflow update"):
        assert c.workflow_id
        old, new = status.get(c.workflow_id), c.row["status"]
        status[c.workflow_id] = new
        if old != new and new not in ALLOWED.get(old, set()):
            yield c.workflow_id, f"{old} -> {new}"


def change_numbers_rise(history: History) -> Found:
    """Every change of status has the next change_no."""
    last: dict[str | None, int] = {}
    for c, status in history.committed():
        before, last[c.workflow_id] = last.get(c.workflow_id, -1), c.row["change_no"]
        if status != c.row["status"] and c.row["change_no"] <= before:
            yield c.workflow_id, f"change_no {before} -> {c.row['change_no']}"


def one_success(history: History) -> Found:
    counts: Counter[str] = Counter()
    for c in history.of_kind("workflow update"):
        if c.row["status"] == "SUCCESS" and (c.before or {}).get("status") != "SUCCESS":
            counts[c.row["workflow_id"]] += 1
    for workflow_id, count in counts.items():
        if count > 1:
            yield workflow_id, f"succeeded {count} times"


def one_token_at_a_time(history: History) -> Found:
    """Per workflow leases do not overlap, and no token is ever granted twice."""
    yield from _overlaps(history.tenures(), lambda one: [one.workflow_id])
    tokens = Counter(one.token for one in history.tenures())
    for token, count in tokens.items():
        if count > 1:
            yield None, f"token {token} was granted {count} times"


def one_holder_per_key(history: History) -> Found:
    """Per partition key and resource leases do not overlap."""
    yield from _overlaps(history.tenures(), lambda one: history.gates.get(one.workflow_id, []))


def running_within_limits(history: History) -> Found:
    events = []
    for one in history.tenures():
        if one.queue_id in history.limits and one.is_limited:
            events.append((one.start, 1, one))
            if one.end is not None:
                events.append((one.end, -1, one))
    running: Counter[int] = Counter()
    for _, step, one in sorted(events, key=lambda event: event[0]):
        assert one.queue_id is not None
        running[one.queue_id] += step
        if step > 0 and running[one.queue_id] > history.limits[one.queue_id]:
            most = history.limits[one.queue_id]
            yield one.workflow_id, f"{running[one.queue_id]} run in a queue of {most}"


def writes_carry_the_current_token(history: History) -> Found:
    """What was recorded or finished under a token happened between its grant and its end."""
    tenures = {(one.workflow_id, one.token): one for one in history.tenures()}
    steps = {(c.workflow_id, c.row["step_key"]): c for c in history.records()}
    ends = {c.workflow_id: c for c in history.of_kind("workflow update") if _succeeds(c)}
    for write in history.writes:
        if write.outcome != "ok" or write.said not in (None, "recorded", "ok"):
            continue
        if write.status == "RUNNING":  # tells that a body begins; its result is another write
            continue
        one = tenures.get((write.workflow_id, write.token))
        if one is None:
            yield write.workflow_id, f"{write.what} was taken under a token never granted"
            continue
        made = steps.get((write.workflow_id, write.what))
        if write.call == "finish_workflows":
            made = ends.get(write.workflow_id) if write.what == "success" else None
        is_late = made and (made.change_id < one.start or one.end and made.change_id > one.end)
        if made and is_late and not _same_transaction(history, made, one):
            yield write.workflow_id, f"{write.what} was taken from a worker whose lease had ended"


def results_are_their_workers(history: History) -> Found:
    """What is recorded for a step is what the worker with that token computed; of children the database says it."""
    sent: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for write in history.writes:
        if write.call == "record_steps" and write.status == "SUCCESS" and write.outcome != "fail":
            sent[write.workflow_id, write.what].append(write.result)
    for c in history.of_kind("step insert", "step update"):
        assert c.workflow_id
        candidates = sent.get((c.workflow_id, c.row["step_key"]))
        if c.row["status"] != "SUCCESS" or candidates is None:
            continue
        if c.row["kind"] in ("child", "await"):
            continue
        recorded = json.loads(c.row["output"]) if c.row["output"] is not None else None
        if recorded not in candidates:
            yield c.workflow_id, f"step {c.row['step_key']} holds what nobody sent"


def recorded_steps_never_change(history: History) -> Found:
    for c in history.of_kind("step update", "step delete"):
        if c.kind == "step delete":
            yield c.workflow_id, f"step {c.row['step_key']} was deleted"
        elif c.before and c.before["status"] in ("SUCCESS", "ERROR"):
            yield c.workflow_id, f"step {c.row['step_key']} was recorded again"


def finished_steps_were_recorded(history: History) -> Found:
    """A step whose worker was told that it is recorded is recorded. That a handler begins is no record yet."""
    steps = {(c.workflow_id, c.row["step_key"]) for c in history.of_kind("step insert")}
    for write in history.writes:
        is_taken = write.call == "record_steps" and write.outcome == "ok"
        if is_taken and write.said != "begun" and (write.workflow_id, write.what) not in steps:
            yield write.workflow_id, f"step {write.what} was acknowledged and is not recorded"


def effects_repeat_only_with_tokens(history: History) -> Found:
    """One effect per step and token; none for a step recorded before the token was granted."""
    starts = {one.token: one.start for one in history.tenures()}
    steps = {(c.workflow_id, c.row["step_key"]): c for c in history.records()}
    counts = Counter((e["workflow_id"], e["step_key"], e["token"]) for e in history.effects)
    for (workflow_id, step_key, token), count in counts.items():
        if count > 1:
            yield workflow_id, f"step {step_key} took effect {count} times under one token"
        recorded = steps.get((workflow_id, step_key))
        if recorded and token in starts and recorded.change_id < starts[token]:
            yield workflow_id, f"step {step_key} ran again after it was recorded"


def recorded_steps_took_effect(history: History) -> Found:
    done = {(e["workflow_id"], e["step_key"]) for e in history.effects}
    names = {e["step_key"] for e in history.effects}
    for c in history.records():
        key = (c.workflow_id, c.row["step_key"])
        if c.row["status"] == "SUCCESS" and c.row["step_key"] in names and key not in done:
            yield c.workflow_id, f"step {c.row['step_key']} is recorded and never ran"


def bodies_begin_under_a_lease(history: History) -> Found:
    """No body begins when its lease has been taken away. A worker that stood still meanwhile had
    less time to notice."""
    ended = {one.token: one.ended_at for one in history.tenures() if one.ended_at is not None}
    for e in history.effects:
        lost_at = ended.get(e["token"], e["time"])
        late = e["time"] - lost_at - history.frozen_seconds(e.get("worker"), lost_at, e["time"])
        if late > GRACE_SECONDS:
            yield e["workflow_id"], f"step {e['step_key']} began {late:.2f} s after its lease ended"


def steps_begin_after_the_record_before(history: History) -> Found:
    """Under one token, a body begins only when the step before it has been recorded; those that were started
    beside the workflow's thread begin when they like."""
    recorded = {(c.workflow_id, c.row["step_key"]): c.time for c in history.records()}
    before: dict[str, dict[str, Any]] = {}
    for e in history.effects:
        if e.get("is_parallel"):
            continue
        previous, before[e["token"]] = before.get(e["token"]), e
        if previous and previous["step_key"] != e["step_key"]:
            at = recorded.get((e["workflow_id"], previous["step_key"]))
            if at is None or at > e["time"]:
                yield (
                    e["workflow_id"],
                    f"{e['step_key']} began before {previous['step_key']} was recorded",
                )


def attempts_rise_by_one(history: History) -> Found:
    last: dict[str, int] = {}
    for c in history.of_kind("workflow insert", "workflow update"):
        assert c.workflow_id
        before, now = last.get(c.workflow_id, 0), c.row["attempt"]
        last[c.workflow_id] = now
        is_claim = c.row["status"] == "RUNNING" and (c.before or {}).get("status") != "RUNNING"
        if now != before + int(is_claim):
            yield c.workflow_id, f"attempt {before} -> {now}"


def only_exceptions_count(history: History) -> Found:
    """failure_count is at most the number of exceptions reported, and within max_attempts."""
    raised = Counter(w.workflow_id for w in history.writes if w.what == "error")
    for workflow_id, workflow in history.workflows.items():
        if workflow["failure_count"] > raised[workflow_id]:
            yield workflow_id, f"{workflow['failure_count']} failures, {raised[workflow_id]} raised"
        if workflow["max_attempts"] and workflow["failure_count"] > workflow["max_attempts"]:
            yield workflow_id, f"{workflow['failure_count']} of {workflow['max_attempts']} attempts"


def nothing_starts_early(history: History) -> Found:
    for one in history.tenures():
        available_at = history.workflows.get(one.workflow_id, {}).get("available_at")
        if available_at and one.started_at < available_at:
            yield one.workflow_id, f"started {available_at - one.started_at:.2f} s early"


def nobody_is_lost_early(history: History) -> Found:
    """A worker is declared lost only when its lease has run out."""
    for c in history.of_kind("worker update"):
        if c.row["expires_at"] > c.row["lost_at"]:
            yield None, f"worker {c.row['worker_name']} was declared lost within its lease"


def audit_is_complete(history: History) -> Found:
    """With full history every change of status has its row in audit, under its change_no. How it
    began is in workflow itself: enqueued_at, enqueued_by, actor."""
    audited = {(line[0], line[1], line[2]) for line in history.audit}
    for c, status in history.committed():
        key = (c.workflow_id, c.row["change_no"], c.row["status"])
        if status not in (None, c.row["status"]) and key not in audited:
            yield c.workflow_id, f"change {key[1]} to {key[2]} is not audited"


def rows_fit_together(history: History) -> Found:
    for line in history.integrity:
        yield None, line


def _succeeds(c: Change) -> bool:
    return c.row["status"] == "SUCCESS" and (c.before or {}).get("status") != "SUCCESS"


def _same_transaction(history: History, made: Change, one: Tenure) -> bool:
    """A finish deletes the lease and ends the workflow in one statement: in either order."""
    ended = [c for c in history.of_kind("lease delete") if c.row["lease_token"] == one.token]
    is_one = (
        bool(ended) and made.transaction is not None and ended[0].transaction == made.transaction
    )
    return is_one and made.change_id > one.start


def _overlaps(tenures: list[Tenure], keys_of: Callable[[Tenure], list[Any]]) -> Found:
    current: dict[Any, Tenure] = {}
    for one in sorted(tenures, key=lambda t: t.start):
        for key in keys_of(one):
            before = current.get(key)
            if before and (before.end is None or before.end > one.start):
                yield one.workflow_id, f"two current tokens for {key}"
            current[key] = one


INVARIANTS: list[Callable[[History], Found]] = [
    nothing_lost, everything_ends, status_follows_the_diagram, change_numbers_rise, one_success,
    one_token_at_a_time, one_holder_per_key, running_within_limits, writes_carry_the_current_token,
    results_are_their_workers, recorded_steps_never_change, finished_steps_were_recorded,
    effects_repeat_only_with_tokens, recorded_steps_took_effect, bodies_begin_under_a_lease,
    steps_begin_after_the_record_before, attempts_rise_by_one, only_exceptions_count,
    nothing_starts_early, nobody_is_lost_early,
    audit_is_complete, rows_fit_together,
]  # fmt: skip
