"""Stand-in gateways beside the worker processes of a site: the same interface, the same records."""

import atexit
import contextlib
import functools
import os
import re
import shutil
import signal
import tempfile
import time
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.faults.history import note_freeze, read_lines
from tests.faults.site import HERE, Site
from tests.gateway import projects, runtime
from tests.gateway.gateway import Database, StandInGateway
from tests.waiting import wait_until

CONNECTION = "WorkflowsDB"
# (module of the library, what stands there, what is put in its place)
Change = tuple[str, str, str]


@functools.cache
def library_folder() -> Path:
    """The exported project, unpacked once."""
    folder = Path(tempfile.mkdtemp(prefix="workflows-library-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    packed = projects.library(folder)
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(folder / "project")
    return folder / "project"


def changed_library(folder: Path, changes: Iterable[Change]) -> Path:
    """A negative control: a copy of the exported project without one of its guards."""
    shutil.copytree(library_folder(), folder)
    for module, before, after in changes:
        path = folder / "ignition" / "script-python" / module.replace(".", "/") / "code.py"
        text = path.read_text()
        assert before in text, f"{module} has no {before!r}"
        path.write_text(text.replace(before, after))
    return folder


class GatewayProcess:
    """A gateway with a project plant_<name>, that can be stopped, continued, saved, killed and
    started again. Options: dsn, threads, queues, journal, prefetch_seconds, pool_size, properties,
    changes, data (a folder to begin with), is_active, shutdown (instead of the library's script).
    """

    def __init__(self, site: Site, name: str, number: int, **options: Any):
        self.name = name
        self.project = f"plant_{name}"
        self.generation = 1
        self.saves: list[float] = []
        self._site = site
        self._prefetch_seconds = options.get("prefetch_seconds")
        folder = site.directory / f"gateway_{name}_{number}"
        if "data" in options:
            shutil.copytree(options["data"], folder / "data")
        library = library_folder()
        if options.get("changes"):
            library = changed_library(site.directory / f"library_{number}", options["changes"])
        database = Database(
            options.get("dsn", site.dsn),
            pool_size=options.get("pool_size", 8),
            properties=options.get("properties", {}),
        )
        arguments = {
            "modules": ["plant.flows"],
            "dbName": CONNECTION,
            "queues": options.get("queues"),
        }
        arguments.update(threads=options.get("threads", 4), journal=options.get("journal", False))
        named = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        startup = f"print exchange.workflows.gateway.startup({named})"
        plant = projects.Project(
            parent=projects.LIBRARY,
            modules=self.modules(),
            startup=startup,
            shutdown=options.get("shutdown"),
        )
        self.gateway = StandInGateway(
            {projects.LIBRARY: library, self.project: plant},
            {CONNECTION: database},
            name=name,
            directory=folder,
        )
        self.set_active(options.get("is_active"))

    def set_active(self, is_active: bool | None) -> None:
        """One node of a redundant pair; None stands alone."""
        self.is_active = is_active
        if is_active is not None:
            self.gateway.set_active(is_active)

    def modules(self) -> dict[str, str]:
        text = (HERE / "gateway_flows.py").read_text()
        constants = {
            "DIRECTORY": str(self._site.directory),
            "WORKER": self.name,
            "GENERATION": self.generation,
        }
        for constant, value in constants.items():
            text = re.sub(f"^{constant} = .*$", f"{constant} = {value!r}", text, flags=re.MULTILINE)
        if self._prefetch_seconds is not None:
            text += (
                "\nfrom exchange.workflows import settings\n"
                f"settings.PREFETCH_SECONDS = {self._prefetch_seconds}\n"
            )
        return {
            "plant.flows": text,
            "plant.recording": (HERE / "recording.py").read_text(),
            "plant.offers": (HERE / "gateway_offers.py").read_text(),
        }

    @property
    def pid(self) -> int:
        return self.gateway.pid

    @property
    def is_alive(self) -> bool:
        with contextlib.suppress(OSError):
            return self._state() not in "ZX"
        return False

    def is_stopped(self) -> bool:
        return self._state() == "T"

    def _state(self) -> str:
        status = Path(f"/proc/{self.pid}/stat").read_text()
        return status.rpartition(")")[2].split()[0]

    def log(self) -> str:
        return self.gateway.log()

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def freeze(self) -> None:
        self._frozen_at = time.time()
        self.signal(signal.SIGSTOP)
        wait_until(self.is_stopped, f"{self.name} to stand still")

    def thaw(self) -> None:
        note_freeze(self._site.directory, self.name, self._frozen_at, time.time())
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        self.gateway.kill()

    def start(self) -> None:
        """Again, after a kill."""
        self.gateway.start()
        self.set_active(self.is_active)

    def stop(self) -> None:
        self.gateway.stop()

    def end(self) -> None:
        if self.is_alive:
            self.gateway.kill()

    def save(self) -> int:
        """Save the plant project: the next generation of its scripts."""
        self.generation += 1
        self.gateway.save(self.project, self.modules())
        self.saves.append(time.time())
        return self.generation

    def run(self, code: str, **options: Any) -> Any:
        return self.gateway.run(code, self.project, **options)

    def offers(self) -> dict[str, Any]:
        """What came of the offers so far: gateway_offers.figures()."""
        return self.gateway.evaluate("plant.offers.figures()", self.project)


class GatewaySite(Site):
    def gateway(self, name: str = "g", **options: Any) -> GatewayProcess:
        """Start one and wait until its worker is registered."""
        if runtime.missing():
            (pytest.fail if os.environ.get("CI") else pytest.skip)(runtime.missing())
        is_waited_for = options.pop("is_waited_for", True)
        started = GatewayProcess(self, name, len(self.workers), **options)
        self.workers.append(started)  # type: ignore[arg-type]
        if is_waited_for:
            self.wait_registered(started)
        return started

    def wait_registered(self, gateway: GatewayProcess, times: int = 1, seconds: float = 30) -> None:
        wait_until(
            lambda: gateway.log().count("event=registered") >= times,
            f"{gateway.name} to register\n{gateway.log()[-2000:]}",
            seconds,
        )

    def bodies(self) -> list[dict[str, Any]]:
        """When bodies of gateways began and ended."""
        return read_lines(self.directory / "bodies.jsonl")

    def backend(self, text: str, seconds: float = 10) -> int:
        """The server process of a gateway's session in which such a statement is seen."""
        query = (
            "select pid from pg_stat_activity where datname = current_database()"
            " and application_name = 'ignition' and query ilike %s limit 1"
        )
        return wait_until(lambda: self.one(query, f"%{text}%"), f"a session with {text}", seconds)


def overlaps(bodies: list[dict[str, Any]]) -> list[str]:
    """Bodies of one workflow that ran at the same time."""
    found = []
    last: Mapping[str, Any]
    by_workflow: dict[str, list[dict[str, Any]]] = {}
    for body in bodies:
        by_workflow.setdefault(body["workflow_id"], []).append(body)
    for workflow_id, line in by_workflow.items():
        line.sort(key=lambda body: body["time"])
        for last, body in zip(line, line[1:], strict=False):
            if body["time"] < last["ended"]:
                found.append(f"{workflow_id}: {last['step_key']} and {body['step_key']}")
    return found


def late_bodies(bodies: list[dict[str, Any]], saves: list[float], grace: float = 3.0) -> list[str]:
    """Bodies that scripts began although others had been started instead for `grace` seconds."""
    return [
        f"{body['workflow_id']}: {body['step_key']} by generation {body['generation']}"
        for body in bodies
        if body["generation"] <= len(saves) and body["time"] > saves[body["generation"] - 1] + grace
    ]
