"""Settings of the whole schema: what each is, what it may be, and who changed it."""

import json

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Asked, Done, Page
from exchange.workflows.cpython.failures import ExitCode, Failure

HISTORY = 50


async def read(db: Client, asked: Asked) -> dict[str, object]:
    (found,) = await db.rows(
        "select {schema}.list_settings()::json as settings,"
        " {schema}.list_setting_changes(%(filter)s::text)::json as changes",
        {"filter": json.dumps({"limit": 20})},
    )
    return found


async def read_one(db: Client, asked: Asked) -> dict[str, object]:
    name = asked["setting_name"]
    (found,) = await db.rows(
        "select {schema}.list_settings()::json as settings,"
        " {schema}.list_setting_changes(%(filter)s::text)::json as changes",
        {"filter": json.dumps({"name": name, "limit": HISTORY})},
    )
    for one in found["settings"]:
        if one["setting_name"] == name:
            return {"setting": one, "changes": found["changes"], "history": HISTORY}
    raise Failure(ExitCode.REFUSED, f"there is no setting {name}")


async def change(act: Acting) -> Done:
    name = act.required("setting_name", "the setting")
    value = act.required("value", "the value")
    answer = await act.db.call("set_setting", name=name, value=value, actor=act.user.name)
    return Done(told(name, answer))


async def reset(act: Acting) -> Done:
    name = act.required("setting_name", "the setting")
    answer = await act.db.call("reset_setting", name=name, actor=act.user.name)
    return Done(told(name, answer))


def told(name: str, answer: dict[str, str]) -> str:
    return f"{name} is {answer['value']}, was {answer['before']}"


PAGES = [
    Page("settings", "/settings", "Settings", read, role="admin", group="Look after"),
    Page("setting", "/settings/{setting_name}", "Setting", read_one, role="admin"),
]
ACTIONS = [
    Action("/settings/set", change, role="admin"),
    Action("/settings/reset", reset, role="admin"),
]
