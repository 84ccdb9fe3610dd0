"""The database's clock under a test's control: clock_now(), replaced in the test's database."""

from typing import Any

import psycopg
from psycopg import sql

_REPLACE = """
do $replace$
declare
  v_source text := pg_get_functiondef({function}::regproc);
  v_body text := (select prosrc from pg_proc where oid = {function}::regproc);
begin
  execute replace(v_source, v_body, {body});
end
$replace$"""


class Clock:
    """Moves the time that every function of the schema sees."""

    def __init__(self, conn: psycopg.Connection[Any], schema: str):
        self._conn = conn
        self._function = f"{schema}.clock_now"
        self._seconds = 0.0
        self._frozen_at: str | None = None
        query = (
            "select l.lanname, p.prosrc from pg_proc p join pg_language l on l.oid = p.prolang"
            " where p.oid = %s::regproc"
        )
        row = conn.execute(query, (self._function,)).fetchone()
        assert row
        self._is_plpgsql = row[0] == "plpgsql"
        self._body = row[1]

    def advance(self, seconds: float) -> None:
        """Everything due within the next `seconds` is due now."""
        self._seconds += seconds
        self._replace()

    def reset(self) -> None:
        """The clock goes as it did."""
        if self._seconds or self._frozen_at:
            self._seconds, self._frozen_at = 0.0, None
            self._replace_with(self._body)

    def freeze(self) -> None:
        """The clock stands still until it is moved."""
        row = self._conn.execute("select clock_timestamp()::text").fetchone()
        assert row
        self._frozen_at = row[0]
        self._replace()

    def _replace(self) -> None:
        start = f"'{self._frozen_at}'::timestamptz" if self._frozen_at else "clock_timestamp()"
        moved = f"{start} + interval '{self._seconds} seconds'"
        self._replace_with(
            f" begin return {moved}; end " if self._is_plpgsql else f" select {moved} "
        )

    def _replace_with(self, body: str) -> None:
        self._conn.execute(
            sql.SQL(_REPLACE).format(function=sql.Literal(self._function), body=sql.Literal(body))
        )
