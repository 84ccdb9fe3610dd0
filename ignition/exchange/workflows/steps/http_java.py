"""HTTP requests in a gateway. One client for the gateway, which keeps connections open and outlives saves."""

from __future__ import absolute_import, division, print_function

from java.lang import IllegalArgumentException, Throwable
from java.net import URI
from java.net.http import HttpClient, HttpRequest, HttpResponse
from java.time import Duration
from java.util.concurrent import ExecutionException, TimeoutException, TimeUnit

from exchange.workflows import compat, errors

_CLIENT = "exchange.workflows.http_client"
_CONNECT_SECONDS = 10


def make_client():
    redirects = HttpClient.Redirect.NORMAL
    builder = HttpClient.newBuilder().followRedirects(redirects).version(HttpClient.Version.HTTP_1_1)
    return builder.connectTimeout(Duration.ofSeconds(_CONNECT_SECONDS)).build()


class JavaCall(object):
    """A request on its way."""

    def __init__(self, asked, host):
        self._asked = asked
        prepared = _prepare(asked)
        client = host.share(_CLIENT, make_client)
        self._future = client.sendAsync(prepared, HttpResponse.BodyHandlers.ofString())

    def wait(self, seconds):
        """Whether the whole answer is there, or the error."""
        try:
            self._future.get(max(1, int(seconds * 1000)), TimeUnit.MILLISECONDS)
        except TimeoutException:
            return False
        except ExecutionException:
            pass
        return True

    def cancel(self):
        self._future.cancel(True)

    def answer(self):
        try:
            response = self._future.get()
        except ExecutionException as failure:
            cause = failure.getCause() or failure
            message = "%s %s" % (compat.class_name(cause), compat.one_line(cause))
            raise self._asked.failed(message.rstrip())
        headers = {}
        for entry in response.headers().map().entrySet():
            headers[compat.to_text(entry.getKey()).lower()] = compat.to_text(", ".join(entry.getValue()))
        return {"status": response.statusCode(), "text": response.body(), "headers": headers}


def _prepare(asked):
    try:
        builder = HttpRequest.newBuilder(URI.create(asked.url))
        for name, value in asked.headers.items():
            builder.setHeader(name, value)
        publishers = HttpRequest.BodyPublishers
        body = publishers.noBody() if asked.body is None else publishers.ofByteArray(asked.body)
        return builder.method(asked.method, body).build()
    except IllegalArgumentException as problem:
        raise errors.BadArgument(compat.message_of(problem), detail={"field": "url"})
    except Throwable as problem:
        raise asked.failed(compat.one_line(problem))
