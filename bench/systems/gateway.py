"""Ours in a gateway: Jython 2.7 over JDBC, in the stand-in gateway of the tests."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import make_conninfo

from bench.systems.ours import Ours
from bench.systems.system import Order, Pace, Tally

FLOWS = Path(__file__).parents[1] / "gateway" / "flows.py"
JAR = Path("/usr/share/java/jython.jar")
STARTUP = 'exchange.workflows.gateway.startup(modules=["bench.flows"], threads=%d)'


class Gateway(Ours):
    name = "gateway"
    pace = Pace(one=1_000, bulk=10_000, noop=10_000, steps=2_000)
    threads = 16
    step_threads = 16
    note = (
        "ours in one JVM: Jython 2.7.3, pgjdbc, a pool of 8; cold, its compiler warms up meanwhile"
    )

    def missing(self) -> str:
        return "" if JAR.exists() else "not installed: jython (make test installs it)"

    def work(self, order: Order, tally: Tally, begin: Callable[[], None]) -> None:
        with started(order.dsn) as (gateway, news):
            gateway.evaluate("bench.flows.report()")
            begin()
            gateway.evaluate(STARTUP % order.threads)
            with news.open() as lines:
                for line in follow(lines):
                    print(line, end="", flush=True)


@contextmanager
def started(dsn: str) -> Iterator[tuple]:
    """A gateway with the measured workflows, and the file that they report to."""
    from tests.gateway.gateway import Database, StandInGateway
    from tests.gateway.projects import Project

    with tempfile.NamedTemporaryFile(prefix="workflows-bench-", suffix=".jsonl") as file:
        text = FLOWS.read_text().replace("@FILE@", file.name)
        project = Project(parent="workflows", modules={"bench.flows": text}, startup="pass")
        database = Database(make_conninfo(dsn))
        with StandInGateway(
            {"plant": project}, {"WorkflowsDB": database}, is_measured=True
        ) as gateway:
            yield gateway, Path(file.name)


def follow(lines) -> Iterator[str]:
    import time

    while True:
        line = lines.readline()
        if line.endswith("\n"):
            yield line
        else:
            time.sleep(0.005)


SYSTEM = Gateway()
