"""Orders of a parent at its children: by policy, in order, once each, whatever they do meanwhile."""

import itertools

import pytest

from tests.families import Family

POLICIES = ("follow", "cancel", "leave")
# What a child that waits in the queue, or runs, has become after the order was given to its parent.
HELD_OR_NOT = {
    "HOLD": "HELD",
    "PAUSE": "HELD",
    "STOP": "STOPPED",
    "ABORT": "ABORTED",
    "CANCEL": "CANCELLED",
}

QUICK = [
    ("follow", "HOLD", True),
    ("follow", "STOP", False),
    ("cancel", "ABORT", True),
    ("cancel", "PAUSE", False),
    ("leave", "CANCEL", True),
]
TABLE = [
    pytest.param(*one, marks=() if one in QUICK else pytest.mark.proof)
    for one in itertools.product(POLICIES, sorted(HELD_OR_NOT), (True, False))
]


@pytest.fixture
def family(calls):
    return Family(calls)


def obey(family, command):
    """The parent carries the order out where it runs."""
    outcome = {"STOP": "stopped", "CANCEL": "cancelled", "HOLD": "held", "PAUSE": "held"}.get(
        command
    )
    if outcome:
        family.worker.finish(family.claimed, outcome)


@pytest.mark.parametrize(("policy", "command", "is_parked"), TABLE)
def test_an_order_reaches_live_children_by_their_policy(family, calls, policy, command, is_parked):
    children = family.children(3, policy=policy)
    family.end(1)
    if is_parked:
        family.park(children)
    calls.command(family.parent, command, "leak", actor="anna")
    if not is_parked:
        obey(family, command)
    calls.maintain()
    is_reached = policy == "follow" or policy == "cancel" and command not in ("HOLD", "PAUSE")
    reached = HELD_OR_NOT[command] if is_reached else "ENQUEUED"
    assert family.statuses(children) == ["SUCCESS", reached, reached]
    given = [(command, f"parent:{family.parent}", "leak", "obeyed")] if is_reached else []
    assert family.orders_of(children[1]) == given
    assert calls.rows("select from workflows.child_order") == []


def test_a_child_is_resumed_with_its_parent(family, calls):
    children = family.children(2)
    family.park(children)
    calls.command(family.parent, "HOLD")
    calls.command(family.parent, "RESUME")
    calls.maintain()
    calls.maintain()
    assert family.statuses(children) == ["ENQUEUED", "ENQUEUED"]
    assert [one[0] for one in family.orders_of(children[0])] == ["HOLD", "RESUME"]


def test_a_claim_gives_the_orders_as_well_and_to_running_children(family, calls):
    [child] = family.children(1)
    [claimed] = family.child_worker.claim()
    calls.command(family.parent, "STOP")
    assert family.child_worker.claim() == []
    assert family.child_worker.record(claimed)["c"] == "stop"


def test_a_child_started_after_the_order_gets_it_when_the_parent_obeys(family, calls):
    first = family.children(1)
    calls.command(family.parent, "HOLD", "leak")
    calls.maintain()
    late = family.children(1, key="second")
    family.worker.finish(family.claimed, "held")
    calls.maintain()
    assert family.statuses(first + late) == ["HELD", "HELD"]
    assert [len(family.orders_of(one)) for one in first + late] == [1, 1]


def test_a_child_that_ended_meanwhile_is_left_alone(family, calls):
    [child] = family.children(1)
    [claimed] = family.child_worker.claim()
    family.calls.command(family.parent, "STOP")
    family.child_worker.finish(claimed)
    calls.maintain()
    assert calls.status(child) == "SUCCESS" and family.orders_of(child) == []
    assert calls.rows("select from workflows.child_order") == []


@pytest.mark.parametrize("policy", POLICIES)
def test_a_parent_that_fails_cancels_its_children(family, calls, policy):
    [child] = family.children(1, policy=policy)
    family.worker.fail(family.claimed, "no flow")
    calls.maintain()
    assert family.status() == "ERROR"
    assert calls.status(child) == ("ENQUEUED" if policy == "leave" else "CANCELLED")


def test_a_parent_whose_time_is_over_cancels_its_children(calls, clock):
    family = Family(calls, timeout_seconds=60)
    [child] = family.children(1)
    family.park([child])
    clock.advance(61)
    calls.maintain()
    calls.maintain()
    assert (family.status(), calls.status(child)) == ("CANCELLED", "CANCELLED")


def test_a_parent_that_returns_leaves_them(family, calls):
    [child] = family.children(1)
    family.worker.finish(family.claimed)
    calls.maintain()
    assert calls.status(child) == "ENQUEUED"


def test_a_try_that_is_followed_by_another_leaves_them(calls):
    family = Family(calls, max_attempts=2)
    [child] = family.children(1)
    family.worker.fail(family.claimed)
    calls.maintain()
    assert (family.status(), calls.status(child)) == ("DELAYED", "ENQUEUED")


def test_orders_go_on_to_the_children_of_children(calls):
    family = Family(calls)
    [child] = family.children(1)
    [claimed] = family.child_worker.claim()
    ask = {"workflow_name": "child", "inputs": [{}]}
    [grandchild] = family.child_worker.record(claimed, "own", kind="child", ask=ask)["output"]
    calls.command(family.parent, "ABORT", "fire")
    calls.maintain()
    calls.maintain()
    assert family.statuses([child, grandchild]) == ["ABORTED", "ABORTED"]
    assert family.orders_of(grandchild)[0][1:3] == (f"parent:{child}", "fire")


def test_a_queue_that_wants_reasons_gets_one(family, calls):
    [child] = family.children(1)
    calls.command(family.parent, "STOP")
    calls.set_queue(requires_reason=True)
    calls.maintain()
    assert family.orders_of(child)[0][2] == "order to its parent: STOP"


def test_a_child_that_somebody_has_locked_is_given_its_order_later(family, calls, connect):
    children = family.children(2)
    calls.command(family.parent, "HOLD")
    with connect(autocommit=False) as other:
        schema = calls.value("select 'workflows.ready'::regclass::text")
        other.execute(f"select from {schema} where workflow_id = %s for update", [children[0]])
        calls.maintain()
        assert family.statuses(children) == ["ENQUEUED", "HELD"]
    calls.maintain()
    assert family.statuses(children) == ["HELD", "HELD"]
