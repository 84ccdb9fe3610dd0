"""What comes for a workflow while it leaves its worker, is claimed, ends or is taken back: nothing is lost,
whoever is first, and nobody waits for a sender's transaction."""

import json

import psycopg
import pytest

from tests.calls import statement
from tests.concurrency.conftest import second

WAYS = ("send", "answer", "event")
ways = pytest.mark.parametrize("way", WAYS)
guarded = pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])


def detail_of(error):
    return json.loads(error.diag.message_detail)


class Talk:
    """A workflow that waits for something, and how that comes."""

    def __init__(self, calls, make_worker, way):
        self.calls, self.way = calls, way
        self.worker = make_worker("mix")
        self.publisher_worker = make_worker("publish")
        self.workflow_id = calls.enqueue("mix")
        self.claimed = self.worker.claim_one()
        calls.enqueue("publish")
        self.publisher = self.publisher_worker.claim_one()
        self.asks = {
            "send": ("receive", {"topic": "cmd", "seconds": 60}),
            "answer": ("prompt", {"question": "?", "second_signature": False, "seconds": 60}),
            "event": (
                "get_event",
                {"workflow_id": self.publisher["w"], "key": "phase", "seconds": 60},
            ),
        }

    def ask(self, claimed=None, worker=None):
        kind, ask = self.asks[self.way]
        return (worker or self.worker).record(claimed or self.claimed, "x", kind=kind, ask=ask)

    def arrival(self):
        """The statement with which it comes."""
        if self.way == "send":
            return statement("send_message", workflow_id=self.workflow_id, message="5")
        if self.way == "answer":
            prompt_id = self.calls.value(
                "select prompt_id::text from workflows.prompt where status = 'OPEN'"
            )
            return statement(
                "answer_prompt", prompt_id=prompt_id, answer="5", options={"actor": "anna"}
            )
        arguments = self.publisher_worker.record_arguments(
            self.publisher, "setEvent", kind="event", ask={"key": "phase", "value": 5}
        )
        return statement("record_steps", **arguments)

    def arrive(self, calls=None):
        (calls or self.calls).conn.execute(*self.arrival())

    def suspend(self, worker=None):
        return (worker or self.worker).finish(self.claimed, "suspend", k="x")

    def status(self):
        return self.calls.status(self.workflow_id)

    def assert_it_came(self):
        """Claimable at once or with the next claim, and what came is there."""
        [again] = self.worker.claim(1) or [None]
        assert again is not None, f"lost: {self.status()}"
        assert self.ask(again)["output"] == 5
        assert self.calls.rows("select from workflows.wake_call") == []


@pytest.fixture
def talk(calls, make_worker):
    return lambda way: Talk(calls, make_worker, way)


@ways
@guarded
def test_it_comes_before_the_workflow_is_parked(talk, way, without, is_guarded):
    """Somebody looked after the wake row while it still ran; so parking has to look itself."""
    if not is_guarded:
        without("settle_leaving", "if p_outcome = 'suspend' then perform", "if false then perform")
    one = talk(way)
    one.ask()
    one.arrive()
    assert one.publisher_worker.claim() == []
    assert one.suspend() == "ok"
    if is_guarded:
        assert one.status() == "ENQUEUED"
        one.assert_it_came()
    else:
        assert one.worker.claim() == [] and one.status() == "WAITING"


@ways
@guarded
def test_it_comes_while_the_workflow_is_being_parked(
    talk, way, open_session, session, blocked, without, is_guarded
):
    """Parked and looked, not committed: whoever finds the wake row now must leave it."""
    if not is_guarded:
        without("take_wake_calls", "for key share of l skip locked")
    one = talk(way)
    one.ask()
    finisher = second(one.worker, open_session())
    assert one.suspend(finisher) == "ok"
    if way == "event":
        arriving = blocked(session(), *one.arrival())
        finisher.calls.conn.commit()
        arriving.outcome()
        one.assert_it_came()  # the publisher waited for the parking: no look can fall between
        return
    one.arrive()
    assert one.publisher_worker.claim() == []
    finisher.calls.conn.commit()
    if is_guarded:
        one.assert_it_came()
    else:
        assert one.worker.claim() == [] and one.status() == "WAITING"


