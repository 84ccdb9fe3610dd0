"""One part of a long run, in a process of its own: python -m tests.model.part DSN SCHEMA EXAMPLES SEED."""

import json
import sys

import psycopg

from exchange.workflows.cpython import installer
from tests.model.handler_rules import HandlerMachine
from tests.model.running import run_machine
from tests.model.session import Session


def main(dsn: str, schema: str, examples: str, seed: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as conn:
        session = Session(conn, lambda text: installer.rename(text, schema))
        drawn = run_machine(session, int(examples), int(seed), kind=HandlerMachine)
    print(json.dumps(drawn))


if __name__ == "__main__":
    main(*sys.argv[1:])
