"""One copy of a database for test after test: to make its tables as they were takes a third of the time of a new one.

A test that has changed anything but rows, like a function or a grant, leaves the copy, and the next test gets a new one.
So it is with the session of the owner: functions are compiled once for each session, which takes longer than most tests.
"""

import contextlib
from typing import Any

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from tests.servers import Server, copied_database
from tests.waiting import wait_until

# More than that is not taken out row by row.
MOST_BYTES = 512 * 1024
_OURS = "nspname !~ '^(pg_|information_schema)'"
_ROWS = f"""
select c.oid::regclass::text, string_agg(quote_ident(a.attname), ', ' order by a.attnum)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid
where n.{_OURS} and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
group by c.oid"""
_SEQUENCES = f"""
select s.seqrelid::regclass::text from pg_sequence s join pg_class c on c.oid = s.seqrelid
join pg_namespace n on n.oid = c.relnamespace where n.{_OURS}"""
# Everything but rows that a test could have changed: which transaction wrote it in the catalog.
_SHAPE = f"""
with ours as (select oid from pg_namespace where {_OURS}),
relation as (select c.oid, c.xmin from pg_class c where c.relnamespace in (select oid from ours))
select md5(string_agg(concat_ws(' ', catalog, id, version), '|' order by catalog, id, version))
from (
  select 'namespace', n.oid, n.xmin::text from pg_namespace n where n.oid in (select oid from ours)
  union all select 'class', r.oid, r.xmin::text from relation r
  union all select 'attribute', a.attrelid, a.xmin::text
    from pg_attribute a where a.attrelid in (select oid from relation)
  union all select 'trigger', t.oid, t.xmin::text
    from pg_trigger t where t.tgrelid in (select oid from relation)
  union all select 'proc', p.oid, md5(p::text)
    from pg_proc p where p.pronamespace in (select oid from ours)
  union all select 'constraint', k.oid, k.xmin::text
    from pg_constraint k where k.connamespace in (select oid from ours)
  union all select 'type', y.oid, y.xmin::text
    from pg_type y where y.typnamespace in (select oid from ours)
  union all select 'setting', s.setrole, s.xmin::text from pg_db_role_setting s
  union all select 'extension', e.oid, e.xmin::text from pg_extension e
  union all select 'prepared', 0, x.transaction::text
    from pg_prepared_xacts x where x.database = current_database()) all_of_it(catalog, id, version)"""
_BIGGEST = f"""
select max(pg_relation_size(c.oid)) from pg_class c
join pg_namespace n on n.oid = c.relnamespace where n.{_OURS} and c.relkind = 'r'"""
_OTHERS = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> all (%s) and backend_type = 'client backend'"""
_AS_NEW = """
reset session authorization; reset all; unlisten *; discard temp; discard sequences;
select pg_advisory_unlock_all()"""


class Tables:
    """All rows of a database and its sequences as they are now; restore() makes them so again."""

    def __init__(self, conn: psycopg.Connection[Any]):
        # without triggers: the audit lets nobody delete
        again = ["set session_replication_role = replica"]
        for table, columns in conn.execute(_ROWS).fetchall():
            again.append(f"delete from {table}")
            query = f"select json_agg(t)::text from (select {columns} from {table}) t"
            (rows,) = conn.execute(query.encode()).fetchone() or (None,)
            if rows:
                given = sql.Literal(rows).as_string(conn)
                again.append(
                    f"insert into {table} ({columns}) overriding system value"
                    f" select {columns} from json_populate_recordset(null::{table}, {given})"
                )
        for (name,) in conn.execute(_SEQUENCES).fetchall():
            state = conn.execute(f"select last_value, is_called from {name}".encode()).fetchone()
            assert state
            again.append(f"select setval('{name}', {state[0]}, {state[1]})")
        self._restore = "; ".join(
            [*again, "set session_replication_role = origin", "select pg_stat_reset()"]
        )

    def restore(self, conn: psycopg.Connection[Any]) -> None:
        conn.execute(self._restore.encode())


class Reuse:
    def __init__(self, server: Server, name: str, template: str):
        self._server = server
        self._name = name
        self._template = template
        self._copy = contextlib.ExitStack()
        self._conn: psycopg.Connection[Any] | None = None
        self._session: psycopg.Connection[Any] | None = None
        self._shape = ""
        self._tables: Tables

    def take(self) -> str:
        """The name of the database, which is as the template."""
        if self._conn is None:
            self._copy.enter_context(copied_database(self._server, self._name, self._template))
            dsn = self._server.dsn(self._name, application_name="tests")
            self._conn = self._copy.enter_context(psycopg.connect(dsn, autocommit=True))
            self._shape = _value(self._conn, _SHAPE)
            self._tables = Tables(self._conn)
        return self._name

    def session(self) -> psycopg.Connection[Any]:
        """An autocommit session of the owner of the server, of one test at a time."""
        self.take()
        if self._session is None:
            dsn = self._server.dsn(self._name)
            self._session = self._copy.enter_context(psycopg.connect(dsn, autocommit=True))
        return self._session

    def give_back(self) -> None:
        """Take out what the test has put in, or the whole database where it is not to be known again."""
        assert self._conn is not None
        try:
            self._end_others(self._conn)
            is_known = _value(self._conn, _SHAPE) == self._shape
            if is_known and _value(self._conn, _BIGGEST) <= MOST_BYTES:
                self._tables.restore(self._conn)
                return
        except psycopg.OperationalError:  # the test has ended this session, too
            pass
        self.drop()

    def drop(self) -> None:
        self._conn = self._session = None
        self._copy.close()

    def _end_others(self, conn: psycopg.Connection[Any]) -> None:
        """As a dropped database ends its sessions, but for those that go on."""
        if self._session and not _is_as_new(self._session):
            self._session.close()
            self._session = None
        stay = [session.info.backend_pid for session in (conn, self._session) if session]
        wait_until(
            lambda: not conn.execute(_OTHERS, (stay,)).fetchall(), "the sessions of the test to end"
        )


def _is_as_new(session: psycopg.Connection[Any]) -> bool:
    """Whether it was left outside of a transaction, and could be made what it was."""
    is_idle = session.info.transaction_status is TransactionStatus.IDLE and session.autocommit
    with contextlib.suppress(psycopg.Error):
        if is_idle:
            session.execute(_AS_NEW)
            return True
    return False


def _value(conn: psycopg.Connection[Any], query: str) -> Any:
    row = conn.execute(query.encode()).fetchone()
    assert row
    return row[0]
