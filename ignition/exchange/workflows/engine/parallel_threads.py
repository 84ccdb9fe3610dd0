"""The threads of a worker for steps that run beside their workflows: they start when needed and end when idle."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, settings


class ParallelThreads(object):
    """`count` at a time for all workflows, `most_of_one` for one. A body never waits for another, so the line always
    moves on."""

    def __init__(self, host, count, most_of_one):
        self.most_of_one = most_of_one
        self._host = host
        self._count = count
        self._lock = host.make_lock()
        self._line = host.make_queue()
        self._unfinished = 0
        self._threads = 0
        self._is_ended = False

    def put(self, branch):
        with self._lock:
            self._unfinished += 1
            is_missing = self._threads < min(self._count, self._unfinished)
            if is_missing:
                self._threads += 1
        self._line.put(branch)
        if is_missing:
            self._start()

    def _start(self):
        """One that is counted already."""
        try:
            self._host.start_thread("workflows-parallel", self._work)
        except compat.EVERYTHING:
            with self._lock:
                self._threads -= 1
            raise

    def thread_count(self):
        return self._threads

    def end(self):
        """Idle threads end now, the others after what they are at."""
        with self._lock:
            self._is_ended = True
            for _ in range(self._threads):
                self._line.put(None)

    def _work(self):
        gate = self._host.make_gate()
        try:
            while self._work_once(gate):
                pass
        finally:
            with self._lock:
                self._threads -= 1
                is_missing = not self._is_ended and self._threads < min(self._count, self._unfinished)
                if is_missing:
                    self._threads += 1
            if is_missing:
                self._start()

    def _work_once(self, gate):
        try:
            branch = self._line.get(True, settings.THREAD_IDLE_SECONDS)
        except self._host.QueueEmpty:
            return False
        if branch is None:
            return False
        try:
            branch.run(gate)
        except compat.EVERYTHING as error:
            self._host.get_logger("parallel").error("event=engine_error error=%s" % compat.one_line(error))
            if compat.is_termination(error):
                raise
        finally:
            with self._lock:
                self._unfinished -= 1
        return True
