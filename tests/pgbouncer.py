"""A PgBouncer of our own in transaction mode, between sessions and a server."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.servers import Server, free_port
from tests.waiting import wait_until

_SETTINGS = """
[databases]
* = host=127.0.0.1 port={server_port} user=postgres

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
auth_type = any
admin_users = postgres
pool_mode = transaction
default_pool_size = 10
max_client_conn = 200
server_login_retry = 1
server_lifetime = {lifetime_seconds}
ignore_startup_parameters = extra_float_digits
unix_socket_dir =
logfile = {directory}/log
pidfile = {directory}/pid
"""


class PgBouncer:
    """lifetime_seconds: after how long a session of the server is not used again; with 0 each transaction has
    one of its own."""

    def __init__(self, server: Server, directory: Path, lifetime_seconds: int = 3600):
        self.port = free_port()
        self._path = directory / "pgbouncer.ini"
        self._path.write_text(
            _SETTINGS.format(
                server_port=server.port,
                port=self.port,
                directory=directory,
                lifetime_seconds=lifetime_seconds,
            )
        )
        self._process: subprocess.Popen[bytes] | None = None

    def dsn(self, dbname: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={dbname}"

    def start(self) -> None:
        account: dict[str, Any] = {}
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self._path.parent, user.pw_uid, user.pw_gid)
            account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        assert Path(program).exists(), "pgbouncer is missing: apt-get install pgbouncer"
        self._process = subprocess.Popen(
            [program, "-q", str(self._path)], stderr=subprocess.DEVNULL, **account
        )
        wait_until(self._answers, "pgbouncer to answer", 10)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.dsn("pgbouncer"), autocommit=True).close()
        except psycopg.OperationalError:
            return False
        return True

    def order(self, command: str) -> None:
        """A command on its console: PAUSE, RESUME, RELOAD."""
        with psycopg.connect(self.dsn("pgbouncer"), autocommit=True) as conn:
            conn.pgconn.exec_(command.encode())

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()


@contextmanager
def running_pgbouncer(server: Server, lifetime_seconds: int = 3600) -> Iterator[PgBouncer]:
    directory = Path(tempfile.mkdtemp(prefix="workflows-bouncer-", dir="/tmp"))
    made = PgBouncer(server, directory, lifetime_seconds)
    try:
        made.start()
        yield made
    finally:
        made.kill()
        shutil.rmtree(directory, ignore_errors=True)
