"""For your own test suite: run a workflow without a database, drain a queue, move time.

    from exchange.workflows import testing

    ended = testing.run_inline(weigh_tank, {"tank": "T-101"}, steps={"read_scale": {"kilograms": 5}})
    assert ended.status == "SUCCESS"

    with testing.create_test_database(server_dsn) as database:
        database.workflows.enqueue("weigh_tank", {"tank": "T-101"})
        assert [one["status"] for one in database.drain()] == ["SUCCESS"]
        database.move_time(hours=8)
"""

from __future__ import absolute_import, division, print_function

import importlib
import json
import logging
import os
import threading

from exchange.workflows import compat, errors, settings
from exchange.workflows.engine import context, parallel, payload, registry
from exchange.workflows.engine.client import Workflows
from exchange.workflows.engine.drain import OneThreadWorker
from exchange.workflows.engine.instance import choose_host, getWorkflows
from exchange.workflows.engine.lease import Lease
from exchange.workflows.engine.memory_exchange import MemoryExchange
from exchange.workflows.engine.stand_ins import StandIns

_MOST_WAITS = 1000
# Due, by less than what would count as waiting.
_JUST_DUE_MS = -2


class Ended(object):
    """How a workflow ended inline. `status` is SUCCESS or ERROR, `error` the exception it raised. `steps`
    are its records in order, each with step_key, step_name, kind, status, output, error and attempts.
    What it did to others: `events` and `streams` by key, `sent`, `prompts` and `children` in order."""

    def __init__(self, status, result, error, memory):
        self.status = status
        self.result = result
        self.error = error
        self.steps = memory.steps
        self.events = memory.exchange.events
        self.streams = memory.exchange.streams
        self.sent = memory.exchange.sent
        self.prompts = memory.exchange.prompts
        self.children = memory.exchange.children

    def __repr__(self):
        return "Ended(status=%r, result=%r, error=%r)" % (self.status, self.result, self.error)


def run_inline(
    workflow, inputs=None, steps=None, messages=None, answers=None, events=None, children=None
):
    """Run a workflow in this thread, without a database, to its end.

    workflow: the decorated function, or its registered name.
    inputs: what would be enqueued. They go through JSON, as they would there; declared defaults stand for what is
        missing, but whether values fit is left to the database.
    steps: stand-ins by step name: a value to return, an exception to raise, a function to call with the
        step's arguments, or a list of these, one per call and per try (so a list to return is written
        [[1, 2]]). Steps not named here run for real;
        a transactional one needs a stand-in, which is called without `tx`.
    messages: what it receives, lists by topic. answers: to its prompts, one after the other. events: of other
        workflows, dicts by their id. Where there is none, or no more, a wait is over its time at once.
    children: stand-ins for the workflows that it starts, by name, as in steps; a function gets the child's inputs.

    Waits take no time. At each sleep and before each further try of a step the workflow leaves and comes
    back by replay, as it would on a worker, so that code which does not replay fails here too. An exception
    ends it: `max_attempts` of the workflow is left to the database.

    Returns Ended. Raises UnknownId for a name that is not registered, BadValue for inputs without a JSON form.

        ended = run_inline(fetch, steps={"download": [IOError("no route"), "ok"]})
    """
    definition = _find_definition(workflow)
    memory = _Memory(steps, MemoryExchange(messages, answers, events, children))
    text = payload.to_json(_with_defaults(definition, {} if inputs is None else inputs), "inputs")
    for _ in range(_MOST_WAITS):
        running = memory.claim(definition)
        try:
            return _work(running, definition.function, json.loads(text))
        except errors.Suspended:
            continue
        finally:
            context.enter(None)
    raise errors.NotFinished("workflow %s has waited %d times and goes on" % (definition.name, _MOST_WAITS))


def _with_defaults(definition, inputs):
    """As the SQL function with_defaults does it."""
    if not isinstance(inputs, dict):
        return inputs
    filled = dict(inputs)
    for field in definition.parameters or []:
        if "default" in field and filled.get(field["name"]) is None:
            filled[field["name"]] = field["default"]
    return filled


def drain(dbName=None, queueName=None):
    """Claim and work everything that is claimable, in this thread, until nothing is left.

    dbName: as for getWorkflows; None is the default database. queueName: one queue; None is all of them.

    It is a worker like any other: registered, with leases, on the real tables. What waits for time to pass
    (DELAYED, WAITING) or for an operator is left; move time and drain again.

    Returns each workflow that was worked, once, as get_workflow answers it, in the order of their first claim.
    Raises what the database answers.

        assert [one["status"] for one in testing.drain(queueName="default")] == ["SUCCESS"]
    """
    return OneThreadWorker(getWorkflows(dbName), queueName).drain()


def create_test_database(server_dsn=None):
    """Make a database of its own on a server, with the schema installed, whose time can be moved.

    server_dsn: where; the user must be allowed to make databases. None is WORKFLOWS_DSN.

    Returns a ThrowawayDatabase for a with block: `dsn`, `workflows` (its runtime), `drain()`,
    `move_time(seconds, minutes, hours, days)`. It is dropped at the end. Time can be moved nowhere else.

        with create_test_database("postgresql://localhost/postgres") as database:
            database.move_time(hours=8)
    """
    dsn = server_dsn or os.environ.get("WORKFLOWS_DSN")
    if not dsn:
        raise errors.NotConfigured("no server was named: give server_dsn, or set WORKFLOWS_DSN")
    # By name, because the export to a gateway leaves that part out.
    return importlib.import_module("exchange.workflows.cpython.throwaway_database").ThrowawayDatabase(dsn)


