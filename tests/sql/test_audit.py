"""The audit: what was and what is, by whom and from where; nothing changes it afterwards."""

import itertools
import json
import re
from pathlib import Path

import psycopg
import pytest

from tests.calls import SCHEMA, Calls, lose, refused

ROOT = Path(__file__).parents[2]
ROWS = """select event, detail, old_value, new_value, actor from workflows.audit
  where workflow_id is null order by audit_id"""
HISTORY = """select event, old_value, new_value from workflows.audit
  where workflow_id = %s::uuid order by audit_id"""
CHAIN = """select distinct on (change_no) event, old_value, new_value from workflows.audit
  where workflow_id = %s::uuid order by change_no, audit_id"""
SOURCE = "select source, actor from workflows.audit where event = %s order by audit_id desc limit 1"


def changed(calls):
    """Event, what was changed, and what of it: (key: was -> is) where the values are JSON."""
    return [
        (event, detail, old and json.loads(old), new and json.loads(new))
        for event, detail, old, new, _ in calls.rows(ROWS)
        if (old or new).startswith("{")
    ]


# Append-only ------------------------------------------------------------------------------------

CHANGES = (
    "update workflows.audit set actor = 'nobody'",
    "update workflows.audit set actor = 'nobody' where false",
    "delete from workflows.audit",
    "truncate workflows.audit",
    "truncate workflows.audit, workflows.workflow",
    """insert into workflows.audit (audit_id, audited_at, event, database_user)
       overriding system value
       select audit_id, audited_at, 'other', database_user from workflows.audit limit 1""",
)
DROP_TRIGGER = """drop trigger audit_append_only on workflows.audit;
  drop trigger audit_kept on workflows.audit"""


def attempts(calls, changes):
    """The SQLSTATE of each, None where it was done; nothing stays done."""
    states = []
    for change in changes:
        try:
            with calls.conn.transaction(force_rollback=True):
                calls.run(change)
            states.append(None)
        except psycopg.Error as error:
            states.append(error.sqlstate)
    return states


@pytest.mark.parametrize("role", [None, "owner"])
def test_who_owns_it_cannot_change_it_either(calls, role):
    calls.set_setting("max_reclaims", 9)
    if role:
        calls.run(f"set role {SCHEMA}_{role}")
    before = calls.rows("select * from workflows.audit")
    assert attempts(calls, CHANGES[:5]) == ["WF010"] * 5
    assert attempts(calls, CHANGES[5:]) == ["23505"]
    assert calls.rows("select * from workflows.audit") == before


def test_the_error_says_what_was_tried(calls):
    with refused("WF010") as detail:
        calls.run("delete from workflows.audit")
    assert detail == {"table": "audit", "operation": "delete"}


def test_without_the_trigger_it_could_be_changed(calls):
    calls.set_setting("max_reclaims", 9)
    calls.run(DROP_TRIGGER)
    assert attempts(calls, CHANGES[:5]) == [None] * 5


def test_an_owner_deletes_as_the_guide_says(calls):
    """docs/guides/audit.md"""
    guide = (ROOT / "docs" / "guides" / "audit.md").read_text()
    (recipe,) = re.findall(r"```sql\n(begin;.*?)```", guide, re.S)
    calls.set_setting("max_reclaims", 9)
    calls.run(recipe.replace("2 years", "-1 second"))
    assert calls.rows("select from workflows.audit") == []
    assert attempts(calls, CHANGES[:5]) == ["WF010"] * 5


def test_installing_again_brings_the_trigger_back_and_changes_no_row(calls, conn):
    from exchange.workflows.cpython import installer

    calls.set_setting("max_reclaims", 9)
    before = calls.rows("select *, xmin::text from workflows.audit")
    installer.install(conn, SCHEMA)
    calls.run(DROP_TRIGGER)
    installer.install(conn, SCHEMA)
    assert attempts(calls, CHANGES[:5]) == ["WF010"] * 5
    assert calls.rows("select *, xmin::text from workflows.audit") == before


def test_maintenance_forgets_without_touching_audit(calls, clock, make_worker):
    """What is forgotten after its time leaves its audit rows as they were written."""
    calls.set_queue(history="full")
    worker = make_worker("mix")
    calls.enqueue("mix")
    worker.fail(worker.claim_one())
    worker.retire()
    before = calls.rows("select *, xmin::text from workflows.audit")
    for _ in range(3):
        clock.advance(86400)
        calls.maintain()
    assert calls.rows("select from workflows.worker") == []
    assert calls.rows("select *, xmin::text from workflows.audit") == before


