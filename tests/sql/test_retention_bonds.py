"""What keeps an ended workflow from retention: a parent that lives, a window of deduplication."""

import pytest

from tests.families import Family


def keep_nothing(calls):
    calls.set_setting("retention_grace_seconds", 0)
    calls.run("delete from workflows.retention_policy")
    calls.call("set_retention", options={"keep_seconds": 0})


def remove(calls):
    after = {}
    while True:
        answer = calls.call("apply_retention", **after)
        if answer["is_done"]:
            return
        after = {"after": answer["next"]}


def ids(calls):
    return {i for (i,) in calls.rows("select workflow_id::text from workflows.workflow")}


def test_a_parent_that_lives_keeps_its_children(calls):
    family = Family(calls)
    (child,) = family.children()
    keep_nothing(calls)
    family.end()
    remove(calls)
    assert child in ids(calls)
    family.worker.finish(family.claimed)
    remove(calls)
    remove(calls)
    assert ids(calls) == set()


@pytest.mark.parametrize("is_parked", [True, False])
def test_who_waits_for_a_child_that_was_removed_is_told_so(calls, clock, is_parked):
    """As a fork or another try may, long after."""
    family = Family(calls)
    children = family.children(2)
    family.end(2)
    if is_parked:
        calls.run(
            "update workflows.workflow set ended_at = null, status = 'ENQUEUED', state = 'IDLE'"
        )
        family.park(children)
    calls.run("delete from workflows.workflow where workflow_id = %s", children[0])
    calls.run(
        "update workflows.workflow set ended_at = workflows.clock_now(), status = 'SUCCESS',"
        " state = 'COMPLETE' where workflow_id = %s",
        children[1],
    )
    if is_parked:
        calls.run("select workflows.wake_later(array[%s::uuid], 'children')", family.parent)
        calls.maintain()
        family.claimed = family.worker.claim_one()
    answer = family.wait(children)
    assert answer["error"]["class"] == "ChildFailed" and "was removed" in answer["error"]["message"]
    assert [one["status"] for one in answer["error"]["outcomes"]] == ["REMOVED", "SUCCESS"]


def test_a_window_of_deduplication_keeps_its_workflow(calls, make_worker, clock):
    keep_nothing(calls)
    worker = make_worker("mix")
    workflow_id = calls.enqueue("mix", deduplication_id="d", deduplication_seconds=60)
    worker.finish(worker.claim_one())
    remove(calls)
    throttled = {"deduplication_id": "d", "deduplication_seconds": 60}
    assert calls.enqueue("mix", **throttled) == workflow_id
    clock.advance(61)
    remove(calls)
    assert ids(calls) == set()
