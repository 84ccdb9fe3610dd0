"""The schema as it was released, so that an upgrade has something to start from."""

from pathlib import Path

import psycopg
import pytest

from exchange.workflows.cpython import installer
from tests.calls import SCHEMA, calls, make_worker

__all__ = ["calls", "make_worker"]

FIRST = Path(__file__).with_name("released") / "schema_1.sql"
FIRST_VERSION = 1


@pytest.fixture
def dsn(empty_dsn):
    """A database as the installer of the first release left it."""
    text = installer.rename(FIRST.read_text(), SCHEMA)
    with psycopg.connect(empty_dsn, autocommit=True) as conn:
        conn.execute(text.encode(), prepare=False)
    return empty_dsn


@pytest.fixture
def conn(connect):
    """A session of this database."""
    return connect()


@pytest.fixture
def make_old_worker(make_worker, monkeypatch):
    """make_worker of the first release."""

    def make(*names, **more):
        with monkeypatch.context() as patch:
            patch.setattr("tests.calls.SCHEMA_VERSION", FIRST_VERSION)
            return make_worker(*names, **more)

    return make
