"""Pages: a GET that shows one, and the stream that keeps an open one up to date."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from exchange.workflows.compat import new_id
from exchange.workflows.cpython.console.feed import Query, Snapshot
from exchange.workflows.cpython.console.guard import Forbidden, NotLoggedIn, Visitor
from exchange.workflows.cpython.console.page import Page
from exchange.workflows.cpython.console.site import CSRF_MARK, FORM_MARK, Site
from exchange.workflows.cpython.failures import ExitCode, Failure

KEEP_ALIVE_SECONDS = 15.0
EVENT_STREAM = "text/event-stream"


def routes_of(site: Site, page: Page) -> list[Route]:
    views = PageRoutes(site, page)
    routes = [Route(page.path, views.show, methods=["GET"])]
    if page.is_live:
        routes.append(Route(f"/live{page.path}", views.stream, methods=["GET"]))
    return routes


class PageRoutes:
    def __init__(self, site: Site, page: Page):
        self._site = site
        self._page = page
        self._feed = site.feeds[page.name]
        self._template = f"pages/{page.name}.html"
        self._drawn: dict[tuple[Query, str], tuple[int, str]] = {}

    async def show(self, request: Request) -> Response:
        visitor = self._site.guard.visitor(request, self._page.role)
        query = self._query(request)
        snapshot = await self._feed.get(query, is_fresh=bool(visitor.session.messages))
        if snapshot.shown is None:
            assert snapshot.failure is not None
            return self._site.failure_page(request, visitor, snapshot.failure)
        shown = self._shown(request, visitor, query, snapshot)
        return self._site.guard.finish(request, self._site.html(self._template, shown))

    async def stream(self, request: Request) -> Response:
        """A stream of a page that was open when its session ended says that, and no more."""
        try:
            visitor = self._site.guard.visitor(request, self._page.role, is_use=False)
        except NotLoggedIn:
            return Response(self._over(), media_type=EVENT_STREAM)
        return StreamingResponse(
            self._events(request, visitor),
            media_type=EVENT_STREAM,
            headers={"X-Accel-Buffering": "no"},
        )

    async def _events(self, request: Request, visitor: Visitor) -> AsyncIterator[str]:
        """The live part again whenever it has changed, until the session is over."""
        query = self._query(request)
        sent, form_id = None, new_id()
        async with self._feed.watch(query) as watch:
            while True:
                snapshot = await watch.next(KEEP_ALIVE_SECONDS)
                try:
                    visitor = self._site.guard.visitor(request, self._page.role, is_use=False)
                except (NotLoggedIn, Forbidden):
                    yield self._over()
                    return
                if snapshot is None:
                    yield ": still here\n\n"
                    continue
                part = self._part(request, visitor, query, snapshot)
                if part != sent:
                    sent = part
                    own = part.replace(CSRF_MARK, visitor.session.csrf)
                    yield _event(own.replace(FORM_MARK, form_id))

    def _over(self) -> str:
        return _event(self._site.renderer.page("session_over.html", {}))

    def _part(self, request: Request, visitor: Visitor, query: Query, snapshot: Snapshot) -> str:
        """The live part, drawn once for all who have the same role and look at the same."""
        key = (query, visitor.user.role)
        number, part = self._drawn.get(key, (0, ""))
        if number != snapshot.number:
            shown = self._shown(request, visitor, query, snapshot)
            part = self._site.renderer.live_part(
                self._template,
                {**shown, "csrf": CSRF_MARK, "form_id": FORM_MARK, "messages": []},
            )
            if len(self._drawn) > 500:
                self._drawn.clear()
            self._drawn[key] = (snapshot.number, part)
        return part

    def _shown(
        self, request: Request, visitor: Visitor, query: Query, snapshot: Snapshot
    ) -> dict[str, Any]:
        # Written as a browser writes it: a name in it may have any character.
        path = quote(request.scope["path"])
        if self._is_stream(request):
            path = path.removeprefix("/live")
        frame = (
            self._site.frame(visitor, dict(query), path)
            if not self._is_stream(request)
            else {**self._site.frame(None, dict(query), path), "user": visitor.user}
        )
        return {
            "page": self._page,
            "title": self._page.title,
            "read_at": snapshot.read_at,
            "failure": snapshot.failure,
            "live_url": f"/live{path}?{request.url.query}" if self._page.is_live else None,
            **frame,
            **(snapshot.shown or {}),
        }

    def _is_stream(self, request: Request) -> bool:
        return request.url.path.startswith("/live/") or request.url.path == "/live"

    def _query(self, request: Request) -> Query:
        """What is asked for: the words of the path, and those of the query that the page knows."""
        words = dict(request.path_params)
        for word in self._page.takes:
            value = request.query_params.get(word, "").strip()
            if "\x00" in value:
                raise Failure(ExitCode.USAGE, f"{word} contains a NUL character")
            if value:
                words[word] = value[:500]
        return tuple(sorted(words.items()))


def _event(part: str) -> str:
    lines = part.replace("\r", "").split("\n")
    return "".join(f"data: {line}\n" for line in lines) + "\n"
