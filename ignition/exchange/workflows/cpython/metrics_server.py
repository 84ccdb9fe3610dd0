"""/metrics of a worker: a small HTTP server in a thread of its own."""

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client.core import Metric

from exchange.workflows.cpython.failures import ExitCode, Failure
from exchange.workflows.cpython.metrics import CONTENT_TYPE, exposition
from exchange.workflows.cpython.metrics_access import is_loopback, refusal

LOG = logging.getLogger("exchange.workflows.metrics")
PATH = "/metrics"
TEXT = "text/plain; charset=utf-8"
_STATUS_LINES = {
    200: "200 OK",
    401: "401 Unauthorized",
    403: "403 Forbidden",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    500: "500 Internal Server Error",
}
Answer = tuple[int, dict[str, str], bytes]


class MetricsServer:
    """Answers GET /metrics with what `read` gives at that moment. Raises Failure where it cannot listen, and
    where others could read it and no token is set."""

    def __init__(
        self,
        read: Callable[[], Iterable[Metric]],
        port: int,
        host: str = "127.0.0.1",
        token: str | None = None,
    ):
        if token is None and not is_loopback(host):
            raise Failure(
                ExitCode.USAGE,
                f"metrics on {host} could be read by anybody",
                "set a token in WORKFLOWS_METRICS_TOKEN, or leave --metrics-host out",
            )
        self._read = read
        self._token = token
        self._server = _opened(host, port, self._answer)
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self._server.server_address[1]}{PATH}"

    def start(self) -> "MetricsServer":
        threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="workflows-metrics", daemon=True
        ).start()
        LOG.info("event=metrics_open url=%s", self.url)
        return self

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        status, headers, body = self._answered(environ)
        start_response(
            _STATUS_LINES[status], [*headers.items(), ("Content-Length", str(len(body)))]
        )
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _answered(self, environ: dict[str, Any]) -> Answer:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return 405, {"Allow": "GET, HEAD", "Content-Type": TEXT}, b"only GET\n"
        if environ["PATH_INFO"] != PATH:
            return 404, {"Content-Type": TEXT}, f"the figures are at {PATH}\n".encode()
        refused = refusal(self._token, environ["REMOTE_ADDR"], _headers(environ))
        if refused is not None:
            return (
                refused.status,
                {"Content-Type": TEXT, **refused.headers},
                refused.reason.encode() + b"\n",
            )
        try:
            return 200, {"Content-Type": CONTENT_TYPE}, exposition(self._read())
        except Exception:
            LOG.exception("event=metrics_failed")
            return 500, {"Content-Type": TEXT}, b"the log of the worker says why\n"


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    return {
        name[5:].replace("_", "-").lower(): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Quiet(WSGIRequestHandler):
    timeout = 10

    def log_message(self, format: str, *args: Any) -> None:
        LOG.debug(format, *args)


def _opened(host: str, port: int, answer: Any) -> WSGIServer:
    try:
        server = (_Server6 if ":" in host else _Server)((host, port), _Quiet)
    except OSError as error:
        raise Failure(
            ExitCode.USAGE,
            f"cannot listen on {host} port {port}: {error.strerror or error}",
            "end what listens there, or give another --metrics-port",
        ) from None
    server.set_app(answer)
    return server
