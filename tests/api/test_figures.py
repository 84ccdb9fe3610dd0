"""api.admin.getFigures: numbers for tags."""

import pytest

from exchange.workflows.api import admin
from exchange.workflows.engine.worker import Worker
from tests.engine.plant import PATIENCE

pytestmark = pytest.mark.usefixtures("workflows")


def test_without_a_worker(workflows, conn, sql):
    for name in ("line/1", "line.1", "Line 1", "-"):
        conn.execute(sql("select workflows.create_queue(%s)"), (name,))
    workflows.enqueue("api_double", {"number": 1}, queueName="line.1")
    workflows.enqueueInMemory("api_double", {"number": 1})
    answer = admin.getFigures()
    assert (answer["ok"], answer["code"], answer["worker"]) == (True, "FIGURES_OK", None)
    tags = answer["tags"]
    names = {path.split("/")[1] for path in tags if path.startswith("Queues/")}
    assert names == {"default", "line_1", "line_1_", "Line 1", "_-"}
    assert sum(tags["Queues/%s/Enqueued" % name] for name in ("line_1", "line_1_")) == 1
    assert tags["Buffer/Accepted"] == 1
    assert not [path for path in tags if path.startswith("Worker/")]
    assert all(isinstance(value, (int, float)) for value in tags.values())


def test_with_the_worker_of_this_project(workflows, dsn, schema):
    worker = Worker(dsn=dsn, schema=schema, threads=2).start()
    try:
        good = workflows.enqueue("api_double", {"number": 1})
        bad = workflows.enqueue("api_fails", {})
        for workflow_id in (good, bad):
            assert workflows.handle(workflow_id).wait(PATIENCE)["ended_at"]
        assert worker.wait_until_empty(PATIENCE)
        answer = admin.getFigures()
        tags = answer["tags"]
        assert (tags["Worker/Succeeded"], tags["Worker/Failed"]) == (1, 1)
        assert (tags["Worker/Threads"], tags["Worker/Claimed"]) == (2, 2)
        assert tags["Worker/LeaseSecondsLeft"] > 0
        assert answer["worker"]["workflows"]["api_double"]["count"] == 1
    finally:
        worker.stop(0)
    assert admin.getFigures()["worker"] is None
