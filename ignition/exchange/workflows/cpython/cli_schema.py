"""init and migrate: the schema in the database."""

import sys
from typing import Annotated, Any

import typer

from exchange.workflows.cpython import installer
from exchange.workflows.cpython.cli_session import Session
from exchange.workflows.cpython.failures import ExitCode, Failure


def init(session: Session) -> None:
    """Install the schema. Running it again changes nothing; an older schema is left to migrate."""
    found = _checked_plan(session)
    if found.installed_version and found.pending:
        raise Failure(
            ExitCode.SCHEMA_VERSION,
            f"schema {session.schema!r} is at version {found.installed_version},"
            f" this program brings {found.library_version}",
            "run: ignition-workflows migrate",
        )
    installer.install(session.conn, session.schema)
    already = "already " if found.is_current else ""
    session.show(
        _as_json(found, applied=True),
        f"schema {session.schema} is {already}installed, version {found.library_version}",
    )


def migrate(
    session: Session,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Apply without asking.")] = False,
    print_sql: Annotated[
        bool, typer.Option("--sql", help="Print the script instead; needs no database.")
    ] = False,
) -> None:
    """Say what this version would change in the database, and do it after a yes."""
    if print_sql:
        sys.stdout.write(installer.render(session.schema))
        return
    found = _checked_plan(session)
    if not session.as_json:
        session.show(None, *_describe(found))
    is_applied = not found.is_current and (yes or _is_confirmed(session))
    if is_applied:
        installer.install(session.conn, session.schema)
    session.show(_as_json(found, is_applied), *(["done"] if is_applied else []))
    if found.pending and not is_applied:
        raise Failure(ExitCode.SCHEMA_VERSION, "nothing was changed", "apply it with --yes")


def _is_confirmed(session: Session) -> bool:
    return sys.stdin.isatty() and not session.as_json and typer.confirm("apply it now?")


def _checked_plan(session: Session) -> installer.Plan:
    found = installer.plan(session.conn, session.schema)
    if found.is_newer:
        raise Failure(
            ExitCode.SCHEMA_VERSION,
            f"schema {session.schema!r} is at version {found.installed_version}, newer than this"
            f" program's {found.library_version}",
            "run: pip install --upgrade ignition-workflows",
            "WF008",
        )
    if found.edited:
        raise Failure(
            ExitCode.SCHEMA_VERSION,
            f"applied migrations were edited: {', '.join(found.edited)}",
            "install the released package again; put changes into a new migration",
            "WF902",
        )
    return found


def _describe(found: installer.Plan) -> list[str]:
    if found.is_current:
        return [f"schema {found.schema} is current: version {found.installed_version}"]
    lines = [
        (
            f"schema {found.schema}: version {found.installed_version} -> {found.library_version}"
            if found.installed_version
            else f"schema {found.schema} is not installed; version {found.library_version} will be"
        )
    ]
    for migration in found.pending:
        breaking = ": breaking, upgrade every worker with it" if migration.is_breaking else ""
        lines.append(f"  apply {migration.file_name}{breaking}")
    if found.new_functions:
        lines.append(f"  create {len(found.new_functions)} functions")
    if found.changed_functions:
        lines.append(f"  replace {', '.join(found.changed_functions)}")
    return lines


def _as_json(found: installer.Plan, applied: bool) -> dict[str, Any]:
    return {
        "schema": found.schema,
        "installed_version": found.installed_version,
        "library_version": found.library_version,
        "is_current": found.is_current or applied,
        "pending": [
            {"file_name": m.file_name, "is_breaking": m.is_breaking} for m in found.pending
        ],
        "new_functions": found.new_functions,
        "changed_functions": found.changed_functions,
        "applied": applied and not found.is_current,
    }
