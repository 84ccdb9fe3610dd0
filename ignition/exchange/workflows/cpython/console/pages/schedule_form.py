"""The form that makes or changes a schedule, and shows the next times before they are saved."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Ask, Asked, Done, Page
from exchange.workflows.cpython.console.typed_values import utc
from exchange.workflows.cpython.failures import ExitCode, Failure

TIMES = ("starts_at", "ends_at")
NUMBERS = ("interval_seconds", "catch_up_seconds")
PAYLOADS = ("inputs", "options")
TEXTS = (
    "workflow_name", "cron", "time_zone", "occurs_at_input", "catch_up", "calendar_name",
    "description",
)  # fmt: skip
OPTIONS = (*TEXTS, *NUMBERS, *TIMES, *PAYLOADS)
FIELDS = ("schedule_name", *OPTIONS, "kind", "was_changed_at", "reason")
BLANK = {**dict.fromkeys(FIELDS, ""), "kind": "cron", "time_zone": "UTC", "catch_up": "skip"}
COUNT = 10


async def read(db: Client, asked: Asked) -> dict[str, object]:
    name = asked.get("schedule_name")
    values = dict(BLANK) if name is None else fields_of(await find(db, name))
    return {"values": values, "is_new": name is None, "upcoming": None, "problem": None}


async def find(db: Client, name: str) -> dict[str, Any]:
    found = await db.call("list_schedules", filter=json.dumps({"schedule_name": name}))
    if not found:
        raise Failure(ExitCode.REFUSED, f"there is no schedule {name}")
    return dict(found[0])


def fields_of(schedule: Mapping[str, Any]) -> dict[str, str]:
    """A schedule as the fields of the form hold it."""
    values = {**BLANK, "kind": schedule["kind"], "was_changed_at": schedule["changed_at"]}
    for name in ("schedule_name", *TEXTS):
        values[name] = schedule[name] or ""
    for name in NUMBERS:
        values[name] = "" if schedule[name] is None else f"{schedule[name]:.15g}"
    for name in TIMES:
        at = schedule[name] and datetime.fromisoformat(schedule[name])
        values[name] = f"{at:%Y-%m-%dT%H:%M:%S}" if at else ""
    for name in PAYLOADS:
        value = schedule[name] or {}
        values[name] = json.dumps(value, indent=2, ensure_ascii=False) if value else ""
    return values


async def preview(act: Acting) -> Ask:
    values = filled(act)
    try:
        upcoming = await next_times(act.db, values)
        options_of(values, BLANK)
    except Failure as failure:
        return _again(act, values, failure)
    return _ask(act, values, upcoming, None)


async def next_times(db: Client, values: Mapping[str, str]) -> list[dict[str, Any]] | None:
    """The next times of an expression of cron; None where there is none to read."""
    if values["kind"] != "cron":
        return None
    return await db.rows(
        "with recursive t (n, occurs_at) as ("
        " select 1, {schema}.next_occurrence(%(cron)s::text, %(zone)s::text, %(after)s::timestamptz)"
        " union all select t.n + 1, {schema}.next_occurrence("
        "  %(cron)s::text, %(zone)s::text, t.occurs_at)"
        " from t where t.n < %(count)s and t.occurs_at is not null)"
        " select t.n, t.occurs_at,"
        "  to_char(t.occurs_at at time zone %(zone)s::text, 'YYYY-MM-DD HH24:MI:SS') as local_time"
        " from t where t.occurs_at is not null order by t.n",
        {"cron": values["cron"], "zone": values["time_zone"], "after": None, "count": COUNT},
    )


async def save(act: Acting) -> Done | Ask:
    """Make the schedule, or change what differs. What is refused is asked again with all that was
    filled in."""
    values = filled(act)
    try:
        said = await _save(act, values)
    except Failure as failure:
        return _again(act, values, failure)
    return Done(said, go_to=f"/schedules/{quote(values['schedule_name'])}")


async def _save(act: Acting, values: Mapping[str, str]) -> str:
    name = act.required("schedule_name", "the name")
    if not values["was_changed_at"]:
        given = {key: one for key, one in options_of(values, BLANK).items() if one is not None}
        await act.db.call(
            "create_schedule",
            schedule_name=name,
            workflow_name=act.required("workflow_name", "the workflow"),
            options=act.options(**{**given, "time_zone": values["time_zone"] or "UTC"}),
        )
        return f"{name} is there"
    before = await find(act.db, name)
    if before["changed_at"] != values["was_changed_at"]:
        raise Failure(
            ExitCode.REFUSED,
            f"{before['changed_by']} has changed it meanwhile; nothing was changed",
            "open it again",
        )
    changes = options_of(values, fields_of(before))
    if not changes:
        return "nothing was changed"
    await act.db.call("set_schedule", schedule_name=name, options=act.options(**changes))
    return f"{name} is changed"


def options_of(values: Mapping[str, str], before: Mapping[str, str]) -> dict[str, Any]:
    """The options that differ from before. Raises Failure for what cannot be one."""
    return {name: _value(name, values[name]) for name in OPTIONS if values[name] != before[name]}


def _value(name: str, text: str) -> Any:
    if not text:
        return None
    if name in TIMES:
        return utc(text)
    if name not in NUMBERS and name not in PAYLOADS:
        return text
    try:
        return json.loads(text) if name in PAYLOADS else float(text)
    except ValueError as error:
        kind = "JSON" if name in PAYLOADS else "a number"
        raise Failure(ExitCode.USAGE, f"{name} is not {kind}: {error}") from None


def filled(act: Acting) -> dict[str, str]:
    """The fields of the form; of the times only those of the kind that was chosen."""
    values = {name: (act.text(name) or "").replace("\r\n", "\n") for name in FIELDS}
    if values["kind"] != "cron":
        values["cron"] = ""
    if values["kind"] != "interval":
        values["interval_seconds"] = ""
    return values


def _again(act: Acting, values: dict[str, str], failure: Failure) -> Ask:
    if failure.exit_code not in (ExitCode.REFUSED, ExitCode.USAGE):
        raise failure
    return _ask(act, values, None, failure)


def _ask(
    act: Acting,
    values: dict[str, str],
    upcoming: list[dict[str, Any]] | None,
    problem: Failure | None,
) -> Ask:
    is_new = not values["was_changed_at"]
    shown = {"values": values, "is_new": is_new, "upcoming": upcoming, "problem": problem}
    return Ask("schedule_form.html", "A new schedule" if is_new else "Change a schedule", shown)


PAGES = [
    Page(
        "schedule_form",
        "/schedule-form",
        "A schedule",
        read,
        role="admin",
        takes=("schedule_name",),
        is_live=False,
    )
]
ACTIONS = [
    Action("/schedule-form/preview", preview, role="admin", is_reading=True),
    Action("/schedule-form/save", save, role="admin"),
]
