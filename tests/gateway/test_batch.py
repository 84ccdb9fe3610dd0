"""A batch that is held and resumed, stopped and aborted at every step boundary, inside its steps and in its waits."""

from typing import Any

import pytest

from tests.clock import Clock
from tests.conftest import SCHEMA
from tests.gateway.batch import COOK, OUTPUTS, SENSORS, THREADS, Batch, save
from tests.gateway.batch_places import PLACE_NAMES, STEPS, Place
from tests.gateway.plant import PATIENCE, Plant
from tests.waiting import wait_until

SAFE = {"Inlet": False, "Drain": False, "Setpoint": 0, "Vent": True}


@pytest.fixture(scope="module")
def clock(batch_plant: Plant) -> Clock:
    return Clock(batch_plant.conn, SCHEMA)


SOME = ("after 1", "in 8", "asleep 5", "asleep 9")
at_some_places = pytest.mark.parametrize("place", [Place(name) for name in SOME], ids=str)
# The others are slow evidence.
at_every_place = pytest.mark.parametrize(
    "place",
    [
        pytest.param(Place(name), marks=() if name in SOME else pytest.mark.proof)
        for name in PLACE_NAMES
    ],
    ids=str,
)


def own_steps(batch: Batch) -> list[str]:
    return [key for key in batch.steps() if not key.startswith("on_")]


def check_overtaken(batch: Batch, command: str) -> None:
    """Nothing was left to do when the order came."""
    batch.wait_for("SUCCESS", "COMPLETE")
    assert batch.orders() == [(command, "overtaken")]
    assert batch.handlers() == []
    assert batch.outputs() == OUTPUTS


def test_the_batch_records_these_steps(batch_plant: Plant) -> None:
    batch = Batch(batch_plant)
    batch.begin()
    batch.wait_for("SUCCESS", "COMPLETE")
    assert batch.steps() == STEPS
    assert batch.outputs() == OUTPUTS


@at_every_place
def test_it_is_held_and_goes_on(batch_plant: Plant, clock: Clock, place: Place) -> None:
    batch = place.bring(batch_plant)
    place.order(batch, "HOLD")
    if place.is_over:
        check_overtaken(batch, "HOLD")
        return
    batch.wait_for("HELD", "HELD")
    has_begun = place.kind != "early"
    assert batch.outputs() == {**place.outputs, "Inlet": False, "Drain": False}
    assert batch.handlers() == [("on_hold", "SUCCESS")] * has_begun
    resume(batch, place, clock)
    assert batch.handlers() == [("on_hold", "SUCCESS"), ("on_resume", "SUCCESS")] * has_begun
    assert batch.orders() == [("HOLD", "obeyed"), ("RESUME", "obeyed")]
    assert own_steps(batch) == STEPS
    assert batch.outputs() == OUTPUTS


def resume(batch: Batch, place: Place, clock: Clock) -> None:
    """On to the end; the outputs are put back before anything else is written."""
    is_asleep = place.minutes > 0
    if not is_asleep:
        batch.halt("step:before")
    batch.order("RESUME")
    if place.kind == "early":
        assert batch.status() == ("DELAYED", "IDLE")
    elif is_asleep:
        batch.wait_for("WAITING", "RUNNING")
    else:
        batch.wait_at_halt()
    if place.kind != "early":
        assert batch.outputs() == place.outputs
    batch.set(**SENSORS)
    if is_asleep or place.kind == "early":
        clock.advance(3600)
    if not is_asleep:
        batch.wait_at_halt()
        batch.let_go(when_heard=False)
    batch.wait_for("SUCCESS", "COMPLETE")


@at_every_place
def test_it_is_stopped(batch_plant: Plant, place: Place) -> None:
    batch = place.bring(batch_plant)
    place.order(batch, "STOP")
    if place.is_over:
        check_overtaken(batch, "STOP")
        return
    if place.sensor == "Empty":
        batch.wait_until_written("Inlet", "Setpoint", "Drain")
        assert batch.status()[1] == "STOPPING"
        assert batch.outputs() == {**OUTPUTS, "Drain": True}
        batch.set(Empty=True)
    batch.wait_for("STOPPED", "STOPPED")
    assert batch.outputs() == OUTPUTS
    assert batch.orders() == [("STOP", "obeyed")]
    assert own_steps(batch) == place.steps_when_stopped
    has_begun = place.kind != "early"
    assert batch.handlers() == [("on_stop", "SUCCESS")] * has_begun
    if has_begun:
        assert batch.written()[-4:] == ["Inlet", "Setpoint", "Drain", "Drain"]


