"""Orders that lapse: not obeyed within valid_for_seconds, they are taken back; what is being obeyed is not."""

import pytest

from tests.sql.situations import HANDLERS, SITUATIONS, Situation


@pytest.fixture
def bring(calls, clock):
    def make(where, handlers=HANDLERS, **policies):
        s = Situation(calls, clock, list(handlers), **policies)
        SITUATIONS[where](s)
        return s

    return make


def lapse(s, seconds=6):
    s.clock.advance(seconds)
    if s.claimed:
        s.worker.renew(s.claimed)
    s.calls.maintain()


@pytest.mark.parametrize("command", ["HOLD", "PAUSE", "STOP", "CANCEL"])
@pytest.mark.parametrize("handlers", [[], HANDLERS], ids=["plain", "handlers"])
def test_a_running_workflow_that_has_not_obeyed_goes_on(bring, command, handlers):
    s = bring("RUNNING RUNNING", handlers)
    s.order(command, valid_for_seconds=5)
    lapse(s, 4)
    assert s.ordered is not None
    lapse(s, 2)
    assert s.ordered is None
    assert (s.stands, s.command_row()) == (("RUNNING", "RUNNING"), ("expired", False))
    assert s.calls.get(s.workflow_id)["reason"] is None
    s.finish("success")


def test_one_claimed_ahead_is_starting_again(bring):
    s = bring("RUNNING STARTING")
    s.order("STOP", valid_for_seconds=5)
    lapse(s)
    assert s.stands == ("RUNNING", "STARTING")


@pytest.mark.parametrize(
    ("where", "command", "back"),
    [
        ("HELD HELD", "STOP", ("HELD", "HELD")),
        ("HELD HELD", "ABORT", ("HELD", "HELD")),
        ("HELD HELD", "RESUME", ("HELD", "HELD")),
        ("HELD PAUSED", "CANCEL", ("HELD", "PAUSED")),
        ("HELD PAUSED", "HOLD", ("HELD", "PAUSED")),
        ("WAITING RUNNING", "HOLD", ("ENQUEUED", "RUNNING")),
        ("WAITING RUNNING", "STOP", ("ENQUEUED", "RUNNING")),
    ],
)
def test_one_that_no_worker_has_claimed_is_as_before(bring, where, command, back):
    s = bring(where)
    s.order(command, valid_for_seconds=5)
    assert s.stands[0] == "ENQUEUED"
    lapse(s)
    assert (s.stands, s.command_row()) == (back, ("expired", False))
    assert len(s.calls.hot_rows(s.workflow_id)) == 1
    assert s.worker.claim(0) == []
    assert s.order("STOP")["outcome"] == "accepted"
    s.worker.register()
    s.obey()
    assert s.stands[0] == "STOPPED"


@pytest.mark.parametrize("command", ["STOP", "ABORT", "RESUME"])
def test_a_handler_at_work_is_not_taken_back(bring, command):
    """It began in time: it is carried out, whatever that takes."""
    s = bring("HELD HELD")
    s.order(command, valid_for_seconds=5)
    s.claim()
    lapse(s)
    assert s.command_row() == ("accepted", False)
    s.obey()
    assert s.command_row() == ("obeyed", True)
    assert s.stands[1] == {"STOP": "STOPPED", "ABORT": "ABORTED", "RESUME": "RUNNING"}[command]


def begin(s):
    """The worker of a running one says that it begins the handler of its order."""
    control = s.ordered
    answer = s.worker.record(s.claimed, "on_stop", kind="handler", ask={"control": control})
    assert (answer["a"], answer.get("c")) == ("begun", control)


@pytest.mark.parametrize("command", ["HOLD", "STOP", "CANCEL"])
def test_a_handler_that_has_begun_is_not_taken_back(bring, command):
    """Without a step in it nothing else tells; obeyed it is when it has ended, not before."""
    s = bring("RUNNING RUNNING")
    s.order(command, valid_for_seconds=5)
    begin(s)
    lapse(s)
    assert (s.ordered is not None, s.command_row()) == (True, ("accepted", False))
    assert s.calls.steps(s.workflow_id) == []
    s.obey()
    assert s.command_row() == ("obeyed", True)


@pytest.mark.parametrize(("has_begun", "outcome"), [(True, "accepted"), (False, "expired")])
@pytest.mark.parametrize("where", ["RUNNING RUNNING", "HELD HELD"])
def test_a_handler_whose_worker_is_lost_is_not_taken_back(bring, where, has_begun, outcome):
    s = bring(where)
    s.order("STOP", valid_for_seconds=5)
    if where == "HELD HELD":
        s.claim()
    if has_begun:
        begin(s)
    s.worker.retire()
    s.claimed = None
    lapse(s)
    assert s.command_row() == (outcome, False)


