"""The journal of the in-memory buffer: every entry is in a file before it is acknowledged.

A record is written in the caller's thread, which is a copy into the page cache: what was acknowledged survives
the death of the process. A thread of its own syncs the files within settings.JOURNAL_SYNC_SECONDS, for all records
written meanwhile at once: what was acknowledged with sync=True survives the death of the machine.

Segments of bounded size follow each other, named by the number of their first record. Entries are answered in
the order of their records, so one number says everything: all records before it are answered. It is kept
in the file `cursor`; segments that lie before it are deleted. At the next start the rest is sent (again): a
workflow id that the database knows changes nothing, so each entry is enqueued exactly once, as long
as retention leaves the workflow in the database. A journal that was away for longer than that runs again what was
answered after its cursor was last written: one flush of the buffer at most.

What lies here is shared by all interpreters of the process; one process at a time has a directory.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors, settings
from exchange.workflows.engine import journal_files
from exchange.workflows.engine.journal_record import HEAD_BYTES, head
from exchange.workflows.engine.kept import Kept

_CURSOR = "cursor"
_LOCK = "lock"


class Journal(object):
    """`owner` is whose entries these are, `lock` the lock of his that is held when append() is called: records and
    entries have one order."""

    def __init__(self, host, directory, owner, lock):
        shared = host.shared
        self.directory = host.files.real_path(directory)
        self._host = host
        self._files = host.files
        self._log = host.get_logger("journal")
        self._lock = lock
        self._is_failing = False
        kept = self._kept = Kept(host, "journal/%s/" % self.directory)
        self._is_mine = kept("owner", lambda: shared.make_reference(owner)).get() == owner
        self._is_open = kept("is_open", shared.make_number)
        self._opening = kept("opening", shared.make_lock)
        self._deleting = kept("deleting", shared.make_lock)
        self._open_files = kept("files", shared.make_map)
        self._sealed = kept("sealed", shared.make_queue)
        self._current = kept("current", shared.make_reference)
        self._current_bytes = kept("current_bytes", shared.make_number)
        self._bytes = kept("bytes", shared.make_number)
        self._next = kept("next", shared.make_number)
        self._answered = kept("answered", shared.make_number)
        self._synced = kept("synced", shared.make_number)
        self._unsynced = kept("unsynced", shared.make_number)
        self._refused = kept("refused", shared.make_number)
        self._lost = kept("lost", shared.make_number)
        self._replayed = kept("replayed", shared.make_number)
        self._waiters = kept("waiters", shared.make_queue)
        self.written = kept("written", shared.make_signal)

    # Opening and closing

    def open(self, take_up):
        """Take the directory, where no other interpreter of this process has the journal open already: `take_up`
        gets what a former process left unanswered, (number, content) in order, before anybody can answer more."""
        self._opening.lock()
        try:
            if not self._is_mine:
                raise _refused("the journal %s is another buffer's" % self.directory, "journal_locked")
            if not self._is_open.get():
                self._take_directory(take_up)
        finally:
            self._opening.unlock()

    def _take_directory(self, take_up):
        try:
            self._files.make_directory(self.directory)
            self._open_beside(_LOCK)
            if not self._files.try_lock(self._open_files.get(_LOCK)):
                raise _refused("another process has the journal %s open" % self.directory, "journal_locked")
            left = journal_files.recover(self._files, self.directory, self._log)
            self._open_beside(_CURSOR)
            take_up(left.records)
        except compat.ERRORS as error:
            self._close_files()
            self._kept.forget()
            if isinstance(error, errors.WorkflowsError):
                raise
            raise _refused("no journal in %s: %s" % (self.directory, compat.message_of(error)), "journal_failed")
        for first, last, size in left.segments:
            self._sealed.offer("%d:%d:%d" % (first, last, size))
            self._bytes.addAndGet(size)
        self._next.set(left.next_number)
        self._synced.set(left.next_number)
        self._answered.set(left.answered)
        self._lost.set(left.lost)
        self._replayed.set(len(left.records))
        self._is_open.set(1)

    def _open_beside(self, name):
        self._open_files.put(name, self._files.open_file(self._files.join(self.directory, name)))

    def close(self):
        """Sync, and let another process have the directory."""
        if not self._is_open.get():
            return
        try:
            self.sync()
        except compat.ERRORS as error:
            self._log.error("event=journal_not_synced error=%s" % compat.one_line(error))
        self._is_open.set(0)
        self._close_files()
        self._kept.forget()

    def _close_files(self):
        firsts = [text.split(":")[0] for text in self._sealed]
        for name in [self._current.get(), _CURSOR] + firsts + [_LOCK]:
            file = self._open_files.remove(name) if name else None
            if file is not None:
                self._files.close(file)

    # Writing

    def append(self, content, content_crc):
        """Write one record and return its number. Raises BufferFull where it cannot: then nothing was written."""
        length = HEAD_BYTES + len(content)
        if self._bytes.get() + length > settings.JOURNAL_BYTES:
            self._refused.addAndGet(1)
            raise _refused("the journal %s is full" % self.directory, "overflow")
        try:
            file = self._segment(length)
            number = self._next.get()
            self._files.append(file, head(number, len(content), content_crc) + content)
        except compat.ERRORS as error:
            self._undo()
            self._refused.addAndGet(1)
            if not self._is_failing:
                self._is_failing = True
                self._log.error("event=journal_failed directory=%s error=%s" % (self.directory, compat.one_line(error)))
            text = "the journal %s cannot be written: %s" % (self.directory, compat.message_of(error))
            raise _refused(text, "journal_failed")
        self._is_failing = False
        self._next.set(number + 1)
        self._current_bytes.addAndGet(length)
        self._bytes.addAndGet(length)
        self._host.shared.notify(self.written)
        return number

    def _segment(self, length):
        """The file that the next record goes to."""
        first = self._current.get()
        size = self._current_bytes.get()
        if first is not None and (not size or size + length <= settings.JOURNAL_SEGMENT_BYTES):
            return self._open_files.get(first)
        self._seal()
        first = "%d" % self._next.get()
        file = self._files.open_file(journal_files.path_of(self._files, self.directory, first))
        self._open_files.put(first, file)
        self._files.cut(file, 0)
        self._current.set(first)
        return file

    def _seal(self):
        """The thread that syncs will close it."""
        first = self._current.get()
        if first is None:
            return
        size = self._current_bytes.get()
        self._current.set(None)
        self._current_bytes.set(0)
        if size:
            self._sealed.offer("%s:%d:%d" % (first, self._next.get() - 1, size))
        else:
            self._files.close(self._open_files.remove(first))

    def _undo(self):
        """Half of a record may be in the file: cut it off, or leave the file to those who can read around it."""
        first = self._current.get()
        if first is None:
            return
        try:
            self._files.cut(self._open_files.get(first), self._current_bytes.get())
        except compat.ERRORS as error:
            self._log.error("event=journal_not_cut first=%s error=%s" % (first, compat.one_line(error)))
            self._seal()

    # Syncing

    def sync(self):
        """Sync everything that is written, and close what is sealed. Returns whether there was anything."""
        self._lock.lock()
        try:
            upto = self._next.get()
            current = self._current.get()
            sealed = [text.split(":")[0] for text in self._sealed]
        finally:
            self._lock.unlock()
        files = [(first, self._open_files.get(first)) for first in sealed]
        closing = [(first, file) for first, file in files if file is not None]
        if upto == self._synced.get() and not closing:
            return False
        try:
            for first, file in closing:
                try:
                    self._files.sync(file)
                finally:
                    self._open_files.remove(first)
                    self._files.close(file)
            if current is not None:
                self._files.sync(self._open_files.get(current))
            self._files.sync_directory(self.directory)
        except compat.ERRORS:
            # What a failed sync has dropped, a later one does not bring back.
            self._unsynced.set(upto)
            self._seal_failed(current)
            raise
        finally:
            self._synced.set(upto)
            self._free_waiters()
        # What was answered while its file was still open could not be deleted then.
        self._delete_answered()
        return True

    def _seal_failed(self, current):
        self._lock.lock()
        try:
            if current is not None and current == self._current.get():
                self._seal()
        finally:
            self._lock.unlock()

    def _free_waiters(self):
        waiter = self._waiters.poll()
        while waiter is not None:
            self._host.shared.notify(waiter)
            waiter = self._waiters.poll()

    def wait_synced(self, number):
        """Until the record is on the disk. Raises BufferFull where that failed or takes too long."""
        until = self._host.monotonic() + settings.JOURNAL_SYNC_MOST_SECONDS
        while self._synced.get() <= number:
            if self._host.monotonic() > until:
                raise _refused("the journal was not synced within time", "journal_not_synced")
            waiter = self._host.shared.make_signal()
            self._waiters.offer(waiter)
            if self._synced.get() <= number:
                self._host.shared.wait_for(waiter, settings.JOURNAL_SYNC_MOST_SECONDS / 20)
        if number < self._unsynced.get():
            raise _refused("the journal could not be synced", "journal_not_synced")

    # Forgetting

    def forget(self, number):
        """Every record before this number is answered: note it, and delete the segments that hold no other."""
        if number <= self._answered.get():
            return
        self._answered.set(number)
        try:
            self._files.rewrite(self._open_files.get(_CURSOR), journal_files.cursor_text(number))
        except compat.ERRORS as error:
            self._log.warning("event=journal_not_tidied error=%s" % compat.one_line(error))
        self._delete_answered()

    def _delete_answered(self):
        """The thread that notes answers and the one that closes files both come here."""
        self._deleting.lock()
        try:
            number = self._answered.get()
            for oldest in list(self._sealed):
                first, last, size = oldest.split(":")
                if int(last) >= number or self._open_files.get(first) is not None:
                    return
                self._files.delete(journal_files.path_of(self._files, self.directory, first))
                self._sealed.poll()
                self._bytes.addAndGet(-int(size))
        except compat.ERRORS as error:
            self._log.warning("event=journal_not_tidied error=%s" % compat.one_line(error))
        finally:
            self._deleting.unlock()

    def next_number(self):
        """The number that the next record will have."""
        return self._next.get()

    def figures(self):
        return {
            "directory": self.directory,
            "next": self._next.get(),
            "answered": self._answered.get(),
            "synced": self._synced.get(),
            "bytes": self._bytes.get(),
            "max_bytes": settings.JOURNAL_BYTES,
            "refused": self._refused.get(),
            "replayed": self._replayed.get(),
            "lost": self._lost.get(),
        }


def _refused(text, reason):
    return errors.BufferFull(text, detail={"reason": reason})
