"""Steps that run beside their workflow: `step.start(...)` and `rt.gather(...)`.

A key is fixed at the call, whatever ends first, and each body is recorded as any step is. Bodies run in threads of
the worker, so many at a time for one workflow and for all; the others wait in line. Only the workflow's own thread
obeys orders and leaves: while one waits no new body starts, and those that run are awaited, except where the
lease is lost and nothing may be written any more. No body runs when the outcome is recorded.
"""

from __future__ import absolute_import, division, print_function

import collections

from exchange.workflows import compat, errors
from exchange.workflows.engine import checks, context, replay

_LOOK_SECONDS = 60.0


class StepHandle(object):
    """What step.start() answers: `key` is the step key."""

    def __init__(self, key):
        self.key = key
        self.is_ended = False
        self.is_gathered = False
        self.value = None
        self.error = None

    def end(self, run):
        """Take what run() returns or raises; what leaves the workflow goes through."""
        try:
            self.value = run()
        except errors.ControlSignal:
            raise
        except compat.EVERYTHING as error:
            self.error = error
            if compat.is_termination(error):
                self.is_ended = True
                raise
        self.is_ended = True
        return self

    def result(self):
        """What the step returned, or its error raised; waits for it."""
        return gather([self])[0]

    def __repr__(self):
        return "StepHandle(%r)" % self.key


class Branch(context.Context):
    """The context of one body, in another thread than the workflow's. `handle` has its outcome."""

    __slots__ = ("group", "handle", "step", "arguments", "sleeper", "cut")
    is_parallel = True

    def __init__(self, group, handle, step, arguments):
        running = group.running
        self.lease = running.lease
        self.engine = running.engine
        self.function = running.function
        self.handlers = running.handlers
        self.tells_begin = running.tells_begin
        self.recorded = running.recorded
        self.gate = self.signal = self.beside = None
        self.is_obeying = False
        self.prefix = ""
        self.counts = {}
        self.group = group
        self.handle = handle
        self.step = step
        self.arguments = arguments
        self.sleeper = self.cut = None
        self.place = self

    def run(self, gate):
        self.gate = gate
        context.enter(self)
        try:
            self.handle.end(lambda: self.run_keyed(self.step, self.handle.key, *self.arguments))
        except errors.ControlSignal as signal:
            self.signal = signal
        finally:
            context.enter(None)
            self.group.ended(self)

    def boundary(self):
        """Begin nothing new where the workflow has to leave; its own thread obeys."""
        control = self.lease.control
        if self.group.is_closing or control is not None and not control.startswith("resume"):
            self.leave(errors.Released())
        self.stay()


