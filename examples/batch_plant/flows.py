"""A small plant: batches that need a reactor, ask an operator, and sometimes fail."""

from __future__ import annotations

import random
import time

from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import step, workflow

REACTORS = ("reactor 1", "reactor 2", "reactor 3")
STEP_SECONDS = 0.6


class ValveStuck(Exception):
    """The outlet valve does not answer."""


@step()
def weigh(product: str, amount_kg: float) -> dict[str, float]:
    time.sleep(STEP_SECONDS)
    return {"kg": round(amount_kg * random.uniform(0.99, 1.01), 2)}


@step(options={"retries_allowed": True, "max_attempts": 4, "interval_seconds": 0.5})
def heat(temperature: float) -> dict[str, float]:
    """The pump loses its prime now and then; the step is simply tried again."""
    time.sleep(STEP_SECONDS * 2)
    if random.random() < 0.25:
        raise ConnectionError("the pump does not answer")
    return {"degC": temperature}


@step()
def drain() -> str:
    time.sleep(STEP_SECONDS)
    if random.random() < 0.08:
        raise ValveStuck("the outlet valve does not answer")
    return "empty"


@step()
def rinse() -> str:
    time.sleep(STEP_SECONDS)
    return "clean"


@workflow(
    parameters={
        "product": {"type": "choice", "choices": ["lemonade", "cola", "tonic"]},
        "amount_kg": {"type": "number", "min": 50, "max": 800, "unit": "kg", "default": 250},
        "temperature": {"type": "number", "min": 20, "max": 95, "unit": "degC", "default": 62},
        "wants_sample": {
            "type": "boolean",
            "default": False,
            "description": "ask the operator for a sample",
        },
    }
)
def make_batch(
    product: str, amount_kg: float = 250, temperature: float = 62, wants_sample: bool = False
) -> dict[str, object]:
    """Weigh, heat, perhaps take a sample, rest, drain; then a child cleans."""
    rt = getWorkflows()
    weighed = weigh(product, amount_kg)
    rt.setEvent("phase", "heating")
    rt.progress(f"heating {weighed['kg']} kg to {temperature} degC")
    heat(temperature)
    sample = None
    if wants_sample:
        rt.setEvent("phase", "waits for the sample")
        form = [
            {"name": "brix", "type": "number", "min": 0, "max": 30, "required": True},
            {"name": "note", "type": "text"},
        ]
        sample = rt.prompt(f"Brix of the sample of {product}?", form)
    rt.setEvent("phase", "resting")
    rt.sleep(4)
    drain()
    rt.startChild("clean_line", {"line": product})
    return {"kg": weighed["kg"], "sample": sample}


@workflow()
def clean_line(line: str) -> str:
    return rinse()


@workflow(max_attempts=1)
def shift_report() -> dict[str, int]:
    time.sleep(STEP_SECONDS)
    return {"batches": random.randint(3, 9)}
