"""rejected list, retry, discard."""

import json

import pytest

IDS = [f"00000000-0000-4000-8000-00000000000{n}" for n in (1, 2)]


@pytest.fixture
def rejected(conn, sql):
    """Two entries for a queue that is not there."""
    options = [{"workflow_id": one, "queue_name": "later"} for one in IDS]
    entries = [
        {
            "workflow_id": one["workflow_id"],
            "entry": {"workflow_name": "fill", "inputs": {"tank": "T-101"}, "options": one},
            "problem": {"code": "WF005", "message": "no such queue: later"},
            "origin": "gw1 plant",
        }
        for one in options
    ]
    conn.execute(sql("select workflows.reject_entries(%s)"), (json.dumps(entries),))


def test_none(run, answer):
    assert answer("rejected", "list") == []
    assert run("rejected", "list").out.startswith("workflow_id")


@pytest.mark.usefixtures("rejected")
def test_list_retry_discard(run, answer):
    shown = run("rejected", "list").out
    assert IDS[0] in shown and "no such queue" in shown and "T-101" in shown
    refused = run("rejected", "retry", IDS[0])
    assert refused.exit_code == 1 and "later" in refused.err
    run("queue", "create", "later")
    assert "was retried" in run("rejected", "retry", IDS[0], "--actor", "anna").out
    assert answer("list")[0]["status"] == "ENQUEUED"
    assert "was discarded" in run("rejected", "discard", IDS[1]).out
    assert "was discarded before" in run("rejected", "discard", IDS[1]).out
    assert answer("rejected", "list") == []
    resolved = answer("rejected", "list", "--resolved", "--origin", "gw1 plant")
    assert [one["resolution"] for one in resolved] == ["retried", "discarded"]
    assert answer("rejected", "list", "--resolved", "--limit", "1") == resolved[:1]


@pytest.mark.usefixtures("rejected")
@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [(["retry", "x"], 1, "no rejected entry"), (["discard", "x"], 1, "no rejected entry")],
)
def test_errors(run, words, exit_code, said):
    ran = run("rejected", *words)
    assert ran.exit_code == exit_code
    assert said in ran.err and ran.err.count("\n") == 1
