"""The classes of Inductive that scripts may import: com.inductiveautomation...

The rest of `com` stays Java's.
"""

from __future__ import absolute_import, division, print_function

import types

from org.python.core import Py
from standin import dataset, quality
from standin.output import Logger
from standin.redundancy import RedundancyManager

_OWN_STATE = Py.getSystemState()
OURS = "com.inductiveautomation"


class Finder(object):
    """For sys.meta_path of one interpreter."""

    def __init__(self, gateway, modules):
        self._modules = modules
        self._contents = _contents(gateway)
        self._packages = {"com"}
        for name in self._contents:
            parts = name.split(".")
            self._packages.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))

    def find_module(self, name, path=None):
        if name in self._packages:
            return self
        if name.startswith("com.") and not name.startswith(OURS):
            return self
        return None

    def load_module(self, name):
        if name in self._modules:
            return self._modules[name]
        if name in self._packages:
            module = types.ModuleType(str(name))
            module.__path__ = []
            module.__dict__.update(self._contents.get(name, {}))
        else:
            module = _java_package(name)
        self._modules[name] = module
        return module


class IgnitionGateway(object):
    """com.inductiveautomation.ignition.gateway.IgnitionGateway"""

    _gateway = None

    @classmethod
    def get(cls):
        return Context(cls._gateway)


class Context(object):
    def __init__(self, gateway):
        self._gateway = gateway

    def getDatasourceManager(self):
        return DatasourceManager(self._gateway)

    def getSystemManager(self):
        return SystemManager(self._gateway)

    def getRedundancyManager(self):
        if self._gateway.redundancy.is_hidden:
            raise AttributeError("getRedundancyManager")
        return RedundancyManager(self._gateway.redundancy)


class DatasourceManager(object):
    def __init__(self, gateway):
        self._gateway = gateway

    def getConnection(self, name):
        return self._gateway.sr_connection(name)


class SystemManager(object):
    def __init__(self, gateway):
        self._gateway = gateway

    def getDataDir(self):
        return self._gateway.data_dir

    def getSystemName(self):
        return self._gateway.name


def _contents(gateway):
    bound = type("IgnitionGateway", (IgnitionGateway,), {"_gateway": gateway})
    utilities = type("DatasetUtilities", (object,), {"PyDataSet": dataset.PyDataSet})
    return {
        OURS + ".ignition.gateway": {"IgnitionGateway": bound},
        OURS
        + ".ignition.common": {
            "Dataset": dataset.Dataset,
            "BasicDataset": dataset.BasicDataset,
        },
        OURS + ".ignition.common.script.builtin": {"DatasetUtilities": utilities},
        OURS + ".ignition.common.util": {"LoggerEx": Logger},
        OURS
        + ".ignition.common.model.values": {
            "QualityCode": quality.QualityCode,
            "QualifiedValue": quality.QualifiedValue,
            "BasicQualifiedValue": quality.BasicQualifiedValue,
        },
    }


def _java_package(name):
    """Imported by the interpreter that we were made in: ours would ask us again."""
    before = Py.getSystemState()
    Py.setSystemState(_OWN_STATE)
    try:
        found = __import__(name)
    finally:
        Py.setSystemState(before)
    for part in name.split(".")[1:]:
        found = getattr(found, part)
    return found
