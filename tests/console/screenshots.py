"""Pictures for the documentation, from the console with a plant at work: `make screenshots`."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

from examples.batch_plant.__main__ import PASSWORD
from tests.console.conftest import CHROMIUM, FLAGS
from tests.servers import free_port

WORK_SECONDS = 45
VIEW: ViewportSize = {"width": 1280, "height": 860}


def main(directory: Path) -> None:
    environment = {**os.environ, "PORT": str(free_port())}
    command = [sys.executable, "-m", "examples.batch_plant"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as plant:
        try:
            time.sleep(WORK_SECONDS)  # so that there is something to see
            take_all(f"http://127.0.0.1:{environment['PORT']}", directory)
        finally:
            plant.terminate()


def take_all(url: str, directory: Path) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport=VIEW)
        page.goto(url)
        page.get_by_label("Name").fill("olaf")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.locator("#throughput canvas").wait_for()
        take(page, directory, "overview")
        page.get_by_role("link", name="Workflows", exact=True).click()
        take(page, directory, "workflows")
        page.goto(f"{url}/workflows?workflow_name=make_batch&status=SUCCESS")
        page.locator("tbody a").first.click()
        page.get_by_text(re.compile("^Steps$")).wait_for()
        take(page, directory, "workflow")
        browser.close()


def take(page: Page, directory: Path, name: str) -> None:
    page.wait_for_load_state("load")
    page.screenshot(path=directory / f"console-{name}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