@ways
def test_it_has_not_committed_when_the_workflow_is_parked(talk, way, open_session):
    """Parking does not wait for it, and does not see it; its wake row comes with it."""
    one = talk(way)
    one.ask()
    sender = open_session()
    one.arrive(sender)
    assert one.suspend() == "ok" and one.status() == "WAITING"
    assert one.worker.claim() == []
    sender.conn.commit()
    one.assert_it_came()


@guarded
def test_an_event_whose_record_looked_for_waiters_before_there_was_one(
    talk, open_session, clock, without, is_guarded
):
    """No wake row was written; the publisher's locked lease says so, and the wait looks again soon."""
    if not is_guarded:
        without("suspend_until", "v_step.kind = 'get_event'", "false")
    one = talk("event")
    recorder = open_session()
    one.arrive(recorder)
    one.ask()
    assert one.suspend() == "ok"
    recorder.conn.commit()
    assert one.worker.claim() == []
    clock.advance(1.1)
    one.calls.maintain()
    if is_guarded:
        one.assert_it_came()
    else:
        assert one.worker.claim() == [] and one.status() == "WAITING"


@ways
def test_who_looks_after_it_makes_the_finish_busy_and_not_wrong(talk, way, open_session):
    """The claim holds the lease of the one that runs: its parking comes later, and looks."""
    one = talk(way)
    one.ask()
    one.arrive()
    claimer = second(one.publisher_worker, open_session())
    assert claimer.claim() == []
    assert one.suspend() == "busy"
    claimer.calls.conn.commit()
    assert one.suspend() == "ok"
    one.assert_it_came()


@ways
def test_a_claim_passes_by_a_parked_one_that_is_being_commanded(talk, way, open_session):
    one = talk(way)
    one.ask()
    one.suspend()
    operator = open_session()
    operator.command(one.workflow_id, "HOLD")
    one.arrive()
    assert one.worker.claim() == []
    operator.conn.commit()
    assert one.worker.claim() == [] and one.status() == "HELD"
    one.calls.command(one.workflow_id, "RESUME")
    one.assert_it_came()


@ways
def test_two_that_look_after_it_wake_it_once(talk, way, open_session, make_worker):
    one = talk(way)
    one.ask()
    one.suspend()
    one.arrive()
    first = second(one.publisher_worker, open_session())
    assert first.claim() == []
    assert one.worker.claim() == []
    first.calls.conn.commit()
    one.assert_it_came()


@ways
def test_it_comes_while_the_workflow_is_being_claimed(talk, way, open_session):
    """The claim looks later than it came, so there is nothing to remember."""
    one = talk(way)
    one.ask()
    one.worker.finish(one.claimed, "released")
    claimer = second(one.worker, open_session())
    again = claimer.claim_one()
    one.arrive()
    one.publisher_worker.claim()
    claimer.calls.conn.commit()
    assert one.ask(again)["output"] == 5
    one.publisher_worker.claim()
    assert one.calls.rows("select from workflows.wake_call") == []


@ways
@pytest.mark.parametrize("is_first", [True, False], ids=["it first", "reclaim first"])
def test_a_lost_worker_loses_nothing_of_it(talk, way, open_session, is_first):
    """The lease is taken back while it comes; the next worker gets it."""
    one = talk(way)
    one.ask()
    early, late = open_session(), open_session()
    if is_first:
        one.arrive(early)
    reclaimed = late if is_first else early
    reclaimed.call("retire_worker", worker_id=one.worker.worker_id)
    if not is_first:
        one.arrive(late)
    assert one.publisher_worker.claim() == []
    early.conn.commit()
    assert one.publisher_worker.claim() == []
    late.conn.commit()
    one.worker.worker_id = one.worker.worker_id[:-4] + "0000"
    one.worker.register()
    one.assert_it_came()


