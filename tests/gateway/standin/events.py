"""Gateway event scripts by the rules of their files, and the threads of timers.

Line 1 is the header: whatever it says, the gateway puts its own there. What follows is a function body.
"""

from __future__ import absolute_import, division, print_function

import re
import sys
import traceback

from java.lang import System, Throwable
from java.util.concurrent import LinkedBlockingQueue, TimeUnit
from standin.interpreter import start_thread
from standin.output import log

HEADERS = {
    "startup": ("onStartup.py", "onStartup()"),
    "shutdown": ("onShutdown.py", "onShutdown()"),
    "update": ("onUpdate.py", "onUpdate(actor, resources)"),
    "timer": ("handleTimerEvent.py", "handleTimerEvent()"),
    "message": ("handleMessage.py", "handleMessage(payload)"),
    "tag-change": (
        "onTagChange.py",
        "onTagChange(initialChange, newValue, previousValue, event, executionCount)",
    ),
    "valueChanged": (
        None,
        "valueChanged(tag, tagPath, previousValue, currentValue, initialChange, missedEvents)",
    ),
}
_HEADER = re.compile(r"def\s+\w+\s*\(")


def function_text(kind, text):
    """The text that the gateway compiles for an event script."""
    header = "def %s:" % HEADERS[kind][1]
    lines = text.replace("\r\n", "\n").split("\n")
    if _HEADER.match(lines[0]):
        lines = lines[1:]
    return "\n".join([header] + lines) + "\n"


def make_function(interpreter, kind, text, where):
    """The function of an event script, in a scope of its own. Raises what the compiler raises."""
    scope = interpreter.new_scope()
    interpreter.execute(function_text(kind, text), "<%s>" % where, scope)
    return scope[HEADERS[kind][1].split("(")[0]]


def make_event(project, interpreter, kind, path=""):
    """The function of a project's event script, None where there is none or it is disabled."""
    resource = project.resource(kind, path)
    if resource is None or not resource.is_enabled:
        return None
    text = resource.text(HEADERS[kind][0])
    if text is None:
        return None
    where = "%s:%s/%s" % (project.name, kind, path) if path else "%s:%s" % (project.name, kind)
    return make_function(interpreter, kind, text, where)


def run_event(project, interpreter, kind, arguments=()):
    """Run a startup, shutdown or update script. A failure is logged; whether it went well."""
    try:
        function = make_event(project, interpreter, kind)
        if function is not None:
            interpreter.call(function, *arguments)
        return True
    except (Exception, Throwable):
        log_failure("%s script of project %s" % (kind, project.name))
        return False


def log_failure(what):
    log("ERROR", "EventScripts", "%s failed\n%s" % (what, failure_text()))


def failure_text():
    """The traceback of what is being handled. format_exc() cannot write text that is not ASCII."""
    kind, error, trace = sys.exc_info()
    try:
        text = "".join(traceback.format_exception(kind, error, trace))
    except (Exception, Throwable):
        text = "".join(traceback.format_tb(trace)) + repr(error)
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


class Timers(object):
    """The timers of one interpreter; those that share a thread are run one after the other."""

    def __init__(self, project, interpreter):
        self._is_stopped = False
        self._threads = []
        shared = []
        for path in project.paths("timer"):
            try:
                function = make_event(project, interpreter, "timer", path)
            except (Exception, Throwable):
                log_failure("timer %s of project %s" % (path, project.name))
                continue
            if function is None:
                continue
            timer = Timer(path, function, interpreter, project.resource("timer", path).attributes)
            if timer.is_shared:
                shared.append(timer)
            else:
                self._start("timer-%s-%s" % (project.name, path), [timer])
        if shared:
            self._start("timer-%s-shared" % project.name, shared)

    def stop(self):
        """No further run begins; one that runs goes on."""
        self._is_stopped = True
        threads, self._threads = self._threads, []
        for thread in threads:
            thread.wake()

    def _start(self, name, timers):
        waiting = LinkedBlockingQueue()

        def work():
            while not self._is_stopped:
                due = min(timers, key=lambda one: one.due)
                wait = due.due - System.nanoTime()
                if wait > 0:
                    waiting.poll(wait, TimeUnit.NANOSECONDS)
                    continue
                due.run()

        start_thread(name, work)
        self._threads.append(_Wake(waiting))


class Timer(object):
    def __init__(self, path, function, interpreter, attributes):
        self._path = path
        self._function = function
        self._interpreter = interpreter
        self._delay = int(attributes.get("delay", 1000)) * 1000000
        self._is_fixed_delay = attributes.get("fixedDelay", True)
        self._has_failed = False
        self.is_shared = attributes.get("sharedThread", True)
        self.due = System.nanoTime() + self._delay

    def run(self):
        planned = self.due
        try:
            self._interpreter.call(self._function)
            self._has_failed = False
        except (Exception, Throwable):
            if not self._has_failed:
                log_failure("timer %s" % self._path)
            self._has_failed = True
        now = System.nanoTime()
        # One that cannot keep its rate leaves the thread to those that have been due since.
        self.due = now + self._delay if self._is_fixed_delay else max(planned + self._delay, now)


class _Wake(object):
    def __init__(self, queue):
        self._queue = queue

    def wake(self):
        self._queue.put(True)
