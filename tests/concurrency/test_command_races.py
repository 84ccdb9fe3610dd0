"""F54, Appendix D: an order against everything that can happen to a workflow meanwhile, in both orders.

Whoever locks the hot row first wins. An order that comes second waits and is decided by the table `transition` on
what it finds then; what comes second to an order passes by, waits or is refused, and nothing of either is lost.
"""

import itertools
import json
from typing import Any

import psycopg
import pytest

from tests.calls import Worker, statement
from tests.concurrency.conftest import second
from tests.waiting import Background, wait_until_blocked

COMMANDS = ("HOLD", "PAUSE", "RESUME", "STOP", "ABORT", "RESET")
ERROR = {"class": "ValueError", "message": "pump"}


class Race:
    """One workflow about which an operator and somebody else are at odds."""

    def __init__(self, rival, calls, clock):
        self.rival, self.calls, self.clock = rival, calls, clock
        policies: dict[str, Any] = {
            "max_attempts": 3 if rival == "retry" else 1,
            "backoff_seconds": 1000,
        }
        self.worker = Worker(calls, ("mix",), **policies)
        getattr(self, "_" + rival.replace(" ", "_"), self._runs)()

    def _claim(self):
        self.workflow_id = self.calls.enqueue("mix")
        self.worker.claim(0)

    def _runs(self, **options):
        self.workflow_id = self.calls.enqueue("mix", **options)
        self.claimed = self.worker.claim_one()

    def _renew(self):
        self.workflow_id = self.calls.enqueue("mix")
        [self.claimed] = self.worker.claim(0, 1)

    def _timer(self):
        self._runs()
        self.worker.record(self.claimed, "nap", kind="sleep", status="WAITING", seconds=5)
        self.worker.finish(self.claimed, "suspend", k="nap")
        self.clock.advance(6)

    def _timeout(self):
        self._runs(timeout_seconds=5)
        self.clock.advance(6)

    def _hand_over(self):
        self.calls.enqueue("mix", partition_key="k", priority=-1)
        self.claimed = self.worker.claim_one()
        self.workflow_id = self.calls.enqueue("mix", partition_key="k")
        assert self.worker.claim(1) == []

    def statement(self):
        """What the other one sends."""
        if self.rival == "claim":
            return self.worker.claim_statement(1)
        if self.rival == "record":
            return statement("record_steps", **self.worker.record_arguments(self.claimed, "weigh"))
        if self.rival == "reclaim":
            return statement("retire_worker", worker_id=self.worker.worker_id)
        if self.rival == "renew":
            pair = [self.claimed["w"], self.claimed["t"]]
            held = {"held": [pair], "started": [pair[0]]}
            return statement("renew_worker", worker_id=self.worker.worker_id, held=held)
        if self.rival in ("timer", "timeout"):
            return statement("run_maintenance", limit=100)
        if self.rival == "command":
            return statement("send_command", workflow_id=self.workflow_id, command="STOP")
        is_error = self.rival in ("error", "retry")
        one = {"w": self.claimed["w"], "t": self.claimed["t"], "n": 0}
        one |= {"outcome": "error", "error": ERROR} if is_error else {"outcome": "success"}
        return statement("finish_workflows", worker_id=self.worker.worker_id, outcomes=[one])

    def order(self, command):
        return statement("send_command", workflow_id=self.workflow_id, command=command)

    @property
    def stands(self):
        found = self.calls.get(self.workflow_id)
        return found["status"], found["state"]


LEFT_BY = {
    "claim": ("RUNNING", "RUNNING"),
    "record": ("RUNNING", "RUNNING"),
    "finish": ("SUCCESS", "COMPLETE"),
    "error": ("ERROR", "ERROR"),
    "retry": ("DELAYED", "RUNNING"),
    "reclaim": ("ENQUEUED", "RUNNING"),
    "renew": ("RUNNING", "RUNNING"),
    "timer": ("ENQUEUED", "RUNNING"),
    "timeout": ("RUNNING", "CANCELLING"),
    "hand over": ("ENQUEUED", "IDLE"),
    "command": ("RUNNING", "STOPPING"),
}


@pytest.mark.parametrize(("rival", "command"), list(itertools.product(LEFT_BY, COMMANDS)))
def test_the_order_comes_second(meeting, rival, command):
    """It waits for the other one to commit, and is decided on what that one left."""
    calls, other = meeting.calls, meeting.one
    r = Race(rival, calls, meeting.clock)
    other.execute(*r.statement())
    order = Background(meeting.two, *r.order(command))
    if rival != "record" or command == "ABORT":
        wait_until_blocked(meeting.conn, order.pid)
    other.commit()
    ((answer,),) = order.outcome()
    query = "select outcome from workflows.transition where command = %s and from_state = %s"
    expected = calls.value(query, command, LEFT_BY[rival][1])
    assert f'"outcome" : "{expected}"' in answer
    found = calls.rows(
        "select from_status, from_state from workflows.command_log where command = %s"
        " order by command_id desc limit 1",
        command,
    )
    assert found == [LEFT_BY[rival]]
    if expected != "accepted" or command == "RESET":
        assert r.stands == LEFT_BY[rival]
    check_traces(calls, r, command)
    if rival == "record":
        assert len(calls.steps(r.workflow_id)) == 1, "what was recorded before stays"


