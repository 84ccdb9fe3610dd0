"""What the console tells Prometheus of the database."""

import asyncio

import pytest

from exchange.workflows.cpython.console.database import Database
from exchange.workflows.cpython.database_metrics import QUERIES, STATUSES
from tests.console.site import running_console
from tests.console.work import varied_work
from tests.metrics.scrapes import families, reading, samples
from tests.servers import free_port


def scrape(console):
    with console.client(None) as client:
        return client.get("/metrics").text


def test_depth_health_and_workers(console, calls, conn, sql):
    calls.run("select workflows.create_queue(%s)", 'odd "queue" \\')
    varied_work(calls, number=5)
    (depth,) = conn.execute(
        sql("select to_json(d) from workflows.queue_depth d where queue_name = 'default'")
    ).fetchone()
    text = scrape(console)
    assert reading(text, "database_up") == 1
    for status in STATUSES:
        found = reading(text, "queue_workflows", queue="default", status=status)
        assert found == depth[status], status
    assert sum(depth[status] > 0 for status in STATUSES) >= 3, "else it would prove little"
    assert reading(text, "queue_workflows", queue='odd "queue" \\', status="enqueued") == 0
    assert reading(text, "queue_dead_letters", queue="default") > 0
    assert reading(text, "health_status", check="dead letters") == 1
    assert reading(text, "health_status", check="schema version") == 0
    assert reading(text, "open_prompts") >= 0 and reading(text, "rejected_entries") == 0
    assert sum(v for (name, _), v in samples(text).items() if name.endswith("_workers")) > 0


def test_the_last_whole_minute(console, calls, conn, sql):
    for _ in range(3):
        calls.enqueue()
    conn.execute(
        sql(
            "update workflows.workflow set enqueued_at = date_trunc('minute', enqueued_at) - interval '10 seconds'"
        )
    )
    queries = console.site.database.queries
    text = scrape(console)
    assert console.site.database.queries == queries + 1, "the database is asked once"
    assert reading(text, "last_minute_enqueued") == 3
    assert reading(text, "last_minute_ended", outcome="success") == 0


def test_a_database_that_is_away(console_options):
    away = f"host=127.0.0.1 port={free_port()}"
    with running_console(console_options, dsn=away) as console:
        console.site.database._pool.timeout = 0.1
        text = scrape(console)
    assert families(text) == {"ignition_workflows_database_up": "gauge"}
    assert reading(text, "database_up") == 0


@pytest.mark.parametrize("role", ["viewer", "enqueuer"])
def test_a_viewer_is_enough_and_an_enqueuer_is_not(dsn, schema, role):
    async def ask():
        database = Database(dsn, schema)
        await database.open()
        try:
            return await database.as_role(role, is_read_only=True).together(**QUERIES)
        finally:
            await database.close()

    if role == "viewer":
        assert set(asyncio.run(ask())) == set(QUERIES)
    else:
        with pytest.raises(Exception, match="permission denied"):
            asyncio.run(ask())
