"""Worker processes seen from outside: begin together, be followed, know when all is settled."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import psycopg

from bench.systems.system import Order, System

PATIENCE_SECONDS = 300.0
READY_SECONDS = 60.0


class Worker:
    """One process of `bench.work`."""

    def __init__(self, order: Order) -> None:
        command = [sys.executable, "-m", "bench.work", json.dumps(asdict(order))]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.count = 0
        self.marks: list[tuple[int, float]] = []
        self.last_at = 0.0
        self.picked: dict[int, float] = {}
        self._ready = threading.Event()
        self._errors: list[str] = []
        threading.Thread(target=self._follow, daemon=True).start()
        threading.Thread(target=self._collect_errors, daemon=True).start()

    def _follow(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            if not line.startswith("{"):
                continue
            news = json.loads(line)
            if "ready" in news:
                self._ready.set()
                continue
            self.marks.extend((count, at) for count, at in news["marks"])
            self.picked.update((number, at) for number, at in news["picked"])
            self.last_at = news["last_at"]
            self.count = news["count"]
        self._ready.set()

    def _collect_errors(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            self._errors.append(line)

    def wait_ready(self) -> None:
        if not self._ready.wait(READY_SECONDS):
            raise RuntimeError("a worker process did not get ready" + self.complaint())
        self.check()

    def check(self) -> None:
        if self._process.poll() is not None:
            raise RuntimeError("a worker process ended" + self.complaint())

    def complaint(self) -> str:
        return "".join(["\n", *self._errors[-15:]])

    def go(self) -> None:
        assert self._process.stdin
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


class Team:
    """Workers that began together on one database."""

    def __init__(self, workers: list[Worker], dsn: str, system: System) -> None:
        self.workers = workers
        self._dsn = dsn
        self._system = system

    @property
    def count(self) -> int:
        return sum(worker.count for worker in self.workers)

    @property
    def began_at(self) -> float:
        """When the first function ran."""
        return min(at for worker in self.workers for _, at in worker.marks)

    @property
    def ended_at(self) -> float:
        """When the last function ran, of those that were reported."""
        return max(worker.last_at for worker in self.workers)

    def picked(self) -> dict[int, float]:
        return {number: at for worker in self.workers for number, at in worker.picked.items()}

    def wait_count(self, count: int, patience: float = PATIENCE_SECONDS) -> None:
        deadline = time.monotonic() + patience
        while self.count < count:
            if time.monotonic() > deadline:
                complaints = "".join(worker.complaint() for worker in self.workers)
                raise RuntimeError(f"{self.count} of {count} after {patience:.0f} s{complaints}")
            for worker in self.workers:
                worker.check()
            time.sleep(0.005)

    def wait_settled(self, count: int) -> float:
        """Seconds from the first function until the last outcome is committed."""
        self.wait_count(count)
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            deadline = time.monotonic() + 60
            while connection.execute(self._system.settled.encode()).fetchone() != (True,):
                if time.monotonic() > deadline:
                    raise RuntimeError("ran all, but not all were settled within 60 s")
                time.sleep(0.002)
        return time.monotonic() - self.began_at


@contextmanager
def team(system: System, order: Order, processes: int = 1) -> Iterator[Team]:
    """Start the processes, let them get ready, say go to all, kill them at the end."""
    workers = [Worker(order) for _ in range(processes)]
    try:
        for worker in workers:
            worker.wait_ready()
        for worker in workers:
            worker.go()
        yield Team(workers, order.dsn, system)
    finally:
        for worker in workers:
            worker.kill()
