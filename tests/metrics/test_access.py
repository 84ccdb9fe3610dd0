"""Who may read /metrics: of a worker and of the console."""

import contextlib

import httpx
import pytest
from starlette.requests import Request

from exchange.workflows.cpython.console.metrics_route import refused_by
from exchange.workflows.cpython.console.options import ConsoleOptions
from exchange.workflows.cpython.failures import Failure
from exchange.workflows.cpython.metrics import gauge, one
from exchange.workflows.cpython.metrics_access import check_token, host_of, refusal
from exchange.workflows.cpython.metrics_server import MetricsServer
from tests.console.site import running_console
from tests.metrics.scrapes import reading

TOKEN = "a-token-of-some-length"
NEAR = {"host": "127.0.0.1:9464"}


@contextlib.contextmanager
def served(token=None, read=lambda: [gauge("one", "One.", one(1))]):
    server = MetricsServer(read, 0, token=token).start()
    try:
        yield server.url
    finally:
        server.close()


@pytest.mark.parametrize(
    ("peer", "headers", "status"),
    [
        ("127.0.0.1", NEAR, None),
        ("::1", {"host": "[::1]:9464"}, None),
        ("127.0.0.1", {"host": "localhost"}, None),
        ("10.0.0.5", NEAR, 403),
        ("127.0.0.1", {}, 403),
        ("127.0.0.1", {"host": "plant.example"}, 403),
        ("127.0.0.1", {**NEAR, "x-forwarded-for": "10.0.0.5"}, 403),
        ("127.0.0.1", {**NEAR, "forwarded": "for=10.0.0.5"}, 403),
        ("127.0.0.1", {**NEAR, "via": "1.1 proxy"}, 403),
        ("127.0.0.1", {**NEAR, "authorization": f"Bearer {TOKEN}"}, None),
        ("", NEAR, 403),
    ],
)
def test_without_a_token(peer, headers, status):
    refused = refusal(None, peer, headers)
    assert (refused and refused.status) == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": f"Bearer {TOKEN}"}, None),
        ({"authorization": f"bearer  {TOKEN}"}, None),
        ({"authorization": TOKEN}, 401),
        ({"authorization": f"Basic {TOKEN}"}, 401),
        ({"authorization": f"Bearer {TOKEN}x"}, 401),
        ({"authorization": "Bearer \u00e9"}, 401),
        (NEAR, 401),
    ],
)
def test_with_a_token_also_on_this_machine(headers, status):
    refused = refusal(TOKEN, "10.0.0.5", headers)
    assert (refused and refused.status) == status
    if refused:
        assert refused.headers == {"WWW-Authenticate": "Bearer"} and TOKEN not in refused.reason


def test_a_token_that_is_guessed_easily_is_refused():
    assert check_token("") is None and check_token(TOKEN) == TOKEN
    for bad in ("short", "\u00e9" * 20, "with a\nline break in it"):
        with pytest.raises(Failure, match="16 plain characters"):
            check_token(bad)


def test_the_name_in_a_host_header():
    assert [host_of(one) for one in ("a:1", "[::1]:2", "a", "")] == ["a", "::1", "a", ""]


def test_the_server_of_a_worker():
    with served() as url:
        answer = httpx.get(url)
        assert reading(answer.text, "one") == 1
        assert answer.headers["content-type"].startswith("text/plain")
        assert httpx.get(url, headers={"host": "plant.example"}).status_code == 403
        assert httpx.get(url[: -len("/metrics")] + "/other").status_code == 404
        assert httpx.post(url).status_code == 405
        head = httpx.head(url)
        assert head.status_code == 200 and not head.content
    with served(TOKEN) as url:
        assert httpx.get(url).status_code == 401
        assert httpx.get(url, headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200


def test_an_error_while_reading_is_no_page_of_its_own():
    def broken():
        raise ValueError("the secret of the plant")

    with served(read=broken) as url:
        answer = httpx.get(url)
        assert answer.status_code == 500 and "secret" not in answer.text


def test_others_need_a_token_and_a_port_is_taken_once():
    with pytest.raises(Failure, match="could be read by anybody"):
        MetricsServer(list, 0, "0.0.0.0")
    server = MetricsServer(list, 0, "0.0.0.0", TOKEN).start()
    try:
        port = int(server.url.rpartition(":")[2].partition("/")[0])
        with pytest.raises(Failure, match="cannot listen"):
            MetricsServer(list, port, "0.0.0.0", TOKEN)
    finally:
        server.close()


def test_the_console_on_this_machine(console):
    with console.client(None) as client:
        assert client.get("/metrics").status_code == 200, "no login"
        assert client.get("/metrics", headers={"host": "plant.example"}).status_code == 403
        assert client.get("/metrics", headers={"x-real-ip": "10.0.0.5"}).status_code == 403
        assert client.post("/metrics").status_code == 405


def test_the_console_with_a_token(console_options):
    with running_console(console_options, metrics_token=TOKEN) as console:
        assert TOKEN not in repr(console.site.options)
        with console.client("ada") as client:
            assert client.get("/metrics").status_code == 401, "a login is not the token"
            right = {"authorization": f"Bearer {TOKEN}"}
            assert client.get("/metrics", headers=right).status_code == 200


@pytest.mark.parametrize("changes", [{"proxy_header": "X-Remote-User"}, {"is_https": True}])
def test_the_console_behind_a_proxy_needs_a_token(changes):
    request = Request(
        {"type": "http", "client": ("127.0.0.1", 1), "headers": [(b"host", b"localhost")]}
    )
    assert refused_by(ConsoleOptions(""), request) is None, "the control"
    refused = refused_by(ConsoleOptions("", **changes), request)
    assert refused and refused.status == 403 and "token" in refused.reason
