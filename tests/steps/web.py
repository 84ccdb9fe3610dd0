"""A local HTTP server that answers what a test asks it to, and remembers what it was asked."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

PATIENCE = 20


class Web:
    """GET /status?code=503&times=1, /slow (until release), /latin, /moved, /cut; all else echoes.
    `asked` holds (method, path with query, headers, body)."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.inside = threading.Event()
        self.go_on = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _answers_for(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Web":
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Any:
        """(status, headers, body), or None to hang up."""
        self.asked.append((method, path, headers, body))
        asked = urlsplit(path)
        query = parse_qs(asked.query)
        if asked.path == "/slow":
            self.inside.set()
            self.go_on.wait(PATIENCE)
        if asked.path == "/cut":
            return None
        if asked.path == "/moved":
            return 302, {"Location": "/there"}, b""
        if asked.path == "/latin":
            return (
                200,
                {"Content-Type": "text/plain; charset=iso-8859-1"},
                "caf\u00e9".encode("latin-1"),
            )
        if asked.path == "/status":
            times = int(query.get("times", ["1000"])[0])
            code = int(query["code"][0]) if len(self.asked) <= times else 200
            return code, {"X-Pump": "P1"}, b"said"
        return 200, {"Content-Type": "text/plain"}, body or asked.path.encode()


def _answers_for(web: Web) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = web.answer(self.command, self.path, dict(self.headers.items()), body)
            if answer is None:
                self.close_connection = True
                return
            status, headers, content = answer
            try:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except OSError:
                pass

        def log_message(self, *_: Any) -> None:
            pass

    for method in ("GET", "POST", "PUT", "DELETE"):
        setattr(Answers, "do_" + method, Answers._any)
    return Answers
