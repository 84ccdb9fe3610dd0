"""Every measurement, in the order of the table."""

from __future__ import annotations

from bench.measurements import (
    bulk_enqueue,
    held_snapshot,
    noop_drain,
    pickup,
    single_enqueue,
    three_steps,
)
from bench.reading import Measurement

ALL: tuple[Measurement, ...] = (
    single_enqueue.MEASUREMENT,
    bulk_enqueue.MEASUREMENT,
    noop_drain.ONE,
    noop_drain.TWO,
    three_steps.MEASUREMENT,
    pickup.MEASUREMENT,
    held_snapshot.MEASUREMENT,
)
