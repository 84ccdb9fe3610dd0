"""What a child and its parent do at the same moment: no wake is lost, no order is lost or given twice, and nobody
waits for the other's transaction."""

import pytest

from tests.calls import statement
from tests.concurrency.conftest import second
from tests.families import Family

guarded = pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])


@pytest.fixture
def family(calls):
    return Family(calls)


def assert_goes_on(family, children, **ask):
    [again] = family.worker.claim() or [None]
    assert again is not None, f"lost: {family.status()}"
    assert family.wait(children, again, **ask)["a"] == "replayed"
    assert family.calls.rows("select from workflows.wake_call") == []


# The wake


@guarded
def test_the_last_ends_before_the_parent_is_parked(family, without, is_guarded):
    """Somebody looked after the wake row while the parent still ran; so parking has to look itself."""
    if not is_guarded:
        without("settle_leaving", "if p_outcome = 'suspend' then perform", "if false then perform")
    children = family.children(2)
    assert family.wait(children)["a"] == "waiting"
    family.end(2)
    assert family.child_worker.claim() == []
    family.leave()
    if is_guarded:
        assert_goes_on(family, children)
    else:
        assert family.worker.claim() == [] and family.status() == "WAITING"


@guarded
def test_the_last_ends_in_a_transaction_that_commits_after_the_parking(
    family, open_session, without, is_guarded
):
    """The parent is not seen to wait yet, and does not see the end: the child's row in wake_call is what is left."""
    if not is_guarded:
        without("wake_parents", "where w.ended_at is null", "where w.status = 'WAITING'")
    children = family.children(1)
    [claimed] = family.child_worker.claim()
    ending = second(family.child_worker, open_session())
    assert ending.finish(claimed) == "ok"
    family.park(children)
    ending.calls.conn.commit()
    if is_guarded:
        assert_goes_on(family, children)
    else:
        assert family.worker.claim() == [] and family.status() == "WAITING"


@guarded
def test_the_wake_is_looked_at_while_the_parent_is_being_parked(
    family, open_session, without, is_guarded
):
    """Parked and looked, not committed: whoever finds the wake row now must leave it."""
    if not is_guarded:
        without("take_wake_calls", "for key share of l skip locked")
    children = family.children(1)
    assert family.wait(children)["a"] == "waiting"
    [claimed] = family.child_worker.claim()
    parking = second(family.worker, open_session())
    assert parking.finish(family.claimed, "suspend", k="waitForAll") == "ok"
    family.child_worker.finish(claimed)
    assert family.child_worker.claim() == []
    parking.calls.conn.commit()
    if is_guarded:
        assert_goes_on(family, children)
    else:
        assert family.worker.claim() == [] and family.status() == "WAITING"


@guarded
def test_the_last_two_end_at_the_same_moment(family, open_session, without, is_guarded):
    """Neither sees the other's end, so who looked at its own end would find one missing."""
    if not is_guarded:
        without(
            "wake_parents",
            "where w.ended_at is null",
            "where w.ended_at is null and workflows.have_children_ended(w.workflow_id)",
        )
    children = family.children(2)
    family.park(children)
    ends = []
    for claimed in family.child_worker.claim(2):
        ends.append(second(family.child_worker, open_session()))
        assert ends[-1].finish(claimed) == "ok"
    for one in ends:
        one.calls.conn.commit()
    if is_guarded:
        assert_goes_on(family, children)
    else:
        assert family.worker.claim() == [] and family.status() == "WAITING"


def test_two_workers_that_look_wake_the_parent_once(family, open_session, session):
    children = family.children(1)
    family.park(children)
    family.end(1)
    one, two = second(family.child_worker, open_session()), second(
        family.child_worker, open_session()
    )
    assert one.claim() == [] and two.claim() == []
    one.calls.conn.commit()
    two.calls.conn.commit()
    assert family.calls.hot_rows(family.parent) == ["ready"]
    assert_goes_on(family, children)


