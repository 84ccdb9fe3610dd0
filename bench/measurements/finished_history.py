"""Drain beside many finished workflows, against a fresh database, in pairs."""

from __future__ import annotations

from dataclasses import replace

from bench.drain import Drained, conditions, drain, fill, finished, order_of
from bench.place import Place
from bench.reading import Aim, Measurement, Reading, Size
from bench.systems.system import System


def sample(place: Place, system: System, size: Size) -> list[Reading]:
    count = max(2_000, int(system.pace.noop * size.seconds))

    def rate(template: str | None) -> Drained:
        with place.fresh(system, template) as dsn:
            fill(system, dsn, "noop", count)
            return drain(system, order_of(system, dsn, "noop"), count)

    fresh, aged = rate(None), rate(finished(place, system, size.rows))
    stated = conditions(system, order_of(system, "", "noop"))
    beside_many = replace(stated, note=f"{size.rows:,} finished before")
    return [
        Reading("fresh", fresh.rate, "/s", stated),
        Reading("with history", aged.rate, "/s", beside_many),
        Reading("with / fresh", aged.rate / fresh.rate, "x", beside_many),
    ]


MEASUREMENT = Measurement(
    "drain, many finished", "", ("ours",), sample, (Aim("with / fresh", 0.85),)
)