def _find_definition(workflow):
    """The newest version under a name, or the definition of a decorated function."""
    known = registry.REGISTRY.definitions()
    if isinstance(workflow, compat.string_types):
        found = [one for one in known if one.name == workflow]
    else:
        place = (workflow.__module__, workflow.__name__)
        found = [one for one in known if (one.function.__module__, one.function.__name__) == place]
    if not found:
        raise errors.UnknownId("no workflow is registered as %s" % compat.to_text(workflow))
    return found[-1]


def _work(running, function, inputs):
    """One go from the top: Ended, or Suspended raised."""
    context.enter(running)
    try:
        result = function(**inputs) if isinstance(inputs, dict) else function(inputs)
        parallel.end(running)
        result = json.loads(payload.to_clean_json(result, "result")[0])
    except errors.Suspended:
        raise
    except compat.ERRORS as error:
        if running.signal is not None:
            raise running.signal
        return Ended("ERROR", None, error, running.engine)
    if running.signal is not None:
        raise running.signal
    return Ended("SUCCESS", result, None, running.engine)


class _Memory(object):
    """What a Context calls its engine, with a list in place of the database and a clock of its own."""

    is_releasing = False
    suspend_over_ms = -1
    payload_bytes = settings.PAYLOAD_BYTES
    parallel = None
    make_lock = staticmethod(threading.Lock)

    def __init__(self, stand_ins, exchange):
        self.steps = []
        self._by_key = {}
        self._stand_ins = StandIns(stand_ins)
        self.exchange = exchange
        self.facade = Workflows(_NoHost(), _NoDatabase())
        self._seconds = 0.0
        self._workflow_id = compat.new_id()

    def claim(self, definition):
        recorded = [
            {
                "k": step["step_key"],
                "name": step["step_name"],
                "kind": step["kind"],
                "status": step["status"],
                "output": step["output"],
                "error": step["error"],
                "attempts": step["attempts"],
                "due_ms": _JUST_DUE_MS,
            }
            for step in self.steps
        ]
        row = {"w": self._workflow_id, "t": compat.new_id(), "name": definition.name, "started": True}
        row["steps"] = recorded
        return _InlineContext(Lease(row, self._seconds), self, definition.function, None, {})

    def stand_in(self, step):
        return self._stand_ins.for_step(step)

    def may_start(self, lease):
        return True

    def try_step(self, running, step, key, attempt, args, kwargs):
        return running.try_step(step, key, attempt, args, kwargs)

    def tries_again(self, running, error):
        pass

    def record(self, lease, text, gate):
        record = json.loads('{"n":0,' + text)
        if "ask" in record:
            answer = self.exchange.answer(record, record["k"] in self._by_key)
            record.update(status=answer["status"], output=answer.get("output"), error=answer.get("error"))
            self._keep(record, record["status"])
            return answer
        retry = record.get("retry")
        is_tried_again = retry is not None and record["attempt"] < retry["max_attempts"]
        self._keep(record, "RETRYING" if is_tried_again else record["status"])
        return {"n": 0, "a": "retry" if is_tried_again else "recorded", "due_ms": 1}

    def _keep(self, record, status):
        step = self._by_key.get(record["k"])
        if step is None:
            step = self._by_key[record["k"]] = {}
            self.steps.append(step)
        step.update(
            step_key=record["k"],
            step_name=record["name"],
            kind=record["kind"],
            status=status,
            output=record.get("output"),
            error=record.get("error"),
            attempts=record["attempt"],
        )

    def run_transaction(self, running, step, key, attempt, args, kwargs):
        raise errors.BadArgument(
            "step %s is transactional and there is no database: name it in steps" % step.name,
            detail={"field": "steps"},
        )

    # The clock: waiting moves it.

    def monotonic(self):
        return self._seconds

    def make_event(self):
        return self

    def wait(self, seconds):
        self._seconds += seconds

    def set(self):
        pass

    def clear(self):
        pass


class _NoHost(object):
    """Enough of a host for the runtime that a workflow finds inline; it starts and shares nothing."""

    make_lock = staticmethod(threading.Lock)
    make_event = staticmethod(threading.Event)
    get_logger = staticmethod(logging.getLogger)

    @property
    def shared(self):
        return choose_host().shared

    def share(self, key, make):
        return make()


class _NoDatabase(object):
    schema = settings.SCHEMA_NAME

    def call(self, sql, args):
        raise errors.NotConfigured("inline there is no database: put this into a step and give it a stand-in")


class _InlineContext(context.Context):
    """Puts the stand-in in the step's place, so that keys, replay and tries are the engine's own."""

    __slots__ = ()

    def run_step(self, step, args, kwargs):
        return context.Context.run_step(self, self.engine.stand_in(step), args, kwargs)
