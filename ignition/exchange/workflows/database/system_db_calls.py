"""Which calls are under way, and since when.

A gateway gives a call over its pool no time limit of its own: where the network swallows the answer, the thread
waits until the connection's socketTimeout, or for as long as the operating system hopes. Another thread can say so.
"""

from __future__ import absolute_import, division, print_function

from java.lang import System, Thread


class CallsUnderWay(object):
    def __init__(self):
        # One for each thread, by its number; single operations on it are atomic.
        self._begun = {}

    def begin(self, sql):
        self._begun[Thread.currentThread().getId()] = (sql, System.nanoTime())

    def end(self):
        self._begun.pop(Thread.currentThread().getId(), None)

    def longer_than(self, seconds):
        """{name of the function: since how many seconds} of those that take longer."""
        now = System.nanoTime()
        taken = [(_function_of(sql), (now - begun) / 1e9) for sql, begun in list(self._begun.values())]
        return dict(sorted(one for one in taken if one[1] > seconds))


def _function_of(sql):
    """`select workflows.renew_worker(...)`: renew_worker."""
    return sql.partition("(")[0].rpartition(".")[2]
