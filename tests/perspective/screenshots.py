"""Pictures of the views for the documentation, drawn from their JSON over a database with work: `make screenshots`."""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from playwright.sync_api import sync_playwright

from exchange.workflows.cpython import installer
from exchange.workflows.engine import instance
from ignition import export_project
from tests.calls import Calls, Worker
from tests.console.brewery import Brewery
from tests.console.conftest import CHROMIUM, FLAGS
from tests.perspective.conftest import asker
from tests.perspective.drawing import draw
from tests.perspective.reading import read_views
from tests.perspective.runtime import RunningView, session
from tests.perspective.work import plant_at_work
from tests.servers import running_server

MOST_BYTES = 150_000
# The rest would be more of the same rows.
HEIGHTS = {"main": 560, "monitor": 560, "start": 330, "attention": 340, "queues": 300}
Begin = Callable[..., RunningView]


def pictures(begin: Begin, known: dict[str, str]) -> dict[str, RunningView]:
    """The views by the names of their pictures, each as an operator has it in the middle of something."""
    made = {name.lower(): begin(name) for name in ("Admin", "Main", "Queues", "Recipes", "Start")}
    made["details"] = begin("Details", workflowId=known["done"])
    made["attention"] = begin("AttentionNeeded")
    made["attention"].choose("Waiting")
    made["prompts"] = begin("Prompts")
    made["prompts"].choose("Open")
    made["prompts"].fill("Fields", "kilograms", "24.8")
    made["queues"].choose("Queues")
    made["monitor"] = begin("Monitor")
    names = [row["workflow_id"] for row in made["monitor"].view.custom.workflows]
    made["monitor"].choose("Workflows", names.index(known["running"]))
    for name in ("start", "recipes"):
        made[name].settle_for(workflowName="brew")
    made["start"].settle_for(setName="Rye")
    made["start"].fill("Fields", "batch", "B-117")
    made["recipes"].choose("Recipes", 2)
    order = begin("Details", workflowId=known["running"])
    order.press("Abort")
    made["confirm"] = order.popup()
    made["confirm"].settle_for(reason="leak at the flange")
    made["queue-depth-tile"] = begin("QueueDepthTile", queueName="default")
    made["status-pill"] = begin("StatusPill", status="RUNNING", state="HOLDING")
    return made


def take_all(made: dict[str, RunningView], directory: Path) -> None:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*FLAGS, "--disable-lcd-text"]
        )
        for name, running in made.items():
            size = running.made["props"]["defaultSize"]
            height = HEIGHTS.get(name, size["height"])
            page = browser.new_page(viewport={"width": size["width"], "height": height})
            html = Path(folder) / f"{name}.html"
            html.write_text(draw(running), encoding="utf-8")
            page.goto(html.as_uri())
            target = directory / f"perspective-{name}.png"
            page.screenshot(path=target)
            if target.stat().st_size > MOST_BYTES:
                raise SystemExit(f"{target} is too large: {target.stat().st_size} bytes")
            page.close()
        browser.close()


def main(directory: Path) -> None:
    with running_server() as server, tempfile.TemporaryDirectory() as folder:
        dsn = server.dsn("postgres")
        with psycopg.connect(dsn, autocommit=True) as conn:
            installer.install(conn, "workflows")
            calls = Calls(conn)
            instance.configure(dsn, schema="workflows")
            known = plant_at_work(calls, Brewery(calls), Worker)
            export_project.unpack(Path(folder))
            views, ask = read_views(Path(folder)), asker(conn, Path(folder))

            def begin(name: str, **params: Any) -> RunningView:
                return RunningView(views, name, ask, session("anna", "operator"), **params)

            take_all(pictures(begin, known), directory)
            instance.shutdown()


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    main(Path(sys.argv[1]))
