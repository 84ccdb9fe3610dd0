"""A console on a fresh database, and a browser to look at it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from exchange.workflows.cpython.console.guard import COOKIE
from exchange.workflows.cpython.console.options import ConsoleOptions
from tests.calls import Calls
from tests.console.site import RunningConsole, running_console, user_file

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --disable-dev-shm-usage"
).split()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is shown by a browser is slow evidence."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("proof")


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return user_file(tmp_path_factory.mktemp("console") / "users.json")


@pytest.fixture
def console_options(dsn: str, schema: str, people: Path) -> ConsoleOptions:
    return ConsoleOptions(dsn=dsn, schema=schema, users=people, poll_seconds=0.2)


@pytest.fixture
def console(
    console_options: ConsoleOptions, caplog: pytest.LogCaptureFixture
) -> Iterator[RunningConsole]:
    """An error in its log fails the test."""
    with running_console(console_options) as running:
        yield running
    records = [*caplog.get_records("call"), *caplog.records]
    errors = [one for one in records if one.levelname == "ERROR"]
    assert not errors, [one.getMessage() for one in errors]


# Playwright keeps an event loop in this thread while it is open: so not for the whole session.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not os.path.exists(CHROMIUM):
        needs = "Chromium is missing: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(needs)
        pytest.skip(needs)
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def look(console: RunningConsole, browser: Browser) -> Iterator[Callable[..., Page]]:
    """look("olaf", "/workflows"): a page in a browser of its own; an error in its scripts, a
    refusal of its own content security policy, or a dialog (what a payload would open that is no
    text any more) fails the test."""
    contexts = []
    problems: list[str] = []

    def open_page(name: str | None, path: str, **options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(30_000)
        if name:
            token = console.log_in(name)
            context.add_cookies([{"name": COOKIE, "value": token, "url": console.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("dialog", lambda dialog: problems.append(f"a dialog: {dialog.message}"))
        page.on(
            "console",
            lambda message: (
                problems.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        page.goto(console.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not problems


@pytest.fixture
def calls(conn: psycopg.Connection[Any]) -> Calls:
    return Calls(conn)
