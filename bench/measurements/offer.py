"""enqueueInMemory in the caller's thread of a gateway: what a tag event script waits."""

from __future__ import annotations

from bench.gateway.run_offer import CASES, measure
from bench.place import Place
from bench.reading import Aim, Conditions, Measurement, Reading, Size
from bench.systems.system import System

PER_SECOND = 5_000
THREADS = 3
# sync=True waits for the disk, which no tag event script does.
MEASURED = CASES[:4]
QUANTITIES = (
    ("p50", "p50_ms"),
    ("p99.9", "p999_ms"),
    ("p99.9 of its processor time", "processor_p999_ms"),
    ("p99.9 of a control", "control_p999_ms"),
    ("longest", "max_ms"),
)


def sample(place: Place, system: System, size: Size) -> list[Reading]:
    seconds = max(2, int(5 * size.seconds))
    readings = []
    with place.fresh(system) as dsn:
        for case in MEASURED:
            answer = measure(dsn, seconds, PER_SECOND, THREADS, case)
            stated = Conditions(
                threads=THREADS,
                in_flight=0,
                note=f"{answer['per_second']:,} /s for {seconds} s, {answer['refused']} refused",
            )
            for quantity, key in QUANTITIES:
                name = f"{quantity}, {case[0]}"
                readings.append(Reading(name, answer[key], "ms", stated, higher_is_better=False))
    return readings


MEASUREMENT = Measurement(
    "offer",
    "enqueueInMemory in the caller's thread, under Jython; control: appends that take the processor"
    " as long, in the same threads, so what machine and collector do to anything",
    ("gateway",),
    sample,
    (
        Aim("p99.9, database up", 0.2, at_most=True, of="gateway"),
        Aim("p99.9, database away", 0.2, at_most=True, of="gateway"),
        Aim("p99.9, database up, journal", 1, at_most=True, of="gateway"),
        Aim("p99.9, database away, journal", 1, at_most=True, of="gateway"),
    ),
)
