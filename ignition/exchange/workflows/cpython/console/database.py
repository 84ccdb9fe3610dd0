"""The console's way to the database: the client functions and the views, as the role of who asks.

Every transaction takes a role first: an action that of the logged-in person, so that the database
refuses what the person may not do; a page the least role that may see it, and may only read.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString

import psycopg
import psycopg_pool
from psycopg import sql
from psycopg.rows import dict_row

from exchange.workflows.cpython import function_call
from exchange.workflows.cpython.failures import Failure, explain

POOL_SIZE = 6
WAIT_SECONDS = 3.0
STATEMENT_SECONDS = 5
APPLICATION_NAME = "ignition-workflows-console"
Connection = psycopg.AsyncConnection[Any]
Argument = str | int | bool | datetime | None

_BEGIN = (
    "select set_config('role', %s, true), set_config('transaction_read_only', %s, true),"
    " set_config('timezone', 'UTC', true),"
    " set_config('statement_timeout', %s, true), set_config('jit', 'off', true)"
)


class Database:
    """A pool of a few connections. Errors come out as Failure, in words for a person."""

    def __init__(self, dsn: str, schema: str):
        self.schema = schema
        self.queries = 0
        self._pool = psycopg_pool.AsyncConnectionPool(
            dsn,
            kwargs={
                "autocommit": True,
                "prepare_threshold": None,
                "connect_timeout": 5,
                "application_name": APPLICATION_NAME,
            },
            min_size=0,
            max_size=POOL_SIZE,
            timeout=WAIT_SECONDS,
            reconnect_timeout=WAIT_SECONDS,
            open=False,
        )

    async def open(self) -> None:
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close(timeout=2)

    def as_role(self, role: str, is_read_only: bool = False) -> "Client":
        """What a person with the role viewer, operator or admin can ask. is_read_only: for pages,
        so that no GET can change anything."""
        return Client(self, f"{self.schema}_{role}", is_read_only)

    @contextlib.asynccontextmanager
    async def transaction(
        self, database_role: str, is_read_only: bool
    ) -> AsyncIterator[Connection]:
        try:
            async with self._pool.connection() as conn, conn.transaction():
                self.queries += 1
                await conn.execute(
                    _BEGIN,
                    (database_role, "on" if is_read_only else "off", f"{STATEMENT_SECONDS}s"),
                )
                yield conn
        except (psycopg.Error, psycopg_pool.PoolTimeout, psycopg_pool.PoolClosed) as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> Failure:
        if not isinstance(error, psycopg.Error):
            return explain(psycopg.OperationalError(str(error)), self.schema)
        if isinstance(error, psycopg.OperationalError):
            self._forget_others()
        return explain(error, self.schema)

    def _forget_others(self) -> None:
        """Where one connection is lost, the idle ones are, too; psycopg-pool has this from 3.3 on."""
        drain = getattr(self._pool, "drain", None)
        if drain is not None:
            self._draining = asyncio.ensure_future(drain())


class Client:
    """Calls of one role. Each is a transaction of its own."""

    def __init__(self, database: Database, database_role: str, is_read_only: bool):
        self.database = database
        self._begin = (database_role, is_read_only)

    async def call(self, function: str, **arguments: Argument) -> Any:
        """Call a function of the schema and answer what it answers, JSON decoded. An argument that
        is None is left out. Raises Failure."""
        query, values = function_call.statement(self.database.schema, function, arguments)
        async with self.database.transaction(*self._begin) as conn:
            cursor = await conn.execute(query, values)
            return function_call.decoded(await cursor.fetchone())

    async def rows(
        self, query: LiteralString, arguments: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[dict[str, Any]]:
        """The rows of a query on views; {schema} in it is the schema's name. Raises Failure."""
        text = sql.SQL(query).format(schema=sql.Identifier(self.database.schema))
        async with (
            self.database.transaction(*self._begin) as conn,
            conn.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(text, arguments or None)
            return await cursor.fetchall()

    async def together(self, **queries: LiteralString) -> dict[str, list[dict[str, Any]]]:
        """The rows of several queries on views by one statement, times as text: what a page needs
        of different views, as they were at one moment. Raises Failure."""
        parts = sql.SQL(", ").join(
            sql.SQL("(select coalesce(json_agg(q), '[]') from ({}) q) as {}").format(
                sql.SQL(query).format(schema=sql.Identifier(self.database.schema)),
                sql.Identifier(name),
            )
            for name, query in queries.items()
        )
        async with (
            self.database.transaction(*self._begin) as conn,
            conn.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(sql.SQL("select {}").format(parts))
            row = await cursor.fetchone()
        assert row is not None
        return row
