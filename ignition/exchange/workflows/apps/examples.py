"""Examples to copy from. Not loaded by itself: startup(modules=["exchange.workflows.apps.examples"]) loads it."""

from __future__ import absolute_import, division, print_function

from exchange.workflows.api import params
from exchange.workflows.engine.runtime import step, workflow
from exchange.workflows.steps import sleep, tags, wait


@step(name="demo.note_progress")
def note_progress(done, total):
    return {"percent": 100 * done // total}


@workflow(name="demo.one_minute_progress", timeout_seconds=180)
def one_minute_progress(chunk_sec=5):
    """Counts to a minute. Hold it, resume it, save the scripts, stop the gateway: it goes on where it was."""
    chunks = max(1, 60 // chunk_sec)
    progress = {"percent": 0}
    for done in range(1, chunks + 1):
        sleep.sleep_ms(chunk_sec * 1000)
        progress = note_progress(done, chunks)
    return progress


@workflow(name="demo.fill_tank", on_worker_lost="hold")
def fill_tank(tank="[default]Demo/Tank", level=80):
    """Opens a valve, waits for the level and closes the valve. An operator decides when its worker is lost."""
    tags.write_confirm(tank + "/Open", True)
    try:
        return wait.until_tag_equals(tank + "/Level", level, timeout_ms=600000, tolerance=0.5)
    finally:
        # A wait that leaves the thread passes here too. No step begins then.
        tags.write_confirm(tank + "/Open", False)


_DEGREES_PER_MINUTE = {"gentle": 1, "normal": 2, "fast": 5}


@step(name="demo.plan_heating")
def plan_heating(temperature, mode):
    return {"temperature": temperature, "minutes": int((temperature - 20) / _DEGREES_PER_MINUTE[mode])}


@workflow(
    name="demo.batch",
    parameters={
        "batch": {"type": "text", "min": 1, "max": 20, "description": "number of the batch"},
        "temperature": {"type": "number", "min": 20, "max": 95, "unit": "degC"},
        "mode": {"type": "choice", "enum": "BatchMode", "default": "gentle"},
        "not_before": {"type": "datetime", "description": "when the kettle is free"},
    },
)
def batch(batch, temperature, mode, not_before=None):
    """Plans how a batch is heated. Its recipes hold the temperature and the mode, its operator gives the number."""
    planned = plan_heating(temperature, mode)
    return dict(planned, batch=batch, not_before=not_before)


def create_batch_recipe(actor="demo"):
    """What demo.batch is started from: an enum, a template and an approved recipe. Once its worker has registered it.

    Answers the envelope of the first that fails, else that of the approval.

        exchange.workflows.apps.examples.create_batch_recipe(actor="anna")
        exchange.workflows.api.params.startWithParameterSet("demo.batch", "Rye", {"batch": "R-17"}, actor="carla")
    """
    saved = params.createEnumVersion("BatchMode", ["gentle", "normal", "fast"], createdBy=actor)
    if saved["ok"]:
        saved = params.createTemplateVersion("demo.batch", "standard", batch_form(), createdBy=actor)
    if saved["ok"]:
        rye = {"temperature": 72, "mode": "normal"}
        saved = params.saveParameterSet("demo.batch", "Rye", rye, "standard", createdBy=actor)
    if saved["ok"]:
        saved = params.approveParameterSet("demo.batch", "Rye", actor=actor)
    return saved


def batch_form():
    """The props of a Perspective Form with a widget for each parameter of demo.batch."""
    modes = [{"label": "@enum:BatchMode", "value": "__enum__", "isDisabled": False}]
    widgets = [
        {"id": "batch", "type": "text"},
        {"id": "temperature", "type": "numeric"},
        {"id": "mode", "type": "dropdown", "dropdown": {"options": modes}},
        {"id": "not_before", "type": "dateTime"},
    ]
    rows = [{"widgets": [widget]} for widget in widgets]
    return {
        "columns": {"items": [{"rows": {"items": rows}}]},
        "data": {"batch": None, "temperature": 65, "mode": "gentle", "not_before": None},
    }
