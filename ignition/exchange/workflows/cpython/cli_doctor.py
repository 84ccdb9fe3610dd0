"""doctor: what is wrong between here and the database, and what to do about it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from rich.table import Table
from rich.text import Text

from exchange.workflows.cpython import installer
from exchange.workflows.cpython.cli_output import plain_table, span
from exchange.workflows.cpython.cli_session import Session
from exchange.workflows.cpython.failures import ExitCode, Failure

OLDEST_SERVER = 13
NEWEST_SERVER = 18
SUPPORTED = f"PostgreSQL {OLDEST_SERVER} to {NEWEST_SERVER}"
ROLES = ("owner", "enqueuer", "worker", "operator", "viewer", "admin")
_STYLE = {"ok": "green", "warning": "yellow", "error": "red"}


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    topic: str
    status: str
    found: str
    advice: str = ""


def doctor(session: Session) -> None:
    """Check the connection, versions, roles and health, and say what to do."""
    findings = [finding for check in CHECKS for finding in check(session)]
    session.show([asdict(finding) for finding in findings], _table(findings))
    errors = [finding for finding in findings if finding.status == "error"]
    if errors:
        is_schema = errors[0].topic == "schema"
        code = ExitCode.SCHEMA_VERSION if is_schema else ExitCode.REFUSED
        raise Failure(code, f"{errors[0].topic}: {errors[0].found}", errors[0].advice)


def check_server(session: Session) -> Iterator[Finding]:
    started = time.monotonic()
    version = session.value("show server_version")
    took = span(time.monotonic() - started)
    major = session.conn.info.server_version // 10000
    where = session.conn.info.host or "the local socket"
    found = f"PostgreSQL {version} at {where}, one round trip {took}"
    if major < OLDEST_SERVER:
        yield Finding("server", "error", found, f"use {SUPPORTED}")
    elif major > NEWEST_SERVER:
        yield Finding("server", "warning", found, f"tested with {SUPPORTED}")
    else:
        yield Finding("server", "ok", found)
    if session.value("select pg_is_in_recovery()"):
        advice = "name all hosts in the DSN and add target_session_attrs=read-write"
        yield Finding("server", "error", "this is a standby, nothing can be written", advice)


def check_pooler(session: Session) -> Iterator[Finding]:
    """A pooler's sessions show another backend than the one that greeted us."""
    if session.conn.info.backend_pid != session.value("select pg_backend_pid()"):
        advice = "give workers a direct DSN; through a pooler in transaction mode they poll"
        yield Finding("connection", "warning", "through a connection pooler", advice)


def check_durability(session: Session) -> Iterator[Finding]:
    """Settings that a queue cannot do with."""
    for name, advice in (
        ("fsync", "a power cut can lose or corrupt everything: turn it on"),
        ("full_page_writes", "a power cut can corrupt the tables: turn it on"),
        ("autovacuum", "a queue that is never vacuumed slows down: turn it on"),
        ("track_counts", "autovacuum needs it: turn it on"),
    ):
        if session.value("select current_setting(%s)", name) == "off":
            yield Finding("server", "warning", f"{name} = off", advice)


def check_schema(session: Session) -> Iterator[Finding]:
    found = installer.plan(session.conn, session.schema)
    versions = f"version {found.installed_version}, this program has {found.library_version}"
    if not found.installed_version:
        advice = "run: ignition-workflows init"
        yield Finding("schema", "error", f"{session.schema} is not installed", advice)
    elif found.is_newer:
        yield Finding("schema", "error", versions, "pip install --upgrade ignition-workflows")
    elif found.edited:
        edited = f"edited after it was applied: {', '.join(found.edited)}"
        yield Finding("schema", "error", edited, "install the released package again")
    elif found.pending:
        yield Finding("schema", "error", versions, "run: ignition-workflows migrate")
    elif not found.is_current:
        changed = found.new_functions + found.changed_functions
        advice = "run: ignition-workflows migrate --yes"
        yield Finding("schema", "warning", f"functions differ: {', '.join(changed[:5])}", advice)
    else:
        yield Finding("schema", "ok", f"{session.schema} {versions}")


def check_roles(session: Session) -> Iterator[Finding]:
    names = [f"{session.schema}_{role}" for role in ROLES]
    query = """
      select coalesce(array_agg(rolname::text), '{}'),
        coalesce(array_agg(rolname::text) filter (where pg_has_role(oid, 'usage')), '{}')
      from pg_roles where rolname = any (%s)"""
    row = session.conn.execute(query, (names,)).fetchone()
    present, mine = row if row else ([], [])
    user = session.conn.info.user
    missing = [name for name in names if name not in present]
    if missing:
        advice = "run ignition-workflows init as a user with CREATEROLE"
        yield Finding("roles", "error", f"missing: {', '.join(missing)}", advice)
    elif not mine:
        advice = f"an administrator runs: grant {session.schema}_operator to {user}"
        yield Finding("roles", "error", f"{user} is a member of none of them", advice)
    else:
        acts_as = ", ".join(role for role, name in zip(ROLES, names, strict=True) if name in mine)
        yield Finding("roles", "ok", f"{user} may act as {acts_as}")


def check_health(session: Session) -> Iterator[Finding]:
    """The schema's own view of itself, where it is installed."""
    view = f"{session.schema}.health"
    readable = session.value("select has_table_privilege(to_regclass(%s), 'select')", view)
    if readable:
        for row in session.view("health"):
            yield Finding(row["check_name"], row["status"], row["measured"], row["advice"])
    elif readable is False:
        advice = f"an administrator runs: grant {session.schema}_viewer to {session.conn.info.user}"
        yield Finding("health", "warning", "not readable for this role", advice)


Check = Callable[[Session], Iterator[Finding]]
CHECKS: tuple[Check, ...] = (
    check_server,
    check_pooler,
    check_durability,
    check_schema,
    check_roles,
    check_health,
)


def _table(findings: list[Finding]) -> Table:
    rows = [
        [f.topic, Text(f.status, style=_STYLE.get(f.status, "")), f.found, f.advice]
        for f in findings
    ]
    return plain_table(["check", "status", "found", "what to do"], rows)
