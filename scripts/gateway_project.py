"""Lays the gateway part out as an Ignition project: python scripts/gateway_project.py DIR

Every module becomes <package>/<module>/code.py with its resource.json, as the gateway keeps it on
disk; the linters of the gateway's Python work on that form.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1] / "ignition"
LEFT_OUT = "exchange/workflows/cpython/"

PROJECT = {
    "title": "Ignition Workflows",
    "description": "Durable workflows in PostgreSQL",
    "enabled": True,
    "inheritable": False,
    "parent": "",
}
SCRIPT = {
    "scope": "A",
    "version": 1,
    "restricted": False,
    "overridable": True,
    "files": ["code.py"],
    "attributes": {
        "hintScope": 2,
        "lastModification": {"actor": "external", "timestamp": "2026-01-01T00:00:00Z"},
    },
}


def gateway_modules() -> list[Path]:
    """The sources that the gateway gets: no package file, nothing of the CPython part."""
    return [
        path
        for path in sorted((ROOT / "exchange").rglob("*.py"))
        if path.name != "__init__.py" and LEFT_OUT not in path.as_posix()
    ]


def lay_out(target: Path) -> None:
    _write_json(target / "project.json", PROJECT)
    for path in gateway_modules():
        folder = target / "ignition" / "script-python" / path.relative_to(ROOT).with_suffix("")
        folder.mkdir(parents=True)
        (folder / "code.py").write_bytes(path.read_bytes())
        _write_json(folder / "resource.json", SCRIPT)


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) == 2:
        lay_out(Path(sys.argv[1]))
    else:
        print(*gateway_modules(), sep="\n")
