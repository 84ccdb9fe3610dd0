"""Steps that run beside their workflow, with every order in which they can end, and a worker that dies anywhere."""

import collections

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.workflows import errors
from exchange.workflows.engine import context, parallel
from tests.engine.fakes import FakeGate
from tests.engine.test_context import Engine, make_step


class Died(BaseException):
    """The process is gone."""


class Line:
    """In the place of the threads: a body runs when the workflow's thread waits, and which one is drawn."""

    most_of_one = 3

    def __init__(self, draw):
        self.draw = draw
        self.bodies = []

    def put(self, branch):
        self.bodies.append(branch)

    def run_one(self):
        assert self.bodies, "the workflow waits for nothing"
        outer = context.current()
        branch = self.bodies.pop(self.draw(len(self.bodies)))
        branch.run(FakeGate())
        context.enter(outer)
        if isinstance(branch.handle.error, Died):
            raise branch.handle.error


class Waiting:
    """What the workflow's thread waits for."""

    def __init__(self, line):
        self.line = line

    def set(self):
        pass

    clear = set

    def wait(self, seconds):
        self.line.run_one()


class Plant:
    """One workflow over several lives of its worker: what was recorded, and which bodies ran to their end."""

    def __init__(self, draw, dies_after=()):
        self.draw = draw
        self.dies_after = list(dies_after)
        self.recorded = {}
        self.ended = collections.Counter()

    def live(self, function):
        engine = Engine()
        line = engine.executor.parallel = Line(self.draw)
        engine.executor.make_event = lambda: Waiting(line)
        records_left = self.dies_after.pop(0) if self.dies_after else None

        def answer(record):
            nonlocal records_left
            if records_left == 0:
                raise Died
            records_left = None if records_left is None else records_left - 1
            assert record["k"] not in self.recorded, "recorded twice"
            self.recorded[record["k"]] = {**record, "attempts": record["attempt"]}
            return

        engine.recorder.answer = answer
        running = engine.begin(list(self.recorded.values()))
        context.enter(running)
        try:
            result = function(self, running)
            parallel.end(running)
            return result
        finally:
            context.enter(None)

    def until_it_ends(self, function):
        while True:
            try:
                return self.live(function)
            except Died:
                continue

    def step(self, name, fails=False):
        def body(n):
            self.ended[name, n] += 1
            if fails:
                raise ValueError(f"{name} {n}")
            return [name, n]

        return make_step(body, name)


def three_kinds(plant, running):
    """Started in turns, with steps of the workflow's own between, gathered in two parts."""
    one, two, own = plant.step("one"), plant.step("two"), plant.step("own")
    handles = []
    for n in range(3):
        handles.append(parallel.start(running, one, (n,), {}))
        handles.append(parallel.start(running, two, (n,), {}))
    own_value = running.run_step(own, (9,), {})
    return [parallel.gather(handles[:2]), own_value, parallel.gather(handles)]


EXPECTED = [
    [["one", 0], ["two", 0]],
    ["own", 9],
    [["one", 0], ["two", 0], ["one", 1], ["two", 1], ["one", 2], ["two", 2]],
]


@settings(max_examples=25, deadline=None)
@given(st.data(), st.lists(st.integers(0, 6), max_size=4))
def test_whatever_ends_first_and_whenever_the_worker_dies(data, dies_after):
    plant = Plant(lambda count: data.draw(st.integers(0, count - 1)), dies_after)
    assert plant.until_it_ends(three_kinds) == EXPECTED
    keys = {"one", "one#2", "one#3", "two", "two#2", "two#3", "own"}
    assert set(plant.recorded) == keys
    assert {key: one["output"][1] for key, one in plant.recorded.items() if key != "own"} == {
        "one": 0, "one#2": 1, "one#3": 2, "two": 0, "two#2": 1, "two#3": 2,
    }  # fmt: skip
    lives = 1 + len(dies_after)
    assert all(count <= lives for count in plant.ended.values())


@settings(max_examples=15, deadline=None)
@given(st.data(), st.lists(st.booleans(), min_size=1, max_size=5))
def test_every_error_is_kept_in_the_order_of_the_handles(data, fails):
    def function(plant, running):
        handles = [
            parallel.start(running, plant.step("work", is_failing), (n,), {})
            for n, is_failing in enumerate(fails)
        ]
        return parallel.gather(handles)

    plant = Plant(lambda count: data.draw(st.integers(0, count - 1)))
    failing = [n for n, one in enumerate(fails) if one]
    for _ in range(2):  # and the same from what is recorded
        if not failing:
            assert plant.live(function) == [["work", n] for n in range(len(fails))]
            continue
        with pytest.raises((ValueError, errors.StepsFailed)) as caught:
            plant.live(function)
        several = getattr(caught.value, "errors", [caught.value])
        assert [str(one) for one in several] == [f"work {n}" for n in failing]
    assert all(count == 1 for count in plant.ended.values())


