"""What the model found, each as the shortest script that failed before it was mended."""

from typing import Any

import pytest

from exchange.workflows.settings import SCHEMA_VERSION
from tests.model.book import DEFINITIONS
from tests.model.draws import FORGED
from tests.model.invariants import audit_folds
from tests.model.session import Session

WORKER = "22222222-2222-4222-8222-000000000001"


@pytest.fixture
def at_work(session: Session) -> Session:
    session.clean()
    definitions = list(DEFINITIONS.values())
    asked = {"schema_version": SCHEMA_VERSION, "queues": ["default"], "definitions": definitions}
    session.call("register_worker", WORKER, asked)
    return session


def claim(session: Session, start_now: int, prefetch: int = 0) -> list[dict[str, Any]]:
    session.tick()
    return session.call("claim_workflows", WORKER, start_now, prefetch, session.now % 10**9)[
        "workflows"
    ]


def assert_audited(session: Session) -> None:
    dump = session.dump()
    audit_folds(dump, {row["id"]: row for row in dump["workflow"]})


def test_full_history_has_every_change(at_work: Session) -> None:
    """Enqueue on all its ways, debounce, the start of what was claimed ahead and a timeout were missing."""
    at_work.call("set_queue", "default", {"history": "full"})
    at_work.call("enqueue", "plain")
    debounce = {"deduplication_id": "x", "on_duplicate": "debounce", "delay_seconds": 1}
    at_work.call("enqueue", "plain", "{}", {"deduplication_id": "x"})
    at_work.call("enqueue", "plain", "{}", debounce)
    at_work.call("enqueue_many", [{"workflow_name": "trying"}])
    assert_audited(at_work)
    ahead = claim(at_work, 0, 2)
    held = [[x["w"], x["t"]] for x in ahead]
    at_work.call("renew_worker", WORKER, {"held": held, "started": [x["w"] for x in ahead]})
    assert_audited(at_work)
    at_work.tick(10_000)
    at_work.call("run_maintenance", 500)
    assert {lease["control"] for lease in at_work.dump()["lease"]} == {None, "timeout"}
    assert_audited(at_work)


def test_a_stale_outcome_beside_the_rightful_one_is_refused(at_work: Session) -> None:
    """Two threads of one process, one of them late: the late one was told nothing, as if it had counted."""
    at_work.call("enqueue", "plain")
    w = claim(at_work, 1)[0]
    outcomes = [
        {"n": n, "w": w["w"], "t": token, "outcome": "success"}
        for n, token in enumerate([FORGED, w["t"]])
    ]
    assert at_work.call("finish_workflows", WORKER, outcomes) == [{"n": 0, "a": "WF001"}]


def test_a_clean_batch_is_claimed_in_its_order(at_work: Session) -> None:
    """Places were drawn lane by lane."""
    names = ["valve", "plain", "press", "valve", "trying", "plain"] * 3
    at_work.call("enqueue_many", [{"workflow_name": name} for name in names])
    assert [x["name"] for x in claim(at_work, len(names))] == names


def test_an_option_that_is_set_leaves_orders_without_a_limit(at_work: Session) -> None:
    """Whatever was set of a limited queue, those that had come for an order took room from then on."""
    at_work.call("set_queue", "default", {"max_running": 1})
    workflow_id = at_work.call("enqueue", "batch")
    w = claim(at_work, 1)[0]
    outcome = {"n": 0, "w": w["w"], "t": w["t"], "outcome": "suspend"}
    at_work.call("finish_workflows", WORKER, [outcome])
    at_work.call("send_command", workflow_id, "HOLD")
    assert [x["control"] for x in claim(at_work, 0)] == ["hold 1"]
    at_work.call("set_queue", "default", {"run_on": "any"})
    at_work.call("enqueue", "plain")
    assert [x["name"] for x in claim(at_work, 1)] == ["plain"]


def test_an_id_that_stands_is_answered_whoever_holds_its_deduplication_id(at_work: Session) -> None:
    """Sent again, it was refused because of a later holder."""
    first = {"workflow_id": FORGED, "deduplication_id": "x", "on_duplicate": "reject"}
    at_work.call("enqueue", "plain", "{}", first)
    at_work.call("send_command", FORGED, "STOP")
    at_work.call("enqueue", "plain", "{}", {"deduplication_id": "x"})
    assert at_work.call("enqueue", "plain", "{}", first) == FORGED


def test_a_full_queue_does_not_hide_another(at_work: Session) -> None:
    """What a limit left over took the places of the other queue's workflows."""
    asked = {
        "schema_version": SCHEMA_VERSION,
        "queues": ["default", "line"],
        "definitions": list(DEFINITIONS.values()),
    }
    at_work.call("register_worker", WORKER, asked)
    at_work.call("set_queue", "line", {"max_running": 1})
    for options in [{"queue_name": "line", "priority": -1}] * 3 + [{"partition_key": "a"}]:
        at_work.call("enqueue", "plain", "{}", options)
    assert [x["queue"] for x in claim(at_work, 2)] == ["line", "default"]


def test_a_hold_that_the_timeout_overtook_says_so(at_work: Session) -> None:
    """It was reported as obeyed once the workflow had been cancelled."""
    workflow_id = at_work.call("enqueue", "trying")
    w = claim(at_work, 1)[0]
    at_work.call("send_command", workflow_id, "HOLD")
    at_work.tick(10_000)
    at_work.call("run_maintenance", 500)
    outcome = {"n": 0, "w": w["w"], "t": w["t"], "outcome": "held"}
    at_work.call("finish_workflows", WORKER, [outcome])
    dump = at_work.dump()
    assert dump["workflow"][0]["status"] == "CANCELLED"
    assert [order["outcome"] for order in dump["command"]] == ["overtaken"]
