"""A CPython process as host: clock, threads, locks, queues, logging.

Every host module offers these names; engine/instance.py chooses one and nobody else imports one.
A gate is a semaphore that starts closed: acquire() waits, release() lets one waiter through.
A queue is unbounded, with put, get(block, timeout) and qsize; get raises QueueEmpty.
"""

from __future__ import absolute_import, division, print_function

import logging
import os
import queue  # novm: this host is CPython 3 only
import random
import socket
import threading
import time

QueueEmpty = queue.Empty
monotonic = time.monotonic  # novm
sleep = time.sleep
make_queue = queue.SimpleQueue  # novm
make_lock = threading.Lock
make_event = threading.Event
make_local = threading.local
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
