"""One try of a step, counted and told to the observer."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors


class StepWatch(object):
    """Ends once: with its first outcome, since a retry waits in the same try for its time to come."""

    def __init__(self, engine, running, step, key, attempt):
        self._engine = engine
        self._name = step.name
        self._is_ended = False
        self._begun = engine.monotonic()
        self._began = engine.observer.step_began(running.lease, step, key, attempt)

    def end(self, outcome, error=None):
        if self._is_ended:
            return
        self._is_ended = True
        self._engine.state.figures.step_ended(self._name, outcome, self._engine.monotonic() - self._begun)
        self._engine.observer.step_ended(self._began, outcome, error)


def try_step(engine, running, step, key, attempt, args, kwargs):
    """What running.try_step answers or raises."""
    outer = getattr(running, "watch", None)
    watch = running.watch = StepWatch(engine, running, step, key, attempt)
    try:
        is_done, value = running.try_step(step, key, attempt, args, kwargs)
        watch.end("success" if is_done else "retry")
        return is_done, value
    except errors.ControlSignal:
        watch.end("left")
        raise
    except compat.EVERYTHING as error:
        watch.end("error", error)
        raise
    finally:
        running.watch = outer
