"""Where the sources are, and how the style tests read them."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "ignition" / "exchange"
CPYTHON = LIBRARY / "workflows" / "cpython"
SQL = ROOT / "sql"


def python_files(*folders: str) -> list[Path]:
    """Our Python files below the folders, __init__.py aside."""
    found = []
    for folder in folders:
        found += [p for p in sorted((ROOT / folder).rglob("*.py")) if p.name != "__init__.py"]
    return found


def gateway_files() -> list[Path]:
    """The sources that must be valid in Jython 2.7 too."""
    return [path for path in python_files("ignition/exchange") if CPYTHON not in path.parents]


def sql_files(*folders: str) -> list[Path]:
    return [p for folder in folders for p in sorted((SQL / folder).rglob("*.sql"))]


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


_CREATE = re.compile(r"^create (?:or replace )?(?:function|procedure) workflows\.(\w+)", re.M)
_BODY = re.compile(r"\bas\s+('|\$\w*\$)")


def sql_functions(path: Path) -> Iterator[tuple[str, str]]:
    """The functions of a file, in order: (name, text from create to the end of the body)."""
    text = path.read_text(encoding="utf-8")
    created = list(_CREATE.finditer(text))
    starts = [match.start() for match in created]
    for match, next_start in zip(created, [*starts[1:], len(text)], strict=True):
        part = text[match.start() : next_start]
        quote = _BODY.search(part)
        assert quote, f"{name_of(path)}: {match[1]} has no quoted body"
        yield match[1], part[: part.index(quote[1], quote.end())]
