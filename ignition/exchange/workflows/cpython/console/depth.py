"""How deep each queue was in the last ten minutes, from what the shared readings saw.

Kept in memory, one figure for every ten seconds: while nobody looks, nothing is seen, and the line
has a gap.
"""

import math
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

BUCKET_SECONDS = 10
BUCKETS = 60
WIDTH = 120
HEIGHT = 28
Seen = tuple[int, int]


class DepthHistory:
    """What was seen last in each span of ten seconds: workflows enqueued and running."""

    def __init__(self, clock: Callable[[], float] = time.time):
        self._clock = clock
        self._queues: dict[str, dict[int, Seen]] = {}

    def note(self, queues: Iterable[Mapping[str, Any]]) -> None:
        """A reading of all queues; what is older than ten minutes, and queues that are gone, are
        forgotten."""
        now = self._bucket()
        kept = {}
        for one in queues:
            seen = self._queues.get(one["queue_name"], {})
            seen = {bucket: figures for bucket, figures in seen.items() if bucket > now - BUCKETS}
            seen[now] = (one["enqueued"], one["running"])
            kept[one["queue_name"]] = seen
        self._queues = kept

    def lines(self, queue_name: str) -> list[str]:
        """Points of polylines in a box of WIDTH x HEIGHT: the depth, a new line after each gap."""
        seen = self._queues.get(queue_name, {})
        now = self._bucket()
        most = max((depth for depth, _ in seen.values()), default=0) or 1
        step = WIDTH / (BUCKETS - 1)
        lines: list[list[str]] = []
        before = None
        for bucket, (depth, _) in sorted(seen.items()):
            if before is None or bucket - before > 1:
                lines.append([])
            x = WIDTH - (now - bucket) * step
            lines[-1].append(f"{x:.1f},{HEIGHT - 1 - depth / most * (HEIGHT - 2):.1f}")
            before = bucket
        return [" ".join(points if len(points) > 1 else points * 2) for points in lines]

    def series(self, queue_name: str) -> list[list[Any]]:
        """Columns for a chart: seconds, enqueued, running; None where nothing was seen."""
        seen = self._queues.get(queue_name, {})
        now = self._bucket()
        buckets = range(min(seen, default=now), now + 1)
        figures = [seen.get(bucket, (None, None)) for bucket in buckets]
        return [
            [bucket * BUCKET_SECONDS for bucket in buckets],
            [enqueued for enqueued, _ in figures],
            [running for _, running in figures],
        ]

    def _bucket(self) -> int:
        return math.floor(self._clock() / BUCKET_SECONDS)
