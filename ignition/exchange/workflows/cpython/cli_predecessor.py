"""import-predecessor: enums, templates and what has ended, out of the tables of the library before."""

from typing import Annotated, Any

import typer

from exchange.workflows.cpython.cli_output import plain_table, shorten
from exchange.workflows.cpython.cli_session import Session
from exchange.workflows.cpython.failures import ExitCode, Failure
from exchange.workflows.cpython.predecessor_rows import Row
from exchange.workflows.cpython.predecessor_tables import open_source
from exchange.workflows.cpython.predecessor_transfer import KINDS, Transfer

_MOST_SHOWN = 20


def import_predecessor(
    session: Session,
    source_schema: Annotated[
        str, typer.Option("--source-schema", help="The schema that its tables are in.")
    ] = "workflows",
    source_dsn: Annotated[
        str | None, typer.Option("--source-dsn", help="Its database, where it is another one.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Carry over; without it, only say what would be.")
    ] = False,
    actor: Annotated[str | None, typer.Option("--actor", help="Who, for the audit.")] = None,
) -> None:
    """Carry enums, templates and what has ended over from the library before this one.

    Its tables are only read. What is here already stays as it is, so it may be run again.
    """
    with open_source(source_dsn or session.checked_dsn(), source_schema) as source:
        problem = source.problem()
        if problem:
            raise Failure(
                ExitCode.USAGE,
                f"{problem}: it is not the predecessor's",
                "name its schema with --source-schema, its database with --source-dsn",
            )
        transfer = Transfer(session, source, not yes, actor or "import-predecessor")
        with transfer.opened():
            transfer.carry()
    answer = transfer.answer()
    session.show(answer, *_describe(answer))
    refused = sum(answer[kind]["refused"] for kind in KINDS)
    if refused:
        raise Failure(ExitCode.REFUSED, f"{refused} could not be carried over", "see `refused`")


def _describe(answer: Row) -> list[Any]:
    is_dry_run = answer["is_dry_run"]
    columns = ["", "would be carried" if is_dry_run else "carried", "already here", "refused"]
    rows = [[kind, *(answer[kind][n] for n in ("carried", "already", "refused"))] for kind in KINDS]
    lines: list[Any] = [plain_table(columns, rows, right=" ".join(columns))]
    if answer["workflows"]["changed"]:
        lines.append(f"{answer['workflows']['changed']} hold text that is no JSON here: adapted")
    if answer["workflows"]["over"]:
        kept = "retention removes them soon: see retention list, retention set"
        lines.append(f"{answer['workflows']['over']} ended longer ago than is kept; {kept}")
    if answer["live"]["by_status"]:
        counted = ", ".join(f"{n} {status}" for status, n in answer["live"]["by_status"].items())
        lines.append(f"not ended there, and not carried over: {counted}")
        lines.append(_listed(answer["live"]["workflows"]))
    if answer["refused"]:
        lines.append(_listed(answer["refused"]))
    if is_dry_run:
        lines.append("nothing was changed; carry it over with --yes")
    return lines


def _listed(rows: list[Row]) -> Any:
    columns = list(rows[0])
    shown = [[shorten(row[name] or "", 80) for name in columns] for row in rows[:_MOST_SHOWN]]
    return plain_table(columns, shown)
