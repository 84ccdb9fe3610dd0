"""enqueueInMemory: entries wait here for a thread that enqueues them, many in one call.

The workflow id is made when an entry is offered, and enqueueing the same id again changes nothing: a
batch whose outcome is unknown is simply sent again. An entry that the database refuses is set aside alone.
"""

from __future__ import absolute_import, division, print_function

import collections

from exchange.workflows import compat, errors, settings
from exchange.workflows.database import sqlstates
from exchange.workflows.engine.backoff import Backoff


class Rejected(object):
    """An entry that was acknowledged and that the database then refused."""

    def __init__(self, workflow_id, text, problem):
        self.workflow_id = workflow_id
        self.text = text
        self.problem = problem


class Buffer(object):
    def __init__(self, host, store, entries=settings.BUFFER_ENTRIES):
        self._host = host
        self._store = store
        self._entries = entries
        self._waiting = collections.deque()
        self._lock = host.make_lock()
        self._wake = host.make_event()
        self._ending = host.make_event()
        self._backoff = Backoff(host, "buffer")
        self._log = host.get_logger("buffer")
        self._thread = None
        self.flushed = 0
        self.refused = 0
        self.rejected_count = 0
        self.rejected = collections.deque(maxlen=settings.BUFFER_REJECTED_ENTRIES)

    def offer(self, workflow_id, text):
        """Accept one entry, never asking the database; raises BufferFull where there is no room."""
        with self._lock:
            depth = len(self._waiting)
            if depth >= self._entries:
                self.refused += 1
                raise errors.BufferFull(
                    "the in-memory buffer holds %d entries and takes no more" % depth,
                    detail={"depth": depth, "max_depth": self._entries},
                )
            self._waiting.append((workflow_id, text))
            if self._thread is None:
                self._thread = self._host.start_thread("workflows-buffer", self.run)
        if depth == 0 or depth + 1 == settings.BUFFER_FLUSH_ENTRIES:
            self._wake.set()
        return depth + 1

    def depth(self):
        return len(self._waiting)

    def run(self):
        while not self._ending.is_set():
            self._wake.wait()
            self._wake.clear()
            if len(self._waiting) < settings.BUFFER_FLUSH_ENTRIES:
                self._ending.wait(settings.BUFFER_FLUSH_SECONDS)
            while self._waiting and not self._ending.is_set():
                seconds = self.flush()
                if seconds:
                    self._ending.wait(seconds)

    def flush(self):
        """Send the oldest entries in one call; returns for how many seconds to wait before the next."""
        batch = self._oldest()
        try:
            self._send(batch)
        except errors.WorkflowsError as error:
            return self._backoff.failed(error)
        self._backoff.worked()
        with self._lock:
            for _ in batch:
                self._waiting.popleft()
        self.flushed += len(batch)
        return 0

    def _oldest(self):
        """They stay where they are until they are answered."""
        batch = []
        size = 0
        with self._lock:
            for entry in self._waiting:
                size += len(entry[1])
                if batch and (len(batch) >= settings.BUFFER_FLUSH_ENTRIES or size > settings.BATCH_BYTES):
                    break
                batch.append(entry)
        return batch

    def _send(self, batch):
        """Enqueue a batch. Halves it to find what fails the whole call; raises where the database is away."""
        if not batch:
            return
        try:
            answers = self._store.enqueue_many("[%s]" % ",".join(entry[1] for entry in batch))
        except errors.WorkflowsError as error:
            if sqlstates.is_unavailable(error):
                raise
            if len(batch) == 1:
                self._reject(batch[0], compat.message_of(error))
                return
            half = len(batch) // 2
            self._send(batch[:half])
            self._send(batch[half:])
            return
        for entry, answer in zip(batch, answers):
            if "error" in answer:
                self._reject(entry, answer["error"])

    def _reject(self, entry, problem):
        self.rejected_count += 1
        self.rejected.append(Rejected(entry[0], entry[1], problem))
        self._log.error("event=entry_rejected workflow_id=%s" % entry[0])

    def close(self, seconds=5.0):
        """Flush what is left, for at most so long, and end the thread."""
        until = self._host.monotonic() + seconds
        self._ending.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(seconds)
        while self._waiting and self._host.monotonic() < until:
            self._host.sleep(min(self.flush(), 0.5))
