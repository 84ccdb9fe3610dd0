"""HOLD, RESUME, STOP and CANCEL on every status."""

import itertools

import pytest

from tests.calls import refused

ENDED = ("SUCCESS", "ERROR", "STOPPED", "CANCELLED")
ENDING = {"STOP": "STOPPED", "CANCEL": "CANCELLED"}
SITUATIONS = ("ENQUEUED", "DELAYED", "BLOCKED", "RUNNING", "WAITING", "HELD", *ENDED)


def put(calls, worker, status):
    """A workflow in this status, and its lease where it runs."""
    options: dict[str, object] = {"delay_seconds": 60} if status == "DELAYED" else {}
    if status == "BLOCKED":
        calls.enqueue("mix", partition_key="k", priority=-1)
        worker.claim_one()
        options = {"partition_key": "k"}
    workflow_id = calls.enqueue("mix", **options)
    if status in ("ENQUEUED", "DELAYED"):
        return workflow_id, None
    if status == "BLOCKED":
        assert worker.claim(1) == []
        return workflow_id, None
    if status in ("HELD", *ENDING.values()):
        command = {"HELD": "HOLD", "STOPPED": "STOP", "CANCELLED": "CANCEL"}[status]
        calls.command(workflow_id, command)
        return workflow_id, None
    claimed = worker.claim_one()
    if status == "WAITING":
        worker.record(claimed, "nap", kind="sleep", status="WAITING", seconds=60)
        worker.finish(claimed, "suspend", k="nap")
    elif status != "RUNNING":
        worker.finish(claimed, {"SUCCESS": "success", "ERROR": "error"}[status])
    return workflow_id, claimed


def expected(status, command):
    """The whole table: outcome and the status that follows at once."""
    if status in ENDED:
        return ("already" if ENDING.get(command) == status else "rejected"), status
    if command in ENDING:
        return "accepted", "RUNNING" if status == "RUNNING" else ENDING[command]
    if command == "HOLD":
        if status == "HELD":
            return "already", "HELD"
        return "accepted", "RUNNING" if status == "RUNNING" else "HELD"
    if status == "HELD":
        return "accepted", "ENQUEUED"
    return ("already" if status in ("RUNNING", "WAITING") else "rejected"), status


@pytest.mark.parametrize(
    ("status", "command"), list(itertools.product(SITUATIONS, ("HOLD", "RESUME", "STOP", "CANCEL")))
)
def test_every_command_on_every_status(calls, worker, status, command):
    workflow_id, claimed = put(calls, worker, status)
    before = calls.get(workflow_id)
    assert before["status"] == status
    answer = calls.command(workflow_id, command, "because", actor="anna")
    outcome, after = expected(status, command)
    assert (answer["outcome"], answer["status"]) == (outcome, after)
    assert calls.status(workflow_id) == after
    assert len(calls.hot_rows(workflow_id)) == (0 if after in ENDED else 1)
    if outcome != "accepted":
        assert calls.get(workflow_id) == before
    log = calls.rows(
        """select command, actor, reason, from_status, to_status from workflows.command_log
        where workflow_id = %s order by command_id desc limit 1""",
        workflow_id,
    )
    assert log == [(command, "anna", "because", status, after)]
    audited = "select actor, reason from workflows.audit where event like 'command %%'"
    assert calls.rows(audited)[-1] == ("anna", "because")
    if claimed and status == "RUNNING" and command != "RESUME":
        assert worker.renew(claimed)["controls"] == [[workflow_id, claimed["t"], command.lower()]]


OBEYED = {"HOLD": ("held", "HELD"), "STOP": ("stopped", "STOPPED"), "CANCEL": ("cancelled",) * 2}


@pytest.mark.parametrize("command", ["HOLD", "STOP", "CANCEL"])
def test_a_running_workflow_obeys(calls, worker, command):
    workflow_id, claimed = put(calls, worker, "RUNNING")
    answer = calls.command(workflow_id, command)
    states = {"HOLD": "HOLDING", "STOP": "STOPPING", "CANCEL": "CANCELLING"}
    assert answer["state"] == states[command]
    log = "select outcome, obeyed_at is not null from workflows.command_log"
    assert calls.rows(log) == [("accepted", False)]
    assert worker.finish(claimed, OBEYED[command][0]) == "ok"
    assert calls.status(workflow_id) == OBEYED[command][1].upper()
    assert calls.rows(log) == [("obeyed", True)]


@pytest.mark.parametrize("command", ["HOLD", "STOP", "CANCEL"])
def test_finding_13_a_computed_result_overtakes_the_command(calls, worker, command):
    workflow_id, claimed = put(calls, worker, "RUNNING")
    calls.command(workflow_id, command)
    assert worker.finish(claimed, result=5) == "ok"
    found = calls.get(workflow_id)
    assert (found["status"], found["result"]) == ("SUCCESS", 5)
    assert calls.value("select outcome from workflows.command_log") == "overtaken"


def test_a_last_error_overtakes_a_hold(calls, worker):
    workflow_id, claimed = put(calls, worker, "RUNNING")
    calls.command(workflow_id, "HOLD")
    worker.fail(claimed)
    assert calls.status(workflow_id) == "ERROR"
    assert calls.value("select outcome from workflows.command_log") == "overtaken"


def test_a_failed_try_is_held_with_its_backoff(calls, make_worker, clock):
    worker = make_worker("mix", max_attempts=3, backoff_seconds=100)
    workflow_id, claimed = put(calls, worker, "RUNNING")
    calls.command(workflow_id, "HOLD")
    worker.fail(claimed)
    assert calls.status(workflow_id) == "HELD"
    assert calls.value("select resume_status from workflows.parked") == "DELAYED"
    clock.advance(1000)
    calls.maintain()
    assert calls.status(workflow_id) == "HELD"
    calls.command(workflow_id, "RESUME")
    calls.maintain()
    assert calls.status(workflow_id) == "ENQUEUED"


