"""Resources and partition keys: who holds each of them, and how many wait for it."""

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Action, Asked, Page

PAGE_ROWS = 50
KINDS = ("resource", "partition key")

_GATES = """
select g.gate_name, g.kind, g.held_by, g.held_by_queue, g.waiting,
  regexp_replace(g.gate_name, '^(key [0-9]+|resource) ', '') as name
from {schema}.resource_status g
where (%(kind)s::text is null or g.kind = %(kind)s)
  and (%(search)s::text is null or strpos(lower(g.gate_name), lower(%(search)s)) > 0)
  and (%(after)s::text is null or g.gate_name collate "C" > %(after)s)
  and (not %(is_waited_for)s or g.waiting > 0)
order by g.gate_name collate "C"
limit %(limit)s"""


async def read(db: Client, asked: Asked) -> dict[str, object]:
    gates = await db.rows(
        _GATES,
        {
            "kind": asked.get("kind") if asked.get("kind") in KINDS else None,
            "search": asked.get("search"),
            "after": asked.get("after"),
            "is_waited_for": bool(asked.get("waited")),
            "limit": PAGE_ROWS + 1,
        },
    )
    return {
        "gates": gates[:PAGE_ROWS],
        "next": gates[PAGE_ROWS - 1]["gate_name"] if len(gates) > PAGE_ROWS else None,
        "kinds": KINDS,
        "filters": {name: asked.get(name, "") for name in ("search", "kind", "waited")},
    }


PAGES = [
    Page(
        "equipment",
        "/equipment",
        "Equipment",
        read,
        takes=("search", "kind", "waited", "after"),
        group="Watch",
        poll_seconds=5.0,  # the view counts every ticket that there is
    )
]
ACTIONS: list[Action] = []