# Configuration ----------------------------------------------------------------------------------


def test_settings_and_rejected_entries(calls):
    wid = calls.enqueue("mix")
    calls.call("set_setting", name="max_reclaims", value="9", actor="anna")
    calls.call("reject_entries", entries=[{"workflow_id": wid, "entry": "x"}])
    calls.call("resolve_rejected_entry", workflow_id=wid, action="discard", actor="bob")
    assert calls.rows(ROWS) == [
        ("setting changed", "max_reclaims", "5", "9", "anna"),
        ("rejected entry discarded", wid, "undecided", "discarded", "bob"),
    ]


def test_queues(calls):
    calls.call("create_queue", queue_name="line", options={"max_running": 3, "actor": "anna"})
    calls.set_queue("line", max_running=None, history="full", actor="bob")
    created, first, second = changed(calls)
    assert created[:3] == ("queue created", "line", None)
    assert created[3]["is_paused"] is False and "queue_id" not in created[3]
    assert first == ("queue set", "line", {"max_running": None}, {"max_running": 3})
    assert second == (
        *("queue set", "line"),
        {"max_running": 3, "history": "errors"},
        {"max_running": None, "history": "full"},
    )
    assert [row[4] for row in calls.rows(ROWS)] == ["anna", "anna", "bob"]


def test_a_queue_that_enqueue_made(calls):
    calls.set_setting("create_queues_on_enqueue", "true")
    calls.enqueue("mix", queue_name="line")
    assert [row[:2] for row in calls.rows(ROWS)][1:] == [("queue created", "line")]


@pytest.mark.parametrize("options", ["[1]", "x", '{"actor": "\\u0000"}'])
def test_a_queue_with_bad_options_is_neither_made_nor_audited(calls, options):
    with refused("WF002", "options"):
        calls.call("create_queue", queue_name="line", options=options)
    assert calls.rows(ROWS) == []


def test_pause_and_maintenance(calls):
    queue = {"queue_name": "default", "actor": "anna"}
    calls.call("pause_queue", reason="cleaning", **queue)
    calls.call("pause_queue", reason="still", **queue)
    calls.call("resume_queue", **queue)
    running, cleaning, still = (
        {"is_paused": is_paused, "pause_reason": reason}
        for is_paused, reason in ((False, None), (True, "cleaning"), (True, "still"))
    )
    assert changed(calls) == [
        ("queue paused", "default", running, cleaning),
        ("queue paused", "default", cleaning, still),
        ("queue resumed", "default", still, running),
    ]
    calls.call("enter_maintenance", **queue)
    calls.call("enter_maintenance", mode="cancel", **queue)
    calls.call("exit_maintenance", **queue)
    assert calls.rows(ROWS)[3:] == [
        ("maintenance entered", "default", None, "drain", "anna"),
        ("maintenance entered", "default", "drain", "cancel", "anna"),
        ("maintenance exited", "default", "cancel", None, "anna"),
    ]


def test_d43_definitions(calls, make_worker):
    """Each that differs has its row; what stays as it is has none."""
    make_worker("mix", "fill")
    worker = make_worker("mix", "fill")
    worker.definitions[0]["max_attempts"] = 5
    worker.register()
    rows = changed(calls)
    assert [row[:2] for row in rows] == [
        ("definitions registered", "fill 1"),
        ("definitions registered", "mix 1"),
        ("definitions registered", "mix 1"),
    ]
    _, _, was, now = rows[2]
    assert {k for k in now if was[k] != now[k]} == {"max_attempts"}
    assert (was["max_attempts"], now["max_attempts"]) == (1, 5)
    assert rows[0][2] is None and rows[0][3]["queue_name"] == "default"


# Workflows --------------------------------------------------------------------------------------


