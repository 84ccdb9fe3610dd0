"""The guides to messages and prompts: their blocks run as they stand."""

import re

import pytest

from exchange.workflows import testing
from exchange.workflows.api import service
from exchange.workflows.engine import instance
from exchange.workflows.engine.runtime import workflow
from tests.style.sources import ROOT


@pytest.fixture
def workflows(dsn, schema):
    yield instance.configure(dsn, schema=schema)
    instance.shutdown()


@workflow()
def guide_receiver():
    return instance.getWorkflows().recv("blended", timeoutSeconds=3600)


def blocks_of(page):
    text = (ROOT / "docs" / "guides" / page).read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)


def run(block, names):
    import exchange.workflows.api.service

    names.setdefault("exchange", exchange)
    names.setdefault("__name__", "guides")
    exec(block, names)


def test_messages(workflows, capsys):
    names = {}
    define, send, event, stream, inline = blocks_of("messages.md")
    run(define, names)
    names["other"] = workflows.enqueue("guide_receiver")
    names["wid"] = workflows.enqueue("blend", {"tank": "T-101"})
    testing.drain()
    assert workflows.getEvent(names["wid"], "phase") == "waiting for the order"
    run(send, names)
    testing.drain()
    testing.drain()
    for block in (event, stream):
        run(block, names)
    assert names["phase"] == "blending"
    assert capsys.readouterr().out == "0 added water\n1 added sugar\n"
    assert workflows.handle(names["other"]).result(0)["tank"] == "T-101"
    run(inline, names)


def test_prompts(workflows, capsys):
    names = {}
    define, answer, inline = blocks_of("prompts.md")
    run(define, names)
    workflow_id = workflows.enqueue("add_by_hand", {"tank": "T-101"})
    testing.drain()
    run(answer, names)
    assert capsys.readouterr().out == "PROMPT_ANSWERED answered\n"
    testing.drain()
    [prompt] = service.listPrompts(role="qa")["prompts"]
    signed = {"secondActor": "bert", "secondRoles": ["qa"], "roles": ["qa"], "actor": "anna"}
    assert service.answerPrompt(promptId=prompt["promptId"], answer=True, **signed)["ok"]
    testing.drain()
    result = {"kilograms": 25, "released": True}
    assert workflows.handle(workflow_id).result(0) == result
    run(inline, names)
