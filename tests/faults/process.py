"""One worker process of the fault tests: python -m tests.faults.process.

Everything comes by environment: FAULTS_DIRECTORY (logs), FAULTS_WORKER (its name), FAULTS_DSN,
FAULTS_OPTIONS (JSON for Worker), WORKFLOWS_FAILPOINT ("name=kill|stop|raise@count"),
FAULTS_MUTATION (the guard of the engine that is taken out: a negative control).
"""

import itertools
import json
import logging
import os
import signal
import sys
import threading
import time

from exchange.workflows import compat, errors
from exchange.workflows.cpython.psycopg_connector import PsycopgConnector
from exchange.workflows.engine.worker import Worker
from tests.faults import mutated_engine, plant, recording


def arm(text: str) -> None:
    """Let this process die, stop or fail when it passes a point of the engine for the n-th time."""
    name, _, rest = text.partition("=")
    action, _, count = rest.partition("@")
    left = itertools.count(int(count or 1), -1)
    lock = threading.Lock()

    def reached(point: str) -> None:
        if point != name:
            return
        with lock:
            is_now = next(left) == 1
        if is_now:
            plant.append("nemesis.jsonl", {"point": point, "action": action, "time": time.time()})
            if action == "raise":
                raise errors.DatabaseError("a failpoint", "08006", is_lost=True)
            os.kill(os.getpid(), signal.SIGKILL if action == "kill" else signal.SIGSTOP)

    compat.failpoint = reached  # type: ignore[assignment]


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    if os.environ.get("WORKFLOWS_FAILPOINT"):
        arm(os.environ["WORKFLOWS_FAILPOINT"])
    if os.environ.get("FAULTS_MUTATION"):
        mutated_engine.mutate(os.environ["FAULTS_MUTATION"])
    recording.record_calls(str(plant.DIRECTORY), plant.WORKER)
    options = json.loads(os.environ.get("FAULTS_OPTIONS", "{}"))
    drain_seconds = options.pop("drain_seconds", 5.0)
    dsn, direct_dsn = os.environ["FAULTS_DSN"], os.environ.get("FAULTS_DIRECT_DSN")
    connector = PsycopgConnector(
        dsn, options.pop("schema"), direct_dsn, call_seconds=options.pop("call_seconds", 2.0)
    )
    worker = Worker(connector=connector, name=plant.WORKER, **options)
    worker.run_until_signal(drain_seconds)
    sys.exit(0)


if __name__ == "__main__":
    main()
