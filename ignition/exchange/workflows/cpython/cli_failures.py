"""How the command line fails: one line that says what to do, and an exit code for scripts."""

import json
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import psycopg
from psycopg import errors

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
# Connection, shutdown, resources, authorization, no such database.
_UNREACHABLE = ("08", "57", "53", "28", "3D")
_MISSING = (
    errors.InvalidSchemaName,
    errors.UndefinedFunction,
    errors.UndefinedTable,
    errors.UndefinedColumn,
)


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
    if isinstance(error, psycopg.Error):
        return _explain_database(error, schema)
    if isinstance(error, WorkflowsError):
        return _explain_engine(error)
    return Failure(ExitCode.UNEXPECTED, f"{type(error).__name__}: {error}")


def _explain_database(error: psycopg.Error, schema: str) -> Failure:
    sqlstate = error.sqlstate
    if sqlstate and sqlstate.startswith("WF"):
        return _explain_refusal(error, sqlstate)
    if isinstance(error, errors.InsufficientPrivilege):
        return Failure(
            ExitCode.NOT_ALLOWED,
            _primary(error),
            f"ask for membership in one of the roles {schema}_operator, {schema}_admin, ..."
            " (ignition-workflows doctor lists them)",
            sqlstate,
        )
    if isinstance(error, _MISSING):
        return Failure(
            ExitCode.SCHEMA_VERSION,
            f"schema {schema!r} is not installed here, or not at this program's version",
            "run: ignition-workflows migrate",
            sqlstate,
        )
    if sqlstate is None or sqlstate[:2] in _UNREACHABLE:
        return Failure(
            ExitCode.UNREACHABLE,
            f"no connection to the database: {_first_line(error)}",
            "check --dsn or WORKFLOWS_DSN and that the server runs",
            sqlstate,
        )
    return Failure(ExitCode.UNEXPECTED, _primary(error), error.diag.message_hint, sqlstate)


def _explain_engine(error: WorkflowsError) -> Failure:
    """What the engine raises at its start, by its code: one of ours, or a SQLSTATE."""
    code = error.code
    if code.startswith("WF"):
        exit_code = _EXIT_OF_SQLSTATE.get(code, ExitCode.REFUSED)
    elif code in ("42883", "3F000", "42P01"):
        exit_code = ExitCode.SCHEMA_VERSION
    elif code == "42501":
        exit_code = ExitCode.NOT_ALLOWED
    elif code[:2] in _UNREACHABLE:
        exit_code = ExitCode.UNREACHABLE
    else:
        exit_code = ExitCode.UNEXPECTED
    return Failure(exit_code, error.message, error.hint, code, error.detail or None)


def _explain_refusal(error: psycopg.Error, sqlstate: str) -> Failure:
    try:
        detail = json.loads(error.diag.message_detail or "null")
    except ValueError:
        detail = error.diag.message_detail
    exit_code = _EXIT_OF_SQLSTATE.get(sqlstate, ExitCode.REFUSED)
    return Failure(exit_code, _primary(error), error.diag.message_hint, sqlstate, detail)


def _primary(error: psycopg.Error) -> str:
    return error.diag.message_primary or _first_line(error)


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
