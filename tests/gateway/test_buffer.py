"""enqueueInMemory in a gateway: saves, outages and kill -9 (F50, F52, F53)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from exchange.workflows.cpython import installer
from tests.conftest import SCHEMA
from tests.gateway.gateway import StandInGateway
from tests.gateway.projects import Project
from tests.waiting import wait_until

PATIENCE = 30.0
OFFER = """
import exchange.workflows.api.service as service
ids = []
for number in range(%d):
    answer = service.enqueueInMemory("kept", {"number": number, "code": %r}%s)
    assert answer["ok"], answer
    ids.append(answer["workflowId"])
"""
FIGURES = "exchange.workflows.engine.instance.getWorkflows().buffer.figures()"
STARTUP = "exchange.workflows.gateway.startup(journal=True)"
STORM = """
from java.io import FileWriter
from java.lang import Runnable, Thread
import exchange.workflows.api.service as service

class Storm(Runnable):
    def run(self):
        said = FileWriter("%s", True)
        while True:
            said.write(service.enqueueInMemory("kept", {"number": 1})["workflowId"] + "\\n")
            said.flush()

for n in range(3):
    Thread(Storm(), "tag-events-%%d" %% n).start()
"""


@pytest.fixture
def conn(gateway_dsn: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(gateway_dsn, autocommit=True) as conn:
        yield conn


def enqueued(conn: psycopg.Connection[Any]) -> list[str]:
    """The ids of this module's workflows, oldest first."""
    text = (
        "select workflow_id::text from workflows.workflow where workflow_name = 'kept'"
        " order by ready_seq"
    )
    return [row[0] for row in conn.execute(installer.rename(text, SCHEMA)).fetchall()]


def forget(conn: psycopg.Connection[Any]) -> None:
    conn.execute(installer.rename("truncate workflows.workflow, workflows.ready cascade", SCHEMA))


@pytest.mark.proof
def test_f53_an_outage_and_two_saves_lose_nothing_and_keep_the_order(gateway_dsn, conn):
    forget(conn)
    with StandInGateway(
        {"plant": Project(parent="workflows")}, {"WorkflowsDB": gateway_dsn}
    ) as one:
        one.lose_database("WorkflowsDB")
        ids = one.run(OFFER % (700, "first", ""), returns="ids")
        one.save("plant", {"plant.other": "A = 1"})
        ids += one.run(OFFER % (300, "second", ""), returns="ids")
        one.save("plant", {"plant.other": "A = 2"})
        assert one.evaluate(FIGURES)["waiting"] == 1000
        one.restore_database("WorkflowsDB")
        wait_until(lambda: len(enqueued(conn)) == 1000, seconds=PATIENCE)
        assert enqueued(conn) == ids
        wait_until(lambda: one.evaluate(FIGURES)["waiting"] == 0, seconds=PATIENCE)
        ids = one.run(OFFER % (10, "third", ""), returns="ids")
        wait_until(lambda: enqueued(conn)[1000:] == ids, seconds=PATIENCE)
        wait_until(lambda: one.old_interpreters_alive() == 0, seconds=PATIENCE)


@pytest.mark.proof
@pytest.mark.parametrize("is_up", [True, False])
def test_f52_kill_9_of_the_gateway_loses_nothing_that_was_acknowledged(
    gateway_dsn: str, conn: psycopg.Connection[Any], tmp_path: Path, is_up: bool
) -> None:
    forget(conn)
    said = tmp_path / "acknowledged"
    plant = Project(parent="workflows", startup=STARTUP)
    with StandInGateway({"plant": plant}, {"WorkflowsDB": gateway_dsn}) as one:
        if not is_up:
            one.lose_database("WorkflowsDB")
        one.run(STORM % said)
        wait_until(lambda: said.exists() and said.stat().st_size > 37 * 3000, seconds=PATIENCE)
        one.kill()
        acknowledged = [line for line in said.read_text().splitlines() if len(line) == 36]
        assert is_up or not enqueued(conn)
        one.start()
        one.restore_database("WorkflowsDB")
        wait_until(lambda: set(acknowledged) <= set(enqueued(conn)), seconds=PATIENCE)
        wait_until(lambda: one.evaluate(FIGURES)["waiting"] == 0, seconds=PATIENCE)
        figures = one.evaluate(FIGURES)
        assert 0 <= len(enqueued(conn)) - len(acknowledged) <= 3
        assert figures["journal"]["lost"] == 0
        assert figures["journal"]["directory"].startswith(str(one.data_dir))


def test_sync_and_the_answers_of_a_refusal(gateway_dsn, conn):
    forget(conn)
    plant = Project(parent="workflows", startup=STARTUP)
    with StandInGateway({"plant": plant}, {"WorkflowsDB": gateway_dsn}) as one:
        ids = one.run(OFFER % (20, "synced", ", sync=True"), returns="ids")
        journal = one.evaluate(FIGURES)["journal"]
        assert journal["synced"] == journal["next"] == 21
        wait_until(lambda: enqueued(conn) == ids, seconds=PATIENCE)
        one.run(
            "import exchange.workflows.engine.instance as instance\n"
            "instance.getWorkflows().buffer.entries.max_entries = 0\n"
            "import exchange.workflows.api.service as service\n"
            "answer = service.enqueueInMemory('kept')",
            returns="answer",
        )
        refused = one.evaluate("exchange.workflows.api.service.enqueueInMemory('kept')")
        assert (refused["code"], refused["reason"]) == ("IN_MEMORY_ENQUEUE_REJECTED", "overflow")
        assert (refused["workflowId"], refused["buffer"]["refused"]) == (None, 2)
