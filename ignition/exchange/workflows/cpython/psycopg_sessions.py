"""Sessions and transactions over psycopg: the ones that stay, and the ones that a step gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.rows import dict_row

from exchange.workflows.cpython.placeholders import to_psycopg
from exchange.workflows.cpython.psycopg_errors import translate
from exchange.workflows.cpython.watchdog import cut
from exchange.workflows.database import sqlstates

if TYPE_CHECKING:
    from exchange.workflows.cpython.psycopg_connector import PsycopgConnector

Connection = psycopg.Connection[Any]


class Session:
    """One connection of its own for one purpose, opened by its first call and again after each loss.
    `serial` counts the connections, so that a user of session state sees that it is gone. Once it is closed its calls
    borrow one: a thread that is late keeps nothing for a worker that has ended."""

    def __init__(self, connector: PsycopgConnector, purpose: str, is_direct: bool = False):
        self._connector = connector
        self._purpose = purpose
        self._is_direct = is_direct
        self._conn: Connection | None = None
        self._is_closed = False
        self.serial = 0

    def call(self, sql: str, args: Sequence[str | None]) -> str | None:
        """The one value of the one row. Raises errors.WorkflowsError."""
        if self._is_closed:
            return self._connector.call(sql, args)
        conn = self._conn or self._open()
        try:
            with self._connector.watchdog.limit(conn, self._connector.call_seconds):
                row = conn.execute(to_psycopg(sql), args).fetchone()
        except psycopg.Error as error:
            ours = translate(error, conn)
            if sqlstates.is_lost(ours):
                self.leave()
            raise ours from error
        return row[0] if row else None

    def is_kept(self) -> bool:
        """Whether the next call goes to a session that stays, so that it can be marked."""
        return True

    def leave(self) -> None:
        """End the present session; the next call opens another."""
        conn, self._conn = self._conn, None
        if conn is not None:
            conn.close()

    def close(self) -> None:
        """End it for good."""
        self._is_closed = True
        self.leave()

    def _open(self) -> Connection:
        self._conn = self._connector.connect(self._purpose, self._is_direct)
        self.serial += 1
        return self._conn


class Transaction:
    """What a transactional step gets as `tx`."""

    def __init__(self, conn: Connection):
        self._conn = conn

    def cut(self) -> None:
        """End whatever the connection waits for; from another thread."""
        cut(self._conn)

    def query(self, sql: str, args: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """The rows of a query, one dict per row. `?` stands for an argument."""
        try:
            with self._conn.cursor(row_factory=dict_row) as cursor:
                return cursor.execute(to_psycopg(sql), list(args)).fetchall()
        except psycopg.Error as error:
            raise translate(error, self._conn) from error

    def update(self, sql: str, args: Sequence[Any] = ()) -> int:
        """Run a statement that changes rows; returns their number."""
        try:
            return self._conn.execute(to_psycopg(sql), list(args)).rowcount
        except psycopg.Error as error:
            raise translate(error, self._conn) from error

    def call(self, sql: str, args: Sequence[str | None]) -> str | None:
        """The one value of the one row, for the engine's own calls."""
        try:
            row = self._conn.execute(to_psycopg(sql), args).fetchone()
        except psycopg.Error as error:
            raise translate(error, self._conn) from error
        return row[0] if row else None
