"""A gateway whose database has no schema yet, or an old one: one line says what to run, and then it works."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from exchange.workflows import settings
from exchange.workflows.cpython import installer
from tests.conftest import SCHEMA
from tests.gateway.gateway import StandInGateway
from tests.gateway.plant import FLOWS, Plant, plant_database, startup
from tests.gateway.projects import Project
from tests.servers import Server
from tests.waiting import wait_until

FILE = f"run=ignition-workflows-{settings.VERSION}.sql"
FIRST_RELEASE = Path(__file__).parents[1] / "upgrade" / "released" / "schema_1.sql"
STATEMENT = """
from com.inductiveautomation.ignition.gateway import IgnitionGateway
connection = IgnitionGateway.get().getDatasourceManager().getConnection("WorkflowsDB")
try:
    statement = connection.createStatement()
    statement.execute(SCRIPT)
    statement.close()
finally:
    connection.close()
"""
BY_UPDATE = "system.db.runPrepUpdate(SCRIPT, [], 'OldDB')\n"
LINE = startup("%s.flows", "%s")


@pytest.fixture(scope="module")
def bare(server: Server, java: None) -> Iterator[Plant]:
    """`plant` finds no schema in its database, `site` that of the first release."""
    projects = {
        name: Project(
            "workflows", modules={f"{name}.flows": FLOWS}, startup=LINE % (name, database)
        )
        for name, database in (("plant", "WorkflowsDB"), ("site", "OldDB"))
    }
    with (
        plant_database(server, "schema_test", is_installed=False) as dsn,
        plant_database(server, "old_test", is_installed=False) as old_dsn,
    ):
        with psycopg.connect(old_dsn, autocommit=True) as conn:
            conn.execute(
                installer.rename(FIRST_RELEASE.read_text(), SCHEMA).encode(), prepare=False
            )
        with StandInGateway(projects, {"WorkflowsDB": dsn, "OldDB": old_dsn}) as gateway:
            made = Plant(gateway, dsn)
            yield made
            made.close()


def complaints(plant: Plant) -> list[str]:
    return [line for line in plant.gateway.log().splitlines() if " ERROR " in line]


def test_a_missing_and_an_old_schema_are_one_line_each_that_names_the_file(bare: Plant) -> None:
    wait_until(lambda: len(complaints(bare)) >= 2, "the lines in the log")
    for database in ("WorkflowsDB", "OldDB"):
        checked = bare.call(f"exchange.workflows.api.admin.checkSchema({database!r})")
        assert (checked["ok"], checked["code"]) == (False, "SCHEMA_VERSION")
    for project in ("plant", "site"):
        assert bare.call("exchange.workflows.gateway.tick()", project)["code"] == "RUNNING"
    lines = complaints(bare)
    assert len(lines) == 2, lines
    assert all(FILE in line and "event=schema_missing" in line for line in lines)


@pytest.fixture(scope="module")
def installed(bare: Plant) -> None:
    """What `make installer` writes, run in one call: as a statement of Java, and as an update."""
    written = bare.gateway.directory / f"ignition-workflows-{settings.VERSION}.sql"
    written.write_text(installer.render(SCHEMA), encoding="utf-8")
    read = f"SCRIPT = open({str(written)!r}).read().decode('utf-8')\n"
    for how in (STATEMENT, BY_UPDATE):
        bare.gateway.run(read + how, seconds=60)


@pytest.mark.parametrize(("project", "database"), [("plant", "WorkflowsDB"), ("site", "OldDB")])
def test_the_worker_begins_by_itself_once_the_installer_ran(
    bare: Plant, installed: None, project: str, database: str
) -> None:
    enqueue = (
        f"exchange.workflows.api.service.enqueue('note', {{'text': 'works'}}, dbName={database!r})"
    )
    answer = bare.call(enqueue, project)
    assert answer["ok"], answer
    asked = f"exchange.workflows.api.service.getResult({answer['workflowId']!r}, 20, {database!r})"
    assert bare.call(asked, project)["result"] == "works"
    assert len(complaints(bare)) == 2
