"""The replay: recorded readings become tag changes, and on the way one worker is killed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from examples.temperature_alarms.observer import Answer, Observer
from examples.temperature_alarms.processes import Worker
from examples.temperature_alarms.readings import Reading, all_readings, rises_through_limit
from exchange.workflows.api import service

SECONDS_PER_DAY = 0.03
KILL_AFTER_ALARMS = 40


def value_changed(previous: Reading, current: Reading) -> str | None:
    """The tag event script: it only enqueues, so it is over in a millisecond or two.

    The deduplication id makes a tag change that arrives twice raise one alarm.
    """
    if not rises_through_limit(previous, current):
        return None
    answer = service.enqueue(
        workflowName="temperature_alarm",
        inputs={"measured_at": current.measured_at},
        deduplicationId="temperature_alarm " + current.measured_at,
    )
    if not answer["ok"]:
        raise RuntimeError(f"enqueue failed: {answer['code']}: {answer['message']}")
    return answer["workflowId"]


@dataclass
class Replay:
    """What has been replayed so far."""

    victim: Worker
    observer: Observer
    measured_at: str = ""
    replayed: int = 0
    workflow_ids: set[str] = field(default_factory=set)
    killed_at: float | None = None
    killed_while_running: int = 0
    depth_at_the_kill: Answer | None = None

    def run(self, after_each_day: Callable[[], None]) -> None:
        """Replays the year, a day every few hundredths of a second."""
        next_day = time.monotonic()
        for previous, current in pairwise(all_readings()):
            workflow_id = value_changed(previous, current)
            if workflow_id:
                self.workflow_ids.add(workflow_id)
            self.measured_at = current.measured_at
            self.replayed += 1
            if current.measured_at.endswith(" 00:00"):
                self._kill_one_worker_at_work()
                after_each_day()
                next_day += SECONDS_PER_DAY
                time.sleep(max(0.0, next_day - time.monotonic()))

    def _kill_one_worker_at_work(self) -> None:
        if self.killed_at is not None or len(self.workflow_ids) < KILL_AFTER_ALARMS:
            return
        if self.observer.count_running(self.victim.process_id) > 0:
            self.victim.kill()
            self.killed_at = time.monotonic()
            self.depth_at_the_kill = self.observer.depth()
            self.killed_while_running = self.observer.count_running(self.victim.process_id)
