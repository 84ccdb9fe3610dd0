"""One life of a project's scripts between two reloads, and its takeover by the next one.

A gateway that saves a project gives it a new interpreter and lets the old threads run on with the old code.
The generations of a project share one counter; whoever raised it last is current. An older one claims
nothing more, gives each workflow back at its next step boundary and ends when nothing is held any more: a
step that is running keeps its lease until its end, so that nothing runs twice at once.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors, settings
from exchange.workflows.engine.loop import keep_turning

_LOOK_SECONDS = 0.1
_RETRY_SECONDS = 5.0
_LONG_SECONDS = 3600.0


def counter(host):
    """The number of the generation that is current in this project, 0 before the first."""
    return host.share("exchange.workflows.generation.%s" % host.project_name(), host.shared.make_number)


class Generation(object):
    """`make_worker(number)` gives the worker of this life, None where the project only enqueues; `on_end`
    closes what the interpreter holds."""

    def __init__(self, host, make_worker, on_end):
        self._host = host
        self._make_worker = make_worker
        self._on_end = on_end
        self._counter = counter(host)
        self._log = host.get_logger("generation")
        self._over = host.make_event()
        self._ended = host.make_event()
        self._thread = None
        self._said = None
        self._drain_seconds = 0
        self._try_at = 0.0
        self.worker = None
        self.number = None

    def begin(self):
        """Become the current generation; returns at once, the worker starts in the background."""
        self.number = self._counter.addAndGet(1)
        self._thread = self._host.start_thread("workflows-generation", self.run)
        return self

    def is_over(self):
        return self._over.is_set() or self._counter.get() != self.number

    def watch(self):
        """Start again what should run and does not; the names of those parts."""
        if self.is_over():
            return []
        if not self._thread.is_alive():
            self._thread = self._host.start_thread("workflows-generation", self.run)
            return ["generation"]
        if self.worker is None:
            return []
        self.worker.poll()
        self.worker.tell_hanging()
        return self.worker.watch()

    def end(self, drain_seconds):
        """Claim nothing more and let what runs finish for so long; then it is given back at its next step
        boundary. Whether everything has ended by then; what has not goes on ending in the background."""
        self._drain_seconds = drain_seconds
        self._over.set()
        return self._ended.wait(drain_seconds + settings.RELEASE_SECONDS)

    def run(self):
        keep_turning(self._host, self._over, "generation", self.turn, self._over.wait)
        self._leave()

    def turn(self):
        """Start the worker where it could not be started yet, and see whether a later generation has begun; returns
        for how many seconds to wait then."""
        if self.is_over():
            self._over.set()
        elif self.worker is None:
            self._try_to_start()
        return _LOOK_SECONDS

    def _try_to_start(self):
        """A database that refuses now, because nobody has installed the schema yet, is asked again."""
        now = self._host.monotonic()
        if now < self._try_at:
            return
        self._try_at = now + _RETRY_SECONDS
        try:
            worker = self._make_worker(self.number)
            if worker is None:
                self._try_at = now + _LONG_SECONDS
                return
            worker.start()
        except errors.SchemaVersionMismatch as error:
            self._say(_about_schema(error))
        except compat.ERRORS as error:
            if compat.is_ending(error):
                raise
            hint = getattr(error, "hint", None)
            self._say("event=not_started error=%s%s" % (compat.one_line(error), " hint=%s" % hint if hint else ""))
        else:
            self.worker = worker
            self._log.info("event=started generation=%d worker_id=%s" % (self.number, worker.worker_id))

    def _say(self, text):
        """One line for each new problem, not one for each try."""
        if text != self._said:
            self._said = text
            self._log.error(text)

    def _leave(self):
        worker, self.worker = self.worker, None
        try:
            if worker is not None:
                worker.drain(self._drain_seconds)
                worker.release()
                while not worker.wait_until_empty(_LONG_SECONDS):
                    pass
                worker.end()
            self._on_end()
        finally:
            self._log.info("event=ended generation=%d" % self.number)
            self._ended.set()


def _about_schema(error):
    """The line that says what to do: run a file, or bring the scripts up to the schema."""
    found = (error.detail or {}).get("schema_version")
    if found is not None and int(found) > settings.SCHEMA_VERSION:
        return "event=schema_newer error=%s hint=%s" % (error.message, error.hint)
    return "event=schema_missing error=%s run=ignition-workflows-%s.sql" % (error.message, settings.VERSION)
