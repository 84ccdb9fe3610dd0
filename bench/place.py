"""Where a sample runs: a fresh database per sample, cloned from one template per system."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bench.systems.system import System


class Place:
    """The server, and the templates made on it so far."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._templates: set[str] = set()
        self._clones = 0

    def dsn_of(self, database: str) -> str:
        """The same server, another database, as a URL (some peers accept nothing else)."""
        parts = conninfo_to_dict(self.dsn)
        password = f":{parts['password']}" if parts.get("password") else ""
        host = f"{parts.get('host', '127.0.0.1')}:{parts.get('port', 5432)}"
        return f"postgresql://{parts.get('user', 'postgres')}{password}@{host}/{database}"

    def server_version(self) -> str:
        with psycopg.connect(self.dsn) as connection:
            return str(connection.execute("show server_version").fetchone()[0])  # type: ignore[index]

    @contextmanager
    def fresh(self, system: System, template: str | None = None) -> Iterator[str]:
        """A database with the system's schema installed and nothing in it, dropped at the end."""
        source = template or self._template(system)
        self._clones += 1
        name = f"bench_{system.name}_{self._clones}"
        with self.administration() as connection:
            _create(connection, name, source)
        try:
            yield self.dsn_of(name)
        finally:
            self.drop(name)

    def _template(self, system: System) -> str:
        name = f"bench_{system.name}"
        if name not in self._templates:
            self.drop(name)
            with self.administration() as connection:
                _create(connection, name, "template0")
            system.install(self.dsn_of(name))
            self._templates.add(name)
        return name

    def frozen(self, system: System, state: str, prepare: Callable[[str], None]) -> str:
        """A template in some state, prepared once and cloned by later samples."""
        name = f"bench_{system.name}_{state}"
        if name not in self._templates:
            self.drop(name)
            with self.administration() as connection:
                _create(connection, name, self._template(system))
            prepare(self.dsn_of(name))
            self._templates.add(name)
        return name

    def drop(self, name: str) -> None:
        with self.administration() as connection:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )

    @contextmanager
    def administration(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(make_conninfo(self.dsn), autocommit=True) as connection:
            yield connection


def _create(connection: psycopg.Connection, name: str, template: str) -> None:
    """Copied as files where there is a choice: the WAL would hold a million workflows twice."""
    copied = sql.SQL("create database {} template {}").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    has_choice = connection.info.server_version >= 150000
    connection.execute(copied + sql.SQL(" strategy file_copy") if has_choice else copied)
