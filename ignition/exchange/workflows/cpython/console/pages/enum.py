"""One enum: its versions, who uses it, and what may be made of it."""

import json

from exchange.workflows.cpython.console.addresses import address, name_in
from exchange.workflows.cpython.console.choice_lines import lines_of_choices
from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Asked, Done, Page
from exchange.workflows.cpython.console.pages.enums import form_shown
from exchange.workflows.cpython.console.render import query
from exchange.workflows.cpython.console.start_values import value_text
from exchange.workflows.cpython.failures import ExitCode, Failure

MOST_VERSIONS = 100

_ONE = """
select
  (select coalesce(json_agg(v order by v.enum_version desc), '[]') from (
    select e.enum_version, e.status, e.choices::json as choices, e.description, e.created_by,
      e.created_at
    from {schema}.enum_list e where e.enum_name = %(enum_name)s
    order by e.enum_version desc limit %(versions)s) v) as versions,
  (select coalesce(json_agg(p order by p.workflow_name, p.parameter_name), '[]') from (
    select distinct d.workflow_name, d.parameter_name, d.enum_version
    from {schema}.workflow_parameter d where d.enum_name = %(enum_name)s) p) as users
"""


async def read(db: Client, asked: Asked) -> dict[str, object]:
    name = name_in(asked["enum_name"])
    (found,) = await db.rows(_ONE, {"enum_name": name, "versions": MOST_VERSIONS})
    versions = found["versions"]
    for one in versions:
        one["rows"] = [
            {
                "label": value_text(choice.get("label", choice["value"])),
                "value": json.dumps(choice["value"], ensure_ascii=False),
                "is_disabled": bool(choice.get("isDisabled")),
            }
            for choice in one["choices"]
        ]
    if asked.get("version"):
        shown = next((v for v in versions if str(v["enum_version"]) == asked["version"]), None)
    else:
        active = (v for v in versions if v["status"] == "active")
        shown = next(active, versions[0] if versions else None)
    if shown is None:
        raise Failure(ExitCode.REFUSED, f"there is no such enum: {name}")
    place = address("enums", name)
    typed = {
        "enum_name": name,
        "choices": lines_of_choices(shown["choices"]),
        "description": shown["description"],
    }
    return {
        "enum_name": name,
        "title": name,
        "path": place,
        "live_url": f"/live{place}?{query({}, version=shown['enum_version'])}",
        "versions": versions,
        "shown": shown,
        "users": found["users"],
        "form": form_shown(typed, is_new=False),
    }


async def make_obsolete(act: Acting) -> Done:
    return await _set_status(act, "obsolete")


async def make_active(act: Acting) -> Done:
    return await _set_status(act, "active")


async def _set_status(act: Acting, status: str) -> Done:
    name = name_in(act.asked["enum_name"])
    version = act.whole("enum_version", "the version")
    await act.db.call(
        "set_enum_status", enum_name=name, status=status, options=act.options(enum_version=version)
    )
    return Done(f"{name} version {version} is {status}")


PATH = "/enums/{enum_name}"
PAGES = [Page("enum", PATH, "Enum", read, takes=("version",))]
ACTIONS = [
    Action(f"{PATH}/obsolete", make_obsolete, role="admin"),
    Action(f"{PATH}/active", make_active, role="admin"),
]
