"""The first page: what waits, what runs, how fast and how well it goes, and what needs a person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, LiteralString

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Action, Asked, Page

ACTIVITY: LiteralString = """'{{"minutes": 60, "look": 10000}}'"""


async def read(db: Client, asked: Asked) -> dict[str, object]:
    shown = await db.together(
        queues="select * from {schema}.queue_depth order by queue_name",
        health="select * from {schema}.health",
        workers="select * from {schema}.worker_status where status in ('active', 'late')"
        " order by worker_name, worker_id",
        attention="select a.kind, count(*) as number"
        " from (select kind from {schema}.attention_needed limit 10001) a"
        " group by a.kind order by a.kind",
        activity="select {schema}.get_activity(%s)::json as lately" % ACTIVITY,
    )
    (activity,) = shown.pop("activity")
    lately = activity["lately"]
    return {**shown, "activity": lately, "charts": charts_of(lately["buckets"])}


def charts_of(buckets: list[Mapping[str, Any]]) -> dict[str, list[list[Any]]]:
    """The figures of get_activity as columns, each after its times in seconds."""
    times = [datetime.fromisoformat(one["starts_at"]).timestamp() for one in buckets]

    def columns(*names: str) -> list[list[Any]]:
        return [times, *([one[name] for one in buckets] for name in names)]

    return {
        "throughput": columns("enqueued", "failed", "other", "succeeded"),
        "wait": columns("wait_p50_ms", "wait_p95_ms"),
        "run": columns("run_p50_ms", "run_p95_ms"),
    }


PAGES = [Page("overview", "/", "Overview", read, group="Watch", poll_seconds=2.0)]
ACTIONS: list[Action] = []
