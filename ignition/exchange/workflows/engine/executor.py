"""Runs one claimed workflow in the calling thread and hands its outcome to the finisher.

Whatever user code does (returns, raises anything at all, swallows a signal, returns what JSON cannot hold)
the workflow reaches an outcome that can be recorded, and the thread survives.
"""

from __future__ import absolute_import, division, print_function

import json
import sys

from exchange.workflows import compat, errors
from exchange.workflows.database.store import Store
from exchange.workflows.engine import context, orders, parallel, payload, watching
from exchange.workflows.engine.backoff import Backoff
from exchange.workflows.engine.observer import NOBODY
from exchange.workflows.engine.recorder import Record
from exchange.workflows.engine.transaction import run_transaction


class Executor(object):
    """What a Context calls `engine`."""

    def __init__(self, host, state, registry, connector, facade=None):
        self.host = host
        self.state = state
        self.registry = registry
        self.connector = connector
        self.facade = facade
        self.store = Store(connector, connector.schema)
        self.monotonic = host.monotonic
        self.make_event = host.make_event
        self.make_lock = host.make_lock
        self.recorder = None
        self.finisher = None
        self.keeper = None
        self.observer = NOBODY
        # Threads for steps beside their workflows; None: such a step runs where it is started.
        self.parallel = None

    @property
    def is_releasing(self):
        return self.state.is_releasing

    @property
    def suspend_over_ms(self):
        return self.state.suspend_over_ms

    @property
    def payload_bytes(self):
        return self.state.payload_bytes

    # For the context

    def may_start(self, lease):
        """Whether a body may start now: the lease was renewed in time. Waits for the verdict if not."""
        if self.monotonic() < self.state.lease_until:
            return True
        return self.keeper.wait_for_renewal(lease)

    def record(self, lease, text, gate):
        """Record one step and wait: None, or what the database has to say."""
        record = Record(gate)
        self.recorder.put((lease, text, record))
        return record.wait()

    def stand_in(self, step):
        """For tests that run inline: what runs in the place of a step."""
        return step

    def run_transaction(self, running, step, key, attempt, args, kwargs):
        return run_transaction(self, running, step, key, attempt, args, kwargs)

    def try_step(self, running, step, key, attempt, args, kwargs):
        return watching.try_step(self, running, step, key, attempt, args, kwargs)

    def tries_again(self, running, error):
        """A step failed and will be tried again: its try is over, whatever it waits for now."""
        running.watch.end("retry", error)

    # For the threads

    def execute(self, lease, gate):
        """Run a workflow to its outcome."""
        if lease.is_lost:
            return
        try:
            self._work(lease, gate)
        except compat.EVERYTHING:
            if lease.outcome is None:
                # No outcome is on its way. It is held no more, so that the next renewals let the database give it back.
                lease.lose()
                self.state.drop(lease)
            raise

    def _work(self, lease, gate):
        definition = self.registry.find(lease.row["name"], lease.row["version"])
        if definition is None or self.state.is_releasing:
            self._leave(lease, errors.Released())
            return
        lease.is_started = True
        lease.begun_at = self.monotonic()
        began = self.observer.workflow_began(lease)
        try:
            self._execute(lease, gate, definition)
        finally:
            self.observer.workflow_ended(began, lease)
            lease.error = None

    def _execute(self, lease, gate, definition):
        on_worker_lost = lease.row.get("on_worker_lost") or definition.policies.get("on_worker_lost")
        running = context.Context(
            lease, self, definition.function, gate, definition.handlers, on_worker_lost == "hold"
        )
        context.enter(running)
        try:
            if lease.row.get("is_partial"):
                self._load(lease, running)
            orders.begin(running)
            result = _call(definition.function, lease.row["inputs"])
            parallel.end(running)
        except errors.ControlSignal as signal:
            parallel.drain(running, False)
            self._leave(lease, running.signal or signal)
        except compat.EVERYTHING as error:
            trace = sys.exc_info()[2]
            parallel.drain(running, True)
            if running.signal is not None:
                self._leave(lease, running.signal)
            else:
                self._fail(lease, error, trace, parallel.failed_steps(running))
            if compat.is_termination(error):
                raise
        else:
            if running.signal is not None:
                self._leave(lease, running.signal)
            else:
                self._succeed(lease, result)
        finally:
            context.enter(None)

    def _load(self, lease, running):
        """Fetch the inputs and steps that were too large for the claim."""
        backoff = Backoff(self.host, "load")
        while True:
            try:
                loaded = self.store.load_workflow(self.state.worker_id, lease.workflow_id, lease.token)
                break
            except errors.StaleLease:
                lease.lose()
                running.leave(errors.LeaseLost())
            except errors.WorkflowsError as error:
                running.wait(backoff.failed(error), running.stay)
        lease.row.update(loaded)
        lease.received_at = self.monotonic()
        running.recall(loaded.get("steps"))

    def _succeed(self, lease, result):
        try:
            text = self._success_text(lease, result)
        except payload.BadValue as problem:
            message = "the workflow returned what cannot be recorded: %s" % problem
            error = errors.UnserialisableResult(message, detail={"path": problem.path})
            self._fail(lease, error, None)
        except compat.EVERYTHING as error:
            self._fail(lease, error, sys.exc_info()[2])
            if compat.is_termination(error):
                raise
        else:
            self._finish(lease, "success", text)

    def _success_text(self, lease, result):
        if result is None:
            return '%s,"outcome":"success"}' % lease.head
        text, is_sanitised = payload.to_clean_json(result, "result", self.state.payload_bytes)
        tail = ',"is_sanitised":true}' if is_sanitised else "}"
        return '%s,"outcome":"success","result":%s%s' % (lease.head, text, tail)

    def _fail(self, lease, error, trace, failed_steps=()):
        lease.error = error
        described, is_sanitised = compat.describe_error(error, trace)
        if failed_steps:
            described["failed_steps"] = failed_steps
        tail = ',"is_sanitised":true}' if is_sanitised else "}"
        text = '%s,"outcome":"error","error":%s%s' % (lease.head, json.dumps(described), tail)
        self._finish(lease, "error", text)

    def _leave(self, lease, signal):
        if lease.is_lost or signal.outcome is None:
            self.state.drop(lease)
            return
        more = ',"k":%s' % json.dumps(signal.step_key) if signal.step_key else ""
        if signal.error is not None:
            more += ',"error":%s' % json.dumps(signal.error)
        self._finish(lease, signal.outcome, '%s,"outcome":"%s"%s}' % (lease.head, signal.outcome, more))

    def release(self, leases):
        """Give back what no thread has begun."""
        for lease in leases:
            self._leave(lease, errors.Released())

    def _finish(self, lease, outcome, text):
        if lease.begun_at is not None:
            lease.seconds = self.monotonic() - lease.begun_at
        if compat.failpoint is not None:
            compat.failpoint("complete:before")
        lease.outcome = outcome
        try:
            self.finisher.put((lease, text))
        except compat.EVERYTHING:
            lease.outcome = None
            raise


def _call(function, inputs):
    if isinstance(inputs, dict):
        return function(**inputs)
    return function(inputs)
