"""An Ignition gateway as host: clock, threads, locks, queues, logging, and what lives as long as the gateway.

The same names as host/cpython.py. Threads are daemon Java threads. Locks and events are Jython's own, which are
made of java.util.concurrent and were as fast here as bare latches; queues and gates are Java objects.
Scripts are loaded anew at every save; what share() keeps is not, so it keeps nothing of Python.
"""

from __future__ import absolute_import, division, print_function

import random
import threading

from java.io import File
from java.lang import IllegalArgumentException, Object, Runnable, System, Thread
from java.lang.management import ManagementFactory
from java.net import InetAddress
from java.util.concurrent import ConcurrentHashMap, LinkedBlockingQueue, Semaphore, TimeUnit

from exchange.workflows import compat
from exchange.workflows.host import ignition_files as files  # noqa: F401  the buffer's
from exchange.workflows.host import ignition_shared as shared  # noqa: F401

IS_GATEWAY = True
SHARED_KEY = "exchange.workflows"
_NOTHING = object()

make_lock = threading.Lock
make_event = threading.Event
random_fraction = random.random


class QueueEmpty(Exception):
    pass


def monotonic():
    return System.nanoTime() * 1e-9


def sleep(seconds):
    """Raises java.lang.InterruptedException where the thread is interrupted."""
    if seconds > 0:
        Thread.sleep(max(1, int(seconds * 1000)))


class make_gate(object):
    """No interrupt ends the wait: the release that came later would let the next one through too early."""

    __slots__ = ("acquire", "release")

    def __init__(self):
        semaphore = Semaphore(0)
        self.acquire = semaphore.acquireUninterruptibly
        self.release = semaphore.release


class make_queue(object):
    __slots__ = ("_queue", "qsize")

    def __init__(self):
        self._queue = LinkedBlockingQueue()
        self.qsize = self._queue.size

    def put(self, entry):
        # Not put(), which an interrupt ends: the queue is never full.
        self._queue.offer(_NOTHING if entry is None else entry)

    def get(self, block=True, timeout=None):
        if not block:
            entry = self._queue.poll()
        elif timeout is None:
            entry = self._queue.take()
        else:
            entry = self._queue.poll(int(timeout * 1e9), TimeUnit.NANOSECONDS)
        if entry is None:
            raise QueueEmpty()
        return None if entry is _NOTHING else entry


class _Running(Runnable):
    def __init__(self, target):
        self._target = target

    def run(self):
        self._target()


class _StartedThread(object):
    def __init__(self, thread):
        self._thread = thread

    def join(self, seconds=None):
        if seconds is None:
            self._thread.join()
        elif seconds > 0:
            self._thread.join(max(1, int(seconds * 1000)))

    def is_alive(self):
        return self._thread.isAlive()


def start_thread(name, target):
    """Start a daemon thread; answers join(seconds) and is_alive()."""
    thread = Thread(_Running(target), name)
    thread.setDaemon(True)
    thread.start()
    return _StartedThread(thread)


class _Log(object):
    """The gateway's logger under the names of Python's. Writing a log line never fails, whatever its text."""

    def __init__(self, logger):
        self._logger = logger

    def debug(self, text):
        self._write("debug", text)

    def info(self, text):
        self._write("info", text)

    def warning(self, text):
        self._write("warn", text)

    def error(self, text):
        self._write("error", text)

    def _write(self, level, text):
        try:
            getattr(self._logger, level)(compat.to_text(text))
        except compat.ERRORS as error:
            if compat.is_ending(error):
                raise


def get_logger(component):
    """A logger with debug, info, warning and error; the texts are key=value."""
    return _Log(compat.gateway_system().util.getLogger("exchange.workflows.%s" % component))


def host_name():
    try:
        return compat.to_text(InetAddress.getLocalHost().getHostName())
    except compat.ERRORS:
        return compat.to_text(System.getenv("HOSTNAME") or System.getenv("COMPUTERNAME") or "unknown")


def process_id():
    return int(ManagementFactory.getRuntimeMXBean().getName().split("@")[0])


# What lives as long as the gateway


def share(key, make):
    """The one Java object that this gateway keeps under `key`, for all projects and across saves; made by
    make() where there is none. Two threads may both call make(): the first to be kept wins.
    """
    kept = _shared()
    found = kept.get(key)
    if found is None:
        made = make()
        if not _is_java(made):
            raise IllegalArgumentException("only Java objects may outlive a script: %s is %s" % (key, type(made)))
        found = kept.putIfAbsent(key, made)
        found = made if found is None else found
    return found


def _is_java(made):
    if isinstance(made, (bool, float) + compat.string_types + compat.integer_types):
        return True
    return isinstance(made, Object) and not made.getClass().getName().startswith("org.python.")


def unshare(key):
    """Forget what share() keeps under `key`."""
    _shared().remove(key)


def _shared():
    kept = compat.gateway_system().util.getGlobals()
    if kept.get(SHARED_KEY) is None:
        # Read again: whoever came first is the one that everybody uses.
        kept.setdefault(SHARED_KEY, ConcurrentHashMap())
    return kept.get(SHARED_KEY)


# Which gateway this is


def gateway_role():
    """(role, is_active): role is independent, master or backup. Never raises: where the gateway does not
    tell, it is one that stands alone."""
    try:
        redundancy = compat.gateway_context().getRedundancyManager()
        if not redundancy.isRedundancyEnabled():
            return "independent", True
        return "master" if redundancy.isMaster() else "backup", bool(redundancy.isActive())
    except compat.ERRORS as error:
        if compat.is_termination(error):
            raise
        return "independent", True


def project_name():
    """The project whose scripts we are, "" where the gateway does not tell."""
    for find in (
        lambda system: system.util.getProjectName(),
        lambda system: system.project.getProjectName(),
    ):
        try:
            return compat.to_text(find(compat.gateway_system()) or "")
        except compat.ERRORS as error:
            if compat.is_termination(error):
                raise
    return ""


def data_directory():
    """Where files of ours may be kept on this gateway."""
    try:
        parent = compat.gateway_context().getSystemManager().getDataDir()
    except compat.ERRORS as error:
        if compat.is_termination(error):
            raise
        parent = System.getProperty("user.home")
    return compat.to_text(File(parent, "exchange-workflows").getPath())
