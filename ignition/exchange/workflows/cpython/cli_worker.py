"""worker: an engine in this process, until it is told to stop."""

import importlib
import logging
import os
import sys
from typing import Annotated

import typer

from exchange.workflows.cpython.cli_failures import ExitCode, Failure
from exchange.workflows.cpython.cli_session import Session
from exchange.workflows.engine import registry
from exchange.workflows.engine.worker import Worker
from exchange.workflows.errors import WorkflowsError


def worker(
    session: Session,
    app: Annotated[list[str], typer.Option("--app", help="Module that defines the workflows.")],
    queue: Annotated[list[str] | None, typer.Option("--queue", help="Queue to work.")] = None,
    threads: Annotated[int, typer.Option("--threads", min=1, max=1000)] = 16,
    direct_dsn: Annotated[
        str | None,
        typer.Option(
            "--direct-dsn",
            envvar="WORKFLOWS_DIRECT_DSN",
            help="Connection past the pooler, to claim and listen on.",
        ),
    ] = None,
) -> None:
    """Work queues with the workflows of --app until SIGINT or SIGTERM; then finish what runs."""
    dsn = session.checked_dsn()
    for module in app:
        _load(module)
    if not registry.REGISTRY.definitions():
        raise Failure(
            ExitCode.USAGE, "no workflow is registered", "decorate one with @workflow() in --app"
        )
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    engine = Worker(
        dsn=dsn,
        queues=queue or ["default"],
        threads=threads,
        schema=session.schema,
        direct_dsn=direct_dsn,
    )
    try:
        engine.run_until_signal()
    except WorkflowsError as error:
        exit_code = ExitCode.SCHEMA_VERSION if error.code == "WF008" else ExitCode.REFUSED
        raise Failure(exit_code, str(error)) from error


def _load(module: str) -> None:
    """Import a module of the user, also from the folder in which the command was given."""
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        importlib.import_module(module)
    except ImportError as error:
        raise Failure(
            ExitCode.USAGE, f"cannot import {module}: {error}", "check --app and where you run this"
        ) from error
