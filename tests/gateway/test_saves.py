"""Scripts saved under running workflows: the new code takes over, nothing runs twice at once, nothing stays."""

import time
from collections.abc import Iterator

import pytest

from tests.gateway.gateway import Database, StandInGateway
from tests.gateway.plant import FLOWS, PATIENCE, Plant, plant_database, startup
from tests.gateway.projects import Project
from tests.servers import Server
from tests.waiting import wait_until

SAVES = 20
LINE = startup(more="threads=4, journal=True")
MEGABYTES_A_SAVE = 1.0


def flows(code: str) -> dict[str, str]:
    return {"plant.flows": FLOWS.replace('CODE = "first"', f'CODE = "{code}"')}


@pytest.fixture(scope="module")
def saved(server: Server, java: None) -> Iterator[Plant]:
    project = Project(parent="workflows", modules=flows("first"), startup=LINE, shutdown="pass")
    with plant_database(server, "saves_test") as dsn:
        pool = Database(dsn, pool_size=20)  # more than the budget, so that going over it would show
        with StandInGateway({"plant": project}, {"WorkflowsDB": pool}) as gateway:
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
    draining = wait_until(lambda: saved.workers("is_draining"), "the old one to say that it drains")
    assert [row[1] for row in draining] == [before]
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
    assert (
        sum(saved.gateway.pool_figures("WorkflowsDB").values()) <= 8
    ), "there were never more at once"


@pytest.mark.proof
def test_old_scripts_are_collected_and_memory_stays_flat(saved: Plant) -> None:
    save(saved, "warm")
    wait_until(lambda: saved.gateway.old_interpreters_alive() == 0, "old scripts", PATIENCE)
    before, threads = saved.gateway.used_megabytes(), len(saved.gateway.threads())
    for number in range(SAVES):
        saved.result(saved.enqueue("note", f'{{"text": "{number}"}}'))
        answer = saved.call(
            "exchange.workflows.api.service.enqueueInMemory('note', {'text': 'kept'})"
        )
        saved.result(answer["workflowId"])
        now = save(saved, f"code-{number}")
    saved.wait_for_workers(("plant", now))
    wait_until(lambda: saved.gateway.old_interpreters_alive() == 0, "old scripts", PATIENCE)
    assert saved.gateway.used_megabytes() - before < SAVES * MEGABYTES_A_SAVE
    assert len(saved.gateway.threads()) <= threads + 4


def test_shutdown_waits_for_a_bounded_time_and_gives_back_the_rest(saved: Plant) -> None:
    now = save(saved, "last")
    saved.wait_for_workers(("plant", now))
    slow = saved.enqueue("fill_tank", '{"tank": "slow"}')
    saved.wait_until_seen("fill slow begins last")
    before = time.monotonic()
    answer = saved.call("exchange.workflows.gateway.shutdown(drainSeconds=0.2)")
    assert time.monotonic() - before < 10
    assert (answer["code"], answer["generation"], answer["isEnded"]) == ("STOPPED", now, False)
    assert saved.call("exchange.workflows.gateway.tick()")["code"] == "NOT_STARTED"
    waits = saved.enqueue("note", '{"text": "for the next start"}')
    saved.open_gate("slow")
    saved.wait_for(slow, "ENQUEUED")
    saved.wait_for_workers()
    assert saved.status(waits) == "ENQUEUED"
    sql = "select failure_count, reclaim_count from workflows.workflow where workflow_id = %s"
    assert saved.one(sql, slow) == (0, 0)
    assert saved.call(LINE)["generation"] == now + 1
    assert saved.result(waits) == '"for the next start"'
    assert saved.result(slow) == '"last"'
    assert len([line for line in saved.seen() if line.startswith("fill slow begins")]) == 1
