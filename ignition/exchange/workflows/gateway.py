"""What the event scripts of an Ignition gateway call: startup, tick, update, shutdown.

The library project calls them without arguments. A project of yours that has workflows names their modules in
its own startup script:

    exchange.workflows.gateway.startup(modules=["plant.flows"])

Each answers an envelope and never raises: an event script has nobody to catch it. What went wrong is logged.
"""

from __future__ import absolute_import, division, print_function

import functools
import json
import threading

from exchange.workflows import compat, errors, settings
from exchange.workflows.api import service  # noqa: F401  loaded here, so that no tag event has to
from exchange.workflows.api.envelope import answers, makeErr, makeOk
from exchange.workflows.engine import instance, registry
from exchange.workflows.engine.generation import Generation
from exchange.workflows.engine.worker import Worker

# Threads that meet a module which is not loaded yet can run its top level twice: what is there is kept.
_here = globals().setdefault("_here", {"lock": threading.RLock()})
_problems = {}


def _logged(function):
    """Log what went wrong: nobody reads the answer to an event script. One line for each new problem."""

    @functools.wraps(function)
    def call(*args, **kwargs):
        answer = function(*args, **kwargs)
        name, problem = function.__name__, None
        if not answer["ok"]:
            problem = "event=%s_failed code=%s error=%s" % (name, answer["code"], compat.one_line(answer["message"]))
        if problem is not None and problem != _problems.get(name):
            instance.choose_host().get_logger("gateway").error(problem)
        _problems[name] = problem
        return answer

    return call


@_logged
@answers("STARTUP_FAILED")
def startup(
    modules=None, dbName=None, queues=None, threads=None, journal=False, connections=None, parallelSteps=None
):
    """Begins the work of this project, and takes over from the scripts before the last save.

    modules: names of modules whose import registers workflows, like ["plant.flows"]; without any, this
        project enqueues and commands but works nothing. One that cannot be imported does not stop the others.
    dbName: the gateway's database connection; the default of every dbName. queues: their names, ["default"].
    threads: how many workflows run at a time, 16. parallelSteps: how many steps may run beside them, 16.
    journal: True keeps what enqueueInMemory accepted on the gateway's disk until it is in the database; a text is the
        directory.
    connections: how many of the database connection's pool (Max Active) the workflows of this gateway may use,
        8; three more for each further project with workflows. Another number holds from the next save on.

    Answers STARTED {project, generation, workflows, failedModules, dbName, journal}, at once: the worker registers
    in the background and waits for a database that is away. The same call again changes nothing; other
    arguments replace the worker. Errors: STARTUP_FAILED {error}, NOT_ALLOWED, INVALID_ARGUMENTS.

        exchange.workflows.gateway.startup(modules=["plant.flows"], dbName="WorkflowsDB", threads=8)
    """
    arguments = {"modules": _texts("modules", modules), "queues": _texts("queues", queues)}
    arguments.update(dbName=dbName, threads=threads, journal=journal, connections=connections)
    arguments.update(parallelSteps=parallelSteps)
    with _here["lock"]:
        return _startup(arguments)


@_logged
@answers("TICK_FAILED")
def tick():
    """Looks after the work of this project: for a gateway timer, every second. Starts what should run and
    does not, also in scripts whose startup has not been called yet since the last save.

    Answers RUNNING {generation, restarted} or NOT_STARTED. Errors: TICK_FAILED {error}.

        exchange.workflows.gateway.tick()
    """
    with _here["lock"]:
        generation = _here.get("generation")
        if generation is not None:
            return makeOk("RUNNING", "running", {"generation": generation.number, "restarted": generation.watch()})
        text = _remembered(instance.choose_host()).get()
        if text:
            return _startup(json.loads(text))
        return makeOk("NOT_STARTED", "startup was not called in this project")


def update():
    """For the update event, after a project was saved: the same as tick.

        exchange.workflows.gateway.update()
    """
    return tick()


