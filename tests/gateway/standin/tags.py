"""Tags in memory, with their value-changed scripts.

Events of all tags share three threads. A tag keeps five events that wait; what comes on top is dropped,
and the next event says that some were missed.
"""

from __future__ import absolute_import, division, print_function

import collections
import threading

from java.lang import Thread
from java.util import Date
from java.util.concurrent import Executors, ThreadFactory
from standin.interpreter import Work
from standin.quality import BasicQualifiedValue, QualityCode

EVENT_THREADS = 3
WAITING_EVENTS = 5
DEFAULT_PROVIDER = "default"


class Tag(object):
    def __init__(self, path):
        self.path = path
        self.current = BasicQualifiedValue(None, QualityCode.Uncertain)
        self.script = None  # the text of its value-changed script
        self.write_quality = QualityCode.Good
        self.lock = threading.Lock()
        self.waiting = collections.deque()
        self.is_queued = False
        self.is_initial = True
        self.has_missed = False
        self.missed_count = 0


class Tags(object):
    def __init__(self, run_script):
        """run_script(tag, arguments) runs a value-changed script and never raises."""
        self._run_script = run_script
        self._tags = {}
        self.listeners = []  # listener(tag, previous, current, is_initial)
        self._threads = Executors.newFixedThreadPool(EVENT_THREADS, _Threads())

    def find(self, path):
        return self._tags.get(full_path(path))

    def create(self, path, value=None, script=None):
        tag = self._tags.setdefault(full_path(path), Tag(full_path(path)))
        if script is not None:
            tag.script = script
        if value is not None:
            self.change(tag, value)
        return tag

    def delete(self, path):
        return self._tags.pop(full_path(path), None)

    def paths(self):
        return sorted(self._tags)

    def write(self, path, value):
        """The quality of the write: a refused one changes nothing."""
        tag = self.find(path)
        if tag is None:
            return QualityCode("Bad_NotFound", 519)
        if tag.write_quality.isGood():
            self.change(tag, value)
        return tag.write_quality

    def change(self, tag, value, quality=None):
        """A new value, as from a device. An event follows where value or quality differ."""
        with tag.lock:
            previous = tag.current
            current = BasicQualifiedValue(value, quality, Date())
            tag.current = current
            if previous.value == value and previous.quality == current.quality:
                return
            is_initial, tag.is_initial = tag.is_initial, False
            if tag.script is not None:
                self._add_event(tag, previous, current, is_initial)
        for listener in list(self.listeners):
            listener(tag, previous, current, is_initial)

    def _add_event(self, tag, previous, current, is_initial):
        if len(tag.waiting) >= WAITING_EVENTS:
            tag.has_missed = True
            tag.missed_count += 1
            return
        tag.waiting.append((previous, current, is_initial))
        if not tag.is_queued:
            tag.is_queued = True
            self._threads.submit(Work(lambda: self._deliver(tag)))

    def _deliver(self, tag):
        with tag.lock:
            previous, current, is_initial = tag.waiting.popleft()
            missed, tag.has_missed = tag.has_missed, False
        self._run_script(tag, (tag, tag.path, previous, current, is_initial, missed))
        with tag.lock:
            tag.is_queued = bool(tag.waiting)
            if tag.is_queued:
                self._threads.submit(Work(lambda: self._deliver(tag)))


class _Threads(ThreadFactory):
    def __init__(self):
        self._count = 0

    def newThread(self, work):
        self._count += 1
        thread = Thread(work, "tag-event-%d" % self._count)
        thread.setDaemon(True)
        return thread


def full_path(path):
    """A tag path with its provider, without a property at the end."""
    path = "%s" % path
    if not path.startswith("["):
        path = "[%s]%s" % (DEFAULT_PROVIDER, path)
    return path.rsplit(".", 1)[0] if path.endswith((".value", ".Value")) else path