def test_resume_takes_a_hold_back_before_it_is_obeyed(calls, worker):
    workflow_id, claimed = put(calls, worker, "RUNNING")
    calls.command(workflow_id, "HOLD")
    assert calls.command(workflow_id, "RESUME")["state"] == "RUNNING"
    assert worker.renew(claimed)["controls"] == []
    assert worker.finish(claimed) == "ok"


def test_a_hold_obeyed_after_it_was_taken_back_goes_on(calls, worker):
    workflow_id, claimed = put(calls, worker, "RUNNING")
    calls.command(workflow_id, "HOLD")
    calls.command(workflow_id, "RESUME")
    assert worker.finish(claimed, "held") == "ok"
    assert worker.claim_ids(1) == [workflow_id]


def test_stop_comes_before_a_waiting_hold(calls, worker):
    workflow_id, claimed = put(calls, worker, "RUNNING")
    calls.command(workflow_id, "HOLD")
    assert calls.command(workflow_id, "STOP")["outcome"] == "accepted"
    assert calls.command(workflow_id, "HOLD")["outcome"] == "rejected"
    assert calls.command(workflow_id, "CANCEL")["outcome"] == "already"
    worker.finish(claimed, "stopped")
    assert calls.status(workflow_id) == "STOPPED"


@pytest.mark.parametrize("status", ["ENQUEUED", "DELAYED", "WAITING"])
def test_resume_goes_back_to_what_it_was(calls, worker, clock, status):
    workflow_id, _ = put(calls, worker, status)
    calls.command(workflow_id, "HOLD")
    calls.maintain()
    assert worker.claim(1) == []
    assert calls.command(workflow_id, "RESUME")["status"] == status
    clock.advance(61)
    calls.maintain()
    assert worker.claim_ids(1) == [workflow_id]


def test_a_timer_that_ends_while_held_is_over_at_resume(calls, worker, clock):
    workflow_id, _ = put(calls, worker, "WAITING")
    calls.command(workflow_id, "HOLD")
    clock.advance(100)
    calls.maintain()
    assert calls.status(workflow_id) == "HELD"
    calls.command(workflow_id, "RESUME")
    calls.maintain()
    assert worker.claim_ids(1) == [workflow_id]


@pytest.mark.parametrize("options", [{}, {"partition_key": "k"}], ids=["plain", "gated"])
def test_held_work_keeps_its_place(calls, worker, options):
    """Shape 2.6: HOLD and RESUME of one that never started change nothing in the order."""
    ids = [calls.enqueue("mix", **options) for _ in range(4)]
    calls.command(ids[1], "HOLD")
    claimed = worker.claim_one()
    assert claimed["w"] == ids[0]
    calls.command(ids[1], "RESUME")
    worker.finish(claimed)
    assert worker.work_off() == ids[1:]


def test_held_work_keeps_its_place_behind_a_mark(calls, worker):
    """Finding 8c: RESUME lowers the mark of its lane, however far it has moved."""
    held = calls.enqueue("mix")
    later = calls.enqueue("mix")
    calls.command(held, "HOLD")
    worker.claim(0)
    calls.run("update workflows.lane set low = 1000000, floor = 1000000")
    calls.command(held, "RESUME")
    assert worker.claim_ids(2) == [held, later]


def test_a_request_id_is_carried_out_once(calls, worker):
    workflow_id = calls.enqueue("mix")
    first = calls.command(workflow_id, "HOLD", request_id="r1")
    calls.command(workflow_id, "RESUME")
    assert calls.command(workflow_id, "HOLD", request_id="r1") == first
    assert calls.status(workflow_id) == "ENQUEUED"


def test_cancel_workflow_and_restart_are_the_same_commands(calls):
    workflow_id = calls.enqueue("mix")
    calls.command(workflow_id, "hold")
    assert calls.command(workflow_id, "restart")["command"] == "RESUME"
    answer = calls.call("cancel_workflow", workflow_id=workflow_id, reason="done")
    assert answer["status"] == "CANCELLED"
    assert calls.get(workflow_id)["reason"] == "done"


@pytest.mark.parametrize("status", ["ENQUEUED", "RUNNING", "HELD", "SUCCESS"])
def test_retry_of_what_has_not_failed_is_rejected(calls, worker, status):
    workflow_id, _ = put(calls, worker, status)
    with refused("WF009"):
        calls.retry(workflow_id)


@pytest.mark.parametrize("status", ["ERROR", "STOPPED", "CANCELLED"])
def test_retry_of_what_has_failed(calls, worker, status):
    workflow_id, _ = put(calls, worker, status)
    calls.retry(workflow_id)
    assert worker.claim_ids(1) == [workflow_id]


@pytest.mark.session
def test_a_worker_hears_of_a_command_at_once(calls, worker, connect, schema):
    workflow_id, _ = put(calls, worker, "RUNNING")
    listener = connect()
    listener.execute(f"listen {schema}_wake")
    calls.command(workflow_id, "STOP")
    heard = [n.payload for n in listener.notifies(timeout=5, stop_after=1)]
    assert heard == ["w:" + worker.worker_id]


@pytest.mark.parametrize("other", [False, True])
def test_a_request_id_of_another_order_is_refused(calls, worker, other):
    first, second = calls.enqueue(), calls.enqueue()
    calls.command(first, "HOLD", request_id="r1")
    with refused("WF006", "request_id"):
        calls.command(second if other else first, "STOP", request_id="r1")
    assert [calls.status(w) for w in (first, second)] == ["HELD", "ENQUEUED"]
