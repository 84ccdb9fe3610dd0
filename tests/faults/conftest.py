"""A durable server, and per test a database with the recorder and worker processes of its own."""

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from exchange.workflows.cpython import installer
from tests.conftest import SCHEMA
from tests.faults.gateways import GatewaySite
from tests.faults.proxy import Proxy
from tests.faults.site import FIGURES, HERE, Site
from tests.servers import Server, running_server

_numbers = itertools.count(1)


def prepare(server: Server, dbname: str, lease_seconds: float = 1.0) -> None:
    """A database with the schema, short leases, full history and the recorder."""
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute(f"create database {dbname}")
    with psycopg.connect(server.dsn(dbname), autocommit=True) as conn:
        installer.install(conn, SCHEMA)
        conn.execute(installer.rename((HERE / "recorder.sql").read_text(), SCHEMA))
        for name, value in (("lease_seconds", lease_seconds), ("poll_seconds", 0.2)):
            conn.execute(f"select {SCHEMA}.set_setting(%s, %s)", (name, str(value)))
        conn.execute(f"""select {SCHEMA}.set_queue('default', '{{"history":"full"}}')""")


@pytest.fixture(scope="session")
def durable() -> Iterator[Server]:
    """A server that keeps what it has acknowledged."""
    with running_server(durable=True, settings={"max_prepared_transactions": "5"}) as started:
        prepare(started, "faults_template")
        yield started


@pytest.fixture
def make_site(durable: Server, tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """make_site(): a site on the durable server; or on another server, prepared for it."""
    made: list[Site] = []

    def make(server: Server | None = None) -> Site:
        number = next(_numbers)
        dbname, directory = f"site_{number}", tmp_path / f"site_{number}"
        directory.mkdir()
        if server is None:
            with psycopg.connect(durable.dsn(), autocommit=True) as admin:
                admin.execute(f"create database {dbname} template faults_template")
        else:
            prepare(server, dbname)
        made.append(GatewaySite(server or durable, dbname, directory, SCHEMA))
        return made[-1]

    yield make
    for site in made:
        site.end()
        if site.server is durable:
            with psycopg.connect(durable.dsn(), autocommit=True) as admin:
                admin.execute(f"drop database {site.dbname} with (force)")


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site()


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A durable server of its own, for faults that would hurt other tests."""
    with running_server(durable=True) as started:
        yield started


@pytest.fixture
def proxy(durable: Server) -> Iterator[Proxy]:
    """Between workers and the durable server."""
    made = Proxy(durable.host, durable.port)
    yield made
    made.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if FIGURES:
        terminalreporter.section("faults: what was measured")
        for line in FIGURES:
            terminalreporter.write_line(line)
    table = sys.modules.get("tests.faults.test_kill_table")
    if table and table.KILLS:
        terminalreporter.section("kill table: guard taken out | run | caught by")
        for name, scenario, caught in table.KILLS:
            terminalreporter.write_line(f"{name:44} | {scenario:16} | {caught}")
