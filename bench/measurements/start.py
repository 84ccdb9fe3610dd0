"""From the start of a worker, in a process that has loaded everything, to its first workflow."""

from __future__ import annotations

import time
from dataclasses import replace

from bench import payload
from bench.drain import conditions, order_of
from bench.place import Place
from bench.reading import Measurement, Reading, Size
from bench.systems.system import System
from bench.workers import team

PATIENCE_SECONDS = 30


def sample(place: Place, system: System, size: Size) -> list[Reading]:
    with place.fresh(system) as dsn:
        with system.producer(dsn) as producer:
            producer.one("pickup", payload.inputs(0))
        order = replace(order_of(system, dsn, "pickup"), is_drain=False)
        with team(system, order) as workers:
            begun = time.monotonic()
            while not workers.picked():
                if time.monotonic() > begun + PATIENCE_SECONDS:
                    raise RuntimeError(f"nothing was picked up within {PATIENCE_SECONDS} s")
                time.sleep(0.01)
            taken = (workers.picked()[0] - begun) * 1000
    return [Reading("first", taken, "ms", conditions(system, order), higher_is_better=False)]


MEASUREMENT = Measurement(
    "start of a worker",
    "from startup to the first line of a waiting workflow's function",
    ("ours", "gateway"),
    sample,
)
