"""One shared reading for all browsers."""

import asyncio
import contextlib

from exchange.workflows.cpython.console.feed import Feed
from exchange.workflows.cpython.failures import ExitCode, Failure

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


async def take(watch, number):
    return [await watch.next(5) for _ in range(number)]


async def watch_and_take(feed, query, number):
    async with feed.watch(query) as watch:
        return await take(watch, number)


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
        taken = await asyncio.gather(*(watch_and_take(feed, ONE, 5) for _ in range(200)))
        assert {tuple(one.shown["n"] for one in each) for each in taken} == {(1, 2, 3, 4, 5)}
        assert len(source.asked) == 5
        await feed.close()

    asyncio.run(run())


def test_different_questions_take_turns():
    async def run():
        source = Source()
        feed = Feed(source.read, seconds=PERIOD)
        await asyncio.gather(watch_and_take(feed, ONE, 3), watch_and_take(feed, OTHER, 3))
        assert source.asked[2:6] in ([ONE, OTHER, ONE, OTHER], [OTHER, ONE, OTHER, ONE])
        await feed.close()

    asyncio.run(run())


def test_nobody_looks_and_nothing_is_read():
    async def run():
        source = Source()
        feed = Feed(source.read, seconds=PERIOD)
        await watch_and_take(feed, ONE, 2)
        assert feed._poll is not None
        await asyncio.wait_for(feed._poll, 5)
        read = len(source.asked)
        await watch_and_take(feed, ONE, 2)
        assert len(source.asked) > read, "the poll starts again"
        await feed.close()

    asyncio.run(run())


def test_a_failure_shows_what_was_known_and_the_feed_goes_on():
    async def run():
        source = Source()
        feed = Feed(source.read, seconds=PERIOD)
        async with feed.watch(ONE) as watch:
            first = await watch.next(5)
            source.failure = Failure(ExitCode.UNREACHABLE, "no connection")
            second = await watch.next(5)
            assert second.failure is source.failure
            assert (second.shown, second.read_at) == (first.shown, first.read_at)
            source.failure = ZeroDivisionError("a bug")
            third = await watch.next(5)
            assert third.failure is not None and "has an error" in third.failure.line()
            source.failure = None
            fourth = await watch.next(5)
            assert fourth.failure is None and fourth.read_at > first.read_at
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
        feed = Feed(source.read, seconds=60)
        reading = asyncio.ensure_future(watch_and_take(feed, ONE, 2))
        while ONE not in feed._topics or not feed._topics[ONE].watchers:
            await asyncio.sleep(0)
        reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reading
        assert feed._topics[ONE].watchers == 0
        async with feed.watch(ONE) as watch:
            assert await watch.next(5)
            assert await watch.next(PERIOD) is None, "nothing new came"
        await feed.close()

    asyncio.run(run())
