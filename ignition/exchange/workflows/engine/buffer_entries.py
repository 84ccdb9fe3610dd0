"""The entries of the in-memory buffer on their way: waiting, in flight, set aside; and its counters.

All of it is shared by the interpreters of the process. Every entry is counted in `depth` and `bytes` before it can
be seen, until it is answered, also while it is in flight or set aside: the bounds are exact.
`lock` makes the order of the entries that of their journal records, and keeps an entry that goes into flight from
being dropped or replaced at the same time. Without a journal and without `coalesce` an offer does not take it.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import errors, settings
from exchange.workflows.engine.kept import Kept

TEXT, KEY, NUMBER = 0, 1, 2
_AT_ONCE = 50
_COUNTERS = ("accepted", "refused", "dropped", "coalesced", "flushed", "rejected", "lost", "failed_flushes")


class BufferEntries(object):
    def __init__(self, host, name):
        shared = self._shared = host.shared
        kept = self._kept = Kept(host, "buffer/%s/" % name)
        self.lock = kept("lock", shared.make_lock)
        self.wake = kept("wake", shared.make_signal)
        self.users = kept("users", shared.make_number)
        self.journal_directory = kept("journal_directory", shared.make_reference)
        self.policy = kept("policy", shared.make_reference)
        self.policy.compareAndSet(None, settings.BUFFER_POLICY)
        self.flusher = kept("flusher", shared.make_reference)
        self.syncer = kept("syncer", shared.make_reference)
        self.waiting = kept("waiting", shared.make_queue)
        self.in_flight = kept("in_flight", shared.make_queue)
        self.set_aside = kept("set_aside", shared.make_queue)
        self._partners = kept("partners", shared.make_map)
        self.depth = kept("depth", shared.make_number)
        self.bytes = kept("bytes", shared.make_number)
        self.max_entries = settings.BUFFER_ENTRIES
        self.max_bytes = settings.BUFFER_BYTES
        for counter in _COUNTERS:
            setattr(self, counter, kept(counter, shared.make_number))

    def forget(self):
        self._kept.forget()

    # Coming

    def reserve(self, size):
        """Count an entry in, making room where the policy allows it. Returns (depth, how many were dropped);
        raises BufferFull."""
        depth = self.depth.addAndGet(1)
        if depth <= self.max_entries and self.bytes.addAndGet(size) <= self.max_bytes:
            return depth, 0
        if depth > self.max_entries:
            self.bytes.addAndGet(size)
        if self.policy.get() == "drop_oldest" and size <= self.max_bytes:
            dropped, has_room = self._drop()
            if has_room:
                return self.depth.get(), dropped
        self.count_out(1, size)
        raise self.full()

    def full(self):
        self.refused.addAndGet(1)
        depth = self.depth.get()
        return errors.BufferFull(
            "the in-memory buffer holds %d entries, %d bytes, and takes no more" % (depth, self.bytes.get()),
            detail={"reason": "overflow", "depth": depth, "max_depth": self.max_entries},
        )

    def count_out(self, count, size):
        self.depth.addAndGet(-count)
        self.bytes.addAndGet(-size)

    def _drop(self):
        """Drop the oldest ones until everything that is counted fits. What is in flight cannot be dropped."""
        dropped = 0
        self.lock.lock()
        try:
            while self.depth.get() > self.max_entries or self.bytes.get() > self.max_bytes:
                entry = self.waiting.poll()
                if entry is None:
                    return dropped, False
                self._part(entry)
                self.count_out(1, len(entry.get(TEXT)))
                self.dropped.addAndGet(1)
                dropped += 1
            return dropped, True
        finally:
            self.lock.unlock()

    def add(self, text, key=None, number=None):
        """The end of the line; counted in before."""
        entry = self._shared.make_entry(3)
        entry.set(TEXT, text)
        if key is not None:
            entry.set(KEY, key)
            self._partners.put(key, entry)
        if number is not None:
            entry.set(NUMBER, "%d" % number)
        self.waiting.offer(entry)

    def take_up(self, text, key, number):
        """One that a former process accepted: there is room for it."""
        self.depth.addAndGet(1)
        self.bytes.addAndGet(len(text))
        self.add(text, key, number)

    def partner(self, key):
        """The entry that waits under a key, or None. Under the lock."""
        return self._partners.get(key)

    def replace(self, entry, text):
        """Under the lock."""
        self.bytes.addAndGet(len(text) - len(entry.get(TEXT)))
        entry.set(TEXT, text)
        self.coalesced.addAndGet(1)

    def _part(self, entry):
        key = entry.get(KEY)
        if key is not None and self._partners.get(key) is entry:
            self._partners.remove(key)

    # Going, by the one who has the seat of the flusher

    def take(self, most, most_bytes):
        """What to send now, oldest first: what is in flight already, else the next ones, which then are."""
        batch = list(self.in_flight)
        if batch:
            if self.waiting.peek() is batch[-1]:
                # The thread that moved it died in the middle.
                self.waiting.poll()
            return batch
        size = 0
        while len(batch) < most and size < most_bytes and not self.waiting.isEmpty():
            size += self._take_some(batch, min(_AT_ONCE, most - len(batch)), most_bytes - size)
        return batch

    def _take_some(self, batch, most, most_bytes):
        size = 0
        self.lock.lock()
        try:
            for _ in range(most):
                entry = self.waiting.peek()
                if entry is None:
                    return size
                length = len(entry.get(TEXT))
                if batch and size + length > most_bytes:
                    return most_bytes
                size += length
                self.in_flight.offer(entry)
                self.waiting.poll()
                self._part(entry)
                batch.append(entry)
            return size
        finally:
            self.lock.unlock()

    def answered(self, entries):
        """These, the oldest in flight, are in the database."""
        size = 0
        for entry in entries:
            self.in_flight.poll()
            size += len(entry.get(TEXT))
        self.count_out(len(entries), size)
        self.flushed.addAndGet(len(entries))

    def put_aside(self, entry, text):
        """The oldest in flight is refused by the database: `text` says why, and must be recorded."""
        aside = self._shared.make_entry(3)
        aside.set(TEXT, text)
        aside.set(NUMBER, entry.get(NUMBER))
        self.bytes.addAndGet(len(text) - len(entry.get(TEXT)))
        self.set_aside.offer(aside)
        self.in_flight.poll()

    def recorded(self, count):
        """The oldest that were set aside are in the table of rejected entries."""
        for _ in range(count):
            self.count_out(1, len(self.set_aside.poll().get(TEXT)))
        self.rejected.addAndGet(count)

    def oldest_number(self, next_number):
        """The number of the oldest journal record that is not answered; None where an entry without a record, from
        before the journal was opened, hides it."""
        self.lock.lock()
        try:
            oldest = next_number()
            for line in (self.set_aside, self.in_flight, self.waiting):
                entry = line.peek()
                if entry is not None:
                    number = entry.get(NUMBER)
                    if number is None:
                        return None
                    oldest = min(oldest, int(number))
            return oldest
        finally:
            self.lock.unlock()

    def figures(self):
        figures = dict((name, getattr(self, name).get()) for name in _COUNTERS)
        figures["waiting"] = self.depth.get()
        figures["bytes"] = self.bytes.get()
        figures["max_waiting"] = self.max_entries
        figures["max_bytes"] = self.max_bytes
        figures["policy"] = self.policy.get()
        return figures
