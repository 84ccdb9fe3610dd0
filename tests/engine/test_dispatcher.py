"""How much is claimed and when, idle marks, resent claims (F4, F21)."""

import pytest

from exchange.workflows import compat, errors
from exchange.workflows.engine.dispatcher import Dispatcher, room_for
from exchange.workflows.engine.state import WorkerState
from tests.engine.fakes import FakeHost, FakeSession, FakeStore, lost, make_row


@pytest.mark.parametrize(
    "threads, busy, urgent, in_flight, window, start_now, prefetch",
    [
        (16, 0, 0, 0, 0, 16, 0),  # at first: what can start
        (16, 16, 0, 16, 0, 0, 0),  # all busy with long work: nothing
        (16, 10, 2, 12, 0, 4, 0),  # free threads only
        (16, 0, 0, 0, 100, 16, 58),  # short work: half of what it may hold
        (16, 16, 0, 116, 100, 1, 0),  # full; a place is kept for what must not wait in line
        (16, 16, 1, 80, 100, 0, 36),
        (4, 0, 0, 12, 2, 0, 0),  # outcomes lag behind: no more
        (1, 0, 0, 0, 0, 1, 0),
    ],
)
def test_room(threads, busy, urgent, in_flight, window, start_now, prefetch):
    room = room_for(threads, busy, urgent, in_flight, window)
    assert (room.start_now, room.prefetch) == (start_now, prefetch)


class FakeThreads:
    low_water = 0

    def __init__(self):
        self.busy = 0
        self.urgent = 0
        self.waiting, self.alive = 0, 1
        self.submitted = 0
        self.taken = []
        self.order_room = True

    def has_room_for_order(self):
        return self.order_room

    def busy_count(self):
        return self.busy

    def urgent_count(self):
        return self.urgent

    def waiting_count(self):
        return self.waiting

    def thread_count(self):
        return self.alive

    def submit(self, leases):
        self.submitted += 1
        self.taken.extend(leases)
        self.busy += len(leases)


def answer(*numbers, idle=False, retry_ms=None):
    return {"workflows": [make_row(n) for n in numbers], "idle": idle, "retry_ms": retry_ms}


class Desk:
    def __init__(self, *answers, threads=2, prefetch=0):
        self.host = FakeHost()
        self.state = WorkerState(self.host, threads=threads)
        self.state.is_registered.set()
        self.state.listen_mode = "listen"
        self.threads = FakeThreads()
        self.session = FakeSession()
        self.store = FakeStore(claim_workflows=answers)
        self.lost_ids: list[str] = []
        self.dispatcher = Dispatcher(
            self.host,
            self.state,
            self.session,
            self.store,
            self.threads,
            self.lost_ids.append,
            prefetch,
        )

    def asked(self):
        """What each claim asked for."""
        names = ("start_now", "prefetch", "request_no", "is_resend", "may_idle", "is_idle")
        return [dict(zip(names, args[1:])) for args in self.store.asked("claim_workflows")]

    def turn(self):
        return self.dispatcher.turn()


def test_threads_that_could_not_be_started_are_asked_for_again():
    """What was claimed waits in its line, and nothing else may come that would start one."""
    desk = Desk(answer(), answer(), answer())
    for desk.threads.waiting, desk.threads.alive, submitted in ((1, 0, 1), (1, 1, 1), (0, 0, 1)):
        desk.turn()
        assert desk.threads.submitted == submitted


def test_what_was_claimed_is_held_and_given_to_the_threads():
    desk = Desk(answer(1, 2))
    assert desk.turn() == 0
    assert [lease.workflow_id[-1] for lease in desk.threads.taken] == ["1", "2"]
    assert len(desk.state.held) == 2
    assert desk.asked()[0]["start_now"] == 2


def test_nothing_is_claimed_without_a_free_thread():
    desk = Desk(answer(1, 2))
    desk.turn()
    assert desk.turn() > 0
    assert len(desk.asked()) == 1
    desk.threads.busy = 1
    desk.dispatcher.on_room()
    desk.turn()
    assert desk.asked()[1]["start_now"] == 1


