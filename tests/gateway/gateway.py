"""StandInGateway: one JVM with real Jython that behaves to scripts like an Ignition gateway.

    with StandInGateway({"plant": Project(parent="workflows", modules={...})}, {"WorkflowsDB": dsn}) as gateway:
        assert gateway.evaluate("plant.flows.answer()", "plant") == 42

tests/gateway/README.md tells what it can do.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Self

from tests.gateway import projects, runtime
from tests.gateway.databases import Database, describe
from tests.gateway.surroundings import ANSWER_SECONDS, Surroundings
from tests.gateway.wire import GatewayError, ScriptError, Wire

__all__ = ["Database", "GatewayError", "ScriptError", "StandInGateway"]

START_SECONDS = 90.0
STOP_SECONDS = 30.0


def cpu_seconds(pid: int) -> float:
    """What a process has used of the processors."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class StandInGateway(Surroundings):
    """Starts at once; ends with the `with` block. Every request waits `seconds` at most.

    imports_race: threads that touch a module by its path before it is loaded each run its top level,
    as on a gateway. is_measured: all of Java's compilers, which a start pays for. has_library: with the project `workflows`.
    """

    def __init__(
        self,
        gateway_projects: Mapping[str, projects.Source] | None = None,
        databases: Mapping[str, str | Database] | None = None,
        *,
        name: str = "gateway-1",
        scripting_project: str | None = None,
        has_library: bool = True,
        is_isolated_driver: bool = False,
        is_measured: bool = False,
        imports_race: bool = False,
        java_options: Iterable[str] = (),
        directory: Path | None = None,
    ):
        self.name = name
        self._own_directory = directory is None
        self.directory = directory or Path(tempfile.mkdtemp(prefix="workflows-gateway-"))
        self.log_file = self.directory / "gateway.log"
        self.projects_folder = self.directory / "projects"
        self.data_dir = self.directory / "data"
        self.start_cpu_seconds = 0.0
        self.printed = ""
        self._java_options = tuple(java_options)
        self._is_isolated_driver = is_isolated_driver
        self._is_measured = is_measured
        sources = dict(gateway_projects or {})
        self._lay_out(sources, has_library)
        self.project_name = next(
            (one for one in sources if one != projects.LIBRARY), projects.LIBRARY
        )
        self._described = {
            **self._describe(databases or {}, scripting_project),
            "imports_race": imports_race,
        }
        self._wire = self._start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.close(keep_log=kind is not None)

    # scripts

    def run(
        self,
        code: str,
        project: str | None = None,
        *,
        returns: str | None = None,
        keep: str | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> Any:
        """Run Python 2 text in the script scope of a project and answer the value of the expression
        `returns` as JSON. What it printed is in `printed` afterwards. `keep` names a scope that lasts
        until the next save; else each run has its own. Raises ScriptError."""
        return self._ask(
            "run",
            seconds,
            code=projects.in_schema(code),
            project=self._named(project),
            returns=returns and projects.in_schema(returns),
            keep=keep,
        )

    def evaluate(
        self,
        expression: str,
        project: str | None = None,
        *,
        keep: str | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> Any:
        """The value of an expression in the script scope of a project, as JSON."""
        return self.run("", project, returns=expression, keep=keep, seconds=seconds)

    def prompt(
        self, code: str, project: str | None = None, seconds: float = ANSWER_SECONDS
    ) -> str | None:
        """What a statement printed, or the expression's value, as at an interactive prompt; None where
        the text is the beginning of a statement."""
        is_whole = self._ask("prompt", seconds, code=code, project=self._named(project))
        return self.printed if is_whole else None

    def save(
        self,
        project: str | None = None,
        modules: Mapping[str, str] | None = None,
        *,
        startup: str | None = None,
        shutdown: str | None = None,
        update: str | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> None:
        """Save a project with changed modules and event scripts: shutdown script of the old, a new
        interpreter, startup script, update script; so also for each project that inherits from it.
        Threads of the old interpreter go on."""
        name = self._named(project)
        folder = self.projects_folder / name
        changed = projects.write_modules(folder, modules or {})
        for kind, body in (("startup", startup), ("shutdown", shutdown), ("update", update)):
            if body is not None:
                changed.append(projects.write_event(folder, kind, body))
        self._ask("save", seconds, project=name, resources=changed)

    def old_interpreters_alive(self) -> int:
        """How many interpreters that a save replaced are still in memory after a collection."""
        return self._ask("old_interpreters_alive")

    # the process

    @property
    def pid(self) -> int:
        return self._wire.process.pid

    def used_megabytes(self) -> float:
        """The heap in use after a collection."""
        return self._ask("used_megabytes")

    def threads(self, prefix: str = "workflows-") -> list[str]:
        """The names of the threads that begin so."""
        return self._ask("threads", prefix=prefix)

    def log(self) -> str:
        """What scripts printed and logged, and what the gateway said itself."""
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def pause(self) -> None:
        """SIGSTOP."""
        self._wire.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._wire.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL: no shutdown script."""
        self._wire.end()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Run the shutdown scripts and end the process."""
        self._ask("stop", seconds)
        self._wire.process.wait(timeout=seconds)

    def start(self) -> None:
        """Start again after kill or stop: the same folders, a new JVM."""
        self._wire.end()
        self._wire = self._start()

    def close(self, keep_log: bool = False) -> None:
        """Kill what still runs; the folder goes, too."""
        self._wire.end()
        if keep_log:
            print(f"--- log of {self.name} (the end)\n{self.log()[-8000:]}")
        if self._own_directory:
            shutil.rmtree(self.directory, ignore_errors=True)

    def _start(self) -> Wire:
        described = self.directory / "gateway.json"
        described.write_text(json.dumps(self._described))
        command = runtime.command(
            "serve.py",
            str(described),
            is_isolated_driver=self._is_isolated_driver,
            is_measured=self._is_measured,
            java_options=self._java_options,
        )
        with self.log_file.open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self.directory,
            )
        wire = Wire(process, self.log_file)
        with contextlib.ExitStack() as on_failure:
            on_failure.callback(wire.end)
            wire.answer(0, START_SECONDS)
            on_failure.pop_all()
        self.start_cpu_seconds = cpu_seconds(process.pid)
        return wire

    def _lay_out(self, sources: dict[str, projects.Source], has_library: bool) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True)
        if self.projects_folder.exists():
            return
        self.projects_folder.mkdir(parents=True)
        if has_library and projects.LIBRARY not in sources:
            sources[projects.LIBRARY] = projects.library(self.directory)
        for name, source in sources.items():
            projects.install(source, self.projects_folder / name)

    def _describe(
        self, databases: Mapping[str, str | Database], scripting_project: str | None
    ) -> dict[str, Any]:
        return {
            "name": self.name,
            "data_dir": str(self.data_dir),
            "projects_folder": str(self.projects_folder),
            "databases": {name: describe(one) for name, one in databases.items()},
            "default_database": next(iter(databases), None),
            "driver_jar": str(runtime.DRIVER_JAR),
            "is_isolated_driver": self._is_isolated_driver,
            "scripting_project": scripting_project or self.project_name,
        }

    def _named(self, project: str | None) -> str:
        return project or self.project_name

    def _ask(self, request: str, seconds: float = ANSWER_SECONDS, **arguments: Any) -> Any:
        answer = self._wire.ask(request, arguments, seconds)
        self.printed = answer["printed"]
        return answer["value"]
