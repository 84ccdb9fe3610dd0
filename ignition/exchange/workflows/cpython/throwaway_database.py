"""A database of its own for a test, whose time the test can move. Used through exchange.workflows.testing."""

from __future__ import annotations

import secrets
from types import TracebackType
from typing import Any

import psycopg
from psycopg import conninfo, sql

from exchange.workflows.cpython import installer
from exchange.workflows.engine import instance
from exchange.workflows.settings import SCHEMA_NAME

_MARK = "made by exchange.workflows.testing"


class ThrowawayDatabase:
    """Made by testing.create_test_database(); dropped by close() or at the end of the with block.

    dsn: how to reach it. name: also its dbName, for getWorkflows(dbName) and the functions of api.service.
    workflows: what getWorkflows(name) answers.
    """

    def __init__(self, server_dsn: str, schema: str = SCHEMA_NAME):
        self._server_dsn = server_dsn
        self._schema = schema
        self.name = "workflows_test_" + secrets.token_hex(6)
        self._mark = f"{_MARK} {secrets.token_hex(16)}"
        self._seconds = 0.0
        self.dsn = conninfo.make_conninfo(server_dsn, dbname=self.name)
        name = sql.Identifier(self.name)
        self._on_server(sql.SQL("create database {}").format(name))
        try:
            mark = sql.Literal(self._mark)
            self._on_server(sql.SQL("comment on database {} is {}").format(name, mark))
            with psycopg.connect(self.dsn, autocommit=True) as connection:
                installer.install(connection, schema)
            self.workflows = instance.configure(self.dsn, schema=schema, dbName=self.name)
        except BaseException:
            self._drop()
            raise

    def drain(self, queueName: str | None = None) -> list[dict[str, Any]]:  # noqa: N803
        """Work everything that is claimable now, in this thread: see testing.drain."""
        from exchange.workflows import testing

        return testing.drain(self.name, queueName)

    def move_time(
        self, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> None:
        """Let so much time pass for every decision of this database; negative moves back."""
        self._seconds += seconds + 60 * minutes + 3600 * hours + 86400 * days
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            self._refuse_any_other(connection)
            moved = f"select clock_timestamp() + interval '{self._seconds:f} seconds'"
            connection.execute(
                sql.SQL(
                    "create or replace function {}.clock_now() returns timestamptz"
                    " language sql volatile as {}"
                ).format(sql.Identifier(self._schema), sql.Literal(moved))
            )

    def close(self) -> None:
        """Close what this process has open there, and drop it."""
        self.workflows.close()
        self._drop()

    def __enter__(self) -> ThrowawayDatabase:
        return self

    def __exit__(
        self,
        error_class: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _refuse_any_other(self, connection: psycopg.Connection[Any]) -> None:
        """The mark is known to this instance alone: no other database can have it."""
        row = connection.execute(
            "select shobj_description(oid, 'pg_database') from pg_database"
            " where datname = current_database()"
        ).fetchone()
        if row is None or row[0] != self._mark:
            raise PermissionError("time is moved only in a database that this test made itself")

    def _drop(self) -> None:
        name = sql.Identifier(self.name)
        self._on_server(sql.SQL("drop database if exists {} with (force)").format(name))

    def _on_server(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._server_dsn, autocommit=True) as connection:
            connection.execute(statement)
