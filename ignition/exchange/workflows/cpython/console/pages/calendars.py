"""Calendars: when a plant works. A calendar is written as JSON, as set_calendar takes it."""

import json
from typing import Any

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Ask, Asked, Done, Page
from exchange.workflows.cpython.failures import ExitCode, Failure

# What the database says of a calendar and does not take.
SAID = ("calendar_name", "changed_at", "changed_by", "is_open")
EXAMPLE = {
    "time_zone": "Europe/Vienna",
    "description": "Two shifts from Monday to Friday",
    "shifts": [
        {
            "name": "early",
            "weekdays": ["mon", "tue", "wed", "thu", "fri"],
            "starts_at": "06:00",
            "ends_at": "14:00",
        },
        {
            "name": "late",
            "weekdays": ["mon", "tue", "wed", "thu", "fri"],
            "starts_at": "14:00",
            "ends_at": "22:00",
        },
    ],
    "holidays": [
        {"date": "2026-12-25", "name": "Christmas"},
        {"date": "2026-12-24", "name": "Open in the morning", "starts_at": "06:00", "ends_at": "12:00"},
    ],
}  # fmt: skip


async def read(db: Client, asked: Asked) -> dict[str, object]:
    return {"calendars": await db.call("list_calendars")}


async def read_form(db: Client, asked: Asked) -> dict[str, object]:
    name = asked.get("calendar_name")
    if name is None:
        return _form("", "", as_text(EXAMPLE), None)
    found = [one for one in await db.call("list_calendars") if one["calendar_name"] == name]
    if not found:
        raise Failure(ExitCode.REFUSED, f"there is no calendar {name}")
    return _form(name, found[0]["changed_at"], as_text(found[0]), None)


def as_text(calendar: dict[str, Any]) -> str:
    """A calendar as a person edits it: one line for each shift and holiday."""
    kept = {name: value for name, value in calendar.items() if name not in SAID}
    order = ("time_zone", "description", "shifts", "holidays")
    lines = [f'  "{name}": {_part(kept[name])}' for name in order if name in kept]
    return "{\n" + ",\n".join(lines) + "\n}"


def _part(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return json.dumps(value, ensure_ascii=False)
    lines = [f"    {json.dumps(one, ensure_ascii=False)}" for one in value]
    return "[\n" + ",\n".join(lines) + "\n  ]"


async def save(act: Acting) -> Done | Ask:
    """Make or replace a calendar. What is refused is asked again with what was written."""
    name, seen = act.text("calendar_name") or "", act.text("was_changed_at") or ""
    text = (act.text("calendar") or "").replace("\r\n", "\n")
    try:
        await _check_unseen(act, name, seen)
        await act.db.call("set_calendar", calendar_name=name, calendar=text, options=act.options())
    except Failure as failure:
        if failure.exit_code not in (ExitCode.REFUSED, ExitCode.USAGE):
            raise
        return Ask("calendar_form.html", "A calendar", _form(name, seen, text, failure))
    return Done(f"the calendar {name} is saved", go_to="/calendars")


async def _check_unseen(act: Acting, name: str, seen: str) -> None:
    """set_calendar replaces: refuse that where the person has not seen what is there."""
    for one in await act.db.call("list_calendars"):
        if one["calendar_name"] == name and one["changed_at"] != seen:
            raise Failure(
                ExitCode.REFUSED,
                (
                    f"{one['changed_by']} has changed this calendar meanwhile"
                    if seen
                    else "there is a calendar of that name"
                ),
                "open that one; nothing was changed",
            )


async def delete(act: Acting) -> Done:
    name = act.required("calendar_name", "the calendar")
    await act.db.call("delete_calendar", calendar_name=name, options=act.options())
    return Done(f"the calendar {name} is deleted")


def _form(name: str, seen: str, text: str, problem: Failure | None) -> dict[str, object]:
    return {"calendar_name": name, "was_changed_at": seen, "text": text, "problem": problem}


PAGES = [
    Page("calendars", "/calendars", "Calendars", read, group="Start"),
    Page(
        "calendar_form",
        "/calendar-form",
        "A calendar",
        read_form,
        role="admin",
        takes=("calendar_name",),
        is_live=False,
    ),
]
ACTIONS = [
    Action("/calendars/save", save, role="admin"),
    Action("/calendars/delete", delete, role="admin"),
]
