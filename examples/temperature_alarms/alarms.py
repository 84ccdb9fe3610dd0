"""The workflow of the demo: what an integrator writes, and nothing else."""

from __future__ import annotations

import time
from collections import Counter
from statistics import mean
from typing import Any

from examples.temperature_alarms.readings import readings_until
from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import step, workflow

HISTORIAN_SECONDS = 0.3
ACKNOWLEDGE_AFTER_SECONDS = 3.0
BUSY_EVERY = 3
BUSY_TRIES = 2

_tries: Counter[int] = Counter()


class PagerBusy(Exception):
    """The pager's line is busy; it will be free in a moment."""


@step()
def read_window(measured_at: str) -> list[float]:
    """The last day, from a historian that takes its time."""
    time.sleep(HISTORIAN_SECONDS)
    return readings_until(measured_at, hours=24)


@step()
def summarise(window: list[float]) -> dict[str, float]:
    return {"highest_f": max(window), "mean_f": round(mean(window), 1)}


@step(transactional=True)
def write_alarm(tx: Any, measured_at: str, summary: dict[str, float]) -> int:
    """The alarm row and the record of this step commit together, or neither does."""
    rows = tx.query(
        "insert into plant.alarm (measured_at, highest_f, mean_f)"
        " values (?, ?::numeric, ?::numeric) returning alarm_id",
        [measured_at, summary["highest_f"], summary["mean_f"]],
    )
    return rows[0]["alarm_id"]


@step(options={"retries_allowed": True, "max_attempts": 6, "interval_seconds": 0.1})
def page_operator(alarm_id: int) -> str:
    """Every third page finds the line busy twice; the step is simply tried again."""
    _tries[alarm_id] += 1
    if alarm_id % BUSY_EVERY == 0 and _tries[alarm_id] <= BUSY_TRIES:
        raise PagerBusy("line busy, try %d" % _tries[alarm_id])
    return "operator on call was paged"


@step(transactional=True)
def acknowledge(tx: Any, alarm_id: int) -> None:
    tx.update(
        "update plant.alarm set acknowledged_at = clock_timestamp() where alarm_id = ?::bigint",
        [alarm_id],
    )


@workflow()
def temperature_alarm(measured_at: str) -> dict[str, float]:
    """Runs from the top again after a crash; steps that are recorded are not run a second time."""
    summary = summarise(read_window(measured_at))
    alarm_id = write_alarm(measured_at, summary)
    page_operator(alarm_id)
    getWorkflows().sleep(ACKNOWLEDGE_AFTER_SECONDS)  # waits in the database, not in a thread
    acknowledge(alarm_id)
    return summary
