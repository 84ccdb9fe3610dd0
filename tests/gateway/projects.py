"""Ignition projects for a stand-in gateway: the library as it is exported, and projects of a test."""

import json
import re
import shutil
import textwrap
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ignition import export_project
from tests.conftest import SCHEMA

LIBRARY = "workflows"
HEADERS = {
    "startup": ("onStartup.py", "def onStartup():"),
    "shutdown": ("onShutdown.py", "def onShutdown():"),
    "update": ("onUpdate.py", "def onUpdate(actor, resources):"),
    "timer": ("handleTimerEvent.py", "def handleTimerEvent():"),
    "message": ("handleMessage.py", "def handleMessage(payload):"),
    "tag-change": (
        "onTagChange.py",
        "def onTagChange(initialChange, newValue, previousValue, event, executionCount):",
    ),
}
CHANGED = {"actor": "external", "timestamp": "2026-01-01T00:00:00Z"}


@dataclass
class Project:
    """A project of a test. Modules by dotted name; event scripts are bodies, without the header.

    timers: {"Tick": ("exchange.workflows.gateway.tick()", {"delay": 1000})}
    messages: {"Ping": "return payload"}
    tag_changes: {"Levels": ("...", ["[default]Tank/Level"])}
    queries: {"Depth": ("select ...", {"type": "ScalarQuery", "parameters": [...]})}
    """

    parent: str = ""
    is_inheritable: bool = False
    modules: Mapping[str, str] = field(default_factory=dict)
    startup: str | None = None
    shutdown: str | None = None
    update: str | None = None
    timers: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    messages: Mapping[str, str] = field(default_factory=dict)
    tag_changes: Mapping[str, tuple[str, list[str]]] = field(default_factory=dict)
    queries: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        described = {
            "title": folder.name,
            "description": "",
            "enabled": True,
            "inheritable": self.is_inheritable,
            "parent": self.parent,
        }
        (folder / "project.json").write_text(json.dumps(described))
        write_modules(folder, self.modules)
        for kind in ("startup", "shutdown", "update"):
            body = getattr(self, kind)
            if body is not None:
                write_event(folder, kind, body)
        for name, (body, attributes) in self.timers.items():
            write_event(folder, "timer", body, name, attributes)
        for name, body in self.messages.items():
            write_event(folder, "message", body, name)
        for name, (body, paths) in self.tag_changes.items():
            write_event(folder, "tag-change", body, name, {"paths": paths})
        for name, (text, attributes) in self.queries.items():
            where = folder / "ignition" / "named-query" / name
            _write_resource(where, "query.sql", text, "DG", {"database": "", **attributes}, 2)


Source = Project | Path


def in_schema(text: str) -> str:
    """A script of a test whose SQL speaks of the schema that the suite runs under."""
    return re.sub(r"(?<![\w.])workflows(?=\.[a-z_]+\b)", SCHEMA, text)


def install(source: Source, folder: Path) -> None:
    """Put a project into a gateway's projects folder: a zip, a folder, or a test's own."""
    if isinstance(source, Project):
        source.write(folder)
    elif source.is_dir():
        shutil.copytree(source, folder)
    else:
        with zipfile.ZipFile(source) as packed:
            packed.extractall(folder)


def library(folder: Path) -> Path:
    """The library's zip as it is exported, made below `folder`."""
    packed = folder / f"{LIBRARY}.zip"
    export_project.write_zip(packed, SCHEMA)
    return packed


def write_modules(folder: Path, modules: Mapping[str, str]) -> list[str]:
    """Write library modules by dotted name; returns their resource paths."""
    paths = []
    for name, text in modules.items():
        where = folder / "ignition" / "script-python" / name.replace(".", "/")
        _write_resource(where, "code.py", textwrap.dedent(text), "A", {"hintScope": 2})
        paths.append(str(where.relative_to(folder)))
    return paths


def write_event(
    folder: Path, kind: str, body: str, name: str = "", attributes: Mapping[str, Any] | None = None
) -> str:
    """Write an event script from its body; returns its resource path."""
    file_name, header = HEADERS[kind]
    text = f"{header}\n{textwrap.indent(textwrap.dedent(body).strip(), chr(9))}\n"
    where = folder / "ignition" / kind / name
    _write_resource(where, file_name, text, "G", {"enabled": True, **(attributes or {})})
    return str(where.relative_to(folder))


def _write_resource(
    where: Path,
    file_name: str,
    text: str,
    scope: str,
    attributes: Mapping[str, Any],
    version: int = 1,
) -> None:
    where.mkdir(parents=True, exist_ok=True)
    (where / file_name).write_text(in_schema(text), encoding="utf-8")
    manifest = {
        "scope": scope,
        "version": version,
        "restricted": False,
        "overridable": True,
        "files": [file_name],
        "attributes": {**attributes, "lastModification": CHANGED},
    }
    (where / "resource.json").write_text(json.dumps(manifest))
