"""Records steps and outcomes of all workflow threads."""

from __future__ import absolute_import, division, print_function

import json

from exchange.workflows import compat, settings
from exchange.workflows.engine.sender import Sender

_BUSY_SECONDS = 0.01


class Record(object):
    """A thread's wait for the answer to its record."""

    __slots__ = ("answer", "gate", "is_settled")

    def __init__(self, gate):
        self.gate = gate
        self.answer = None
        self.is_settled = False

    def settle(self, answer):
        """The first answer counts; another one would leave the gate open for the record that comes next."""
        if not self.is_settled:
            self.is_settled = True
            self.answer = answer
            self.gate.release()

    def wait(self):
        # Once for the one release of settle(), whichever came first: the gate is closed again afterwards.
        self.gate.acquire()
        return self.answer


class Recorder(Sender):
    """Step records: (lease, text, record). The thread waits, so that no step begins before the one
    before it is committed."""

    purpose = "record"

    def answered(self, batch, answers):
        if answers:
            by_number = dict((answer["n"], answer) for answer in answers)
            for n, entry in enumerate(batch):
                answer = by_number.get(n)
                if answer is not None and answer["a"] == "WF001":
                    self.state.figures.refuse_record()
                entry[2].settle(answer)
        else:
            for entry in batch:
                entry[2].settle(None)
        return []

    def give_up_lost(self, batch):
        kept = []
        for entry in batch:
            if entry[0].is_lost:
                entry[2].settle({"a": "WF001"})
            else:
                kept.append(entry)
        return kept

    def poisoned(self, entry, error):
        entry[2].settle({"a": "refused", "error": error})


class Finisher(Sender):
    """Outcomes: (lease, text). Nobody waits for them; the lease is held until they are answered."""

    purpose = "finish"
    pace_seconds = settings.FINISH_PACE_SECONDS

    def __init__(self, host, state, send, on_room):
        Sender.__init__(self, host, state, send)
        self._on_room = on_room
        self._log = host.get_logger("finish")

    def answered(self, batch, answers):
        again = []
        if answers:
            again = self._answered_singly(batch, answers)
        else:
            drop = self.state.held.pop
            for entry in batch:
                drop(entry[0].token, None)
            self.state.figures.ended([entry[0] for entry in batch])
        self.state.finished += len(batch) - len(again)
        if compat.failpoint is not None:
            compat.failpoint("complete:after_commit_before_ack")
        self._on_room()
        if again and len(again) == len(batch):
            self._pause(_BUSY_SECONDS)
        return again

    def _answered_singly(self, batch, answers):
        by_number = dict((answer["n"], answer["a"]) for answer in answers)
        again = []
        for n, entry in enumerate(batch):
            said = by_number.get(n, "ok")
            if said == "busy":
                again.append(entry)
                continue
            if said != "ok":
                self.state.figures.refused_outcomes += 1
                self._log.warning("event=outcome_refused workflow_id=%s code=%s" % (entry[0].workflow_id, said))
            else:
                self.state.figures.ended([entry[0]])
            self.state.drop(entry[0])
        return again

    def give_up_lost(self, batch):
        return [entry for entry in batch if not entry[0].is_lost]

    def poisoned(self, entry, error):
        lease, text = entry[:2]
        if len(entry) > 2:
            self._log.error("event=outcome_unrecordable workflow_id=%s" % lease.workflow_id)
            self.state.drop(lease)
            return None
        described = {
            "class": "UnserialisableResult",
            "message": "the database refused the outcome with SQLSTATE %s" % getattr(error, "code", "unknown"),
            "traceback": "",
        }
        lease.outcome = "error"
        text = '%s,"outcome":"error","is_sanitised":true,"error":%s}' % (lease.head, json.dumps(described))
        return lease, text, "replaced"
