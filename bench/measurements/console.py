"""The web console: a page of 50 rows with many workflows, and what browsers that stay open cost."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg

from bench.drain import drain, fill, order_of
from bench.place import Place
from bench.reading import Aim, Conditions, Measurement, Reading, Size, percentile
from bench.systems.system import System
from exchange.workflows.cpython.console.guard import COOKIE
from exchange.workflows.cpython.console.options import ConsoleOptions
from tests.console.site import RunningConsole, running_console, user_file

LOADS = 60
QUEUED = 1_000
BROWSERS_OPEN = 200
KINDS = ("/", "/workflows")
LOOKS = ("", "status=RUNNING", "status=LIVE", "status=ERROR", "workflow_name=noop", "search=zzz")


def page_sample(place: Place, system: System, size: Size) -> list[Reading]:
    """Every load asks anew: nothing that was read before serves it."""
    took: dict[str, list[float]] = {look: [] for look in LOOKS}
    with _console(place, system, size, poll_seconds=0) as console, console.client("ada") as client:
        for _ in range(LOADS // len(LOOKS)):
            for look in LOOKS:
                begun = time.perf_counter()
                answer = client.get(f"/workflows?{look}")
                took[look].append((time.perf_counter() - begun) * 1000)
                assert answer.status_code == 200, answer.text
    stated = Conditions(note=f"{size.rows:,} workflows, {LOADS} loads of six filters")
    every = [one for times in took.values() for one in times]
    return [
        Reading("p95", percentile(every, 0.95), "ms", stated, higher_is_better=False),
        Reading("p50", percentile(every, 0.50), "ms", stated, higher_is_better=False),
        Reading("newest, p50", percentile(took[""], 0.5), "ms", stated, higher_is_better=False),
    ]


def browser_sample(place: Place, system: System, size: Size) -> list[Reading]:
    """Half of them look at the overview and half at the list, which changes all the time."""
    seconds = max(5.0, size.seconds * 10)
    with _console(place, system, size, poll_seconds=1) as console:
        token = console.log_in("vera")
        events, queries = asyncio.run(_keep_open(console, token, seconds))
    note = f"{BROWSERS_OPEN} streams of {len(KINDS)} pages for {seconds:g} s"
    stated = Conditions(note=note)
    each = queries / seconds / len(KINDS)
    return [
        Reading("queries per page kind", each, "/s", stated, higher_is_better=False),
        Reading("updates sent", events / seconds, "/s", stated),
    ]


async def _keep_open(console: RunningConsole, token: str, seconds: float) -> tuple[int, int]:
    """How many updates arrived, and how many queries that was; counted once all are connected."""
    counts = [0] * BROWSERS_OPEN
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(
        base_url=console.url, cookies={COOKIE: token}, limits=limits, timeout=60
    ) as client:

        async def look(n: int) -> None:
            async with client.stream("GET", "/live" + KINDS[n % len(KINDS)]) as answer:
                async for line in answer.aiter_lines():
                    counts[n] += line == ""

        looking = [asyncio.create_task(look(n)) for n in range(BROWSERS_OPEN)]
        while not all(counts):
            await asyncio.sleep(0.05)
        events, queries = sum(counts), console.site.database.queries
        await asyncio.sleep(seconds)
        events, queries = sum(counts) - events, console.site.database.queries - queries
        for one in looking:
            one.cancel()
        await asyncio.gather(*looking, return_exceptions=True)
    return events, queries


@contextlib.contextmanager
def _console(
    place: Place, system: System, size: Size, poll_seconds: float
) -> Iterator[RunningConsole]:
    def finish_many(dsn: str) -> None:
        fill(system, dsn, "noop", size.rows)
        order = order_of(system, "", "noop")
        drain(system, replace(order, dsn=dsn), size.rows - QUEUED)
        with psycopg.connect(dsn, autocommit=True) as conn:
            conn.execute("vacuum analyze")

    template = place.frozen(system, f"{size.rows}_for_the_console", finish_many)
    with place.fresh(system, template) as dsn, tempfile.TemporaryDirectory() as directory:
        users = user_file(Path(directory) / "users.json")
        options = ConsoleOptions(dsn=dsn, users=users, poll_seconds=poll_seconds)
        with running_console(options) as console:
            yield console


PAGES = Measurement(
    "console, a page of 50 rows",
    "the list of workflows, filtered in six ways",
    ("ours",),
    page_sample,
    (Aim("p95", 100, at_most=True),),
)
BROWSERS = Measurement(
    "console, 200 browsers",
    "what open pages cost the database",
    ("ours",),
    browser_sample,
    (Aim("queries per page kind", 1, at_most=True),),
)
