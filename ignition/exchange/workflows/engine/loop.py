"""The loop of one part of a worker: a turn, a wait, a turn. What a turn could not catch is logged, and the
next one tries again: a part that ends silently would leave a worker that looks alive and does nothing."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat

_AFTER_ERROR_SECONDS = 1.0


def keep_turning(host, ending, purpose, turn, wait):
    """Until `ending` is set. `turn` returns for how many seconds to wait, `wait` waits for so many."""
    while not ending.is_set():
        try:
            seconds = turn()
        except compat.EVERYTHING as error:
            host.get_logger(purpose).error("event=engine_error error=%s" % compat.one_line(error))
            if compat.is_termination(error):
                raise
            seconds = _AFTER_ERROR_SECONDS
        if seconds > 0:
            wait(seconds)
