"""The script library of a project, by the rules measured on a gateway.

Modules load at their first use, from text: a coding line is a syntax error. There is no __file__, and
__package__ is None. `system`, `fpmi`, `sys` and every top-level package are globals of every script.
A folder with code hides what lies below it. A resource that is not application-scoped, or does not
list its code.py, cannot be imported.
"""

from __future__ import absolute_import, division, print_function

import types

from java.lang.ref import WeakReference
from standin.resources import SCRIPT_TYPE


class Library(object):
    """A finder and loader for sys.meta_path of one interpreter."""

    def __init__(self, project, system, modules):
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
        if name in self._modules:
            return self._modules[name]
        return self._load(name)

    def injected(self):
        """The globals that every script finds."""
        names = {"system": self._system, "fpmi": self._system, "sys": self._modules["sys"]}
        for package in self.top_packages:
            names[package] = LazyPackage(package, self._modules)
        return names

    def _load(self, name):
        module = types.ModuleType(str(name))
        code = self._codes.get(name.replace(".", "/"))
        module.__dict__["__package__"] = None
        module.__loader__ = self
        if code is None:
            module.__path__ = ["<library:%s>" % name]
            self._modules[name] = module
            return module
        module.__dict__.update(self.injected())
        self.loaded.append(WeakReference(module.__dict__))
        self._modules[name] = module
        try:
            exec(compile_text(code, "<module:%s>" % name), module.__dict__)
        except:  # noqa: E722  whatever it was, Java's too: a module that failed is not there
            self._modules.pop(name, None)
            raise
        return module

    def _has_modules(self, where):
        return any(path.startswith(where + "/") for path in self._codes)


class LazyPackage(object):
    """`exchange.workflows.api.service.enqueue(...)` without an import."""

    def __init__(self, name, modules):
        self.__dict__["_name"] = name
        self.__dict__["_modules"] = modules

    def __getattr__(self, attribute):
        name = "%s.%s" % (self._name, attribute)
        try:
            __import__(name)
        except ImportError:
            if name in self._modules or self._name not in self._modules:
                raise
            package = self._modules[self._name]
            if not hasattr(package, attribute):
                raise
            return getattr(package, attribute)
        module = self._modules[name]
        return LazyPackage(name, self._modules) if hasattr(module, "__path__") else module

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
