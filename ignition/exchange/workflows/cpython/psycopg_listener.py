"""LISTEN on a connection of its own, with a wait that another thread can end."""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

from exchange.workflows import errors, settings
from exchange.workflows.cpython.watchdog import Watchdog


class PsycopgListener:
    def __init__(self, conn: psycopg.Connection[Any], channel: str, watchdog: Watchdog):
        self._conn = conn
        self._watchdog = watchdog
        self._lock = threading.Lock()
        self._wake_read, self._wake_write = os.pipe()
        self._is_open = True
        self._heard: list[str] = []
        try:
            # What arrives during a statement goes to the handler, and nowhere else.
            conn.add_notify_handler(lambda notice: self._heard.append(notice.payload))
            conn.execute(f"set tcp_user_timeout = {settings.LISTEN_FROZEN_MS}")
            conn.execute(sql.SQL("listen {}").format(sql.Identifier(channel)))
        except psycopg.Error:
            self.close()
            raise

    def wait(self, seconds: float) -> list[str]:
        """Payloads of what arrived; [] when `seconds` went by or interrupt() was called."""
        with self._translated():
            payloads = self._take()
            if payloads:
                return payloads
            poll = select.poll()
            poll.register(self._conn.fileno(), select.POLLIN)
            poll.register(self._wake_read, select.POLLIN)
            poll.poll(int(seconds * 1000))
            self._conn.pgconn.consume_input()
            return self._take()

    def check(self) -> None:
        """One round trip on the listening session; raises where it is gone or hears nothing."""
        with (
            self._translated(),
            self._watchdog.limit(self._conn, settings.LISTEN_ANSWER_SECONDS),
        ):
            row = self._conn.execute("select count(*) from pg_listening_channels()").fetchone()
        if row is None or not row[0]:
            raise errors.DatabaseError(
                "this session does not listen any more", "08006", is_lost=True
            )

    def is_worn(self) -> bool:
        """A connection of its own is nobody else's: it needs no return to a pool."""
        return False

    def interrupt(self) -> None:
        """End a wait in another thread."""
        with self._lock:
            if self._is_open:
                os.write(self._wake_write, b"x")

    def close(self) -> None:
        with self._lock:
            if self._is_open:
                self._is_open = False
                os.close(self._wake_read)
                os.close(self._wake_write)
        self._conn.close()

    def _take(self) -> list[str]:
        payloads, self._heard[:] = list(self._heard), []
        while True:
            notice = self._conn.pgconn.notifies()
            if notice is None:
                return payloads
            payloads.append(notice.extra.decode("utf-8", "replace"))

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.Error, OSError, ValueError) as error:
            raise errors.DatabaseError(
                f"listening ended: {error}", "08006", is_lost=True
            ) from error