def test_what_begins_too_late_is_told_what_stands_now(bring):
    s = bring("RUNNING RUNNING")
    s.order("HOLD")
    s.order("STOP", valid_for_seconds=5)
    asked = {"control": "hold 1"}
    assert s.worker.record(s.claimed, "on_hold", kind="handler", ask=asked)["c"] == "stop 1"
    lapse(s)
    assert s.command_row() == ("expired", False)
    assert "c" not in s.worker.record(s.claimed, "on_stop", kind="handler", ask=asked)
    s.finish("success")


def test_a_stale_worker_begins_nothing(bring):
    s = bring("RUNNING RUNNING")
    s.order("STOP", valid_for_seconds=5)
    late = {**s.claimed, "t": s.workflow_id}
    asked = {"control": s.ordered}
    assert s.worker.record(late, "on_stop", kind="handler", ask=asked)["a"] == "WF001"
    lapse(s)
    assert s.command_row() == ("expired", False)


def test_a_lease_that_was_taken_is_not_given_back(bring):
    s = bring("RUNNING RUNNING")
    s.order("ABORT", valid_for_seconds=5)
    s.claimed = None
    lapse(s)
    assert (s.stands, s.command_row()) == (("DELAYED", "ABORTING"), ("accepted", False))
    lapse(s, 20)
    assert s.stands == ("ENQUEUED", "ABORTING")
    lapse(s)
    s.worker.register()
    s.obey()
    assert (s.stands[0], s.command_row()) == ("ABORTED", ("obeyed", True))


def test_an_order_that_was_obeyed_does_not_lapse(bring):
    s = bring("RUNNING RUNNING")
    s.order("HOLD", valid_for_seconds=5)
    s.obey()
    lapse(s)
    assert (s.stands, s.command_row()) == (("HELD", "HELD"), ("obeyed", True))


def test_an_order_that_another_one_replaced_does_not_lapse(bring):
    s = bring("RUNNING RUNNING")
    s.order("HOLD", valid_for_seconds=5)
    s.order("STOP")
    lapse(s)
    assert s.ordered == "stop 1"
    outcomes = s.calls.rows("select outcome from workflows.command_log order by command_id")
    assert outcomes == [("overtaken",), ("accepted",)]


def test_what_lapsed_is_audited(bring):
    s = bring("RUNNING RUNNING")
    s.order("HOLD", valid_for_seconds=5)
    lapse(s)
    query = "select event, actor from workflows.audit order by audit_id desc limit 1"
    assert s.calls.rows(query) == [("command HOLD expired", "engine")]


# Workflows that take their commands themselves


@pytest.mark.parametrize("command", ["HOLD", "PAUSE", "RESUME", "STOP", "RESET"])
@pytest.mark.parametrize("where", ["RUNNING RUNNING", "WAITING RUNNING", "RUNNING STARTING"])
def test_a_manual_workflow_is_delivered_its_orders(bring, where, command):
    s = bring(where, [], commands="manual")
    before = s.stands
    answer = s.order(command)
    assert (answer["outcome"], s.stands) == ("accepted", before)
    assert s.command_row() == ("accepted", False)
    s.order("HOLD")
    open_orders = "select count(*) from workflows.command_log where outcome = 'accepted'"
    assert s.calls.value(open_orders) == 2, "the second does not answer the first"


@pytest.mark.parametrize(("command", "after"), [("ABORT", "ABORTED"), ("CANCEL", "CANCELLED")])
def test_a_manual_workflow_cannot_refuse_to_end(bring, command, after):
    s = bring("RUNNING RUNNING", [], commands="manual")
    s.order("HOLD")
    s.order(command)
    if command == "CANCEL":
        s.obey()
    s.calls.maintain()
    assert s.stands[0] == after
    outcomes = s.calls.rows("select outcome from workflows.command_log order by command_id")
    assert outcomes == [("overtaken",), ("obeyed",)]


@pytest.mark.parametrize("where", ["ENQUEUED IDLE", "HELD HELD, never started", "DELAYED IDLE"])
def test_a_manual_workflow_that_never_began_cannot_ask(bring, where):
    s = bring(where, [], commands="manual")
    s.order("STOP")
    assert s.stands[0] == "STOPPED"


def test_orders_that_nobody_asked_for_are_closed(bring):
    s = bring("RUNNING RUNNING", [], commands="manual")
    s.order("HOLD", valid_for_seconds=1)
    s.order("STOP")
    lapse(s)
    s.finish("success")
    lapse(s)
    outcomes = s.calls.rows("select outcome from workflows.command_log order by command_id")
    assert outcomes == [("expired",), ("overtaken",)]
