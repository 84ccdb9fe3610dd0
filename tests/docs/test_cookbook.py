"""The cookbook: every block runs as it stands, on a database whose time is moved."""

import re
import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from exchange.workflows import testing
from exchange.workflows.api import service
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


def prompt_of(role: str) -> str:
    (found,) = service.listPrompts(role=role)["prompts"]
    assert found["roles"] == [role]
    return found["promptId"]


def test_alarm(rt, clock):
    answers = [names["onAlarm"]("T-101", "too hot") for _ in range(2)]
    rt.buffer.close()
    testing.drain()
    assert prompt_of("operator")
    clock.advance(301)
    testing.drain()
    testing.drain()
    answered = service.answerPrompt(
        promptId=prompt_of("shift lead"), answer="seen", actor="bert", roles=["shift lead"]
    )
    assert answered["ok"], answered
    (ended,) = testing.drain()
    assert ended["result"] == {"acknowledged": "shift lead", "answer": "seen"}
    assert ended["workflow_id"] == answers[0]["workflowId"] != answers[1]["workflowId"]
    nobody = testing.run_inline("raise_alarm", {"tag": "T-101", "text": "too hot"})
    assert nobody.status == "ERROR"
    assert [one["roles"] for one in nobody.prompts] == [[role] for role, _ in names["LEVELS"]]


def test_report(rt, clock):
    answer = names["schedule_report"]("line 4")
    assert answer["ok"], answer["message"]
    clock.advance(3 * 86400)
    written = testing.drain()
    assert len(written) == len({one["inputs"]["night"] for one in written}) == 3
    assert {one["status"] for one in written} == {"SUCCESS"}


def test_chatter(rt, clock):
    for value in (True, False, True, False):
        names["valueChanged"](None, "[default]LS-7", None, SimpleNamespace(value=value), False, 0)
    rt.buffer.close()
    assert testing.drain() == []
    clock.advance(6)
    (looked,) = testing.drain()
    assert looked["inputs"] == {"tag": "[default]LS-7", "value": False}


def test_dead_letters(rt, monkeypatch):
    monkeypatch.setitem(names, "lab_answers", lambda: False)
    samples = [rt.enqueue("analyse", {"sample": number}) for number in range(3)]
    assert {one["status"] for one in testing.drain()} == {"ERROR"}
    monkeypatch.undo()
    assert names["back_to_work"]("anna", first_only=True) == samples[-1:]
    assert [one["status"] for one in testing.drain()] == ["SUCCESS"]
    assert sorted(names["back_to_work"]("anna")) == sorted(samples[:-1])
    assert [one["status"] for one in testing.drain()] == ["SUCCESS"] * 2


def test_late_setpoint(rt, clock, work):
    assert work(names["order_speed"]("M-7", 900)) == "M-7 has 900 rpm"
    late = names["order_speed"]("M-7", 1200)
    clock.advance(31)
    testing.drain()
    assert rt.getWorkflow(late)["status"] == "CANCELLED"
    assert keys(rt, late) == []


def test_a_row_exactly_once(rt, conn, work, monkeypatch):
    failures = [IOError("the erp is away")]
    real = names["tell"]
    monkeypatch.setitem(
        names, "tell", lambda *told: failures and (_ for _ in ()).throw(failures.pop())
    )
    workflow_id = rt.enqueue("book_batch", {"batch": "B-7", "weights": {"water": 80, "sugar": 20}})
    assert work(workflow_id) == 2 and real
    assert rt.getWorkflow(workflow_id)["failure_count"] == 1
    rows = conn.execute("select phase, kilograms from batch_row order by phase").fetchall()
    assert rows == [("sugar", 20), ("water", 80)]


def test_another_system(rt, work):
    workflow_id = rt.enqueue("fetch_pallet", {"pallet": "P-1"})
    testing.drain()
    assert rt.getEvent(workflow_id, "phase") == "on its way"
    telegram = str(uuid.uuid4())
    for _ in range(2):
        assert names["carrierArrived"](workflow_id, 3, telegram)["ok"]
    assert work(workflow_id) == 3
    lost = testing.run_inline("fetch_pallet", {"pallet": "P-2"})
    assert lost.result is None and lost.events["phase"] == "lost"


def test_every_pattern_is_here():
    here = [name for name in globals() if name.startswith("test_")]
    assert len(re.findall("^## ", PAGE, re.M)) == len(here) - 1 == 15
