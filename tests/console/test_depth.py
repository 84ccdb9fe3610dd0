"""The line of a queue's depth: what the readings saw in the last ten minutes."""

from exchange.workflows.cpython.console.depth import HEIGHT, WIDTH, DepthHistory


class Time:
    now = 1_000_000.0

    def __call__(self):
        return self.now


def queue(name="default", enqueued=0, running=0):
    return {"queue_name": name, "enqueued": enqueued, "running": running}


def test_a_line_ends_now_and_is_as_high_as_the_deepest():
    time = Time()
    history = DepthHistory(time)
    for enqueued in (0, 5, 10):
        history.note([queue(enqueued=enqueued, running=1)])
        time.now += 10
    time.now -= 10
    (line,) = history.lines("default")
    points = [tuple(map(float, point.split(","))) for point in line.split()]
    assert points[0][1] == HEIGHT - 1 and points[-1] == (WIDTH, 1.0)
    assert history.series("default") == [
        [999_990 + 10, 1_000_010, 1_000_020],
        [0, 5, 10],
        [1, 1, 1],
    ]


def test_while_nobody_looks_the_line_has_a_gap():
    time = Time()
    history = DepthHistory(time)
    history.note([queue(enqueued=3)])
    time.now += 50
    history.note([queue(enqueued=4)])
    assert len(history.lines("default")) == 2
    assert history.series("default")[1] == [3, None, None, None, None, 4]


def test_ten_minutes_and_queues_that_are_there():
    time = Time()
    history = DepthHistory(time)
    for _ in range(200):
        history.note([queue(), queue("gone")])
        time.now += 10
    history.note([queue()])
    assert len(history.series("default")[0]) == 60
    assert history.lines("gone") == [] and history.lines("never") == []
    assert history.series("never")[1] == [None]
