"""Sessions and transactions over system.db: the ones that are kept, and the ones that borrow."""

from __future__ import absolute_import, division, print_function

import threading

from java.lang import Long, Runnable, System, Thread

from exchange.workflows import compat, errors
from exchange.workflows.database import sqlstates
from exchange.workflows.database.system_db_errors import translate

# The gateway ends a handle that was not used for so long; each use begins the time anew.
_HELD_IDLE_MS = 600000
_STEP_IDLE_MS = 3600000


class BorrowingSession(object):
    """A connection for each call: nothing of the session can be relied on."""

    serial = 1

    def __init__(self, connector):
        self._connector = connector

    def call(self, sql, args):
        return self._connector.call_once(sql, args)

    def leave(self):
        pass

    close = leave


class HeldSession(object):
    """One session of the server, opened by the first call and again after each loss. `serial` counts them, so
    that a user of session state sees that it is gone. While the budget has none left to keep, it borrows, and so it
    does once it is closed: a thread that is late keeps nothing for a worker that has ended."""

    def __init__(self, connector, permits):
        self._connector = connector
        self._permits = permits
        self._lock = threading.Lock()
        self._handle = None
        self._used_at = 0
        self._is_closed = False
        self.serial = 0

    def call(self, sql, args):
        """The one value of the one row, committed. Raises errors.WorkflowsError."""
        with self._lock:
            if not self._is_open():
                return self._connector.call_once(sql, args)
            handle = self._handle
            db = compat.gateway_system().db
            self._connector.calls.begin(sql)
            try:
                answer = one_value(db.runPrepQuery(sql, texts(args), self._connector.database_name, handle))
                db.commitTransaction(handle)
            except compat.EVERYTHING as error:
                self._failed(error)
            finally:
                self._connector.calls.end()
            self._used_at = System.nanoTime()
            return answer

    def is_kept(self):
        """Whether the next call goes to a session that stays, so that it can be marked. Opens it where it can."""
        with self._lock:
            return self._is_open()

    def _is_open(self):
        if self._handle is not None and System.nanoTime() - self._used_at > _HELD_IDLE_MS * 500000:
            self._give_back()
        if self._handle is not None:
            return True
        if self._is_closed or not self._permits.tryAcquire():
            return False
        try:
            self._handle = self._connector.begin(_HELD_IDLE_MS)
        except compat.EVERYTHING:
            self._permits.release()
            raise
        self._used_at = System.nanoTime()
        self.serial += 1
        return True

    def _failed(self, error):
        try:
            ours = translate(error)
        except compat.EVERYTHING:
            self._give_up()
            raise
        if sqlstates.is_lost(ours):
            self._give_up()
        else:
            try:
                compat.gateway_system().db.rollbackTransaction(self._handle)
            except compat.ERRORS:
                self._give_up()
        raise ours

    def leave(self):
        """Give the present session back; the next call opens another."""
        with self._lock:
            if self._handle is not None:
                self._give_back()

    def close(self):
        """Give it back for good."""
        self._is_closed = True
        self.leave()

    def _give_back(self):
        """The connection goes back to the pool without the locks that marked its session."""
        db = compat.gateway_system().db
        try:
            db.runPrepQuery("select pg_advisory_unlock_all()::text", [], self._connector.database_name, self._handle)
            db.commitTransaction(self._handle)
        except compat.ERRORS as error:
            if compat.is_ending(error):
                raise
        finally:
            self._give_up()

    def _give_up(self):
        handle, self._handle = self._handle, None
        try:
            close_handle(handle)
        finally:
            self._permits.release()


class Transaction(object):
    """What a transactional step gets as `tx`."""

    def __init__(self, connector, permits):
        self._connector = connector
        self._permits = permits
        self._lock = threading.Lock()
        self._handle = None
        self._backend = None

    def __enter__(self):
        self._connector.acquire(self._permits)
        try:
            self._handle = self._connector.begin(_STEP_IDLE_MS)
            try:
                self._backend = self.call("select pg_backend_pid()::text", ())
            except compat.EVERYTHING:
                self._close()
                raise
        except compat.EVERYTHING:
            self._permits.release()
            raise
        return self

    def __exit__(self, kind, error, trace):
        db = compat.gateway_system().db
        try:
            try:
                if kind is None:
                    db.commitTransaction(self._handle)
                else:
                    db.rollbackTransaction(self._handle)
            finally:
                self._close()
        except compat.ERRORS as problem:
            # Where the body failed, its error is the one to tell.
            if kind is None or compat.is_ending(problem):
                raise translate(problem)
        finally:
            self._permits.release()
        return False

    def _close(self):
        with self._lock:
            handle, self._handle = self._handle, None
        close_handle(handle)

    def query(self, sql, args=()):
        """The rows of a query, one dict per row. `?` stands for an argument."""
        rows = self._on_handle("runPrepQuery", sql, arguments(args))
        names = [compat.to_text(name) for name in rows.getColumnNames()]
        columns = range(len(names))
        return [
            dict((names[column], rows.getValueAt(row, column)) for column in columns)
            for row in range(rows.getRowCount())
        ]

    def update(self, sql, args=()):
        """Run a statement that changes rows; returns their number."""
        return self._on_handle("runPrepUpdate", sql, arguments(args))

    def call(self, sql, args):
        """The one value of the one row, for the engine's own calls."""
        return one_value(self._on_handle("runPrepQuery", sql, texts(args)))

    def _on_handle(self, name, sql, args):
        try:
            run = getattr(compat.gateway_system().db, name)
            return run(sql, args, self._connector.database_name, self._handle)
        except compat.ERRORS as error:
            raise translate(error)

    def cut(self):
        """End whatever the transaction waits for; from another thread, which does not wait for it."""
        thread = Thread(_Cancel(self.cancel), "workflows-cut")
        thread.setDaemon(True)
        thread.start()

    def cancel(self):
        """End the statement that the transaction is at; waits for a connection."""
        # While the lock is held the connection cannot go back to the pool and be somebody else's.
        with self._lock:
            if self._handle is None or self._backend is None:
                return
            try:
                self._connector.call_once("select pg_cancel_backend(?::integer)::text", [self._backend])
            except errors.WorkflowsError:
                pass  # without a connection nothing can be ended, and the server will notice by itself


class _Cancel(Runnable):
    # A plain function would run outside of its interpreter.
    def __init__(self, cancel):
        self._cancel = cancel

    def run(self):
        self._cancel()


def close_handle(handle):
    """Give a handle back, whatever state its connection is in."""
    try:
        compat.gateway_system().db.closeTransaction(handle)
    except compat.ERRORS as error:
        if compat.is_ending(error):
            raise


def one_value(rows):
    return rows.getValueAt(0, 0) if rows.getRowCount() else None


def texts(args):
    return [None if one is None else compat.to_text(one) for one in args]


def arguments(args):
    """What the driver understands: a long would become a numeric, which no function of ours takes."""
    return [_argument(one) for one in args]


def _argument(value):
    if isinstance(value, compat.integer_types) and not isinstance(value, bool) and -(2**63) <= value < 2**63:
        return Long(value)
    if isinstance(value, bytes):
        return compat.to_text(value)
    return value
