"""Run by Jython. Arguments: the unpacked project, a folder for classes.

Compiles every script module of the project from its text, as a gateway does, and keeps the classes that
come of it; then imports every module, with a `system` that answers nothing but a logger. Prints one JSON
object with "compiled", "not_compiled", "imported", "not_imported" and the "threads" that imports began.
"""

from __future__ import absolute_import, division, print_function

import imp
import json
import os
import sys
import types

from java.io import ByteArrayInputStream, FileOutputStream
from java.lang import Thread, Throwable
from org.python.core import imp as compiler  # type: ignore[attr-defined]
from org.python.util import PythonInterpreter

SCRIPTS = os.path.join("ignition", "script-python")


class NothingHere(types.ModuleType):
    """A `system` at import time: asking it for more than a logger is what the gate is for."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise AssertionError("system.%s was used at import" % name)


class Logger(object):
    def __getattr__(self, name):
        return lambda *arguments: None


class Finder(object):
    """A folder with code.py is a module and hides what is below it; other folders are packages."""

    def __init__(self, root, system):
        self.root, self.system = root, system

    def find_module(self, name, path=None):
        folder = os.path.join(self.root, *name.split("."))
        return self if os.path.isdir(folder) else None

    def load_module(self, name):
        folder = os.path.join(self.root, *name.split("."))
        module = sys.modules[name] = imp.new_module(name)
        module.__dict__["__package__"] = None
        module.__dict__["system"] = self.system
        source = os.path.join(folder, "code.py")
        if not os.path.exists(source):
            module.__path__ = [folder]
            return module
        try:
            exec(compile(read(source), "<module:%s>" % name, "exec", 0, True), module.__dict__)
        except (BaseException, Throwable):
            del sys.modules[name]
            raise
        return module


def read(path):
    with open(path, "rb") as source:
        return source.read().decode("utf-8")


def modules(root):
    found = []
    for folder, _, names in os.walk(root):
        if "code.py" in names:
            found.append(os.path.relpath(folder, root).replace(os.sep, "."))
    return sorted(found)


def compile_all(root, classes):
    compiled, not_compiled = [], {}
    for name in modules(root):
        text = read(os.path.join(root, name.replace(".", os.sep), "code.py"))
        try:
            PythonInterpreter().compile(text)
            stream = ByteArrayInputStream(text.encode("utf-8"))
            content = compiler.compileSource(name, stream, name)
            target = FileOutputStream(os.path.join(classes, name + ".class"))
            target.write(content)
            target.close()
            compiled.append(name)
        except (BaseException, Throwable) as error:
            not_compiled[name] = "%s: %s" % (type(error).__name__, error)
    return compiled, not_compiled


def import_all(root):
    system = NothingHere("system")
    system.__dict__["util"] = NothingHere("system.util")
    system.util.__dict__["getLogger"] = lambda name: Logger()
    sys.meta_path.insert(0, Finder(root, system))  # type: ignore[arg-type]
    imported, not_imported = [], {}
    for name in modules(root):
        try:
            __import__(name)
            imported.append(name)
        except (BaseException, Throwable) as error:
            not_imported[name] = "%s: %s" % (type(error).__name__, error)
    return imported, not_imported


def threads():
    alive = Thread.getAllStackTraces()  # type: ignore[attr-defined]
    return {one.getId(): one.getName() for one in alive.keySet()}


def main(project, classes):
    root = os.path.join(project, SCRIPTS)
    compiled, not_compiled = compile_all(root, classes)
    before = threads()
    imported, not_imported = import_all(root)
    answer = {
        "compiled": compiled,
        "not_compiled": not_compiled,
        "imported": imported,
        "not_imported": not_imported,
        "threads": [name for key, name in threads().items() if key not in before],
    }
    print(json.dumps(answer))


main(*sys.argv[1:])
