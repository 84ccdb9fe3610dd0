"""Containers that may outlive the scripts that made them: Java objects, for host.share() in a gateway.

The same names as host/cpython_shared.py, which says what they can. Into a reference or an entry go texts and
other Java objects only. A lock is taken for microseconds and never while anything is waited for.
"""

from __future__ import absolute_import, division, print_function

from java.lang import Thread
from java.util.concurrent import ConcurrentHashMap, ConcurrentLinkedQueue, Semaphore, TimeUnit
from java.util.concurrent.atomic import AtomicLong, AtomicReference, AtomicReferenceArray
from java.util.concurrent.locks import ReentrantLock

make_queue = ConcurrentLinkedQueue
make_map = ConcurrentHashMap
make_entry = AtomicReferenceArray
make_number = AtomicLong
make_reference = AtomicReference
make_lock = ReentrantLock
this_thread = Thread.currentThread


def make_signal():
    return Semaphore(0)


def notify(signal):
    if signal.availablePermits() == 0:
        signal.release()


def wait_for(signal, seconds):
    signal.tryAcquire(max(1, int(seconds * 1000)), TimeUnit.MILLISECONDS)
    signal.drainPermits()


def is_alive(thread):
    return thread.isAlive()
