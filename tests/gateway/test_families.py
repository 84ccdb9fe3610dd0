"""Children, and steps that run beside each other, in a gateway: Jython, Java threads, its connection pool."""

import json

from tests.gateway.plant import PATIENCE, Plant
from tests.waiting import wait_until

ENQUEUE = "exchange.workflows.api.service.enqueue"


def start(plant: Plant, name: str, inputs: str) -> str:
    answer = plant.call(f"{ENQUEUE}({name!r}, {inputs})")
    assert answer["ok"], answer
    return answer["workflowId"]


def test_a_family(plant: Plant) -> None:
    good = start(plant, "family", "{'texts': ['a', u'\\xb0', 3]}")
    bad = start(plant, "family", "{'texts': ['bad', 'a']}")
    assert json.loads(plant.result(good)) == ["a", "\xb0", 3]
    assert json.loads(plant.result(bad)) == ["no note: \xb0", ["ERROR", "SUCCESS"]]
    sql = "select count(*), min(status), max(policy) from workflows.workflow_child where parent_workflow_id = %s"
    assert plant.ask(sql, good) == [(3, "SUCCESS", "follow")]


def test_steps_beside_each_other(plant: Plant) -> None:
    workflow_id = start(plant, "survey", "{'tanks': ['a', 'bc', 'def']}")

    def begun() -> int:
        return sum(1 for line in plant.seen() if line.startswith("measure "))

    wait_until(lambda: begun() == 3, "all three to be in work", PATIENCE)
    plant.gateway.run("system.util.globals['gate measure'].release(3)", "plant")
    assert json.loads(plant.result(workflow_id)) == [["a", 1], ["bc", 2], ["def", 3]]
    workflow_id = start(plant, "survey", "{'tanks': [u'bad \\xb0', u'bad \\xb0', 'a']}")
    wait_until(lambda: begun() == 6, "all three to be in work", PATIENCE)
    plant.gateway.run("system.util.globals['gate measure'].release(3)", "plant")
    count, message = json.loads(plant.result(workflow_id))
    assert count == 2 and "no signal: bad \xb0" in message
