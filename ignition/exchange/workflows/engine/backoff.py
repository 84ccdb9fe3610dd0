"""Waiting out a database that is away: full jitter, and one log line per change of state."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, settings


class Backoff(object):
    def __init__(self, host, purpose):
        self._host = host
        self._log = host.get_logger(purpose)
        self._purpose = purpose
        self._failures = 0

    @property
    def is_down(self):
        return self._failures > 0

    def failed(self, error):
        """Note a failure; returns how many seconds to wait before the next try. Who kills this thread is obeyed."""
        if compat.is_termination(error):
            raise error
        self._failures += 1
        if self._failures == 1:
            code = getattr(error, "code", None)
            self._log.warning(
                "event=database_away purpose=%s code=%s error=%s"
                % (self._purpose, code, compat.one_line(error))
            )
        longest = settings.RECONNECT_SECONDS * 2 ** min(self._failures - 1, 10)
        longest = min(longest, settings.RECONNECT_MAX_SECONDS)
        return max(0.02, longest * self._host.random_fraction())

    def worked(self):
        if self._failures:
            self._log.info("event=database_back purpose=%s failures=%d" % (self._purpose, self._failures))
            self._failures = 0
