"""A worker of one thread that works what is claimable and returns: for tests.

The same registration, claims, leases, records and outcomes as those of a worker with threads; only nothing
happens behind the caller's back.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import settings
from exchange.workflows.database.store import Store
from exchange.workflows.engine import registry
from exchange.workflows.engine.executor import Executor
from exchange.workflows.engine.lease import Lease
from exchange.workflows.engine.recorder import Finisher, Recorder
from exchange.workflows.engine.state import WorkerState

_CLAIM = 10
_MAINTENANCE_LIMIT = 500
_NOTHING_LEFT_TURNS = 3


class OneThreadWorker(object):
    def __init__(self, workflows, queue_name=None):
        self._host = workflows.host
        connector = workflows.connector
        self._session = connector.session("drain")
        self._store = Store(self._session, connector.schema)
        self._state = WorkerState(self._host, connector.schema, 1)
        self._queue_names = [queue_name] if queue_name else None
        self._claims = 0
        self._executor = Executor(self._host, self._state, registry.REGISTRY, connector, workflows)
        self._executor.recorder = _RecordAtOnce(self._host, self._state, self._store.record_steps)
        self._executor.finisher = _FinishAtOnce(
            self._host, self._state, self._store.finish_workflows, _nothing
        )
        self._executor.keeper = self

    def drain(self):
        """Work until a claim brings nothing; the workflows that were worked, as they stand now."""
        worked = []
        empty_turns = 0
        try:
            self._register()
            while empty_turns < _NOTHING_LEFT_TURNS:
                self._store.run_maintenance(_MAINTENANCE_LIMIT)
                rows = self._claim()
                # A gate that was handed over, or a row that was locked, may come with the next claim.
                empty_turns = 0 if rows else empty_turns + 1
                for row in rows:
                    self._work(row)
                    if row["w"] not in worked:
                        worked.append(row["w"])
            return [self._store.get_workflow(workflow_id) for workflow_id in worked]
        finally:
            self._retire()

    def wait_for_renewal(self, lease):
        """What the executor asks when the lease ran out while a step took its time."""
        self._renew()
        return not lease.is_lost

    def _register(self):
        asked_at = self._host.monotonic()
        registration = {
            "worker_name": "drain",
            "host_name": self._host.host_name(),
            "process_id": str(self._host.process_id()),
            "library_version": settings.VERSION,
            "schema_version": settings.SCHEMA_VERSION,
            "queues": self._queue_names or self._all_queues(),
            "threads": 1,
            "listen_mode": "poll",
            "definitions": [one.registration() for one in registry.REGISTRY.definitions()],
        }
        self._state.registered(self._store.register_worker(self._state.worker_id, registration), asked_at)

    def _all_queues(self):
        return [queue["queue_name"] for queue in self._store.list_queues()]

    def _claim(self):
        self._claims += 1
        answer = self._store.claim_workflows(
            self._state.worker_id, _CLAIM, 0, self._claims, False, False, False
        )
        return answer["workflows"]

    def _work(self, row):
        lease = Lease(row, self._host.monotonic())
        self._state.held[lease.token] = lease
        self._executor.execute(lease, _AnsweredAlready())

    def _renew(self):
        held = [[lease.workflow_id, lease.token] for lease in self._state.held.values()]
        asked_at = self._host.monotonic()
        answer = self._store.renew_worker(self._state.worker_id, {"held": held, "started": []})
        if answer.get("is_lost"):
            self._state.start_over()
        else:
            self._state.renewed(asked_at)

    def _retire(self):
        try:
            self._store.retire_worker(self._state.worker_id)
        finally:
            self._session.close()


class _AnsweredAlready(object):
    """A gate for a thread that does the recording itself, and so never waits."""

    def acquire(self):
        pass

    def release(self):
        pass


class _RecordAtOnce(Recorder):
    def put(self, entry):
        batch = [entry]
        while batch:
            batch = self._deliver(batch)


class _FinishAtOnce(Finisher):
    def put(self, entry):
        batch = [entry]
        while batch:
            batch = self._deliver(batch)


def _nothing():
    pass
