"""PostgreSQL through psycopg 3: pooled calls, dedicated sessions, transactions, LISTEN.

engine/instance.py imports this inside a function; nothing else knows that psycopg exists. A connection on
which an error says that the server went away or became read-only is closed and never used again; the
caller decides when to call again, and the call then connects anew, to whichever host takes writes.
"""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import psycopg
import psycopg_pool

from exchange.workflows import errors, settings
from exchange.workflows.cpython.placeholders import to_psycopg
from exchange.workflows.cpython.psycopg_errors import translate
from exchange.workflows.cpython.psycopg_listener import PsycopgListener
from exchange.workflows.cpython.psycopg_sessions import Connection, Session, Transaction
from exchange.workflows.cpython.watchdog import Watchdog
from exchange.workflows.database import sqlstates

Answer = TypeVar("Answer")
_WHO_AND_ZONE = "select pg_backend_pid(), set_config('timezone', 'UTC', false)"
_DEFAULTS = {
    "target_session_attrs": "read-write",
    "connect_timeout": "5",
    "keepalives": "1",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}


def _one_value(conn: Connection, sql: str, args: Sequence[str | None]) -> str | None:
    row = conn.execute(to_psycopg(sql), args).fetchone()
    return row[0] if row else None


class PsycopgConnector:
    """Connections to one database. `direct_dsn` is for LISTEN and for claims where `dsn` leads through a
    pooler that gives each transaction another session; without one such a worker polls."""

    def __init__(
        self,
        dsn: str,
        schema: str = settings.SCHEMA_NAME,
        direct_dsn: str | None = None,
        pool_size: int = 16,
        call_seconds: float = settings.CALL_SECONDS,
        retry_seconds: float = 5.0,
        prepare_threshold: int | None = 5,
    ):
        self.schema = schema
        self.call_seconds = call_seconds
        self.retry_seconds = retry_seconds
        self.prepare_threshold = prepare_threshold
        self.watchdog = Watchdog()
        self._dsn = dsn
        self._direct_dsn = direct_dsn
        self._is_pooled: bool | None = None
        self._can_check_clients = True
        self._pool_size = pool_size
        self._pool: psycopg_pool.ConnectionPool[Connection] | None = None
        self._lock = threading.Lock()

    @property
    def place(self) -> tuple[Any, ...]:
        """What tells one database and schema from another. Users and options differ between workers and clients."""
        named = psycopg.conninfo.conninfo_to_dict(self._dsn)
        where = [named.get(name) for name in ("service", "hostaddr", "host", "port")]
        return (*where, named.get("dbname") or named.get("user"), self.schema)

    # Connections

    def connect(self, purpose: str, is_direct: bool = False) -> Connection:
        """A new autocommit connection named <schema>-<purpose>, in UTC."""
        has_own = is_direct and self._direct_dsn is not None
        try:
            conn = psycopg.connect(
                **self._parameters(self._direct_dsn if has_own and self._direct_dsn else self._dsn),
                application_name=f"{self.schema}-{purpose}",
                autocommit=True,
                prepare_threshold=self.prepare_threshold,
            )
        except psycopg.Error as error:
            raise translate(error) from error
        try:
            self._prepare(conn, has_own)
        except psycopg.Error as error:
            conn.close()
            raise translate(error) from error
        return conn

    def _parameters(self, dsn: str) -> dict[str, Any]:
        return {**_DEFAULTS, **psycopg.conninfo.conninfo_to_dict(dsn)}

    def _prepare(self, conn: Connection, is_direct: bool = False) -> None:
        # A pooler invents the process id that it tells at connect.
        with self.watchdog.limit(conn, self.call_seconds):
            row = conn.execute(_WHO_AND_ZONE).fetchone()
        is_pooled = row is None or row[0] != conn.info.backend_pid
        if is_pooled:
            conn.prepare_threshold = None
        elif conn.info.server_version >= 140000 and self._can_check_clients:
            self._check_client(conn)
        if not is_direct:
            self._is_pooled = is_pooled

    def _check_client(self, conn: Connection) -> None:
        """Let the server notice during a long statement that we are gone, and end the transaction."""
        try:
            conn.execute("set client_connection_check_interval = '10s'")
        except psycopg.errors.InvalidParameterValue:  # a server on Windows cannot
            self._can_check_clients = False

    def session(self, purpose: str, is_direct: bool = False) -> Session:
        return Session(self, purpose, is_direct)

    def hanging(self, seconds: float) -> dict[str, float]:
        """Nothing: each call here has its limit."""
        return {}

    def can_listen(self) -> bool:
        """Whether a session here stays the same session, so that LISTEN and idle marks work."""
        if self._direct_dsn is not None:
            return True
        if self._is_pooled is None:
            self.connect("probe").close()
        return not self._is_pooled

    def listen(self, channel: str) -> PsycopgListener:
        conn = self.connect("listen", is_direct=True)
        try:
            with self.watchdog.limit(conn, self.call_seconds):
                return PsycopgListener(conn, channel, self.watchdog)
        except psycopg.Error as error:
            conn.close()
            raise translate(error, conn) from error

    # Pooled

    def pool_figures(self) -> dict[str, int]:
        """How many connections are open and in use, the most there may be, and how many threads wait for one."""
        with self._lock:
            found = {} if self._pool is None else self._pool.get_stats()
        open_now = found.get("pool_size", 0)
        return {
            "open": open_now,
            "in_use": max(0, open_now - found.get("pool_available", 0)),
            "most": self._pool_size,
            "waiting": found.get("requests_waiting", 0),
        }

    def call(self, sql: str, args: Sequence[str | None]) -> str | None:
        """One call on a pooled connection. A lost connection is replaced and the call sent again, for
        `retry_seconds`: for what answers a repetition like the first time; see store.ONCE.
        """
        return self._until_connected(lambda: self._call(sql, args))

    def call_once(self, sql: str, args: Sequence[str | None]) -> str | None:
        """One call that is never sent again, on a connection that has just answered."""
        with contextlib.ExitStack() as borrowed:
            conn = self._until_connected(lambda: borrowed.enter_context(self._borrow_tried()))
            return _one_value(conn, sql, args)

    def _until_connected(self, call: Callable[[], Answer]) -> Answer:
        give_up_at = time.monotonic() + self.retry_seconds
        for tried in range(1_000_000):
            try:
                return call()
            except errors.WorkflowsError as error:
                if not sqlstates.is_lost(error) or time.monotonic() > give_up_at:
                    raise
                if tried:
                    time.sleep(min(0.05 * 2**tried, 1.0) * random.random())
        raise AssertionError("unreachable")

    def _call(self, sql: str, args: Sequence[str | None]) -> str | None:
        with self._borrow() as conn, self.watchdog.limit(conn, self.call_seconds):
            return _one_value(conn, sql, args)

    @contextlib.contextmanager
    def _borrow_tried(self) -> Iterator[Connection]:
        with self._borrow() as conn, self.watchdog.limit(conn, self.call_seconds):
            conn.execute("select 1")
            yield conn

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One transaction on a pooled connection: committed at the end, rolled back by an exception."""
        with self._borrow() as conn, conn.transaction():
            yield Transaction(conn)

    @contextlib.contextmanager
    def _borrow(self) -> Iterator[Connection]:
        try:
            with self._opened_pool().connection() as conn:
                try:
                    yield conn
                except psycopg.Error as error:
                    ours = translate(error, conn)
                    if sqlstates.is_lost(ours):
                        self._evict(conn)
                    raise ours from error
                except errors.WorkflowsError as error:
                    if sqlstates.is_lost(error):
                        self._evict(conn)
                    raise
        except psycopg.Error as error:
            raise translate(error) from error

    def _evict(self, conn: Connection) -> None:
        conn.close()
        drain = getattr(self._pool, "drain", None)  # psycopg-pool 3.3: the others are suspect too
        if drain is not None:
            drain()

    def _opened_pool(self) -> psycopg_pool.ConnectionPool[Connection]:
        with self._lock:
            if self._pool is None:
                self._pool = psycopg_pool.ConnectionPool(
                    kwargs={
                        **self._parameters(self._dsn),
                        "application_name": f"{self.schema}-client",
                        "autocommit": True,
                        "prepare_threshold": self.prepare_threshold,
                    },
                    configure=self._prepare,
                    min_size=0,
                    max_size=self._pool_size,
                    max_idle=60,
                    timeout=self.retry_seconds,
                    name=f"{self.schema}-client",
                    open=True,
                )
            return self._pool

    def close(self) -> None:
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close(timeout=2)
        self.watchdog.stop()
