"""Audit is append-only but for what a setting says is too old, and only maintenance removes that."""

import json

import pytest

from tests.calls import SCHEMA, refused
from tests.sql.test_retention import apply_all, maintain

DAY = 86400
MARK = "select set_config('workflows.audit_removal', pg_current_xact_id()::text, true)"


@pytest.fixture
def old(calls, clock):
    """Rows from three days ago and from now; the setting is 0."""
    for value in (3, 4):
        calls.set_setting("max_reclaims", value)
    clock.advance(3 * DAY)
    calls.set_setting("max_reclaims", 5)
    return calls


def events(calls):
    return calls.rows("select event, audited_at from workflows.audit order by audit_id")


@pytest.mark.parametrize("remove", [maintain, apply_all])
def test_audit_is_kept_for_so_many_days(old, clock, remove):
    before = events(old)
    remove(old)
    assert events(old) == before
    old.set_setting("audit_keep_days", 2)
    clock.advance(61)  # it is gone through each minute
    remove(old)
    after = events(old)
    gone = [row for row in before if row not in after]
    assert gone and gone == before[: len(gone)]
    assert max(at for _, at in gone) < min(at for _, at in after)
    query = "select detail, actor, reason from workflows.audit where event = 'audit removed'"
    ((detail, actor, reason),) = old.rows(query)
    assert (actor, reason) == ("engine", "older than audit_keep_days")
    detail = json.loads(detail)
    assert (detail["count"], detail["first_audit_id"]) == (len(gone), 1)
    assert detail["last_audit_id"] == len(gone)


def test_a_batch_is_bounded(old):
    old.set_setting("audit_keep_days", 2)
    remove = "select workflows.remove_audit(1, workflows.clock_now())"
    assert [old.value(remove) for _ in range(4)] == [1, 1, 0, 0]


@pytest.mark.parametrize("is_marked", [False, True], ids=["without the marker", "with it"])
@pytest.mark.parametrize("days", [0, 2])
def test_nobody_else_removes_any(old, conn, is_marked, days):
    """Not even who owns it: what is old enough goes with the marker, which nobody sets by accident; nothing else."""
    old.set_setting("audit_keep_days", days)
    before = events(old)
    for change in ("delete from workflows.audit", "truncate workflows.audit"):
        with refused("WF010"), conn.transaction():
            if is_marked:
                old.run(MARK)
            old.run(change)
    with refused("WF010"), conn.transaction():
        old.run(MARK)
        old.run("update workflows.audit set actor = 'x'")
    with refused("WF010"):  # the marker of another transaction
        old.run(MARK)
        old.run("delete from workflows.audit where audited_at < now() - interval '9 days'")
    assert events(old) == before


def test_without_the_second_trigger_the_marker_would_be_enough(old, conn):
    """Negative control."""
    conn.execute(f"alter table {SCHEMA}.audit disable trigger audit_kept")
    with conn.transaction():
        old.run(MARK)
        old.run("delete from workflows.audit")
    assert events(old) == []
