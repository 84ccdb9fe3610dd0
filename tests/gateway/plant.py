"""A plant to work in a stand-in gateway: flows that tests can hold up, and what they see from outside."""

import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import install_schema
from tests.gateway.gateway import Database, StandInGateway
from tests.gateway.projects import Project, in_schema
from tests.servers import Server
from tests.waiting import wait_until

DOCS = Path(__file__).resolve().parents[2] / "docs"
PATIENCE = 15.0
FLOWS = """
from java.util.concurrent import ConcurrentLinkedQueue, Semaphore, TimeUnit

from exchange.workflows import errors
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import step, workflow

CODE = "first"

def gate(name):
    return system.util.globals.setdefault("gate " + name, Semaphore(0))

def seen():
    return system.util.globals.setdefault("seen", ConcurrentLinkedQueue())

@step()
def fill(tank):
    seen().add(u"fill %s begins %s" % (tank, CODE))
    gate(tank).tryAcquire(60, TimeUnit.SECONDS)
    seen().add(u"fill %s ends %s" % (tank, CODE))

@step()
def drain(tank):
    seen().add(u"drain %s %s" % (tank, CODE))

@workflow()
def fill_tank(tank, kilograms=None):
    fill(tank)
    drain(tank)
    return CODE

@workflow()
def note(text=None):
    seen().add(u"note %s" % (text,))
    return text

@workflow()
def alarm_temperature(tag, value):
    return [tag, value]

@workflow()
def fill_order(order):
    return order

@workflow()
def note_strictly(text):
    if text == "bad":
        raise ValueError(u"no note: \xb0")
    return text

@workflow()
def family(texts):
    rt = getWorkflows()
    children = rt.startChildren("note_strictly", [{"text": text} for text in texts])
    try:
        return rt.waitForAll(children)
    except errors.ChildFailed as failed:
        return [failed.error["message"], [one["status"] for one in failed.outcomes]]

@step()
def measure(tank):
    seen().add(u"measure %s begins" % tank)
    gate(u"measure").tryAcquire(60, TimeUnit.SECONDS)
    if tank == u"bad \xb0":
        raise ValueError(u"no signal: " + tank)
    return [tank, len(tank)]

@workflow()
def survey(tanks):
    handles = [measure.start(tank) for tank in tanks]
    try:
        return getWorkflows().gather(handles)
    except errors.StepsFailed as several:
        return [len(several.errors), u"%s" % several.message]
"""


def code_blocks(page: str, language: str = "python") -> list[str]:
    """The blocks of a page of docs/, as they stand."""
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks = re.findall(rf"^ *``` ?{language}\b[^\n]*\n(.*?)^ *```", text, re.M | re.S)
    return [textwrap.dedent(block) for block in blocks]


def startup(
    module: str = "plant.flows", database: str = "WorkflowsDB", more: str = "threads=4"
) -> str:
    """The line of a project's startup script."""
    return f'exchange.workflows.gateway.startup(modules=["{module}"], dbName="{database}", {more})'


@contextmanager
def plant_database(server: Server, name: str, is_installed: bool = True) -> Iterator[str]:
    """A database of its own with short leases and polls, dropped at the end."""
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute(f"create database {name}")
        dsn = server.dsn(name)
        try:
            if is_installed:
                install_schema(**psycopg.conninfo.conninfo_to_dict(dsn))
                with psycopg.connect(dsn, autocommit=True) as conn:
                    shorten(conn)
            yield dsn
        finally:
            admin.execute(f"drop database {name} with (force)")


def shorten(conn: psycopg.Connection[Any]) -> None:
    conn.execute(in_schema("select workflows.set_setting('lease_seconds', '1')"))
    conn.execute(in_schema("select workflows.set_setting('poll_seconds', '0.2')"))