@pytest.fixture(scope="module")
def aborted(batch_plant: Plant) -> dict[str, Batch]:
    """A batch aborted at each place; together, because each waits for its old lease to run out."""
    batches = {}
    for place in map(Place, PLACE_NAMES):
        batches[place.name] = place.bring(batch_plant)
        place.order(batches[place.name], "ABORT")
    return batches


@at_every_place
def test_it_is_aborted(aborted: dict[str, Batch], place: Place) -> None:
    batch = aborted[place.name]
    batch.wait_for("ABORTED", "ABORTED")
    assert batch.orders() == [("ABORT", "obeyed")]
    has_begun = place.kind != "early"
    assert batch.handlers() == [("on_abort", "SUCCESS")] * has_begun
    assert batch.outputs() == (SAFE if has_begun else OUTPUTS)


def test_finding_13_nothing_is_written_after_an_abort(aborted: dict[str, Batch]) -> None:
    """By now every thread has left. A step that was in work wrote before the handler did."""
    for place in map(Place, PLACE_NAMES):
        batch = aborted[place.name]
        batch.wait_for("ABORTED", "ABORTED")
        handler = ["Inlet", "Drain", "Setpoint", "Vent"] if place.kind != "early" else []
        assert batch.written() == written_by(place) + handler, place


def written_by(place: Place) -> list[str]:
    """What the batch itself has written there."""
    tags = {1: "Inlet", 3: "Inlet", 4: "Setpoint", 7: "Setpoint", 8: "Drain", 10: "Drain"}
    return [tag for number, tag in tags.items() if number <= place.number]


@at_some_places
@pytest.mark.parametrize(
    ("command", "state", "outputs", "handler"),
    [("STOP", "STOPPED", OUTPUTS, "on_stop"), ("ABORT", "ABORTED", SAFE, "on_abort")],
)
def test_a_held_batch_is_ended(
    batch_plant: Plant,
    place: Place,
    command: str,
    state: str,
    outputs: dict[str, Any],
    handler: str,
) -> None:
    batch = place.bring(batch_plant)
    place.order(batch, "HOLD")
    batch.wait_for("HELD", "HELD")
    batch.set(**SENSORS)
    batch.order(command)
    batch.wait_for(state, state)
    assert batch.outputs() == outputs
    assert batch.handlers() == [("on_hold", "SUCCESS"), (handler, "SUCCESS")]
    assert batch.orders() == [("HOLD", "obeyed"), (command, "obeyed")]


@at_some_places
def test_it_is_held_twice(batch_plant: Plant, place: Place) -> None:
    """What was put back is remembered the second time, too."""
    batch = place.bring(batch_plant)
    place.order(batch, "HOLD")
    batch.wait_for("HELD", "HELD")
    batch.halt("step:before")
    batch.order("RESUME")
    batch.wait_at_halt()
    batch.set(**SENSORS)
    batch.order("HOLD")
    batch.let_go()
    batch.wait_for("HELD", "HELD")
    held = batch.outputs()
    assert (held["Inlet"], held["Drain"]) == (False, False)
    batch.order("RESUME")
    batch.wait_for("SUCCESS", "COMPLETE")
    assert batch.outputs() == OUTPUTS
    assert [key for key, _ in batch.handlers()] == [
        "on_hold",
        "on_resume",
        "on_hold#2",
        "on_resume#2",
    ]
    assert own_steps(batch) == STEPS


@at_some_places
def test_an_abort_breaks_a_stop_off(batch_plant: Plant, place: Place) -> None:
    """The handler waits for the reactor to be empty, and does not write any more."""
    batch = place.bring(batch_plant)
    batch.set(Empty=False)
    place.order(batch, "STOP")
    batch.wait_until_written("Inlet", "Setpoint", "Drain")
    batch.order("ABORT")
    batch.wait_for("ABORTED", "ABORTED")
    batch.set(Empty=True)
    assert batch.outputs() == SAFE
    assert batch.orders() == [("STOP", "overtaken"), ("ABORT", "obeyed")]
    assert batch.written()[-7:] == [
        "Inlet",
        "Setpoint",
        "Drain",
        "Inlet",
        "Drain",
        "Setpoint",
        "Vent",
    ]


