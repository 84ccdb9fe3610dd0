"""How long enqueueInMemory keeps its caller. Run by bench/gateway/run_offer.py under Jython 2.7.

Several threads call it at a fixed rate together, like tag event scripts; each call is timed in its
thread, by the clock and by the processor time that the thread had. After every fourth call the same
thread times a control: appending to a ConcurrentLinkedQueue, as often as takes the processor for as
long as a call. What the machine and the collector do to a call they do to the control. Prints one
line of JSON: percentiles in ms, calls above 10 ms with their time, and what the buffer counted.
"""

# mypy: ignore-errors

from __future__ import absolute_import, division, print_function

import json
import os
import sys

sys.path[:0] = [os.environ["BENCH_ROOT"], os.path.join(os.environ["BENCH_ROOT"], "ignition")]

from jarray import zeros  # noqa: E402
from java.lang import Runnable, System, Thread  # noqa: E402
from java.lang.management import ManagementFactory  # noqa: E402
from java.util.concurrent import ConcurrentLinkedQueue  # noqa: E402
from java.util.concurrent.locks import LockSupport  # noqa: E402

from tests.conformance import gateway_shim  # noqa: E402

gateway_shim.install(
    gateway_shim.Shim(os.environ["BENCH_DRIVER"], os.environ["BENCH_URL"], os.environ["BENCH_USER"])
)

from exchange.workflows import settings  # noqa: E402
from exchange.workflows.api import service  # noqa: E402
from exchange.workflows.engine import instance  # noqa: E402

SLOW_MS = 10.0
ACCEPTED = "IN_MEMORY_ENQUEUE_ACCEPTED"


CONTROL_EVERY = 4
cpu_time = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime


class Caller(Runnable):
    """One thread that calls at its part of the rate and keeps each time in a Java array."""

    def __init__(self, calls, calls_per_second, sync, appends):
        self.calls = calls
        self.period = int(1e9 / calls_per_second)
        self.sync = sync
        self.appends = appends
        self.times = zeros(calls, "l")
        self.ends = zeros(calls, "l")
        self.worked = zeros(calls, "l")
        self.controls = zeros(calls // CONTROL_EVERY, "l")
        self.refused = 0

    def run(self):
        now = System.nanoTime
        next_at = now()
        for number in range(self.calls):
            wait = next_at - now()
            if wait > 0:
                LockSupport.parkNanos(wait)
            next_at += self.period
            inputs = {"path": "[default]Line 1/Level", "value": number * 0.5, "quality": "Good"}
            worked = cpu_time()
            begun = now()
            answer = service.enqueueInMemory("bench_noop", inputs, sync=self.sync)
            self.ends[number] = now()
            self.worked[number] = cpu_time() - worked
            self.times[number] = self.ends[number] - begun
            if answer["code"] != ACCEPTED:
                self.refused += 1
            place = number // CONTROL_EVERY
            if number % CONTROL_EVERY == 0 and place < len(self.controls):
                self.controls[place] = control(self.appends)


def control(appends):
    """How many ns so many appends take."""
    queue = ConcurrentLinkedQueue()
    begun = System.nanoTime()
    for number in range(appends):
        queue.add(number)
    return System.nanoTime() - begun


def appends_like(callers):
    """How many appends take the processor for as long as a call does."""
    call = share_of([one for caller in callers for one in caller.worked], 0.5)
    for _ in range(200):
        worked = cpu_time()
        control(1000)
        worked = cpu_time() - worked
    return max(1, int(1000 * call / worked))


def share_of(times, part):
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


def offer(seconds, rate, threads, sync, appends):
    callers = [
        Caller(seconds * rate // threads, rate / threads, sync, appends) for _ in range(threads)
    ]
    running = [Thread(caller, "tag-events-%d" % n) for n, caller in enumerate(callers)]
    begun = System.nanoTime()
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return callers, begun


def wait_until_flushed(buffer, seconds):
    until = System.nanoTime() + int(seconds * 1e9)
    while buffer.depth() and System.nanoTime() < until:
        Thread.sleep(10)


def figures(callers, begun, started_at):
    both = []
    for caller in callers:
        both.extend(zip(caller.times, caller.ends))
    times = sorted(one for one, _ in both)
    last = max(end for _, end in both)

    controls = [one for caller in callers for one in caller.controls]
    worked = [one for caller in callers for one in caller.worked]

    def share(part, of=times):
        return round(share_of(of, part) / 1e6, 4)

    slow = [
        (round((end - begun) / 1e9, 3), round(one / 1e6, 1))
        for one, end in both
        if one > SLOW_MS * 1e6
    ]
    return {
        "calls": len(times),
        "per_second": int(len(times) / ((last - begun) / 1e9)),
        "p50_ms": share(0.5),
        "p99_ms": share(0.99),
        "p999_ms": share(0.999),
        "max_ms": round(times[-1] / 1e6, 3),
        "processor_p50_ms": share(0.5, worked),
        "processor_p999_ms": share(0.999, worked),
        "control_p50_ms": share(0.5, controls),
        "control_p999_ms": share(0.999, controls),
        "refused": sum(caller.refused for caller in callers),
        "above_10_ms": sorted(slow)[:50],
        "began_at_s": round((begun - started_at) / 1e9, 3),
    }


def main(seconds, rate, threads, journal, sync):
    started_at = System.nanoTime()
    settings.DATABASE_NAME = gateway_shim.DATABASE
    buffer = instance.getWorkflows().buffer
    if journal:
        buffer.open_journal(journal)
    begun = System.nanoTime()
    service.enqueueInMemory("bench_noop", {"value": 1})
    first = System.nanoTime() - begun
    warm, _ = offer(4, rate, threads, sync, 1)
    wait_until_flushed(buffer, 5)
    callers, begun = offer(seconds, rate, threads, sync, appends_like(warm))
    answer = figures(callers, begun, started_at)
    answer["first_call_ms"] = round(first / 1e6, 1)
    left = buffer.depth()
    drained_from = System.nanoTime()
    wait_until_flushed(buffer, 1)
    drained = left - buffer.depth()
    answer["flushed_per_second_after"] = int(drained / ((System.nanoTime() - drained_from) / 1e9))
    answer["buffer"] = buffer.figures()
    print(json.dumps(answer))
    sys.stdout.flush()
    System.exit(0)


if __name__ == "__main__":
    main(*[json.loads(argument) for argument in sys.argv[1:6]])
