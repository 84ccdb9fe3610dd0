"""Where a batch can stand: before its start, after a step, in a step, or in a wait that has left its thread."""

from typing import Any

from tests.gateway.batch import UNLIKE, Batch
from tests.gateway.plant import Plant

STEPS = [
    "tags.write",
    "wait.until_tag_equals",
    "tags.write#2",
    "tags.write#3",
    "wait.until_tag_equals#2",
    "sleep",
    "tags.write#4",
    "tags.write_confirm",
    "wait.until_tag_equals#3",
    "tags.write#5",
]
LAST = len(STEPS)
SLEEP = 6
WAITS_FOR = {2: "Full", 5: "Temperature", 8: "DrainIsOpen", 9: "Empty"}
PLACE_NAMES = ["early 0"]
PLACE_NAMES += [f"after {number}" for number in range(1, LAST + 1)]
PLACE_NAMES += [f"in {number}" for number in (2, 4, 5, 8, 9)]
PLACE_NAMES += [f"asleep {number}" for number in (2, 5, 6, 8, 9)]


def stood(number: int) -> dict[str, Any]:
    """The outputs after so many steps."""
    return {
        "Inlet": number in (1, 2),
        "Setpoint": 80 if 4 <= number <= SLEEP else 20,
        "Drain": number in (8, 9),
        "Vent": False,
    }


class Place:
    """Where a batch stands: before its start, after a step, in a step, or in a wait that has left its thread."""

    def __init__(self, name: str):
        self.name = name
        self.kind, number = name.split()
        self.number = int(number)
        self.is_halted = self.kind in ("in", "after")
        self.is_over = self.number == LAST  # no step boundary follows
        self.minutes = 60 if name == f"asleep {SLEEP}" else 0
        self.sensor = WAITS_FOR.get(self.number) if self.kind in ("in", "asleep") else None
        is_undone = self.sensor not in (None, "DrainIsOpen")  # write_confirm writes before it waits
        self.outputs = stood(self.number - 1 if is_undone else self.number)
        # A wait whose thread is told to stop leaves no record of its step.
        is_left = self.sensor is not None and self.kind == "in"
        self.steps_when_stopped = STEPS[: self.number - is_left]

    def __repr__(self) -> str:
        return self.name

    def bring(self, plant: Plant, name: str = "cook") -> Batch:
        """A batch that stands there."""
        batch = Batch(plant, name, self.minutes)
        if self.kind == "early":
            batch.begin(delaySeconds=3600)
            return batch
        if self.sensor:
            batch.set(**{self.sensor: UNLIKE[self.sensor]})
        if self.kind == "after":
            batch.halt("checkpoint:after_commit", self.number)
        elif self.kind == "in":
            batch.halt("step:in", self.number - (self.number > SLEEP))
        batch.begin()
        if self.is_halted:
            batch.wait_at_halt()
        else:
            batch.wait_for("WAITING", "RUNNING")
        return batch

    def order(self, batch: Batch, command: str) -> dict[str, Any]:
        answer = batch.order(command)
        assert answer["outcome"] == "accepted"
        if self.is_halted:
            batch.let_go()
        return answer
