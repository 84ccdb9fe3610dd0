"""Resources and partition keys: who holds each of them, and how many wait for it."""

import json

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Action, Asked, Page

PAGE_ROWS = 50
LOOK = 2000
MOST_COUNTED = 1000  # list_gates counts one further, and no more
KINDS = ("resource", "partition key")


async def read(db: Client, asked: Asked) -> dict[str, object]:
    words = {
        "kind": asked.get("kind") if asked.get("kind") in KINDS else None,
        "search": asked.get("search"),
        "is_waited_for": bool(asked.get("waited")),
        "after": asked.get("after"),
        "from_gate": asked.get("from"),
        "limit": PAGE_ROWS,
        "look": LOOK,
    }
    found = await db.call("list_gates", filter=json.dumps(words))
    return {
        **found,
        "most_counted": MOST_COUNTED,
        "kinds": KINDS,
        "filters": {name: asked.get(name, "") for name in ("search", "kind", "waited")},
    }


PAGES = [
    Page(
        "equipment",
        "/equipment",
        "Equipment",
        read,
        takes=("search", "kind", "waited", "after", "from"),
        group="Watch",
    )
]
ACTIONS: list[Action] = []