def test_full_history_is_a_chain(calls, make_worker):
    """The first row of each change starts where the change before ended."""
    calls.set_queue(history="full")
    worker = make_worker("mix", max_attempts=2, backoff_seconds=0)
    wid = calls.enqueue("mix")
    calls.command(wid, "HOLD")
    calls.command(wid, "RESUME")
    worker.fail(worker.claim_one())
    calls.maintain()
    claimed = worker.claim_one()
    calls.command(wid, "STOP")
    worker.finish(claimed, "stopped")
    calls.retry(wid, actor="anna")
    worker.finish(worker.claim_one())
    history = calls.rows(HISTORY, wid)
    assert history[0] == ("enqueued", None, "ENQUEUED IDLE")
    assert history[-1] == ("success", "RUNNING RUNNING", "SUCCESS COMPLETE")
    chain = calls.rows(CHAIN, wid)
    assert len(chain) > 10
    for (_, _, was), (event, old, _) in itertools.pairwise(chain):
        assert old == was, event
    assert ("retried", "STOPPED STOPPED", "ENQUEUED RUNNING") in history
    assert ("try failed", "RUNNING RUNNING", "RUNNING RUNNING") in history


def test_errors_and_operator_acts_say_what_was(calls, clock, make_worker):
    """Where the queue keeps no full history there is no row before to ask."""
    worker = make_worker("mix", max_attempts=2, backoff_seconds=0)
    failed = calls.enqueue("mix")
    worker.fail(worker.claim_one())
    calls.maintain()
    worker.fail(worker.claim_one())
    calls.retry(failed)
    assert calls.rows(HISTORY, failed) == [
        ("try failed", "RUNNING RUNNING", "RUNNING RUNNING"),
        ("error", "RUNNING RUNNING", "ERROR ERROR"),
        ("retried", "ERROR ERROR", "ENQUEUED RUNNING"),
    ]
    worker.claim_one()
    lose(clock, calls)
    lost = calls.rows(HISTORY, failed)[-1]
    assert lost == ("worker lost", "RUNNING RUNNING", "RUNNING RUNNING")


def test_a_row_of_the_release_before_says_what_was(calls, make_worker):
    """It has no new_value; its status and state serve."""
    calls.set_queue(history="full")
    worker = make_worker("mix")
    wid = calls.enqueue("mix")
    calls.run("""set session_replication_role = replica;
        update workflows.audit set old_value = null, new_value = null, source = null;
        set session_replication_role = origin""")
    worker.claim_one()
    assert calls.rows(HISTORY, wid)[-1] == ("claimed", "ENQUEUED IDLE", "RUNNING RUNNING")


def test_a_gap_in_the_history_is_no_guess(calls, make_worker):
    worker = make_worker("mix")
    wid = calls.enqueue("mix")
    claimed = worker.claim_one()
    calls.set_queue(history="full")
    worker.finish(claimed)
    assert calls.rows(HISTORY, wid) == [("success", None, "SUCCESS COMPLETE")]


def test_a_second_actor_and_what_was_come_from_the_caller(calls):
    """As a command that two people give hands them over."""
    wid = calls.enqueue("mix")
    change = "select workflows.audit_change(array[%s::uuid], 'command STOP', 'anna', 'leak', null,"
    calls.run(change + " p_old_value => 'RUNNING RUNNING', p_second_actor => 'bob')", wid)
    query = """select event, workflow_name, old_value, new_value, actor, second_actor, reason
      from workflows.audit_log"""
    assert calls.rows(query) == [
        ("command STOP", "mix", "RUNNING RUNNING", "ENQUEUED IDLE", "anna", "bob", "leak")
    ]


# Where it came from -----------------------------------------------------------------------------


def test_the_source_is_the_session_or_the_engine(calls, connect, make_worker):
    calls.set_queue(history="full")
    people = Calls(connect(application_name="console", host="127.0.0.1"))
    people.set_setting("max_reclaims", 9)
    assert people.rows(SOURCE, "setting changed") == [("console 127.0.0.1", "script")]
    wid = people.enqueue("mix")
    assert people.rows(SOURCE, "enqueued") == [("console 127.0.0.1", None)]
    people.command(wid, "HOLD", actor="anna")
    assert people.rows(SOURCE, "command HOLD accepted") == [("console 127.0.0.1", "anna")]
    people.command(wid, "RESUME")
    worker = make_worker("mix")
    assert calls.rows(SOURCE, "definitions registered")[0][0].endswith("127.0.0.1")
    worker.fail(worker.claim_one())
    for event, actor in (("claimed", None), ("error", "engine")):
        assert calls.rows(SOURCE, event) == [("engine", actor)]


def test_it_is_written_with_what_it_tells_of_or_not_at_all(calls, connect):
    other = Calls(connect(autocommit=False))
    other.set_setting("max_reclaims", 9)
    other.conn.rollback()
    assert calls.rows(ROWS) == []
