"""Who works: every worker, how it hears of work, and what each of them runs."""

from collections.abc import Iterable, Mapping
from typing import Any

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Action, Asked, Page

LIVE_ROWS = 300
GONE_ROWS = 100
RUNNING_ROWS = 1000


async def read(db: Client, asked: Asked) -> dict[str, object]:
    (found,) = await db.rows(
        "select (select coalesce(json_agg(w), '[]') from ("
        "  select * from {schema}.worker_status where status in ('active', 'late')"
        "  order by worker_name, worker_id limit %(live)s) w) as workers,"
        " (select coalesce(json_agg(w), '[]') from ("
        "  select * from {schema}.worker_status where status in ('lost', 'retired')"
        "  order by renewed_at desc, worker_id limit %(gone)s) w) as gone,"
        " (select coalesce(json_agg(r), '[]') from ("
        "  select * from {schema}.running_workflow limit %(running)s) r) as running",
        {"live": LIVE_ROWS, "gone": GONE_ROWS, "running": RUNNING_ROWS + 1},
    )
    running = found["running"]
    return {
        **found,
        "running_count": len(running),
        "runs": by_worker(running[:RUNNING_ROWS]),
        "is_cut": len(running) > RUNNING_ROWS,
        "rows": RUNNING_ROWS,
    }


def by_worker(running: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """What each worker runs, the longest first."""
    runs: dict[str, list[Mapping[str, Any]]] = {}
    for one in sorted(running, key=lambda one: str(one["claimed_at"])):
        runs.setdefault(one["worker_id"], []).append(one)
    return runs


PAGES = [Page("workers", "/workers", "Workers", read, group="Look after")]
ACTIONS: list[Action] = []
