"""The recorded temperatures, and where they rise through the alarm limit."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

ALARM_LIMIT_F = 68.0


@dataclass(frozen=True)
class Reading:
    """One tag change: when it was measured (local time of Seattle) and the value."""

    measured_at: str
    temperature_f: float


@lru_cache(maxsize=1)
def all_readings() -> tuple[Reading, ...]:
    """The whole year, in order."""
    path = Path(__file__).with_name("seattle-temps.csv")
    with path.open(newline="", encoding="ascii") as lines:
        return tuple(Reading(row["date"], float(row["temp"])) for row in csv.DictReader(lines))


def rises_through_limit(before: Reading, after: Reading) -> bool:
    """Whether the temperature was below the limit and now is not."""
    return before.temperature_f < ALARM_LIMIT_F <= after.temperature_f


def count_crossings() -> int:
    """How many alarms the year must raise."""
    return sum(rises_through_limit(before, after) for before, after in pairwise(all_readings()))


def readings_until(measured_at: str, hours: int) -> list[float]:
    """The last `hours` temperatures up to and including the one measured at that time."""
    readings = all_readings()
    end = next(i for i, reading in enumerate(readings) if reading.measured_at == measured_at) + 1
    return [reading.temperature_f for reading in readings[max(0, end - hours) : end]]