def test_an_abort_does_not_wait_for_handlers_that_wait(batch_plant: Plant) -> None:
    """More handlers wait for an empty reactor than the worker has threads."""
    draining = [Place("asleep 9").bring(batch_plant) for _ in range(THREADS + 1)]
    last = Place("asleep 5").bring(batch_plant)
    for batch in draining:
        batch.order("STOP")
    for batch in draining:
        batch.wait_until_written("Inlet", "Setpoint", "Drain")
    last.order("ABORT")
    last.wait_for("ABORTED", "ABORTED")
    assert last.outputs() == SAFE
    for batch in draining:
        assert batch.status()[1] == "STOPPING"
        batch.set(Empty=True)
    for batch in draining:
        batch.wait_for("STOPPED", "STOPPED")


@pytest.mark.parametrize("place", [Place("after 1"), Place("in 8")], ids=str)
def test_a_stop_overtakes_a_hold(batch_plant: Plant, place: Place) -> None:
    batch = place.bring(batch_plant)
    batch.order("HOLD")
    batch.order("STOP")
    batch.let_go()
    batch.wait_for("STOPPED", "STOPPED")
    assert batch.outputs() == OUTPUTS
    assert batch.handlers() in (
        [("on_stop", "SUCCESS")],
        [("on_hold", "SUCCESS"), ("on_stop", "SUCCESS")],
    )
    assert batch.orders() == [("HOLD", "overtaken"), ("STOP", "obeyed")]


def test_an_order_does_not_lapse_while_its_handler_runs(batch_plant: Plant, clock: Clock) -> None:
    late, draining = (Place("in 4").bring(batch_plant) for _ in range(2))
    draining.set(Empty=False)
    for batch in (draining, late):
        batch.order("STOP", validForSeconds=60)
    draining.let_go()
    draining.wait_until_written("Inlet", "Setpoint", "Drain")
    clock.advance(61)
    wait_until(lambda: late.orders() == [("STOP", "expired")], "the other to lapse", PATIENCE)
    assert draining.status() == ("RUNNING", "STOPPING")
    draining.set(Empty=True)
    draining.wait_for("STOPPED", "STOPPED")
    assert draining.orders() == [("STOP", "obeyed")]
    late.let_go(when_heard=False)
    late.wait_for("SUCCESS", "COMPLETE")
    assert late.handlers() == []


def test_a_hold_that_is_taken_back_changes_nothing(batch_plant: Plant) -> None:
    batch = Place("in 4").bring(batch_plant)
    batch.order("HOLD")
    batch.order("RESUME")
    batch.let_go(when_heard=False)
    batch.wait_for("SUCCESS", "COMPLETE")
    assert batch.outputs() == OUTPUTS
    assert own_steps(batch) == STEPS
    assert [key for key, _ in batch.handlers()] in ([], ["on_hold", "on_resume"])


@pytest.mark.parametrize(
    ("name", "command", "status", "state"),
    [
        ("after 1", "HOLD", "HELD", "HELD"),
        ("after 8", "STOP", "STOPPED", "STOPPED"),
        ("after 4", "ABORT", "ABORTED", "ABORTED"),
    ],
)
def test_without_handlers_the_outputs_stay_as_they_stood(
    batch_plant: Plant, name: str, command: str, status: str, state: str
) -> None:
    place = Place(name)
    batch = place.bring(batch_plant, "cook_alone")
    place.order(batch, command)
    batch.wait_for(status, state)
    assert batch.outputs() == place.outputs
    assert batch.outputs() not in (OUTPUTS, SAFE)


def test_a_save_in_the_middle_of_a_handler(batch_plant: Plant) -> None:
    """The new generation goes on in the handler where the old one stood. (The last test: a save forgets what was noted.)"""
    batch = Place("asleep 9").bring(batch_plant)
    batch.order("STOP")
    batch.wait_until_written("Inlet", "Setpoint", "Drain")
    steps = batch.steps()
    save(batch_plant, {"plant.batch": COOK + "\n# saved\n"})
    batch.set(Empty=True)
    batch.wait_for("STOPPED", "STOPPED")
    assert batch.written() == ["Drain"]
    assert batch.outputs() == OUTPUTS
    assert batch.steps()[: len(steps)] == steps
    assert batch.handlers() == [("on_stop", "SUCCESS")]
    assert batch.orders() == [("STOP", "obeyed")]
