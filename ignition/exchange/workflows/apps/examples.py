"""Examples to copy from. Not loaded by itself: startup(modules=["exchange.workflows.apps.examples"]) loads it."""

from __future__ import absolute_import, division, print_function

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
