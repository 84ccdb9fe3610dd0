"""One recipe: its versions and their values, what was started with it, and what may be made of it."""

import json
import re
from collections.abc import Mapping
from typing import Any

from exchange.workflows.cpython.console.addresses import address, name_in
from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Asked, Done, Download, Page
from exchange.workflows.cpython.console.render import query
from exchange.workflows.cpython.console.start_values import value_text
from exchange.workflows.cpython.failures import ExitCode, Failure

TAKES = ("version", "old_name", "old_version")
MOST_VERSIONS = 100
MOST_USES = 50

_ONE = """
select
  (select coalesce(json_agg(v order by v.set_version desc), '[]') from (
    select s.set_version, s.status, s.template_name, s.template_version, s.parameter_values,
      s.description, s.reason, s.created_by, s.created_at, s.approved_by, s.approved_at
    from {schema}.recipe_list s
    where s.workflow_name = %(workflow_name)s and s.set_name = %(set_name)s
    order by s.set_version desc limit %(versions)s) v) as versions,
  (select coalesce(json_agg(u order by u.enqueued_at desc), '[]') from (
    select r.workflow_id, r.status, r.state, r.enqueued_at, r.enqueued_by, r.set_version,
      r.set_status, r.changed
    from {schema}.recipe_use r
    where r.workflow_name = %(workflow_name)s and r.set_name = %(set_name)s
    order by r.enqueued_at desc limit %(uses)s) u) as uses,
  (select coalesce(json_agg(p order by p.parameter_no), '[]') from (
    select distinct on (d.parameter_name) d.parameter_name, d.parameter_no, d.unit, d.description
    from {schema}.workflow_parameter d where d.workflow_name = %(workflow_name)s
    order by d.parameter_name, d.workflow_version desc) p) as parameters,
  (select coalesce(json_agg(distinct s.set_name order by s.set_name), '[]')
    from {schema}.recipe_list s
    where s.workflow_name = %(workflow_name)s) as names
"""


async def read(db: Client, asked: Asked) -> dict[str, object]:
    names = names_of(asked)
    wanted = {**names, "versions": MOST_VERSIONS, "uses": MOST_USES}
    (found,) = await db.rows(_ONE, wanted)
    versions = found["versions"]
    shown = chosen_version(versions, asked.get("version"))
    if shown is None:
        raise Failure(ExitCode.REFUSED, f"there is no such recipe: {names['set_name']}")
    place = address("recipes", *names.values())
    return {
        **names,
        "title": names["set_name"],
        "path": place,
        "start_address": address("start", names["workflow_name"]),
        "live_url": f"/live{place}?{query(asked_words(asked), version=shown['set_version'])}",
        "versions": versions,
        "shown": shown,
        "is_newest": shown["set_version"] == versions[0]["set_version"],
        "approved": next((v["set_version"] for v in versions if v["status"] == "approved"), None),
        "rows": value_rows(json.loads(shown["parameter_values"]), found["parameters"]),
        "uses": found["uses"],
        "other_names": found["names"],
        "difference": await difference(db, names, shown, asked),
        "template_address": (
            address("templates", names["workflow_name"], shown["template_name"])
            if shown["template_name"]
            else None
        ),
        "most_uses": MOST_USES,
    }


def asked_words(asked: Asked) -> dict[str, str]:
    return {name: asked[name] for name in TAKES if name in asked}


def names_of(asked: Asked) -> dict[str, str]:
    return {name: name_in(asked[name]) for name in ("workflow_name", "set_name")}


def chosen_version(versions: list[dict[str, Any]], asked: str | None) -> dict[str, Any] | None:
    """The version that is asked for, else the one that starts, else the newest."""
    if asked:
        return next((v for v in versions if str(v["set_version"]) == asked), None)
    approved = (v for v in versions if v["status"] == "approved")
    return next(approved, versions[0] if versions else None)


