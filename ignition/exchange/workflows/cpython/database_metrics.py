"""What the console tells Prometheus: how the database stands, read by one statement that is bounded whatever it holds.

Gateways have no /metrics of their own: their work is in here, with that of all others.
"""

from collections.abc import Iterator
from typing import Any, LiteralString

from prometheus_client.core import Metric

from exchange.workflows.cpython.metrics import MOST_QUEUES, Figures, gauge, one

STATUSES = ("enqueued", "delayed", "blocked", "running", "waiting", "held")
HEALTH = {"ok": 0, "warning": 1, "error": 2}
# Queries on views as Client.together takes them: {schema} is the schema's name.
QUERIES: dict[str, LiteralString] = {
    "queues": "select * from {schema}.queue_depth order by queue_name limit 200",
    "workers": "select status, listen_mode, count(*) as workers, sum(threads) as threads,"
    " sum(running_count) as running from {schema}.worker_status group by status, listen_mode",
    "health": "select check_name, status from {schema}.health",
    "prompts": "select count(*) from (select from {schema}.open_prompt limit 10001) p",
    "rejected": "select count(*) from (select from {schema}.rejected_entry_list"
    " where not is_resolved limit 10001) r",
    "activity": "select {schema}.get_activity("
    "'{{\"minutes\": 2, \"bucket_seconds\": 60}}')::json -> 'buckets' -> 0 as minute",
}
assert f"limit {MOST_QUEUES}" in QUERIES["queues"]


def database_metrics(found: Figures) -> Iterator[Metric]:
    """The metrics of the rows of QUERIES."""
    yield gauge("database_up", "1 where the database answered this scrape.", one(1))
    yield from _queues(found["queues"])
    yield from _workers(found["workers"])
    yield gauge(
        "health_status",
        "The checks of the view health: 0 ok, 1 warning, 2 error.",
        *(((row["check_name"],), HEALTH[row["status"]]) for row in found["health"]),
        labels=("check",),
    )
    yield gauge(
        "open_prompts", "Questions that wait for a person, up to 10001.", _count(found["prompts"])
    )
    yield gauge(
        "rejected_entries",
        "Entries of in-memory buffers that nobody has decided about, up to 10001.",
        _count(found["rejected"]),
    )
    yield from _last_minute(found["activity"][0]["minute"])


def no_database() -> Iterator[Metric]:
    """The one metric of a database that is away."""
    yield gauge("database_up", "1 where the database answered this scrape.", one(0))


def _count(rows: list[dict[str, Any]]) -> tuple[tuple[()], float]:
    return (), rows[0]["count"]


def _queues(rows: list[dict[str, Any]]) -> Iterator[Metric]:
    yield gauge(
        "queue_workflows",
        "Workflows of a queue that are not final, by status.",
        *(((row["queue_name"], status), row[status]) for row in rows for status in STATUSES),
        labels=("queue", "status"),
    )
    for name, text, column in (
        ("queue_dead_letters", "Workflows that ended in ERROR with no try left.", "dead_letters"),
        (
            "queue_oldest_enqueued_age_seconds",
            "How long the one that waits longest has been claimable; 0 where there is none.",
            "oldest_enqueued_seconds",
        ),
        ("queue_counted_age_seconds", "Age of these counts.", "counted_seconds_ago"),
        ("queue_paused", "1 while nothing new of it starts by order.", "is_paused"),
        ("queue_open", "0 while the calendar that it follows is closed.", "is_open"),
    ):
        yield gauge(
            name,
            text,
            *(((row["queue_name"],), float(row[column] or 0)) for row in rows),
            labels=("queue",),
        )
    yield gauge(
        "queue_maintenance",
        "1 while maintenance is entered.",
        *(((row["queue_name"],), float(row["maintenance"] is not None)) for row in rows),
        labels=("queue",),
    )


def _workers(rows: list[dict[str, Any]]) -> Iterator[Metric]:
    labels = ("status", "listen_mode")
    for name, text, column in (
        ("workers", "Workers: active, late, and those lost or retired within a day.", "workers"),
        ("workers_threads", "How many workflows they run at once at most.", "threads"),
        ("workers_running", "How many they hold.", "running"),
    ):
        readings = (
            ((row["status"], row["listen_mode"] or "unknown"), float(row[column] or 0))
            for row in rows
        )
        yield gauge(name, text, *readings, labels=labels)


def _last_minute(minute: Figures) -> Iterator[Metric]:
    note = " in the last whole minute, of the newest 20000 workflows."
    yield gauge("last_minute_enqueued", f"Enqueued{note}", one(minute["enqueued"]))
    yield gauge("last_minute_started", f"Started{note}", one(minute["started"]))
    yield gauge(
        "last_minute_ended",
        f"Ended{note}",
        (("success",), minute["succeeded"]),
        (("error",), minute["failed"]),
        (("other",), minute["other"]),
        labels=("outcome",),
    )
    for kind, text in (("wait", "How long they waited"), ("run", "How long they took")):
        readings = [
            ((percentile,), minute[f"{kind}_p{percentile}_ms"] / 1000)
            for percentile in ("50", "95")
            if minute[f"{kind}_p{percentile}_ms"] is not None
        ]
        yield gauge(f"last_minute_{kind}_seconds", text + note, *readings, labels=("percentile",))