@pytest.mark.parametrize("outcome", ["success", "error"])
def test_a_message_to_one_that_is_just_ending(talk, open_session, session, outcome):
    """Neither waits for the other; what came too late stays unread, and is not looked after for ever."""
    one = talk("send")
    finisher = second(one.worker, open_session())
    assert finisher.finish(one.claimed, outcome, error={"class": "E", "message": "m"}) == "ok"
    one.arrive(session())
    finisher.calls.conn.commit()
    one.publisher_worker.claim()
    assert one.calls.rows("select from workflows.wake_call") == []
    with pytest.raises(psycopg.Error) as refused:
        one.arrive()
    assert refused.value.sqlstate == "WF009"


def test_an_answer_and_the_end_of_its_workflow(talk, open_session, session, blocked):
    """Who ends it first withdraws the prompt; who answers first keeps it, and ending does not wait."""
    one = talk("answer")
    one.ask()
    one.suspend()
    operator = open_session()
    operator.command(one.workflow_id, "STOP")
    late = blocked(session(), *one.arrival())
    operator.conn.commit()
    with pytest.raises(psycopg.Error) as refused:
        late.outcome()
    assert detail_of(refused.value)["status"] == "WITHDRAWN"
    other = talk("answer")
    other.ask()
    other.suspend()
    answering = open_session()
    other.arrive(answering)
    assert session().command(other.workflow_id, "STOP")["status"] == "STOPPED"
    answering.conn.commit()
    assert other.worker.claim() == []


def test_two_answers_at_once(talk, open_session, session, blocked):
    one = talk("answer")
    one.ask()
    first = open_session()
    arrival = one.arrival()
    first.conn.execute(*arrival)
    other = blocked(session(), *arrival)
    first.conn.commit()
    with pytest.raises(psycopg.Error) as refused:
        other.outcome()
    assert detail_of(refused.value)["answered_by"] == "anna"


def test_a_prompt_whose_time_is_over_waits_for_an_answer_in_progress(talk, open_session, clock):
    """It is not expired under the hands of who answers it in time."""
    one = talk("answer")
    one.ask()
    one.suspend()
    answering = open_session()
    one.arrive(answering)
    clock.advance(61)
    one.worker.renew()
    one.calls.maintain()
    again = one.worker.claim_one()
    assert one.ask(again)["a"] == "waiting"
    one.claimed = again
    assert one.suspend() == "ok" and one.worker.claim() == []
    answering.conn.commit()
    one.assert_it_came()


@ways
def test_what_comes_in_an_open_transaction_blocks_nobody(talk, way, open_session, session, calls):
    """Claims, maintenance, commands and other senders go on beside it for as long as it takes."""
    one = talk(way)
    one.ask()
    sender = open_session()
    one.arrive(sender)
    others = session()
    others.conn.execute("set lock_timeout = '2s'")
    if way != "answer":
        others.call("send_message", workflow_id=one.workflow_id, message="6")
    one.suspend()
    others.command(one.workflow_id, "HOLD")
    others.command(one.workflow_id, "RESUME")
    others.maintain()
    one.worker.claim()
    assert others.command(one.workflow_id, "STOP")["outcome"] == "accepted"
    sender.conn.commit()


@guarded
def test_a_record_that_is_sent_again_while_the_first_is_in_progress(
    talk, open_session, session, blocked, without, is_guarded
):
    """Its answer was lost, not its transaction: the second finds what the first did."""
    if not is_guarded:
        without(
            "record_exchange",
            "perform pg_advisory_xact_lock(hashtextextended('workflows.exchange ' || p_workflow_id, 0));",
        )
    one = talk("send")
    first = second(one.worker, open_session())
    arguments = {"kind": "stream", "ask": {"key": "log", "value": 1}}
    assert first.record(one.claimed, "w", **arguments)["output"] == 0
    again = blocked(
        session(),
        *statement("record_steps", **one.worker.record_arguments(one.claimed, "w", **arguments)),
    )
    first.calls.conn.commit()
    if is_guarded:
        assert json.loads(again.outcome()[0][0])[0]["output"] == 0
        assert one.calls.value("select count(*) from workflows.stream") == 1
    else:
        with pytest.raises(psycopg.errors.UniqueViolation):
            again.outcome()
