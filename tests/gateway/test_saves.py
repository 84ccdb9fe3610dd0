"""Scripts saved under running workflows: the new code takes over, nothing runs twice at once, nothing stays."""

from collections.abc import Iterator

import pytest

from tests.gateway.gateway import StandInGateway
from tests.gateway.plant import FLOWS, PATIENCE, Plant, plant_database, startup
from tests.gateway.projects import Project
from tests.servers import Server
from tests.waiting import wait_until

SAVES = 20
MEGABYTES_A_SAVE = 1.0


def flows(code: str) -> dict[str, str]:
    return {"plant.flows": FLOWS.replace('CODE = "first"', f'CODE = "{code}"')}


@pytest.fixture(scope="module")
def saved(server: Server, java: None) -> Iterator[Plant]:
    project = Project(
        parent="workflows", modules=flows("first"), startup=startup(), shutdown="pass"
    )
    with plant_database(server, "saves_test") as dsn:
        with StandInGateway({"plant": project}, {"WorkflowsDB": dsn}) as gateway:
            made = Plant(gateway, dsn)
            yield made
            made.close()


def generation(plant: Plant) -> int:
    return plant.call("exchange.workflows.gateway.tick()['generation']")


def save(plant: Plant, code: str) -> int:
    plant.gateway.save("plant", flows(code))
    return generation(plant)


def test_a_long_step_ends_on_the_old_code_and_the_rest_runs_on_the_new(saved: Plant) -> None:
    before = generation(saved)
    saved.wait_for_workers(("plant", before))
    workflow_id = saved.enqueue("fill_tank", '{"tank": "long"}')
    saved.wait_until_seen("fill long begins first")
    now = save(saved, "second")
    assert now == before + 1
    saved.wait_for_workers(("plant", before), ("plant", now))
    assert saved.workers("is_draining")[0][1] == before
    assert saved.gateway.pool_figures("WorkflowsDB")["active"] <= 8
    other = saved.enqueue("note", '{"text": "meanwhile"}')
    assert saved.result(other) == '"meanwhile"'
    assert saved.status(workflow_id) == "RUNNING"
    saved.open_gate("long")
    assert saved.result(workflow_id) == '"second"'
    expected = ["fill long begins first", "fill long ends first", "drain long second"]
    assert [line for line in saved.seen() if "long" in line] == expected
    saved.wait_for_workers(("plant", now))
    sql = "select failure_count, reclaim_count from workflows.workflow where workflow_id = %s"
    assert saved.one(sql, workflow_id) == (0, 0)


def test_old_scripts_are_collected_and_memory_stays_flat(saved: Plant) -> None:
    save(saved, "warm")
    wait_until(lambda: saved.gateway.old_interpreters_alive() == 0, "old scripts", PATIENCE)
    before, threads = saved.gateway.used_megabytes(), len(saved.gateway.threads())
    for number in range(SAVES):
        workflow_id = saved.enqueue("note", f'{{"text": "{number}"}}')
        saved.result(workflow_id)
        now = save(saved, f"code-{number}")
    saved.wait_for_workers(("plant", now))
    wait_until(lambda: saved.gateway.old_interpreters_alive() == 0, "old scripts", PATIENCE)
    assert saved.gateway.used_megabytes() - before < SAVES * MEGABYTES_A_SAVE
    assert len(saved.gateway.threads()) <= threads + 4
