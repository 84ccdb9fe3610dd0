"""Promises of listening: what is heard, what is found out about a session that hears nothing."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import settings
from exchange.workflows.engine.worker import Worker
from tests.conformance import plant
from tests.conformance.promises import PATIENCE, lost, promise

_CHANNEL = "conformance_wake"


def _hear(world, listening, count=1):
    heard = []
    until = world.host.monotonic() + PATIENCE
    while len(heard) < count:
        assert world.host.monotonic() < until, "heard only %r" % heard
        heard.extend(listening.wait(1.0))
    return heard


@promise
def a_notification_is_heard(world):
    assert world.connector.can_listen()
    listening = world.connector.listen(_CHANNEL)
    try:
        assert listening.wait(0.01) == []
        world.admin(
            "select pg_notify(?, n::text) from generate_series(1, 20) n".replace(
                "?", "'%s'" % _CHANNEL
            )
        )
        assert _hear(world, listening, 20) == [str(n) for n in range(1, 21)]
        world.admin("select pg_notify('%s', 'before')" % _CHANNEL)
        listening.check()
        assert _hear(world, listening) == ["before"]
        assert not listening.is_worn()
    finally:
        listening.close()


@promise
def a_wait_ends_when_it_is_interrupted(world):
    listening = world.connector.listen(_CHANNEL)
    try:
        begun = world.host.monotonic()
        listening.interrupt()
        assert listening.wait(PATIENCE) == []
        assert world.host.monotonic() - begun < PATIENCE / 2
    finally:
        listening.close()


@promise
def a_listening_session_that_is_terminated_says_so(world):
    listening = world.connector.listen(_CHANNEL)
    try:
        world.terminate()

        def wait():
            while True:
                listening.wait(PATIENCE)

        lost(wait)
    finally:
        listening.close()
    again = world.connector.listen(_CHANNEL)
    again.close()


@promise
def nobody_listens_after_the_session_is_closed(world):
    listening = world.connector.listen(_CHANNEL)
    listening.close()
    sessions = [world.connector.session("claim", True) for _ in range(3)]
    try:
        for session in sessions:
            assert session.call("select count(*)::text from pg_listening_channels()", ()) == "0"
    finally:
        for session in sessions:
            session.close()


@promise
def a_listening_session_that_answers_no_more_is_given_up(world):
    """F22: a half-open connection. Nothing tells us but the answer that does not come."""
    check_seconds, settings.LISTEN_CHECK_SECONDS = settings.LISTEN_CHECK_SECONDS, 1.0
    listening = world.connector.listen(_CHANNEL)
    [[pid]] = world.admin(
        "select pid from pg_stat_activity where datname = current_database() and query ilike 'listen%'"
    )
    world.signal(int(pid), "STOP")
    try:
        begun = world.host.monotonic()
        lost(listening.check)
        listening.close()
        assert world.host.monotonic() - begun < PATIENCE / 2
    finally:
        world.signal(int(pid), "CONT")
        settings.LISTEN_CHECK_SECONDS = check_seconds
    assert world.connector.call("select 'next'::text", ()) == "next"


class _DeafSession(object):
    """Listens, answers every check, and hears nothing."""

    def __init__(self, session):
        self._session = session
        self.is_closed = False

    def wait(self, seconds):
        self._session.wait(seconds)
        return []

    def close(self):
        self.is_closed = True
        self._session.close()

    def __getattr__(self, name):
        return getattr(self._session, name)


class _DeafOnce(object):
    """A connector whose first listening session hears nothing."""

    def __init__(self, connector):
        self._connector = connector
        self.sessions = []

    def listen(self, channel):
        session = self._connector.listen(channel)
        if not self.sessions:
            session = _DeafSession(session)
        self.sessions.append(session)
        return session

    def __getattr__(self, name):
        return getattr(self._connector, name)


@promise
def a_deaf_listener_is_found_and_replaced(world):
    """F22: it answers, and hears nothing, not even its own pings."""
    connector = _DeafOnce(world.connector)
    deaf_seconds, settings.LISTEN_DEAF_SECONDS = settings.LISTEN_DEAF_SECONDS, 0.8
    world.admin("select %s.set_setting('lease_seconds', '1')" % world.schema)
    worker = Worker(connector=connector, threads=2, queues=[plant.queue(world)])
    try:
        worker.start()
        world.wait_until(lambda: len(connector.sessions) == 2, "another session to listen")
        assert connector.sessions[0].is_closed
        world.wait_until(lambda: worker.state.listen_mode == "listen", "the mode")
        world.host.sleep(2.0)
        assert len(connector.sessions) == 2, "one that hears its pings was replaced"
    finally:
        settings.LISTEN_DEAF_SECONDS = deaf_seconds
        world.admin("select %s.set_setting('lease_seconds', '20')" % world.schema)
        worker.stop(0)
