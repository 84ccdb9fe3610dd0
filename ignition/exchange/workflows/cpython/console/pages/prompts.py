"""Questions of workflows that wait for a person."""

import json

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Action, Asked, Page

MOST_ROWS = 200


async def read(db: Client, asked: Asked) -> dict[str, object]:
    words = {"queue_name": asked.get("queue_name"), "workflow_name": asked.get("workflow_name")}
    found = await db.call(
        "list_prompts",
        filter=json.dumps({**{k: v for k, v in words.items() if v}, "limit": MOST_ROWS + 1}),
    )
    return {
        "prompts": found[:MOST_ROWS],
        "is_all": len(found) <= MOST_ROWS,
        "filters": {name: value or "" for name, value in words.items()},
    }


PAGES = [
    Page(
        "prompts",
        "/prompts",
        "Prompts",
        read,
        takes=("queue_name", "workflow_name"),
        group="Watch",
    )
]
ACTIONS: list[Action] = []
