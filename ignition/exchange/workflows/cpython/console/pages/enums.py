"""Enums: lists of choices, and new versions of them."""

import json
from collections.abc import Mapping

from exchange.workflows.cpython.console.addresses import address
from exchange.workflows.cpython.console.choice_lines import ChoiceProblem, choices_of_lines
from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Acting, Action, Ask, Asked, Done, Page
from exchange.workflows.cpython.failures import ExitCode, Failure

MOST_ROWS = 500
TYPED = ("enum_name", "choices", "description")

_LIST = """
select enum_name, count(*) as versions, max(enum_version) as newest,
  max(enum_version) filter (where status = 'active') as active,
  (array_agg(labels order by (status = 'active') desc, enum_version desc))[1] as labels,
  (array_agg(description order by enum_version desc))[1] as description,
  (array_agg(created_by order by enum_version desc))[1] as created_by,
  max(created_at) as created_at
from {schema}.enum_list
where %(search)s::text is null
  or strpos(lower(concat_ws(' ', enum_name, labels, description)), lower(%(search)s)) > 0
group by enum_name order by enum_name limit %(limit)s
"""


async def read(db: Client, asked: Asked) -> dict[str, object]:
    found = await db.rows(_LIST, {"search": asked.get("search"), "limit": MOST_ROWS + 1})
    for one in found:
        one["address"] = address("enums", one["enum_name"])
    return {
        "enums": found[:MOST_ROWS],
        "is_cut": len(found) > MOST_ROWS,
        "search": asked.get("search", ""),
    }


async def show_form(db: Client, asked: Asked) -> dict[str, object]:
    return form_shown({}, is_new=True)


def form_shown(
    typed: Mapping[str, str | None], is_new: bool, problem: str | None = None
) -> dict[str, object]:
    """What enum_form.html shows: a form with what was typed, and what is wrong with it."""
    return {
        "typed": {name: typed.get(name) or "" for name in TYPED},
        "is_new": is_new,
        "problem": problem,
    }


async def save(act: Acting) -> Done | Ask:
    """Add a version. Where it does not fit, the form again with what was typed."""
    typed = {name: act.text(name) for name in TYPED}
    is_new = act.text("is_new") is not None
    try:
        name = act.required("enum_name", "the name")
        if is_new and await act.db.call("list_enums", filter=json.dumps({"enum_name": name})):
            raise Failure(ExitCode.USAGE, f"there is an enum of this name already: {name}")
        answer = await act.db.call(
            "create_enum",
            enum_name=name,
            choices=json.dumps(choices_of_lines(act.required("choices", "the list of choices"))),
            options=act.options(description=typed["description"]),
        )
    except (Failure, ChoiceProblem) as problem:
        if isinstance(problem, Failure) and problem.exit_code != ExitCode.USAGE:
            raise
        title = "New enum" if is_new else f"New version of {typed['enum_name']}"
        return Ask("enum_form.html", title, form_shown(typed, is_new, str(problem)))
    return Done(f"{name} version {answer['enum_version']} is active", address("enums", name))


PAGES = [
    Page("enums", "/enums", "Enums", read, takes=("search",), group="Start"),
    Page("enum_form", "/enum-form", "New enum", show_form, role="admin", is_live=False),
]
ACTIONS = [Action("/enums/save", save, role="admin")]
