"""Who of several threads, in several interpreters of one process, does what one alone may do."""

from __future__ import absolute_import, division, print_function


class Seat(object):
    """A thread that has died has left its seat."""

    def __init__(self, host, reference):
        self._shared = host.shared
        self._holder = reference

    def take(self):
        """Whether this thread has the seat now."""
        me = self._shared.this_thread()
        holder = self._holder.get()
        if holder is not None and holder is not me and self._shared.is_alive(holder):
            return False
        return holder is me or self._holder.compareAndSet(holder, me)

    def leave(self):
        self._holder.compareAndSet(self._shared.this_thread(), None)
