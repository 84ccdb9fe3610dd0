"""The installer: sql/install.sql, rendered into one idempotent transaction for any schema name.

`render()` gives the script that any SQL client can run, `plan()` says what it would change in a
database, `install()` runs it. Migrations are guarded by the ledger `schema_migration`; functions,
views and grants are replaced every time.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from exchange.workflows.settings import SCHEMA_NAME

_SCHEMA_NAME = re.compile(r"^[a-z][a-z0-9_]{0,40}$")
_RESERVED = re.compile(r"^(pg_.*|public|information_schema)$")
_ROLE = r"\bworkflows_(owner|enqueuer|worker|operator|viewer|admin|wake)\b"
_INCLUDE = re.compile(r"^\\ir?\s+(\S+)$")
_PSQL_SETTING = re.compile(r"^\\(set|echo|pset)\b")
_FUNCTION = re.compile(
    r"create (?:or replace )?function \w+\.(\w+)\s*\(.*?\bas\s+('|\$\w*\$)(.*?)\2", re.I | re.S
)


class InstallerError(Exception):
    """The sources or the schema name cannot be used; the text says why."""


@dataclass(frozen=True)
class Source:
    """One file of the manifest."""

    path: str
    text: str

    @property
    def is_migration(self) -> bool:
        return self.path.startswith("migrations/")

    @property
    def file_name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def version(self) -> int:
        return int(self.file_name[:4])

    @property
    def is_breaking(self) -> bool:
        return self.text.startswith("-- breaking")

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Plan:
    """What `install()` would change. Nothing can be installed where it is newer or edited."""

    schema: str
    installed_version: int
    library_version: int
    pending: list[Source]
    edited: list[str]
    new_functions: list[str]
    changed_functions: list[str]

    @property
    def is_newer(self) -> bool:
        return self.installed_version > self.library_version

    @property
    def is_current(self) -> bool:
        return not (self.pending or self.new_functions or self.changed_functions or self.edited)


def sql_directory() -> Path:
    """The sources: beside this file in a wheel, at the root of a checkout."""
    here = Path(__file__).resolve()
    for candidate in (here.parent / "sql", here.parents[4] / "sql"):
        if (candidate / "install.sql").exists():
            return candidate
    raise InstallerError("install.sql is missing from this installation; install the package again")


def read_sources(directory: Path | None = None) -> list[Source]:
    """The files that install.sql includes, in its order."""
    directory = directory or sql_directory()
    sources = []
    for number, line in enumerate(_lines(directory / "install.sql"), start=1):
        line = line.strip()
        included = _INCLUDE.match(line)
        if included:
            path = included.group(1)
            sources.append(Source(path, (directory / path).read_text(encoding="utf-8")))
        elif line and not line.startswith("--") and not _PSQL_SETTING.match(line):
            raise InstallerError(f"install.sql line {number} is not an \\ir: {line}")
    return sources


def check_schema_name(schema: str) -> str:
    if not _SCHEMA_NAME.match(schema) or _RESERVED.match(schema):
        raise InstallerError(
            f"schema name {schema!r} is refused: lower-case letters, digits and _, at most 41,"
            " starting with a letter, not public and not pg_..."
        )
    return schema


def rename(text: str, schema: str) -> str:
    """The same SQL for another schema: qualified names, role names, the quoted name itself."""
    if schema == SCHEMA_NAME:
        return text
    text = re.sub(r"\bworkflows(?=\.[a-z_%])", schema, text)
    text = re.sub(r"\b(schema (?:if (?:not )?exists )?)workflows\b", rf"\g<1>{schema}", text)
    text = re.sub(_ROLE, rf"{schema}_\1", text)
    # The first key of a JSON answer may have the same name.
    return re.sub(r"(?<!_build_object\()'workflows'", f"'{schema}'", text)


def render(schema: str = SCHEMA_NAME, directory: Path | None = None) -> str:
    """The whole installation as one transaction; running it again changes nothing."""
    check_schema_name(schema)
    sources = read_sources(directory)
    parts = [_OPENING]
    for source in sources:
        if source.is_migration:
            parts.append(_guarded(source, schema))
        else:
            parts.append(f"-- {source.path}\n{rename(source.text, schema).strip()}\n")
        if source.path == "bootstrap.sql":
            parts.append(_refuse_newer(_newest(sources), schema))
            parts.append(_lock_tables(_newest(sources), schema))
    parts.append("commit;\n")
    return "\n".join(parts)


def plan(
    conn: psycopg.Connection[Any], schema: str = SCHEMA_NAME, directory: Path | None = None
) -> Plan:
    """What `install()` would change in this database; changes nothing."""
    check_schema_name(schema)
    sources = read_sources(directory)
    migrations = [source for source in sources if source.is_migration]
    ledger = _read_ledger(conn, schema)
    wanted = _functions_of(sources, schema)
    present = _functions_in(conn, schema)
    return Plan(
        schema=schema,
        installed_version=max(ledger, default=0),
        library_version=_newest(sources),
        pending=[m for m in migrations if m.version not in ledger],
        edited=[m.file_name for m in migrations if ledger.get(m.version, m.sha256) != m.sha256],
        new_functions=sorted(set(wanted) - set(present)),
        changed_functions=sorted(
            name for name, body in wanted.items() if name in present and present[name] != body
        ),
    )


def install(
    conn: psycopg.Connection[Any], schema: str = SCHEMA_NAME, directory: Path | None = None
) -> Plan:
    """Bring the database to this library's version in one transaction; says what it found to do.

    Raises psycopg errors with SQLSTATE WF008 (the schema is newer) and WF902 (an applied migration
    was edited); nothing is changed then.
    """
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise InstallerError("the installer needs a connection without an open transaction")
    was_autocommit, conn.autocommit = conn.autocommit, True
    try:
        found = plan(conn, schema, directory)
        conn.execute(render(schema, directory).encode(), prepare=False)
        return found
    finally:
        if conn.info.transaction_status == TransactionStatus.INERROR:
            conn.execute("rollback")
        if not conn.closed:
            conn.autocommit = was_autocommit


# Read committed, so that whoever waited for the advisory lock sees what the other one did. The
# narrow search_path refuses a source that forgets to qualify a name.
_OPENING = """\
begin isolation level read committed;
set local client_min_messages = warning;
set local search_path = pg_catalog, pg_temp;
"""


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _newest(sources: list[Source]) -> int:
    return max((source.version for source in sources if source.is_migration), default=0)


def _refuse_newer(library_version: int, schema: str) -> str:
    """Once the other installers are done: a table that somebody keeps locked is not waited for long,
    since every worker would wait behind us."""
    return f"""\
