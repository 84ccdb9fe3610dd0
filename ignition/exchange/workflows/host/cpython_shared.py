"""Containers for several threads, the same names and methods as in host/ignition_shared.py.

queue: offer, poll and peek (None where it is empty), isEmpty, iteration. map: get, put, remove. entry: get(n),
set(n, text). number: get, set, addAndGet. reference: get, set, compareAndSet. lock: lock, unlock.
A signal is notified by many and waited for by one, who then looks at what changed.
"""

from __future__ import absolute_import, division, print_function

import collections
import threading


class make_queue(object):
    def __init__(self):
        self._waiting = collections.deque()
        self.offer = self._waiting.append

    def poll(self):
        try:
            return self._waiting.popleft()
        except IndexError:
            return None

    def peek(self):
        try:
            return self._waiting[0]
        except IndexError:
            return None

    def isEmpty(self):
        return not self._waiting

    def __iter__(self):
        return iter(self._waiting)


class make_map(object):
    def __init__(self):
        self._kept = {}
        self.get = self._kept.get
        self.put = self._kept.__setitem__

    def remove(self, key):
        return self._kept.pop(key, None)


class make_entry(object):
    __slots__ = ("_parts",)

    def __init__(self, count):
        self._parts = [None] * count

    def get(self, number):
        return self._parts[number]

    def set(self, number, text):
        self._parts[number] = text


class make_number(object):
    def __init__(self, value=0):
        self._value = value
        self._lock = threading.Lock()

    def get(self):
        return self._value

    def set(self, value):
        self._value = value

    def addAndGet(self, more):
        with self._lock:
            self._value += more
            return self._value


class make_reference(object):
    def __init__(self, value=None):
        self._value = value
        self._lock = threading.Lock()

    def get(self):
        return self._value

    def set(self, value):
        self._value = value

    def compareAndSet(self, expected, value):
        with self._lock:
            if self._value is not expected:
                return False
            self._value = value
            return True


class make_lock(object):
    def __init__(self):
        held = threading.RLock()
        self.lock = held.acquire
        self.unlock = held.release


make_signal = threading.Event


def notify(signal):
    if not signal.is_set():
        signal.set()


def wait_for(signal, seconds):
    signal.wait(seconds)
    signal.clear()


this_thread = threading.current_thread


def is_alive(thread):
    return thread.is_alive()
