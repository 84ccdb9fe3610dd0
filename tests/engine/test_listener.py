"""Notifications wake the right part; a listener that is deaf only costs time (F13, F22, F24)."""

import pytest

from exchange.workflows import compat, settings
from exchange.workflows.engine.listener import Listener
from exchange.workflows.engine.maintenance import Maintenance
from exchange.workflows.engine.state import WorkerState
from tests.engine.fakes import FakeHost, FakeStore, lost


class Part:
    def __init__(self):
        self.pokes = 0

    def poke(self):
        self.pokes += 1


class FakeListening:
    """A session that hears what is lined up, then fails or ends the worker."""

    def __init__(self, state, host, heard):
        self.state = state
        self.host = host
        self.heard = list(heard)
        self.checks = 0
        self.worn = False
        self.is_closed = False

    def wait(self, seconds):
        if not self.heard:
            self.state.releasing.set()
            return []
        payload = self.heard.pop(0)
        if isinstance(payload, Exception):
            raise payload
        if payload is None:
            self.host.pass_time(seconds)
            return []
        return [payload]

    def check(self):
        self.checks += 1

    def is_worn(self):
        return self.worn

    def close(self):
        self.is_closed = True


class Connector:
    def __init__(self, sessions, can_listen=True):
        self.sessions = sessions
        self._can_listen = can_listen
        self.channels = []

    def can_listen(self):
        return self._can_listen

    def listen(self, channel):
        self.channels.append(channel)
        session = self.sessions.pop(0)
        if isinstance(session, Exception):
            raise session
        return session


class Ear:
    def __init__(self, *heard, can_listen=True):
        self.host = FakeHost()
        self.state = WorkerState(self.host)
        self.state.queue_ids = (3, 5)  # type: ignore[assignment]
        self.session = FakeListening(self.state, self.host, heard)
        self.dispatcher, self.keeper = Part(), Part()
        self.connector = Connector([self.session], can_listen)
        self.listener = Listener(
            self.host, self.state, self.connector, self.dispatcher, self.keeper
        )


def test_after_listening_the_dispatcher_claims_once_for_what_was_not_heard():
    ear = Ear()
    ear.listener.turn()
    assert ear.connector.channels == ["workflows_wake"]
    assert (ear.state.listen_mode, ear.dispatcher.pokes) == ("listen", 1)
    assert ear.session.is_closed


@pytest.mark.parametrize(
    "payload, claims, renewals",
    [("3", 1, 0), ("4", 0, 0), ("w:%s", 0, 1), ("w:somebody else", 0, 0), ("strange", 1, 0)],
)
def test_a_notification_wakes_whom_it_is_for(payload, claims, renewals):
    ear = Ear()
    ear.listener.heard(payload.replace("%s", ear.state.worker_id))
    assert (ear.dispatcher.pokes, ear.keeper.pokes) == (claims, renewals)


def test_a_quiet_session_is_checked_by_a_round_trip():
    looks = int(settings.LISTEN_CHECK_SECONDS / settings.LISTEN_LOOK_SECONDS)
    ear = Ear(*[None] * 3 * looks)
    ear.listener.turn()
    assert ear.session.checks == 3


def test_f22_a_session_that_does_not_hear_its_pings_is_given_up():
    ear = Ear(*[None] * 100)
    ear.connector.sessions[0].heard.insert(0, "p:somebody else")
    begun = ear.host.now
    ear.host.plan(1, lambda: setattr(ear.state, "unheard_since", ear.host.now))
    assert ear.listener.turn() > 0
    assert ear.state.listen_mode == "poll"
    assert ear.session.is_closed
    late = 1 + settings.LISTEN_DEAF_SECONDS
    assert late <= ear.host.now - begun <= late + settings.LISTEN_LOOK_SECONDS


def test_f22_a_session_that_hears_its_pings_stays():
    ear = Ear(*[None, "p:%s"] * 50)
    ear.session.heard = [one and one % ear.state.worker_id for one in ear.session.heard]

    def ping():
        ear.state.unheard_since = ear.host.now
        ear.host.plan(5, ping)

    ear.host.plan(1, ping)
    assert ear.listener.turn() == 0
    assert ear.state.listen_mode == "listen"


def test_a_worn_session_is_replaced_without_a_pause():
    ear = Ear(None)
    ear.session.worn = True
    ear.connector.sessions.append(FakeListening(ear.state, ear.host, []))
    assert ear.listener.turn() == 0
    assert ear.session.is_closed
    assert (ear.state.listen_mode, ear.dispatcher.pokes) == ("listen", 1)
    ear.listener.turn()
    assert (ear.state.listen_mode, ear.dispatcher.pokes) == ("listen", 2)


def test_a_lost_session_means_polling_until_the_next_one_listens():
    ear = Ear(lost())
    ear.connector.sessions.append(FakeListening(ear.state, ear.host, []))
    assert ear.listener.turn() > 0
    assert ear.state.listen_mode == "poll"
    ear.listener.turn()
    assert ear.state.listen_mode == "listen"


def test_a_database_that_is_away_is_waited_for():
    ear = Ear()
    ear.connector.sessions[:] = [lost(), lost(), ear.session]
    for _ in range(3):
        ear.listener.turn()
    assert ear.state.listen_mode == "listen"


def test_behind_a_pooler_the_worker_says_that_it_polls():
    ear = Ear(can_listen=False)
    assert ear.listener.turn() > 0
    assert ear.state.listen_mode == "poll"
    assert ear.keeper.pokes == 1


def test_failpoints_are_reached_around_listen(monkeypatch):
    reached: list[str] = []
    monkeypatch.setattr(compat, "failpoint", reached.append)
    Ear().listener.turn()
    assert reached == ["listen:before_listen", "listen:after_listen_before_poll"]


@pytest.mark.parametrize(
    "answer, seconds",
    [
        ({"next_due_ms": None}, 1.2),
        ({"next_due_ms": 300}, 0.3),
        ({"next_due_ms": None, "again_ms": 100}, 0.1),
        ({"next_due_ms": 0}, 0.01),
    ],
)
def test_maintenance_comes_back_when_something_is_due(answer, seconds):
    host = FakeHost()
    state = WorkerState(host)
    state.is_registered.set()
    assert Maintenance(host, state, FakeStore(run_maintenance=[answer])).turn() == pytest.approx(
        seconds
    )


def test_maintenance_waits_for_a_database_that_is_away():
    host = FakeHost()
    state = WorkerState(host)
    state.is_registered.set()
    maintenance = Maintenance(host, state, FakeStore(run_maintenance=[lost()]))
    assert 0 < maintenance.turn() <= maintenance.turn()
