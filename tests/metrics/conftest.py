"""Fixtures of the metrics: a worker on a real server, a console, and what a scrape says."""

from collections.abc import Iterator

import pytest

from exchange.workflows.cpython.console.options import ConsoleOptions
from exchange.workflows.cpython.console.users import UserFile
from tests.calls import Calls
from tests.console.site import RunningConsole, running_console
from tests.engine.conftest import clean, make_worker, rt

__all__ = ["clean", "make_worker", "rt"]


@pytest.fixture
def calls(conn) -> Calls:
    return Calls(conn)


@pytest.fixture
def console_options(dsn, schema, tmp_path) -> ConsoleOptions:
    users = UserFile(tmp_path / "users.json")
    users.save("ada", "admin", None)
    return ConsoleOptions(dsn=dsn, schema=schema, users=users.path)


@pytest.fixture
def console(console_options) -> Iterator[RunningConsole]:
    with running_console(console_options) as running:
        yield running
