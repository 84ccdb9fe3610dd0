"""Inside a workflow: a runtime that came by another way to the same database counts as its own, and one of another
database does not."""

from typing import Any

import pytest

from exchange.workflows import errors, testing
from exchange.workflows.engine import instance
from exchange.workflows.engine.client import Workflows
from exchange.workflows.engine.runtime import workflow

ways: list[Any] = []
seen: list[Any] = []


@workflow()
def places_told(to):
    """Replayed after the sleep."""
    rt = ways[0]
    rt.setEvent("phase", "begun")
    said = [rt.now(), rt.uuid(), rt.random(), rt.getEvent(to, "phase")]
    said += [rt.send(to, 1, topic="order"), rt.recv("order")]
    said += [rt.fork(to)["workflow_id"], rt.startChild("places_child").workflowId]
    seen.append(said)
    rt.sleep(3600)
    return said


@workflow()
def places_child():
    pass


@workflow()
def places_elsewhere(to):
    """The other database knows nothing of this workflow."""
    rt = ways[0]
    for call in (lambda: rt.setEvent("phase", 1), lambda: rt.recv()):
        with pytest.raises(errors.NotInWorkflow):
            call()
    rt.uuid()
    return rt.send(to, 1, topic="order")


@pytest.fixture(autouse=True)
def nothing_seen():
    ways.clear()
    seen.clear()


@pytest.fixture
def open_runtime():
    opened = []

    def make(dsn, schema):
        opened.append(Workflows(instance.choose_host(), instance.open_connector(dsn, schema)))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def test_by_another_way_to_the_same_database_everything_is_recorded(
    rt, dsn, schema, clock, open_runtime, conn, sql
):
    ways.append(open_runtime(dsn, schema))
    to = rt.enqueue("places_child", delaySeconds=86400)
    workflow_id = rt.enqueue("places_told", {"to": to})
    testing.drain()
    clock.advance(3601)
    testing.drain()
    result = rt.handle(workflow_id).result()
    assert seen == [result, result], "a replay is told the same"
    assert conn.execute(sql("select count(*) from workflows.message")).fetchone() == (1,)
    forks = "select workflow_id::text from workflows.workflow where previous_workflow_id = %s"
    assert conn.execute(sql(forks), [to]).fetchall() == [(result[6],)]
    kinds = [one["kind"] for one in rt.listSteps(workflow_id)]
    assert {"send", "receive", "event", "get_event"} <= set(kinds) and kinds.count("value") == 3


def test_another_database_is_none(rt, server):
    with testing.create_test_database(server.dsn()) as database:
        ways.append(database.workflows)
        work_elsewhere(rt, database.workflows)


def work_elsewhere(rt, other):
    to = other.enqueue("places_child", delaySeconds=86400)
    workflow_id = rt.enqueue("places_elsewhere", {"to": to})
    testing.drain()
    rt.handle(workflow_id).result()
    assert rt.listSteps(workflow_id) == []


@pytest.mark.parametrize(
    "dsn, other, is_same",
    [
        ("postgresql://anna@db/plant", "host=db dbname=plant user=worker_a", True),
        ("host=db dbname=plant", "host=db dbname=plant connect_timeout=3", True),
        ("host=db dbname=plant", "host=db dbname=lab", False),
        ("host=db dbname=plant", "host=db port=5433 dbname=plant", False),
        ("host=db dbname=plant", "host=standby dbname=plant", False),
        ("host=db user=anna", "host=db dbname=anna", True),
        ("host=db user=anna", "host=db user=bert", False),
    ],
)
def test_what_tells_places_apart(dsn, other, is_same):
    places = [instance.open_connector(one, "workflows").place for one in (dsn, other)]
    assert (places[0] == places[1]) is is_same
    assert instance.open_connector(dsn, "site_b").place != places[0]