ENDS = {"HOLD": "HELD", "PAUSE": "HELD", "STOP": "STOPPED", "ABORT": "ABORTED"}
RUNNING_ON = dict.fromkeys(("HOLD", "PAUSE", "STOP"), "RUNNING")
# Where the workflow is once both are through; an order that was not accepted changes nothing.
AFTER = {
    "claim": (ENDS, "RUNNING"),
    "record": (RUNNING_ON, "RUNNING"),
    "finish": (dict.fromkeys(("HOLD", "PAUSE", "STOP"), "SUCCESS"), "SUCCESS"),
    "error": ({"HOLD": "ERROR", "PAUSE": "ERROR", "STOP": "STOPPED"}, "ERROR"),
    "retry": (ENDS, "DELAYED"),
    "reclaim": (ENDS, "ENQUEUED"),
    "renew": (RUNNING_ON, "RUNNING"),
    "timer": (ENDS, "ENQUEUED"),
    "timeout": (RUNNING_ON, "RUNNING"),
    "hand over": (ENDS, "ENQUEUED"),
    "command": ({"HOLD": "RUNNING", "PAUSE": "RUNNING", "STOP": "RUNNING"}, "RUNNING"),
}
PASSED_BY = {
    "claim": '"workflows":[]',
    "record": None,
    "finish": '"busy"',
    "error": '"busy"',
    "retry": '"busy"',
    "reclaim": '"released" : 0',
    "renew": '"controls" : []',
    "timer": '"due" : 0',
    "timeout": '"timeouts" : 0',
    "hand over": None,
}


@pytest.mark.parametrize(("rival", "command"), list(itertools.product(LEFT_BY, COMMANDS)))
def test_the_order_comes_first(meeting, rival, command):
    """In an open transaction: the other one passes by, and comes again once the order has committed."""
    calls, operator = meeting.calls, meeting.one
    r = Race(rival, calls, meeting.clock)
    operator.execute(*r.order(command))
    other = Background(meeting.two, *r.statement())
    must_wait = rival == "command" or (rival, command) == ("record", "ABORT")
    if must_wait:
        wait_until_blocked(meeting.conn, other.pid)
        operator.commit()
    ((said,),) = other.outcome()
    if not must_wait:
        assert said is None or (PASSED_BY[rival] or "") in said, said
        assert (said is None) == (PASSED_BY[rival] is None), said
        operator.commit()
        if rival not in ("record", "hand over"):
            ((said,),) = meeting.two.execute(*r.statement()).fetchall()
    calls.maintain()
    if rival in ("reclaim", "timer", "hand over"):
        r.clock.advance(2)
        calls.maintain()
    accepted, else_ = AFTER[rival]
    assert r.stands[0] == {"ABORT": "ABORTED", **accepted}.get(command, else_)
    if command == "ABORT" and rival in ("record", "finish", "error", "retry"):
        assert '"WF001"' in said
        assert calls.steps(r.workflow_id) == [], "nothing of the old attempt is recorded"
    if rival == "finish" and command in ("HOLD", "PAUSE", "STOP"):
        assert calls.value("select outcome from workflows.command_log") == "overtaken"
    check_traces(calls, r, command)


def check_traces(calls, r, command):
    """One hot row or none, the order and its audit row, both for ever."""
    is_live = r.stands[0] not in ("SUCCESS", "ERROR", "STOPPED", "ABORTED", "CANCELLED")
    assert len(calls.hot_rows(r.workflow_id)) == int(is_live)
    query = "select count(*) from workflows.audit where event like %s and workflow_id = %s"
    assert calls.value(query, f"command {command} %", r.workflow_id) == 1 + (
        r.rival == "command" and command == "STOP"
    )


@pytest.mark.parametrize("command", ["STOP", "HOLD", "ABORT"])
def test_a_resume_that_has_not_committed(
    calls, make_worker, open_session, session, blocked, command
):
    worker = make_worker("mix")
    workflow_id = calls.enqueue("mix")
    calls.command(workflow_id, "HOLD")
    operator = open_session()
    operator.command(workflow_id, "RESUME")
    assert worker.claim(4) == []
    arguments = {"workflow_id": workflow_id, "command": command}
    order = blocked(session(), *statement("send_command", **arguments))
    operator.conn.commit()
    assert '"accepted"' in order.outcome()[0][0]
    query = (
        "select from_state from workflows.command_log where command = %s order by command_id desc"
    )
    assert calls.value(query, command) == "IDLE"


