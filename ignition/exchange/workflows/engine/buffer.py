"""enqueueInMemory: entries wait here for a thread that enqueues them, many in one call.

The caller's thread never asks the database. The workflow id is made when an entry is offered, and enqueueing the
same id again changes nothing: a batch whose outcome is unknown is simply sent again.

In a gateway the entries are shared by all projects and outlive the scripts that offered them. Every interpreter
that uses the buffer has a thread that would flush it; one has the seat and does, the others look four times a second
whether it is gone. With a journal (engine/journal.py) entries outlive the process too; without one its
death loses what came within one flush interval, or since the database went away.
"""

from __future__ import absolute_import, division, print_function

import json

from exchange.workflows import compat, errors, settings
from exchange.workflows.engine import checks, entry_text, journal_entries
from exchange.workflows.engine.buffer_entries import TEXT, BufferEntries
from exchange.workflows.engine.flusher import Flusher
from exchange.workflows.engine.journal import Journal
from exchange.workflows.engine.loop import keep_turning
from exchange.workflows.engine.seat import Seat

POLICIES = ("reject", "drop_oldest", "coalesce")
_IDLE_SECONDS = 1.0


class Offered(object):
    """What became of one entry: the id that stands, how many wait now, how many were dropped for it, whether
    it took over the place of one that waited."""

    __slots__ = ("workflow_id", "depth", "dropped", "is_coalesced")

    def __init__(self, workflow_id, depth, dropped=0, is_coalesced=False):
        self.workflow_id = workflow_id
        self.depth = depth
        self.dropped = dropped
        self.is_coalesced = is_coalesced


