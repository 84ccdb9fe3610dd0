"""The role of this gateway in a redundant pair."""

from __future__ import absolute_import, division, print_function


class Redundancy(object):
    """What a test sets."""

    def __init__(self, is_enabled=False, is_master=True, is_active=True, is_hidden=False):
        self.is_enabled = is_enabled
        self.is_master = is_master
        self.is_active = is_active
        self.is_hidden = is_hidden  # as if this version had no such interface


class Constant(object):
    """A constant of a Java enum, as scripts see it."""

    def __init__(self, name):
        self._name = name

    def name(self):
        return self._name

    def toString(self):
        return self._name

    def __str__(self):
        return self._name

    __repr__ = __str__


class RedundancyManager(object):
    def __init__(self, redundancy):
        self._redundancy = redundancy

    def isRedundancyEnabled(self):
        return self._redundancy.is_enabled

    def isMaster(self):
        return self._redundancy.is_master

    def isActive(self):
        return self._redundancy.is_active

    def getCurrentState(self):
        return RedundancyState(self._redundancy)


class RedundancyState(object):
    def __init__(self, redundancy):
        self._redundancy = redundancy

    def getRole(self):
        if not self._redundancy.is_enabled:
            return Constant("Independent")
        return Constant("Master" if self._redundancy.is_master else "Backup")

    def getActivityLevel(self):
        return Constant("Active" if self._redundancy.is_active else "Warm")
