"""One server for the suite, a template with the schema, a database as new for each test."""

import inspect
import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from pytest_postgresql import factories

from exchange.workflows.cpython import installer
from tests.clock import Clock
from tests.pgbouncer import PgBouncer, running_pgbouncer
from tests.reuse import Reuse
from tests.servers import Server, running_server

SCHEMA = os.environ.get("WORKFLOWS_TEST_SCHEMA", "workflows")
PROOF_SECONDS = 600
IS_POOLED = "WORKFLOWS_TEST_POOLER" in os.environ
# A prepared statement belongs to a session.
UNPREPARED: dict[str, Any] = {"prepare_threshold": None} if IS_POOLED else {}
Connect = Callable[..., psycopg.Connection[Any]]
_OF_SERVERS = {"server", "template", "database", "durable", "own_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for no server says the same beside each of them, and under each schema name. One that
    chooses its fixtures as it runs, by `request`, may ask for one. A test of the proof has longer than another.
    """
    for item in items:
        assert isinstance(item, pytest.Function)
        is_choosing = "request" in inspect.signature(item.function).parameters
        if not is_choosing and _OF_SERVERS.isdisjoint(item.fixturenames):
            item.add_marker("once")
        if item.get_closest_marker("proof") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(PROOF_SECONDS))


def install_schema(**connection: Any) -> None:
    connection.pop("autocommit", None)
    with psycopg.connect(**connection, autocommit=True) as conn:
        installer.install(conn, SCHEMA)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The suite's server: WORKFLOWS_TEST_SERVER, else Debian's 15, else the embedded 16."""
    with running_server() as started:
        yield started


@pytest.fixture(scope="session")
def entrance(server: Server) -> Iterator[Server | PgBouncer]:
    """Where sessions come in, by its dsn(): the server itself, or with WORKFLOWS_TEST_POOLER a PgBouncer that gives
    each transaction another session of it."""
    if not IS_POOLED:
        yield server
        return
    with running_pgbouncer(server, lifetime_seconds=0) as pooler:
        yield pooler


template = factories.postgresql_noproc(
    depends_on="server", dbname="workflows_test", load=[install_schema]
)


@pytest.fixture(scope="module")
def reuse(server: Server, template: Any) -> Iterator[Reuse]:
    reuse = Reuse(server, "workflows_test", template.template_dbname)
    yield reuse
    reuse.drop()


@pytest.fixture
def database(reuse: Reuse) -> Iterator[str]:
    """The name of a database with the schema installed and nothing in it."""
    yield reuse.take()
    reuse.give_back()


@pytest.fixture
def dsn(database: str, entrance: Server | PgBouncer) -> str:
    """A database with the schema installed and nothing in it."""
    return entrance.dsn(database)


@pytest.fixture
def empty_dsn(server: Server) -> Iterator[str]:
    """A fresh database with nothing in it, dropped at the end."""
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute("create database empty_test")
        yield server.dsn("empty_test")
        admin.execute("drop database empty_test with (force)")


@pytest.fixture
def connect(dsn: str) -> Iterator[Connect]:
    """connect(role=None, **keywords): autocommit sessions, closed at the end of the test."""
    opened = []

    def open_session(role: str | None = None, **keywords: Any) -> psycopg.Connection[Any]:
        conn = psycopg.connect(dsn, **{"autocommit": True, **UNPREPARED, **keywords})
        opened.append(conn)
        if role:
            conn.execute(f"set role {SCHEMA}_{role}")
        return conn

    yield open_session
    for conn in opened:
        conn.close()


@pytest.fixture
def conn(reuse: Reuse, connect: Connect) -> psycopg.Connection[Any]:
    """One autocommit session of the owner of the server, which goes from test to test."""
    return connect() if IS_POOLED else reuse.session()


@pytest.fixture(scope="session")
def schema() -> str:
    """The name that the suite runs under: WORKFLOWS_TEST_SCHEMA."""
    return SCHEMA


@pytest.fixture(scope="session")
def sql() -> Callable[[str], str]:
    """sql("select workflows.f()"): the same text for the schema that the suite runs under."""
    return lambda text: installer.rename(text, SCHEMA)


@pytest.fixture
def clock(conn: psycopg.Connection[Any], schema: str) -> Iterator[Clock]:
    """The database's clock: clock.advance(seconds), clock.freeze()."""
    clock = Clock(conn, schema)
    yield clock
    clock.reset()


@pytest.fixture
def short_lease(conn: psycopg.Connection[Any], sql: Callable[[str], str]) -> None:
    """Leases of one second, for tests that let a worker die."""
    conn.execute(sql("select workflows.set_setting('lease_seconds', '1')"))
