"""Group commit: what all workflow threads produced meanwhile goes to the database in one call.

One thread per sender. While a call is under way the next batch gathers, so that nobody waits longer than
the call that is under way and the one that takes him along. What could not be sent is kept and sent again
until it is answered; a poisonous element, which fails the whole call, is found by halving.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, settings
from exchange.workflows.database import sqlstates
from exchange.workflows.engine.backoff import Backoff

_END = None


class Sender(object):
    """Entries are tuples (lease, text, ...): the text is a JSON object without its opening brace and `n`."""

    purpose = None
    # Under load, calls begin no closer than this: fewer commits, and more in each.
    pace_seconds = 0

    def __init__(self, host, state, send):
        self.host = host
        self.state = state
        self.queue = host.make_queue()
        self._send = send
        self._backoff = Backoff(host, self.purpose)
        self._next_at = 0.0

    def put(self, entry):
        self.queue.put(entry)

    def run(self):
        is_over = False
        while not is_over:
            try:
                is_over = not self.turn()
            except compat.EVERYTHING as error:
                self.host.get_logger(self.purpose).error("event=engine_error error=%s" % compat.one_line(error))
                if compat.is_termination(error):
                    raise

    def end(self):
        """The thread ends once everything before this is answered."""
        self.queue.put(_END)

    def turn(self):
        """Send one batch; False at the end."""
        entry = self.queue.get()
        is_last = entry is _END
        whole = [] if is_last else [entry]
        try:
            self._keep_pace()
            batch, is_last = self._gather(entry)
            whole = batch
            while batch:
                batch = self._deliver(batch)
        except compat.EVERYTHING as error:
            text = "event=engine_error entries=%d error=%s" % (len(whole), compat.one_line(error))
            self.host.get_logger(self.purpose).error(text)
            self._abandon(whole)
            self.give_up_lost(whole)
            if compat.is_termination(error):
                raise
        return not is_last

    def _keep_pace(self):
        if self.pace_seconds:
            early = self._next_at - self.host.monotonic()
            if early > 0 and self.queue.qsize() < settings.FINISH_PACE_ENTRIES:
                self._pause(early)
            self._next_at = self.host.monotonic() + self.pace_seconds

    def _gather(self, entry):
        batch = []
        size = 0
        get = self.queue.get
        while entry is not _END:
            batch.append(entry)
            size += len(entry[1])
            if len(batch) >= settings.BATCH_ENTRIES or size > settings.BATCH_BYTES:
                return batch, False
            try:
                entry = get(False)
            except self.host.QueueEmpty:
                return batch, False
        return batch, True

    def _deliver(self, batch):
        """Send a batch; returns what must be sent again."""
        text = "[%s]" % ",".join(['{"n":%d,%s' % (n, entry[1]) for n, entry in enumerate(batch)])
        try:
            answers = self._send(self.state.worker_id, text)
        except compat.ERRORS as error:
            return self._recover(batch, error)
        self._backoff.worked()
        return self.answered(batch, answers)

    def _recover(self, batch, error):
        if sqlstates.is_unavailable(error):
            if self.state.ending.is_set():
                self._abandon(batch)
            self._pause(self._backoff.failed(error))
            return self.give_up_lost(batch)
        if getattr(error, "code", None) == "WF001":
            return self.answered(batch, [{"n": n, "a": "WF001"} for n in range(len(batch))])
        if len(batch) == 1:
            replacement = self.poisoned(batch[0], error)
            return [] if replacement is None else [replacement]
        half = len(batch) // 2
        for part in (batch[:half], batch[half:]):
            while part:
                part = self._deliver(part)
        return []

    def _abandon(self, batch):
        """Nobody can say what became of these. They are held no more, so that the next renewals let the database
        give their leases back, and others do the work again."""
        for entry in batch:
            entry[0].lose()
            self.state.drop(entry[0])

    def _pause(self, seconds):
        self.state.ending.wait(seconds)

    def answered(self, batch, answers):
        """Tell each entry its answer; returns the entries to send again."""
        raise NotImplementedError

    def give_up_lost(self, batch):
        """Drop the entries whose lease is surely lost; returns the others."""
        raise NotImplementedError

    def poisoned(self, entry, error):
        """One entry that the database cannot take, whatever is done: returns what to send in its place."""
        raise NotImplementedError
