"""A running console: a real server on a free port of 127.0.0.1, in a thread of this process."""

import asyncio
import contextlib
import re
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from exchange.workflows.cpython.console import server
from exchange.workflows.cpython.console.app import create_app
from exchange.workflows.cpython.console.guard import COOKIE
from exchange.workflows.cpython.console.options import ConsoleOptions
from exchange.workflows.cpython.console.users import UserFile

PASSWORD = "correct horse battery"
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
PEOPLE = {"vera": "viewer", "olaf": "operator", "ada": "admin"}


def user_file(path: Path) -> Path:
    """The people of the tests; all have the same password."""
    users = UserFile(path)
    for name, role in PEOPLE.items():
        users.save(name, role, PASSWORD)
    return path


class RunningConsole:
    def __init__(self, url: str, app: Any):
        self.url = url.rstrip("/")
        self.site = app.state.site

    def log_in(self, name: str) -> str:
        """The token of a session, without the time that a password takes."""
        return self.site.sessions.start(name)

    def client(self, name: str | None, cookies_of: str | None = None, **options: Any) -> "Visitor":
        token = self.log_in(name) if name else cookies_of
        cookies = {COOKIE: token} if token else {}
        # Every site of the tests speaks plain HTTP, and to read all certificates takes longer than a page.
        options.setdefault("verify", NO_CERTIFICATES)
        return Visitor(base_url=self.url, cookies=cookies, timeout=20, **options)


class Visitor(httpx.Client):
    """A person's browser without a screen: it follows no redirect by itself, and posts as a form of
    the console does."""

    def submit(self, path: str, back: str = "/", **fields: Any) -> httpx.Response:
        return self.post(path, data={"csrf": self.csrf(), "back": back, **fields})

    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.get("/no-such-page").text)
        assert found, "no form with a token on the page"
        return found[1]

    def told(self, answer: httpx.Response) -> str:
        """What the page says that an answer leads to."""
        assert answer.status_code == 303, answer.text
        text = self.get(answer.headers["location"]).text
        return " ".join(re.findall(r'<p class="banner \w+" role="status">([^<]*)</p>', text))


@contextlib.contextmanager
def running_console(
    options: ConsoleOptions, port: int = 0, **changes: Any
) -> Iterator[RunningConsole]:
    started = threading.Event()
    state: dict[str, Any] = {}

    def say(url: str) -> None:
        state["url"] = url
        started.set()

    async def run() -> None:
        state["stop"] = asyncio.Event()
        state["loop"] = asyncio.get_running_loop()
        app = create_app(replace(options, **changes))
        state["app"] = app
        serving = asyncio.create_task(server.serve_app(app, "127.0.0.1", port, say=say))
        stopping = asyncio.create_task(state["stop"].wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving

    def main() -> None:
        try:
            asyncio.run(run())
        finally:
            started.set()

    thread = threading.Thread(target=main, name="console", daemon=True)
    thread.start()
    assert started.wait(20) and "url" in state, "the console did not start"
    try:
        yield RunningConsole(state["url"], state["app"])
    finally:
        state["loop"].call_soon_threadsafe(state["stop"].set)
        thread.join(20)
