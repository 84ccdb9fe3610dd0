"""The checker itself: a small good history, and for each invariant one change it must notice."""

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from tests.faults.checker import INVARIANTS, check
from tests.faults.history import Change, History, Write, read_writes

STATUS = {"workflow_id": "w", "failure_count": 0}


def workflow(change_id: int, status: str, attempt: int, before: str | None) -> Change:
    row = {**STATUS, "status": status, "attempt": attempt, "change_no": change_id}
    kind = "workflow update" if before else "workflow insert"
    return Change(
        change_id, float(change_id), kind, "w", row, {"status": before} if before else None
    )


def lease(change_id: int, kind: str, token: str, workflow_id: str = "w") -> Change:
    row = {
        "workflow_id": workflow_id,
        "lease_token": token,
        "worker_id": "a",
        "queue_id": 1,
        "is_limited": True,
    }
    return Change(change_id, float(change_id), f"lease {kind}", workflow_id, row)


def step(change_id: int, kind: str = "insert", output: str = "1") -> Change:
    row = {
        "workflow_id": "w",
        "step_key": "s",
        "kind": "step",
        "status": "SUCCESS",
        "output": output,
    }
    before = row if kind == "update" else None
    return Change(change_id, float(change_id), f"step {kind}", "w", row, before)


def good() -> History:
    """Enqueued, claimed, one step recorded, ended."""
    history = History()
    history.changes = [
        workflow(1, "ENQUEUED", 0, None), workflow(2, "RUNNING", 1, "ENQUEUED"),
        lease(3, "insert", "t"), step(4), workflow(5, "SUCCESS", 1, "RUNNING"),
        lease(6, "delete", "t"),
    ]  # fmt: skip
    history.writes = [
        Write("record_steps", "w", "t", "s", 1, "SUCCESS", "ok"),
        Write("finish_workflows", "w", "t", "success", None, None, "ok"),
    ]
    history.effects = [{"workflow_id": "w", "step_key": "s", "token": "t", "time": 3.5}]
    history.enqueues = [{"type": "ok", "workflow_id": "w"}]
    history.workflows = {
        "w": {"status": "SUCCESS", "failure_count": 0, "max_attempts": 3, "available_at": None}
    }
    history.audit = [("w", 2, "RUNNING", "claimed"), ("w", 5, "SUCCESS", "success")]
    history.limits = {1: 1}
    history.gates = {"w": ["g"], "v": ["g"]}
    return history


def lost_worker(history: History) -> None:
    row = {
        "worker_name": "a",
        "expires_at": "2026-01-02",
        "lost_at": "2026-01-01",
        "worker_id": "b",
    }
    row["renewed_at"] = "2026-01-01"
    history.changes.append(Change(7, 7.0, "worker update", None, row))


def no_record(history: History) -> None:
    history.changes = [c for c in history.changes if not c.kind.startswith("step")]


