"""Figures of both connectors: python -m tests.conformance [--durable] [round_trips throughput pickup ...]."""

import sys

from tests.conformance import measures
from tests.conformance.jvm import Jvm
from tests.conformance.test_promises import PsycopgWorld, temporary_database
from tests.conftest import SCHEMA
from tests.servers import SUPERUSER, running_server


def main() -> None:
    chosen = [word for word in sys.argv[1:] if word != "--durable"] or sorted(measures.by_name())
    with running_server(durable="--durable" in sys.argv) as server:
        with temporary_database(server, "conformance_psycopg") as name:
            world = PsycopgWorld(server.dsn(name))
            for measure in chosen:
                print("psycopg", measure, measures.by_name()[measure](world), flush=True)
            world.close()
        with temporary_database(server, "conformance_jdbc") as name:
            jvm = Jvm("127.0.0.1", server.port, name, SUPERUSER, SCHEMA, is_measured=True)
            for measure in chosen:
                print("jdbc", measure, jvm.keep(measure), flush=True)
            jvm.stop()


main()
