"""system.net.httpClient over java.net.http."""

from __future__ import absolute_import, division, print_function

import base64
import json
import urllib

from java.lang import String
from java.net import URI, InetAddress
from java.net.http import HttpClient, HttpRequest, HttpResponse
from java.nio.charset import StandardCharsets
from java.time import Duration
from java.util import TreeMap

METHODS = ("get", "post", "put", "delete", "patch", "head", "options", "trace")


class SystemNet(object):
    def httpClient(
        self,
        timeout=60000,
        bypass_cert_validation=True,
        username=None,
        password=None,
        proxy=None,
        cookie_policy="ACCEPT_ORIGINAL_SERVER",
        redirect_policy="NORMAL",
        version="HTTP_2",
        customizer=None,
    ):
        builder = HttpClient.newBuilder().connectTimeout(Duration.ofMillis(timeout))
        builder.followRedirects(getattr(HttpClient.Redirect, redirect_policy))
        builder.version(getattr(HttpClient.Version, version))
        if customizer is not None:
            customizer(builder)
        return JythonHttpClient(builder.build(), username, password, timeout)

    def getHostName(self):
        return InetAddress.getLocalHost().getHostName()


class JythonHttpClient(object):
    def __init__(self, client, username, password, connect_timeout):
        self._client = client
        self._username = username
        self._password = password
        self._connect_timeout = connect_timeout

    def getConnectTimeout(self):
        return self._connect_timeout

    def getJavaClient(self):
        return self._client

    def request(
        self,
        url,
        method="GET",
        params=None,
        data=None,
        file=None,
        headers=None,
        username=None,
        password=None,
        timeout=60000,
    ):
        if params:
            url += ("&" if "?" in url else "?") + _encoded(params)
        headers = dict(headers or {})
        names = {name.lower() for name in headers}
        if isinstance(data, (dict, list)) and "content-type" not in names:
            headers["Content-Type"] = "application/json;charset=UTF-8"
        builder = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofMillis(timeout))
        builder.method(method, _body(data, file))
        for name, value in headers.items():
            builder.header(name, "%s" % value)
        user = username or self._username
        if user:
            pair = "%s:%s" % (user, password or self._password or "")
            token = base64.b64encode(pair.encode("utf-8")).decode("ascii")
            builder.header("Authorization", "Basic " + token)
        sent = self._client.send(builder.build(), HttpResponse.BodyHandlers.ofByteArray())
        return Response(sent)

    def __getattr__(self, name):
        if name not in METHODS:
            raise AttributeError(name)

        def call(url, *arguments, **named):
            return self.request(url, name.upper(), *arguments, **named)

        return call


class Response(object):
    def __init__(self, response):
        self._response = response

    def getStatusCode(self):
        return self._response.statusCode()

    def getUrl(self):
        return self._response.uri().toString()

    def getBody(self):
        return self._response.body()

    def getText(self, encoding="UTF-8"):
        return String(self._response.body(), StandardCharsets.UTF_8).toString()

    def getJson(self, encoding="UTF-8"):
        return json.loads(self.getText(encoding))

    def getHeaders(self):
        found = TreeMap(String.CASE_INSENSITIVE_ORDER)
        found.putAll(self._response.headers().map())
        return found

    def getJavaResponse(self):
        return self._response

    def isGood(self):
        return 200 <= self.getStatusCode() < 400

    def isClientError(self):
        return 400 <= self.getStatusCode() < 500

    def isServerError(self):
        return 500 <= self.getStatusCode() < 600

    statusCode = property(getStatusCode)
    url = property(getUrl)
    body = property(getBody)
    text = property(getText)
    json = property(getJson)
    headers = property(getHeaders)
    javaResponse = property(getJavaResponse)
    good = property(isGood)
    clientError = property(isClientError)
    serverError = property(isServerError)


def _body(data, file):
    if file is not None:
        with open(file, "rb") as opened:
            return HttpRequest.BodyPublishers.ofByteArray(opened.read())
    if data is None:
        return HttpRequest.BodyPublishers.noBody()
    if isinstance(data, (dict, list)):
        data = json.dumps(data)
    if isinstance(data, bytes):
        return HttpRequest.BodyPublishers.ofByteArray(data)
    return HttpRequest.BodyPublishers.ofString("%s" % data)


def _encoded(params):
    pairs = [(_utf8(name), _utf8(value)) for name, value in dict(params).items()]
    return urllib.urlencode(pairs)


def _utf8(value):
    return ("%s" % (value,)).encode("utf-8")
