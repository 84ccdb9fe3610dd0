"""Maintenance through api.admin, as operators' scripts call it in a gateway."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.gateway.plant import PATIENCE, Plant
from tests.waiting import wait_until


@pytest.fixture
def admin(plant: Plant) -> Iterator[Any]:
    def call(expression: str) -> Any:
        return plant.call(f"exchange.workflows.api.admin.{expression}")

    yield call
    call("exitMaintenance()")
    call("exitMaintenance(queueName='default')")


def test_the_schema_is_checked(admin: Any) -> None:
    assert admin("checkSchema()")["code"] == "SCHEMA_OK"


def test_draining_lets_end_what_runs_and_starts_nothing(plant: Plant, admin: Any) -> None:
    running = plant.enqueue("fill_tank", '{"tank": "drained"}')
    plant.wait_until_seen("fill drained begins first")
    waits = plant.enqueue("note", '{"text": "after"}', '{"delay_seconds": 1}')
    entered = admin("enterMaintenance(mode='drain', reason='new recipes')")
    assert entered["code"] == "MAINTENANCE_ENABLED" and not entered["isDrained"]
    refused = plant.call("exchange.workflows.api.service.enqueue('note')")
    assert (refused["ok"], refused["code"]) == (False, "MAINTENANCE_ACTIVE")
    assert admin("swapIfDrained()")["code"] == "NOT_DRAINED"
    plant.open_gate("drained")
    assert plant.result(running) == '"first"'
    wait_until(
        lambda: admin("getMaintenanceStatus()")["isDrained"], "the queues to drain", PATIENCE
    )
    swapped = admin("swapIfDrained()")
    assert swapped["code"] == "MAINTENANCE_SWAP_OK"
    plant.wait_for_workers(("plant", swapped["generation"]))
    admin("exitMaintenance()")
    assert plant.result(waits) == '"after"'


def test_deadlines_run_on_while_draining(plant: Plant, admin: Any) -> None:
    admin("enterMaintenance(reason='stop', queueName='default')")
    soon = plant.one("select to_json(clock_timestamp() + interval '0.3 s') #>> '{}'")
    late = plant.enqueue(
        "note",
        '{"text": "late"}',
        f'{{"start_before": "{soon}", "allow_during_maintenance": true}}',
    )
    plant.wait_for(late, "CANCELLED")


def test_cancelling_ends_what_waits(plant: Plant, admin: Any) -> None:
    waits = plant.enqueue("note", "{}", '{"delay_seconds": 600}')
    assert admin("enterMaintenance(mode='cancel', reason='stop')")["cancelled"]["queued"] >= 1
    plant.wait_for(waits, "CANCELLED")
    assert admin("enterMaintenance(mode='sleep')")["code"] == "INVALID_MODE"
    status = admin("getMaintenanceStatus()")
    assert (status["maintenanceEnabled"], status["maintenanceMode"]) == (True, "cancel")
