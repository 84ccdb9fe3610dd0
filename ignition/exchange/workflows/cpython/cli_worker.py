"""worker: an engine in this process, until it is told to stop."""

from typing import Annotated

import typer

from exchange.workflows.cpython.cli_session import Session


def worker(
    session: Session,
    app: Annotated[list[str], typer.Option("--app", help="Module that defines the workflows.")],
    queue: Annotated[list[str] | None, typer.Option("--queue", help="Queue to work.")] = None,
    threads: Annotated[int, typer.Option("--threads", min=1, max=1000)] = 16,
) -> None:
    """Work queues with the workflows of --app until SIGINT or SIGTERM; then finish what runs."""
    raise NotImplementedError
