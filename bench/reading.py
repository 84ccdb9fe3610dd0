"""What a measurement yields: readings, the conditions they hold under, and the aims they face."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.place import Place
    from bench.systems.system import System


@dataclass(frozen=True)
class Conditions:
    """Without these a figure says nothing."""

    processes: int = 1
    threads: int = 1
    in_flight: int = 1
    payload_bytes: int = 100
    history: str = "kept"
    note: str = ""


@dataclass(frozen=True)
class Reading:
    """One value of one quantity for one system in one repeat."""

    quantity: str
    value: float
    unit: str
    conditions: Conditions
    higher_is_better: bool = True


@dataclass(frozen=True)
class Aim:
    """A bound on our own value, or on how many times better we are than `against`.

    `of` is who is meant by "we": the whole library, or our SQL functions called directly.
    """

    quantity: str
    bound: float
    against: str = ""  # "" = our own value; a system's name; "peers" = the best of them
    at_most: bool = False
    of: str = "ours"


@dataclass(frozen=True)
class Size:
    """How much work one sample does."""

    seconds: float = 2.0
    rows: int = 50_000
    snapshot_rows: int = 24_000
    blocked: int = 10_000
    pickups: int = 60


@dataclass(frozen=True)
class Measurement:
    name: str
    about: str
    systems: Sequence[str]
    sample: Callable[[Place, System, Size], list[Reading]]
    aims: Sequence[Aim] = field(default_factory=tuple)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