class Group(object):
    """The bodies of one workflow that were started and have not ended."""

    def __init__(self, running):
        self.running = running
        self.threads = running.engine.parallel
        self.is_closing = False
        # Keys whose errors were raised and of which the workflow has not gone on.
        self.failed = set()
        self._lock = running.engine.make_lock()
        self._changed = running.engine.make_event()
        self._waiting = collections.deque()
        self._active = []
        self._left = []
        self._handles = []

    def start(self, step, key, args, kwargs):
        handle = StepHandle(key)
        self._handles.append(handle)
        if self.threads is None:
            return handle.end(lambda: self.running.run_keyed(step, key, args, kwargs))
        with self._lock:
            self._waiting.append(Branch(self, handle, step, (args, kwargs)))
            self._fill()
        return handle

    def take(self, handle):
        """One that is recorded already."""
        self._handles.append(handle)
        return handle

    def _fill(self):
        while self._waiting and len(self._active) < self.threads.most_of_one:
            branch = self._waiting.popleft()
            self._active.append(branch)
            self.threads.put(branch)

    def ended(self, branch):
        with self._lock:
            self._active.remove(branch)
            if not branch.handle.is_ended:
                self._left.append(branch)
            self._fill()
        self._changed.set()

    def run_in_order(self, step, key, args, kwargs):
        """A step of the workflow's own thread, while others may run."""
        try:
            return self.running.run_keyed(step, key, args, kwargs)
        except compat.ERRORS:
            self.failed.add(key)
            raise

    # The workflow's thread waits

    def wait_until(self, is_over):
        """False where the lease was lost: then nothing is awaited."""
        while not self.running.lease.is_lost:
            self._changed.clear()
            with self._lock:
                if is_over():
                    return True
            self._changed.wait(_LOOK_SECONDS)
        return False

    def drain(self):
        """Until no body runs, and none is to be begun."""
        return self.wait_until(lambda: not self._active and not self._waiting)

    def _is_stuck(self):
        return bool(self._left) and not self._active and not self._waiting

    def await_ended(self, handles):
        """Until these have ended; the workflow leaves where one of them cannot go on now."""
        if not self.wait_until(lambda: self._is_stuck() or all(handle.is_ended for handle in handles)):
            self.running.leave(errors.LeaseLost())
        if all(handle.is_ended for handle in handles):
            return
        self.running.boundary()
        self.running.leave(self.soonest())

    def soonest(self, *signals):
        """How the workflow leaves, of these and what its bodies have left with: at once where one can go on at once,
        else until the first is due."""
        signals = list(signals) + [branch.signal for branch in self._left]
        if not all(isinstance(one, errors.Suspended) for one in signals):
            return errors.Released()
        return min(signals, key=lambda one: one.due_at)

    def gather(self, handles, is_raised):
        self.await_ended(handles)
        for handle in handles:
            handle.is_gathered = True
        failed = [handle for handle in handles if handle.error is not None]
        if is_raised and failed:
            self.failed.update(handle.key for handle in failed)

    def end(self):
        """The workflow has returned: what nobody has gathered is awaited, and its errors are the workflow's."""
        if self._handles:
            gather([handle for handle in self._handles if not handle.is_gathered])

    def failed_keys(self):
        forgotten = [one.key for one in self._handles if one.error is not None and not one.is_gathered]
        return sorted(self.failed.union(forgotten))

    # For the lease

    def awake(self):
        for branch in list(self._active):
            if branch.sleeper is not None:
                branch.sleeper.set()
        self._changed.set()

    def lose(self):
        for branch in list(self._active):
            cut = branch.cut
            if cut is not None:
                cut()


def start(running, step, args, kwargs):
    """Start a step beside its workflow. Outside a workflow it runs now."""
    if running is None:
        return StepHandle(step.name).end(lambda: step.run_alone(args, kwargs))
    _refuse_inside(running, "start() of step %s" % step.name)
    step = running.engine.stand_in(step)
    key = running.next_key(step.name)
    recorded = running.recorded.get(key)
    if recorded is not None:
        replay.check_fit(recorded, key, step.name, step.kind)
    group = group_of(running)
    if recorded is not None and replay.is_final(recorded):
        functions = (running.function, step.function)
        return group.take(StepHandle(key).end(lambda: replay.value_of(recorded, functions)))
    running.boundary()
    return group.start(step, key, args, kwargs)


def group_of(running):
    if running.beside is None:
        running.beside = running.lease.beside = Group(running)
    return running.beside


def gather(handles, raiseErrors=True):
    """The results of started steps, in the order of the handles."""
    handles = list(handles)
    for handle in handles:
        if not isinstance(handle, StepHandle):
            raise checks.bad("handles", "must be what step.start() answered: %r" % (handle,))
    running = context.current()
    if running is not None:
        _refuse_inside(running, "gather()")
        if handles:
            group_of(running).gather(handles, raiseErrors)
    failed = [handle.error for handle in handles if handle.error is not None]
    if not raiseErrors:
        return [handle.value if handle.error is None else handle.error for handle in handles]
    if len(failed) > 1:
        described = "; ".join("%s: %s" % (compat.class_name(one), compat.message_of(one)) for one in failed)
        several = errors.StepsFailed("%d of %d steps failed: %s" % (len(failed), len(handles), described))
        several.errors = failed
        raise several
    if failed:
        raise failed[0]
    return [handle.value for handle in handles]


def end(running):
    if running.beside is not None:
        running.beside.end()


def drain(running, is_closing):
    """Before a workflow leaves or fails: no body runs any more, and where it fails none begins."""
    group = running.beside
    if group is None:
        return
    group.is_closing = is_closing
    group.drain()
    if not is_closing and hasattr(running.signal, "due_at"):
        running.signal = group.soonest(running.signal)


def failed_steps(running):
    """Keys of the steps whose errors ended the workflow, where several ran at a time."""
    return running.beside.failed_keys() if running.beside is not None else []


def _refuse_inside(running, what):
    if running.prefix:
        raise errors.InsideStep(
            "%s was called inside step %s" % (what, running.prefix[:-1]),
            hint="start and gather steps in the workflow function itself",
        )
