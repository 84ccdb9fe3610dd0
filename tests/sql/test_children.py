"""Children: started once, waited for without a worker, and how they have ended."""

import pytest

from tests.calls import refused
from tests.families import Family


@pytest.fixture
def family(calls):
    return Family(calls)


def test_a_child_is_started_with_its_record_and_only_once(family, calls):
    first = family.start(3)
    assert (first["a"], first["status"]) == ("replayed", "SUCCESS")
    assert family.start(3)["output"] == first["output"]
    query = "select workflow_id::text, step_key, child_no, policy from workflows.child order by child_no"
    assert calls.rows(query) == [
        (one, "startChildren", n, "follow") for n, one in enumerate(first["output"], 1)
    ]
    assert [calls.get(one)["inputs"] for one in first["output"]] == [{"n": n} for n in range(3)]
    assert {calls.get(one)["parent_workflow_id"] for one in first["output"]} == {family.parent}
    assert calls.get(family.parent)["children"] == {"ENQUEUED": 3}
    listed = calls.call("list_workflows", filter={"parent": family.parent})
    assert [one["workflow_id"] for one in reversed(listed)] == sorted(first["output"])


def test_options_of_enqueue_hold_for_every_child(family, calls):
    children = family.children(2, options={"priority": -5, "delay_seconds": 60, "actor": "anna"})
    assert {calls.get(one)["priority"] for one in children} == {-5}
    assert family.statuses(children) == ["DELAYED", "DELAYED"]


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        ({"policy": "none"}, "BadArgument"),
        ({"workflow_name": " child"}, "BadArgument"),
        ({"options": {"colour": "red"}}, "BadArgument"),
        ({"options": {"workflow_id": "5f0c9a9e-0000-4000-8000-000000000000"}}, "BadArgument"),
        ({"options": {"deduplication_id": "a"}}, "BadArgument"),
        ({"options": {"queue_name": "unknown"}}, "QueueRefused"),
        ({"options": {"queue_name": "closed"}}, "QueueRefused"),
    ],
)
def test_what_is_refused_starts_none_and_is_recorded(family, calls, ask, error):
    calls.call("create_queue", queue_name="closed", options={"accepts_work": False})
    answer = family.start(3, **ask)
    assert (answer["status"], answer["error"]["class"]) == ("ERROR", error)
    assert family.start(3)["status"] == "ERROR", "what was recorded stands"
    assert calls.value("select count(*) from workflows.child") == 0
    assert calls.value("select count(*) from workflows.workflow") == 1


def test_a_workflow_that_starts_itself_for_ever_is_refused(calls, make_worker):
    calls.set_setting("max_child_depth", 2)
    worker = make_worker("parent")
    calls.enqueue("parent")
    answers = []
    for _ in range(3):
        [claimed] = worker.claim(1)
        ask = {"workflow_name": "parent", "inputs": [{}]}
        answers.append(worker.record(claimed, "startChild", kind="child", ask=ask))
    assert [one["status"] for one in answers] == ["SUCCESS", "SUCCESS", "ERROR"]
    assert "max_child_depth" in answers[2]["error"]["message"]
    with refused("WF002", "parent"):
        calls.enqueue(
            "mix",
            parent=calls.value(
                "select workflow_id::text from workflows.child order by workflow_id desc limit 1"
            ),
        )


def test_a_child_works_under_the_gates_of_its_parent(calls):
    family = Family(calls, resources=["reactor 1"])
    assert (
        "under those of its parent"
        in family.start(options={"resources": ["pump"]})["error"]["message"]
    )
    assert family.start(key="second")["status"] == "SUCCESS"


def test_enqueue_with_a_parent_makes_a_child_that_takes_no_orders(family, calls):
    child = calls.enqueue("child", parent=family.parent)
    assert calls.rows("select workflow_id::text, policy from workflows.child") == [(child, "leave")]


# Waiting


def test_the_parent_waits_without_a_worker_until_the_last_has_ended(family):
    children = family.children(3)
    family.park(children)
    family.end(2)
    assert family.worker.claim() == [] and family.status() == "WAITING"
    family.end(1)
    [again] = family.worker.claim()
    answer = family.wait(children, again)
    assert answer["status"] == "SUCCESS"
    assert [one["workflow_id"] for one in answer["output"]] == children
    assert [one["status"] for one in answer["output"]] == ["SUCCESS"] * 3
    assert family.calls.rows("select from workflows.wait") == []
    assert family.calls.rows("select from workflows.wake_call") == []


