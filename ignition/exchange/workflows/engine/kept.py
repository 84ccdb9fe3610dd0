"""What one part of the engine shares with the other interpreters of its process, under names of its own."""

from __future__ import absolute_import, division, print_function


class Kept(object):
    def __init__(self, host, prefix):
        self._host = host
        self._prefix = prefix
        self._names = []

    def __call__(self, name, make):
        """The one that everybody in this process has under this name."""
        self._names.append(name)
        return self._host.share(self._prefix + name, make)

    def forget(self):
        for name in self._names:
            self._host.unshare(self._prefix + name)
