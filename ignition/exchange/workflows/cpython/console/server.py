"""Serving the console over HTTP."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

STOP_SECONDS = 2
STARTED_LOOK_SECONDS = 0.05


async def serve_app(
    app: Starlette,
    host: str,
    port: int,
    certificate: Path | None = None,
    key: Path | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Listen until SIGINT or SIGTERM. say(url) is called once the port is open."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started and not serving.done():
            await asyncio.sleep(STARTED_LOOK_SECONDS)
        if server.started:
            bound = server.servers[0].sockets[0].getsockname()
            scheme = "https" if certificate else "http"
            name = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
            say(f"{scheme}://{name}:{bound[1]}/")
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        await serving
        raise