def test_any_wakes_with_the_first(family):
    children = family.children(3)
    family.park(children, mode="any")
    [first] = family.end(1)
    [again] = family.worker.claim()
    assert family.wait(children, again, mode="any")["output"] == first


def test_what_has_ended_before_is_answered_at_once(family):
    children = family.children(2)
    family.end(2)
    assert family.wait(children)["status"] == "SUCCESS"


def test_a_child_that_failed_is_an_error_with_every_outcome(family):
    children = family.children(3)
    family.end(1)
    error = {"class": "PumpBlocked", "message": "no flow", "traceback": ""}
    family.end(1, "error", error=error)
    family.calls.command(children[2], "STOP", "leak")
    answer = family.wait(children)
    assert (answer["status"], answer["error"]["class"]) == ("ERROR", "ChildFailed")
    outcomes = answer["error"]["outcomes"]
    assert [one["status"] for one in outcomes] == ["SUCCESS", "ERROR", "STOPPED"]
    assert outcomes[1]["error"] == {"class": "PumpBlocked", "message": "no flow"}
    assert outcomes[2]["reason"] == "leak"
    assert "PumpBlocked: no flow (and 1 more)" in answer["error"]["message"]
    told = family.wait(children, key="waitForAll#2", **{"raise": False})
    assert told["status"] == "SUCCESS"
    assert [one["status"] for one in told["output"]] == ["SUCCESS", "ERROR", "STOPPED"]


def test_a_wait_may_be_over_before_they_have_ended(family, clock):
    children = family.children(2)
    family.park(children, seconds=60)
    family.end(1)
    clock.advance(61)
    family.calls.maintain()
    [again] = family.worker.claim()
    answer = family.wait(children, again, seconds=60)
    assert answer["error"]["class"] == "TimedOut"
    assert answer["error"]["message"] == "1 of 2 children have ended in time"


def test_outcomes_that_are_too_large_together_are_an_error(family, calls):
    calls.set_setting("payload_bytes", 1024)
    children = family.children(2)
    family.end(2, result="x" * 600)
    assert family.wait(children)["error"]["class"] == "UnserialisableResult"
    assert family.wait(children[:1], key="waitForAll#2")["output"][0]["result"] == "x" * 600


def test_another_try_of_the_parent_waits_for_its_children_anew(calls):
    family = Family(calls, max_attempts=2)
    [child] = family.children(1)
    family.end(1, "error", error={"class": "PumpBlocked", "message": "no flow"})
    assert family.wait([child])["status"] == "ERROR"
    family.worker.fail(family.claimed)
    calls.run("update workflows.parked set due_at = '-infinity'")
    calls.maintain()
    [again] = family.worker.claim()
    assert [one["k"] for one in again["steps"]] == ["startChildren"]
    calls.retry(child)
    family.end(1)
    assert family.wait([child], again)["status"] == "SUCCESS"


def test_a_fork_waits_for_the_children_of_the_first_one(family, calls, clock):
    """They wake their own parent only; the fork looks every second."""
    [child] = family.children(1)
    family.worker.record(family.claimed, "second")
    fork = calls.call("fork_workflow", workflow_id=family.parent, step_key="second", options={})
    [claimed] = family.worker.claim()
    assert claimed["w"] == fork["workflow_id"]
    assert family.wait([child], claimed)["a"] == "waiting"
    family.worker.finish(claimed, "suspend", k="waitForAll")
    family.end(1)
    clock.advance(1.1)
    calls.maintain()
    [again] = family.worker.claim()
    assert family.wait([child], again)["status"] == "SUCCESS"


@pytest.mark.parametrize("mode", ["all", "any"])
def test_a_parent_that_is_held_goes_on_where_its_children_ended_meanwhile(family, calls, mode):
    children = family.children(1, policy="leave")
    family.park(children, mode=mode)
    calls.command(family.parent, "HOLD")
    family.end(1)
    assert family.worker.claim() == [] and family.status() == "HELD"
    calls.command(family.parent, "RESUME")
    [again] = family.worker.claim()
    assert family.wait(children, again, mode=mode)["status"] == "SUCCESS"


def test_what_has_been_seen_ended_is_not_looked_at_again(family, calls):
    children = family.children(60)
    family.park(children)
    for turn in range(1, 10):
        family.end(6)
        family.calls.maintain()
        assert calls.value("select seen_count from workflows.wait") == 6 * turn
    family.end(6)
    family.calls.maintain()
    assert family.status() == "ENQUEUED"
