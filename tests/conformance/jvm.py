"""One JVM with Jython, DBCP2 and the driver, that keeps promises by name."""

import json
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
JARS = Path(os.environ.get("WORKFLOWS_TEST_JARS", "/usr/share/java"))
CLASS_PATH = ("jython.jar", "commons-dbcp2.jar", "commons-pool2.jar", "commons-logging.jar")
DRIVER = "postgresql.jar"
# Half the work for a process that ends soon; what is measured goes without.
QUICK = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
PACKAGES = "jython libpostgresql-jdbc-java libcommons-dbcp2-java default-jre-headless"


class JvmFailed(Exception):
    """A promise that was not kept in the JVM; the text is its traceback there."""


def check_installed() -> None:
    """Fails, and does not skip: a suite that leaves the gateway out proves nothing about it."""
    missing = [name for name in (*CLASS_PATH, DRIVER) if not (JARS / name).exists()]
    if shutil.which("java") is None:
        missing.append("java")
    if missing:
        raise AssertionError(
            f"not here: {', '.join(missing)} (looked for jars in {JARS}). The gateway's adapters are"
            f" tested in a JVM: sudo apt-get install {PACKAGES}"
        )


class Jvm:
    def __init__(
        self, host: str, port: int, dbname: str, user: str, schema: str, is_measured: bool = False
    ):
        check_installed()
        environment = {
            **os.environ,
            "CONFORMANCE_ROOT": str(ROOT),
            "CONFORMANCE_DRIVER": str(JARS / DRIVER),
            "CONFORMANCE_URL": f"jdbc:postgresql://{host}:{port}/{dbname}",
            "CONFORMANCE_USER": user,
            "CONFORMANCE_SCHEMA": schema,
        }
        command = [
            "java",
            "-Xmx512m",
            *(() if is_measured else QUICK),
            "-cp",
            ":".join(str(JARS / name) for name in CLASS_PATH),
            "-Dpython.home=/usr/share/jython",
            "-Dpython.dont_write_bytecode=true",
            "-Duser.timezone=America/New_York",
            "org.python.util.jython",
            "-B",
            str(Path(__file__).with_name("in_jvm.py")),
        ]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()
        self._wait_for("ready")

    def _read(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put("")

    def _wait_for(self, start: str) -> str:
        """The next line that begins so; what a workflow prints goes by."""
        while True:
            line = self._lines.get(timeout=100)
            if line.startswith(start):
                return line
            if not line and self._process.poll() is not None:
                raise AssertionError(f"the JVM ended with {self._process.returncode}")

    def keep(self, name: str) -> Any:
        """Run one promise in the JVM."""
        assert self._process.stdin
        self._process.stdin.write(name + "\n")
        self._process.stdin.flush()
        outcome = json.loads(self._wait_for("{"))
        if "error" in outcome:
            raise JvmFailed(outcome["error"])
        return outcome["answer"]

    def stop(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
