"""One shared reading for all browsers."""

import asyncio
import contextlib

from exchange.workflows.cpython.cli_failures import ExitCode, Failure
from exchange.workflows.cpython.console.feed import Feed

ONE, OTHER = (("status", "ERROR"),), ()
PERIOD = 0.02


class Source:
    """What the feed reads from: counts, and fails where it is told to."""

    def __init__(self):
        self.asked = []
        self.failure = None

    async def read(self, query):
        self.asked.append(query)
        await asyncio.sleep(0)
        if self.failure:
            raise self.failure
        return {"n": len(self.asked)}


async def take(snapshots, number):
    return [await asyncio.wait_for(anext(snapshots), 5) for _ in range(number)]


def test_what_was_read_within_the_period_serves_everybody():
    async def run():
        source = Source()
        feed = Feed(source.read, seconds=60)
        shown = await asyncio.gather(*(feed.get(ONE) for _ in range(200)))
        assert len(source.asked) == 1 and {one.shown["n"] for one in shown} == {1}
        assert (await feed.get(OTHER)).shown == {"n": 2}, "another question"
        assert (await feed.get(ONE, is_fresh=True)).shown == {"n": 3}

    asyncio.run(run())


def test_two_hundred_open_pages_cost_one_reading_per_period():
    async def run():
        source = Source()
        feed = Feed(source.read, seconds=PERIOD)
        watching = [feed.watch(ONE) for _ in range(200)]
        taken = await asyncio.gather(*(take(one, 5) for one in watching))
        assert {tuple(one.shown["n"] for one in each) for each in taken} == {(1, 2, 3, 4, 5)}
        assert len(source.asked) == 5
        for one in watching:
            await one.aclose()
        await feed.close()

    asyncio.run(run())


def test_different_questions_take_turns():
    async def run():
        source = Source()
        feed = Feed(source.read, seconds=PERIOD)
        one, other = feed.watch(ONE), feed.watch(OTHER)
        await asyncio.gather(take(one, 3), take(other, 3))
        assert source.asked[2:6] in ([ONE, OTHER, ONE, OTHER], [OTHER, ONE, OTHER, ONE])
        await one.aclose()
        await other.aclose()
        await feed.close()

    asyncio.run(run())


def test_nobody_looks_and_nothing_is_read():
    async def run():
        source = Source()
        feed = Feed(source.read, seconds=PERIOD)
        watching = feed.watch(ONE)
        await take(watching, 2)
        await watching.aclose()
        assert feed._poll is not None
        await asyncio.wait_for(feed._poll, 5)
        read = len(source.asked)
        again = feed.watch(ONE)
        await take(again, 2)
        assert len(source.asked) > read, "the poll starts again"
        await again.aclose()
        await feed.close()

    asyncio.run(run())


def test_a_failure_shows_what_was_known_and_the_feed_goes_on():
    async def run():
        source = Source()
        feed = Feed(source.read, seconds=PERIOD)
        watching = feed.watch(ONE)
        first = (await take(watching, 1))[0]
        source.failure = Failure(ExitCode.UNREACHABLE, "no connection")
        second = (await take(watching, 1))[0]
        assert second.failure is source.failure
        assert (second.shown, second.read_at) == (first.shown, first.read_at)
        source.failure = ZeroDivisionError("a bug")
        third = (await take(watching, 1))[0]
        assert third.failure is not None and "has an error" in third.failure.line()
        source.failure = None
        fourth = (await take(watching, 1))[0]
        assert fourth.failure is None and fourth.read_at > first.read_at
        await watching.aclose()
        await feed.close()

    asyncio.run(run())


def test_what_nobody_looks_at_is_forgotten():
    async def run():
        source = Source()
        feed = Feed(source.read, seconds=60)
        for n in range(1200):
            await feed.get((("search", str(n)),))
        assert len(feed._topics) <= 501

    asyncio.run(run())


def test_a_reader_that_leaves_while_it_waits_leaves_nothing_behind():
    async def run():
        source = Source()
        feed = Feed(source.read, seconds=PERIOD)
        watching = feed.watch(ONE)
        await take(watching, 1)
        waiting = asyncio.ensure_future(anext(watching))
        await asyncio.sleep(0)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        await watching.aclose()
        assert feed._topics[ONE].watchers == 0
        await feed.close()

    asyncio.run(run())
