"""The wait list of one resource or partition key: who holds it, and who waits, in order."""

import json

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Action, Asked, Page
from exchange.workflows.cpython.failures import ExitCode, Failure

PAGE_ROWS = 50
NAMED_BY = ("resource", "queue_name", "partition_key")


async def read(db: Client, asked: Asked) -> dict[str, object]:
    named = {name: asked[name] for name in NAMED_BY if name in asked}
    if "resource" not in named and "partition_key" not in named:
        raise Failure(ExitCode.USAGE, "a wait list is that of a resource or of a partition key")
    words = {**named, "after": asked.get("after"), "limit": PAGE_ROWS}
    return {
        **await db.call("list_tickets", filter=json.dumps(words)),
        "named": named,
        "name": named.get("resource") or named.get("partition_key"),
    }


PAGES = [Page("wait_list", "/equipment/wait-list", "Wait list", read, takes=(*NAMED_BY, "after"))]
ACTIONS: list[Action] = []
