"""Templates: the forms that engineers saved from Perspective, to look at."""

import json
from typing import Any

from exchange.workflows.cpython.console.addresses import address, name_in
from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Asked, Done, Page
from exchange.workflows.cpython.console.parameter_fields import labels_of
from exchange.workflows.cpython.console.render import query
from exchange.workflows.cpython.console.start_values import value_text
from exchange.workflows.cpython.failures import ExitCode, Failure

FILTERS = ("workflow_name", "search")
MOST_ROWS = 500
MOST_VERSIONS = 100

_LIST = """
select workflow_name, template_name, count(*) as versions, max(template_version) as newest,
  max(template_version) filter (where status = 'active') as active,
  (array_agg(parameters order by template_version desc))[1] as parameters,
  (array_agg(description order by template_version desc))[1] as description,
  (array_agg(created_by order by template_version desc))[1] as created_by,
  max(created_at) as created_at
from {schema}.template_list
where (%(workflow_name)s::text is null or workflow_name = %(workflow_name)s)
  and (%(search)s::text is null or strpos(
    lower(concat_ws(' ', template_name, description, parameters)), lower(%(search)s)) > 0)
group by workflow_name, template_name
order by workflow_name, template_name limit %(limit)s
"""

_ONE = """
select
  (select coalesce(json_agg(v order by v.template_version desc), '[]') from (
    select t.template_version, t.status, t.description, t.created_by, t.created_at
    from {schema}.template_list t
    where t.workflow_name = %(workflow_name)s and t.template_name = %(template_name)s
    order by t.template_version desc limit %(versions)s) v) as versions,
  (select coalesce(json_agg(r order by r.set_name), '[]') from (
    select s.set_name, max(s.set_version) as set_version, s.template_version
    from {schema}.recipe_list s
    where s.workflow_name = %(workflow_name)s and s.template_name = %(template_name)s
    group by s.set_name, s.template_version
    order by s.set_name limit %(recipes)s) r) as recipes
"""


async def read_list(db: Client, asked: Asked) -> dict[str, object]:
    filters = {name: asked.get(name) for name in FILTERS}
    found = await db.rows(_LIST, {**filters, "limit": MOST_ROWS + 1})
    for one in found:
        one["address"] = address("templates", one["workflow_name"], one["template_name"])
    return {
        "templates": found[:MOST_ROWS],
        "is_cut": len(found) > MOST_ROWS,
        "filters": {name: asked.get(name, "") for name in FILTERS},
    }


async def read(db: Client, asked: Asked) -> dict[str, object]:
    names = names_of(asked)
    wanted = {**names, "versions": MOST_VERSIONS, "recipes": MOST_ROWS}
    (found,) = await db.rows(_ONE, wanted)
    versions = found["versions"]
    if asked.get("version"):
        shown = next((v for v in versions if str(v["template_version"]) == asked["version"]), None)
    else:
        active = (v for v in versions if v["status"] == "active")
        shown = next(active, versions[0] if versions else None)
    if shown is None:
        raise Failure(ExitCode.REFUSED, f"there is no such template: {names['template_name']}")
    version = shown["template_version"]
    template = await db.call(
        "get_template", **names, options=json.dumps({"template_version": version})
    )
    place = address("templates", *names.values())
    for one in found["recipes"]:
        one["address"] = address("recipes", names["workflow_name"], one["set_name"])
    return {
        **names,
        "title": names["template_name"],
        "path": place,
        "start_address": address("start", names["workflow_name"]),
        "live_url": f"/live{place}?{query({}, version=version)}",
        "versions": versions,
        "shown": shown,
        "recipes": found["recipes"],
        "rows": widget_rows(template["schema"]) if template else [],
    }


def names_of(asked: Asked) -> dict[str, str]:
    return {name: name_in(asked[name]) for name in ("workflow_name", "template_name")}


def widget_rows(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """A row for each widget: its id, type and label, its default, and the enum of its choices."""
    meta = schema["meta"]
    labels = labels_of(schema["formProps"])
    rows = []
    for name in meta["paramKeys"]:
        enum = meta["enumRefs"].get(name)
        rows.append(
            {
                "name": name,
                "type": meta["widgetTypes"].get(name) or "",
                "label": labels.get(name, ""),
                "default": value_text(meta["defaultData"].get(name)),
                "enum_name": enum and enum["enumName"],
                "enum_version": enum and enum["enumVersion"],
                "enum_address": enum and address("enums", enum["enumName"]),
            }
        )
    return rows


async def make_obsolete(act: Acting) -> Done:
    return await _set_status(act, "obsolete")


async def make_active(act: Acting) -> Done:
    return await _set_status(act, "active")


async def _set_status(act: Acting, status: str) -> Done:
    names = names_of(act.asked)
    version = act.whole("template_version", "the version")
    await act.db.call(
        "set_template_status",
        **names,
        status=status,
        options=act.options(template_version=version),
    )
    return Done(f"{names['template_name']} version {version} is {status}")


PATH = "/templates/{workflow_name}/{template_name}"
PAGES = [
    Page("templates", "/templates", "Templates", read_list, takes=FILTERS),
    Page("template", PATH, "Template", read, takes=("version",)),
]
ACTIONS = [
    Action(f"{PATH}/obsolete", make_obsolete, role="admin"),
    Action(f"{PATH}/active", make_active, role="admin"),
]
