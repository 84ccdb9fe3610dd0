"""The server that everything is measured on: a fresh one, on disk, fsync on, TCP loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers import running_server

# Checkpoints stay out of the samples: their full-page images would be counted against whoever
# happens to run next.
SETTINGS = {
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    "max_connections": "300",
    "plpgsql.extra_errors": "none",
}


@contextmanager
def private_server() -> Iterator[str]:
    """Yield the DSN of its superuser; the server is removed at the end."""
    with running_server(settings=SETTINGS, durable=True) as server:
        yield server.dsn()
