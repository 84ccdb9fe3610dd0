"""Requests to the JVM of a stand-in gateway and its answers: JSON lines over its pipes."""

import itertools
import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any

LOG_SHOWN = 4000
STACKS = "stacks"
STACKS_SECONDS = 2.0


class GatewayError(Exception):
    """The gateway did not answer; the text ends with its log."""


class ScriptError(Exception):
    """A script raised. `type` is the class, Java's with its package; `causes` are the Java exceptions
    from the outermost one, each with class, message and sqlstate."""

    def __init__(self, described: dict[str, Any], printed: str):
        said = [f"{described['type']}: {described['message']}"]
        said += [f"caused by {one['class']}: {one['message']}" for one in described["causes"][1:]]
        super().__init__("\n".join([*said, described["traceback"]]))
        self.type: str = described["type"]
        self.message: str = described["message"]
        self.traceback: str = described["traceback"]
        self.causes: list[dict[str, Any]] = described["causes"]
        self.printed = printed

    @property
    def sqlstate(self) -> str | None:
        return next((one["sqlstate"] for one in self.causes if one["sqlstate"]), None)


class Wire:
    """One process: ask() may be called from several threads."""

    def __init__(self, process: "subprocess.Popen[bytes]", log_file: Path):
        self.process = process
        self._log_file = log_file
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._waiting: dict[int, queue.SimpleQueue[dict[str, Any] | None]] = {
            0: queue.SimpleQueue()
        }
        threading.Thread(target=self._read, name=f"wire-{process.pid}", daemon=True).start()

    def ask(self, request: str, arguments: dict[str, Any], seconds: float) -> dict[str, Any]:
        number = next(self._numbers)
        self._waiting[number] = queue.SimpleQueue()
        line = json.dumps({"id": number, "do": request, "with": arguments})
        try:
            assert self.process.stdin
            with self._lock:
                self.process.stdin.write(line.encode() + b"\n")
                self.process.stdin.flush()
        except (OSError, ValueError):
            raise GatewayError(f"the gateway is not running{self._end_of_log()}") from None
        return self.answer(number, seconds, request)

    def answer(self, number: int, seconds: float, request: str = "start") -> dict[str, Any]:
        """Wait for the answer to one request."""
        try:
            answer = self._waiting[number].get(timeout=seconds)
        except queue.Empty:
            where = "" if request == STACKS else self._stacks()
            raise GatewayError(f"no answer in {seconds} s{where}{self._end_of_log()}") from None
        finally:
            self._waiting.pop(number, None)
        if answer is None:
            raise GatewayError(f"the gateway has ended{self._end_of_log()}")
        if answer.get("error"):
            raise ScriptError(answer["error"], answer["printed"])
        return answer

    def end(self) -> None:
        """SIGKILL, and wait for it."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                if pipe:
                    pipe.close()
            except OSError:
                pass

    def _read(self) -> None:
        assert self.process.stdout
        try:
            for line in self.process.stdout:
                answer = self._parse(line)
                waiting = self._waiting.get(answer["id"])
                if waiting:
                    waiting.put(answer)
        except ValueError:
            pass  # closed by end()
        for waiting in list(self._waiting.values()):
            waiting.put(None)

    def _parse(self, line: bytes) -> dict[str, Any]:
        try:
            return json.loads(line)
        except ValueError:  # the JVM itself said something
            with self._log_file.open("ab") as log:
                log.write(line)
            return {"id": None}

    def _stacks(self) -> str:
        """Where the threads of the JVM are, when it still answers."""
        try:
            return f"\n--- its threads\n{self.ask(STACKS, {}, STACKS_SECONDS)['value']}"
        except GatewayError:
            return ""

    def _end_of_log(self) -> str:
        text = self._log_file.read_text(errors="replace") if self._log_file.exists() else ""
        return f"\n--- the end of {self._log_file}\n{text[-LOG_SHOWN:]}"
