"""tests/schema.sql: what a fresh install makes, so that every change of the schema shows as a diff.

`python -m tests.schema_snapshot` writes it. Function bodies are left out: their files show them.
"""

import re
from pathlib import Path

import psycopg

from exchange.workflows.cpython import installer
from tests.servers import Server, running_server

SNAPSHOT = Path(__file__).with_name("schema.sql")
SERVER_VERSION = "15"


def dump(server: Server, dbname: str) -> str:
    """pg_dump --schema-only without what differs from run to run."""
    text = server.run_program("pg_dump", "--schema-only", "--dbname", server.dsn(dbname))
    text = re.sub(r"\bAS (\$\w*\$).*?\1;", "AS ...;", text, flags=re.S)
    text = re.sub(r"\bAS '(?:[^']|'')*';", "AS ...;", text)
    lines = [
        line
        for line in text.splitlines()
        if not re.match(r"--|\\|SET |SELECT pg_catalog\.set_config", line)
    ]
    return re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip() + "\n"


def main() -> None:
    with running_server(SERVER_VERSION) as server:
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            conn.execute("create database snapshot")
        with psycopg.connect(server.dsn("snapshot"), autocommit=True) as conn:
            installer.install(conn)
        SNAPSHOT.write_text(dump(server, "snapshot"))
    print(SNAPSHOT)


if __name__ == "__main__":
    main()
