"""The decorators that make a function a workflow or a step.

    from exchange.workflows.engine.runtime import step, workflow

    @step(options={"retries_allowed": True, "max_attempts": 5})
    def read_level(tank):
        return {"tank": tank, "level": 4.2}

    @workflow()
    def fill(tank):
        return read_level(tank)
"""

from __future__ import absolute_import, division, print_function

import functools
import json

from exchange.workflows import compat, errors, settings
from exchange.workflows.engine import checks, context, orders, parallel, registry
from exchange.workflows.engine.parameters import checked_parameters

_OPTIONS = {
    "retries_allowed": None,
    "max_attempts": settings.STEP_MAX_ATTEMPTS,
    "interval_seconds": settings.STEP_INTERVAL_SECONDS,
    "backoff_rate": settings.STEP_BACKOFF_RATE,
    "max_interval_seconds": settings.STEP_MAX_INTERVAL_SECONDS,
    "retry_on": None,
}


def workflow(
    name=None,
    version=1,
    queue=settings.QUEUE_NAME,
    priority=0,
    timeout_seconds=None,
    max_attempts=1,
    backoff_seconds=1.0,
    backoff_rate=2.0,
    max_backoff_seconds=3600,
    on_worker_lost="retry",
    commands="auto",
    on_hold=None,
    on_resume=None,
    on_stop=None,
    on_abort=None,
    parameters=None,
):
    """Register a function as a workflow that can be enqueued by name.

    name                what to enqueue it by; the function's name where left out
    version             raise it when running workflows must go on with the old code
    queue, priority     where it is enqueued by default; -100 first, 0 normal, 100 last
    timeout_seconds     from its first start; time held does not count
    max_attempts        how often it may fail; each later try waits backoff_seconds * backoff_rate ** n, jittered,
                        and at most max_backoff_seconds
    on_worker_lost      "retry", "hold" (an operator decides) or "fail" when its worker dies
    commands            "auto" obeys at step boundaries, "manual" leaves HOLD, PAUSE, RESUME and STOP to the function,
                        which asks for them with recvCommand
    on_hold, on_resume, on_stop, on_abort
                        functions that take the inputs as the workflow does and bring its equipment into order: before
                        it is HELD, before it goes on from there, before it is STOPPED or CANCELLED (also by its
                        timeout), and after an ABORT, on whichever worker gets there. Call steps in them: those are
                        recorded, so that a crash in the middle is gone on from.

    parameters          what it takes, {name: {...}}: type ("text", "number", "integer", "boolean", "choice",
                        "datetime", "any"), required, default, min and max (of a number, or of the length of a text),
                        unit, choices or enum ("BatchMode", or "BatchMode:3" for that version), description. Names are
                        those of the function's arguments. Values that do not fit are refused when it is enqueued.

        @workflow(parameters={"temperature": {"type": "number", "min": 20, "max": 95, "unit": "degC"}})
        def heat(temperature): ...

    Calling the decorated function just runs it. Inside another workflow that raises NestedWorkflow.
    Raises BadArgument for a bad argument and AlreadyRegistered for a name that is taken.
    """
    if callable(name):
        return workflow()(name)
    policies = registry.make_policies(
        queue=queue,
        priority=priority,
        timeout_seconds=timeout_seconds,
        max_attempts=max_attempts,
        backoff_seconds=backoff_seconds,
        backoff_rate=backoff_rate,
        max_backoff_seconds=max_backoff_seconds,
        on_worker_lost=on_worker_lost,
        commands=commands,
    )

    handlers = _given_handlers(commands, on_hold, on_resume, on_stop, on_abort)

    def decorate(function):
        workflow_name = function.__name__ if name is None else name
        checks.check_name("name", workflow_name)
        checks.check_number("version", version, 1, 2147483647, is_whole=True)
        declared = checked_parameters(parameters, registry.signature_of(function))
        registry.REGISTRY.add(registry.Definition(function, workflow_name, version, policies, handlers, declared))

        @functools.wraps(function)
        def call(*args, **kwargs):
            if context.current() is not None:
                raise _nested(workflow_name, context.current())
            return function(*args, **kwargs)

        return call

    return decorate


def _given_handlers(commands, *functions):
    handlers = dict((name, one) for name, one in zip(orders.HANDLERS, functions) if one is not None)
    for name in handlers:
        if not callable(handlers[name]):
            raise errors.BadArgument("%s must be a function" % name, detail={"field": name})
        if commands == "manual" and name in ("on_hold", "on_resume"):
            problem = "%s is not called where commands is manual: the function handles HOLD and RESUME itself" % name
            raise errors.BadArgument(problem, detail={"field": name})
    return handlers


