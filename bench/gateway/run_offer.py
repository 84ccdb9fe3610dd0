"""enqueueInMemory in the caller's thread of a JVM.

    python -m bench.gateway.run_offer [seconds] [rate] [threads]

With the database up and away, without and with the journal, and with sync=True. Calls above 10 ms
are held against the pauses of the garbage collector, from its log. Other programs on the machine
show in the upper percentiles: `control` is the p99.9 of an append that takes the processor for as
long, timed in the same threads, and `processor` the p99.9 of the processor time of a call.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from bench.server import private_server
from exchange.workflows.cpython import installer
from tests.conformance.jvm import CLASS_PATH, DRIVER, JARS, ROOT

NOBODY = 1
CASES = (
    ("database up", True, False, False),
    ("database away", False, False, False),
    ("database up, journal", True, True, False),
    ("database away, journal", False, True, False),
    ("database up, journal, sync=True", True, True, True),
)
PAUSE = re.compile(r"\[([\d.]+)s\].*Pause (.*?) .*?([\d.]+)ms$")


def measure(dsn: str, seconds: int, rate: int, threads: int, case: tuple[Any, ...]) -> Any:
    name, is_up, has_journal, is_sync = case
    place = conninfo_to_dict(dsn)
    port = place["port"] if is_up else NOBODY
    if is_sync:
        rate = min(rate, 300)
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_DIRECTORY")) as directory:
        log = Path(directory) / "gc.log"
        environment = {
            **os.environ,
            "BENCH_ROOT": str(ROOT),
            "BENCH_DRIVER": str(JARS / DRIVER),
            "BENCH_URL": f"jdbc:postgresql://{place['host']}:{port}/{place['dbname']}",
            "BENCH_USER": str(place["user"]),
        }
        command = ["java", "-Xms1g", "-Xmx1g", f"-Xlog:gc,safepoint:file={log}:uptime"]
        command += ["-cp", ":".join(str(JARS / jar) for jar in CLASS_PATH)]
        command += ["-Dpython.home=/usr/share/jython", "-Dpython.dont_write_bytecode=true"]
        command += ["org.python.util.jython", "-B", str(Path(__file__).with_name("offer.py"))]
        journal = str(Path(directory) / "journal") if has_journal else None
        command += [json.dumps(one) for one in (seconds, rate, threads, journal, is_sync)]
        run = subprocess.run(command, env=environment, capture_output=True, text=True)
        lines = [line for line in run.stdout.splitlines() if line.startswith("{")]
        if not lines:
            raise RuntimeError(f"{name}: {run.stdout[-2000:]} {run.stderr[-4000:]}")
        answer = json.loads(lines[-1])
        answer["case"] = name
        answer["gc_pauses_above_5_ms"] = pauses(log)
        return answer


def pauses(log: Path) -> list[tuple[float, str, float]]:
    """(uptime in s, kind, ms) of the collector's pauses."""
    found = [PAUSE.search(line) for line in log.read_text().splitlines()]
    return [(float(m[1]), m[2], float(m[3])) for m in found if m and float(m[3]) > 5]


def main(seconds: int = 10, rate: int = 5000, threads: int = 3) -> None:
    import psycopg

    with private_server() as dsn:
        with psycopg.connect(dsn, autocommit=True) as conn:
            installer.install(conn)
        print(f"{rate}/s from {threads} threads for {seconds} s; ms in the caller's thread")
        print(
            f"{'':34}{'calls/s':>8}{'p50':>8}{'p99':>8}{'p99.9':>8}{'max':>8}{'refused':>9}"
            f"{'control':>9}{'processor':>10}"
        )
        for case in CASES:
            answer = measure(dsn, seconds, rate, threads, case)
            print(
                f"{answer['case']:34}{answer['per_second']:8d}{answer['p50_ms']:8.3f}"
                f"{answer['p99_ms']:8.3f}{answer['p999_ms']:8.3f}{answer['max_ms']:8.2f}"
                f"{answer['refused']:9d}{answer['control_p999_ms']:9.3f}"
                f"{answer['processor_p999_ms']:10.3f}",
                flush=True,
            )
            print("    " + json.dumps({k: v for k, v in answer.items() if k not in ("case",)}))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:4]))
