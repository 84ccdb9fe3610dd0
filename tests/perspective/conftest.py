"""The exported views, a database behind the library, and named queries on it."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest

from exchange.workflows.engine import instance
from ignition import export_project
from tests.calls import calls, make_worker
from tests.conftest import Connect
from tests.perspective.reading import Json, read_views
from tests.perspective.runtime import Ask, RunningView, session

__all__ = ["calls", "make_worker"]
_PARAMETER = re.compile(r"(?<!:):([A-Za-z]\w*)")


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("perspective") / "project"
    export_project.unpack(target)
    return target


@pytest.fixture(scope="session")
def views(project: Path) -> dict[str, Json]:
    return read_views(project)


@pytest.fixture
def workflows(dsn: str, schema: str) -> Any:
    yield instance.configure(dsn, schema=schema)
    instance.shutdown()


def query_of(project: Path, path: str) -> tuple[str, list[str]]:
    """Its text and its parameters."""
    folder = project / "ignition" / "named-query" / path
    attributes = json.loads((folder / "resource.json").read_text())["attributes"]
    text = (folder / "query.sql").read_text(encoding="ascii")
    return text, [one["identifier"] for one in attributes["parameters"]]


def asker(conn: Any, project: Path, sql: Any = lambda text: text) -> Ask:
    """ask(path, parameters): the rows, with times as a JSON binding brings them."""

    def ask(path: str, given: Json) -> list[Json]:
        text, declared = query_of(project, path)
        if set(declared) != set(given):
            raise TypeError(f"{path} takes {declared}, not {sorted(given)}")
        bound = _PARAMETER.sub(r"%(\1)s", text.replace("%", "%%"))
        cursor = conn.execute(sql(bound), given)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, map(_shown, row), strict=True)) for row in cursor.fetchall()]

    return ask


def _shown(value: Any) -> Any:
    return int(value.timestamp() * 1000) if isinstance(value, dt.datetime) else value


@pytest.fixture
def ask(connect: Connect, project: Path, sql: Any) -> Ask:
    return asker(connect("operator"), project, sql)


@pytest.fixture
def run(views: dict[str, Json], ask: Ask, workflows: Any) -> Any:
    """run("Details", workflowId=...): a view as anna sees it, who is an operator and may do anything."""

    def begin(name: str, who: Any = None, **params: Any) -> RunningView:
        return RunningView(views, name, ask, who or session("anna", "operator"), **params)

    return begin
