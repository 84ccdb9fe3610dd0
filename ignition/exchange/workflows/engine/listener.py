"""Hears notifications: work for a queue wakes the dispatcher, a command for this worker the keeper.

A notification is only ever a hint. Everything works by polling as well, so a listener that is deaf costs
time and nothing else. After each LISTEN the dispatcher claims once: what came before it was not heard.
Renewals ping the worker's own channel: a session that answers and yet hears nothing is found out by that.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors, settings
from exchange.workflows.engine.backoff import Backoff
from exchange.workflows.engine.loop import keep_turning


class Listener(object):
    def __init__(self, host, state, connector, dispatcher, keeper):
        self._host = host
        self._state = state
        self._connector = connector
        self._dispatcher = dispatcher
        self._keeper = keeper
        self._backoff = Backoff(host, "listen")
        self._session = None

    def run(self):
        keep_turning(self._host, self._state.releasing, "listen", self.turn, self._state.releasing.wait)

    def turn(self):
        """Listen until the connection is lost; returns for how many seconds to wait then."""
        try:
            if not self._connector.can_listen():
                self._become("poll")
                return settings.LISTEN_CHECK_SECONDS
            if compat.failpoint is not None:
                compat.failpoint("listen:before_listen")
            self._session = self._connector.listen(self._state.channel)
            self._backoff.worked()
            self._hear()
            return 0
        except compat.ERRORS as error:
            if self._state.releasing.is_set():
                return 0
            self._become("poll")
            return self._backoff.failed(error)
        finally:
            session, self._session = self._session, None
            if session is not None:
                session.close()

    def _hear(self):
        if compat.failpoint is not None:
            compat.failpoint("listen:after_listen_before_poll")
        self._state.unheard_since = None
        self._become("listen")
        check_at = self._host.monotonic() + settings.LISTEN_CHECK_SECONDS
        while not self._state.releasing.is_set():
            for payload in self._session.wait(settings.LISTEN_LOOK_SECONDS):
                self.heard(payload)
            if self._session.is_worn():
                return
            now = self._host.monotonic()
            self._refuse_deafness(now)
            if now >= check_at:
                self._session.check()
                check_at = self._host.monotonic() + settings.LISTEN_CHECK_SECONDS

    def _refuse_deafness(self, now):
        since = self._state.unheard_since
        if since is not None and now - since >= settings.LISTEN_DEAF_SECONDS:
            raise errors.DatabaseError("the listening session does not hear its own pings", "08006", is_lost=True)

    def heard(self, payload):
        """Wake whom the notification is for."""
        if payload[:2] == "w:":
            if payload[2:] == self._state.worker_id:
                self._keeper.poke()
        elif payload[:2] == "p:":
            if payload[2:] == self._state.worker_id:
                since, self._state.unheard_since = self._state.unheard_since, None
                if since is not None:
                    self._state.figures.listen_lag_seconds = self._host.monotonic() - since
        elif not payload.isdigit() or int(payload) in self._state.queue_ids:
            self._dispatcher.poke()

    def _become(self, mode):
        if self._state.listen_mode != mode:
            self._state.listen_mode = mode
            self._host.get_logger("listener").info("event=listen_mode mode=%s" % mode)
            self._keeper.poke()
        self._dispatcher.poke()

    def interrupt(self):
        session = self._session
        if session is not None:
            session.interrupt()
