"""Who works: every worker, how it hears of work, and what each of them runs."""

from collections.abc import Iterable, Mapping
from typing import Any

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Asked, Done, Page

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


async def drain(act: Acting) -> Done:
    answer = await _order(act, "drain_worker")
    running = answer["running"]
    rest = f"; it still runs {running}" if running else ", and runs nothing"
    return Done(f"{answer['worker_name']} claims nothing more{rest}")


async def resume(act: Acting) -> Done:
    answer = await _order(act, "resume_worker")
    if answer["is_draining"]:
        return Done(f"{answer['worker_name']} ends: it claims nothing more", is_good=False)
    return Done(f"{answer['worker_name']} claims again")


async def _order(act: Acting, function: str) -> Any:
    return await act.db.call(
        function,
        worker_id=act.required("worker_id", "the worker"),
        reason=act.text("reason"),
        actor=act.user.name,
    )


PAGES = [Page("workers", "/workers", "Workers", read, group="Look after")]
ACTIONS = [Action("/workers/drain", drain), Action("/workers/resume", resume)]
