"""What the parts of one worker share: who it is, what it holds, what the database told it."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, settings
from exchange.workflows.engine.figures import Figures


class WorkerState(object):
    """`held` maps lease tokens to every lease this worker has not yet been told to be rid of, including
    those whose outcome is on its way. Single operations on it are atomic, and nothing here needs a lock."""

    def __init__(self, host, schema=settings.SCHEMA_NAME, threads=settings.THREADS):
        self.threads = threads
        self.worker_id = compat.new_id()
        self.held = {}
        # Counted from before the renewal that granted it: until then, and no longer, bodies may start.
        self.lease_until = 0.0
        self.is_registered = host.make_event()
        self.is_claiming = True
        # Set in this order: first every workflow is given back at its next boundary and nothing is claimed any
        # more, then, when nothing is held, every part ends.
        self.releasing = host.make_event()
        self.ending = host.make_event()
        self.listen_mode = "starting"
        # Since when the listening session has not heard a ping that was sent; None when it has.
        self.unheard_since = None
        self.lease_ms = settings.LEASE_MS
        self.renew_ms = settings.RENEW_MS
        self.poll_ms = settings.POLL_MS
        self.suspend_over_ms = settings.SUSPEND_OVER_MS
        self.payload_bytes = settings.PAYLOAD_BYTES
        self.channel = "%s_wake" % schema
        self.queue_ids = ()
        self.finished = 0
        self.figures = Figures(host)

    @property
    def is_releasing(self):
        return self.releasing.is_set()

    def registered(self, answer, asked_at):
        """Take over what register_worker answered; `asked_at` is the clock before the call."""
        self.lease_ms = answer.get("lease_ms", self.lease_ms)
        self.renew_ms = answer.get("renew_ms", self.renew_ms)
        self.poll_ms = answer.get("poll_ms", self.poll_ms)
        self.suspend_over_ms = answer.get("suspend_over_ms", self.suspend_over_ms)
        self.payload_bytes = answer.get("payload_bytes", self.payload_bytes)
        self.channel = answer.get("channel", self.channel)
        self.queue_ids = tuple(answer.get("queue_ids") or ())
        self.renewed(asked_at)
        self.is_registered.set()

    def renewed(self, asked_at):
        self.lease_until = asked_at + self.lease_ms / 1000.0

    def start_over(self):
        """This worker was declared lost: everything it held belongs to others now. The new id comes before the look
        at `held`: a claim that is answered meanwhile puts what it got there and then looks at the id."""
        self.is_registered.clear()
        self.worker_id = compat.new_id()
        for lease in list(self.held.values()):
            lease.lose()
        self.held.clear()
        self.lease_until = 0.0

    def drop(self, lease):
        self.held.pop(lease.token, None)
