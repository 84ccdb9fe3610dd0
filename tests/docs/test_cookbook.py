"""The cookbook: every block runs as it stands, on a database whose time is moved."""

import re
from typing import Any

import pytest

from exchange.workflows import testing
from exchange.workflows.cpython import installer
from exchange.workflows.engine import instance
from tests.clock import Clock
from tests.style.sources import ROOT

PAGE = (ROOT / "docs" / "examples" / "cookbook.md").read_text(encoding="utf-8")
names: dict[str, Any] = {"__name__": "cookbook"}


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


@pytest.fixture(scope="module", autouse=True)
def cookbook():
    for block in blocks("python"):
        exec(block, names)


@pytest.fixture
def rt(dsn, schema, conn):
    for block in blocks("sql"):
        conn.execute(installer.rename(block, schema))
    yield instance.configure(dsn, schema=schema)
    instance.shutdown()


@pytest.fixture
def work(rt, conn, schema):
    """work(workflow_id): drained, and time moved on, until it has ended; its result."""
    clock = Clock(conn, schema)

    def until_ended(workflow_id: str, hours: float = 1) -> Any:
        for _ in range(60):
            testing.drain()
            found = rt.getWorkflow(workflow_id)
            if found["ended_at"]:
                assert found["status"] == "SUCCESS", found["error"]
                return found["result"]
            clock.advance(hours * 3600)
        raise AssertionError(f"still {found['status']}")

    return until_ended


def keys(rt: Any, workflow_id: str) -> list[str]:
    return [one["step_key"] for one in rt.listSteps(workflow_id)]


def test_undo(rt, work):
    assert work(rt.enqueue("place_order", {"order": "R-1"})) == {"placed": True}
    refused = rt.enqueue("place_order", {"order": "R-0"})
    assert work(refused) == {"placed": False, "why": "stock refuses R-0"}
    late = testing.run_inline(
        "place_order", {"order": "R-1"}, steps={"tell": ["ok", "ok", ValueError("full")]}
    )
    assert [one["step_key"] for one in late.steps][3:] == ["take_back", "take_back#2"]


def test_all_tanks(rt, work):
    assert work(rt.enqueue("clean_all", {"tanks": ["T-101", "R-0", "T-102"]})) == ["R-0"]


def test_many_answers(rt, work):
    assert work(rt.enqueue("read_all", {"names": ["a", "bcd"]})) == {"a": 1, "bcd": 3}


def test_look_until(rt, work):
    assert work(rt.enqueue("heat_up", {"oven": "O-1", "celsius": 200})) == 2


def test_ask(rt, work):
    workflow_id = rt.enqueue("end_of_batch", {"batch": "B-7"})
    assert work(workflow_id) == "wait"
    assert "tell" not in keys(rt, workflow_id)


def test_equipment(rt, work):
    workflow_id = names["start_batch"]("reactor 1")
    found = rt.getWorkflow(workflow_id)
    assert found["resources"] == ["pump 1", "reactor 1"]
    assert work(workflow_id) == [f"reactor 1 has {name}" for name in ("fill", "heat", "drain")]


def test_tell_a_system(rt, work):
    told = work(rt.enqueue("finish_order", {"order": "R-1"}))
    assert work(told) == "erp has R-1"
    assert work(rt.enqueue("finish_order", {"order": "R-1"})) == told
    assert rt.getWorkflow(told)["queue_name"] == "erp"


def test_run_for_years(rt, work):
    second = work(rt.enqueue("watch_line", {"line": "line 4"}))
    assert rt.getWorkflow(second)["inputs"] == {"line": "line 4", "day": 2}


def test_every_pattern_is_here():
    here = [name for name in globals() if name.startswith("test_")]
    assert len(re.findall("^## ", PAGE, re.M)) == len(here) - 1 == 8