@pytest.mark.parametrize("command", ["HOLD", "STOP", "CANCEL", "ABORT"])
def test_a_handler_is_claimed_once(calls, make_worker, open_session, command):
    """Two workers look for the one that has to run its handler."""
    worker = make_worker("mix", handlers=["on_abort", "on_hold", "on_stop"])
    calls.enqueue("mix")
    claimed = worker.claim_one()
    worker.record(claimed, "nap", kind="sleep", status="WAITING", seconds=60)
    worker.finish(claimed, "suspend", k="nap")
    calls.command(claimed["w"], command)
    first = second(worker, open_session())
    assert first.claim_ids(0) == [claimed["w"]]
    other = make_worker("mix", handlers=["on_abort", "on_hold", "on_stop"])
    assert other.claim(0) == []
    first.calls.conn.commit()
    assert other.claim(0) == []


@pytest.mark.parametrize("command", ["RESET", "STOP", "HOLD"])
def test_f55_an_ended_one_is_asked_twice_at_once(
    calls, make_worker, open_session, session, blocked, command
):
    """One request id, two senders: one answer, and at most one new workflow."""
    make_worker("mix")
    workflow_id = calls.enqueue("mix")
    calls.command(workflow_id, "STOP")
    first = open_session()
    answer = first.command(workflow_id, command, request_id="r")
    arguments = {"command": command, "options": {"request_id": "r"}}
    again = blocked(session(), *statement("send_command", workflow_id=workflow_id, **arguments))
    first.conn.commit()
    ((said,),) = again.outcome()
    assert json.loads(said) == answer
    assert calls.value("select count(*) from workflows.workflow") == 1 + (command == "RESET")


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_a_reset_and_a_retry_do_not_both_happen(
    calls, make_worker, open_session, session, conn, without, is_guarded
):
    if not is_guarded:
        without(
            "send_command",
            "where w.workflow_id = v_id for no key update",
            "where w.workflow_id = v_id",
        )
    make_worker("mix")
    workflow_id = calls.enqueue("mix")
    calls.command(workflow_id, "STOP")
    other = open_session()
    other.retry(workflow_id)
    order = Background(
        session().conn, *statement("send_command", workflow_id=workflow_id, command="RESET")
    )
    if is_guarded:
        wait_until_blocked(conn, order.pid)
    else:
        order.outcome()
    other.conn.commit()
    order.outcome()
    assert calls.value("select count(*) from workflows.workflow") == (1 if is_guarded else 2)


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_an_abort_waits_for_a_record_in_progress(
    calls, make_worker, open_session, session, conn, without, is_guarded
):
    if not is_guarded:
        without("record_steps", "for key share of l")
    worker = make_worker("mix")
    calls.enqueue("mix")
    claimed = worker.claim_one()
    recorder = second(worker, open_session())
    assert recorder.record(claimed, "weigh") is None
    order = Background(
        session().conn, *statement("send_command", workflow_id=claimed["w"], command="ABORT")
    )
    if is_guarded:
        wait_until_blocked(conn, order.pid)
    else:
        order.outcome()
        assert calls.steps(claimed["w"]) == [], "aborted, and a step will still come"
    recorder.calls.conn.commit()
    order.outcome()
    assert len(calls.steps(claimed["w"])) == 1


@pytest.fixture
def asked(calls, make_worker):
    """A workflow that takes its commands itself, its worker, and an order that it has not taken yet."""
    worker = make_worker("mix", commands="manual")
    calls.enqueue("mix")
    claimed = worker.claim_one()
    calls.command(claimed["w"], "HOLD")
    query, arguments = statement(
        "record_steps",
        **worker.record_arguments(
            claimed, "recvCommand", kind="command", ask={"topic": "cmd", "seconds": 0}
        ),
    )
    return worker, claimed, (query, arguments)