def test_a_wake_that_is_rolled_back_is_found_again(family, open_session):
    children = family.children(1)
    family.park(children)
    family.end(1)
    one = second(family.child_worker, open_session())
    assert one.claim() == []
    one.calls.conn.rollback()
    assert_goes_on(family, children)


# Orders


@pytest.mark.parametrize("command", ["STOP", "HOLD", "ABORT", "CANCEL"])
def test_an_order_and_the_end_of_a_child_do_not_wait_for_each_other(family, open_session, command):
    """The order takes the parent and then only inserts; the end takes the child and then only inserts."""
    children = family.children(1)
    family.park(children)
    [claimed] = family.child_worker.claim()
    ending, ordering = second(family.child_worker, open_session()), open_session()
    assert ending.finish(claimed) == "ok"
    ordering.command(family.parent, command, "leak")
    family.calls.maintain()
    ending.calls.conn.commit()
    ordering.conn.commit()
    family.calls.maintain()
    assert family.statuses(children) == ["SUCCESS"]
    assert family.orders_of(children[0]) == []
    assert family.calls.rows("select from workflows.child_order") == []


@guarded
def test_an_abort_does_not_wait_for_a_record_of_the_child(
    family, open_session, session, blocked, without, is_guarded
):
    if not is_guarded:
        without(
            "has_locked_for",
            "if p_status = 'RUNNING' and p_command = 'ABORT' then",
            "if false then",
        )
    [child] = family.children(1)
    [claimed] = family.child_worker.claim()
    recording = second(family.child_worker, open_session())
    recording.record(claimed)
    family.calls.command(family.parent, "ABORT")
    if is_guarded:
        family.calls.maintain()
        assert family.calls.status(child) == "RUNNING"
        recording.calls.conn.commit()
    else:
        waiting = blocked(session(), *statement("run_maintenance", limit=10))
        recording.calls.conn.commit()
        waiting.outcome()
    family.calls.maintain()
    assert family.calls.status(child) == "ABORTED"


@guarded
def test_a_child_that_is_started_while_the_order_is_given_is_ordered_when_the_parent_obeys(
    family, open_session, without, is_guarded
):
    """Neither sees the other, and neither waits."""
    if not is_guarded:
        without("settle_workflow", "if p_status = 'HELD' or", "if false and")
    ordering, starting = open_session(), second(family.worker, open_session())
    ordering.command(family.parent, "STOP", "leak")
    ask = {"workflow_name": "child", "inputs": [{}]}
    [child] = starting.record(family.claimed, "startChild", kind="child", ask=ask)["output"]
    starting.calls.conn.commit()
    ordering.conn.commit()
    family.worker.finish(family.claimed, "stopped")
    family.calls.maintain()
    assert family.calls.status(child) == ("STOPPED" if is_guarded else "ENQUEUED")


def test_two_that_maintain_give_an_order_once_and_in_order(family, open_session):
    [child] = family.children(1)
    family.park([child])
    family.calls.command(family.parent, "HOLD")
    family.calls.command(family.parent, "RESUME")
    one, two = open_session(), open_session()
    one.maintain()
    two.maintain()
    one.conn.commit()
    two.conn.commit()
    assert family.calls.status(child) == "HELD", "the second waits for the first"
    family.calls.maintain()
    assert family.calls.status(child) == "ENQUEUED"
    assert [order[0] for order in family.orders_of(child)] == ["HOLD", "RESUME"]


def test_orders_that_are_rolled_back_are_given_again(family, open_session):
    [child] = family.children(1)
    family.calls.command(family.parent, "HOLD")
    one = open_session()
    one.maintain()
    one.conn.rollback()
    family.calls.maintain()
    assert len(family.orders_of(child)) == 1 and family.calls.status(child) == "HELD"


def test_a_child_that_is_claimed_at_that_moment_is_ordered_where_it_runs(family, open_session):
    [child] = family.children(1)
    claiming = second(family.child_worker, open_session())
    [claimed] = claiming.claim()
    family.calls.command(family.parent, "STOP")
    family.calls.maintain()
    claiming.calls.conn.commit()
    family.calls.maintain()
    assert family.child_worker.record(claimed)["c"] == "stop"
