"""The blocks of docs/guides/commands.md run as they stand; those of handlers.md are the batch of test_batch.py."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import SCHEMA
from tests.gateway.batch import SENSORS, Batch, save
from tests.gateway.batch_places import STEPS, Place
from tests.gateway.plant import PATIENCE, Plant, code_blocks
from tests.waiting import wait_until

PAGE = "guides/commands.md"
GIVE, LAPSE, STOP_MANY, AGAIN, MANUAL = code_blocks(PAGE)
LOG, NEEDS_REASON = code_blocks(PAGE, "sql")
CLI = "from exchange.workflows.cpython.cli import main; main()"


def run(plant: Plant, code: str, batch: Batch, returns: str) -> Any:
    return plant.gateway.run(f"wid = {batch.workflow_id!r}\n{code}", returns=returns)


@pytest.fixture
def needs_reason(batch_plant: Plant) -> Iterator[None]:
    batch_plant.execute(NEEDS_REASON)
    yield
    batch_plant.execute(NEEDS_REASON.replace("true", "false"))


def test_an_order_and_what_became_of_it(batch_plant: Plant, needs_reason: None) -> None:
    batch = Place("asleep 2").bring(batch_plant)
    said = batch_plant.call(
        f"exchange.workflows.api.service.sendCommand({batch.workflow_id!r}, 'HOLD')"
    )
    assert (said["ok"], said["code"]) == (False, "INVALID_ARGUMENTS")
    answer = run(batch_plant, GIVE, batch, "answer")
    assert (answer["outcome"], answer["state"]) == ("accepted", "HOLDING")
    batch.wait_for("HELD", "HELD")
    newest = batch_plant.ask(LOG.replace("%", "%%"))[0]
    assert newest[:5] == ("HOLD", "anna", "bernd", "valve XV-12 is serviced", "obeyed")


def test_an_order_that_lapses(batch_plant: Plant) -> None:
    batch = Place("asleep 2").bring(batch_plant)
    batch.order("HOLD")
    batch.wait_for("HELD", "HELD")
    assert run(batch_plant, LAPSE, batch, "answer['outcome']") == "accepted"
    sql = "select expires_at - accepted_at = interval '60 seconds' from workflows.command_log where workflow_id = %s and command = 'RESUME'"
    assert batch_plant.one(sql, batch.workflow_id) is True
    batch.set(**SENSORS)
    batch.wait_for("SUCCESS", "COMPLETE")


def test_many_are_stopped_at_once(batch_plant: Plant) -> None:
    stopped = Place("asleep 2").bring(batch_plant)
    (line,) = code_blocks(PAGE, "sh")
    words = shlex.split(line)
    assert words[0] == "ignition-workflows"
    environment = {**os.environ, "WORKFLOWS_DSN": batch_plant.dsn, "WORKFLOWS_SCHEMA": SCHEMA}
    command = [sys.executable, "-c", CLI, *words[1:]]
    subprocess.run(command, env=environment, check=True, timeout=60)
    stopped.wait_for("STOPPED", "STOPPED")
    batches = [Place(name).bring(batch_plant) for name in ("asleep 2", "asleep 5")]
    assert batch_plant.gateway.run(STOP_MANY, returns="[len(answer['results']), failed]") == [2, []]
    for batch in batches:
        batch.wait_for("STOPPED", "STOPPED")


def test_after_the_end(batch_plant: Plant) -> None:
    batch = Place("after 6").bring(batch_plant)
    Place("after 6").order(batch, "ABORT")
    batch.wait_for("ABORTED", "ABORTED")
    again, other = run(batch_plant, AGAIN, batch, "[again, other['workflowId']]")
    for workflow_id in (again, other):
        batch_plant.wait_for(workflow_id, "SUCCESS")
        sql = "select step_key from workflows.step where workflow_id = %s order by started_at"
        assert batch_plant.ask(sql, workflow_id) == STEPS


def test_a_workflow_that_takes_its_commands_itself(batch_plant: Plant) -> None:
    save(batch_plant, {"plant.manual": MANUAL})
    batch_plant.gateway.create_tag("R-9/Motor", True)
    batch_plant.gateway.evaluate("plant.manual.stir.__name__")
    workflow_id = batch_plant.enqueue("stir", json.dumps({"reactor": "R-9", "rounds": 1000}))
    batch_plant.wait_for(workflow_id, "RUNNING")
    for command, motor in (("HOLD", False), ("RESUME", True), ("STOP", False)):
        call = f"exchange.workflows.api.service.sendCommand({workflow_id!r}, {command!r})"
        assert batch_plant.call(call)["outcome"] == "accepted"
        wait_until(
            lambda motor=motor: batch_plant.gateway.read_tag("R-9/Motor") is motor,
            f"the motor after {command}",
            PATIENCE,
        )
    batch_plant.wait_for(workflow_id, "STOPPED")
