"""PostgreSQL through a gateway's own connection: system.db for calls and transactions.

The connection budget of one worker, for a pool of 8: one connection listens, one claims, one renews; two are
borrowed by all other calls of the gateway, two by transactional steps, one is left over. Claiming and renewing
keep theirs as an open transaction handle and commit after each call, so that they never wait for the pool and
always speak to the same session of the server: idle marks are locks of that session.

The budget is one for all projects of the gateway. A worker for which nothing is left to keep borrows for each
claim and renewal, and polls; so does a new generation until the old one has let go.
"""

from __future__ import absolute_import, division, print_function

import random

from java.lang import System, Thread
from java.util.concurrent import Semaphore, TimeUnit

from exchange.workflows import compat, errors, settings
from exchange.workflows.database import sqlstates
from exchange.workflows.database.system_db_calls import CallsUnderWay
from exchange.workflows.database.system_db_errors import translate
from exchange.workflows.database.system_db_listener import SystemDbListener, can_unwrap
from exchange.workflows.database.system_db_sessions import (
    BorrowingSession,
    HeldSession,
    Transaction,
    one_value,
    texts,
)

_READ_COMMITTED = 2
_HELD = ("claim", "renew")
_BORROWED = 4
_LOOK_AGAIN_NANOSECONDS = 600 * 10**9
_NO_CONNECTION = ("08001", sqlstates.NO_STATE)


class SystemDbConnector(object):
    """One database connection of the gateway, by its name.

    connections: how many of its pool may be used (Max Active). share: host.share, so that all projects of the
    gateway keep to one budget for what they borrow.
    """

    def __init__(
        self,
        database_name,
        schema=settings.SCHEMA_NAME,
        connections=settings.CONNECTIONS,
        retry_seconds=settings.RETRY_SECONDS,
        share=None,
    ):
        self.database_name = database_name
        self.schema = schema
        self.place = database_name, schema
        self.retry_seconds = retry_seconds
        borrowed = max(2, min(_BORROWED, connections - 1))
        self._call_permits = self._permits(share, "calls", borrowed - borrowed // 2)
        self._step_permits = self._permits(share, "steps", borrowed // 2)
        self._kept_permits = self._permits(share, "kept", max(1, connections - borrowed))
        self._most = borrowed + max(1, connections - borrowed)
        self.calls = CallsUnderWay()
        self._can_listen = False
        self._look_at = System.nanoTime()

    def _permits(self, share, purpose, count):
        if share is None:
            return Semaphore(count, True)
        key = "connections.%s.%s.%d" % (self.database_name, purpose, count)
        return share(key, lambda: Semaphore(count, True))

    # Sessions

    def session(self, purpose, is_direct=False):
        """A held session for claiming and renewing; any other purpose borrows a connection for each call."""
        if purpose in _HELD:
            return HeldSession(self, self._kept_permits)
        return BorrowingSession(self)

    def can_listen(self):
        """Whether a connection can be had that hears notifications. Where there was none it looks again later."""
        if not self._can_listen and System.nanoTime() >= self._look_at:
            self._can_listen = can_unwrap(self.database_name)
            self._look_at = System.nanoTime() + _LOOK_AGAIN_NANOSECONDS
        return self._can_listen

    def listen(self, channel):
        return SystemDbListener(self.database_name, channel, self._kept_permits)

    # Borrowed

    def call(self, sql, args):
        """One call on a borrowed connection. One that was lost is sent again, for `retry_seconds`: for what answers
        a repetition like the first time; see store.ONCE."""
        give_up_at = System.nanoTime() + int(self.retry_seconds * 1e9)
        pause_ms = 20
        while True:
            try:
                return self.call_once(sql, args)
            except errors.DatabaseError as error:
                # Without a state it is the gateway that has no connection, and it has tried itself.
                is_worth_it = sqlstates.is_lost(error) and error.code not in _NO_CONNECTION
                if not is_worth_it or System.nanoTime() > give_up_at:
                    raise
            Thread.sleep(int(pause_ms * (0.5 + random.random())))
            pause_ms = min(2 * pause_ms, 1000)

    def call_once(self, sql, args):
        """One call that is never sent again, on a connection that the pool has just tried."""
        self.acquire(self._call_permits)
        self.calls.begin(sql)
        try:
            return one_value(compat.gateway_system().db.runPrepQuery(sql, texts(args), self.database_name))
        except compat.ERRORS as error:
            raise translate(error)
        finally:
            self.calls.end()
            self._call_permits.release()

    def hanging(self, seconds):
        """{name of the function: since how many seconds} of the calls that have not come back for longer."""
        return self.calls.longer_than(seconds)

    def transaction(self):
        """One transaction on a borrowed connection: committed at the end, rolled back by an exception."""
        return Transaction(self, self._step_permits)

    def begin(self, idle_ms):
        """A transaction handle of the gateway, which ends it where nobody uses it for so long. It must be closed."""
        try:
            return compat.gateway_system().db.beginTransaction(
                self.database_name, _READ_COMMITTED, idle_ms
            )
        except compat.ERRORS as error:
            raise translate(error)

    def pool_figures(self):
        """How many of the gateway's connections that may be used here are, and how many threads wait for one."""
        permits = (self._call_permits, self._step_permits, self._kept_permits)
        free = sum(one.availablePermits() for one in permits)
        waiting = sum(one.getQueueLength() for one in permits)
        return {"open": self._most - free, "in_use": self._most - free, "most": self._most, "waiting": waiting}

    def acquire(self, permits):
        if not permits.tryAcquire(int(self.retry_seconds * 1000), TimeUnit.MILLISECONDS):
            raise errors.DatabaseError(
                "no connection: all of %s that may be used are in use" % self.database_name, "08001", is_lost=True
            )

    def close(self):
        """Nothing is kept here: sessions and transactions are closed by whoever opened them."""
