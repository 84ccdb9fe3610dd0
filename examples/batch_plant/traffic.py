"""What happens in the plant while nobody looks: alarms, batches, a schedule, a recipe."""

from __future__ import annotations

import json
import random
import threading
from itertools import cycle, pairwise

import psycopg

from examples.batch_plant.flows import REACTORS
from examples.temperature_alarms.readings import all_readings, rises_through_limit
from exchange.workflows.engine.instance import getWorkflows

REPORTS = "reports"
MOST_LIVE = 40
ALARM_SECONDS = 2.0
BATCHES_PER_ALARM = 3
PRODUCTS = ("lemonade", "cola", "tonic")


def set_up_plant(connection: psycopg.Connection) -> None:
    """What an engineer has configured; needs a worker that has registered make_batch."""
    values = {"product": "lemonade", "amount_kg": 300, "temperature": 64}
    options = {"actor": "olaf", "reason": "first trial"}
    call(connection, "create_parameter_set", "make_batch", "summer lemonade", values, options)
    approval = {"actor": "ada", "reason": "trial was good"}
    call(
        connection,
        "set_parameter_set_status",
        "make_batch",
        "summer lemonade",
        "approved",
        approval,
    )
    schedule = {"cron": "*/2 * * * *", "options": {"queue_name": REPORTS}, "actor": "ada"}
    call(connection, "create_schedule", "shift report", "shift_report", schedule)


def call(connection: psycopg.Connection, function: str, *arguments: object) -> None:
    texts = [one if isinstance(one, str) else json.dumps(one) for one in arguments]
    marks = ", ".join(["%s"] * len(texts))
    connection.execute(f"select workflows.{function}({marks})", texts)  # type: ignore[arg-type]


def keep_busy(stopping: threading.Event) -> None:
    """Enqueue until the end: each recorded rise of the temperature, and batches in between."""
    rt = getWorkflows()
    rises = [
        after for before, after in pairwise(all_readings()) if rises_through_limit(before, after)
    ]
    for reading in cycle(rises):
        if len(rt.listWorkflows(status="WAITING")) < MOST_LIVE:
            rt.enqueue("temperature_alarm", {"measured_at": reading.measured_at}, actor="tag event")
            for _ in range(random.randint(0, BATCHES_PER_ALARM)):
                enqueue_batch(rt)
        if stopping.wait(ALARM_SECONDS):
            return


def enqueue_batch(rt: object) -> None:
    inputs = {
        "product": random.choice(PRODUCTS),
        "amount_kg": random.randrange(100, 700, 50),
        "wants_sample": random.random() < 0.1,
    }
    rt.enqueue(  # type: ignore[attr-defined]
        "make_batch", inputs, resources=[random.choice(REACTORS)], actor="scheduler"
    )
