"""One worker process: `python -m bench.work ORDER`. Says "ready", waits for a line, works.

Progress goes to standard output as JSON lines with times of the monotonic clock, which all
processes of one host share.
"""

from __future__ import annotations

import itertools
import json
import sys
import threading
import time
from typing import Any

from bench.systems import shelf
from bench.systems.system import Order, Tally

REPORT_SECONDS = 0.02
MARK_EVERY = 500


class ReportedTally(Tally):
    """Counts without a lock: `next` of an itertools.count is atomic."""

    def __init__(self) -> None:
        self._counter = itertools.count(1)
        self._count = 0
        self._last_at = 0.0
        self._marks: list[tuple[int, float]] = []
        self._picked: list[tuple[int, float]] = []

    def ran(self) -> None:
        count = next(self._counter)
        self._count = count
        self._last_at = time.monotonic()
        if count == 1 or count % MARK_EVERY == 0:
            self._marks.append((count, self._last_at))

    def picked(self, number: int) -> None:
        self._picked.append((number, time.monotonic()))

    def news(self) -> dict[str, Any]:
        marks, self._marks = self._marks, []
        picked, self._picked = self._picked, []
        return {
            "count": self._count,
            "last_at": self._last_at,
            "marks": marks,
            "picked": picked,
        }


def report(tally: ReportedTally) -> None:
    last = 0
    while True:
        time.sleep(REPORT_SECONDS)
        news = tally.news()
        if news["count"] != last or news["picked"]:
            last = news["count"]
            print(json.dumps(news), flush=True)


def begin() -> None:
    print(json.dumps({"ready": True}), flush=True)
    if not sys.stdin.readline():
        raise SystemExit(1)


def main() -> None:
    order = Order(**json.loads(sys.argv[1]))
    tally = ReportedTally()
    threading.Thread(target=report, args=(tally,), daemon=True).start()
    shelf.take(order.system).work(order, tally, begin)
    threading.Event().wait()  # what ends by itself reports on until it is killed


if __name__ == "__main__":
    main()
