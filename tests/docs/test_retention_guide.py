"""The guide to retention: its blocks run as they stand, in their order."""

import re

import pytest

import exchange.workflows.api.admin  # noqa: F401  what a gateway has loaded
from tests.docs.test_recipe_guide import run, shell, workflows
from tests.style.sources import ROOT

__all__ = ["shell", "workflows"]

PAGE = (ROOT / "docs" / "guides" / "retention.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


@pytest.fixture
def ended(workflows, conn, sql):
    """Two workflows of the queue packing that ended long ago, and one of the default queue that just did."""
    conn.execute(sql("select workflows.create_queue('packing')"))
    for queue_name in ("packing", "packing", "default"):
        answer = sql(
            "select workflows.enqueue('no_such', '{}', json_build_object('queue_name', %s::text)::text)"
        )
        (workflow_id,) = conn.execute(answer, (queue_name,)).fetchone()
        conn.execute(sql("select workflows.cancel_workflow(%s)"), (workflow_id,))
    conn.execute(
        sql(
            "update workflows.workflow set ended_at = ended_at - interval '8 days' where queue_id = "
            "(select queue_id from workflows.queue where queue_name = 'packing')"
        )
    )
    return lambda: conn.execute(sql("select count(*) from workflows.workflow")).fetchone()[0]


def test_from_a_policy_to_an_empty_queue(ended, shell, conn, sql, capsys):
    policies, faster, at_once, settings = blocks("sh")
    in_sql, status, in_a_loop = blocks("sql")
    in_a_gateway, apply = blocks("python")
    printed = [shell(line) for line in policies.splitlines()]
    assert "7.0 d" in printed[-1] and "for ever" in printed[-1] and "100000" in printed[-1]
    conn.execute(sql(in_sql))
    run(in_a_gateway, {})
    assert "packing SUCCESS 604800 100000" in capsys.readouterr().out
    assert conn.execute(sql(status)).rowcount == 8 - 1
    shell(faster.strip())
    assert ended() == 3
    conn.execute(sql(in_a_loop))
    assert ended() == 1
    run(apply, {})
    assert capsys.readouterr().out == "RETENTION_APPLIED 0\n"
    assert "0 workflows removed" in shell(at_once.strip())
    told = [shell(line) for line in settings.splitlines()]
    assert "event_history_keep" in told[2] and "anna" in told[3]
    assert told[4] == "event_history_keep = 10000, was 2000\n"


def test_the_table_says_what_a_fresh_installation_has(conn, sql):
    rows = dict(
        conn.execute(sql("select setting_name, default_value from workflows.setting")).fetchall()
    )
    assert f"the last {int(rows['event_history_keep']):,} values" in PAGE
    assert f"the last {int(rows['stream_keep']):,} entries" in PAGE
    assert rows["rejected_keep_days"] == "90" and rows["audit_keep_days"] == "0"
    assert rows["retention_grace_seconds"] == "60" and "`retention_grace_seconds` ago (60)" in PAGE
    for name in rows:
        assert "keep" not in name or f"`{name}`" in PAGE
