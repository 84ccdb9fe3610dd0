"""Waits for two-session tests: they look at the server, they never sleep blindly."""

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg

_BLOCKED = "select cardinality(pg_blocking_pids(%s)) > 0"
_WAITING_ON = "select wait_event_type || '/' || wait_event from pg_stat_activity where pid = %s"


def wait_until(
    condition: Callable[[], Any], what: str = "the condition", seconds: float = 10
) -> Any:
    """Ask until the answer is true, and return it; AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.005)


def wait_until_blocked(observer: psycopg.Connection[Any], pid: int, seconds: float = 10) -> None:
    """Wait until the session `pid` waits for a lock that another session holds."""
    wait_until(
        lambda: observer.execute(_BLOCKED, (pid,)).fetchone()[0],  # type: ignore[index]
        f"session {pid} to be blocked",
        seconds,
    )


def wait_event(observer: psycopg.Connection[Any], pid: int) -> str | None:
    """What a session waits for now, like 'Lock/transactionid'."""
    row = observer.execute(_WAITING_ON, (pid,)).fetchone()
    return row[0] if row else None


class Background:
    """A statement that runs in another session; `outcome()` gives its rows or raises its error."""

    def __init__(self, conn: psycopg.Connection[Any], statement: str, arguments: Any = None):
        self.pid = conn.info.backend_pid
        self._rows: list[Any] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(
            target=self._run, args=(conn, statement, arguments), daemon=True
        )
        self._thread.start()

    def _run(self, conn: psycopg.Connection[Any], statement: str, arguments: Any) -> None:
        try:
            cursor = conn.execute(statement, arguments)
            self._rows = cursor.fetchall() if cursor.description else []
        except BaseException as error:
            self._error = error

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def outcome(self, seconds: float = 10) -> list[Any]:
        self._thread.join(seconds)
        assert not self._thread.is_alive(), "the statement is still running"
        if self._error:
            raise self._error
        return self._rows
