"""A pair of gateways: what a node does that becomes the standby, and when it becomes active again."""

import time
from collections.abc import Iterator

import pytest

from tests.gateway.plant import PATIENCE, Plant
from tests.waiting import wait_until

ROLE = "select role, is_active from workflows.worker_status where project_name = 'plant' and status = 'active'"
SECONDS_TO_BEGIN = 4.0  # 1.5 at most on a machine of its own


@pytest.fixture
def pair(plant: Plant) -> Iterator[Plant]:
    """The gateway as one node of a pair, active."""
    plant.gateway.set_active(True)
    wait_until(
        lambda: plant.ask(ROLE) == [("master", True)], "the role in the worker's row", PATIENCE
    )
    yield plant
    plant.execute("select workflows.set_queue('default', '{\"run_on\": \"active\"}')")
    plant.gateway.set_redundancy(is_enabled=False)
    wait_until(
        lambda: plant.ask(ROLE) == [("independent", True)], "the role in the worker's row", PATIENCE
    )


def stand_by(plant: Plant) -> None:
    plant.gateway.set_active(False)
    wait_until(
        lambda: plant.ask(ROLE) == [("master", False)], "the standby in the worker's row", PATIENCE
    )


def test_a_standby_claims_nothing_and_ends_what_runs(pair: Plant) -> None:
    running = pair.enqueue("fill_tank", '{"tank": "pair"}')
    pair.wait_until_seen("fill pair begins first")
    stand_by(pair)
    waits = pair.enqueue("note", '{"text": "waits"}')
    pair.open_gate("pair")
    assert pair.result(running) == '"first"'
    claimed = (
        "select count(*) from workflows.workflow where workflow_id = %s and started_at is not null"
    )
    turns = pair.one("select max(renewed_at) from workflows.worker_status")
    wait_until(
        lambda: pair.one("select max(renewed_at) > %s from workflows.worker_status", turns),
        "a renewal",
    )
    assert pair.one(claimed, waits) == 0
    begun = time.monotonic()
    pair.gateway.set_active(True)
    assert pair.result(waits) == '"waits"'
    print(f"active again: worked {time.monotonic() - begun:.2f} s later")
    assert time.monotonic() - begun < SECONDS_TO_BEGIN


@pytest.mark.parametrize("run_on", ["any", "prefer_active"])
def test_queues_that_a_standby_may_work(pair: Plant, run_on: str) -> None:
    stand_by(pair)
    waits = pair.enqueue("note", f'{{"text": "{run_on}"}}')
    assert pair.status(waits) == "ENQUEUED"
    pair.execute("select workflows.set_queue('default', %s)", f'{{"run_on": "{run_on}"}}')
    assert pair.result(waits) == f'"{run_on}"'


def test_a_gateway_that_does_not_tell_its_role_stands_alone(plant: Plant) -> None:
    role = plant.gateway.run("", returns="exchange.workflows.host.ignition.gateway_role()")
    assert role == ["independent", True]
