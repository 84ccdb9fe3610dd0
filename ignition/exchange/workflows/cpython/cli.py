"""The command line: `ignition-workflows`."""

import sys

import typer

from exchange.workflows.cpython import installer
from exchange.workflows.settings import SCHEMA_NAME

app = typer.Typer(no_args_is_help=True)


@app.command()
def migrate(schema: str = SCHEMA_NAME, sql: bool = False) -> None:
    """Print the installer."""
    sys.stdout.write(installer.render(schema))


@app.command()
def init() -> None:
    """Install the schema."""


def main() -> None:
    app()
