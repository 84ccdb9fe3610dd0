"""One shared reading of the database for all open browsers.

A feed belongs to one page. A person who opens the page gets what was read within the last second
or a reading of his own; browsers that stay open are served by a poll that reads at most once per
`seconds`, taking turns where they look at different things. So the database answers one query per
second and page, whether one browser is open or two hundred.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from exchange.workflows.cpython.console.log import LOG
from exchange.workflows.cpython.failures import ExitCode, Failure

Query = tuple[tuple[str, str], ...]
KEPT = 500


@dataclass(frozen=True)
class Snapshot:
    """What a page shows. failure: why it could not be read again; `shown` is then what it was at
    `read_at`, or nothing."""

    number: int
    read_at: datetime
    shown: dict[str, Any] | None
    failure: Failure | None = None


@dataclass
class _Topic:
    """One query of a page: its last snapshot and who waits for the next."""

    snapshot: Snapshot | None = None
    at: float = float("-inf")
    watchers: int = 0
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)


class Watch:
    """One open browser's place in a topic."""

    def __init__(self, topic: _Topic):
        self._topic = topic
        self._seen = 0

    async def next(self, seconds: float) -> Snapshot | None:
        """The first snapshot at once, then each that is newer than the last; None where there was
        none for so long."""
        topic = self._topic
        try:
            async with asyncio.timeout(seconds), topic.changed:
                await topic.changed.wait_for(lambda: _number(topic) > self._seen)
        except TimeoutError:
            return None
        self._seen = _number(topic)
        return topic.snapshot


class Feed:
    def __init__(self, read: Callable[[Query], Awaitable[dict[str, Any]]], seconds: float):
        self._read = read
        self._seconds = seconds
        self._topics: dict[Query, _Topic] = {}
        self._poll: asyncio.Task[None] | None = None

    async def get(self, query: Query, is_fresh: bool = False) -> Snapshot:
        """What was read within the last period, else a new reading. is_fresh: a new one anyhow."""
        topic = self._topics.setdefault(query, _Topic())
        asked_at = time.monotonic()
        async with topic.reading:
            newest = asked_at if is_fresh else asked_at - self._seconds
            if topic.snapshot is None or topic.at < newest:
                await self._refresh(query, topic)
        self._forget_unwatched(query)
        assert topic.snapshot is not None
        return topic.snapshot

    @contextlib.asynccontextmanager
    async def watch(self, query: Query) -> AsyncIterator["Watch"]:
        """Somebody looks at this for as long as it takes: what there is now, then every change."""
        await self.get(query)
        topic = self._topics.setdefault(query, _Topic())
        topic.watchers += 1
        if self._poll is None or self._poll.done():
            self._poll = asyncio.create_task(self._poll_watched())
        try:
            yield Watch(topic)
        finally:
            topic.watchers -= 1

    async def close(self) -> None:
        if self._poll is not None:
            self._poll.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._poll

    async def _poll_watched(self) -> None:
        """Read what was read longest ago, of what somebody looks at; ends when nobody does."""
        while True:
            await asyncio.sleep(self._seconds)
            watched = [(q, t) for q, t in self._topics.items() if t.watchers]
            if not watched:
                return
            query, topic = min(watched, key=lambda one: one[1].at)
            async with topic.reading:
                await self._refresh(query, topic)

    async def _refresh(self, query: Query, topic: _Topic) -> None:
        number = _number(topic) + 1
        try:
            shown = await self._read(query)
            topic.snapshot = Snapshot(number, datetime.now(UTC), shown)
        except Exception as error:
            # Also what nobody expected: those who wait are told, and the poll goes on.
            failure = error if isinstance(error, Failure) else _unexpected(error)
            before = topic.snapshot or Snapshot(0, datetime.now(UTC), None)
            topic.snapshot = replace(before, number=number, failure=failure)
        topic.at = time.monotonic()
        async with topic.changed:
            topic.changed.notify_all()

    def _forget_unwatched(self, kept: Query) -> None:
        if len(self._topics) > KEPT:
            idle = [q for q, t in self._topics.items() if not t.watchers and q != kept]
            for query in idle[: len(idle) // 2 + 1]:
                del self._topics[query]


def _unexpected(error: Exception) -> Failure:
    LOG.error("event=reading_failed", exc_info=error)
    return Failure(ExitCode.UNEXPECTED, "this page has an error; the log of the console has more")


def _number(topic: _Topic) -> int:
    return topic.snapshot.number if topic.snapshot else 0
