"""One worker: claims, threads, recorder, finisher, keeper, listener and maintenance, put together.

    worker = Worker(dsn="host=db dbname=plant", queues=["default"], threads=16)
    worker.start()
    ...
    worker.stop(drain_seconds=30)
"""

from __future__ import absolute_import, division, print_function

import signal

from exchange.workflows import compat, errors, settings
from exchange.workflows.database import sqlstates
from exchange.workflows.database.store import Store
from exchange.workflows.engine import instance, present, registry
from exchange.workflows.engine.client import Workflows
from exchange.workflows.engine.dispatcher import Dispatcher
from exchange.workflows.engine.executor import Executor
from exchange.workflows.engine.figures import worker_figures
from exchange.workflows.engine.keeper import Keeper
from exchange.workflows.engine.listener import Listener
from exchange.workflows.engine.maintenance import Maintenance
from exchange.workflows.engine.observer import NOBODY
from exchange.workflows.engine.parallel_threads import ParallelThreads
from exchange.workflows.engine.recorder import Finisher, Recorder
from exchange.workflows.engine.state import WorkerState
from exchange.workflows.engine.threads import WorkflowThreads

_LOOK_SECONDS = 0.05


class Worker(object):
    """Works some queues with the workflows that are registered in this interpreter.

    connector or dsn    the database; direct_dsn where dsn leads through a pooler
    queues              their names; each must exist
    threads             how many workflows run at a time
    prefetch            how many may be claimed in advance while they are short; 0 for none
    parallel_steps      how many steps may run beside their workflows, and parallel_steps_per_workflow of them for one;
                        the others wait in line
    generation          which life of the scripts this is, for the worker's row
    observer            who is told of workflows and steps as they begin and end: engine.observer.Observer
    """

    def __init__(
        self,
        connector=None,
        dsn=None,
        queues=(settings.QUEUE_NAME,),
        threads=settings.THREADS,
        prefetch=None,
        schema=settings.SCHEMA_NAME,
        direct_dsn=None,
        name=None,
        generation=None,
        definitions=None,
        host=None,
        parallel_steps=settings.PARALLEL_STEPS,
        parallel_steps_per_workflow=settings.PARALLEL_STEPS_PER_WORKFLOW,
        observer=NOBODY,
    ):
        self.host = host or instance.choose_host()
        self._owns_connector = connector is None
        self.connector = connector or instance.open_connector(
            dsn, schema, direct_dsn, pool_size=threads + parallel_steps + 4
        )
        self.state = WorkerState(self.host, self.connector.schema, threads)
        self.name = name or "%s:%s" % (self.host.host_name(), self.host.process_id())
        self.generation = generation
        self.queues = list(queues)
        self._log = self.host.get_logger("worker")
        self._signals = self.host.make_queue()
        self._sessions = []
        self.parallel = ParallelThreads(self.host, parallel_steps, parallel_steps_per_workflow)
        self._running = {}
        self._hanging = frozenset()
        self._parts = ()
        self._observer = observer
        self._assemble(definitions or registry.REGISTRY, settings.PREFETCH if prefetch is None else prefetch)

    def _assemble(self, definitions, prefetch):
        host, state = self.host, self.state
        facade = Workflows(host, self.connector, self._observer)
        self.executor = Executor(host, state, definitions, self.connector, facade)
        claims = self._session("claim", is_direct=True)
        self.threads = WorkflowThreads(host, state.threads, self.executor.execute, self._on_room)
        self.dispatcher = Dispatcher(
            host, state, claims, self._store(claims), self.threads, self._on_lost, prefetch
        )
        self._renewing = self._store(self._session("renew"))
        self.keeper = Keeper(host, state, self._renewing, definitions, self.describe, self.dispatcher.poke)
        recording = self._store(self._session("record"))
        finishing = self._store(self._session("finish"))
        self.recorder = Recorder(host, state, recording.record_steps)
        self.finisher = Finisher(host, state, finishing.finish_workflows, self._on_room)
        self.executor.recorder = self.recorder
        self.executor.finisher = self.finisher
        self.executor.keeper = self.keeper
        self.executor.parallel = self.parallel
        self.executor.observer = self._observer
        self.listener = Listener(host, state, self.connector, self.dispatcher, self.keeper)
        self.maintenance = Maintenance(host, state, self._store(self._session("maintain")))

    def _session(self, purpose, is_direct=False):
        session = self.connector.session(purpose, is_direct)
        self._sessions.append(session)
        return session

    def _store(self, session):
        return Store(session, self.connector.schema)

    def _on_room(self):
        self.dispatcher.on_room()

    def _on_lost(self, worker_id):
        self.keeper.declared_lost(worker_id)

    @property
    def worker_id(self):
        return self.state.worker_id

    def describe(self):
        """What register_worker is told besides versions and definitions."""
        return {
            "worker_name": self.name,
            "host_name": self.host.host_name(),
            "process_id": str(self.host.process_id()),
            "project_name": self.host.project_name() or None,
            "generation": self.generation,
            "queues": self.queues,
            "threads": self.state.threads,
        }

    def figures(self):
        """What this worker has counted since it began, and how it stands: plain values."""
        return worker_figures(self)

    def start(self):
        """Register and begin to work. A database that is away is waited for in the background; one that refuses
        (another schema version, no grant, an unknown queue) raises here."""
        try:
            self.keeper.register()
        except errors.WorkflowsError as error:
            if not sqlstates.is_lost(error):
                self._close()
                raise
            self._log.warning("event=waiting_for_database error=%s" % compat.one_line(error))
        self._parts = (
            ("record", self.recorder.run),
            ("finish", self.finisher.run),
            ("keep", self.keeper.run),
            ("listen", self.listener.run),
            ("maintain", self.maintenance.run),
            ("claim", self.dispatcher.run),
        )
        self.watch()
        present.take(self)
        return self

    def watch(self):
        """Start every part that has no thread (any more); the names of those that were started."""
        started = []
        for purpose, run in () if self.state.is_releasing else self._parts:
            thread = self._running.get(purpose)
            if thread is None or not thread.is_alive():
                self._running[purpose] = self.host.start_thread("workflows-%s" % purpose, run)
                started.append(purpose)
        return started

    def tell_hanging(self):
        """For a timer beside the worker: log which call has not come back, once, and that none hangs any more."""
        hanging = self.connector.hanging(settings.CALL_SECONDS)
        for name in sorted(frozenset(hanging) - self._hanging):
            self._log.warning(
                "event=call_hangs function=%s seconds=%d hint=give the connection a socketTimeout"
                % (name, hanging[name])
            )
        if self._hanging and not hanging:
            self._log.info("event=calls_answered functions=%s" % ",".join(sorted(self._hanging)))
        self._hanging = frozenset(hanging)

    def poll(self):
        """For a timer beside the worker: look for work where no notification comes."""
        if self.state.listen_mode != "listen":
            self.dispatcher.poke()

    def stop(self, drain_seconds=settings.DRAIN_SECONDS):
        """Claim nothing more, let what runs finish for up to drain_seconds, give the rest back without using an
        attempt, and retire. A workflow in the middle of a step is given back at its end, or by retiring."""
        if self.state.ending.is_set():
            return
        self.drain(drain_seconds)
        self.release()
        self.wait_until_empty(min(settings.RELEASE_SECONDS, drain_seconds + 0.5))
        self.end()

    def drain(self, seconds):
        """Claim nothing more and let what runs finish, for so long; whether nothing is held any more."""
        self.state.is_claiming = False
        self.dispatcher.poke()
        self.keeper.poke()
        return self.wait_until_empty(seconds)

    def release(self):
        """Claim nothing more; every workflow is given back at its next step boundary, without using an attempt."""
        state = self.state
        state.is_claiming = False
        state.releasing.set()
        self.dispatcher.poke()
        self.listener.interrupt()
        self.keeper.release_waiting()
        for lease in list(state.held.values()):
            lease.awake()
        self.executor.release(self.threads.take_waiting())

    def end(self):
        """Retire and end every part. What is still held goes back to the queue by retiring."""
        state = self.state
        present.leave(self)
        self.threads.end()
        self.parallel.end()
        self.recorder.end()
        self.finisher.end()
        state.ending.set()
        self.keeper.poke()
        for thread in list(self._running.values()):
            thread.join(settings.RELEASE_SECONDS)
        self._retire()
        self._close()
        self._log.info("event=stopped worker_id=%s finished=%d" % (state.worker_id, state.finished))

    def wait_until_empty(self, seconds):
        """Until nothing is held any more, the time is over, or a second signal came; whether nothing is held."""
        until = self.host.monotonic() + seconds
        while self.state.held and self.host.monotonic() < until:
            if self._signals.qsize():
                break
            self.executor.release(self.threads.take_waiting())
            self.host.sleep(_LOOK_SECONDS)
        return not self.state.held

    def _retire(self):
        if not self.state.is_registered.is_set():
            return
        try:
            self._renewing.retire_worker(self.state.worker_id)
        except compat.ERRORS as error:
            self._log.warning("event=not_retired error=%s" % compat.one_line(error))

    def _close(self):
        self.executor.facade.buffer.close(settings.RELEASE_SECONDS)
        for session in self._sessions:
            session.close()
        if self._owns_connector:
            self.connector.close()

    def run_until_signal(self, drain_seconds=settings.DRAIN_SECONDS):
        """Start, work until SIGINT or SIGTERM, drain, stop. A second signal ends the drain at once."""
        # A queue, because setting an event in a handler can wait for the very thread it interrupted.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda signal_number, frame: self._signals.put(signal_number))
        self.start()
        while True:
            try:
                self._signals.get(True, 1.0)
                break
            except self.host.QueueEmpty:
                pass
        self.stop(drain_seconds)
