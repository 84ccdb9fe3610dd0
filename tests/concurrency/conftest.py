"""Two sessions that meet: open transactions, blocked statements, controls without a guard."""

from collections.abc import Callable
from typing import Any

import pytest

from exchange.workflows.cpython import installer
from tests.calls import SCHEMA, Calls, Worker, calls, make_worker
from tests.waiting import Background, wait_until_blocked

__all__ = ["calls", "make_worker"]


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
