"""The web console: its table of contents, and the edge where errors end."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exchange.workflows.cpython.console import action_routes, login, metrics_route, page_routes
from exchange.workflows.cpython.console.guard import Forbidden, NotLoggedIn, security_headers
from exchange.workflows.cpython.console.log import LOG
from exchange.workflows.cpython.console.options import ConsoleOptions
from exchange.workflows.cpython.console.page import Action, Page
from exchange.workflows.cpython.console.pages import (
    attention,
    audit,
    calendars,
    database,
    dead_letters,
    enum,
    enums,
    equipment,
    overview,
    prompt,
    prompts,
    queue,
    queues,
    recipe,
    recipe_form,
    recipes,
    rejected,
    retention,
    schedule_form,
    schedules,
    settings,
    start,
    templates,
    wait_list,
    workers,
    workflow,
    workflows,
)
from exchange.workflows.cpython.console.site import Site
from exchange.workflows.cpython.failures import ExitCode, Failure

ASSETS = Path(__file__).with_name("assets")
# In this order the menu has them.
MODULES = (
    overview,
    workflows,
    workflow,
    attention,
    queues,
    queue,
    equipment,
    wait_list,
    prompts,
    prompt,
    dead_letters,
    rejected,
    start,
    recipes,
    recipe,
    recipe_form,
    enums,
    enum,
    templates,
    schedule_form,
    schedules,
    calendars,
    workers,
    audit,
    settings,
    retention,
    database,
)
PAGES: list[Page] = [page for module in MODULES for page in module.PAGES]
ACTIONS: list[Action] = [action for module in MODULES for action in module.ACTIONS]


def create_app(options: ConsoleOptions) -> Starlette:
    site = Site(options, PAGES)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await site.database.open()
        yield
        for feed in site.feeds.values():
            await feed.close()
        await site.database.close()

    routes: list[Any] = [
        Mount("/assets", StaticFiles(directory=ASSETS)),
        *login.routes(site),
        *(route for page in PAGES for route in page_routes.routes_of(site, page)),
        *(action_routes.route_of(site, action) for action in ACTIONS),
        Route("/ready", ready, methods=["GET"]),
        metrics_route.route_of(site),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers=_edges(site))
    app.add_middleware(Headers, headers=security_headers(options))
    app.state.site = site
    return app


async def ready(request: Request) -> Response:
    """For load balancers and scripts: the console is up. It says nothing of the database."""
    return Response("ok\n", media_type="text/plain")


class Headers:
    """Adds the security headers to every response, and keeps pages out of caches."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]):
        self._app = app
        self._headers = [(k.lower().encode(), v.encode()) for k, v in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_asset = scope.get("path", "").startswith("/assets/")
        cache = b"max-age=3600" if is_asset else b"no-store"

        async def send_more(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                extra = [*self._headers, (b"cache-control", cache)]
                message["headers"] = [
                    *message["headers"],
                    *(one for one in extra if one[0] not in given),
                ]
            await send(message)

        await self._app(scope, receive, send_more)


def _edges(site: Site) -> dict[Any, Any]:
    async def not_logged_in(request: Request, error: Exception) -> Response:
        return site.login_redirect(request)

    async def forbidden(request: Request, error: Exception) -> Response:
        assert isinstance(error, Forbidden)
        failure = Failure(ExitCode.NOT_ALLOWED, error.reason)
        return site.failure_page(request, _visitor(request), failure, error.status)

    async def failed(request: Request, error: Exception) -> Response:
        assert isinstance(error, Failure)
        return site.failure_page(request, _visitor(request), error)

    async def http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        text = "there is no such page" if error.status_code == 404 else error.detail
        failure = Failure(ExitCode.USAGE, text)
        return site.failure_page(request, _visitor(request), failure, error.status_code)

    async def unexpected(request: Request, error: Exception) -> Response:
        LOG.error("event=failed path=%s", request.url.path, exc_info=error)
        failure = Failure(
            ExitCode.REFUSED, "this page has an error; the log of the console has more"
        )
        return site.failure_page(request, None, failure, 500)

    def _visitor(request: Request) -> Any:
        try:
            return site.guard.visitor(request, "viewer", is_use=False)
        except (NotLoggedIn, Forbidden):
            return None

    return {
        NotLoggedIn: not_logged_in,
        Forbidden: forbidden,
        Failure: failed,
        HTTPException: http_error,
        Exception: unexpected,
    }
