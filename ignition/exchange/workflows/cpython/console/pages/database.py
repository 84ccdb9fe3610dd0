"""The health of the database: every check with what to do, sizes, dead rows, sessions, indexes."""

from collections.abc import Mapping
from typing import Any

from exchange.workflows.cpython.console.database import Client
from exchange.workflows.cpython.console.page import Action, Asked, Page

POLL_SECONDS = 5.0


async def read(db: Client, asked: Asked) -> dict[str, object]:
    found = await db.call("get_diagnostics")
    tables = found["tables"] or []
    indexes = found["indexes"] or []
    return {
        **{name: found[name] for name in KEPT},
        "left": places_left(found["connections"]),
        "tables": sorted(tables, key=lambda one: -one["bytes"]),
        "table_bytes": sum(one["bytes"] for one in tables),
        "indexes": sorted(indexes, key=lambda one: -one["bytes"]),
    }


KEPT = (
    "schema_version",
    "migrations",
    "server",
    "connections",
    "health",
    "oldest_snapshots",
    "replication_slots",
    "prepared_transactions",
    "sees_all_sessions",
)


def places_left(connections: Mapping[str, Any]) -> int:
    """Sessions that a login without a reserved place can still open."""
    return max(0, connections["most"] - connections["reserved"] - connections["open"])


PAGES = [
    Page("database", "/database", "Database", read, group="Look after", poll_seconds=POLL_SECONDS)
]
ACTIONS: list[Action] = []
