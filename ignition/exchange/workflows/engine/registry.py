"""The workflow functions of this interpreter and their policies, by name and version."""

from __future__ import absolute_import, division, print_function

import inspect
import threading

from exchange.workflows import errors
from exchange.workflows.engine import checks

_ON_WORKER_LOST = ("retry", "hold", "fail")
_COMMANDS = ("auto", "manual")


class Definition(object):
    """One registered workflow function; `policies` is what the database keeps of it, `handlers` maps on_hold,
    on_resume, on_stop and on_abort to functions where it has them, `parameters` are its declared ones, None where it
    declares none."""

    def __init__(self, function, name, version, policies, handlers=None, parameters=None):
        self.function = function
        self.name = name
        self.version = version
        self.policies = policies
        self.handlers = handlers or {}
        self.parameters = parameters

    def registration(self):
        entry = dict(self.policies, handlers=sorted(self.handlers))
        entry["workflow_name"] = self.name
        entry["workflow_version"] = self.version
        entry["parameters"] = self.parameters
        entry["signature"] = signature_of(self.function)
        return entry


class Registry(object):
    """`revision` rises with every registration, so that a running worker sees that it must tell."""

    def __init__(self):
        self._definitions = {}
        self._steps = {}
        self._lock = threading.Lock()
        self.revision = 0

    def add(self, definition):
        key = (definition.name, definition.version)
        with self._lock:
            present = self._definitions.get(key)
            if present is not None:
                _refuse_other("workflow", definition.name, present.function, definition.function)
            self._definitions[key] = definition
            self.revision += 1

    def add_step(self, name, function):
        with self._lock:
            present = self._steps.get(name)
            if present is not None:
                _refuse_other("step", name, present, function)
            self._steps[name] = function

    def find(self, name, version):
        return self._definitions.get((name, version))

    def definitions(self):
        with self._lock:
            return sorted(self._definitions.values(), key=lambda one: (one.name, one.version))

    def names(self):
        return sorted(set(one.name for one in self.definitions()))

    def clear(self):
        """Forget everything; for tests."""
        with self._lock:
            self._definitions.clear()
            self._steps.clear()
            self.revision += 1


def signature_of(function):
    """What a function takes: {"arguments", "required": those without a default, "takes_more": whether any other name
    is taken too}. None where that cannot be told."""
    try:
        if hasattr(inspect, "getfullargspec"):
            found = inspect.getfullargspec(function)
            by_name, name_defaults, takes_more = found.kwonlyargs, found.kwonlydefaults or {}, found.varkw
        else:
            found = inspect.getargspec(function)
            by_name, name_defaults, takes_more = [], {}, found.keywords
    except TypeError:
        return None
    arguments = list(found.args)
    if inspect.ismethod(function):
        arguments = arguments[1:]
    required = arguments[: len(arguments) - len(found.defaults or ())]
    return {
        "arguments": arguments + by_name,
        "required": required + [name for name in by_name if name not in name_defaults],
        "takes_more": takes_more is not None,
    }


def _refuse_other(kind, name, present, function):
    if _place(present) != _place(function):
        raise errors.AlreadyRegistered(
            "%s name %s is taken by %s; %s needs another" % (kind, name, _place(present), _place(function)),
            detail={"field": "name", "value": name},
            hint="give one of them a name of its own: @%s(name=...)" % kind,
        )


def _place(function):
    """Where a function is defined. The same place again is a reload, not a second function."""
    name = getattr(function, "__qualname__", function.__name__)
    return "%s.%s" % (function.__module__, name)


def make_policies(
    queue, priority, timeout_seconds, max_attempts, backoff_seconds, backoff_rate, max_backoff_seconds,
    on_worker_lost, commands,
):
    """The policies of @workflow, checked."""
    checks.check_name("queue", queue)
    checks.check_number("priority", priority, -100, 100, is_whole=True)
    if timeout_seconds is not None:
        checks.check_number("timeout_seconds", timeout_seconds, 0.001, 3153600000)
    checks.check_number("max_attempts", max_attempts, 1, 1000000, is_whole=True)
    checks.check_seconds("backoff_seconds", backoff_seconds)
    checks.check_number("backoff_rate", backoff_rate, 1, 1000)
    checks.check_seconds("max_backoff_seconds", max_backoff_seconds)
    checks.check_word("on_worker_lost", on_worker_lost, _ON_WORKER_LOST)
    checks.check_word("commands", commands, _COMMANDS)
    return {
        "queue_name": queue,
        "priority": priority,
        "timeout_seconds": timeout_seconds,
        "max_attempts": max_attempts,
        "backoff_seconds": backoff_seconds,
        "backoff_rate": backoff_rate,
        "max_backoff_seconds": max_backoff_seconds,
        "on_worker_lost": on_worker_lost,
        "commands": commands,
    }


# In a gateway two threads can run this top level at once; what was registered by then is kept.
REGISTRY = globals().setdefault("REGISTRY", Registry())
