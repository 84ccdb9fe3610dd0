"""The tables of the library before this one, read in one snapshot and never written."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from exchange.workflows.cpython.predecessor_rows import FINAL, Row, clean_name
from exchange.workflows.settings import QUEUE_NAME

_NEEDED = ("workflow_status", "operation_outputs")
# Each may be large: what stands there had no limit.
_ROWS = 50


class Source:
    """One schema of its tables."""

    def __init__(self, conn: psycopg.Connection[Any], schema: str):
        self.conn = conn
        self.schema = schema

    def problem(self) -> str | None:
        """Why these are not its tables."""
        missing = [name for name in _NEEDED if not self.has(name)]
        if missing:
            return f"schema {self.schema!r} has no table {' and '.join(missing)}"
        return None

    def has(self, table: str) -> bool:
        query = """select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = %s and c.relname = %s and c.relkind in ('r', 'p')"""
        return self.conn.execute(query, (self.schema, table)).fetchone() is not None

    def versions(self, table: str, *order: str) -> list[Row]:
        """All rows of a table of templates or enums, the oldest version first."""
        if not self.has(table):
            return []
        columns = sql.SQL(", ").join(map(sql.Identifier, order))
        query = sql.SQL("select * from {} order by {}").format(self._table(table), columns)
        return self._dicts(query)

    def queues(self) -> list[str]:
        """The queues of what has ended."""
        query = sql.SQL(
            "select distinct queue_name from {} where upper(btrim(status)) = any (%s) order by 1"
        ).format(self._table("workflow_status"))
        rows = self.conn.execute(query, (list(FINAL),)).fetchall()
        return sorted({clean_name(name) or QUEUE_NAME for (name,) in rows})

    def workflows(self) -> Iterator[list[Row]]:
        """Every workflow in batches, each with its steps under `steps`."""
        query = sql.SQL("select * from {} order by workflow_id").format(
            self._table("workflow_status")
        )
        with self.conn.cursor("predecessor", row_factory=dict_row) as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(_ROWS):
                steps = self._steps([row["workflow_id"] for row in rows])
                yield [{**row, "steps": steps.get(row["workflow_id"], [])} for row in rows]

    def _steps(self, ids: list[Any]) -> dict[Any, list[Row]]:
        query = sql.SQL(
            "select * from {} where workflow_id = any (%s) order by workflow_id, call_seq"
        ).format(self._table("operation_outputs"))
        found: dict[Any, list[Row]] = {}
        for row in self._dicts(query, (ids,)):
            found.setdefault(row["workflow_id"], []).append(row)
        return found

    def _dicts(self, query: sql.Composed, arguments: Iterable[Any] = ()) -> list[Row]:
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query, tuple(arguments)).fetchall()

    def _table(self, name: str) -> sql.Identifier:
        return sql.Identifier(self.schema, name)


@contextmanager
def open_source(dsn: str, schema: str) -> Iterator[Source]:
    with psycopg.connect(dsn, application_name="ignition-workflows") as conn:
        conn.read_only = True
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield Source(conn, schema)
