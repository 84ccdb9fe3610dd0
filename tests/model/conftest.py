"""One database for all examples of a run."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from tests.model.session import Session


@pytest.fixture
def session(conn: psycopg.Connection[Any], sql: Callable[[str], str]) -> Iterator[Session]:
    yield Session(conn, sql)
