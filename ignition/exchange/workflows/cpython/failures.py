"""How the command line and the console fail: one line that says what to do, and an exit code."""

import json
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import psycopg

from exchange.workflows.cpython.installer import InstallerError
from exchange.workflows.errors import WorkflowsError


class ExitCode(IntEnum):
    OK = 0
    REFUSED = 1
    USAGE = 2
    UNREACHABLE = 3
    SCHEMA_VERSION = 4
    NOT_ALLOWED = 5
    UNEXPECTED = 70
    INTERRUPTED = 130


# Also the text at the end of --help.
EXIT_CODES_HELP = (
    "Exit codes: 0 done; 1 refused (unknown id, command rejected, queue closed, something to"
    " repair); 2 wrong usage or a bad argument; 3 database not reachable; 4 the schema is missing,"
    " older or newer than this program; 5 the database role lacks the right; 70 an error of this"
    " program; 130 interrupted."
)

_EXIT_OF_SQLSTATE = {
    "WF002": ExitCode.USAGE,
    "WF008": ExitCode.SCHEMA_VERSION,
    "WF902": ExitCode.SCHEMA_VERSION,
}
# No such schema, function, table, column: not installed, or another version.
_MISSING = ("3F000", "42883", "42P01", "42703")
_NOT_ALLOWED = "42501"
_LOCKED = "55P03"
# By a time limit, by a DBA: the connection stands.
_CANCELLED = "57014"
# Connection, shutdown, resources, authorization, no such database.
_UNREACHABLE = ("08", "57", "53", "28", "3D")
_NO_CONNECTION = "08000"


@dataclass
class Failure(Exception):
    """What went wrong, what to do about it, and the exit code."""

    exit_code: ExitCode
    message: str
    hint: str | None = None
    code: str | None = None
    detail: Any = None

    def __str__(self) -> str:
        return self.line()

    def line(self) -> str:
        text = self.message if not self.hint else f"{self.message}; {self.hint}"
        return " ".join(text.split())

    def lines(self) -> list[str]:
        """One line; where several values do not fit, a line for each of them."""
        problems = self.detail.get("errors") if isinstance(self.detail, dict) else None
        if not isinstance(problems, list) or len(problems) < 2:
            return [f"error: {self.line()}"]
        head = f"error: {self.detail.get('field')}: {len(problems)} problems"
        return [head, *(f"  {one['path']} {one['problem']}" for one in problems)]

    def as_json(self) -> dict[str, Any]:
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "hint": self.hint,
                "detail": self.detail,
                "exit_code": int(self.exit_code),
            }
        }


def explain(error: BaseException, schema: str) -> Failure:
    """The failure that an exception means to the person at the keyboard."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, InstallerError):
        return Failure(ExitCode.USAGE, str(error))
    if isinstance(error, WorkflowsError):
        return _of_state(error.code, error.message, error.hint, error.detail or None, schema)
    if isinstance(error, psycopg.Error) and (error.sqlstate or _is_connection_lost(error)):
        message = error.diag.message_primary or str(error).strip().partition("\n")[0]
        state = error.sqlstate or _NO_CONNECTION
        return _of_state(state, message, error.diag.message_hint, _detail_of(error), schema)
    return Failure(ExitCode.UNEXPECTED, f"{type(error).__name__}: {error}")


def _of_state(state: str, message: str, hint: str | None, detail: Any, schema: str) -> Failure:
    """The failure behind a SQLSTATE, ours or PostgreSQL's."""
    if state.startswith("WF"):
        exit_code = _EXIT_OF_SQLSTATE.get(state, ExitCode.REFUSED)
    elif state == _NOT_ALLOWED:
        exit_code = ExitCode.NOT_ALLOWED
        hint = f"ask for a role: {schema}_operator, {schema}_admin, ... (doctor tells which)"
    elif state in _MISSING:
        exit_code = ExitCode.SCHEMA_VERSION
        message = f"schema {schema!r} is not installed here, or not at this program's version"
        hint = "run: ignition-workflows migrate"
    elif state == _LOCKED:
        exit_code = ExitCode.REFUSED
        hint = (
            "another session keeps a table locked: end it (pg_stat_activity), then run this again"
        )
    elif state == _CANCELLED:
        exit_code = ExitCode.REFUSED
        message = f"the database ended it early: {message}"
        hint = "where it took longer than the time allowed, try again or ask for less"
    elif state[:2] in _UNREACHABLE:
        exit_code = ExitCode.UNREACHABLE
        message = f"no connection to the database: {message}"
        hint = "check --dsn or WORKFLOWS_DSN and that the server runs"
    else:
        exit_code = ExitCode.UNEXPECTED
    return Failure(exit_code, message, hint, state, detail)


def _is_connection_lost(error: psycopg.Error) -> bool:
    return isinstance(error, psycopg.OperationalError)


def _detail_of(error: psycopg.Error) -> Any:
    """The detail as JSON where it is ours, as text where it is PostgreSQL's."""
    try:
        return json.loads(error.diag.message_detail or "null")
    except ValueError:
        return error.diag.message_detail