set local lock_timeout = '10s';
do $guard$
declare
  v_version integer := (select max(version) from {schema}.schema_migration);
begin
  if v_version > {library_version} then
    raise exception using errcode = 'WF008', message = 'schema is newer than this installer',
      detail = json_build_object('schema_version', v_version, 'library_version', {library_version}),
      hint = 'upgrade the library: pip install --upgrade ignition-workflows';
  end if;
end
$guard$;
"""


def _lock_tables(library_version: int, schema: str) -> str:
    """Before a migration every table at once or none, and soon: claims and finishes lock them in different orders,
    and who holds one of them must not wait for another that we have."""
    return f"""\
do $tables$
declare
  v_tables text := (select string_agg(c.oid::regclass::text, ', ' order by c.relname) from pg_class c
    where c.relnamespace = to_regnamespace('{schema}') and c.relkind = 'r' and c.relname <> 'schema_migration');
begin
  if v_tables is null or (select max(version) from {schema}.schema_migration) >= {library_version} then return; end if;
  for v_try in 1..90 loop
    begin
      perform set_config('lock_timeout', '50ms', true);
      execute 'lock table ' || v_tables || ' in access exclusive mode';
      perform set_config('lock_timeout', '10s', true);
      return;
    exception when lock_not_available or deadlock_detected then perform pg_sleep(0.02 + 0.08 * random());
    end;
  end loop;
  raise exception using errcode = '55P03', message = 'somebody keeps a table of the schema locked',
    hint = 'end the longest transaction in pg_stat_activity, then run this again';
end
$tables$;
"""


def _guarded(migration: Source, schema: str) -> str:
    """Apply a migration unless the ledger has it; refuse if the ledger has another text of it."""
    tag = f"$migration_{migration.version:04d}$"
    if tag in migration.text or "$guard$" in migration.text:
        raise InstallerError(f"{migration.path} must not contain {tag} or $guard$")
    name, digest = migration.file_name, migration.sha256
    return f"""\
do $guard$
declare
  v_sha256 text := (
    select sha256 from {schema}.schema_migration where version = {migration.version});
begin
  if v_sha256 <> '{digest}' then
    raise exception using errcode = 'WF902', message = 'applied migration was edited',
      detail = json_build_object('file_name', '{name}'),
      hint = 'restore the released file and put the change into a new migration';
  elsif v_sha256 is null then
    execute {tag}
{rename(migration.text, schema).strip()}
{tag};
    insert into {schema}.schema_migration (version, file_name, sha256, is_breaking, applied_at)
    values ({migration.version}, '{name}', '{digest}', {str(migration.is_breaking).lower()},
            clock_timestamp());
  end if;
end
$guard$;
"""


def _read_ledger(conn: psycopg.Connection[Any], schema: str) -> dict[int, str]:
    found = conn.execute("select to_regclass(%s)", (f"{schema}.schema_migration",)).fetchone()
    if not found or found[0] is None:
        return {}
    query = sql.SQL("select version, sha256 from {}").format(
        sql.Identifier(schema, "schema_migration")
    )
    return {row[0]: row[1] for row in conn.execute(query).fetchall()}


def _functions_of(sources: list[Source], schema: str) -> dict[str, str]:
    return {
        name: body
        for source in sources
        for name, _, body in _FUNCTION.findall(rename(source.text, schema))
    }


def _functions_in(conn: psycopg.Connection[Any], schema: str) -> dict[str, str]:
    query = "select proname, prosrc from pg_proc where pronamespace = to_regnamespace(%s)"
    return {row[0]: row[1] for row in conn.execute(query, (schema,)).fetchall()}
