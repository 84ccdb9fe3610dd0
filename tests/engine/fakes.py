"""Stand-ins for host and database: time moves when somebody waits, nothing runs by itself."""

import json
import queue
import threading
from typing import Any

from exchange.workflows import errors
from exchange.workflows.engine.lease import Lease
from exchange.workflows.host import cpython_files, cpython_shared

WORKFLOW_ID = "01a20000-0000-7000-8000-00000000000%d"
TOKEN = "01a20000-1111-4111-8111-00000000000%d"


class FakeEvent:
    """Waiting for it moves the clock and runs what the test planned for that time."""

    def __init__(self, host):
        self._host = host
        self._is_set = False

    def set(self):
        self._is_set = True

    def clear(self):
        self._is_set = False

    def is_set(self):
        return self._is_set

    def wait(self, seconds=None):
        if not self._is_set:
            self._host.pass_time(seconds or 0, self.is_set)
        return self._is_set


class FakeLog:
    def __init__(self, lines):
        self._lines = lines

    def info(self, text):
        self._lines.append(text)

    debug = warning = error = info


class FakeShared:
    """host.shared; waiting for a signal moves the clock. A test may say which thread asks."""

    def __init__(self, host):
        vars(self).update(vars(cpython_shared))
        self.make_signal = host.make_event
        self.is_alive = lambda thread: thread.is_alive()

    def wait_for(self, signal, seconds):
        signal.wait(seconds)
        signal.clear()


class FakeHost:
    """host.cpython with a clock under the test's control. `plans` are (time, callable) pairs."""

    QueueEmpty = queue.Empty
    make_queue: Any = staticmethod(queue.SimpleQueue)
    make_lock = staticmethod(threading.RLock)
    IS_GATEWAY = False
    files = cpython_files

    def __init__(self):
        self.now = 1000.0
        self.kept: dict[str, Any] = {}
        self.shared = FakeShared(self)
        self.plans = []
        self.waits = []
        self.log_lines = []
        self.role = ("process", True)

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.pass_time(seconds)

    def random_fraction(self):
        return 1.0

    def make_event(self):
        return FakeEvent(self)

    def make_gate(self):
        return FakeGate()

    def get_logger(self, component):
        return FakeLog(self.log_lines)

    def host_name(self):
        return "host"

    def process_id(self):
        return 1

    def project_name(self):
        return "plant"

    def share(self, key, make):
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    def unshare(self, key):
        self.kept.pop(key, None)

    def gateway_role(self):
        return self.role

    def plan(self, seconds, action):
        """Do something when that much time has passed."""
        self.plans.append((self.now + seconds, action))

    def pass_time(self, seconds, is_over=lambda: False):
        self.waits.append(seconds)
        until = self.now + seconds
        for planned in sorted(self.plans, key=lambda one: one[0]):
            if planned[0] <= until and not is_over():
                self.plans.remove(planned)
                self.now = max(self.now, planned[0])
                planned[1]()
        if not is_over():
            self.now = max(self.now, until)


class FakeGate:
    """Nobody may wait at it: in these tests the answer is there before. One pass per release."""

    def __init__(self):
        self.passes = 0

    def acquire(self):
        assert self.passes, "nobody answered"
        self.passes -= 1

    def release(self):
        assert not self.passes, "answered twice"
        self.passes += 1


class FakeSession:
    serial = 1
    has_place = True

    def leave(self):
        self.serial += 1

    def is_kept(self):
        return self.has_place


class FakeStore:
    """Answers what the test lined up per function, the last one for ever; an exception is raised.
    `calls` holds (name, arguments)."""

    def __init__(self, **answers):
        self._answers = {name: list(lined_up) for name, lined_up in answers.items()}
        self.calls = []

    def answer_with(self, **answers):
        """From now on, one answer per function."""
        for name, answer in answers.items():
            self._answers[name] = [answer]

    def asked(self, name):
        return [args for called, args in self.calls if called == name]

    def __getattr__(self, name):
        def call(*args):
            self.calls.append((name, args))
            lined_up = self._answers[name]
            answer = lined_up.pop(0) if len(lined_up) > 1 else lined_up[0]
            if isinstance(answer, Exception):
                raise answer
            return answer(*args) if callable(answer) else answer

        return call


def lost():
    """What a call raises when the connection breaks."""
    return errors.DatabaseError("connection lost", "08006", is_lost=True)


def poisoned():
    return errors.DatabaseError("unsupported Unicode escape sequence", "22P05")


def make_row(number=1, name="demo", **more):
    row = {
        "w": WORKFLOW_ID % number,
        "t": TOKEN % number,
        "name": name,
        "version": 1,
        "attempt": 1,
        "started": True,
        "inputs": {},
        "control": None,
        "steps": None,
    }
    row.update(more)
    return row


def make_lease(number=1, received_at=1000.0, **more):
    return Lease(make_row(number, **more), received_at)


def read_entry(text):
    """The record or outcome that a text stands for, without its opening brace and number."""
    return json.loads("{" + text)


class FakeRecorder:
    """Keeps the records and answers each by `answer(record)`, None for all being well. A handler may begin."""

    def __init__(self, answer=lambda record: None):
        self.records = []
        self.begun = []
        self.answer = answer
        self.answer_begin = lambda control: {"a": "begun", "c": control}

    def put(self, entry):
        lease, text, waiting = entry
        record = read_entry(text)
        if record["kind"] == "handler" and "ask" in record:
            self.begun.append((record["k"], record["ask"]["control"]))
            waiting.settle(self.answer_begin(lease.control))
            return
        self.records.append(record)
        waiting.settle(self.answer(record))


class FakeFinisher:
    def __init__(self):
        self.outcomes = []

    def put(self, entry):
        self.outcomes.append(read_entry(entry[1]))
