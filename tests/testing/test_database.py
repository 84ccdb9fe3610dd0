"""testing.drain and testing.create_test_database, on a real server."""

import psycopg
import pytest

from exchange.workflows import testing
from exchange.workflows.api import service
from exchange.workflows.cpython.throwaway_database import ThrowawayDatabase
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import step, workflow

seen: list[str] = []


@step()
def drain_note(text):
    seen.append(text)
    return text


@workflow(max_attempts=2)
def drain_reminder(text):
    drain_note("asked for " + text)
    getWorkflows().sleep(8 * 3600)
    return drain_note(text)


@workflow()
def drain_fails():
    raise ValueError("no such tank")


@pytest.fixture
def made(server):
    seen.clear()
    with testing.create_test_database(server.dsn()) as made:
        yield made


def statuses(rows):
    return [row["status"] for row in rows]


def test_drain_works_what_is_claimable_in_this_thread(made):
    for text in ("a", "b"):
        service.enqueue("drain_reminder", inputs={"text": text}, dbName=made.name)
    service.enqueue("drain_fails", dbName=made.name)
    ended = made.drain()
    assert statuses(ended) == ["WAITING", "WAITING", "ERROR"]
    assert ended[2]["error"]["message"] == "no such tank"
    assert seen == ["asked for a", "asked for b"]
    assert made.drain() == []


def test_time_moves_and_replay_does_not_run_a_step_again(made):
    service.enqueue("drain_reminder", inputs={"text": "a"}, dbName=made.name)
    made.drain()
    made.move_time(hours=7, minutes=59)
    assert made.drain() == []
    made.move_time(minutes=2)
    (ended,) = made.drain()
    assert (ended["status"], ended["result"]) == ("SUCCESS", "a")
    assert seen == ["asked for a", "a"]


def test_keys_are_handed_over_within_one_drain(made):
    for _ in range(3):
        made.workflows.enqueue("drain_fails", partitionKey="T-101")
    assert statuses(made.drain()) == ["ERROR"] * 3


def test_only_one_queue(made):
    made.workflows.store.create_queue("other", {})
    service.enqueue("drain_fails", queueName="other", dbName=made.name)
    assert made.drain("default") == []
    assert statuses(made.drain("other")) == ["ERROR"]


def test_d32_time_is_moved_nowhere_else(made, dsn, sql):
    made.dsn = dsn
    with pytest.raises(PermissionError):
        made.move_time(hours=1)
    with psycopg.connect(dsn) as connection:
        query = "select workflows.clock_now() - clock_timestamp() < interval '1 minute'"
        assert connection.execute(sql(query)).fetchone() == (True,)


def test_a_database_of_the_same_kind_is_another_one(made, server):
    with ThrowawayDatabase(server.dsn()) as other:
        made.dsn = other.dsn
        with pytest.raises(PermissionError):
            made.move_time(hours=1)


def test_it_is_dropped_at_the_end(server):
    with testing.create_test_database(server.dsn()) as made:
        name = made.name
    with psycopg.connect(server.dsn()) as connection:
        found = connection.execute("select from pg_database where datname = %s", [name]).fetchall()
    assert not found
