"""The blocks of the guides for gateways run as they stand; the report that verifies a gateway finds no fault."""

import json
import os
import re
import shlex
import subprocess
import sys

import pytest

from tests.conftest import SCHEMA
from tests.gateway.plant import PATIENCE, Plant, code_blocks
from tests.waiting import wait_until

VIEW = """
class Part(object):
    def __init__(self, **parts):
        self.__dict__.update(parts)

view = Part(params=Part(tank="T-7", workflowId=None), custom=Part(workflowId=None))
session = Part(props=Part(auth=Part(user=Part(userName="jdoe"))))
siblings = dict(
    Kilograms=Part(props=Part(value=12.5)), Message=Part(props=Part(text=None)), Reason=Part(props=Part(text="serviced")))

class Button(object):
    pass

button = Button()
button.view, button.session, button.getSibling = view, session, siblings.get
"""
CLICK = "\nrunAction(button, None)\n"


def page(name: str, language: str = "python") -> list[str]:
    return code_blocks(f"guides/{name}.md", language)


def test_perspective_buttons(plant: Plant) -> None:
    enqueue, command = page("perspective-buttons")
    workflow_id = plant.gateway.run(
        VIEW + enqueue + CLICK, returns="view.custom.workflowId", keep="view"
    )
    plant.wait_until_seen("fill T-7 begins first")
    inputs = plant.one(
        "select inputs from workflows.workflow_payload where workflow_id = %s", workflow_id
    )
    assert json.loads(inputs) == {"tank": "T-7", "kilograms": 12.5}
    code = f"view.params.workflowId = {workflow_id!r}\n" + command + CLICK
    said = plant.gateway.run(code, returns="siblings['Message'].props.text", keep="view")
    assert said
    sql = "select command, actor, reason from workflows.command_log where workflow_id = %s"
    assert plant.ask(sql, workflow_id) == [("HOLD", "jdoe", "serviced")]
    plant.open_gate("T-7")
    plant.wait_for(workflow_id, "HELD")
    code = "view.params.workflowId = 'no id'\n" + command + CLICK
    assert plant.gateway.run(code, returns="siblings['Message'].props.text", keep="view")


def run_line(plant: Plant, line: str) -> None:
    words = shlex.split(line)
    assert words[0] == "ignition-workflows"
    program = "from exchange.workflows.cpython.cli import main; raise SystemExit(main())"
    subprocess.run(
        [sys.executable, "-c", program, *words[1:]],
        env={**os.environ, "WORKFLOWS_DSN": plant.dsn, "WORKFLOWS_SCHEMA": SCHEMA},
        check=True,
        timeout=60,
    )


def test_redundancy_sets_the_queue(plant: Plant) -> None:
    line, _ = page("redundancy", "sh")
    (startup,) = page("redundancy")
    assert "connections=11" in startup, "tests/gateway/test_startup.py has such a line"
    plant.execute(
        "select workflows.create_queue('filling') where not exists (select from workflows.queue where queue_name = 'filling')"
    )
    run_line(plant, line)
    sql = "select value ->> 'run_on' from json_array_elements(workflows.list_queues()::json) where value ->> 'queue_name' = 'filling'"
    assert plant.one(sql) == "prefer_active"


def test_redundancy_takes_a_gateway_out_of_service(plant: Plant) -> None:
    _, lines = page("redundancy", "sh")
    named = re.search(r"[0-9a-f-]{36}", lines)
    at_work = "select worker_id from workflows.worker_status where status = 'active' and project_name = 'plant'"
    worker_id = plant.one(at_work)
    assert named and worker_id
    is_draining = "select is_draining from workflows.worker_status where worker_id = %s"
    try:
        for line in lines.splitlines():
            run_line(plant, line.replace(named[0], worker_id))
        assert plant.one(is_draining, worker_id) is True
    finally:
        answer = plant.call(f"exchange.workflows.api.admin.resumeWorker({worker_id!r})")
    assert (answer["code"], plant.one(is_draining, worker_id)) == ("WORKER_RESUMED", False)


def test_script_reload_a_version_beside_the_old_one(plant: Plant) -> None:
    versioned, maintenance = page("script-reload")
    code = "from exchange.workflows.engine.runtime import workflow\n" + versioned
    assert plant.gateway.run(code, "workflows", returns="fill_tank.__name__") == "fill_tank"
    plant.gateway.run("answer = " + maintenance, returns="answer", keep="reload")
    try:
        assert plant.gateway.evaluate("answer['code']", keep="reload") == "MAINTENANCE_ENABLED"
    finally:
        plant.call("exchange.workflows.api.admin.exitMaintenance()")


def test_tag_events(plant: Plant) -> None:
    script, policy, journal = page("tag-events")
    plant.gateway.create_tag("Tank/Temperature", 20.0)
    plant.gateway.create_tag("Tank/Temperature", script=script)
    for value in (60.0, 70.5, 50.0):
        plant.gateway.write_tag("Tank/Temperature", value)
    sql = (
        "select workflow_id::text from workflows.workflow where workflow_name = 'alarm_temperature'"
    )
    (workflow_id,) = wait_until(lambda: plant.ask(sql), "the tag's workflow", PATIENCE)
    result = plant.result(workflow_id)
    assert "Tank/Temperature" in result and "70.5" in result
    plant.gateway.run(policy)
    again = "exchange.workflows.engine.instance.getWorkflows().buffer"
    assert plant.gateway.run("", returns=f"{again}.policy()") == "coalesce"
    plant.gateway.run(policy.replace("coalesce", "reject"))
    assert journal.startswith("exchange.workflows.gateway.startup(")


@pytest.mark.parametrize(
    ("database", "listening"), [("WorkflowsDB", "ok  "), ("Wrapped", "not here")]
)
def test_verifying_a_gateway(plant: Plant, database: str, listening: str) -> None:
    startup, report = page("verifying-a-gateway")
    assert 'modules=["exchange.workflows.apps.verify"]' in startup, "plant starts it, too"
    code = report.replace("report()", f"report({database!r})")
    lines = plant.gateway.run(f"said = {code.strip()}", returns="said").splitlines()
    assert len(lines) >= 15
    assert [line for line in lines if line.startswith("FAILED")] == []
    (found,) = [line for line in lines if " listening: " in line]
    assert found.startswith(listening)
    assert [line for line in lines if line.startswith("not here")] == [found] * (
        listening == "not here"
    )
