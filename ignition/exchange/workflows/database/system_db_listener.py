"""LISTEN on a connection that is borrowed from the gateway's pool, where the gateway lets us reach the driver.

The way there is internal to the gateway: where any part of it is missing, can_unwrap() is False and the
worker polls. The driver may live in a class loader of its own; an object that it made leads there.
"""

from __future__ import absolute_import, division, print_function

import random

from java.lang import Class, InterruptedException, System, Thread
from java.util.concurrent import Executor

from exchange.workflows import compat, errors, settings
from exchange.workflows.database import sqlstates
from exchange.workflows.database.system_db_errors import translate

_SLICE_MS = 500
_WORN_SECONDS = 600.0
_DRIVER_INTERFACE = "org.postgresql.PGConnection"


def can_unwrap(database_name):
    """Whether the driver's own connection can be reached. Raises where the database is away."""
    connection = _borrow(database_name)
    if connection is None:
        return False
    try:
        return _driver_connection(connection) is not None
    except compat.ERRORS as error:
        if compat.is_termination(error):
            raise
        if _is_away(error):
            raise translate(error)
        return False
    finally:
        _quietly(connection.close)


class SystemDbListener(object):
    """A session that listens, with a wait that ends within half a second of interrupt()."""

    def __init__(self, database_name, channel, permits):
        if not permits.tryAcquire():
            raise errors.DatabaseError(
                "no connection of %s is left to listen; raise its number by 3 for each project with a worker"
                % database_name,
                "53300",
            )
        self._permits = permits
        self._connection = None
        self._is_interrupted = False
        self._worn_at = System.nanoTime() + int(_WORN_SECONDS * (0.9 + 0.2 * random.random()) * 1e9)
        self._driver = None
        try:
            self._connection = _borrow(database_name)
            if self._connection is not None:
                self._driver = _driver_connection(self._connection)
            if self._driver is None:
                raise errors.DatabaseError("this gateway's connections cannot listen", "0A000")
            self._begin(channel)
        except compat.EVERYTHING as error:
            self.close()
            raise error if isinstance(error, errors.WorkflowsError) else translate(error)

    def _begin(self, channel):
        # In a transaction nothing is ever heard.
        if not self._connection.getAutoCommit():
            self._connection.setAutoCommit(True)
        # An answer that never comes must not keep us for ever.
        self._driver.setNetworkTimeout(_AtOnce(), int(settings.LISTEN_ANSWER_SECONDS * 1000))
        _execute(self._connection, "set tcp_user_timeout = %d" % settings.LISTEN_FROZEN_MS)
        _execute(self._connection, 'listen "%s"' % channel.replace('"', '""'))

    def wait(self, seconds):
        """Payloads of what arrived; [] when `seconds` went by or interrupt() was called."""
        until = System.nanoTime() + int(seconds * 1e9)
        try:
            while not self._is_interrupted:
                left_ms = (until - System.nanoTime()) // 1000000
                if left_ms <= 0:
                    return []
                # It takes no notice of an interrupt, and 0 would be for ever.
                heard = self._driver.getNotifications(int(max(1, min(_SLICE_MS, left_ms))))
                if Thread.interrupted():
                    raise InterruptedException()
                if heard:
                    return [compat.to_text(one.getParameter()) for one in heard]
            self._is_interrupted = False
            return []
        except compat.ERRORS as error:
            raise _ended(error)

    def check(self):
        """One round trip on the listening session; raises where it is gone or hears nothing."""
        try:
            channels = _first_number(self._connection, "select count(*) from pg_listening_channels()")
        except compat.ERRORS as error:
            raise _ended(error)
        if not channels:
            raise errors.DatabaseError("this session does not listen any more", "08006", is_lost=True)

    def is_worn(self):
        """Whether the pool should have this connection back: it cannot look after one that is never returned."""
        return System.nanoTime() > self._worn_at

    def interrupt(self):
        """End a wait in another thread."""
        self._is_interrupted = True

    def close(self):
        permits, self._permits = self._permits, None
        if permits is not None:
            try:
                self._close()
            finally:
                permits.release()

    def _close(self):
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            _execute(connection, "unlisten *; reset tcp_user_timeout")
            if self._driver is not None:
                self._driver.setNetworkTimeout(_AtOnce(), 0)
        except compat.ERRORS:
            # Nobody else may get a connection that still listens or no longer answers.
            if self._driver is not None:
                _quietly(self._driver.close)
        finally:
            _quietly(connection.close)


class _AtOnce(Executor):
    def execute(self, command):
        command.run()


def _is_away(error):
    """Whether the server is to blame, not a wrapper that does not let us through."""
    if compat.is_ending(error):
        return False
    ours = translate(error)
    return ours.code != sqlstates.NO_STATE and sqlstates.is_lost(ours)


def _ended(error):
    ours = translate(error)
    return errors.DatabaseError("listening ended: %s" % compat.one_line(ours), "08006", is_lost=True)


def _borrow(database_name):
    """A pooled connection, None where the gateway has no such way."""
    try:
        sources = compat.gateway_context().getDatasourceManager()
        get_connection = sources.getConnection
    except compat.ERRORS as error:
        if compat.is_termination(error):
            raise
        return None
    try:
        return get_connection(database_name)
    except compat.ERRORS as error:
        raise translate(error)


def _driver_connection(connection):
    """The driver's connection behind whatever wraps it, or None."""
    loader = _driver_loader(connection)
    if loader is None:
        return None
    interface = Class.forName(_DRIVER_INTERFACE, True, loader)
    if interface.isInstance(connection):
        return connection
    return connection.unwrap(interface) if connection.isWrapperFor(interface) else None


def _driver_loader(connection):
    # A PGobject: made by the driver, wrapped by no pool.
    statement = connection.createStatement()
    try:
        rows = statement.executeQuery("select '{}'::jsonb")
        rows.next()
        return rows.getObject(1).getClass().getClassLoader()
    finally:
        statement.close()


def _execute(connection, sql):
    statement = connection.createStatement()
    try:
        statement.execute(sql)
    finally:
        statement.close()


def _first_number(connection, sql):
    statement = connection.createStatement()
    try:
        rows = statement.executeQuery(sql)
        return rows.getLong(1) if rows.next() else None
    finally:
        statement.close()


def _quietly(close):
    try:
        close()
    except compat.ERRORS as error:
        if compat.is_ending(error):
            raise
