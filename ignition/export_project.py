"""Makes the Ignition project that a gateway imports, as a zip or unpacked.

    python ignition/export_project.py dist [SCHEMA]     the zip and the lines for Ignition 8.1
    python ignition/export_project.py --unpacked DIR    the project's files, for linters
    python ignition/export_project.py --sources         which modules a gateway gets

Every module becomes <package>/<module>/code.py, byte for byte, beside its resource.json. What else
the project holds (event scripts, named queries) lies in ignition/project as it will lie in the
gateway; its resource.json files are made here. The views are made by ignition/perspective. The
same sources give the same bytes. For another schema name only its default in settings and the named
queries differ.
"""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path

IGNITION = Path(__file__).resolve().parent
sys.path.insert(0, str(IGNITION.parent))

from ignition.perspective.views import PLACE, views  # noqa: E402

PROJECT = IGNITION / "project"
LEFT_OUT = "exchange/workflows/cpython/"
DATABASE = "WorkflowsDB"
MOST_ROWS = 1000
_FIXED_TIME = (2026, 1, 1, 0, 0, 0)

# Without lastModification the Designer passes a resource over. With a stale signature the gateway
# does: none is made.
_CHANGED = {"actor": "external", "timestamp": "2026-01-01T00:00:00Z"}

# The payload's name says what a resource is: scope and attributes by the name of its file.
_EVENT_SCRIPTS: dict[str, dict[str, object]] = {
    "onStartup.py": {},
    "onShutdown.py": {},
    "onUpdate.py": {},
    "handleTimerEvent.py": {"delay": 1000, "fixedDelay": True, "sharedThread": False},
}

# A parameter of a named query means the same in each of them.
_INT4, _STRING, _BOOLEAN = 2, 7, 6
PARAMETER_TYPES = {
    "before": _STRING,
    "includeResolved": _BOOLEAN,
    "kind": _STRING,
    "limit": _INT4,
    "partitionKey": _STRING,
    "queueName": _STRING,
    "role": _STRING,
    "searchText": _STRING,
    "state": _STRING,
    "status": _STRING,
    "workflowId": _STRING,
    "workflowName": _STRING,
}
_SCHEMA = "workflows"
_SCHEMA_SETTING = b'SCHEMA_NAME = "%s"'
_PARAMETER = re.compile(r"(?<!:):([A-Za-z]\w*)")


def version() -> str:
    settings = (IGNITION / "exchange/workflows/settings.py").read_text(encoding="utf-8")
    found = re.search(r'^VERSION = "(.+)"$', settings, re.M)
    assert found
    return found[1]


def gateway_modules() -> list[Path]:
    """The sources that the gateway gets: no package file, nothing of the CPython part."""
    return [
        path
        for path in sorted((IGNITION / "exchange").rglob("*.py"))
        if path.name != "__init__.py" and LEFT_OUT not in path.as_posix()
    ]


def project_files(schema: str = _SCHEMA) -> dict[str, bytes]:
    """Every file of the project by its path, in order."""
    files = {"project.json": _to_json(_project())}
    for path in gateway_modules():
        folder = (
            "ignition/script-python/%s/" % path.relative_to(IGNITION).with_suffix("").as_posix()
        )
        files[folder + "code.py"] = _for_schema(path, schema)
        files[folder + "resource.json"] = _to_json(_resource("A", "code.py", {"hintScope": 2}))
    for path in sorted(p for p in PROJECT.rglob("*") if p.suffix in (".py", ".sql")):
        folder = "ignition/%s/" % path.parent.relative_to(PROJECT).as_posix()
        files[folder + path.name] = _for_schema(path, schema)
        files[folder + "resource.json"] = _to_json(_resource_of(path))
    for name, view in views().items():
        files["%s%s/view.json" % (PLACE, name)] = _to_json(view)
        files["%s%s/resource.json" % (PLACE, name)] = _to_json(_resource("G", "view.json", {}))
    _refuse_hidden_modules(files)
    return dict(sorted(files.items()))


def _for_schema(path: Path, schema: str) -> bytes:
    content, name = path.read_bytes(), schema.encode("ascii")
    if schema == _SCHEMA:
        return content
    if path.name == "settings.py":
        return content.replace(_SCHEMA_SETTING % _SCHEMA.encode("ascii"), _SCHEMA_SETTING % name)
    if path.suffix == ".sql":
        return re.sub(rb"\b%s(?=\.)" % _SCHEMA.encode("ascii"), name, content)
    return content


