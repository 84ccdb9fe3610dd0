"""The workflow threads of a worker: they start when needed, up to a number, and end when idle.

An order that finds them all busy starts one more, up to another number: a STOP of a thousand workflows
must not start a thousand threads. A thread beyond the first number takes orders only: it ends when it is idle, or
meets other work.
"""

from __future__ import absolute_import, division, print_function

import collections

from exchange.workflows import compat, settings


class WorkflowThread(object):
    __slots__ = ("is_busy", "gate")

    def __init__(self, gate):
        self.is_busy = True
        self.gate = gate


class WorkflowThreads(object):
    """Orders go before work that was claimed to start now, and that before what was fetched in advance. One ticket
    in the queue stands for one entry in one of the three lines, so that an idle thread waits in one place only."""

    def __init__(self, host, count, execute, on_room):
        self._host = host
        self._count = count
        self._execute = execute
        self._on_room = on_room
        self._lock = host.make_lock()
        self._threads = set()
        self._tickets = host.make_queue()
        self._ordered = collections.deque()
        self._urgent = collections.deque()
        self._fetched = collections.deque()
        self._is_ended = False
        # Below this many waiting entries the dispatcher wants to know.
        self.low_water = 0

    def submit(self, leases):
        """Give work to the threads; starts as many as are missing."""
        for lease in leases:
            self._line_of(lease).append(lease)
        put = self._tickets.put
        for _ in leases:
            put(True)
        with self._lock:
            # Counted before the idle ones, and not by tickets: a thread that has its ticket is idle for a moment more.
            waiting, ordered = self.waiting_count(), len(self._ordered)
            idle = self.idle_count()
            missing = min(waiting - idle, self._count - len(self._threads))
            # An order waits for no other work, and not for another order whose handler takes its time.
            missing_for_orders = min(ordered - idle, self._most() - len(self._threads))
            for _ in range(max(missing, missing_for_orders)):
                self._start()

    def _most(self):
        return self._count + settings.ORDER_THREADS

    def has_room_for_order(self):
        """Whether one more order would have a thread."""
        free = self._most() - len(self._threads) + self.idle_count()
        return len(self._ordered) < free

    def _line_of(self, lease):
        if lease.control is not None:
            return self._ordered
        return self._urgent if lease.is_started else self._fetched

    def _start(self):
        one = WorkflowThread(self._host.make_gate())
        self._threads.add(one)
        number = len(self._threads)
        try:
            self._host.start_thread("workflows-%d" % number, lambda: self._work(one))
        except compat.EVERYTHING:
            self._threads.discard(one)
            raise

    def busy_count(self):
        return sum(1 for one in list(self._threads) if one.is_busy)

    def idle_count(self):
        return sum(1 for one in list(self._threads) if not one.is_busy)

    def thread_count(self):
        return len(self._threads)

    def urgent_count(self):
        return len(self._ordered) + len(self._urgent)

    def waiting_count(self):
        return self.urgent_count() + len(self._fetched)

    def take_waiting(self):
        """Everything that no thread has begun, taken away from them."""
        taken = []
        for line in (self._ordered, self._urgent, self._fetched):
            while True:
                try:
                    taken.append(line.popleft())
                except IndexError:
                    break
        return taken

    def end(self):
        """Idle threads end now, the others after what they are at."""
        with self._lock:
            self._is_ended = True
            for _ in range(len(self._threads)):
                self._tickets.put(True)

    def _work(self, one):
        try:
            self._work_off(one)
        finally:
            self._ended(one)

    def _ended(self, one):
        """A thread that was killed leaves the others to do what it would have done."""
        with self._lock:
            if one in self._threads:
                self._threads.discard(one)
                if self._tickets.qsize():
                    self._start()

    def _work_off(self, one):
        execute, get = self._execute, self._tickets.get
        while True:
            if not self._tickets.qsize():
                one.is_busy = False
                self._on_room()
            try:
                get(True, settings.THREAD_IDLE_SECONDS)
            except self._host.QueueEmpty:
                if self._leave(one):
                    return
                continue
            one.is_busy = True
            lease = self._next()
            if lease is None:
                if self._leave_surplus(one) or self._is_ended and self._leave(one):
                    return
                continue
            if self.low_water and len(self._fetched) == self.low_water:
                self._on_room()
            try:
                execute(lease, one.gate)
            except compat.EVERYTHING as error:
                self._host.get_logger("threads").error(
                    "event=engine_error workflow_id=%s error=%s" % (lease.workflow_id, compat.one_line(error))
                )
                if compat.is_termination(error):
                    raise

    def _next(self):
        try:
            return self._ordered.popleft()
        except IndexError:
            pass
        if len(self._threads) > self._count:
            self._tickets.put(True)
            return None
        for line in (self._urgent, self._fetched):
            try:
                return line.popleft()
            except IndexError:
                pass
        return None

    def _leave_surplus(self, one):
        """Whether this thread may end that is beyond the number: not while an order waits."""
        with self._lock:
            if len(self._threads) <= self._count or self._ordered:
                return False
            self._threads.discard(one)
            return True

    def _leave(self, one):
        """Whether this thread may end: not while a ticket is there for it."""
        with self._lock:
            if self._tickets.qsize() and not self._is_ended:
                return False
            self._threads.discard(one)
        return True
