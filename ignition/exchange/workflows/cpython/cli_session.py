"""What commands share: --dsn, --schema, --json, one session, a way to call a function, who acts, and
what they read as JSON."""

import inspect
import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, LiteralString, cast

import psycopg
import typer
from psycopg import sql
from psycopg.rows import dict_row
from rich.console import Console, RenderableType
from rich.text import Text

from exchange.workflows.cpython import function_call
from exchange.workflows.cpython.cli_output import visible
from exchange.workflows.cpython.failures import EXIT_CODES_HELP, ExitCode, Failure, explain
from exchange.workflows.cpython.installer import check_schema_name
from exchange.workflows.errors import WorkflowsError
from exchange.workflows.settings import SCHEMA_NAME

Dsn = Annotated[
    str | None,
    typer.Option("--dsn", envvar="WORKFLOWS_DSN", help="PostgreSQL connection string."),
]
Schema = Annotated[
    str, typer.Option("--schema", envvar="WORKFLOWS_SCHEMA", help="Name of the schema.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
WorkflowId = Annotated[str, typer.Argument(metavar="ID", help="workflow_id", show_default=False)]
# What commands that act have beside.
Reason = Annotated[str | None, typer.Option("--reason", help="Why; kept in the audit.")]
Actor = Annotated[str | None, typer.Option("--actor", help="Who, if not the database user.")]

CONNECT_SECONDS = 5
# No row is cut: a terminal that is narrower goes on below.
WIDEST = 100_000


class Session:
    """One run of one command. The connection is opened at its first use and closed at the end."""

    def __init__(self, dsn: str | None, schema: str, as_json: bool):
        self.dsn = dsn
        self.schema = schema
        self.as_json = as_json
        # Text of the database is printed as it is, whatever brackets and colons are in it.
        self.console = Console(width=WIDEST, markup=False, emoji=False)
        self._conn: psycopg.Connection[Any] | None = None

    @property
    def conn(self) -> psycopg.Connection[Any]:
        if self._conn is None:
            check_schema_name(self.schema)
            self._conn = psycopg.connect(
                self.checked_dsn(),
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                application_name="ignition-workflows",
            )
            # The functions keep their own time zone; this is for the views.
            self._conn.execute("set timezone = 'UTC'")
        return self._conn

    def checked_dsn(self) -> str:
        if not self.dsn:
            raise Failure(
                ExitCode.USAGE,
                "no database was named",
                "give --dsn or set WORKFLOWS_DSN, for example"
                " postgresql://operator@dbhost/plant",
            )
        try:
            psycopg.conninfo.conninfo_to_dict(self.dsn)
        except psycopg.ProgrammingError as error:
            raise Failure(ExitCode.USAGE, f"the DSN cannot be read: {str(error).strip()}") from None
        return self.dsn

    def call(self, function: str, **arguments: str | int | datetime | None) -> Any:
        """Call a function of the schema, arguments mostly text; what it answers, JSON decoded.

        An argument that is None is left out: the function's own default holds.
        """
        query, values = function_call.statement(self.schema, function, arguments)
        return function_call.decoded(self.conn.execute(query, values).fetchone())

    def view(self, name: str) -> list[dict[str, Any]]:
        """All rows of one of the schema's views."""
        query = sql.SQL("select * from {}").format(sql.Identifier(self.schema, name))
        with self.conn.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query).fetchall()

    def value(self, query: LiteralString, *arguments: Any) -> Any:
        row = self.conn.execute(query, arguments).fetchone()
        return row[0] if row else None

    def who(self, actor: str | None, reason: str | None = None) -> dict[str, Any]:
        """What an act says of itself: who, if nobody is named the database user, and why."""
        return given(actor=actor or self.value("select session_user"), reason=reason)

    def show(self, answer: Any, *renderables: RenderableType) -> None:
        """Print the answer: as JSON where --json asks for it, else as it is drawn for people."""
        if self.as_json:
            print(json.dumps(answer, ensure_ascii=False, default=str), flush=True)
        else:
            for renderable in renderables:
                text = Text(renderable) if isinstance(renderable, str) else renderable
                if isinstance(text, Text):
                    text.plain = visible(text.plain)
                self.console.print(text, highlight=False)

    def note(self, text: str) -> None:
        """A remark to the person, kept out of what scripts read."""
        print(text, file=sys.stderr, flush=True)

    def __enter__(self) -> "Session":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._conn is not None:
            self._conn.close()


def given(**options: Any) -> dict[str, Any]:
    """The options that were given."""
    return {name: value for name, value in options.items() if value is not None}


def options_of(**options: Any) -> str:
    return json.dumps(given(**options))


def read_json(option: str, text: str) -> Any:
    """What an option or argument says: JSON, @FILE, or - for standard input."""
    if text == "-":
        text = sys.stdin.read()
    elif text.startswith("@"):
        try:
            text = Path(text[1:]).read_text(encoding="utf-8")
        except OSError as error:
            raise Failure(ExitCode.USAGE, f"{option}: {error}") from None
    try:
        return json.loads(text)
    except ValueError as error:
        raise Failure(
            ExitCode.USAGE, f"{option} is not JSON: {error}", """quote it like '{"area": 5}'"""
        ) from None


_SHARED = [
    inspect.Parameter("dsn", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Dsn),
    inspect.Parameter(
        "schema", inspect.Parameter.KEYWORD_ONLY, default=SCHEMA_NAME, annotation=Schema
    ),
    inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=AsJson),
]


def add_command(app: typer.Typer, name: str, function: Callable[..., None]) -> None:
    """Register `function(session, ...)`: its own parameters, then those of every command."""
    signature = inspect.signature(function)
    own = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for parameter in list(signature.parameters.values())[1:]
    ]

    def run(**arguments: Any) -> None:
        shared = [arguments.pop(parameter.name) for parameter in _SHARED]
        with Session(*shared) as session:
            try:
                function(session, **arguments)
            except (psycopg.Error, WorkflowsError) as error:
                raise explain(error, session.schema) from error

    run.__name__ = function.__name__
    run.__doc__ = function.__doc__
    parameters = own + _SHARED
    cast(Any, run).__signature__ = inspect.Signature(parameters)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    app.command(name, epilog=EXIT_CODES_HELP)(run)
