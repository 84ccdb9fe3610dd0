"""A CPython process as host: clock, threads, locks, queues, logging.

Every host module offers these names; engine/instance.py chooses one and nobody else imports one.
A gate is a semaphore that starts closed: acquire() waits, release() lets one waiter through.
A queue is unbounded, with put, get(block, timeout) and qsize; get raises QueueEmpty.
share(key, make) keeps one thing per process, unshare(key) forgets it; `shared` makes what may be kept there.
"""

from __future__ import absolute_import, division, print_function

import logging
import os
import queue  # novm: this host is CPython 3 only
import random
import socket
import threading
import time

from exchange.workflows.host import cpython_files as files  # noqa: F401  the buffer's
from exchange.workflows.host import cpython_shared as shared  # noqa: F401

IS_GATEWAY = False
QueueEmpty = queue.Empty
monotonic = time.monotonic  # novm
sleep = time.sleep
make_queue = queue.SimpleQueue  # novm
make_lock = threading.Lock
make_event = threading.Event
random_fraction = random.random


def make_gate():
    gate = threading.Lock()
    gate.acquire()
    return gate


def start_thread(name, target):
    """Start a daemon thread; answers join(seconds) and is_alive()."""
    thread = threading.Thread(target=target, name=name)
    thread.daemon = True
    thread.start()
    return thread


def get_logger(component):
    """A logger with debug, info, warning and error; the texts are key=value."""
    return logging.getLogger("exchange.workflows.%s" % component)


def host_name():
    return socket.gethostname()


def process_id():
    return os.getpid()


_shared = {}
_shared_lock = threading.Lock()


def share(key, make):
    """The one thing that this process keeps under `key`, made by make() where there is none."""
    with _shared_lock:
        if key not in _shared:
            _shared[key] = make()
        return _shared[key]


def unshare(key):
    """Forget what share() keeps under `key`."""
    with _shared_lock:
        _shared.pop(key, None)


def gateway_role():
    """(role, is_active); a process is no gateway, and always active."""
    return "process", True


def project_name():
    """The project whose scripts we are; a process has none."""
    return ""


def data_directory():
    """Where files of ours may be kept."""
    state = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return os.path.join(state, "ignition-workflows")
