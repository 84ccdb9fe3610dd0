"""Every promise over every connector: one line each."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from exchange.workflows import errors
from exchange.workflows.cpython.placeholders import to_psycopg
from exchange.workflows.engine import instance
from tests.conformance import promises
from tests.conformance.jvm import Jvm, JvmFailed
from tests.conftest import SCHEMA, install_schema
from tests.pgbouncer import PgBouncer
from tests.servers import SUPERUSER, Server

KEPT = [("psycopg", name) for name in promises.names(is_gateway=False)]
KEPT += [("jdbc", name) for name in promises.names(is_gateway=True)]
_CONNECTIONS = 4
# What needs a session that stays, besides all that listens: idle marks, and a worker that listens again.
OF_SESSIONS = (
    "a_worker_comes_back_when_all_its_sessions_were_terminated",
    "an_idle_worker_is_woken",
    "claiming_and_renewing_stay_on_one_session",
    "marks_of_a_session_are_gone_when_it_closes",
)


class PsycopgWorld(promises.World):
    def __init__(self, dsn: str, direct_dsn: str | None = None):
        promises.World.__init__(self, instance.choose_host(), SCHEMA)
        self._dsn = dsn
        self._admin = psycopg.connect(direct_dsn or dsn, autocommit=True)

    def make_connector(self, **options: Any) -> Any:
        return instance.open_connector(self._dsn, self.schema, pool_size=_CONNECTIONS, **options)

    def admin(self, sql: str, args: Any = ()) -> list[Any]:
        cursor = self._admin.execute(to_psycopg(sql), list(args))
        return [list(row) for row in cursor.fetchall()] if cursor.description else []

    def signal(self, pid: int, name: str) -> None:
        os.kill(pid, getattr(signal, "SIG" + name))

    def take_all_connections(self, connector: Any) -> Callable[[], None]:
        taken = [connector.transaction() for _ in range(_CONNECTIONS)]
        for transaction in taken:
            transaction.__enter__()

        def give_back() -> None:
            for transaction in taken:
                transaction.__exit__(None, None, None)

        return give_back

    def close(self) -> None:
        promises.World.close(self)
        self._admin.close()


@contextlib.contextmanager
def temporary_database(server: Server, name: str) -> Iterator[str]:
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute(f"create database {name}")
        try:
            install_schema(conninfo=server.dsn(name))
            yield name
        finally:
            admin.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="module")
def psycopg_world(server: Server, entrance: Server | PgBouncer) -> Iterator[PsycopgWorld]:
    with temporary_database(server, "conformance_psycopg") as name:
        world = PsycopgWorld(entrance.dsn(name), server.dsn(name))
        yield world
        world.close()


@pytest.fixture(scope="module")
def jvm(server: Server) -> Iterator[Jvm]:
    with temporary_database(server, "conformance_jdbc") as name:
        started = Jvm("127.0.0.1", server.port, name, SUPERUSER, SCHEMA)
        yield started
        started.stop()


def marked(connector: str, name: str) -> Any:
    listens = promises.by_name()[name].__module__.endswith("listening")
    marks = [pytest.mark.session] if listens or name in OF_SESSIONS else []
    return pytest.param(connector, name, id=f"{connector}-{name}", marks=marks)


@pytest.mark.parametrize("connector, name", [marked(*one) for one in KEPT])
def test_promise(connector: str, name: str, request: pytest.FixtureRequest) -> None:
    if connector == "jdbc":
        try:
            request.getfixturevalue("jvm").keep(name)
        except JvmFailed as error:
            pytest.fail(str(error), pytrace=False)
    else:
        promises.by_name()[name](request.getfixturevalue("psycopg_world"))


def test_what_a_promise_asks_for_can_be_missed(psycopg_world: PsycopgWorld) -> None:
    """The suite's own negative control: an error that is not raised, and one of the other kind."""
    with pytest.raises(AssertionError):
        promises.refused(errors.BadArgument, len, "")
    with pytest.raises(errors.DatabaseError):
        promises.refused(errors.BadArgument, psycopg_world.connector.call, "select nothing", ())


def test_without_its_jars_the_suite_fails_and_says_what_to_install(
    monkeypatch: Any, tmp_path: Any
) -> None:
    monkeypatch.setattr("tests.conformance.jvm.JARS", tmp_path)
    with pytest.raises(AssertionError, match="apt-get install jython"):
        Jvm("127.0.0.1", 1, "none", "none", SCHEMA)
