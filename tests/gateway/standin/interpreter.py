"""One interpreter of one project: its own system state, modules and standard output.

Nothing outside may keep a strong reference to it beyond a call: after a save it must be collectable.
"""

from __future__ import absolute_import, division, print_function

import types

from java.lang import Runnable, Thread
from java.lang.ref import WeakReference
from org.python.core import Py, PySystemState
from standin import gateway_classes
from standin.library import Library

SYSTEM_PARTS = ("db", "util", "project", "dataset", "date", "tag", "net")


class Interpreter(object):
    def __init__(self, project, gateway):
        self.project_name = project.name
        self._state = PySystemState()
        self._state.stdout = gateway.output
        self._state.stderr = gateway.output
        modules = self._state.modules
        modules["sys"] = self._state
        self.system = _make_system(gateway.system_parts(project.name), modules)
        self.library = Library(project, self.system, modules, gateway.imports_race)
        self._state.meta_path.insert(0, gateway_classes.Finder(gateway, modules))
        self._state.meta_path.insert(0, self.library)
        self.weak_state = WeakReference(self._state)

    def call(self, function, *arguments):
        """Call a function with this interpreter as that of the running thread."""
        before = Py.getSystemState()
        Py.setSystemState(self._state)
        try:
            return function(*arguments)
        finally:
            Py.setSystemState(before)

    def new_scope(self):
        """The globals of a script that is not a library module."""
        scope = {"__name__": "__main__", "__package__": None}
        scope.update(self.library.injected())
        return scope

    def execute(self, text, name, scope):
        """Run a text in a scope."""
        self.call(_execute, text, name, scope)

    def execute_line(self, text, scope):
        """Run a statement as at a prompt: the value of an expression is printed."""
        self.call(_execute, text + "\n", "<prompt>", scope, "single")

    def evaluate(self, text, scope):
        """The value of an expression in a scope."""
        return self.call(_evaluate, text, scope)

    def trace(self):
        """What tells whether this interpreter is still alive when nothing else of it is kept."""
        return Trace(self.project_name, [self.weak_state], self.library.loaded)


class Trace(object):
    """Weak references into an interpreter that was replaced."""

    def __init__(self, project_name, states, module_globals):
        self.project_name = project_name
        self._references = states + module_globals

    def is_alive(self):
        return any(one.get() is not None for one in self._references)


class Work(Runnable):
    """A function for a Java thread. It lets go of the function before it ends."""

    def __init__(self, function):
        self._function = function

    def run(self):
        function, self._function = self._function, None
        function()


def start_thread(name, function):
    """A daemon thread of Java, outside every project."""
    thread = Thread(Work(function), name)
    thread.setDaemon(True)
    thread.start()
    return thread


def _execute(text, name, scope, kind="exec"):
    exec(compile(text, name, kind, 0, 1), scope)


def _evaluate(text, scope):
    return eval(compile(text, "<expression>", "eval", 0, 1), scope)


def _make_system(parts, modules):
    system = types.ModuleType("system")
    modules["system"] = system
    for name in SYSTEM_PARTS:
        part = types.ModuleType("system.%s" % name)
        modules["system.%s" % name] = part
        setattr(system, name, part)
        for attribute, value in parts[name].items():
            setattr(part, attribute, value)
    return system
