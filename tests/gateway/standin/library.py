"""The script library of a project, by the rules measured on a gateway.

Modules load at their first use, from text: a coding line is a syntax error. There is no __file__, and
__package__ is None. `system`, `fpmi`, `sys` and every top-level package are globals of every script.
A folder with code hides what lies below it. A resource that is not application-scoped, or does not
list its code.py, cannot be imported.
"""

from __future__ import absolute_import, division, print_function

import types

from java.lang import ThreadLocal
from java.lang.ref import WeakReference
from standin.resources import SCRIPT_TYPE


class Library(object):
    """A finder and loader for sys.meta_path of one interpreter.

    imports_race: as on a gateway, threads that touch a module by its path before it is loaded each run
    its top level; the last one stays."""

    def __init__(self, project, system, modules, imports_race=False):
        self._imports_race = imports_race
        self._loading = ThreadLocal()  # what this thread is loading in a race
        self._codes = _visible_codes(project)
        self._system = system
        self._modules = modules  # sys.modules of the interpreter that we serve
        self.top_packages = sorted({path.split("/")[0] for path in self._codes})
        self.loaded = []  # weak references to the globals of every module

    def find_module(self, name, path=None):
        if name.split(".")[0] not in self.top_packages:
            return None
        parts = name.split(".")
        for end in range(1, len(parts)):
            if "/".join(parts[:end]) in self._codes:
                return None
        where = "/".join(parts)
        if where not in self._codes and not self._has_modules(where):
            return None
        return self

    def load_module(self, name):
        found = self._modules.get(name) or (self._loading.get() or {}).get(name)
        return found if found is not None else self._load(name)

    def touch(self, name):
        """The module or package of a dotted path that a script names without an import."""
        if self._imports_race and name not in self._modules and self.find_module(name) is self:
            return self._load_in_race(name)
        __import__(name)
        return self._modules[name]

    def injected(self):
        """The globals that every script finds."""
        names = {"system": self._system, "fpmi": self._system, "sys": self._modules["sys"]}
        for package in self.top_packages:
            names[package] = LazyPackage(package, self._modules, self.touch)
        return names

    def _load_in_race(self, name):
        module = self._new_module(name)
        if name.replace(".", "/") not in self._codes:
            self._modules[name] = module
            return module
        mine = self._loading.get()
        if mine is None:
            mine = {}
            self._loading.set(mine)
        mine[name] = module
        try:
            self._execute(name, module)
        finally:
            del mine[name]
        self._modules[name] = module
        return module

    def _load(self, name):
        module = self._new_module(name)
        self._modules[name] = module
        if name.replace(".", "/") in self._codes:
            try:
                self._execute(name, module)
            except:  # noqa: E722  whatever it was, Java's too: a module that failed is not there
                self._modules.pop(name, None)
                raise
        return module

    def _new_module(self, name):
        module = types.ModuleType(str(name))
        module.__dict__["__package__"] = None
        module.__loader__ = self
        if name.replace(".", "/") not in self._codes:
            module.__path__ = ["<library:%s>" % name]
        return module

    def _execute(self, name, module):
        module.__dict__.update(self.injected())
        self.loaded.append(WeakReference(module.__dict__))
        code = compile_text(self._codes[name.replace(".", "/")], "<module:%s>" % name)
        exec(code, module.__dict__)

    def _has_modules(self, where):
        return any(path.startswith(where + "/") for path in self._codes)


class LazyPackage(object):
    """`exchange.workflows.api.service.enqueue(...)` without an import."""

    def __init__(self, name, modules, touch):
        self.__dict__["_name"] = name
        self.__dict__["_touch"] = touch
        self.__dict__["_modules"] = modules

    def __getattr__(self, attribute):
        name = "%s.%s" % (self._name, attribute)
        try:
            module = self._touch(name)
        except ImportError:
            if name in self._modules or self._name not in self._modules:
                raise
            package = self._modules[self._name]
            if not hasattr(package, attribute):
                raise
            return getattr(package, attribute)
        return (
            LazyPackage(name, self._modules, self._touch) if hasattr(module, "__path__") else module
        )

    def __repr__(self):
        return "<package %s>" % self._name


def compile_text(text, name):
    """Code compiled as the gateway does it: from unicode text, nothing inherited from us."""
    return compile(text, name, "exec", 0, 1)


def _visible_codes(project):
    """{path: text} of the modules that can be imported, as they are now: what changes on disk later
    is not seen before the next save."""
    codes = {}
    for path in project.paths(SCRIPT_TYPE):
        resource = project.resource(SCRIPT_TYPE, path)
        if resource.is_application_scoped:
            text = resource.text("code.py")
            if text is not None:
                codes[path] = text
    return codes
