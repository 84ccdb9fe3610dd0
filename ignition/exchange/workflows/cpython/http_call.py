"""HTTP requests of the step http.request in a CPython process, by urllib."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from typing import Any

from exchange.workflows import compat, errors


class ThreadCall:
    """A request on its way, in a thread of its own: the one that asked can leave it."""

    def __init__(self, asked: Any, host: Any):
        self._asked = asked
        self._done = host.make_event()
        self._answer: dict[str, Any] = {}
        self._error: errors.WorkflowsError | None = None
        try:
            self._prepared = urllib.request.Request(
                asked.url, data=asked.body, headers=asked.headers, method=asked.method
            )
        except ValueError as problem:
            raise errors.BadArgument(str(problem), detail={"field": "url"}) from problem
        host.start_thread("workflows-http", self._run)

    def wait(self, seconds: float) -> bool:
        """Whether the whole answer is there, or the error."""
        return bool(self._done.wait(seconds))

    def cancel(self) -> None:
        """The thread ends by itself: the timeout of its socket is that of the request."""

    def answer(self) -> dict[str, Any]:
        if self._error is not None:
            raise self._error
        return self._answer

    def _run(self) -> None:
        try:
            self._answer = self._ask()
        except errors.WorkflowsError as error:
            self._error = error
        except Exception as error:
            self._error = self._asked.failed(_named(error))
        finally:
            self._done.set()

    def _ask(self) -> dict[str, Any]:
        seconds = self._asked.timeout_seconds
        try:
            with urllib.request.urlopen(self._prepared, timeout=seconds) as response:
                return _plain(response)
        except urllib.error.HTTPError as response:
            with response:
                return _plain(response)
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            if isinstance(reason, TimeoutError):
                raise self._asked.timed_out() from error
            raise self._asked.failed(_named(reason)) from error


def _named(error: Any) -> str:
    return f"{compat.class_name(error)} {compat.one_line(error)}"


def _plain(response: Any) -> dict[str, Any]:
    content = response.read()
    try:
        text = content.decode(response.headers.get_content_charset("utf-8"), "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        name = name.lower()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return {"status": response.status, "text": text, "headers": headers}
