"""How soon an idle worker begins: one workflow every 50 ms."""

from __future__ import annotations

import time
from dataclasses import replace

from bench import payload
from bench.drain import conditions, order_of
from bench.place import Place
from bench.reading import Aim, Measurement, Reading, Size, percentile
from bench.systems.system import Producer, System
from bench.workers import Team, team

EVERY_SECONDS = 0.05
WARM_UP = 10


def sample(place: Place, system: System, size: Size) -> list[Reading]:
    with place.fresh(system) as dsn, system.producer(dsn) as producer:
        order = replace(order_of(system, dsn, "pickup"), is_drain=False)
        with team(system, order) as workers:
            _send(producer, workers, range(WARM_UP))
            called, committed = _send(producer, workers, range(WARM_UP, WARM_UP + size.pickups))
            picked = workers.picked()
    from_call = [(picked[number] - at) * 1000 for number, at in called.items()]
    from_commit = [(picked[number] - at) * 1000 for number, at in committed.items()]
    stated = replace(conditions(system, order), note=f"{size.pickups} a repeat")
    quantities = (
        ("p50", from_commit, 0.50),
        ("p99", from_commit, 0.99),
        ("p50 from the call", from_call, 0.50),
        ("p99 from the call", from_call, 0.99),
    )
    return [
        Reading(name, percentile(took, share), "ms", stated, higher_is_better=False)
        for name, took, share in quantities
    ]


def _send(
    producer: Producer, workers: Team, numbers: range
) -> tuple[dict[int, float], dict[int, float]]:
    """Enqueue each, 50 ms apart; when each call began and returned."""
    called, committed = {}, {}
    for number in numbers:
        called[number] = time.monotonic()
        producer.one("pickup", payload.inputs(number))
        committed[number] = time.monotonic()
        time.sleep(max(0.0, called[number] + EVERY_SECONDS - time.monotonic()))
    deadline = time.monotonic() + 30
    while not workers.picked().keys() >= set(numbers):
        if time.monotonic() > deadline:
            raise RuntimeError("not every workflow was picked up within 30 s")
        time.sleep(0.02)
    return called, committed


MEASUREMENT = Measurement(
    "pickup",
    "from the return of enqueue to the first line of the function; from the call adds enqueue",
    ("ours", "gateway", "sql", "bare", "pgqueuer", "procrastinate", "dbos", "absurd"),
    sample,
    (
        Aim("p50", 2.5, at_most=True),
        Aim("p99", 10, at_most=True),
        Aim("p50", 6, at_most=True, of="gateway"),
    ),
)
