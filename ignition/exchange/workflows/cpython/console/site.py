"""What every response of the console is made with: one per running console."""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from exchange.workflows.compat import new_id
from exchange.workflows.cpython.console.database import Database
from exchange.workflows.cpython.console.feed import Feed
from exchange.workflows.cpython.console.guard import Guard, Visitor
from exchange.workflows.cpython.console.log import LOG
from exchange.workflows.cpython.console.options import ConsoleOptions
from exchange.workflows.cpython.console.page import Asked, Page
from exchange.workflows.cpython.console.passwords import Passwords
from exchange.workflows.cpython.console.render import Renderer
from exchange.workflows.cpython.console.sessions import LoginLimit, Sessions
from exchange.workflows.cpython.console.users import UserFile
from exchange.workflows.cpython.failures import ExitCode, Failure
from exchange.workflows.settings import VERSION

STATUS_OF = {
    ExitCode.REFUSED: 409,
    ExitCode.USAGE: 400,
    ExitCode.NOT_ALLOWED: 403,
    ExitCode.UNREACHABLE: 503,
    ExitCode.SCHEMA_VERSION: 503,
}
# Stand for the token of the session and for the id that a page gives to what its forms start, while
# a part of a page is drawn once for many browsers.
CSRF_MARK = secrets.token_urlsafe(32)
FORM_MARK = secrets.token_urlsafe(32)


class Site:
    def __init__(self, options: ConsoleOptions, pages: list[Page]):
        self.options = options
        self.pages = pages
        self.database = Database(options.dsn, options.schema)
        self.users = UserFile(options.users)
        self.sessions = Sessions(options.idle_seconds, options.session_seconds)
        self.limit = LoginLimit(options.login_tries, options.login_pause_seconds)
        self.passwords = Passwords(self.users, self.limit)
        self.guard = Guard(options, self.users, self.sessions)
        self.renderer = Renderer()
        self.feeds = {page.name: self._feed_of(page) for page in pages}

    def _feed_of(self, page: Page) -> Feed:
        client = self.database.as_role(page.role, is_read_only=True)
        seconds = self.options.poll_seconds if page.poll_seconds is None else page.poll_seconds
        return Feed(lambda query: page.read(client, dict(query)), seconds)

    def frame(self, visitor: Visitor | None, asked: Asked, path: str) -> dict[str, Any]:
        """What layout.html needs beside the page's own."""
        return {
            "asked": asked,
            "path": path,
            "user": visitor.user if visitor else None,
            "csrf": visitor.session.csrf if visitor else "",
            "form_id": new_id(),
            "messages": visitor.session.take_messages() if visitor else [],
            "menu": self._menu(visitor) if visitor else {},
            "read_only": self.options.read_only,
            "environment": self.options.environment,
            "version": VERSION,
        }

    def html(
        self, template: str, shown: Mapping[str, Any], status: int = 200, **frame: Any
    ) -> Response:
        return HTMLResponse(self.renderer.page(template, {**frame, **shown}), status)

    def failure_page(
        self, request: Request, visitor: Visitor | None, failure: Failure, status: int | None = None
    ) -> Response:
        if failure.exit_code == ExitCode.UNEXPECTED:
            LOG.error(
                "event=failed path=%s", request.url.path, exc_info=failure.__cause__ or failure
            )
        is_page = request.method == "GET"
        again = local_path(quote(request.scope["path"])) if is_page else "/"
        return self.html(
            "failure.html",
            {"failure": failure, "title": "That did not work"},
            status or STATUS_OF.get(failure.exit_code, 500),
            **self.frame(visitor, {}, again),
        )

    def login_redirect(self, request: Request) -> Response:
        wanted = request.url.path
        if request.method == "GET" and request.url.query:
            wanted += f"?{request.url.query}"
        if request.method != "GET" or wanted == "/":
            return RedirectResponse("/login", 303)
        return RedirectResponse(f"/login?next={quote(wanted, safe='')}", 303)

    def _menu(self, visitor: Visitor) -> dict[str, list[Page]]:
        menu: dict[str, list[Page]] = {}
        for page in self.pages:
            if page.group is not None and visitor.user.may(page.role):
                menu.setdefault(page.group, []).append(page)
        return menu


def local_path(wanted: str | None) -> str:
    """A path of this console to go to; / for anything that would lead elsewhere."""
    if not wanted or not wanted.startswith("/") or "\\" in wanted:
        return "/"
    url = URL(wanted)
    return "/" if url.netloc or url.scheme or wanted.startswith("//") else wanted