def test_orders_that_come_one_by_one_are_claimed_at_once():
    one, other = answer(1), answer(2)
    for claimed in (one, other):
        claimed["workflows"][0]["control"] = "stop 1"
    desk = Desk(one, other, answer())
    desk.threads.busy = 2
    desk.dispatcher.poke()
    assert [desk.turn(), desk.turn()] == [0, 0]
    desk.turn()
    assert len(desk.asked()) == 3
    assert desk.turn() > 0
    assert len(desk.asked()) == 3


def test_an_order_that_would_have_no_thread_is_left_to_others():
    desk = Desk(answer(1), threads=1)
    desk.threads.busy, desk.threads.order_room = 1, False
    desk.dispatcher.poke()
    desk.turn()
    assert desk.asked() == []
    desk.threads.order_room = True
    desk.turn()
    assert [one["start_now"] for one in desk.asked()] == [0]


def test_a_short_claim_waits_for_a_notification_or_the_poll():
    desk = Desk(answer(1, idle=True))
    desk.state.poll_ms = 1000
    assert desk.turn() == pytest.approx(1.1)
    desk.threads.busy = 0
    assert desk.turn() == pytest.approx(1.1)
    assert len(desk.asked()) == 1
    desk.dispatcher.poke()
    desk.turn()
    assert len(desk.asked()) == 2
    desk.host.now += 1.2
    desk.turn()
    assert len(desk.asked()) == 3


def test_the_database_can_ask_to_be_asked_soon_again():
    desk = Desk(answer(retry_ms=20))
    assert desk.turn() == pytest.approx(0.02)
    desk.host.now += 0.02
    desk.turn()
    assert len(desk.asked()) == 2


def test_a_transaction_that_stays_open_is_asked_after_less_and_less_often():
    desk = Desk(*[answer(retry_ms=5)] * 10, answer(), answer(retry_ms=5))
    waits = []
    for _ in range(12):
        waits.append(desk.turn())
        desk.host.now += waits[-1]
    assert waits[:4] == pytest.approx([0.005, 0.01, 0.02, 0.04])
    assert waits[9] == waits[10] == pytest.approx(1.1), "never longer than the poll"
    assert waits[11] == pytest.approx(0.005)


def test_the_idle_mark_is_told_back_on_the_same_session_only():
    desk = Desk(answer(idle=True))
    for _ in range(2):
        desk.dispatcher.poke()
        desk.turn()
    desk.session.serial += 1
    desk.dispatcher.poke()
    desk.turn()
    assert [one["is_idle"] for one in desk.asked()] == [False, True, False]


def test_a_session_that_does_not_stay_is_neither_marked_nor_unmarked():
    desk = Desk(answer(idle=True))
    desk.state.listen_mode = "listen"
    for has_place in (True, False):
        desk.session.has_place = has_place
        desk.dispatcher.poke()
        desk.turn()
    assert [(one["may_idle"], one["is_idle"]) for one in desk.asked()] == [
        (True, False),
        (False, False),
    ]


def test_f69_a_claim_that_failed_leaves_its_session():
    """It may have been marked idle before a time limit ended the call, and the mark outlives a rollback."""
    timeout = errors.DatabaseError("canceling statement due to statement timeout", "57014")
    desk = Desk(answer(idle=True), timeout, answer())
    for _ in range(3):
        desk.dispatcher.poke()
        desk.turn()
    assert desk.session.serial == FakeSession.serial + 1
    assert [one["is_idle"] for one in desk.asked()] == [False, True, False]


def test_a_worker_that_was_lost_leaves_its_mark_behind():
    """The next one would set it a second time on the session, and take it back once."""
    desk = Desk(answer(idle=True))
    desk.dispatcher.poke()
    desk.turn()
    desk.state.is_registered.clear()
    desk.turn()
    assert desk.session.serial == FakeSession.serial + 1
    desk.turn()
    assert desk.session.serial == FakeSession.serial + 1