def _nested(workflow_name, running):
    return errors.NestedWorkflow(
        "workflow %s was called inside workflow %s" % (workflow_name, running.lease.row["name"]),
        detail={"workflow_name": workflow_name},
        hint="use getWorkflows().startChild(%r, ...) so that it gets a record of its own" % str(workflow_name),
    )


def step(name=None, options=None, transactional=False):
    """Register a function as a step: its result is recorded, and given back instead of running it again
    when the workflow comes back after a crash, a wait or a reload.

    name            unique among the steps; the function's name where left out; "#" and "/" are refused
    options         {"retries_allowed": True, "max_attempts": 3, "interval_seconds": 1.0, "backoff_rate": 2.0,
                    "max_interval_seconds": 3600, "retry_on": ["TimeoutError"]}: class names, base classes match too
    transactional   the function gets `tx` first; what it writes through tx.query(sql, args) and
                    tx.update(sql, args), with `?` for arguments, is committed together with its record or not at all

    A step outside a workflow just runs. `read_level.start(tank)` runs it beside the workflow and answers a handle at
    once; see rt.gather.
    """
    if callable(name):
        return step()(name)
    retry = _retry_policy(options)

    def decorate(function):
        defined = StepDefinition(function, function.__name__ if name is None else name, retry, transactional)
        registry.REGISTRY.add_step(defined.name, function)

        @functools.wraps(function)
        def call(*args, **kwargs):
            running = context.current()
            if running is None:
                return defined.run_alone(args, kwargs)
            return running.run_step(defined, args, kwargs)

        def start(*args, **kwargs):
            return parallel.start(context.current(), defined, args, kwargs)

        call.start = start
        return call

    return decorate


class StepDefinition(object):
    """A step function with what the engine needs to record and retry it."""

    def __init__(self, function, name, retry, transactional):
        checks.check_name("name", name)
        if "#" in name or "/" in name or name in orders.HANDLERS:
            problem = "a step name must not contain # or /, nor be that of a handler: %r" % name
            raise errors.BadArgument(problem, detail={"field": "name", "value": name})
        self.function = function
        self.name = name
        self.name_json = json.dumps(name)
        self.kind = "tx" if transactional else "step"
        self.retry_on = None
        self.retry_json = None
        if retry is not None:
            self.retry_on = retry["retry_on"]
            self.retry_json = json.dumps(dict((key, retry[key]) for key in retry if key != "retry_on"))

    def retries(self, error):
        """Whether this error is worth another try."""
        if self.retry_json is None or not getattr(error, "is_repeatable", True):
            return False
        if self.retry_on is None:
            return not isinstance(error, compat.FATAL)
        return not self.retry_on.isdisjoint(compat.class_names(error))

    def run_alone(self, args, kwargs):
        if self.kind == "step":
            return self.function(*args, **kwargs)
        from exchange.workflows.engine import instance

        with instance.getWorkflows().transaction() as tx:
            return self.function(tx, *args, **kwargs)


def _retry_policy(options):
    """The retry policy of @step, checked: None where errors are final at once."""
    given = dict(options or {})
    for option in given:
        if option not in _OPTIONS:
            problem = "options.%s is not an option of a step; there are %s" % (option, ", ".join(sorted(_OPTIONS)))
            raise errors.BadArgument(problem, detail={"field": "options.%s" % option})
    chosen = dict(_OPTIONS, **given)
    checks.check_number("options.max_attempts", chosen["max_attempts"], 1, 1000000, is_whole=True)
    checks.check_seconds("options.interval_seconds", chosen["interval_seconds"])
    checks.check_number("options.backoff_rate", chosen["backoff_rate"], 1, 1000)
    checks.check_seconds("options.max_interval_seconds", chosen["max_interval_seconds"])
    chosen["retry_on"] = _retry_names(chosen["retry_on"])
    is_allowed = chosen.pop("retries_allowed")
    if is_allowed is None:
        is_allowed = "max_attempts" in given or chosen["retry_on"] is not None
    return chosen if is_allowed and chosen["max_attempts"] > 1 else None


def _retry_names(retry_on):
    if retry_on is None:
        return None
    names = [retry_on] if isinstance(retry_on, compat.string_types + (type,)) else list(retry_on)
    return frozenset(one.__name__ if isinstance(one, type) else one for one in names)
