"""Settings: bounds, defaults, who changed what, and names that were meant."""

import pytest

from tests.calls import Calls, refused


@pytest.fixture
def calls(shared_calls):
    return shared_calls


def setting(calls, name):
    (found,) = (s for s in calls.call("list_settings") if s["setting_name"] == name)
    return found


def changes(calls, **filters):
    return calls.call("list_setting_changes", filter=filters)


def test_every_setting_stands_at_its_default_and_within_its_bounds(calls):
    for one in calls.call("list_settings"):
        assert one["setting_value"] == one["default_value"], one
        calls.call("set_setting", name=one["setting_name"], value=one["default_value"])


def test_what_was_and_what_is_and_who(calls):
    calls.call("set_setting", name="max_reclaims", value="7", actor="anna")
    calls.call("set_setting", name="lease_seconds", value="30", actor="bernd")
    assert calls.call("reset_setting", name="max_reclaims", actor="carla") == {
        "name": "max_reclaims",
        "value": "5",
        "before": "7",
    }
    found = setting(calls, "max_reclaims")
    assert (found["setting_value"], found["changed_by"]) == ("5", "carla")
    told = [
        [c[k] for k in ("setting_name", "old_value", "new_value", "changed_by", "reason")]
        for c in changes(calls, limit=3)
    ]
    assert told == [
        ["max_reclaims", "7", "5", "carla", "reset to its default"],
        ["lease_seconds", "20", "30", "bernd", None],
        ["max_reclaims", "5", "7", "anna", None],
    ]
    query = "select setting_name, old_value, new_value, changed_by from workflows.setting_change order by audit_id desc"
    assert [list(row) for row in calls.rows(query)][:3] == [one[:4] for one in told]
    only = changes(calls, name="lease_seconds", limit=1)
    assert [c["new_value"] for c in only] == ["30"]
    assert changes(calls, name="nothing") == []
    assert changes(calls, limit=1)[0]["database_user"]


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("max_reclaim", "max_reclaims"),
        ("leaseSeconds", "lease_seconds"),
        ("audit_days", "audit_keep_days"),
        ("xyz", None),
        ("", None),
        ("a" * 10000, None),
    ],
)
@pytest.mark.parametrize("function", ["set_setting", "reset_setting"])
def test_a_name_that_is_none_is_refused_with_what_was_meant(calls, function, name, near):
    more = {"value": "1"} if function == "set_setting" else {}
    with refused("WF002", "name") as detail:
        calls.call(function, name=name, **more)
    assert detail["near"] is None if near is None else near in detail["near"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_reclaims", "1001"),
        ("max_reclaims", "1.5"),
        ("max_reclaims", ""),
        ("lease_seconds", "NaN"),
        ("create_queues_on_enqueue", "yes"),
        ("audit_keep_days", "-1"),
    ],
)
def test_values_that_do_not_fit_change_nothing(calls, name, value):
    before, count = setting(calls, name), len(changes(calls))
    with refused("WF002", "value"):
        calls.call("set_setting", name=name, value=value)
    assert setting(calls, name) == before and len(changes(calls)) == count


def test_the_history_is_read_by_its_index(calls):
    """Audit may be very long."""
    calls.run("set enable_seqscan = off")
    plan = calls.rows(
        "explain select * from workflows.setting_change order by audit_id desc limit 9"
    )
    calls.run("reset enable_seqscan")
    assert any("audit_setting" in line for (line,) in plan), plan


def test_diagnostics(calls, make_worker):
    make_worker("mix", calls=calls)
    calls.call("set_setting", name="max_reclaims", value="9", actor="anna")
    found = calls.call("get_diagnostics")
    assert found["schema_version"] == calls.call("schema_version")
    assert [m["file_name"] for m in found["migrations"]][0] == "0001_create_tables.sql"
    assert found["server"]["version"] and found["connections"]["open"] >= 1
    assert [w["worker_name"] for w in found["workers"]] == ["test"]
    assert [q["queue_name"] for q in found["queues"]] == ["default"]
    (changed,) = found["changed_settings"]
    assert (changed["setting_name"], changed["setting_value"], changed["default_value"]) == (
        "max_reclaims",
        "9",
        "5",
    )
    assert {h["check_name"] for h in found["health"]} >= {"workers", "retention"}
    assert "policies" in found["retention"] and found["tables"]


def test_diagnostics_of_indexes(calls):
    calls.enqueue()
    for one in calls.call("get_diagnostics")["indexes"]:
        assert set(one) == {"index_name", "table_name", "scans", "bytes"}
        if one["index_name"] == "workflow_pkey":
            assert one["table_name"] == "workflow" and one["bytes"] > 0
            return
    raise AssertionError("the key of the workflows is not among the indexes")


def test_diagnostics_name_who_keeps_dead_rows_alive(conn, connect):
    """Never the session of the call itself. What a session of another login does shows only where
    the owner may see it."""
    calls = Calls(conn)
    with connect(application_name="report") as reader, reader.transaction():
        reader.execute("set transaction isolation level repeatable read")
        (pid,) = reader.execute("select pg_backend_pid()").fetchone()  # a pooler has its own
        calls.enqueue()
        calls.enqueue()
        found = calls.call("get_diagnostics")
        (one,) = found["oldest_snapshots"]
        assert (one["pid"], one["application_name"]) == (pid, "report")
        assert one["transactions"] >= 2
        assert one["state"] is one["since"] is None and found["sees_all_sessions"] is False
        with conn.transaction(force_rollback=True):
            calls.run("grant pg_read_all_stats to workflows_owner")
            found = calls.call("get_diagnostics")
        (one,) = found["oldest_snapshots"]
        assert one["state"] == "idle in transaction" and one["since"]
        assert found["sees_all_sessions"] is True


def test_diagnostics_name_slots_and_prepared_transactions(conn, connect):
    calls = Calls(conn)
    found = calls.call("get_diagnostics")
    assert found["prepared_transactions"] == []
    slot = "reader_of_this_test"
    calls.run("select pg_create_physical_replication_slot(%s, true)", slot)
    try:
        other = connect(autocommit=False)
        Calls(other).enqueue()
        other.execute("prepare transaction 'half done'")
        other.commit()
        calls.enqueue()
        calls.enqueue()
        found = calls.call("get_diagnostics")
    finally:
        conn.execute("rollback prepared 'half done'")
        calls.run("select pg_drop_replication_slot(%s)", slot)
    (prepared,) = found["prepared_transactions"]
    assert prepared["gid"] == "half done" and prepared["transactions"] >= 2
    (mine,) = [one for one in found["replication_slots"] if one["slot_name"] == slot]
    assert (mine["slot_type"], mine["is_active"], mine["database"]) == ("physical", False, None)
    assert mine["transactions"] is None and mine["kept_bytes"] >= 0
