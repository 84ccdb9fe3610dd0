"""The figures as Prometheus reads them: one table of names, a collector for a worker, one for the database.

Names follow its conventions: a prefix, base units, `_total` for what only grows. Labels are queues, statuses, outcomes
and names of registered workflows and steps, and of each only so many.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from exchange.workflows.settings import FIGURE_SECONDS

PREFIX = "ignition_workflows_"
CONTENT_TYPE = CONTENT_TYPE_LATEST
MOST_QUEUES = 200
Figures = Mapping[str, Any]
Reading = tuple[Sequence[str], float]


class Collector:
    """What prometheus-client asks for metrics; `read` gives them anew each time."""

    def __init__(self, read: Callable[[], Iterable[Metric]]):
        self._read = read

    def collect(self) -> Iterable[Metric]:
        return self._read()

    def describe(self) -> Iterable[Metric]:
        return ()


def registry_of(read: Callable[[], Iterable[Metric]]) -> CollectorRegistry:
    """A registry with nothing in it but these."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collector(read))
    return registry


def exposition(metrics: Iterable[Metric]) -> bytes:
    """The text of one scrape."""
    found = list(metrics)
    return generate_latest(registry_of(lambda: found))


def gauge(name: str, text: str, *readings: Reading, labels: Sequence[str] = ()) -> Metric:
    metric = GaugeMetricFamily(PREFIX + name, text, labels=labels)
    for values, reading in readings:
        metric.add_metric(values, reading)
    return metric


def counter(name: str, text: str, *readings: Reading, labels: Sequence[str] = ()) -> Metric:
    metric = CounterMetricFamily(PREFIX + name, text, labels=labels)
    for values, reading in readings:
        metric.add_metric(values, reading)
    return metric


def histogram(name: str, text: str, label: str, spreads: Mapping[str, Figures]) -> Metric:
    metric = HistogramMetricFamily(PREFIX + name, text, labels=[label])
    for value, spread in sorted(spreads.items()):
        metric.add_metric([value], list(_cumulated(spread["buckets"])), spread["seconds"])
    return metric


def _cumulated(counts: Sequence[int]) -> Iterator[tuple[str, float]]:
    total = 0
    for bound, count in zip([*(str(b) for b in FIGURE_SECONDS), "+Inf"], counts, strict=True):
        total += count
        yield bound, float(total)


def one(reading: float) -> Reading:
    """A reading without labels."""
    return (), reading