def _project() -> dict[str, object]:
    return {
        "title": "Ignition Workflows",
        "description": "Durable workflows in PostgreSQL, version %s" % version(),
        "enabled": True,
        "inheritable": True,
        "parent": "",
    }


def _resource_of(path: Path) -> dict[str, object]:
    if path.name == "query.sql":
        return _resource("DG", path.name, _query_attributes(path), 2)
    return _resource("G", path.name, {**_EVENT_SCRIPTS[path.name], "enabled": True})


def _resource(
    scope: str, name: str, attributes: dict[str, object], number: int = 1
) -> dict[str, object]:
    return {
        "scope": scope,
        "version": number,
        "restricted": False,
        "overridable": True,
        "files": [name],
        "attributes": {**attributes, "lastModification": _CHANGED},
    }


def _query_attributes(path: Path) -> dict[str, object]:
    names = dict.fromkeys(_PARAMETER.findall(path.read_text(encoding="utf-8")))
    return {
        "type": "Query",
        "enabled": True,
        "database": DATABASE,
        "parameters": [
            {"type": "Parameter", "identifier": name, "sqlType": PARAMETER_TYPES[name]}
            for name in names
        ],
        "permissions": [{"zone": "", "role": ""}],
        "useMaxReturnSize": True,
        "maxReturnSize": MOST_ROWS,
        "autoBatchEnabled": False,
        "cacheEnabled": False,
        "cacheAmount": 1,
        "cacheUnit": "SEC",
        "fallbackEnabled": False,
        "fallbackValue": "",
    }


def _refuse_hidden_modules(files: dict[str, bytes]) -> None:
    """A gateway does not see what lies below a folder with code of its own."""
    modules = {path[: -len("/code.py")] for path in files if path.endswith("/code.py")}
    hidden = [m for m in modules if any(m.startswith(other + "/") for other in modules)]
    if hidden:
        raise SystemExit("both module and package: %s" % ", ".join(sorted(hidden)))


def _to_json(value: object) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode("ascii")


def unpack(target: Path) -> None:
    for name, content in project_files().items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def write_zip(path: Path, schema: str = _SCHEMA) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in project_files(schema).items():
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)


_EVENT_TEXT = """\
Ignition Workflows %(version)s: gateway event scripts for Ignition 8.1

Ignition 8.3 gets these scripts with the project. Ignition 8.1 keeps gateway event scripts in one
binary file, which this export does not hold: paste the lines once. In the Designer, with the
library project open: Project, then Gateway Event Scripts.

"""
_EVENT_PLACES = {
    "startup/onStartup.py": "Startup",
    "update/onUpdate.py": "Update",
    "shutdown/onShutdown.py": "Shutdown",
    "timer/Tick/handleTimerEvent.py": "Timer: name Tick, 1000 ms, fixed delay, dedicated thread",
}
_CHILD_TEXT = """\
In each project of your own that inherits from this one:

Startup
    exchange.workflows.gateway.startup(modules=["plant.flows"])
Update
    exchange.workflows.gateway.update()
Shutdown
    exchange.workflows.gateway.shutdown()
Timer: name WorkflowsTick, 1000 ms, fixed delay, dedicated thread
    exchange.workflows.gateway.tick()

plant.flows stands for the script module with your decorated functions.
"""


def event_script_lines() -> str:
    """What to paste where there are no text files for event scripts."""
    text = _EVENT_TEXT % {"version": version()}
    for name, place in _EVENT_PLACES.items():
        body = (PROJECT / name).read_text(encoding="ascii").splitlines()[1:]
        text += "%s\n%s\n" % (place, "\n".join("    " + line.strip() for line in body))
    return text + "\n" + _CHILD_TEXT


def export(target: Path, schema: str = _SCHEMA) -> list[Path]:
    """Write the zip and what lies beside it; returns the paths."""
    target.mkdir(parents=True, exist_ok=True)
    name = "ignition-workflows-%s" % version()
    archive, lines = target / (name + ".zip"), target / (name + "-event-scripts-8.1.txt")
    write_zip(archive, schema)
    lines.write_text(event_script_lines(), encoding="ascii", newline="\n")
    return [archive, lines]


def main(arguments: list[str]) -> None:
    if arguments == ["--sources"]:
        print(*gateway_modules(), sep="\n")
    elif len(arguments) == 2 and arguments[0] == "--unpacked":
        unpack(Path(arguments[1]))
    elif len(arguments) in (1, 2) and not arguments[0].startswith("-"):
        print(*export(Path(arguments[0]), *arguments[1:]), sep="\n")
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
