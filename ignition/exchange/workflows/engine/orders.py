"""Orders of operators: how a workflow leaves when it obeys, and the handler that it runs before.

A control word is `hold`, or `hold 2` where the handler on_hold runs first, for the second time in the life of this
workflow. The database is told before a handler begins: from then on its order cannot lapse. A handler is a recorded
step under a key of its own, and so are the steps in it: after a crash in the middle another worker goes on where it
stood. While it runs no other order is obeyed, and nothing in it leaves the thread. An error in it is reported with
the outcome and stops nothing: who is told to stop does stop.
"""

from __future__ import absolute_import, division, print_function

import json
import sys

from exchange.workflows import compat, errors

HANDLERS = ("on_hold", "on_resume", "on_stop", "on_abort")
_WORDS = {
    "hold": (errors.Held, "on_hold"),
    "pause": (errors.Held, None),
    "stop": (errors.Stopped, "on_stop"),
    "cancel": (errors.Cancelled, "on_stop"),
    "timeout": (errors.Cancelled, "on_stop"),
    "abort": (errors.Aborted, "on_abort"),
}
_ENDING = ("stop", "cancel", "timeout", "abort")


class HandlerStep(object):
    """What the context needs to run a handler as a step."""

    kind = "handler"
    retry_json = None

    def __init__(self, name, function):
        self.name = name
        self.name_json = json.dumps(name)
        self._function = function

    def function(self, *args, **kwargs):
        if self._function is not None:
            self._function(*args, **kwargs)

    def retries(self, error):
        return False


def is_ending(control):
    """Whether an order, with or without a handler, ends the workflow."""
    return (control or "").partition(" ")[0] in _ENDING


def obey(running):
    """Leave the workflow as ordered. The order is read once: another thread may take it back at any time. One to
    resume was obeyed when the workflow began."""
    control = running.lease.control or ""
    word, _, number = control.partition(" ")
    if word in ("", "resume"):
        return
    signal_class, name = _WORDS[word]
    signal = signal_class()
    if number:
        if not _is_begun(running, control, name, number):
            obey(running)
            return
        signal.error = _run_handler(running, name, number)
    running.leave(signal)


def begin(running):
    """Carry out what the workflow was claimed with. Where its try is not due yet, that is all."""
    running.boundary()
    while running.lease.control is not None:
        resume(running)
        running.boundary()
    if running.lease.row.get("early"):
        running.leave(errors.Released())


def resume(running):
    """Run on_resume where the workflow comes back from a hold; where that fails, it is held again."""
    control = running.lease.control or ""
    word, _, number = control.partition(" ")
    if word != "resume" or not _is_begun(running, control, "on_resume", number):
        return
    error = _run_handler(running, "on_resume", number)
    if error is not None:
        signal = errors.Held()
        signal.error = error
        running.leave(signal)
    if (running.lease.control or "").startswith("resume"):
        running.lease.order(None)


def _key_of(name, number):
    return name if number == "1" else "%s#%s" % (name, number)


def _is_begun(running, control, name, number):
    """Whether the order still stands now that the database knows that its handler begins."""
    key = _key_of(name, number)
    if key in running.recorded:
        return True
    text = '%s,"k":"%s","name":"%s","kind":"handler","ask":{"control":"%s"}}'
    answer = running.record(text % (running.lease.head, key, name, control))
    if answer["a"] != "begun":
        running.settle(answer, HandlerStep(name, None), key)
    running.lease.order(answer.get("c"))
    return answer.get("c") == control


def _run_handler(running, name, number):
    """The error that the handler raised, described, or None."""
    step = HandlerStep(name, running.handlers.get(name))
    inputs = running.lease.row["inputs"]
    args, kwargs = ((), inputs) if isinstance(inputs, dict) else ((inputs,), {})
    running.is_obeying = True
    try:
        running.run_keyed(step, _key_of(name, number), args, kwargs)
    except errors.ControlSignal:
        raise
    except compat.EVERYTHING as error:
        if compat.is_termination(error):
            raise
        return compat.describe_error(error, sys.exc_info()[2])[0]
    finally:
        running.is_obeying = False
    return None
