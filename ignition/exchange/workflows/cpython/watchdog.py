"""Ends calls that take too long.

A connection whose answers never arrive looks alive to TCP when something in between answers for the
server. The watchdog shuts such a socket down, and the call that waits on it fails like any other lost one.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg

_LOOK_EVERY_SECONDS = 0.5


class Watchdog:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[object, tuple[float, psycopg.Connection[Any]]] = {}
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()

    @contextlib.contextmanager
    def limit(self, conn: psycopg.Connection[Any], seconds: float) -> Iterator[None]:
        """Within this block the connection is cut once it has lasted for `seconds`."""
        ticket = object()
        with self._lock:
            self._calls[ticket] = (time.monotonic() + seconds, conn)
            if self._thread is None:
                self._start()
        try:
            yield
        finally:
            with self._lock:
                del self._calls[ticket]

    def _start(self) -> None:
        self._ending.clear()
        self._thread = threading.Thread(target=self._watch, name="workflows-watchdog", daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        ending = self._ending
        while not ending.wait(_LOOK_EVERY_SECONDS):
            with self._lock:
                now = time.monotonic()
                for until, conn in self._calls.values():
                    if until < now:
                        cut(conn)

    def stop(self) -> None:
        with self._lock:
            self._thread = None
            self._ending.set()
            self._ending = threading.Event()


def cut(conn: psycopg.Connection[Any]) -> None:
    """Shut the socket down: whoever waits on it fails at once."""
    with contextlib.suppress(OSError, psycopg.Error):
        twin = socket.socket(fileno=os.dup(conn.fileno()))
        with contextlib.closing(twin):
            twin.shutdown(socket.SHUT_RDWR)
