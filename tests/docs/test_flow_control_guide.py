"""The guide to limits and rates: its blocks run as they stand."""

import re
from typing import Any

import pytest

from exchange.workflows.cpython import cli, installer
from exchange.workflows.engine import instance
from tests.style.sources import ROOT

PAGE = (ROOT / "docs" / "guides" / "flow-control.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


@pytest.fixture
def workflows(dsn, schema):
    yield instance.configure(dsn, schema=schema)
    instance.shutdown()


def test_every_block(workflows, dsn, schema, conn, monkeypatch):
    monkeypatch.setenv("WORKFLOWS_DSN", dsn)
    monkeypatch.setenv("WORKFLOWS_SCHEMA", schema)
    (shell,) = blocks("bash")
    arguments = shell.split()[1:]
    assert cli.main(arguments) == 0
    for block in blocks("sql"):
        conn.execute(installer.rename(block, schema))
    names: dict[str, Any] = {"__name__": "guides"}
    for block in blocks("python"):
        exec(block, names)
    first, second = (names["onSave"](text)["data"] for text in ("a", "b"))
    assert second == {**first, "deduplicated": True}
    assert workflows.getWorkflow(first["workflowId"])["inputs"] == {"recipe": "b"}
    first, second = (names["onAlarm"]("T-101/level") for _ in range(2))
    assert first["data"]["workflowId"] == second["data"]["workflowId"]
