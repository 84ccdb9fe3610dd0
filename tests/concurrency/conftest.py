"""Two sessions that meet: open transactions, blocked statements, controls without a guard."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from exchange.workflows.cpython import installer
from tests.calls import SCHEMA, Calls, Worker, calls, make_worker, shared_database
from tests.clock import Clock
from tests.reuse import Tables
from tests.waiting import Background, wait_until_blocked

__all__ = ["calls", "make_worker"]


@dataclass
class Meeting:
    """Two sessions that meet over the tables of one database, and one that looks on."""

    conn: psycopg.Connection[Any]
    one: psycopg.Connection[Any]  # its transaction stays open until commit
    two: psycopg.Connection[Any]
    calls: Calls
    clock: Clock


@pytest.fixture(scope="module")
def meeting_place(server: Any, template: Any) -> Iterator[tuple[Meeting, Tables]]:
    with (
        shared_database(server, template) as conn,
        psycopg.connect(conn.info.dsn, options="-c lock_timeout=5s") as one,
        psycopg.connect(conn.info.dsn, autocommit=True) as two,
    ):
        yield Meeting(conn, one, two, Calls(conn), Clock(conn, SCHEMA)), Tables(conn)


@pytest.fixture
def meeting(meeting_place: tuple[Meeting, Tables]) -> Iterator[Meeting]:
    """For tests of many pairs: a database and sessions of their own would take three times as long."""
    meeting, tables = meeting_place
    yield meeting
    for session in (meeting.one, meeting.two):
        session.rollback()
    tables.restore(meeting.conn)
    meeting.clock.reset()


@pytest.fixture
def session(connect: Any) -> Callable[[], Calls]:
    """session(): calls over a session of their own, autocommit."""
    return lambda: Calls(connect())


@pytest.fixture
def open_session(connect: Any) -> Callable[[], Calls]:
    """open_session(): calls over a session whose transaction stays open until commit."""

    def start() -> Calls:
        conn = connect(autocommit=False)
        conn.execute("set lock_timeout = '5s'")
        return Calls(conn)

    return start


@pytest.fixture
def blocked(conn: Any) -> Callable[..., Background]:
    """blocked(calls, statement, arguments): started, and now waiting for another session."""

    def start(calls: Calls, statement: str, arguments: Any) -> Background:
        waiting = Background(calls.conn, statement, arguments)
        wait_until_blocked(conn, waiting.pid)
        return waiting

    return start


@pytest.fixture
def without(calls: Calls) -> Callable[..., None]:
    """without("record_steps", "for key share of l"): the guard removed, in this database."""

    def remove(function: str, guard: str, instead: str = "") -> None:
        name, guard = f"{SCHEMA}.{function}", installer.rename(guard, SCHEMA)
        source = calls.value("select pg_get_functiondef(%s::regproc)", name)
        assert guard in source, f"{function} has no {guard!r}"
        calls.conn.execute(source.replace(guard, installer.rename(instead, SCHEMA)))

    return remove


def second(worker: Worker, calls: Calls) -> Worker:
    """The same worker over another session."""
    twin = object.__new__(Worker)
    twin.__dict__.update(worker.__dict__, calls=calls, request_no=1000)
    return twin
