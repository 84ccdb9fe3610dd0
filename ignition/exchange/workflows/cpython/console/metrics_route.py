"""/metrics: how the database stands, for Prometheus. It has no session and asks as a viewer, who only reads."""

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from exchange.workflows.cpython.console.options import ConsoleOptions
from exchange.workflows.cpython.console.site import LOG, Site
from exchange.workflows.cpython.database_metrics import QUERIES, database_metrics, no_database
from exchange.workflows.cpython.failures import Failure
from exchange.workflows.cpython.metrics import CONTENT_TYPE, exposition
from exchange.workflows.cpython.metrics_access import TOKEN_VARIABLE, Refusal, refusal

PATH = "/metrics"


def route_of(site: Site) -> Route:
    return Route(PATH, MetricsRoute(site).show, methods=["GET"])


class MetricsRoute:
    def __init__(self, site: Site):
        self._options = site.options
        self._client = site.database.as_role("viewer", is_read_only=True)
        # However many ask, the database is asked by one at a time.
        self._turn = asyncio.Lock()

    async def show(self, request: Request) -> Response:
        refused = refused_by(self._options, request)
        if refused is not None:
            return PlainTextResponse(refused.reason + "\n", refused.status, refused.headers)
        async with self._turn:
            try:
                metrics = list(database_metrics(await self._client.together(**QUERIES)))
            except Failure as failure:
                LOG.warning("event=metrics_without_database error=%s", failure.message)
                metrics = list(no_database())
        return Response(exposition(metrics), headers={"Content-Type": CONTENT_TYPE})


def refused_by(options: ConsoleOptions, request: Request) -> Refusal | None:
    """Where a proxy lets people in, or somebody speaks TLS, a loopback address says nothing of who asks."""
    if options.metrics_token is None and (options.proxy_header is not None or options.is_https):
        return Refusal(
            403, f"behind a proxy, or with TLS, this needs a token: set {TOKEN_VARIABLE}"
        )
    peer = request.client.host if request.client else ""
    return refusal(options.metrics_token, peer, request.headers)
