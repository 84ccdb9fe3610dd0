"""What a worker counts: outcomes by workflow, tries and durations by step, claims, what was refused.

Labels are names of registered functions, and of those only so many: what comes later is counted as `other`, so that
whoever keeps the figures has a bounded number of series.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import settings

OTHER = "other"


class Spread(object):
    """How often something took how long. `buckets` counts those within each of settings.FIGURE_SECONDS and not within
    the one before, and at the end those beyond the last."""

    __slots__ = ("buckets", "seconds")

    def __init__(self):
        self.buckets = [0] * (len(settings.FIGURE_SECONDS) + 1)
        self.seconds = 0.0

    def add(self, seconds):
        place = 0
        for bound in settings.FIGURE_SECONDS:
            if seconds <= bound:
                break
            place += 1
        self.buckets[place] += 1
        self.seconds += seconds

    def figures(self):
        return {"count": sum(self.buckets), "seconds": self.seconds, "buckets": list(self.buckets)}


class Figures(object):
    """Counted by many threads; what one thread of the worker alone counts is a plain number here."""

    def __init__(self, host):
        self._lock = host.make_lock()
        self._outcomes = {}
        self._workflows = {}
        self._tries = {}
        self._steps = {}
        # The dispatcher's, the recorder's, the finisher's, the maintenance's and the listener's.
        self.claims = 0
        self.claimed = 0
        self.refused_records = 0
        self.refused_outcomes = 0
        self.reclaimed = 0
        self.maintenance_turns = 0
        self.listen_lag_seconds = None

    def ended(self, leases):
        """The database has taken the outcomes of these."""
        with self._lock:
            for lease in leases:
                if lease.outcome is not None:
                    self._count_outcome(lease)

    def _count_outcome(self, lease):
        name = _bounded(self._workflows, lease.row["name"])
        key = lease.row.get("queue") or OTHER, name, lease.outcome
        self._outcomes[key] = self._outcomes.get(key, 0) + 1
        if lease.seconds is not None:
            _spread(self._workflows, name).add(lease.seconds)

    def step_ended(self, name, outcome, seconds):
        with self._lock:
            name = _bounded(self._steps, name)
            key = name, outcome
            self._tries[key] = self._tries.get(key, 0) + 1
            spread = _spread(self._steps, name)
            if outcome in ("success", "error"):
                spread.add(seconds)

    def refuse_record(self):
        """A transactional step was refused: in the workflow's thread, and seldom."""
        with self._lock:
            self.refused_records += 1

    def figures(self):
        with self._lock:
            return {
                "claims": self.claims,
                "claimed": self.claimed,
                "reclaimed": self.reclaimed,
                "maintenance_turns": self.maintenance_turns,
                "refused_records": self.refused_records,
                "refused_outcomes": self.refused_outcomes,
                "outcomes": [
                    {"queue_name": queue, "workflow_name": name, "outcome": outcome, "count": count}
                    for (queue, name, outcome), count in sorted(self._outcomes.items())
                ],
                "workflows": dict((name, spread.figures()) for name, spread in self._workflows.items()),
                "tries": [
                    {"step_name": name, "outcome": outcome, "count": count}
                    for (name, outcome), count in sorted(self._tries.items())
                ],
                "steps": dict((name, spread.figures()) for name, spread in self._steps.items()),
            }


def _bounded(spreads, name):
    return name if name in spreads or len(spreads) < settings.FIGURE_NAMES else OTHER


def _spread(spreads, name):
    spread = spreads.get(name)
    if spread is None:
        spread = spreads[name] = Spread()
    return spread


def worker_figures(worker):
    """Everything that is known of one worker in this process, as plain values."""
    state = worker.state
    now = worker.host.monotonic()
    since = state.unheard_since
    figures = state.figures.figures()
    figures.update(
        worker_id=state.worker_id,
        worker_name=worker.name,
        generation=worker.generation,
        queues=list(worker.queues),
        is_registered=bool(state.is_registered.is_set()),
        lease_seconds_left=max(0.0, state.lease_until - now),
        threads=state.threads,
        busy_threads=worker.threads.busy_count(),
        parallel_threads=worker.parallel.thread_count(),
        claimed_waiting=worker.threads.waiting_count(),
        held=len(state.held),
        listen_mode=state.listen_mode,
        listen_lag_seconds=state.figures.listen_lag_seconds,
        unheard_seconds=0.0 if since is None else max(0.0, now - since),
        pool=worker.connector.pool_figures(),
        buffer=worker.executor.facade.buffer.figures(),
    )
    return figures