class Buffer(object):
    """`name` names the database and schema: buffers with one name in one process are one buffer."""

    def __init__(self, host, store, name=None):
        self._host = host
        self._log = host.get_logger("buffer")
        self._name = compat.new_id() if name is None else name
        self.entries = BufferEntries(host, self._name)
        self._flusher = Flusher(host, store, self.entries)
        self._flush_seat = Seat(host, self.entries.flusher)
        self._sync_seat = Seat(host, self.entries.syncer)
        self._starting = host.make_lock()
        self._journal = None
        self._threads = {}
        self._is_closed = False
        self.ending = host.make_event()
        if self.entries.depth.get():
            self.start()

    # Offering

    def offer(self, start, workflow_id, key=None, sync=False):
        """Accept one entry, never asking the database; raises BufferFull where there is no room or the journal
        cannot be written. `start` is everything of the entry's text before the workflow id; what has the same
        `key`, a tuple, can replace each other; `sync` waits until the entry is on the disk."""
        entries = self.entries
        text = entry_text.whole(start, workflow_id)
        if self._is_closed:
            raise errors.BufferFull("the in-memory buffer is closed", detail={"reason": "closed"})
        if len(text) > entries.max_bytes:
            raise entries.full()
        journal = self.journal()
        number = None
        policy = entries.policy.get()
        if journal is None and sync:
            raise errors.BadArgument("sync needs a journal", detail={"field": "sync"}, hint="start with journal=True")
        if journal is None and policy != "coalesce":
            depth, dropped = entries.reserve(len(text))
            entries.add(text)
            offered = Offered(workflow_id, depth, dropped)
        else:
            key = None if key is None or policy != "coalesce" else json.dumps(key)
            offered, number = self._offer_in_order(text, start, workflow_id, key, journal)
        is_look = entries.accepted.addAndGet(1) % settings.BUFFER_FLUSH_ENTRIES == 0
        if is_look or offered.depth in (1, settings.BUFFER_FLUSH_ENTRIES) or not self._threads:
            self.start()
            self._host.shared.notify(entries.wake)
        if sync:
            self._wait_synced(journal, number, offered.workflow_id)
        return offered

    def _offer_in_order(self, text, start, workflow_id, key, journal):
        entries = self.entries
        record = None if journal is None else journal_entries.content_of(key, text)
        entries.lock.lock()
        try:
            partner = None if key is None else entries.partner(key)
            if partner is not None:
                return self._replace(partner, start, key, journal)
            depth, dropped = entries.reserve(len(text))
            number = None
            if journal is not None:
                number = self._append(journal, record, len(text))
            entries.add(text, key, number)
            return Offered(workflow_id, depth, dropped), number
        finally:
            entries.lock.unlock()

    def _replace(self, partner, start, key, journal):
        """The newer inputs under the id, and at the place, of the entry that waits."""
        entries = self.entries
        workflow_id = entry_text.workflow_id_of(partner.get(TEXT))
        text = entry_text.whole(start, workflow_id)
        if entries.bytes.get() + len(text) - len(partner.get(TEXT)) > entries.max_bytes:
            raise entries.full()
        number = None
        if journal is not None:
            number = journal.append(*journal_entries.content_of(key, text))
        entries.replace(partner, text)
        return Offered(workflow_id, entries.depth.get(), 0, True), number

    def _append(self, journal, record, size):
        try:
            return journal.append(*record)
        except compat.ERRORS:
            self.entries.count_out(1, size)
            self.entries.refused.addAndGet(1)
            raise

    def _wait_synced(self, journal, number, workflow_id):
        try:
            journal.wait_synced(number)
        except errors.BufferFull as error:
            error.detail["workflow_id"] = workflow_id
            raise

    def set_policy(self, policy):
        """What a full buffer does, for all who share it: reject, drop_oldest or coalesce."""
        checks.check_word("policy", policy, POLICIES)
        self.entries.policy.set(policy)

    def policy(self):
        return self.entries.policy.get()

    def depth(self):
        return self.entries.depth.get()

    def figures(self):
        """Counts since the process began, and what waits now; with a journal also its figures."""
        figures = self.entries.figures()
        journal = self.journal()
        figures["journal"] = None if journal is None else journal.figures()
        return figures

    # The journal

    def open_journal(self, directory):
        """From now on every entry is in a file below `directory` before it is acknowledged. What a former
        process left there is taken up first. The journal that is open already stays the one. Raises BufferFull
        where the directory cannot be used."""
        if self._host.IS_GATEWAY:
            # One gateway has a buffer for each database.
            directory = self._host.files.join(directory, "".join([c if c.isalnum() else "-" for c in self._name]))
        journal = self.journal() or self._journal_in(directory)
        journal.open(self._take_up)
        self._journal = journal
        self.entries.journal_directory.set(journal.directory)
        self.start()

    def _take_up(self, records):
        for number, key, text in journal_entries.latest(records):
            self.entries.take_up(text, key, number)

    def journal(self):
        """The journal that all who share this buffer write, or None."""
        if self._journal is None:
            directory = self.entries.journal_directory.get()
            if directory is not None:
                self._journal = self._journal_in(directory)
        return self._journal

    def _journal_in(self, directory):
        return Journal(self._host, directory, self._name, self.entries.lock)

    # Threads

    def start(self):
        """Let this interpreter's threads run, where they do not. Offering does it; a gateway's watchdog may."""
        with self._starting:
            if self.ending.is_set():
                return
            if not self._threads:
                self.entries.users.addAndGet(1)
            self._keep_thread("workflows-buffer", self._run_flush)
            if self.journal() is not None:
                self._keep_thread("workflows-journal", self._run_sync)

    def _keep_thread(self, name, run):
        thread = self._threads.get(name)
        if thread is None or not thread.is_alive():
            self._threads[name] = self._host.start_thread(name, run)

    def _run_flush(self):
        try:
            keep_turning(self._host, self.ending, "buffer", self.flush_turn, self.ending.wait)
        finally:
            self._flush_seat.leave()

    def _run_sync(self):
        try:
            keep_turning(self._host, self.ending, "journal", self.sync_turn, self.ending.wait)
        finally:
            self._sync_seat.leave()

    def flush_turn(self):
        """Where this thread has the seat: wait for a batch and send it. Returns for how many seconds to wait."""
        if not self._flush_seat.take():
            return settings.BUFFER_TAKEOVER_SECONDS
        depth = self.entries.depth.get()
        if depth < settings.BUFFER_FLUSH_ENTRIES:
            seconds = settings.BUFFER_FLUSH_SECONDS if depth else _IDLE_SECONDS
            self._host.shared.wait_for(self.entries.wake, seconds)
            if not depth:
                return 0
        return self._flush()

    def _flush(self):
        count, seconds = self._flusher.turn()
        journal = self.journal()
        if journal is not None:
            number = self.entries.oldest_number(journal.next_number)
            if number is not None:
                journal.forget(number)
        return seconds or (0 if count else settings.BUFFER_FLUSH_SECONDS)

    def sync_turn(self):
        """Where this thread has the seat: wait for records and sync them."""
        journal = self.journal()
        if not self._sync_seat.take():
            return settings.BUFFER_TAKEOVER_SECONDS
        self._host.shared.wait_for(journal.written, _IDLE_SECONDS)
        journal.sync()
        return settings.JOURNAL_SYNC_SECONDS

    def close(self, seconds=5.0):
        """End this interpreter's part: flush for at most so long. What is left stays in the journal, or in a
        gateway for the next generation of scripts; where a process without a journal ends it is lost, and
        said so."""
        until = self._host.monotonic() + seconds
        if self.ending.is_set():
            return
        self._is_closed = not self._host.IS_GATEWAY
        self.ending.set()
        self._host.shared.notify(self.entries.wake)
        if self._journal is not None:
            self._host.shared.notify(self._journal.written)
        for thread in self._threads.values():
            thread.join(max(0.0, until - self._host.monotonic()))
        self._flush_until(until)
        if self._threads and self.entries.users.addAndGet(-1) == 0 and self._is_closed:
            self._end_process()

    def _flush_until(self, until):
        if not self._flush_seat.take():
            return
        try:
            while self.entries.depth.get() and self._host.monotonic() < until:
                seconds = self._flush()
                if seconds:
                    self._host.sleep(min(seconds, 0.5))
        finally:
            self._flush_seat.leave()

    def _end_process(self):
        left = self.entries.depth.get()
        journal = self.journal()
        if journal is not None:
            journal.close()
        elif left:
            self.entries.lost.addAndGet(left)
            self._log.error("event=entries_lost entries=%d" % left)
        self.entries.forget()
