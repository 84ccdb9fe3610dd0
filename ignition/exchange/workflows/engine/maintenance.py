"""The worker's turns of maintenance: reclaim, timers, deadlines, counts. Any worker does them."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, settings
from exchange.workflows.engine.backoff import Backoff
from exchange.workflows.engine.loop import keep_turning


class Maintenance(object):
    def __init__(self, host, state, store):
        self._host = host
        self._state = state
        self._store = store
        self._backoff = Backoff(host, "maintain")

    def run(self):
        keep_turning(self._host, self._state.releasing, "maintain", self.turn, self._state.releasing.wait)

    def turn(self):
        """One bounded turn; returns for how many seconds to wait then."""
        # More often than a lease lasts: the database takes a longer gap for an outage, and gives everybody time.
        longest = min(settings.MAINTENANCE_SECONDS, self._state.lease_ms / 2000.0)
        longest *= 0.8 + 0.4 * self._host.random_fraction()
        if not self._state.is_registered.is_set():
            return longest
        try:
            answer = self._store.run_maintenance(settings.MAINTENANCE_LIMIT)
        except compat.ERRORS as error:
            return self._backoff.failed(error)
        self._backoff.worked()
        figures = self._state.figures
        figures.maintenance_turns += 1
        figures.reclaimed += (answer.get("did") or {}).get("reclaimed") or 0
        for key in ("next_due_ms", "again_ms"):
            if answer.get(key) is not None:
                longest = min(longest, max(0.01, answer[key] / 1000.0))
        return longest
