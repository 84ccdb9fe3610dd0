"""Waits of a step for something outside: in the thread at first, then by leaving it and looking again.

A wait that outlasts the setting suspend_over_ms leaves the thread. The step then stands as RETRYING with the
time of its next look, one row however often it looks, and how long it has waited goes by the database's clock.
Inside another step, and outside a workflow, it stays in the thread.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import errors, settings
from exchange.workflows.engine import checks, context, instance, orders

# Coming back costs a claim, so a workflow that has left its thread does not look more often than this.
_LOOK_SECONDS = 1.0
_LONGEST_MS = 1000 * settings.LONGEST_WAIT_SECONDS
_FOR_EVER = float("inf")


def wait_for(look, timeout_ms, poll_ms, is_safe=True):
    """Call look() until it answers (True, value), and return the value. While it answers (False, what it saw)
    it is called again, every poll_ms; raises TimedOut after timeout_ms, with one last look at the end.

    is_safe: whether the step may be left and begun anew; else only orders that end the workflow are obeyed
    in the thread, and a hold when the wait leaves it.
    """
    checks.check_number("timeout_ms", timeout_ms, 0, _LONGEST_MS)
    checks.check_number("poll_ms", poll_ms, 1, _LONGEST_MS)
    timeout, poll = timeout_ms / 1000.0, poll_ms / 1000.0
    running = context.current()
    place = _Alone() if running is None else _InWorkflow(running, is_safe)
    begun = place.monotonic() - place.waited()
    while True:
        is_there, found = look()
        if is_there:
            return found
        waited = place.monotonic() - begun
        left = timeout - waited
        if left <= 0:
            raise errors.TimedOut("not within %d ms: %s" % (timeout_ms, found))
        pause = min(poll, left)
        if waited + pause > place.longest_seconds:
            raise errors.NotYet(min(max(poll, _LOOK_SECONDS), left), waited, found)
        place.wait(pause)


def sleep(seconds):
    """Wait that long; a long wait leaves the thread."""
    running = context.current()
    place = _Alone() if running is None else _InWorkflow(running, True)
    waited = place.waited()
    if seconds - waited > place.longest_seconds:
        raise errors.NotYet(seconds - waited, waited, "sleeping")
    place.wait(seconds - waited)


def has_waited():
    """Whether the step that calls this has begun before and left its thread to wait."""
    running = context.current()
    return running is not None and running.waited() is not None


def obey(running, is_safe=True):
    """Obey the orders that wait for a workflow, from inside a step; where the step must not be begun anew, only
    those that end the workflow."""
    if is_safe or running.lease.is_lost or orders.is_ending(running.lease.control):
        running.boundary()


class _Alone(object):
    """Outside a workflow."""

    longest_seconds = _FOR_EVER

    def __init__(self):
        host = instance.choose_host()
        self.monotonic = host.monotonic
        self.wait = host.sleep

    def waited(self):
        return 0.0


class _InWorkflow(object):
    def __init__(self, running, is_safe):
        self._running = running
        self._is_safe = is_safe
        self.monotonic = running.engine.monotonic
        is_nested = running.prefix.count("/") > 1
        self.longest_seconds = _FOR_EVER if is_nested else running.engine.suspend_over_ms / 1000.0

    def waited(self):
        return self._running.waited() or 0.0

    def wait(self, seconds):
        self._running.wait(seconds, self._obey)

    def _obey(self):
        obey(self._running, self._is_safe)
