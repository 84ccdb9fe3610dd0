"""The ready-made steps in a gateway: Java's HTTP client, the gateway's connections and tags (D21, D41)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.gateway.gateway import ScriptError, StandInGateway
from tests.gateway.projects import Project
from tests.steps.web import Web
from tests.waiting import wait_until

STEPS = "exchange.workflows.steps"
SERVICE = "exchange.workflows.api.service"
FLOWS = """
from exchange.workflows.engine.runtime import workflow
from exchange.workflows.steps import db, http, sleep, tags, wait

@workflow()
def until(path, expected, timeout_ms=60000):
    return wait.until_tag_equals(path, expected, timeout_ms=timeout_ms)

@workflow()
def open_valve(path, confirm_path):
    return tags.write_confirm(path, True, confirm_path, timeout_ms=60000)

@workflow()
def fetch(method, url):
    return http.request(method, url, timeout_ms=60000)

@workflow()
def count():
    return db.query("WorkflowsDB", "select count(*) as number, now() as seen, 1.5::numeric as half from pg_class")

@workflow()
def nap(ms):
    return sleep.sleep_ms(ms)
"""
STARTUP = (
    'exchange.workflows.gateway.startup(modules=["plant.flows"], dbName="WorkflowsDB", threads=4)'
)


@pytest.fixture(scope="module")
def plant(gateway_dsn: str) -> Iterator[StandInGateway]:
    project = Project(parent="workflows", modules={"plant.flows": FLOWS}, startup=STARTUP)
    with StandInGateway({"plant": project}, {"WorkflowsDB": gateway_dsn}) as started:
        yield started


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as started:
        yield started


def enqueue(gateway: StandInGateway, name: str, **inputs: Any) -> str:
    call = f"{SERVICE}.enqueue({name!r}, system.util.jsonDecode({json.dumps(inputs)!r}))"
    answer = gateway.evaluate(call)
    assert answer["ok"], answer
    return answer["data"]["workflowId"]


def row(gateway: StandInGateway, workflow_id: str) -> dict[str, Any]:
    return gateway.evaluate(f"{SERVICE}.getWorkflow({workflow_id!r})")["data"]


def wait_for_status(gateway: StandInGateway, workflow_id: str, status: str) -> dict[str, Any]:
    wait_until(lambda: row(gateway, workflow_id)["status"] == status, f"status {status}", 20)
    return row(gateway, workflow_id)


def request(gateway: StandInGateway, *arguments: str) -> Any:
    return gateway.evaluate(f"{STEPS}.http.request({', '.join(arguments)})")


def test_tags_are_read_and_written(plant: StandInGateway) -> None:
    plant.create_tag("Tank/Level", 4.5)
    found = plant.evaluate(f"{STEPS}.tags.read('[default]Tank/Level')")
    assert (found["value"], found["quality"]) == (4.5, "Good")
    assert isinstance(found["timestamp"], (str, int))
    assert plant.evaluate(f"{STEPS}.tags.write('[default]Tank/Level', 5)") == {"quality": "Good"}
    confirmed = plant.evaluate(f"{STEPS}.tags.write_confirm('[default]Tank/Level', 6)")
    assert confirmed["confirmed"] is True and plant.read_tag("Tank/Level") == 6


def test_d41_a_bad_quality_raises(plant: StandInGateway) -> None:
    plant.create_tag("Tank/Setpoint", 1)
    plant.set_write_quality("Tank/Setpoint", "Bad_AccessDenied")
    for call in ("tags.write('[default]Tank/Setpoint', 2)", "tags.read('[default]Tank/Nowhere')"):
        with pytest.raises(ScriptError) as raised:
            plant.evaluate(f"{STEPS}.{call}")
        assert raised.value.type == "BadQuality"


def test_a_long_wait_leaves_the_thread_and_comes_back(plant: StandInGateway) -> None:
    plant.create_tag("Tank/Full", False)
    workflow_id = enqueue(plant, "until", path="[default]Tank/Full", expected=True)
    wait_for_status(plant, workflow_id, "WAITING")
    plant.write_tag("Tank/Full", True)
    assert wait_for_status(plant, workflow_id, "SUCCESS")["result"]["value"] is True


def test_d21_a_command_ends_a_wait(plant: StandInGateway) -> None:
    plant.create_tag("Valve/Open", False)
    plant.create_tag("Valve/IsOpen", False)
    workflow_id = enqueue(
        plant, "open_valve", path="[default]Valve/Open", confirm_path="[default]Valve/IsOpen"
    )
    wait_until(lambda: plant.read_tag("Valve/Open"), "the write", 20)
    assert plant.evaluate(f"{SERVICE}.cancel({workflow_id!r}, reason='enough')")["ok"]
    wait_for_status(plant, workflow_id, "CANCELLED")


def test_http_in_java(plant: StandInGateway, web: Web) -> None:
    answer = request(
        plant, "'get'", repr(web.url + "/tank"), "params={'name': 'T 1', 'o': u'\\u00e9'}"
    )
    assert (answer["status"], answer["text"]) == (200, "/tank")
    assert answer["headers"]["content-type"] == "text/plain"
    assert sorted(web.asked[0][1].partition("?")[2].split("&")) == ["name=T+1", "o=%C3%A9"]
    posted = request(plant, "'POST'", repr(web.url), "json_body={'a': u'\\u00e9'}")
    assert json.loads(posted["text"]) == {"a": "\u00e9"}
    assert request(plant, "'GET'", repr(web.url + "/latin"))["text"] == "caf\u00e9"
    assert request(plant, "'GET'", repr(web.url + "/moved"))["text"] == "/there"
    assert request(plant, "'GET'", repr(web.url + "/status?code=404"))["status"] == 404


@pytest.mark.parametrize(
    "kind, arguments",
    [
        ("RequestFailed", "'GET', WEB + '/status?code=503'"),
        ("RequestFailed", "'GET', WEB + '/cut'"),
        ("RequestFailed", "'GET', 'http://127.0.0.1:1/'"),
        ("TimedOut", "'GET', WEB + '/slow', timeout_ms=50"),
        ("BadArgument", "'GET', 'no address'"),
    ],
)
def test_d41_http_errors_in_java_are_ours(
    plant: StandInGateway, web: Web, kind: str, arguments: str
) -> None:
    with pytest.raises(ScriptError) as raised:
        request(plant, arguments.replace("WEB", repr(web.url)))
    assert raised.value.type == kind


def test_reading_is_tried_again_and_changing_is_not(plant: StandInGateway, web: Web) -> None:
    url = web.url + "/status?code=503&times=2"
    read = wait_for_status(plant, enqueue(plant, "fetch", method="GET", url=url), "SUCCESS")
    assert read["result"]["status"] == 200 and len(web.asked) == 3
    web.asked.clear()
    failed = wait_for_status(plant, enqueue(plant, "fetch", method="POST", url=url), "ERROR")
    assert failed["error"]["class"] == "RequestFailed" and len(web.asked) == 1


def test_d21_a_command_ends_a_request_that_hangs(plant: StandInGateway, web: Web) -> None:
    workflow_id = enqueue(plant, "fetch", method="GET", url=web.url + "/slow")
    assert web.inside.wait(20)
    assert plant.evaluate(f"{SERVICE}.sendCommand({workflow_id!r}, 'STOP')")["ok"]
    wait_for_status(plant, workflow_id, "STOPPED")


def test_rows_of_a_connection_are_plain(plant: StandInGateway) -> None:
    [found] = wait_for_status(plant, enqueue(plant, "count"), "SUCCESS")["result"]
    assert found["number"] > 100 and found["half"] == 1.5 and isinstance(found["seen"], (str, int))
    plant.run(
        "system.db.runPrepUpdate('create table tank (name text primary key)', [], 'WorkflowsDB')"
    )
    insert = f"{STEPS}.db.update('WorkflowsDB', 'insert into tank values (?)', ['T-1'])"
    assert plant.evaluate(insert) == {"rows_affected": 1}
    with pytest.raises(ScriptError) as raised:
        plant.evaluate(insert)
    assert raised.value.type == "DatabaseError"


def test_a_sleep_outlives_a_save(plant: StandInGateway) -> None:
    workflow_id = enqueue(plant, "nap", ms=4000)
    wait_for_status(plant, workflow_id, "WAITING")
    plant.save("plant", {"plant.flows": FLOWS + "\n# saved\n"})
    assert wait_for_status(plant, workflow_id, "SUCCESS")["result"] == {"slept_ms": 4000}
