"""One stand-in gateway for the folder, and its log beside what fails."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.conftest import install_schema
from tests.gateway import runtime
from tests.gateway.batch import batch_plant  # noqa: F401  one gateway for two modules
from tests.gateway.gateway import Database, StandInGateway
from tests.gateway.plant import plant  # noqa: F401  one gateway for several modules
from tests.gateway.projects import Project
from tests.servers import Server

DATABASE = "gateway_test"
LOG_SHOWN = 8000


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Any:
    report = yield
    if report.failed:
        for name, value in getattr(item, "funcargs", {}).items():
            value = getattr(value, "gateway", value)
            if isinstance(value, StandInGateway):
                report.sections.append((f"log of {name}", value.log()[-LOG_SHOWN:]))
    return report


@pytest.fixture(scope="session", autouse=True)
def java() -> None:
    """Where Debian's packages are missing these tests are skipped, but never in CI."""
    problem = runtime.missing()
    if problem and os.environ.get("CI"):
        pytest.fail(problem)
    elif problem:
        pytest.skip(problem)


@pytest.fixture(scope="session")
def gateway_dsn(server: Server) -> Iterator[str]:
    """A database with the schema, shared by the tests of this folder."""
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute(f"create database {DATABASE}")
        dsn = server.dsn(DATABASE)
        install_schema(**psycopg.conninfo.conninfo_to_dict(dsn))
        yield dsn
        admin.execute(f"drop database {DATABASE} with (force)")


@pytest.fixture(scope="session")
def gateway(gateway_dsn: str, java: None) -> Iterator[StandInGateway]:
    """A gateway with two projects that do not inherit the library, `plant` and `site`.

    Its event scripts do nothing; tests that save use a project of their own name."""
    connections: dict[str, str | Database] = {
        "WorkflowsDB": gateway_dsn,
        "Small": Database(gateway_dsn, pool_size=2, max_wait_ms=200),
        "Wrapped": Database(gateway_dsn, does_unwrap=False),
        "Procedures": Database(gateway_dsn, properties={"escapeSyntaxCallMode": "callIfNoReturn"}),
    }
    loaded = {"plant": Project(), "site": Project()}
    with StandInGateway(loaded, connections) as started:
        yield started
