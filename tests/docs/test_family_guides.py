"""The guides to children and to parallel steps: their blocks run as they stand."""

import pytest

from exchange.workflows import testing
from exchange.workflows.cpython import cli
from exchange.workflows.engine import instance
from tests.docs.test_talking_guides import blocks_of, run


@pytest.fixture
def workflows(dsn, schema):
    yield instance.configure(dsn, schema=schema)
    instance.shutdown()


def drained(workflows, name, inputs):
    workflow_id = workflows.enqueue(name, inputs)
    testing.drain()
    testing.drain()
    return workflows.getWorkflow(workflow_id)


def test_children(workflows, dsn, schema, monkeypatch, capsys):
    names = {}
    define, careful, inline = blocks_of("children.md")
    run(define, names)
    run(careful, names)
    tanks = {"tanks": ["T-101", "T-102"]}
    weighed = drained(workflows, "weigh_all", tanks)
    assert weighed["result"] == 1625
    assert weighed["children"] == {"SUCCESS": 2}
    assert len(drained(workflows, "weigh_what_answers", tanks)["result"]) == 2
    assert drained(workflows, "weigh_with_a_spare", {"tank": "T-1"})["result"]["tank"] == "T-1"
    run(inline, names)
    monkeypatch.setenv("WORKFLOWS_DSN", dsn)
    monkeypatch.setenv("WORKFLOWS_SCHEMA", schema)
    assert cli.main(["show", weighed["workflow_id"]]) == 0
    assert "children: 2 SUCCESS" in capsys.readouterr().out


def test_parallel_steps(workflows):
    names = {}
    define, careful, inline = blocks_of("parallel-steps.md")
    run(define, names)
    run(careful, names)
    tanks = {"tanks": ["T-101", "T-102"]}
    assert drained(workflows, "survey", tanks)["result"] == [4.2, 4.2]
    assert drained(workflows, "survey_what_answers", tanks)["result"] == [4.2, 4.2]
    assert drained(workflows, "survey_or_say", tanks)["result"] == 2
    run(inline, names)
    broken = {"read_level": IOError("no signal")}
    ended = testing.run_inline(names["survey_or_say"], tanks, steps=broken)
    assert ended.result == "2 tanks do not answer"
