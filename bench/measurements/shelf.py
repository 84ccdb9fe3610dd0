"""Every measurement, in the order of the table."""

from __future__ import annotations

from bench.measurements import (
    blocked_key,
    bulk_enqueue,
    command,
    console,
    disk,
    family,
    finished_history,
    held_snapshot,
    noop_drain,
    offer,
    pickup,
    queue_depth,
    retention,
    schedule_lateness,
    single_enqueue,
    start,
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
    schedule_lateness.MEASUREMENT,
    family.FAN_OUT,
    family.BESIDE,
    finished_history.MEASUREMENT,
    retention.MEASUREMENT,
    held_snapshot.MEASUREMENT,
    blocked_key.MEASUREMENT,
    queue_depth.MEASUREMENT,
    disk.MEASUREMENT,
    command.MEASUREMENT,
    console.PAGES,
    console.BROWSERS,
    offer.MEASUREMENT,
    start.MEASUREMENT,
)
