"""Who acts, as the audit keeps it: the database user, or the one that --actor names."""

import json

import pytest

from tests.calls import calls, make_worker

__all__ = ["calls", "make_worker"]


@pytest.fixture
def rejected(calls):
    """Two entries that a buffer could not enqueue."""
    ids = [f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2)]
    entries = [
        {
            "workflow_id": one,
            "entry": {"workflow_name": "fill", "inputs": {}, "options": {"workflow_id": one}},
            "problem": {"code": "WF005", "message": "no such queue"},
            "origin": "gw1 plant",
        }
        for one in ids
    ]
    calls.call("reject_entries", entries=json.dumps(entries))
    return ids


@pytest.fixture
def act(run, calls):
    """act("queue", "pause", ...): who the audit says that it was, each time that it was written."""

    def audited(*words):
        before = calls.value("select coalesce(max(audit_id), 0) from workflows.audit")
        ran = run(*words)
        assert ran.exit_code == 0, ran.err
        written = "select distinct actor from workflows.audit where audit_id > %s"
        return [actor for (actor,) in calls.rows(written, before)]

    return audited


@pytest.fixture
def ways(answer, calls, make_worker, rejected):
    """The commands that act, in an order in which each of them does."""
    calls.run("delete from workflows.retention_policy")
    calls.run(
        "update workflows.setting set setting_value = '0'"
        " where setting_name = 'retention_grace_seconds'"
    )
    first, second, third = (answer("enqueue", "fill")["workflow_id"] for _ in range(3))
    worker_id = make_worker("mix").worker_id
    return [
        ("queue", "create", "fast", "--max-running", "3"),
        ("queue", "set", "fast", "--max-running", "4"),
        ("queue", "pause", "fast"),
        ("queue", "resume", "fast"),
        ("queue", "maintenance", "enter", "fast"),
        ("queue", "maintenance", "exit", "fast"),
        ("workers", "drain", worker_id),
        ("workers", "resume", worker_id),
        ("setting", "set", "max_reclaims", "7"),
        ("setting", "reset", "max_reclaims"),
        ("rejected", "retry", rejected[0]),
        ("rejected", "discard", rejected[1]),
        ("command", first, "HOLD"),
        ("command-many", "HOLD", "--name", "fill"),
        ("fork", first),
        ("cancel", first),
        ("retry", first),
        ("cancel", second),
        ("retention", "set", "--count", "0"),
        ("retention", "apply"),
        ("retention", "delete"),
        ("schedule", "create", "s", "fill", "--every", "60"),
        ("schedule", "pause", "s"),
        ("recipe", "save", "fill", "r", "--values", "{}"),
        ("calendar", "set", "works", '{"time_zone": "UTC"}'),
    ]


def test_who_is_not_named_is_the_database_user(act, ways, calls):
    user = calls.value("select session_user")
    assert {words[:3]: act(*words) for words in ways} == {words[:3]: [user] for words in ways}


def test_who_is_named(act, ways):
    named = ("--actor", "anna")
    assert {w[:3]: act(*w, *named) for w in ways} == {w[:3]: ["anna"] for w in ways}


def test_who_sends_a_message(run, answer, calls):
    workflow_id = answer("enqueue", "fill")["workflow_id"]
    run("send", workflow_id, "5")
    run("send", workflow_id, "5", "--actor", "anna")
    user = calls.value("select session_user")
    sent = calls.rows("select sent_by from workflows.message order by message_no")
    assert sent == [(user,), ("anna",)]


def test_why_a_workflow_was_retried(run, answer, calls):
    workflow_id = answer("enqueue", "fill")["workflow_id"]
    run("cancel", workflow_id)
    assert run("retry", workflow_id, "--reason", "valve mended").exit_code == 0
    reasons = "select reason from workflows.audit_log where event = 'retried'"
    assert calls.rows(reasons) == [("valve mended",)]