BAD: dict[str, Callable[[History], object]] = {
    "nothing_lost": lambda h: h.enqueues.append({"type": "ok", "workflow_id": "x"}),
    "everything_ends": lambda h: h.workflows["w"].update(status="WAITING"),
    "status_follows_the_diagram": lambda h: h.changes.append(workflow(7, "RUNNING", 2, "SUCCESS")),
    "change_numbers_rise": lambda h: h.changes[1].row.update(change_no=1),
    "one_success": lambda h: h.changes.append(workflow(7, "SUCCESS", 1, "RUNNING")),
    "one_token_at_a_time": lambda h: h.changes.insert(3, lease(3, "insert", "u")),
    "one_holder_per_key": lambda h: h.changes.insert(3, lease(3, "insert", "u", "v")),
    "running_within_limits": lambda h: h.changes.insert(3, lease(3, "insert", "u", "x")),
    "writes_carry_the_current_token": lambda h: h.writes.append(
        Write("record_steps", "w", "never", "s", 1, "SUCCESS", "ok")
    ),
    "results_are_their_workers": lambda h: h.changes[3].row.update(output="2"),
    "recorded_steps_never_change": lambda h: h.changes.append(step(7, "update")),
    "finished_steps_were_recorded": no_record,
    "effects_repeat_only_with_tokens": lambda h: h.effects.append(h.effects[0]),
    "recorded_steps_took_effect": lambda h: h.effects[0].update(workflow_id="x"),
    "bodies_begin_under_a_lease": lambda h: h.effects[0].update(time=9.0),
    "steps_begin_after_the_record_before": lambda h: h.effects.append(
        {**h.effects[0], "step_key": "later"}
    ),
    "attempts_rise_by_one": lambda h: h.changes[1].row.update(attempt=3),
    "only_exceptions_count": lambda h: h.workflows["w"].update(failure_count=1),
    "nothing_starts_early": lambda h: h.workflows["w"].update(available_at=99.0),
    "nobody_is_lost_early": lost_worker,
    "audit_is_complete": lambda h: h.audit.clear(),
    "rows_fit_together": lambda h: h.integrity.append("a row of nobody"),
}


def test_a_good_history_passes():
    assert check(good()) == []


def test_a_handler_that_began_and_was_overtaken_is_no_step():
    history = good()
    history.writes.append(Write("record_steps", "w", "t", "on_hold", None, None, "ok", "begun"))
    assert check(history) == []


@pytest.mark.parametrize(("transaction", "is_late"), [(7, False), (8, True)])
def test_a_lease_that_ends_just_before_its_workflow_ends_with_it_or_before_it(transaction, is_late):
    """The order of triggers, and a busy server between them, against a write that came too late."""
    history = good()
    ended, gone = history.changes[4], history.changes[5]
    history.changes[4:] = [
        dataclasses.replace(gone, change_id=5, transaction=transaction),
        dataclasses.replace(ended, change_id=6, time=9.0, transaction=7),
    ]
    assert [one.invariant for one in check(history)] == ["writes_carry_the_current_token"] * is_late


def test_every_invariant_has_its_bad_history():
    assert set(BAD) == {invariant.__name__ for invariant in INVARIANTS}


@pytest.mark.parametrize("invariant", BAD)
def test_each_invariant_notices(invariant):
    history = copy.deepcopy(good())
    BAD[invariant](history)
    assert invariant in {violation.invariant for violation in check(history)}


def test_a_run_without_late_writes_proves_nothing_about_them():
    assert [v.invariant for v in check(good(), needs_late_writes=True)] == [
        "late_writes_were_tried"
    ]


@pytest.mark.parametrize(("sent_at", "late"), [(2.5, 0), (99.0, 1)])
def test_a_write_that_is_lost_with_its_session_is_late_after_its_lease(sent_at, late):
    history = good()
    history.writes.append(
        Write("finish_workflows", "w", "t", "success", None, None, "info", None, sent_at)
    )
    assert history.late() == late


def test_an_unanswered_write_is_unknown_and_a_refused_one_failed():
    line: dict[str, Any] = {
        "number": "1",
        "call": "record_steps",
        "writes": [[0, "w", "t", "s", 1, "SUCCESS"]],
        "time": 5.0,
    }
    refused = {**line, "number": "2", "type": "ok", "answer": [{"n": 0, "a": "WF001"}]}
    taken = {**line, "number": "3", "type": "ok", "answer": None}
    lines = [{**line, "type": "invoke"}, refused, taken]
    assert [write.outcome for write in read_writes(lines)] == ["info", "fail", "ok"]


@pytest.mark.parametrize(("second", "is_slow"), [("01", False), ("09", True)])
def test_a_worker_that_is_declared_lost_late(second, is_slow):
    history = History()
    row = {"expires_at": "2026-01-01T00:00:00", "lost_at": f"2026-01-01T00:00:{second}"}
    history.changes.append(Change(7, 7.0, "worker update", None, row))
    assert history.was_slow_to_declare_lost() is is_slow
