"""One session on the real functions: calls, a clock that the test moves, and a dump of every table."""

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from psycopg import sql as quoting

from tests.model.dump import CLEAN, DUMP, PREPARE

EPOCH_MS = 1_800_000_000_000


class Refusal(Exception):
    """A function raised one of the documented errors."""

    def __init__(self, code: str | None, detail: str | None):
        super().__init__(f"{code} {detail}")
        self.code = code


class Session:
    """The functions under test. Time is in milliseconds and moves only when it is told to."""

    def __init__(self, conn: psycopg.Connection[Any], rename: Callable[[str], str]):
        self.conn = conn
        self._rename = rename
        self._dump = rename(DUMP)
        self.now = EPOCH_MS
        self.calls = 0
        conn.execute("set jit = off")
        for statement in PREPARE:
            conn.execute(rename(statement))
        self.queues = dict(self.rows("select queue_name, queue_id from workflows.queue"))

    def rows(self, statement: str, arguments: Any = ()) -> list[Any]:
        return self.conn.execute(self._rename(statement), arguments).fetchall()

    def set_time(self, now: int) -> None:
        self.now = now
        self.conn.execute("select set_config('test.now_ms', %s, false)", (str(now),))

    def tick(self, milliseconds: int = 1) -> int:
        self.set_time(self.now + milliseconds)
        return self.now

    def call(self, function: str, *arguments: Any) -> Any:
        """What the function answers, read as JSON; Refusal where it raises."""
        self.calls += 1
        marks = ", ".join(["%s"] * len(arguments))
        texts = [json.dumps(a) if isinstance(a, (dict, list)) else a for a in arguments]
        try:
            answer = self.rows(f"select workflows.{function}({marks})", texts)[0][0]
        except psycopg.Error as error:
            raise Refusal(error.sqlstate, error.diag.message_detail) from error
        return json.loads(answer) if isinstance(answer, str) and answer[:1] in "{[" else answer

    def dump(self) -> dict[str, Any]:
        row = self.conn.execute(self._dump, prepare=True).fetchone()
        assert row
        return {table: rows or [] for table, rows in row[0].items()}

    def clean(self) -> None:
        """An empty queue; the schema and the plans of its functions stay as they are."""
        self.set_time(EPOCH_MS)
        self.conn.execute(self._rename(CLEAN))

    def clean_also(self, statement: str) -> None:
        self.conn.execute(self._rename(statement))

    def skip_sequence(self, count: int) -> None:
        """As if so many workflows had come and gone."""
        self.rows(
            "select setval('workflows.ready_seq', nextval('workflows.ready_seq') + %s)", [count]
        )

    @contextlib.contextmanager
    def mutated(self, function: str, before: str, after: str) -> Iterator[None]:
        """A piece of a function's source is replaced meanwhile."""
        query = "select pg_get_functiondef(p.oid) from pg_proc p join pg_namespace n"
        query += " on n.oid = p.pronamespace where n.nspname = 'workflows' and p.proname = %s"
        source = self.rows(query, (function,))[0][0]
        before, after = self._rename(before), self._rename(after)
        assert before in source, f"{function} does not contain {before}"
        self.conn.execute(quoting.SQL(source.replace(before, after)))
        try:
            yield
        finally:
            self.conn.execute(quoting.SQL(source))
