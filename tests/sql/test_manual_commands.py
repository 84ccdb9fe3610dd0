"""Workflows that take their commands themselves: D24, nothing is lost; D25, everything is answered."""

import pytest


@pytest.fixture
def worker(make_worker):
    return make_worker("mix", commands="manual")


def ask(worker, claimed, key="recvCommand", state="RUNNING", topic="cmd", seconds=0):
    """What recvCommand is answered: the order, None, or 'waiting'."""
    asked = {"topic": topic, "state": state, "seconds": seconds}
    answer = worker.record(claimed, key, kind="command", ask=asked)
    return "waiting" if answer["a"] == "waiting" else answer["output"]


def outcomes(calls):
    return calls.rows("select command, outcome from workflows.command_log order by command_id")


def test_an_order_is_delivered_and_not_carried_out(calls, worker, claimed):
    answer = calls.command(claimed["w"], "HOLD", "valve", actor="anna")
    assert (answer["outcome"], answer["state"]) == ("accepted", "RUNNING")
    assert "when it asks" in answer["message"]
    assert worker.renew(claimed)["controls"] == []
    assert outcomes(calls) == [("HOLD", "accepted")]
    message = {"cmd": "HOLD", "reason": "valve", "actor": "anna"}
    assert ask(worker, claimed) == {"cmd": "HOLD", "priority": 2, "message": message}
    assert outcomes(calls) == [("HOLD", "obeyed")]


def test_d24_the_best_goes_first_and_none_is_lost(calls, worker, claimed):
    for command in ("RESUME", "HOLD", "STOP", "HOLD"):
        calls.command(claimed["w"], command)
    taken = [ask(worker, claimed, f"recvCommand#{n}", state=None) for n in range(5)]
    assert [one and one["cmd"] for one in taken] == ["STOP", "HOLD", "HOLD", "RESUME", None]


def test_d24_what_is_not_allowed_yet_stays(calls, worker, claimed):
    calls.command(claimed["w"], "RESUME")
    assert ask(worker, claimed, "recvCommand") is None
    assert ask(worker, claimed, "recvCommand#2", state="HELD")["cmd"] == "RESUME"


def test_d14_a_replay_gets_the_same_order(calls, worker, claimed):
    calls.command(claimed["w"], "HOLD")
    first = ask(worker, claimed)
    calls.command(claimed["w"], "STOP")
    assert ask(worker, claimed) == first


def test_topics_are_apart(calls, worker, claimed):
    calls.command(claimed["w"], "HOLD", topic="pump")
    assert ask(worker, claimed) is None
    assert ask(worker, claimed, "recvCommand#2", topic="pump")["cmd"] == "HOLD"


def suspended(calls, worker, claimed, state="RUNNING"):
    assert ask(worker, claimed, state=state, seconds=600) == "waiting"
    assert worker.finish(claimed, "suspend", k="recvCommand") == "ok"
    calls.maintain()


def test_a_workflow_that_waits_is_woken(calls, worker, claimed):
    suspended(calls, worker, claimed)
    assert calls.status(claimed["w"]) == "WAITING"
    assert calls.command(claimed["w"], "HOLD")["outcome"] == "accepted"
    again = worker.claim_one()
    assert ask(worker, again, seconds=600)["cmd"] == "HOLD"


def test_an_order_that_came_before_it_was_parked_wakes_it(calls, worker, claimed):
    assert ask(worker, claimed, seconds=600) == "waiting"
    calls.command(claimed["w"], "HOLD")
    worker.finish(claimed, "suspend", k="recvCommand")
    assert worker.claim_ids(1) == [claimed["w"]]


def test_an_order_that_its_state_does_not_allow_leaves_it_waiting(calls, worker, claimed):
    """It may look once, and does not come back again and again for nothing."""
    calls.command(claimed["w"], "RESUME")
    suspended(calls, worker, claimed)
    suspended(calls, worker, worker.claim_one())
    assert calls.status(claimed["w"]) == "WAITING"


def test_the_time_that_is_over_is_recorded(calls, worker, claimed, clock):
    suspended(calls, worker, claimed)
    clock.advance(601)
    calls.maintain()
    assert ask(worker, worker.claim_one(), seconds=600) is None


@pytest.mark.parametrize("command", ["CANCEL", "ABORT"])
def test_cancel_and_abort_stay_with_the_engine(calls, worker, claimed, command):
    assert calls.command(claimed["w"], command)["state"] in ("CANCELLING", "ABORTED")


def test_one_that_never_started_is_held_at_once(calls, worker):
    workflow_id = calls.enqueue("mix")
    assert calls.command(workflow_id, "HOLD")["state"] == "HELD"


def test_orders_nobody_asked_for_are_overtaken_by_the_end(calls, worker, claimed):
    calls.command(claimed["w"], "HOLD")
    assert worker.finish(claimed) == "ok"
    calls.maintain()
    assert outcomes(calls) == [("HOLD", "overtaken")]


def test_an_order_that_has_lapsed_is_not_received(calls, worker, claimed, clock):
    calls.command(claimed["w"], "HOLD", valid_for_seconds=5)
    clock.advance(6)
    assert ask(worker, claimed) is None
    worker.renew(claimed)
    calls.maintain()
    assert outcomes(calls) == [("HOLD", "expired")]
