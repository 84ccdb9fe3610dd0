"""The HTTP step in a CPython process (D41), against a server of the test's own."""

import json

import pytest

from exchange.workflows import errors, testing
from exchange.workflows.engine.runtime import workflow
from exchange.workflows.steps import http
from tests.waiting import wait_until


@workflow()
def steps_http(method, url, timeout_ms=10000):
    return http.request(method, url, timeout_ms=timeout_ms)


def test_d41_method_and_url_come_in_the_order_that_they_are_named(web):
    answer = http.request(
        "get", web.url + "/tank", params={"name": "T 1", "id": [1, 2], "o": "\u00e9"}
    )
    assert answer["status"] == 200 and answer["text"] == "/tank"
    assert answer["headers"]["content-type"] == "text/plain"
    [(method, path, _, body)] = web.asked
    assert (method, path, body) == ("GET", "/tank?name=T+1&id=1&id=2&o=%C3%A9", b"")


def test_d41_json_form_and_text_bodies(web):
    assert json.loads(http.request("POST", web.url, json_body={"a": "\u00e9"})["text"]) == {
        "a": "\u00e9"
    }
    http.request("PUT", web.url + "?x=1", data={"b": "1 2"}, params={"y": 2})
    http.request("POST", web.url, data="caf\u00e9", headers={"content-type": "text/x-plain"})
    kinds = [
        {k.lower(): v for k, v in headers.items()}["content-type"] for _, _, headers, _ in web.asked
    ]
    assert kinds == ["application/json", "application/x-www-form-urlencoded", "text/x-plain"]
    assert [body for _, _, _, body in web.asked[1:]] == [b"b=1+2", "caf\u00e9".encode()]
    assert web.asked[1][1].endswith("?x=1&y=2")


def test_the_charset_of_the_answer_counts_and_redirects_are_followed(web):
    assert http.request("GET", web.url + "/latin")["text"] == "caf\u00e9"
    assert http.request("GET", web.url + "/moved")["text"] == "/there"


@pytest.mark.parametrize("code", [400, 404, 409])
def test_a_refusal_is_an_answer(web, code):
    answer = http.request("GET", f"{web.url}/status?code={code}")
    assert (answer["status"], answer["text"], answer["headers"]["x-pump"]) == (code, "said", "P1")


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_failure_of_the_server_raises(web, code):
    with pytest.raises(errors.RequestFailed, match=f"status {code}") as raised:
        http.request("POST", f"{web.url}/status?code={code}")
    assert raised.value.detail["status"] == code and raised.value.detail["text"] == "said"


@pytest.mark.parametrize("path", ["/cut", None])
def test_no_answer_raises_the_same_class(web, path):
    url = web.url + path if path else "http://127.0.0.1:1/"
    with pytest.raises(errors.RequestFailed) as raised:
        http.request("GET", url)
    assert raised.value.detail["status"] is None


def test_d41_a_timeout_raises_and_is_for_everything_together(web):
    with pytest.raises(errors.TimedOut, match="no answer within 0.05 s"):
        http.request("GET", web.url + "/slow", timeout_ms=50)


@pytest.mark.parametrize(
    "field, given",
    [
        ("timeout_ms", {"timeout_ms": 0}),
        ("json_body", {"data": "a", "json_body": {}}),
        ("url", {"url": "no address"}),
    ],
)
def test_bad_arguments(field, given):
    with pytest.raises(errors.BadArgument) as refused:
        http.request(**{"method": "GET", "url": "http://127.0.0.1:1/", **given})
    assert refused.value.field == field


def test_reading_is_tried_again_and_changing_is_not(web):
    ended = testing.run_inline(
        "steps_http", {"method": "GET", "url": web.url + "/status?code=503&times=2"}
    )
    assert ended.result["status"] == 200
    assert ended.steps[0]["attempts"] == 3
    web.asked.clear()
    ended = testing.run_inline(
        "steps_http", {"method": "POST", "url": web.url + "/status?code=503&times=2"}
    )
    assert isinstance(ended.error, errors.RequestFailed)
    assert len(web.asked) == 1


def test_d21_a_command_ends_a_request_that_hangs(rt, web, make_worker):
    make_worker()
    workflow_id = rt.enqueue(
        "steps_http", {"method": "GET", "url": web.url + "/slow", "timeout_ms": 60000}
    )
    assert web.inside.wait(20)
    rt.sendCommand(workflow_id, "HOLD")
    handle = rt.handle(workflow_id)
    wait_until(lambda: handle.status() == "HELD", "the hold")
    web.go_on.set()
    rt.sendCommand(workflow_id, "RESUME")
    assert handle.result(timeoutSeconds=20)["status"] == 200
    assert len(web.asked) == 2


def test_d21_what_must_not_be_sent_twice_is_waited_for_when_held_and_left_when_cancelled(
    rt, web, make_worker
):
    make_worker()
    inputs = {"method": "POST", "url": web.url + "/slow", "timeout_ms": 60000}
    held = rt.enqueue("steps_http", inputs)
    assert web.inside.wait(20)
    rt.sendCommand(held, "HOLD")
    web.inside.clear()
    cancelled = rt.enqueue("steps_http", inputs)
    assert web.inside.wait(20)
    rt.cancel(cancelled)
    wait_until(lambda: rt.handle(cancelled).status() == "CANCELLED", "the cancel")
    assert rt.handle(held).status() == "RUNNING"
    web.go_on.set()
    wait_until(lambda: rt.handle(held).status() in ("HELD", "SUCCESS"), "the answer")
    assert len(web.asked) == 2
