"""What a worker notes of its own doings, in a process and in a gateway: lines of JSON in files that
several processes write, each line appended in one write. Valid Jython 2.7."""

from __future__ import absolute_import, division, print_function

import json
import os
import time

from exchange.workflows import errors
from exchange.workflows.compat import new_id
from exchange.workflows.database import sqlstates
from exchange.workflows.database.store import Store
from exchange.workflows.engine import instance

try:
    from java.time import Instant
except ImportError:
    Instant = None  # type: ignore[assignment, misc]

_WRITES = ("record_steps", "finish_workflows", "claim_workflows", "renew_worker")


def now():
    """Seconds since the epoch, by the clock that the server reads too. Jython's own has milliseconds."""
    if Instant is None:
        return time.time()
    instant = Instant.now()
    return instant.getEpochSecond() + instant.getNano() / 1e9  # type: ignore[attr-defined]


def append(path, *lines):
    """The lines, in one write, at the end of a file."""
    text = "".join([json.dumps(line) + "\n" for line in lines])
    number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(number, text.encode("utf-8"))
    finally:
        os.close(number)


def writes_of(name, args):
    """What a call tries to write: [number, workflow, token, step key or outcome, result, status]."""
    if name not in ("record_steps", "finish_workflows"):
        return []
    return [
        [
            one["n"],
            one["w"],
            one["t"],
            one.get("k") if name == "record_steps" else one["outcome"],
            one.get("output", one.get("result")),
            one.get("status"),
        ]
        for one in json.loads(args[1])
    ]


def record_calls(directory, worker, generation=0):
    """Write every call of the worker to its log: invoke before, then ok, fail or info = unknown."""
    call = Store._text
    path = os.path.join(directory, "client_%s.jsonl" % worker)
    prefix = "%s:%s:%s" % (worker, instance.choose_host().process_id(), generation)

    def recorded(self, name, *args):
        if name not in _WRITES:
            return call(self, name, *args)
        line = {"call": name, "writes": writes_of(name, args)}
        # Jython 2.7.3 keeps the interpreter alive that made the last itertools.count.
        line["number"] = "%s:%s" % (prefix, new_id())

        def note(kind, answer=None):
            append(path, dict(line, type=kind, time=now(), answer=answer))

        if line["writes"]:
            note("invoke")
        try:
            answer = call(self, name, *args)
        except errors.WorkflowsError as error:
            note("info" if sqlstates.is_lost(error) else "fail", getattr(error, "code", None))
            raise
        if line["writes"]:
            note("ok", json.loads(answer) if answer else None)
        return answer

    Store._text = recorded  # type: ignore[method-assign]