def test_a_claim_that_is_answered_after_its_worker_was_declared_lost_is_dropped():
    """Others have taken what it claimed; meanwhile this worker has another id."""

    def late(*args):
        desk.state.start_over()
        desk.state.is_registered.set()
        return answer(1, idle=True)

    desk = Desk(late, answer(2))
    assert desk.turn() == 0
    assert (desk.threads.taken, desk.state.held) == ([], {})
    assert desk.session.serial == FakeSession.serial + 1, "its mark stays behind"
    desk.dispatcher.poke()
    desk.turn()
    assert [lease.workflow_id[-1] for lease in desk.threads.taken] == ["2"]
    assert (desk.asked()[1]["is_resend"], desk.asked()[1]["is_idle"]) == (False, False)
    ids = [args[0] for args in desk.store.asked("claim_workflows")]
    assert ids[0] != ids[1] == desk.state.worker_id


@pytest.mark.parametrize("mode, may_idle", [("listen", True), ("poll", False), ("starting", False)])
def test_only_who_hears_notifications_may_be_marked_idle(mode, may_idle):
    desk = Desk(answer())
    desk.state.listen_mode = mode
    desk.turn()
    assert desk.asked()[0]["may_idle"] is may_idle


def test_f21_a_claim_without_an_answer_is_asked_again_under_its_number():
    desk = Desk(lost(), lost(), answer(1), answer())
    for _ in range(4):
        desk.dispatcher.poke()
        desk.turn()
    asked = [(one["request_no"], one["is_resend"], one["start_now"]) for one in desk.asked()]
    assert asked == [(1, False, 2), (1, True, 2), (1, True, 2), (2, False, 1)]


def test_f13_work_is_looked_for_after_a_claim_that_was_asked_again():
    """Asked again, the database answers what the first time took, and nothing that came since."""
    desk = Desk(lost(), answer(), answer(1))
    desk.turn()
    desk.dispatcher.poke()
    assert desk.turn() == 0, "not the wait for the next poll"
    desk.turn()
    assert len(desk.threads.taken) == 1
    asked = [(one["request_no"], one["is_resend"]) for one in desk.asked()]
    assert asked == [(1, False), (1, True), (2, False)]


def test_a_worker_that_the_database_does_not_know_is_lost():
    desk = Desk(errors.StaleLease("stale lease token", "WF001"))
    desk.turn()
    assert desk.lost_ids == [desk.state.worker_id]


def test_an_outage_is_waited_out_with_growing_pauses():
    desk = Desk(lost())
    pauses = [desk.turn() for _ in range(8)]
    assert pauses == sorted(pauses)
    assert pauses[-1] <= 3.0


def test_prefetch_follows_the_rate_at_which_work_is_finished():
    desk = Desk(answer(), threads=4, prefetch=500)
    desk.turn()
    assert desk.asked()[0]["prefetch"] == 0
    desk.state.finished += 400
    desk.host.now += 0.1
    desk.dispatcher.poke()
    desk.turn()
    assert desk.asked()[1]["prefetch"] == pytest.approx(102, abs=1)
    desk.state.finished += 100000
    desk.host.now += 0.1
    desk.dispatcher.poke()
    desk.turn()
    assert desk.asked()[2]["prefetch"] == pytest.approx(252, abs=1)


def test_slow_work_is_not_claimed_ahead():
    desk = Desk(answer(1, 2, 3, 4), threads=4, prefetch=500)
    desk.turn()
    desk.host.now += 1
    desk.state.finished += 4
    desk.state.held.clear()
    desk.threads.busy = 0
    desk.turn()
    assert [one["prefetch"] for one in desk.asked()] == [0, 0]


def test_a_worker_that_stops_claims_nothing():
    desk = Desk(answer(1))
    desk.state.is_claiming = False
    desk.turn()
    assert desk.asked() == []


def test_nothing_is_claimed_before_the_worker_is_registered():
    desk = Desk(answer(1))
    desk.state.is_registered.clear()
    desk.turn()
    assert desk.asked() == []


def test_failpoints_are_reached_around_a_claim(monkeypatch):
    reached: list[str] = []
    monkeypatch.setattr(compat, "failpoint", reached.append)
    Desk(answer(1)).turn()
    assert reached == ["claim:before_send", "claim:after_commit"]
