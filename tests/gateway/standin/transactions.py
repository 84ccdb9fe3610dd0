"""Open transactions of system.db: one pooled connection each, closed when idle for too long."""

from __future__ import absolute_import, division, print_function

import uuid

from java.lang import System, Thread
from java.sql import SQLException
from java.util.concurrent import ConcurrentHashMap

DEFAULT_IDLE_MS = 30000
LOOK_EVERY_MS = 100


class Transaction(object):
    def __init__(self, connection, idle_ms):
        self.connection = connection
        self._idle_ms = idle_ms
        self.touch()

    def touch(self):
        self._used = System.nanoTime()

    def is_idle_too_long(self):
        return (System.nanoTime() - self._used) / 1e6 > self._idle_ms


class Transactions(object):
    def __init__(self, log):
        self._open = ConcurrentHashMap()
        self._log = log

    def begin(self, connection, isolation, idle_ms):
        try:
            connection.setAutoCommit(False)
            if isolation:
                connection.setTransactionIsolation(isolation)
        except SQLException:  # its session was terminated since the pool looked
            connection.close()
            raise
        name = str(uuid.uuid4())
        self._open.put(name, Transaction(connection, idle_ms or DEFAULT_IDLE_MS))
        return name

    def connection(self, name):
        """The connection of an open transaction, which counts as used."""
        found = self._open.get(name)
        if found is None:
            raise SQLException("Transaction %s does not exist or was closed" % name)
        found.touch()
        return found.connection

    def close(self, name):
        found = self._open.remove(name)
        if found is not None:
            found.connection.close()

    def count(self):
        return self._open.size()

    def close_idle_ones(self):
        """The work of a thread of ours, for ever."""
        while True:
            Thread.sleep(LOOK_EVERY_MS)
            for name in list(self._open.keySet()):
                found = self._open.get(name)
                if found is not None and found.is_idle_too_long():
                    self._log("WARN", "Transactions", "transaction %s was idle: closed" % name)
                    try:
                        self.close(name)
                    except SQLException as error:
                        self._log("WARN", "Transactions", "%s" % error)
