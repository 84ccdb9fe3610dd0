"""A step that makes an HTTP request: java.net.http in a gateway, urllib in a CPython process."""

from __future__ import absolute_import, division, print_function

import json

from exchange.workflows import compat, errors
from exchange.workflows.engine import checks, context, instance, polling
from exchange.workflows.engine.runtime import step

_SLICE_SECONDS = 0.25
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
# The server failed, or asks to come again: what another try may help.
_FAILED_STATUSES = (408, 425, 429)
_LONGEST_MS = 3600000


class Request(object):
    """What is sent, by either of the two ways."""

    def __init__(self, method, url, headers, body, timeout_seconds):
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout_seconds = timeout_seconds

    @property
    def is_safe(self):
        """Whether asking twice does no harm."""
        return self.method in _SAFE_METHODS

    def failed(self, message, status=None, text=None):
        detail = {"url": self.url, "status": status, "text": (text or "")[:1000]}
        error = errors.RequestFailed("%s %s: %s" % (self.method, self.url, message), detail=detail)
        error.is_repeatable = self.is_safe
        return error

    def timed_out(self):
        message = "%s %s: no answer within %g s" % (self.method, self.url, self.timeout_seconds)
        error = errors.TimedOut(message, detail={"url": self.url})
        error.is_repeatable = self.is_safe
        return error


@step(name="http.request", options={"max_attempts": 3, "retry_on": ["RequestFailed", "TimedOut"]})
def request(method, url, headers=None, params=None, data=None, json_body=None, timeout_ms=10000):
    """Make an HTTP request and wait for the whole answer. Redirects are followed.

    params: {name: value or list}, added to the url. data: a text, or a dict that is sent as a form.
    json_body: what is sent as JSON, in place of data. timeout_ms: for everything together.

    Returns {"status", "text", "headers"}; names of headers in lower case. Answers from 400 on are returned too.
    Raises RequestFailed where there is no answer or its status is 5xx, 408, 425 or 429, and TimedOut. GET, HEAD
    and OPTIONS are tried three times, other methods once. The thread waits for the answer.

        answer = http.request("GET", "https://erp.example/orders", params={"line": 3}, timeout_ms=5000)
        orders = json.loads(answer["text"])
    """
    asked = make_request(method, url, headers, params, data, json_body, timeout_ms)
    answer = _wait_for(_send(asked), asked)
    status = answer["status"]
    if status >= 500 or status in _FAILED_STATUSES:
        raise asked.failed("status %d" % status, status, answer["text"])
    return answer


def make_request(method, url, headers=None, params=None, data=None, json_body=None, timeout_ms=10000):
    """The arguments of request(), checked and put together."""
    checks.check_number("timeout_ms", timeout_ms, 1, _LONGEST_MS)
    if data is not None and json_body is not None:
        raise errors.BadArgument("give data or json_body, not both", detail={"field": "json_body"})
    sent = dict((compat.to_text(name), compat.to_text(value)) for name, value in (headers or {}).items())
    body, kind = None, None
    if json_body is not None:
        body, kind = json.dumps(json_body), "application/json"
    elif isinstance(data, dict):
        body, kind = _encode(data), "application/x-www-form-urlencoded"
    elif data is not None:
        body, kind = data, "text/plain; charset=utf-8"
    if kind is not None and "content-type" not in [name.lower() for name in sent]:
        sent["Content-Type"] = kind
    if isinstance(body, compat.text_type):
        body = body.encode("utf-8")
    if params:
        url += ("&" if "?" in url else "?") + _encode(params)
    return Request(compat.to_text(method).upper(), compat.to_text(url), sent, body, timeout_ms / 1000.0)


def _encode(values):
    try:
        from urllib.parse import quote_plus  # novm
    except ImportError:
        from urllib import quote_plus  # type: ignore[attr-defined,no-redef]  # novm
    pairs = []
    for name, value in values.items():
        for one in value if isinstance(value, (list, tuple)) else [value]:
            pairs.append("=".join(quote_plus(compat.to_text(part).encode("utf-8")) for part in (name, one)))
    return "&".join(pairs)


def _send(asked):
    """Begin the request: what answers wait(seconds), cancel() and answer()."""
    if instance.is_gateway():
        from exchange.workflows.steps.http_java import JavaCall as Call
    else:
        try:
            from exchange.workflows.cpython.http_call import ThreadCall as Call
        except ImportError:
            raise errors.NotConfigured("a request needs a gateway, or the CPython part of this library")
    return Call(asked, instance.choose_host())


def _wait_for(call, asked):
    """Wait for the answer in slices, and obey orders in between. A request that must not be made twice is left
    for the orders alone that end the workflow."""
    monotonic = instance.choose_host().monotonic
    over_at = monotonic() + asked.timeout_seconds
    running = context.current()
    is_done = False
    try:
        while not is_done:
            left = over_at - monotonic()
            if left <= 0:
                raise asked.timed_out()
            is_done = call.wait(min(left, _SLICE_SECONDS))
            if running is not None and not is_done:
                polling.obey(running, asked.is_safe)
    finally:
        if not is_done:
            call.cancel()
    return call.answer()
