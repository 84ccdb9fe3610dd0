"""The psycopg connector on a real server."""

import pytest

from exchange.workflows import errors
from exchange.workflows.engine import instance
from tests.engine.plant import PATIENCE, engine_write
from tests.waiting import wait_until


def test_a_notification_that_comes_during_the_check_is_heard(dsn, schema, conn):
    connector = instance.open_connector(dsn, schema)
    listening = connector.listen("plant_wake")
    try:
        conn.execute("notify plant_wake, 'before'")
        listening.check()
        assert listening.wait(PATIENCE) == ["before"]
        listening.interrupt()
        assert listening.wait(PATIENCE) == []
        conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = %s",
            (f"{schema}-listen",),
        )
        with pytest.raises(errors.DatabaseError) as raised:
            while True:
                listening.wait(PATIENCE)
        assert raised.value.is_lost
    finally:
        listening.close()
        connector.close()


def test_a_transactional_step_outside_a_workflow_commits_what_it_writes(rt, conn):
    assert engine_write(9) == [{"count": 1}]
    assert conn.execute("select number from plant").fetchall() == [(9,)]


def test_a_call_without_an_answer_is_cut(dsn, schema):
    connector = instance.open_connector(dsn, schema, call_seconds=0.1, retry_seconds=0)
    try:
        for call in (connector.session("probe").call, connector.call):
            with pytest.raises(errors.DatabaseError) as raised:
                call("select pg_sleep(60)::text", ())
            assert raised.value.is_lost
    finally:
        connector.close()


def test_a_pooled_connection_that_broke_is_replaced_within_the_call(dsn, schema, conn):
    connector = instance.open_connector(dsn, schema)
    try:
        connector.call("select 1::text", ())
        conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = %s",
            (f"{schema}-client",),
        )
        assert connector.call("select 2::text", ()) == "2"
    finally:
        connector.close()


def test_every_session_says_what_it_is_for_and_is_in_utc(rt, worker, conn, schema):
    names = "select application_name from pg_stat_activity where datname = current_database()"
    wanted = {f"{schema}-{purpose}" for purpose in ("claim", "renew", "listen", "maintain")}
    wait_until(lambda: wanted <= {name for (name,) in conn.execute(names)}, seconds=PATIENCE)
    assert worker.connector.session("probe").call("select current_setting('timezone')", ()) == "UTC"


def test_errors_of_the_database_come_with_state_message_detail_and_hint(rt):
    with pytest.raises(errors.BadArgument) as refused:
        rt.enqueue("engine_noop", priority=101)
    assert refused.value.field == "priority"
    with pytest.raises(errors.UnknownId):
        rt.getWorkflow("01a20000-0000-7000-8000-000000000000")


def test_the_connector_gives_rows_as_dicts_and_counts_changes(rt, conn):
    with rt.transaction() as tx:
        assert tx.update("insert into plant values (?), (?)", [1, 2]) == 2
        assert tx.query("select number from plant where number > ? order by 1", [0]) == [
            {"number": 1},
            {"number": 2},
        ]
    with pytest.raises(errors.DatabaseError) as raised, rt.transaction() as tx:
        tx.update("insert into plant values (3)")
        tx.query("select 1 / 0")
    assert raised.value.code == "22012"
    assert conn.execute("select count(*) from plant").fetchone() == (2,)
