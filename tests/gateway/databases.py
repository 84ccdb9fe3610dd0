"""The database connections of a stand-in gateway."""

from dataclasses import dataclass, field
from typing import Any

from psycopg.conninfo import conninfo_to_dict


@dataclass
class Database:
    """One connection of a gateway. `properties` are what Ignition calls connectionProps, for example
    {"escapeSyntaxCallMode": "callIfNoReturn"}. does_unwrap=False: the connection that the data source
    manager hands out cannot be unwrapped, so nobody can LISTEN."""

    dsn: str
    pool_size: int = 8
    max_wait_ms: int = 5000
    properties: dict[str, str] = field(default_factory=dict)
    does_unwrap: bool = True


def describe(database: str | Database) -> dict[str, Any]:
    if isinstance(database, str):
        database = Database(database)
    parts: dict[str, Any] = conninfo_to_dict(database.dsn)
    where = f"{parts.get('host', '127.0.0.1')}:{parts.get('port', 5432)}/{parts['dbname']}"
    return {
        "url": f"jdbc:postgresql://{where}",
        "user": parts.get("user", "postgres"),
        "password": parts.get("password", ""),
        "pool_size": database.pool_size,
        "max_wait_ms": database.max_wait_ms,
        "properties": database.properties,
        "does_unwrap": database.does_unwrap,
    }
