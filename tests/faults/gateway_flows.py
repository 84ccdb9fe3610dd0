"""The workflows of plant.py as a gateway's scripts: the text of the module plant.flows, in which each
gateway gets constants of its own and each save another GENERATION. Valid Jython 2.7."""

from __future__ import absolute_import, division, print_function

import os
import time

from plant import recording  # type: ignore[import-not-found]

from exchange.workflows.engine import context
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import step, workflow

DIRECTORY = ""
WORKER = ""
GENERATION = 0

recording.record_calls(DIRECTORY, WORKER, GENERATION)


def path_of(name):
    return os.path.join(DIRECTORY, name)


def touch(name):
    open(path_of(name), "a").close()


def line_of(value=None):
    running = context.current()
    return {
        "workflow_id": running.workflow_id,
        "token": running.lease.token,
        "step_key": running.prefix.rstrip("/"),
        "worker": WORKER,
        "generation": GENERATION,
        "time": recording.now(),
        "value": value,
    }


def effect(value=None):
    recording.append(path_of("effects.jsonl"), line_of(value))


def wait_for_file(name, seconds=30.0):
    until = time.time() + seconds
    while not os.path.exists(path_of(name)) and time.time() < until:
        time.sleep(0.01)


@step()
def first(n):
    effect(n)
    return n + 1


@step()
def second(n, seconds=0.0, until=None):
    effect(n)
    begun = line_of()
    if until:
        touch("in_%s" % until)
        wait_for_file(until)
    time.sleep(seconds)
    recording.append(path_of("bodies.jsonl"), dict(begun, ended=recording.now()))
    return "%d by %s" % (n, context.current().lease.token)


@step()
def third(text):
    effect(text)
    return text


@workflow()
def three_steps(n=0, seconds=0.0, until=None):
    return third(second(first(n), seconds, until))


@workflow()
def no_steps(until=None, seconds=0.0):
    """Its only write is its outcome."""
    if until:
        touch("in_%s" % until)
        wait_for_file(until)
    time.sleep(seconds)
    return context.current().lease.token


@workflow()
def steps_after_waiting(until):
    """Waits outside of any step, and only then begins one."""
    touch("in_%s" % until)
    wait_for_file(until)
    return first(first(1))


@workflow()
def waits_after_step(until):
    second(1, 0.0, until)
    touch("in_end")
    wait_for_file("end")


@workflow()
def many_steps(count=20, seconds=0.1):
    """Long enough to be replayed by several generations."""
    for n in range(count):
        second(n, seconds)
    return count


@workflow()
def naps(seconds=3.0):
    n = first(1)
    getWorkflows().sleep(seconds)
    return first(n)