def outcome_of_the_hold(calls):
    return calls.value("select outcome from workflows.command where command = 'HOLD'")


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_an_abort_and_a_workflow_that_takes_its_order(
    calls, asked, open_session, session, blocked, without, is_guarded
):
    """The record holds the lease and comes to the order; the ABORT waits for it holding nothing."""
    if not is_guarded:
        without("send_command", "v_command = 'ABORT'", "false")
    worker, claimed, take = asked
    recorder = second(worker, open_session())
    recorder.record(claimed, "weigh")
    abort = blocked(
        session(), *statement("send_command", workflow_id=claimed["w"], command="ABORT")
    )
    if is_guarded:
        recorder.calls.conn.execute(*take)
        recorder.calls.conn.commit()
        abort.outcome()
        assert outcome_of_the_hold(calls) == "obeyed"
    else:
        with pytest.raises((psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable)):
            recorder.calls.conn.execute(*take)
            abort.outcome()


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_an_order_that_was_overtaken_is_not_taken(
    calls, asked, open_session, session, blocked, without, is_guarded
):
    if not is_guarded:
        without("receive_command", "and c.outcome = 'accepted'")
    worker, claimed, take = asked
    operator = open_session()
    operator.command(claimed["w"], "CANCEL")
    recorder = blocked(session(), *take)
    operator.conn.commit()
    recorder.outcome()
    assert outcome_of_the_hold(calls) == ("overtaken" if is_guarded else "obeyed")


# Orders to many


@pytest.mark.parametrize("commands", [("STOP", "STOP"), ("HOLD", "ABORT"), ("ABORT", "HOLD")])
def test_two_emergency_stops(calls, make_worker, open_session, blocked, session, commands):
    worker = make_worker("mix")
    ids = [calls.enqueue("mix", **({"partition_key": "k"} if n % 2 else {})) for n in range(8)]
    worker.claim(3)
    one, other = commands
    first = open_session()
    arguments = {"filter": {"workflow_ids": ids}, "reason": "leak"}
    assert len(first.call("send_commands", command=one, **arguments)) == 8
    later = blocked(session(), *statement("send_commands", command=other, **arguments))
    first.conn.commit()
    assert later.outcome()[0][0].count('"outcome"') == 8
    counts = calls.rows("select command, count(*) from workflows.command_log group by 1 order by 1")
    assert sum(count for _, count in counts) == 16


def test_an_order_to_many_against_records_of_the_same(
    calls, make_worker, open_session, session, conn, blocked
):
    """One of them is locked by an operator; the bulk order waits for it and holds nothing that a record needs
    while that record holds what the order needs."""
    worker = make_worker("mix")
    for _ in range(2):
        calls.enqueue("mix")
    running = sorted(worker.claim(2), key=lambda one: one["w"])
    operator = open_session()
    operator.command(running[0]["w"], "PAUSE")
    bulk = blocked(session(), *statement("send_commands", command="ABORT", filter={"all": True}))
    records = [
        {**worker.record_arguments(one, "weigh")["records"][0], "n": n}
        for n, one in enumerate(running)
    ]
    record = Background(
        session().conn, *statement("record_steps", worker_id=worker.worker_id, records=records)
    )
    record.outcome()
    operator.conn.commit()
    answers = json.loads(bulk.outcome()[0][0])
    assert [one["status"] for one in answers] == ["ABORTED", "ABORTED"]
    assert [len(calls.steps(one["w"])) for one in running] == [1, 1]


def test_an_order_to_many_passes_claims_and_finishes(calls, make_worker, open_session):
    worker = make_worker("mix")
    ids = [calls.enqueue("mix") for _ in range(4)]
    first, _ = worker.claim(2)
    operator = open_session()
    operator.call("send_commands", command="STOP", filter={"all": True})
    assert worker.claim(4) == []
    assert worker.finish(first) == "busy"
    late = calls.enqueue("mix")
    assert worker.claim_ids(4) == [late]
    operator.conn.commit()
    assert worker.finish(first) == "ok"
    assert [calls.status(one) for one in ids[2:]] == ["STOPPED", "STOPPED"]


def test_expiry_passes_by_what_is_locked(calls, make_worker, open_session, clock):
    worker = make_worker("mix")
    calls.enqueue("mix")
    claimed = worker.claim_one()
    calls.command(claimed["w"], "HOLD", valid_for_seconds=1)
    operator = open_session()
    operator.command(claimed["w"], "STOP")
    clock.advance(2)
    calls.maintain()
    operator.conn.commit()
    clock.advance(2)
    calls.maintain()
    log = calls.rows("select command, outcome from workflows.command_log order by command_id")
    assert log == [("HOLD", "overtaken"), ("STOP", "accepted")]


def test_expiry_and_finish_in_progress(calls, make_worker, open_session, clock):
    worker = make_worker("mix")
    calls.enqueue("mix")
    claimed = worker.claim_one()
    calls.command(claimed["w"], "HOLD", valid_for_seconds=1)
    finisher = second(worker, open_session())
    assert finisher.finish(claimed, "held") == "ok"
    clock.advance(2)
    calls.maintain()
    finisher.calls.conn.commit()
    clock.advance(2)
    calls.maintain()
    assert calls.status(claimed["w"]) == "HELD"
    assert calls.value("select outcome from workflows.command_log") == "obeyed"
