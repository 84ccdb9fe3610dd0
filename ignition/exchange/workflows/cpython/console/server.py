"""Serving the console over HTTP."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from exchange.workflows.cpython.failures import ExitCode, Failure

STOP_SECONDS = 2


async def serve_app(
    app: Starlette,
    host: str,
    port: int,
    certificate: Path | None = None,
    key: Path | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Listen until SIGINT or SIGTERM. port: 0 is any that is free. say(url) is called once it is
    open. Raises Failure where it cannot be opened."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )
    with _opened(host, port) as listening:
        name = f"[{host}]" if ":" in host else host
        scheme = "https" if certificate else "http"
        say(f"{scheme}://{name}:{listening.getsockname()[1]}/")
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            if not serving.done():
                server.should_exit = True
                await serving
            raise


def _opened(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise Failure(
            ExitCode.USAGE,
            f"cannot listen on {host} port {port}: {error.strerror or error}",
            "end what listens there, or give another --host or --port",
        ) from None
