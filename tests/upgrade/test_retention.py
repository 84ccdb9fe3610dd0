"""An upgrade begins to remove nothing that was there."""

from exchange.workflows.cpython import installer
from tests.calls import SCHEMA


def test_an_upgrade_keeps_everything_and_says_so(calls, conn, clock):
    workflow_id = calls.enqueue("mix")
    calls.call("cancel_workflow", workflow_id=workflow_id)
    installer.install(conn, SCHEMA)
    clock.advance(1000 * 86400)
    for _ in range(3):
        calls.run("update workflows.retention_progress set next_turn_at = '-infinity'")
        calls.maintain()
    assert calls.status(workflow_id) == "CANCELLED"
    assert calls.call("list_retention")["policies"] == []
    query = "select status, measured from workflows.health where check_name = 'retention'"
    assert calls.rows(query) == [("warning", "nothing is ever removed")]
    kept = "select setting_value from workflows.setting where setting_name in ({})"
    names = "'event_history_keep', 'stream_keep', 'rejected_keep_days', 'audit_keep_days'"
    assert calls.rows(kept.format(names)) == [("0",)] * 4
    missing = "select count(*) from workflows.setting where default_value is null"
    assert calls.value(missing) == 0
    assert calls.call("reset_setting", name="lease_seconds")["value"] == "20"


def test_installing_again_changes_no_policy(calls, conn):
    installer.install(conn, SCHEMA)
    calls.call("set_retention", options={"keep_seconds": 60, "actor": "anna"})
    before = calls.rows("select * from workflows.retention_policy")
    installer.install(conn, SCHEMA)
    assert calls.rows("select * from workflows.retention_policy") == before
