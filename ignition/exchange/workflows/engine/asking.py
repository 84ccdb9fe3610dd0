"""A step that exchanges something with others: the database does it in the transaction that records it.

The record carries what is asked, the answer what came of it. What is not there yet is answered `waiting`: a
short wait asks again in this thread, a long one leaves it, and the replay asks again.
"""

from __future__ import absolute_import, division, print_function

import json

from exchange.workflows import compat, errors, settings
from exchange.workflows.engine import context, replay

_STEPS = dict(
    (kind, replay.Asked(name, kind))
    for name, kind in (
        ("send", "send"),
        ("recv", "receive"),
        ("recvCommand", "command"),
        ("setEvent", "event"),
        ("getEvent", "get_event"),
        ("writeStream", "stream"),
        ("progress", "progress"),
        ("prompt", "prompt"),
    )
)
_WAITS = ("receive", "command", "get_event", "prompt", "await")
_VALUES = dict((name, replay.Asked(name, "value")) for name in ("now", "uuid", "random"))


def running_here(facade):
    """The workflow that this thread works on in the database of `facade`, which may have come by another way to the
    same one; or None."""
    running = context.current()
    if running is None:
        return None
    own = running.engine.facade
    return running if own in (None, facade) or _place(own) == _place(facade) else None


def _place(facade):
    """Database and schema. A connector that does not name them is a place of its own."""
    return getattr(facade.connector, "place", facade.connector)


def new_id(name):
    """An id to send something under; inside a workflow one that a replay gives again."""
    running = context.current()
    return compat.new_id() if running is None else running.next_id(name)


def require_running(facade, name):
    running = running_here(facade)
    if running is None:
        raise errors.NotInWorkflow("%s is for a workflow: no workflow runs in this thread" % name)
    return running


def ask(running, step, make_ask):
    """Record one exchange and return what came of it. `step` is a kind, or a replay.Asked with a name of its own;
    `make_ask(key)` is what is asked, as JSON text."""
    step = _STEPS.get(step, step)
    if running.is_parallel and step.kind in _WAITS:
        raise errors.InsideStep(
            "%s was called inside parallel step %s" % (step.name, running.prefix[:-1]),
            hint="wait for messages, events, prompts and children in the workflow function itself",
        )
    key = running.next_key(step.name)
    is_known, value = _recorded(running, step, key)
    if is_known:
        return value
    text = _text(running, step, key, '"ask":%s' % make_ask(key))
    while True:
        answer = running.record(text)
        if answer["a"] != "waiting":
            return running.settle(answer, step, key)
        due_ms = answer.get("due_ms")
        is_long = due_ms is None or due_ms > running.engine.suspend_over_ms
        if is_long and not running.is_obeying:
            running.leave(errors.Suspended(key))
        seconds = settings.ASK_AGAIN_SECONDS
        running.wait(seconds if is_long else min(seconds, max(due_ms, 1) / 1000.0))


def value(running, name, make):
    """Record a value once. `make()` is the value; None where the database makes it."""
    step = _VALUES[name]
    key = running.next_key(name)
    is_known, recorded = _recorded(running, step, key)
    if is_known:
        return recorded
    made = None if make is None else make()
    what = '"ask":{"value":"now"}' if make is None else '"output":%s' % json.dumps(made)
    answer = running.record(_text(running, step, key, what))
    if answer is None or answer["a"] == "recorded":
        return made
    return running.settle(answer, step, key)


def _recorded(running, step, key):
    """(True, value) where it is recorded, else (False, None), at the boundary before it is asked."""
    recorded = running.recorded.get(key)
    if recorded is not None:
        replay.check_fit(recorded, key, step.name, step.kind)
        if replay.is_final(recorded):
            return True, replay.value_of(recorded, (running.function,))
    running.boundary()
    return False, None


def _text(running, step, key, what):
    return '%s,"k":%s,"name":%s,"kind":"%s","status":"SUCCESS","attempt":1,%s}' % (
        running.lease.head, json.dumps(key), step.name_json, step.kind, what,
    )
