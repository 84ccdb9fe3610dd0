"""One database for the module; nothing in it is changed."""

import pytest

from tests.calls import Calls, shared_database


@pytest.fixture(scope="module")
def shared(server, template):
    with shared_database(server, template) as conn:
        yield conn


@pytest.fixture
def calls(shared):
    yield Calls(shared)
    shared.execute("reset role")
    shared.execute("reset search_path")
