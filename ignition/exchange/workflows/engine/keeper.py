"""Keeps the worker's leases: registers, renews, and tells workflows what was ordered for them.

It has a database session of its own, which nothing else can block. When renewals stop getting through,
the lease runs out on this worker's monotonic clock, counted from before the last renewal was sent, and no
body starts any more until the database has said that the lease still stands.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors, settings
from exchange.workflows.engine.backoff import Backoff
from exchange.workflows.engine.loop import keep_turning


class Keeper(object):
    def __init__(self, host, state, store, registry, describe, on_registered):
        self._host = host
        self._state = state
        self._store = store
        self._registry = registry
        self._describe = describe
        self._on_registered = on_registered
        self._log = host.get_logger("keeper")
        self._backoff = Backoff(host, "renew")
        self._lock = host.make_lock()
        self._wake = host.make_event()
        self._verdict = host.make_event()
        self._revision = None
        self._role = None

    def poke(self):
        """Renew now: an order waits, or a thread waits to know whether the lease still stands."""
        self._wake.set()

    def run(self):
        keep_turning(self._host, self._state.ending, "keeper", self.turn, self._wait)

    def _wait(self, seconds):
        """Until then, or a poke, or until this node is another one than the database was told."""
        until = self._host.monotonic() + seconds
        while seconds > 0:
            if self._wake.wait(min(seconds, settings.ROLE_LOOK_SECONDS)):
                return
            if self._role is not None and self._role != self._host.gateway_role():
                return
            seconds = until - self._host.monotonic()

    def turn(self):
        """Register where needed, else renew; returns for how many seconds to wait then."""
        self._wake.clear()
        try:
            if self._state.is_registered.is_set() and self._revision == self._registry.revision:
                self._renew()
            else:
                self.register()
        except compat.ERRORS as error:
            return self._failed(error)
        self._backoff.worked()
        return self._state.renew_ms / 1000.0

    def _failed(self, error):
        if isinstance(error, errors.SchemaVersionMismatch) and not self._backoff.is_down:
            self._log.error("event=schema_mismatch error=%s hint=%s" % (error.message, error.hint))
        return self._backoff.failed(error)

    def register(self):
        """Tell the database what this worker is and can run. Raises what the database answers."""
        revision = self._registry.revision
        registration = self._describe()
        registration["library_version"] = settings.VERSION
        registration["schema_version"] = settings.SCHEMA_VERSION
        registration["listen_mode"] = self._state.listen_mode
        role = self._host.gateway_role()
        registration["role"], registration["is_active"] = role
        registration["definitions"] = [one.registration() for one in self._registry.definitions()]
        asked_at = self._host.monotonic()
        self._state.registered(self._store.register_worker(self._state.worker_id, registration), asked_at)
        self._revision = revision
        self._role = role
        self._log.info("event=registered worker_id=%s" % self._state.worker_id)
        self._tell_verdict()
        self._on_registered()

    def _renew(self):
        state = self._state
        leases = list(state.held.values())
        begun = [lease for lease in leases if lease.is_started and not lease.is_told]
        ordered = dict((lease.token, lease) for lease in leases if lease.control is not None)
        held = {
            "held": [[lease.workflow_id, lease.token] for lease in leases],
            "started": [lease.workflow_id for lease in begun],
            "listen_mode": state.listen_mode,
            "is_draining": not state.is_claiming,
            "ping": state.listen_mode == "listen",
        }
        role = self._host.gateway_role()
        held["role"], held["is_active"] = role
        if compat.failpoint is not None:
            compat.failpoint("heartbeat:before")
        worker_id = state.worker_id
        asked_at = self._host.monotonic()
        # Before the call: the ping may be heard before the answer is.
        if held["ping"] and state.unheard_since is None:
            state.unheard_since = asked_at
        try:
            answer = self._store.renew_worker(worker_id, held)
        except compat.EVERYTHING:
            state.unheard_since = None
            raise
        has_moved, self._role = role != self._role, role
        if compat.failpoint is not None:
            compat.failpoint("heartbeat:after_commit")
        if answer.get("is_lost"):
            self.declared_lost(worker_id)
            return
        state.lease_ms = answer.get("lease_ms") or state.lease_ms
        state.renewed(asked_at)
        for lease in begun:
            lease.is_told = True
        self._take_orders(leases, ordered, answer)
        self._tell_verdict()
        if has_moved:
            # A node that has become active may claim what it was refused before.
            self._on_registered()

    def _take_orders(self, leases, ordered, answer):
        lost = frozenset(answer.get("lost") or ())
        for lease in leases if lost else ():
            if lease.workflow_id in lost:
                lease.lose()
                self._state.drop(lease)
        for _, token, control in answer.get("controls") or ():
            ordered.pop(token, None)
            lease = self._state.held.get(token)
            if lease is not None:
                lease.order(control)
        # Ordered before this renewal was sent and not confirmed by it: taken back.
        for lease in ordered.values():
            lease.order(None)

    def declared_lost(self, worker_id):
        """The database gave this worker up: drop everything and begin anew under another id. Renewal and claim
        may both hear it; the second is about an id that is gone."""
        with self._lock:
            if worker_id != self._state.worker_id:
                return
            self._drop_everything()
        self._tell_verdict()
        self._wake.set()

    def _drop_everything(self):
        self._log.warning(
            "event=worker_lost worker_id=%s held=%d" % (self._state.worker_id, len(self._state.held))
        )
        self._state.start_over()

    # For threads whose lease ran out

    def wait_for_renewal(self, lease):
        """True once the lease is known to stand, False when it is lost or the worker gives up."""
        while True:
            verdict = self._verdict
            if lease.is_lost or self._state.is_releasing or self._state.ending.is_set():
                return False
            if self._host.monotonic() < self._state.lease_until:
                return True
            self.poke()
            verdict.wait(self._state.renew_ms / 1000.0)

    def _tell_verdict(self):
        verdict, self._verdict = self._verdict, self._host.make_event()
        verdict.set()

    def release_waiting(self):
        """Let threads that wait for a renewal see that the worker ends."""
        self._tell_verdict()
