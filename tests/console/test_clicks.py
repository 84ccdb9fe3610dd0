"""Every action is reached by a click in a real browser: the table of clicks has them all, and each posts."""

import re
from urllib.parse import unquote, urlsplit

import pytest

from exchange.workflows.cpython.console.app import ACTIONS
from tests.console.clicks import of_care, of_queues, of_recipes, of_work, plant, press

GROUPS = {
    "work": of_work,
    "queues": lambda ids: of_queues(),
    "recipes": of_recipes,
    "care": lambda ids: of_care(),
}


def test_the_table_has_every_action():
    ids = dict.fromkeys(("queued", "spare", "failed", "prompt", "document"), "one")
    clicked = [click.action for group in GROUPS.values() for click in group(ids)]
    patterns = {one.path: re.compile(re.sub(r"\{\w+\}", "[^/]+", one.path)) for one in ACTIONS}
    missed = [path for path, one in patterns.items() if not any(map(one.fullmatch, clicked))]
    assert missed == []


@pytest.mark.timeout(400)
@pytest.mark.parametrize("group", GROUPS)
def test_every_action_is_clicked(console, calls, look, group):
    ids = plant(calls)
    page = look("ada", "/not-there")
    posted: dict[str, int] = {}

    def note(response):
        if response.request.method == "POST":
            posted[unquote(urlsplit(response.url).path)] = response.status

    page.on("response", note)
    for click in GROUPS[group](ids):
        posted.clear()
        press(page, console.url, click)
        assert posted.get(click.action) in (200, 303), (click, posted)
