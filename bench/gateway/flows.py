"""The workflows that a gateway runs when it is measured.

Progress goes to a file as JSON lines, with times of the monotonic clock; Java and Python share it
on one host.
"""

from __future__ import absolute_import, division, print_function

import json

from java.io import FileWriter
from java.lang import Runnable, System, Thread
from java.util.concurrent import ConcurrentLinkedQueue
from java.util.concurrent.atomic import AtomicInteger

from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import step, workflow

FILE = "@FILE@"
REPORT_MS = 20
MARK_EVERY = 500
_counter = AtomicInteger()
_marks = ConcurrentLinkedQueue()
_picked = ConcurrentLinkedQueue()
_last = [0.0]


def now():
    return System.nanoTime() * 1e-9


def ran():
    count = _counter.incrementAndGet()
    _last[0] = at = now()
    if count == 1 or count % MARK_EVERY == 0:
        _marks.add([count, at])


def taken(queue):
    found = []
    while True:
        one = queue.poll()
        if one is None:
            return found
        found.append(one)


class Reporter(Runnable):
    def run(self):
        writer = FileWriter(FILE, True)
        told = 0
        while True:
            Thread.sleep(REPORT_MS)
            count, picked = _counter.get(), taken(_picked)
            if count != told or picked:
                told = count
                news = {
                    "count": count,
                    "last_at": _last[0],
                    "marks": taken(_marks),
                    "picked": picked,
                }
                writer.write(json.dumps(news) + "\n")
                writer.flush()


def report():
    thread = Thread(Reporter(), "bench-report")
    thread.setDaemon(True)
    thread.start()


@workflow()
def noop(number, padding):
    ran()


@workflow()
def pickup(number, padding):
    _picked.add([number, now()])


@step()
def add(number):
    return number + 1


@workflow()
def three_steps(number, padding):
    for _ in range(3):
        number = add(number)
    ran()
    return number


@workflow()
def patient(number, padding):
    while True:
        getWorkflows().checkCancelled()
        Thread.sleep(10)
