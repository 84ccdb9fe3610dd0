"""All readings of one invocation: medians, spreads, paired ratios, what the aims say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from bench.reading import Aim, Conditions, Measurement, Reading
from bench.systems.shelf import PEERS

OURS = "ours"


@dataclass
class Line:
    """One quantity of one measurement for one system, over all repeats."""

    measurement: str
    quantity: str
    unit: str
    system: str
    conditions: Conditions
    higher_is_better: bool
    samples: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return median(self.samples)


class Ledger:
    def __init__(self) -> None:
        self._lines: dict[tuple[str, str, str], Line] = {}
        self.absences: dict[tuple[str, str], str] = {}

    def add(self, measurement: Measurement, system: str, readings: list[Reading]) -> None:
        for reading in readings:
            key = (measurement.name, reading.quantity, system)
            line = self._lines.setdefault(
                key,
                Line(
                    measurement.name,
                    reading.quantity,
                    reading.unit,
                    system,
                    reading.conditions,
                    reading.higher_is_better,
                ),
            )
            line.samples.append(reading.value)

    def absent(self, measurement: Measurement, system: str, reason: str) -> None:
        self.absences[measurement.name, system] = reason

    def lines(self, measurement: Measurement) -> Iterator[Line]:
        """Grouped by quantity, systems in the order of the measurement."""
        names = [key for key in self._lines if key[0] == measurement.name]
        quantities = list(dict.fromkeys(quantity for _, quantity, _ in names))
        for quantity in quantities:
            for system in measurement.systems:
                if line := self._lines.get((measurement.name, quantity, system)):
                    yield line

    def line(self, measurement: str, quantity: str, system: str) -> Line | None:
        return self._lines.get((measurement, quantity, system))

    def advantage(self, other: Line, of: str = OURS) -> list[float]:
        """How many times better ours is, repeat by repeat (they ran side by side)."""
        ours = self.line(other.measurement, other.quantity, of)
        if ours is None or other.system == of:
            return []
        pairs = zip(ours.samples, other.samples, strict=False)
        if other.higher_is_better:
            return [mine / theirs for mine, theirs in pairs]
        return [theirs / mine for mine, theirs in pairs]

    def reached(self, measurement: Measurement, aim: Aim) -> float | None:
        """Where an aim ended: our own median, or the median of the paired ratios."""
        if not aim.against:
            own = self.line(measurement.name, aim.quantity, aim.of)
            return own.median if own else None
        rivals = [name for name in measurement.systems if name in PEERS]
        named = rivals if aim.against == "peers" else [aim.against]
        ratios = []
        for name in named:
            line = self.line(measurement.name, aim.quantity, name)
            if line and (advantage := self.advantage(line, aim.of)):
                ratios.append(median(advantage))
        return min(ratios) if ratios else None

    def as_json(self) -> dict[str, Any]:
        lines = []
        for line in self._lines.values():
            advantage = self.advantage(line)
            ratio = median(advantage) if advantage else None
            lines.append({**asdict(line), "median": line.median, "ours_is_better_by": ratio})
        absent = [
            {"measurement": measurement, "system": system, "reason": reason}
            for (measurement, system), reason in self.absences.items()
        ]
        return {"figures": lines, "absent": absent}
