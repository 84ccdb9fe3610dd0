"""Retention and diagnostics as scripts of a gateway ask for them: the same module in real Jython."""

from typing import Any

from tests.gateway.plant import Plant, code_blocks
from tests.waiting import wait_until


def admin(plant: Plant, expression: str) -> Any:
    return plant.call(f"exchange.workflows.api.admin.{expression}")


def test_what_has_ended_is_removed(plant: Plant) -> None:
    plant.one("select workflows.set_setting('retention_grace_seconds', '0')")
    plant.one("""select workflows.create_queue('brief')""")
    ended = plant.enqueue("note", "{}", '{"delay_seconds": 600, "queue_name": "brief"}')
    plant.one("select workflows.cancel_workflow(%s)", ended)
    policy = admin(plant, "setRetention('brief', keepSeconds=0, actor='anna')")
    assert (policy["code"], policy["queueName"]) == ("RETENTION_SET", "brief")
    answer = admin(plant, "applyRetention()")
    # the worker of this gateway does maintenance meanwhile: it may have been first, or may be at it
    assert answer["code"] == "RETENTION_APPLIED" and answer["passedBy"] <= 1
    wait_until(lambda: plant.status(ended) is None, "it to be removed")
    listed = admin(plant, "listRetention()")["policies"]
    assert "brief" in [one["queueName"] for one in listed]
    assert admin(plant, "deleteRetention('brief')")["wasSet"] is True
    assert admin(plant, "applyRetention(limit=0)")["code"] == "INVALID_ARGUMENTS"


def test_diagnostics_tell_of_this_gateway(plant: Plant) -> None:
    found = admin(plant, "getDiagnostics()")
    assert found["code"] == "DIAGNOSTICS_OK"
    assert found["runtime"]["language"] == "Jython" and found["runtime"]["javaVersion"]
    assert found["runtime"]["memoryBytes"]["used"] > 0
    assert found["registeredWorkflows"] > 0 and found["generation"] >= 1
    assert "plant" in [worker["projectName"] for worker in found["workers"]]
    assert {one["checkName"] for one in found["health"]} >= {"workers", "retention"}


def test_figures_for_tags_tell_of_the_worker_of_this_project(plant: Plant) -> None:
    workflow_id = plant.enqueue("note", '{"text": "figures"}')
    plant.wait_for(workflow_id, "SUCCESS")
    found = admin(plant, "getFigures()")
    assert found["code"] == "FIGURES_OK"
    assert found["worker"]["claimed"] >= 1 and found["worker"]["pool"]["most"] > 0
    tags = found["tags"]
    assert (
        tags["Worker/Threads"] > 0 and tags["Worker/PoolInUse"] <= found["worker"]["pool"]["most"]
    )
    assert tags["Queues/default/Enqueued"] >= 0 and tags["Buffer/Waiting"] == 0


def test_the_scripts_of_the_page_on_monitoring_write_tags(plant: Plant) -> None:
    make, write = code_blocks("operations/monitoring.md", "python")
    plant.gateway.run(make)
    reading = "system.tag.readBlocking(['[default]Workflows/Worker/Threads'])[0]"
    said = plant.gateway.run(write, returns=f"[{reading}.value, str({reading}.quality)]")
    assert said[0] > 0 and said[1] == "Good"
