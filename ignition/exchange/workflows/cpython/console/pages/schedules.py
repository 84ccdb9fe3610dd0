"""What is enqueued by itself: every schedule, one of them, and the times in which nothing starts."""

import json

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Asked, Done, Page
from exchange.workflows.cpython.failures import ExitCode, Failure

PAGE_ROWS = 50
RUNS = 50
# The names first: what comes next is worked out for those of the page alone.
_LIST = (
    "select s.* from (select j.one ->> 'schedule_name' as name"
    "  from json_array_elements({schema}.list_schedules()::json) j(one)"
    "  where j.one ->> 'schedule_name' > %(after)s::text order by 1 limit %(limit)s) n"
    " cross join lateral (select * from {schema}.schedule_status t"
    "  where t.schedule_name = n.name offset 0) s order by s.schedule_name"
)


async def read(db: Client, asked: Asked) -> dict[str, object]:
    rows = await db.rows(_LIST, {"after": asked.get("after", ""), "limit": PAGE_ROWS + 1})
    return {
        "schedules": rows[:PAGE_ROWS],
        "next": rows[PAGE_ROWS - 1]["schedule_name"] if len(rows) > PAGE_ROWS else None,
        "blackouts": await db.call("list_blackouts", filter='{"is_over": false}'),
    }


async def read_one(db: Client, asked: Asked) -> dict[str, object]:
    name = asked["schedule_name"]
    (found,) = await db.rows(
        "select (select row_to_json(s) from {schema}.schedule_status s"
        "  where s.schedule_name = %(name)s::text) as status,"
        " (select coalesce(json_agg(u order by u.n), '[]') from {schema}.schedule_next u"
        "  where u.schedule_name = %(name)s::text) as upcoming,"
        " {schema}.list_schedules(%(filter)s::text)::json as schedules,"
        " {schema}.list_blackouts(%(current)s::text)::json as blackouts,"
        " {schema}.list_schedule_runs(%(name)s::text, %(options)s::text)::json as runs",
        {
            "name": name,
            "filter": json.dumps({"schedule_name": name}),
            "current": json.dumps({"schedule_name": name, "is_over": False}),
            "options": json.dumps({"limit": RUNS}),
        },
    )
    if found["status"] is None:
        raise Failure(ExitCode.REFUSED, f"there is no schedule {name}")
    return {**found, "schedule": found["schedules"][0], "runs_shown": RUNS}


async def pause(act: Acting) -> Done:
    name = await _order(act, "pause_schedule")
    return Done(f"{name} is paused; what falls into the pause is not made up for")


async def resume(act: Acting) -> Done:
    name = await _order(act, "resume_schedule")
    return Done(f"{name} goes on with its next time")


async def run_now(act: Acting) -> Done:
    name = act.required("schedule_name", "the schedule")
    workflow_id = await act.db.call("run_schedule", schedule_name=name, options=act.options())
    return Done(f"{name} has enqueued the workflow {workflow_id}")


async def delete(act: Acting) -> Done:
    name = await _order(act, "delete_schedule")
    return Done(f"{name} is deleted; what it has enqueued goes on", go_to="/schedules")


async def add_blackout(act: Acting) -> Done:
    scope = {name: act.text(name) for name in ("schedule_name", "calendar_name")}
    await act.db.call(
        "add_blackout",
        starts_at=act.moment("starts_at", "the beginning"),
        ends_at=act.moment("ends_at", "the end"),
        options=act.options(**scope),
    )
    return Done("the blackout is added")


async def remove_blackout(act: Acting) -> Done:
    number = act.whole("blackout_id", "the number of the blackout")
    await act.db.call("remove_blackout", blackout_id=number, options=act.options())
    return Done("the blackout is removed")


async def _order(act: Acting, function: str) -> str:
    name = act.required("schedule_name", "the schedule")
    await act.db.call(function, schedule_name=name, options=act.options())
    return name


PAGES = [
    Page("schedules", "/schedules", "Schedules", read, takes=("after",), group="Start"),
    Page("schedule", "/schedules/{schedule_name:path}", "Schedule", read_one),
]
ACTIONS = [
    Action("/schedules/pause", pause),
    Action("/schedules/resume", resume),
    Action("/schedules/run", run_now),
    Action("/schedules/delete", delete, role="admin"),
    Action("/blackouts/add", add_blackout, role="admin"),
    Action("/blackouts/remove", remove_blackout, role="admin"),
]