def value_rows(
    values: Mapping[str, Any], parameters: list[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """A row for each value, in the order in which the workflow declares its parameters."""
    declared = {one["parameter_name"]: one for one in parameters}
    order = [*(name for name in declared if name in values), *sorted(set(values) - set(declared))]
    return [
        {
            "name": name,
            "value": value_text(values[name]),
            "unit": declared.get(name, {}).get("unit"),
            "description": declared.get(name, {}).get("description"),
        }
        for name in order
    ]


async def difference(
    db: Client, names: Mapping[str, str], shown: Mapping[str, Any], asked: Asked
) -> dict[str, Any] | None:
    """What a comparison that was asked for shows, as rows of old and new."""
    if not asked.get("old_version") and not asked.get("old_name"):
        return None
    words: dict[str, Any] = {"set_version": shown["set_version"]}
    if asked.get("old_name"):
        words["other_name"] = asked["old_name"]
    if asked.get("old_version"):
        words["other_version"] = asked["old_version"]
    try:
        found = await db.call("compare_parameter_sets", **names, options=json.dumps(words))
    except Failure as failure:
        if failure.exit_code not in (ExitCode.REFUSED, ExitCode.USAGE):
            raise
        return {"problem": failure.line(), "old": "", "new": "", "changes": []}
    return {
        "problem": None,
        "old": f"{found['other_name']} version {found['other_version']}",
        "new": f"{found['set_name']} version {found['set_version']}",
        "changes": [
            {
                "name": one["name"],
                "unit": one["unit"],
                "old": value_text(one["other_value"]),
                "new": value_text(one["value"]),
            }
            for one in found["changes"]
        ],
    }


async def approve(act: Acting) -> Done:
    return await _set_status(act, "approved", "is approved: workflows start with it from now on")


async def make_obsolete(act: Acting) -> Done:
    return await _set_status(act, "obsolete", "is obsolete: nothing starts with it any more")


async def _set_status(act: Acting, status: str, told: str) -> Done:
    names = names_of(act.asked)
    version = act.whole("set_version", "the version")
    await act.db.call(
        "set_parameter_set_status",
        **names,
        status=status,
        options=act.options(set_version=version),
    )
    return Done(f"{names['set_name']} version {version} {told}")


async def rename(act: Acting) -> Done:
    names = names_of(act.asked)
    new_name = act.required("new_name", "the new name")
    await act.db.call("rename_parameter_set", **names, new_name=new_name, options=act.options())
    return Done(
        f"{names['set_name']} is called {new_name} from now on",
        address("recipes", names["workflow_name"], new_name),
    )


async def copy(act: Acting) -> Done:
    """A draft of another name with the same values."""
    names = names_of(act.asked)
    new_name = act.required("new_name", "the name of the copy")
    wanted = {"workflow_name": names["workflow_name"], "set_name": new_name, "latest_only": True}
    if await act.db.call("list_parameter_sets", filter=json.dumps(wanted)):
        raise Failure(ExitCode.USAGE, f"there is a recipe of this name already: {new_name}")
    version = act.whole("set_version", "the version")
    source = await act.db.call(
        "get_parameter_set", **names, options=json.dumps({"set_version": version})
    )
    if source is None:
        raise Failure(ExitCode.REFUSED, f"there is no version {version} of {names['set_name']}")
    reason = act.text("reason") or f"copied from {names['set_name']} version {version}"
    kept = ("template_name", "template_version", "description")
    words = {name: source[name] for name in kept if source[name] is not None}
    await act.db.call(
        "create_parameter_set",
        workflow_name=names["workflow_name"],
        set_name=new_name,
        values=json.dumps(source["values"]),
        options=act.options(**words, reason=reason),
    )
    return Done(
        f"{new_name} is a draft with the values of {names['set_name']} version {version}",
        address("recipes", names["workflow_name"], new_name),
    )


async def export(act: Acting) -> Download:
    names = names_of(act.asked)
    version = act.whole("set_version", "the version")
    document = await act.db.call(
        "export_parameter_set", **names, options=json.dumps({"set_version": version})
    )
    file_name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{'-'.join(names.values())}-{version}.json")
    return Download(
        file_name, "application/json", json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    )


PATH = "/recipes/{workflow_name}/{set_name}"
PAGES = [Page("recipe", PATH, "Recipe", read, takes=TAKES)]
ACTIONS = [
    Action(f"{PATH}/approve", approve, role="admin"),
    Action(f"{PATH}/obsolete", make_obsolete, role="admin"),
    Action(f"{PATH}/rename", rename, role="admin"),
    Action(f"{PATH}/copy", copy),
    Action(f"{PATH}/export", export, is_reading=True),
]
