"""The workflow that a thread works on: step keys, replay, control words, waits.

A step key is the step's name, `name#2` at its second call, and `parent/name` inside another step. What is
recorded under a key is given back instead of running the step; else its body runs and is recorded, and
only then does the workflow see its value. At each such boundary the worker's orders are obeyed.
"""

from __future__ import absolute_import, division, print_function

import json
import sys
import threading

from exchange.workflows import compat, errors
from exchange.workflows.engine import checks, orders, payload, replay

# In a gateway two threads can run this top level at once; a context that was entered by then is kept.
_local = globals().setdefault("_local", threading.local())
_SLEEP = replay.Asked("sleep", "sleep")


def current():
    """The context of the workflow that this thread works on, or None."""
    return getattr(_local, "context", None)


def enter(context):
    _local.context = context


class Context(object):
    is_parallel = False
    __slots__ = (
        "lease", "engine", "function", "gate", "handlers", "tells_begin", "is_obeying", "recorded",
        "signal", "prefix", "counts", "place", "beside", "watch",
    )

    def __init__(self, lease, engine, function, gate, handlers, tells_begin=False):
        self.lease = lease
        self.engine = engine
        self.function = function
        self.gate = gate
        self.handlers = handlers
        self.tells_begin = tells_begin
        self.is_obeying = False
        self.recorded = {}
        self.recall(lease.row.get("steps"))
        self.signal = None
        self.prefix = ""
        self.counts = {}
        self.place = lease  # where others find what this thread waits for
        self.beside = None  # the steps that run beside this thread

    def recall(self, steps):
        """Take over what earlier attempts recorded."""
        if steps:
            self.recorded = dict((step["k"], step) for step in steps)

    @property
    def workflow_id(self):
        return self.lease.workflow_id

    # Orders

    def boundary(self):
        """Obey what waits for this workflow. Called before anything new begins."""
        if self.signal is not None:
            raise self.signal
        if self.lease.control is not None and not self.is_obeying:
            if self.beside is not None:
                self.beside.drain()
            orders.obey(self)
        self.stay()

    def stay(self):
        """Leave where this worker may not go on."""
        lease = self.lease
        if lease.is_lost:
            self.leave(errors.LeaseLost())
        if self.engine.is_releasing:
            self.leave(errors.Released())
        if not self.engine.may_start(lease):
            self.leave(errors.LeaseLost() if lease.is_lost else errors.Released())

    def leave(self, signal):
        """Raise a signal and remember it: a workflow that swallows it has left all the same."""
        self.signal = signal
        raise signal

    # Steps

    def run_step(self, step, args, kwargs):
        run = self.run_keyed if self.beside is None else self.beside.run_in_order
        return run(step, self.next_key(step.name), args, kwargs)

    def run_keyed(self, step, key, args, kwargs):
        recorded = self.recorded.get(key)
        if recorded is not None:
            replay.check_fit(recorded, key, step.name, step.kind)
            if replay.is_final(recorded):
                return replay.value_of(recorded, (self.function, step.function))
        self.boundary()
        if compat.failpoint is not None:
            compat.failpoint("step:before")
        attempt = 1
        if recorded is not None:
            attempt += recorded.get("attempts") or 0
            due_ms = recorded.get("due_ms")
            if due_ms:
                self._wait_until_due(key, self.lease.seconds_left(due_ms, self.engine.monotonic()))
        while True:
            outcome, value = self.engine.try_step(self, step, key, attempt, args, kwargs)
            if outcome:
                return value
            attempt += 1

    def next_key(self, name):
        if self.beside is not None and not self.prefix:
            self.beside.failed.clear()
        counts = self.counts
        count = counts[name] = counts.get(name, 0) + 1
        return self.prefix + name if count == 1 else "%s%s#%d" % (self.prefix, name, count)

    def try_step(self, step, key, attempt, args, kwargs):
        """Run the body once and record it: (True, value), or (False, None) to try again."""
        outer = self.prefix, self.counts
        self.prefix, self.counts = key + "/", {}
        if compat.failpoint is not None:
            compat.failpoint("step:in")
        begun = self.engine.monotonic()
        try:
            if self.tells_begin and step.kind == "step":
                # A try whose worker is lost does not count: it has not ended yet.
                answer = self.record(self._text(step, key, attempt - 1, begun, "RUNNING", "output", "null"))
                if answer is not None and answer["a"] != "recorded":
                    return True, self.settle(answer, step, key)
                begun = self.engine.monotonic()
            if step.kind == "tx":
                answer, value = self.engine.run_transaction(self, step, key, attempt, args, kwargs)
            else:
                value = step.function(*args, **kwargs)
                text, value = self.success_text(step, key, attempt, begun, value)
        except errors.ControlSignal as signal:
            self.signal = signal
            raise
        except errors.NotYet as early:
            return self._come_back(step, key, attempt, begun, early)
        except compat.EVERYTHING as error:
            if self._is_tried_again(step, key, attempt, begun, error, sys.exc_info()[2]):
                return False, None
            raise
        finally:
            self.prefix, self.counts = outer
        if step.kind != "tx":
            if compat.failpoint is not None:
                compat.failpoint("step:after_effect_before_checkpoint")
            answer = self.record(text)
        if answer is not None and answer["a"] != "recorded":
            value = self.settle(answer, step, key)
        return True, value

    def success_text(self, step, key, attempt, begun, value):
        """The record of a step that returned, and the value as a replay would give it back."""
        try:
            output, is_sanitised = payload.to_clean_json(value, key, self.engine.payload_bytes)
        except payload.BadValue as problem:
            message = "step %s returned what cannot be recorded: %s" % (key, problem)
            raise errors.UnserialisableResult(message, detail={"path": problem.path})
        if is_sanitised or not payload.is_atom(value):
            value = payload.from_json(output)
        return self._text(step, key, attempt, begun, "SUCCESS", "output", output), value

    def _is_tried_again(self, step, key, attempt, begun, error, trace):
        described, _ = compat.describe_error(error, trace)
        body = json.dumps(described)
        if step.retries(error):
            body += ',"retry":' + step.retry_json
        answer = self.record(self._text(step, key, attempt, begun, "ERROR", "error", body))
        if answer is not None and answer["a"] == "retry":
            self.engine.tries_again(self, error)
            self._wait_until_due(key, answer["due_ms"] / 1000.0)
            self.boundary()
            return True
        if answer is not None and answer["a"] not in ("recorded", "give_up", "replayed"):
            self.settle(answer, step, key)
        return False

    def _come_back(self, step, key, attempt, begun, early):
        """Leave the thread, and the replay runs the step again; in a handler, wait here."""
        answer = self.record(self._text(step, key, attempt, begun, "ERROR", "error", replay.early_text(early)))
        if answer is not None and answer["a"] != "retry":
            return True, self.settle(answer, step, key)
        if not self.is_obeying:
            self.suspend(key, early.seconds)
        self.wait(early.seconds)
        return False, None

    def waited(self):
        """Seconds that the step in work has waited since it first asked to come back; None where it has not."""
        recorded = self.recorded.get(self.prefix[:-1]) or {}
        left = self.lease.seconds_left(recorded.get("due_ms") or 0, self.engine.monotonic())
        return replay.waited_seconds(recorded, left)

    def _text(self, step, key, attempt, begun, status, member, body):
        key_json = step.name_json if key == step.name else json.dumps(key)
        elapsed = (self.engine.monotonic() - begun) * 1000
        return '%s,"k":%s,"name":%s,"kind":"%s","status":"%s","attempt":%d,"elapsed_ms":%d,"%s":%s}' % (
            self.lease.head, key_json, step.name_json, step.kind, status, attempt, elapsed, member, body,
        )

    def record(self, text):
        """Record one step and wait for the answer: None where there is nothing to say."""
        answer = self.engine.record(self.lease, text, self.gate)
        if compat.failpoint is not None:
            compat.failpoint("checkpoint:after_commit")
        if answer is not None and answer.get("c"):
            self.lease.order(answer["c"])
        return answer

    def settle(self, answer, step, key):
        """What an answer other than `recorded` means for the workflow."""
        said = answer["a"]
        if said == "replayed":
            return replay.value_of(answer, (self.function, step.function))
        if said == "WF007":
            raise replay.mismatch(key, answer.get("recorded", "something else"), "%s %s" % (step.kind, step.name))
        if said == "refused":
            raise self._refused(step, key, answer["error"])
        self.lease.lose()
        return self.leave(errors.LeaseLost())

    def _refused(self, step, key, refusal):
        """The database cannot take the record, however often it is sent: record that instead."""
        code = getattr(refusal, "code", "unknown")
        problem = "the database refused the record of step %s with SQLSTATE %s" % (key, code)
        error = errors.UnserialisableResult(problem, detail={"path": key})
        body = json.dumps(compat.describe_error(error)[0])
        self.record(self._text(step, key, 1, self.engine.monotonic(), "ERROR", "error", body))
        return error

    def next_id(self, name):
        """An id that is the same whenever a replay comes by here."""
        return compat.id_at(self.workflow_id, self.next_key(name))

    # Waits

    def sleep(self, seconds):
        """Wait durably; a long wait leaves the thread and comes back by replay."""
        checks.check_seconds("seconds", seconds)
        if self.prefix:
            self.wait(seconds)
            return
        key = self.next_key("sleep")
        recorded = self.recorded.get(key)
        if recorded is not None:
            replay.check_fit(recorded, key, "sleep", "sleep")
            left = self.lease.seconds_left(recorded.get("due_ms") or 0, self.engine.monotonic())
        else:
            self.boundary()
            left = self._record_sleep(key, seconds)
        self._wait_until_due(key, left)

    def _record_sleep(self, key, seconds):
        text = '%s,"k":%s,"name":"sleep","kind":"sleep","status":"WAITING","attempt":1,"seconds":%r}'
        answer = self.record(text % (self.lease.head, json.dumps(key), float(seconds)))
        if answer is None:
            return seconds
        if answer["a"] not in ("recorded", "replayed"):
            self.settle(answer, _SLEEP, key)
        return (answer.get("due_ms") or 0) / 1000.0

    def _wait_until_due(self, key, seconds):
        if seconds * 1000 > self.engine.suspend_over_ms and not self.is_obeying:
            self.suspend(key, seconds)
        self.wait(seconds)

    def suspend(self, key, seconds):
        """Leave the thread until a step is due, in so many seconds."""
        signal = errors.Suspended(key)
        signal.due_at = self.engine.monotonic() + seconds
        self.leave(signal)

    def wait(self, seconds, obey=None):
        """Wait in this thread; an order, a lost lease or the end of the worker ends the wait at once.
        `obey` stands in for the boundary."""
        if seconds <= 0:
            return
        over_at = self.engine.monotonic() + seconds
        self.place.sleeper = sleeper = self.engine.make_event()
        try:
            while seconds > 0:
                (obey or self.boundary)()
                sleeper.wait(seconds)
                sleeper.clear()
                seconds = over_at - self.engine.monotonic()
        finally:
            self.place.sleeper = None