@_logged
@answers("SHUTDOWN_FAILED")
def shutdown(drainSeconds=1):
    """Ends the work of this project: claims nothing more, lets what runs finish for drainSeconds, gives the rest
    back without using an attempt. A step that is still running then keeps its lease until it ends, or until the
    gateway's process does. A save runs it too, before the startup of the new scripts: keep it short.

    Answers STOPPED {generation, isEnded}. Errors: SHUTDOWN_FAILED {error}.

        exchange.workflows.gateway.shutdown()
    """
    with _here["lock"]:
        generation = _here.pop("generation", None)
        _here.pop("arguments", None)
    if generation is None:
        return makeOk("STOPPED", "nothing was running", {"generation": None, "isEnded": True})
    if not generation.is_over():
        _remembered(instance.choose_host()).set(None)
    is_ended = generation.end(drainSeconds)
    message = "stopped" if is_ended else "a step is still running and ends in the background"
    return makeOk("STOPPED", message, {"generation": generation.number, "isEnded": is_ended})


@answers("SWAP_FAILED")
def swap():
    """Starts the work of this project over as a new generation, without a save.

    Answers SWAPPED {generation}; NOT_STARTED where nothing was started. Errors: SWAP_FAILED {error}.

        exchange.workflows.gateway.swap()
    """
    with _here["lock"]:
        if "generation" not in _here:
            return makeErr("NOT_STARTED", "startup was not called in this project")
        return makeOk("SWAPPED", "swapped", {"generation": _begin(_here["arguments"]).number})


def _startup(arguments):
    host = instance.choose_host()
    if arguments["dbName"] is not None:
        instance.set_default_database(host, arguments["dbName"])
    if arguments.get("connections"):
        instance.set_connections(host, arguments["dbName"], arguments["connections"])
    failed = _import(host, arguments["modules"])
    rt = instance.getWorkflows(arguments["dbName"])
    journal = arguments["journal"]
    if journal:
        rt.buffer.open_journal(host.data_directory() if journal is True else journal)
    rt.buffer.start()
    generation = _here.get("generation")
    if generation is None or _is_other(_here["arguments"], arguments):
        _remembered(host).set(json.dumps(arguments))
        generation = _begin(arguments)
    data = {
        "project": host.project_name(),
        "generation": generation.number,
        "workflows": registry.REGISTRY.names(),
        "failedModules": failed,
        "dbName": arguments["dbName"],
        "journal": bool(journal),
    }
    return makeOk("STARTED", "generation %d" % generation.number, data)


def _begin(arguments):
    """A new generation in place of the one before, which ends by itself when it sees the counter."""
    host = instance.choose_host()

    def make_worker(number):
        if not arguments["modules"]:
            return None
        return Worker(
            connector=instance.getWorkflows(arguments["dbName"]).connector,
            queues=arguments["queues"] or [settings.QUEUE_NAME],
            threads=arguments["threads"] or settings.THREADS,
            parallel_steps=arguments["parallelSteps"] or settings.PARALLEL_STEPS,
            name="%s:%s" % (host.host_name(), host.project_name()),
            generation=number,
        )

    generation = Generation(host, make_worker, _close_if_last).begin()
    _here.update(generation=generation, arguments=arguments)
    return generation


def _close_if_last():
    """A generation that ended because of swap() leaves the connections to its successor in this interpreter."""
    with _here["lock"]:
        generation = _here.get("generation")
        if generation is None or generation.is_over():
            _here.pop("generation", None)
            instance.shutdown()


def _is_other(present, asked):
    """Whether a second startup asks for another worker. Without modules it asks for none, and changes nothing."""
    return bool(asked["modules"]) and present != asked


def _remembered(host):
    """The arguments of the last startup of this project, kept over saves."""
    return host.share("exchange.workflows.startup.%s" % host.project_name(), host.shared.make_reference)


def _import(host, modules):
    """Import what registers the workflows; the problems by module name."""
    failed = {}
    for name in modules:
        try:
            __import__(name)
        except compat.ERRORS as error:
            if compat.is_ending(error):
                raise
            failed[name] = compat.one_line(error)
            host.get_logger("gateway").error("event=module_failed module=%s error=%s" % (name, failed[name]))
    return failed


def _texts(field, values):
    if values is None:
        return []
    if isinstance(values, compat.string_types) or not all(isinstance(one, compat.string_types) for one in values):
        raise errors.BadArgument("%s must be a list of names" % field, detail={"field": field})
    return [compat.to_text(one) for one in values]