def last(count):
    return count - 1


def test_a_lost_lease_is_not_waited_for(monkeypatch):
    plant = Plant(last)

    def function(plant, running):
        handle = parallel.start(running, plant.step("work"), (1,), {})
        running.lease.lose()
        with pytest.raises(errors.LeaseLost):
            parallel.gather([handle])
        return "left"

    with pytest.raises(errors.LeaseLost):
        plant.live(function)
    assert not plant.ended, "and nothing new is begun"


def test_an_order_that_is_taken_back_gives_the_workflow_back():
    """What was not begun for it begins with the next claim."""

    def function(plant, running):
        handles = [parallel.start(running, plant.step("work"), (n,), {}) for n in range(2)]
        running.lease.order("hold")
        running.beside.drain()
        running.lease.order(None)
        parallel.gather(handles)

    with pytest.raises(errors.Released):
        Plant(last).live(function)


class Waits:
    """A workflow whose bodies ask to be run again: by NotYet, or failing with another try to come."""

    def __init__(self):
        self.engine = Engine()
        line = self.engine.executor.parallel = Line(last)
        self.engine.executor.make_event = lambda: Waiting(line)
        self.engine.recorder.answer = self.answer
        self.running = self.engine.begin()

    def answer(self, record):
        wait = record.get("retry", {}).get("wait_seconds", 5)
        return {"a": "retry", "due_ms": wait * 1000} if record["status"] == "ERROR" else None

    def start(self, name):
        bodies = {"not_yet": self.not_yet, "flaky": self.flaky, "outer": self.outer}
        options = {"max_attempts": 2, "interval_seconds": 5} if name == "flaky" else None
        return parallel.start(self.running, make_step(bodies[name], name, options), (), {})

    def not_yet(self):
        raise errors.NotYet(600, 0, "not yet")

    def flaky(self):
        raise ValueError("again")

    def outer(self):
        return context.current().run_step(make_step(self.not_yet, "inner"), (), {})

    def leaves(self, *names):
        handles = [self.start(name) for name in names]
        with pytest.raises(errors.ControlSignal) as left:
            self.running.beside.gather(handles, True)
        return type(left.value), left.value.step_key


@pytest.mark.parametrize(
    "names, key",
    [
        (["not_yet", "flaky"], "flaky"),
        (["flaky", "not_yet"], "flaky"),
        (["not_yet"], "not_yet"),
        (["outer"], "outer/inner"),
    ],
)
def test_a_workflow_leaves_until_the_first_of_its_bodies_is_due(names, key):
    assert Waits().leaves(*names) == (errors.Suspended, key)


def test_what_can_go_on_at_once_does_not_wait_for_what_cannot():
    """One was not begun because of an order that was taken back."""
    waits = Waits()
    waits.start("flaky")
    waits.start("not_yet")
    beside = waits.running.beside
    boundary = parallel.Branch.boundary

    def left_one(branch):
        waits.running.lease.order("hold" if branch.handle.key == "flaky" else None)
        boundary(branch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel.Branch, "boundary", left_one)
        beside.drain()
    waits.running.lease.order(None)
    assert {type(branch.signal) for branch in beside._left} == {errors.Released, errors.Suspended}
    assert waits.leaves("not_yet") == (errors.Released, None)


@pytest.mark.parametrize(
    "seconds, is_closing, key", [(600, False, "flaky"), (4, False, "sleep"), (600, True, "sleep")]
)
def test_a_sleep_of_the_workflow_hides_no_body_that_is_due_before(seconds, is_closing, key):
    waits = Waits()
    waits.start("flaky")
    with pytest.raises(errors.Suspended):
        waits.running.sleep(seconds)
    parallel.drain(waits.running, is_closing)
    assert waits.running.signal.step_key == key


def test_a_wait_for_others_stays_what_it_is():
    """Whom it waits for wakes the workflow by that step."""
    waits = Waits()
    waits.start("flaky")
    signal = waits.running.signal = errors.Suspended("recv")
    parallel.drain(waits.running, False)
    assert waits.running.signal is signal


def test_what_is_no_handle_is_refused():
    with pytest.raises(errors.BadArgument, match="handles"):
        parallel.gather([5])


def test_outside_a_workflow_a_started_step_just_runs():
    plant = Plant(last)
    handle = parallel.start(None, plant.step("work"), (1,), {})
    failed = parallel.start(None, plant.step("other", fails=True), (2,), {})
    assert handle.result() == ["work", 1]
    assert str(parallel.gather([failed], raiseErrors=False)[0]) == "other 2"
    with pytest.raises(ValueError, match="other 2"):
        failed.result()
