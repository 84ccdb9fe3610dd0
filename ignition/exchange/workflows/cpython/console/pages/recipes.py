"""The list of recipes, and how one that was exported comes in."""

import json

from exchange.workflows.cpython.console.addresses import address
from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Asked, Done, Page
from exchange.workflows.cpython.failures import ExitCode, Failure

FILTERS = ("workflow_name", "status", "search")
STATUSES = ("draft", "approved", "obsolete")
MOST_ROWS = 500

_LIST = """
select workflow_name, set_name, count(*) as versions, max(set_version) as newest,
  max(set_version) filter (where status = 'approved') as approved,
  (array_agg(status order by set_version desc))[1] as status,
  (array_agg(description order by set_version desc))[1] as description,
  (array_agg(template_name order by set_version desc))[1] as template_name,
  (array_agg(created_by order by set_version desc))[1] as created_by,
  max(created_at) as created_at
from {schema}.recipe_list
where (%(workflow_name)s::text is null or workflow_name = %(workflow_name)s)
  and (%(search)s::text is null
    or strpos(lower(concat_ws(' ', set_name, description, created_by)), lower(%(search)s)) > 0)
group by workflow_name, set_name
having %(status)s::text is null
  or (array_agg(status order by set_version desc))[1] = %(status)s
  or %(status)s = 'approved' and bool_or(status = 'approved')
order by workflow_name, set_name limit %(limit)s
"""


async def read(db: Client, asked: Asked) -> dict[str, object]:
    filters = {name: asked.get(name) for name in FILTERS}
    found = await db.rows(_LIST, {**filters, "limit": MOST_ROWS + 1})
    for one in found:
        one["address"] = address("recipes", one["workflow_name"], one["set_name"])
    return {
        "recipes": found[:MOST_ROWS],
        "is_cut": len(found) > MOST_ROWS,
        "drafts": sum(one["status"] == "draft" for one in found),
        "statuses": STATUSES,
        "filters": {name: asked.get(name, "") for name in FILTERS},
    }


async def import_recipe(act: Acting) -> Done:
    """Make a draft of an exported recipe, with its template and enums."""
    document = act.required("document", "the exported recipe")
    try:
        json.loads(document)
    except ValueError as error:
        raise Failure(ExitCode.USAGE, f"this is not JSON: {error}") from None
    answer = await act.db.call(
        "import_parameter_set",
        document=document,
        options=act.options(workflow_name=act.text("workflow_name"), set_name=act.text("set_name")),
    )
    return Done(
        f"{answer['set_name']} version {answer['set_version']} was imported: a draft",
        address("recipes", answer["workflow_name"], answer["set_name"]),
    )


PAGES = [Page("recipes", "/recipes", "Recipes", read, takes=FILTERS, group="Start")]
ACTIONS = [Action("/recipes/import", import_recipe, role="admin")]
