"""Sends the entries of the in-memory buffer, oldest first, one batch at a time.

A batch stays in flight until it is answered. When its outcome is unknown, or the thread that sent it is gone, the
same entries are sent again before any other: the database knows their ids. What makes a whole call fail is found
by halving. An entry that the database refuses is set aside and recorded in the table of rejected entries, by calls
of their own: nothing else waits for it, and it is counted in the buffer until it is recorded. Maintenance refuses
nothing that was accepted here, unless its caller has said so: it waits in the queue until maintenance is over.
"""

from __future__ import absolute_import, division, print_function

import json

from exchange.workflows import compat, errors, settings
from exchange.workflows.database import sqlstates
from exchange.workflows.engine import entry_text
from exchange.workflows.engine.backoff import Backoff
from exchange.workflows.engine.buffer_entries import TEXT


class Flusher(object):
    def __init__(self, host, store, entries):
        self._host = host
        self._store = store
        self._entries = entries
        self._log = host.get_logger("buffer")
        self._backoff = Backoff(host, "buffer")
        self._aside_backoff = Backoff(host, "buffer-rejected")
        self._aside_at = 0.0
        self._most = settings.BUFFER_FLUSH_ENTRIES

    def turn(self):
        """Send one batch. Returns (how many entries were taken up, how many seconds to wait before the next)."""
        batch = self._entries.take(settings.BUFFER_FLUSH_ENTRIES, settings.BATCH_BYTES)[: self._most]
        seconds = 0
        try:
            self._send(batch)
        except compat.ERRORS as error:
            if compat.is_ending(error):
                raise
            seconds = self._failed(error, len(batch))
        else:
            if batch:
                self._backoff.worked()
                self._most = min(settings.BUFFER_FLUSH_ENTRIES, 2 * self._most)
        self._record_rejected()
        return len(batch), seconds

    def _failed(self, error, size):
        self._entries.failed_flushes.addAndGet(1)
        if sqlstates.is_again(error):
            # It may be the size of the batch that takes too long.
            self._most = max(1, size // 2)
        return self._backoff.failed(error)

    def _send(self, batch):
        """Raises where the database is away; what was answered before is no longer in flight then."""
        if not batch:
            return
        try:
            answers = self._ask([entry.get(TEXT) for entry in batch])
        except errors.WorkflowsError as error:
            if sqlstates.is_unavailable(error):
                raise
            if len(batch) == 1:
                self._set_aside(batch[0], {"code": error.code, "message": compat.message_of(error)})
                return
            half = len(batch) // 2
            self._send(batch[:half])
            self._send(batch[half:])
            return
        self._answered(batch, answers)

    def _ask(self, texts):
        """The last word on each text: what only maintenance refused is sent once more, as what may wait for its end."""
        answers = list(self._store.enqueue_many("[%s]" % ",".join(texts)))
        places, again = [], []
        for place, answer in enumerate(answers):
            refused_by = answer.get("error", {}).get("maintenance")
            text = entry_text.for_maintenance(texts[place]) if refused_by else None
            if text is not None:
                places.append(place)
                again.append(text)
        if again:
            for place, answer in zip(places, self._store.enqueue_many("[%s]" % ",".join(again))):
                answers[place] = answer
        return answers

    def _answered(self, batch, answers):
        """Each entry is done with or set aside, in the order of the batch: what is in flight goes oldest first."""
        start = 0
        for place, answer in enumerate(answers):
            if "error" in answer:
                self._entries.answered(batch[start:place])
                self._set_aside(batch[place], answer["error"])
                start = place + 1
        self._entries.answered(batch[start:])

    def _set_aside(self, entry, problem):
        text = entry.get(TEXT)
        workflow_id = entry_text.workflow_id_of(text)
        self._log.error("event=entry_rejected workflow_id=%s code=%s" % (workflow_id, problem.get("code")))
        rejected = {
            "workflow_id": workflow_id,
            "entry": text,
            "problem": problem,
            "origin": " ".join(part for part in (self._host.host_name(), self._host.project_name()) if part),
        }
        self._entries.put_aside(entry, json.dumps(rejected))

    # What was set aside

    def _record_rejected(self):
        if self._entries.set_aside.isEmpty() or self._host.monotonic() < self._aside_at:
            return
        texts = self._oldest_set_aside()
        try:
            self._record(texts)
        except compat.ERRORS as error:
            if compat.is_ending(error):
                raise
            self._aside_at = self._host.monotonic() + self._aside_backoff.failed(error)
        else:
            self._aside_backoff.worked()

    def _oldest_set_aside(self):
        texts = []
        for entry in self._entries.set_aside:
            if len(texts) == settings.BUFFER_REJECTED_BATCH:
                break
            texts.append(entry.get(TEXT))
        return texts

    def _record(self, texts):
        try:
            self._store.reject_entries("[%s]" % ",".join(texts))
        except errors.WorkflowsError as error:
            if sqlstates.is_unavailable(error) or len(texts) == 1:
                raise
            half = len(texts) // 2
            self._record(texts[:half])
            self._record(texts[half:])
            return
        self._entries.recorded(len(texts))
