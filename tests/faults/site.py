"""One database with the recorder, and the worker processes that one test runs against it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from exchange.workflows.compat import new_id
from exchange.workflows.cpython import installer
from tests.faults.checker import Violation, check
from tests.faults.history import ENDED, History, note_freeze, read_history
from tests.servers import Server
from tests.waiting import wait_until

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FIGURES: list[str] = []
_NAME = "regexp_replace(w.worker_name, '^.*:plant_', '')"
_OPTIONS = {"threads": 4, "prefetch": 0, "queues": ["default"]}


class WorkerProcess:
    """A real worker, with its log, that can be stopped, continued and killed."""

    def __init__(self, name: str, environment: dict[str, str], log: Path):
        self.name = name
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.process"],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def freeze(self) -> None:
        self._frozen_at = time.time()
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        note_freeze(self._log.parent, self.name, self._frozen_at, time.time())
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self._process.wait()

    def wait(self, seconds: float = 20) -> int:
        return self._process.wait(seconds)

    def is_stopped(self) -> bool:
        """Whether it sits in SIGSTOP."""
        status = Path(f"/proc/{self.pid}/stat").read_text()
        return status.rpartition(")")[2].split()[0] == "T"

    def end(self) -> None:
        if self.is_alive:
            self.kill()


class Site:
    def __init__(self, server: Server, dbname: str, directory: Path, schema: str):
        self.server = server
        self.dbname = dbname
        self.directory = directory
        self.schema = schema
        self.dsn = server.dsn(dbname)
        self.workers: list[WorkerProcess] = []
        self.waits: set[str] = set()
        self._conn: psycopg.Connection[Any] | None = None
        self._lock = threading.Lock()

    # The database

    def sql(self, text: str) -> str:
        return installer.rename(text, self.schema)

    @property
    def conn(self) -> psycopg.Connection[Any]:
        """One session of the owner; made anew when a fault took it."""
        if self._conn is None or self._conn.closed or self._conn.broken:
            self._conn = psycopg.connect(self.dsn, autocommit=True)
        return self._conn

    def one(self, text: str, *arguments: Any) -> Any:
        """The first value of the first row; a fault is waited out."""
        until = time.monotonic() + 15
        while True:
            try:
                with self._lock:
                    row = self.conn.execute(self.sql(text), arguments).fetchone()
                return row[0] if row else None
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def change_function(self, name: str, before: str, after: str) -> None:
        """A negative control: replace one place of one function in this database."""
        text = self.one("select pg_get_functiondef(%s::regproc)", f"{self.schema}.{name}")
        assert before in text, f"{name} has no {before!r}"
        self.conn.execute(text.replace(before, after))

    # Clients

    def enqueue(self, name: str, inputs: Any = None, **options: Any) -> str:
        """Enqueue under an id of our own and note what was answered."""
        workflow_id = options.setdefault("workflow_id", new_id())
        line = {"workflow_id": workflow_id, "time": time.time()}
        self._note({**line, "type": "invoke"})
        arguments = (name, json.dumps(inputs or {}), json.dumps(options))
        try:
            with psycopg.connect(self.dsn, autocommit=True, connect_timeout=2) as conn:
                conn.execute(self.sql("select workflows.enqueue(%s, %s, %s)"), arguments)
        except psycopg.OperationalError:
            self._note({**line, "type": "info"})
            raise
        self._note({**line, "type": "ok"})
        return workflow_id

    def enqueue_at_once(self, name: str, inputs: Any, count: int) -> list[str]:
        """So many of one kind in one transaction, so that one claim can find them all."""
        entry = {"workflow_name": name, "inputs": inputs}
        answers = self.one("select workflows.enqueue_many(%s)", json.dumps([entry] * count))
        return [answer["workflow_id"] for answer in json.loads(answers)]

    def _note(self, line: dict[str, Any]) -> None:
        with self._lock, (self.directory / "enqueues.jsonl").open("a") as log:
            log.write(json.dumps(line) + "\n")

    def workflow(self, workflow_id: str) -> dict[str, Any]:
        return json.loads(self.one("select workflows.get_workflow(%s)", workflow_id))

    def status(self, workflow_id: str) -> str:
        return self.workflow(workflow_id)["status"]

    def wait_ended(self, *workflow_ids: str, seconds: float = 20) -> list[str]:
        """Wait until all have ended; their statuses."""
        query = (
            "select count(*) from workflows.workflow"
            " where ended_at is not null and workflow_id = any (%s::uuid[])"
        )
        wanted = list(workflow_ids)
        wait_until(lambda: self.one(query, wanted) == len(wanted), "workflows to end", seconds)
        return [self.status(one) for one in wanted]

    def wait_all_ended(self, seconds: float = 30) -> None:
        query = (
            "select count(*) from workflows.workflow"
            " where ended_at is null and not workflow_id = any (%s::uuid[])"
        )
        waits = list(self.waits)
        wait_until(lambda: self.one(query, waits) == 0, "every workflow to end", seconds)

    def wait_file(self, name: str, seconds: float = 15) -> None:
        wait_until((self.directory / name).exists, f"the file {name}", seconds)

    def let(self, name: str) -> None:
        """Let bodies go on that wait for this file."""
        (self.directory / name).touch()

    # Workers

    def worker(self, name: str = "a", **options: Any) -> WorkerProcess:
        """Start one and wait until it is registered. Options: failpoint, mutation, dsn, direct_dsn,
        command (what runs it), environment, is_waited_for, and those of Worker."""
        environment = {
            "FAULTS_DIRECTORY": str(self.directory),
            "FAULTS_WORKER": name,
            "FAULTS_DSN": options.pop("dsn", self.dsn),
            "WORKFLOWS_FAILPOINT": options.pop("failpoint", ""),
            "FAULTS_MUTATION": options.pop("mutation", ""),
            "PYTHONPATH": str(ROOT),
            **options.pop("environment", {}),
        }
        if "direct_dsn" in options:
            environment["FAULTS_DIRECT_DSN"] = options.pop("direct_dsn")
        is_waited_for = options.pop("is_waited_for", True)
        environment["FAULTS_OPTIONS"] = json.dumps({**_OPTIONS, "schema": self.schema, **options})
        log = self.directory / f"log_{name}_{len(self.workers)}"
        started = WorkerProcess(name, environment, log)
        self.workers.append(started)
        if is_waited_for:
            wait_until(
                lambda: "event=registered" in started.log() or not started.is_alive,
                f"worker {name} to register\n{started.log()}",
                20,
            )
        return started

    def holder(self, workflow_id: str) -> str | None:
        """The name of the worker that has a workflow now, of a gateway its own."""
        return self.one(
            f"select {_NAME} from workflows.lease l join workflows.worker w using (worker_id)"
            " where l.workflow_id = %s",
            workflow_id,
        )

    def wait_holder(self, workflow_id: str, name: str, seconds: float = 15) -> None:
        wait_until(
            lambda: self.holder(workflow_id) == name, f"{name} to have {workflow_id}", seconds
        )

    def busy(self, name: str) -> int:
        """How many workflows a worker has."""
        return self.one(
            "select count(*) from workflows.lease l join workflows.worker w using (worker_id)"
            f" where {_NAME} = %s and w.lost_at is null",
            name,
        )

    def declare_lost(self) -> None:
        """Maintenance by somebody else, until a worker that does not renew is lost."""
        query = "select count(*) from workflows.worker where lost_at is not null"
        until = time.monotonic() + 10
        while not self.one(query):
            assert time.monotonic() < until, "nobody was declared lost"
            self.one("select workflows.run_maintenance(500)")
            time.sleep(0.1)

    def terminate(self, purpose: str) -> int:
        """End the sessions of one purpose of all workers: pg_terminate_backend."""
        return self.one(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = current_database() and application_name = %s",
            f"{self.schema}-{purpose}",
        )

    def end(self) -> None:
        """Stop every process, whatever state it is in."""
        for worker in self.workers:
            with contextlib.suppress(ProcessLookupError):
                worker.end()
        if self._conn is not None:
            self._conn.close()

    # The verdict

    def history(self) -> History:
        integrity = (HERE / "integrity.sql").read_text()
        history = read_history(self.conn, self.directory, self.sql(integrity), self.sql)
        history.waits = set(self.waits)
        return history

    def violations(self, needs_late_writes: bool = False) -> list[Violation]:
        return check(self.history(), needs_late_writes)

    def assert_promises(self, needs_late_writes: bool = False, label: str = "") -> History:
        """End the workers, then check everything; prints figures of the run."""
        self.end()
        history = self.history()
        found = check(history, needs_late_writes)
        assert not found, "\n".join(str(one) for one in found[:20]) + self.logs()
        if label:
            FIGURES.append(f"{label:34} {figures(history)}")
        return history

    def logs(self) -> str:
        return "".join(f"\n--- {w.name}\n{w.log()[-1500:]}" for w in self.workers)


def figures(history: History) -> str:
    seconds = history.reclaim_seconds()
    slowest = f"{max(seconds):.1f}" if seconds else "-"
    ended = sum(1 for w in history.workflows.values() if w["status"] in ENDED)
    return (
        f"{ended:5} ended {len(history.tenures()):5} leases {len(seconds):4} reclaims, slowest"
        f" {slowest:>4} s {history.unknown():4} lost replies {history.refused():4} late writes"
        f" refused {history.duplicate_effects():4} repeated effects"
    )


def until_true(condition: Callable[[], Any], seconds: float) -> bool:
    """Whether it became true in time: for what a fault may or may not bring about."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.02)
    return False