class Plant:
    """A gateway and its database: what tests ask both of them."""

    def __init__(self, gateway: StandInGateway, dsn: str):
        self.gateway = gateway
        self.dsn = dsn
        self.conn = psycopg.connect(dsn, autocommit=True)

    def close(self) -> None:
        self.conn.close()

    def execute(self, sql: str, *arguments: Any) -> psycopg.Cursor[Any]:
        return self.conn.execute(in_schema(sql), arguments or None)

    def ask(self, sql: str, *arguments: Any) -> Any:
        """The rows of a query; of one column, its values."""
        rows = self.execute(sql, *arguments).fetchall()
        return [row[0] for row in rows] if rows and len(rows[0]) == 1 else rows

    def one(self, sql: str, *arguments: Any) -> Any:
        found = self.ask(sql, *arguments)
        return found[0] if found else None

    def enqueue(self, name: str, inputs: str = "{}", options: str = "{}") -> str:
        return self.one("select workflows.enqueue(%s, %s, %s)", name, inputs, options)

    def status(self, workflow_id: str) -> str:
        return self.one("select status from workflows.workflow where workflow_id = %s", workflow_id)

    def wait_for(self, workflow_id: str, status: str, seconds: float = PATIENCE) -> None:
        def is_there() -> bool:
            return bool(self.status(workflow_id) == status)

        wait_until(
            is_there, f"{workflow_id} to be {status}, it is {self.status(workflow_id)}", seconds
        )

    def result(self, workflow_id: str) -> Any:
        """The result of a workflow, which must succeed."""
        self.wait_for(workflow_id, "SUCCESS")
        return self.one(
            "select result from workflows.workflow_outcome where workflow_id = %s", workflow_id
        )

    def workers(self, where: str = "true") -> list[tuple[Any, ...]]:
        """(project, generation, worker_id) of the workers that live."""
        sql = f"""
            select project_name, generation, worker_id from workflows.worker_status
            where status in ('active', 'late') and {where} order by 1, 2"""
        return self.execute(sql).fetchall()

    def wait_for_workers(self, *wanted: tuple[str, int]) -> None:
        """Until exactly these live: (project, generation)."""
        wait_until(
            lambda: sorted((row[0], row[1]) for row in self.workers()) == sorted(wanted),
            f"workers {wanted}, there are {self.workers()}",
            PATIENCE,
        )

    # What flows did

    def open_gate(self, name: str, times: int = 1) -> None:
        self.gateway.run(
            f"from java.util.concurrent import Semaphore\n"
            f"system.util.globals.setdefault('gate {name}', Semaphore(0)).release({times})"
        )

    def seen(self) -> list[str]:
        return self.gateway.evaluate("list(system.util.globals.get('seen') or [])")

    def forget_seen(self) -> None:
        self.gateway.run("system.util.globals.pop('seen', None)")

    def wait_until_seen(self, text: str) -> None:
        wait_until(lambda: text in self.seen(), f"{text!r}", PATIENCE)

    def call(self, expression: str, project: str | None = None) -> Any:
        """An envelope of the library's API."""
        return self.gateway.evaluate(textwrap.dedent(expression).strip(), project)


@pytest.fixture(scope="session")
def plant(server: Server, java: None) -> Iterator[Plant]:
    """A gateway with a project `plant` that works its flows; shared by the modules of this folder."""
    project = Project(
        parent="workflows",
        modules={"plant.flows": FLOWS, "front.page": code_blocks("index.md")[0]},
        startup='exchange.workflows.gateway.startup(modules=["plant.flows", "front.page", '
        '"exchange.workflows.apps.verify", "exchange.workflows.apps.examples"], dbName="WorkflowsDB", threads=4)',
    )
    with plant_database(server, "plant_test") as dsn:
        connections: dict[str, str | Database] = {
            "WorkflowsDB": dsn,
            "Procedures": Database(dsn, properties={"escapeSyntaxCallMode": "callIfNoReturn"}),
            "Wrapped": Database(dsn, does_unwrap=False),
        }
        with StandInGateway({"plant": project}, connections, name="plant-gateway") as gateway:
            made = Plant(gateway, dsn)
            made.wait_for_workers(("plant", 1))
            yield made
            made.close()
