"""A prompt in a stand-in gateway with a database of its own: python -m tests.gateway"""

import contextlib
import readline  # noqa: F401  input() then has a history
import sys

import psycopg

from exchange.workflows.cpython import installer
from tests.gateway.gateway import StandInGateway
from tests.gateway.projects import Project
from tests.gateway.prompt import converse, help_text
from tests.gateway.runtime import RuntimeMissing
from tests.servers import running_server

FLOWS = """
from exchange.workflows.engine.runtime import step, workflow

@step()
def open_valve(tank):
    system.tag.writeBlocking(["[default]%s/Valve" % tank], [1])

@step()
def weigh(tank):
    return system.tag.readBlocking(["[default]%s/Weight" % tank])[0].value

@workflow()
def fill_tank(tank):
    open_valve(tank)
    return {"tank": tank, "kilograms": weigh(tank)}

@workflow()
def greet(name="world"):
    return "hello " + name
"""
PLANT = Project(
    parent="workflows",
    modules={"plant.flows": FLOWS},
    startup='exchange.workflows.gateway.startup(modules=["plant.flows"], dbName="WorkflowsDB")',
)
WELCOME = """\
A gateway with the project `plant`, which inherits the library, and a database of its own.
Its module plant.flows registers the workflows greet(name) and fill_tank(tank). To try:

  reply = exchange.workflows.api.service.enqueue("greet", {"name": "plant"})
  handle = exchange.workflows.engine.instance.getWorkflows("WorkflowsDB").handle(reply["data"]["workflowId"])
  handle.result(timeoutSeconds=10)
  exchange.workflows.api.service.enqueue("fill_tank", {"tank": "T1"})
  system.tag.readBlocking(["T1/Valve"])

Python 2; an empty line ends a block, Ctrl-D leaves. A line with a colon asks the gateway itself:
"""


def main() -> None:
    with contextlib.ExitStack() as stack:
        print("starting a database and a gateway ...", flush=True)
        server = stack.enter_context(running_server())
        with psycopg.connect(server.dsn(), autocommit=True) as conn:
            installer.install(conn, "workflows")
        gateway = stack.enter_context(
            StandInGateway({"plant": PLANT}, {"WorkflowsDB": server.dsn()}, is_measured=True)
        )
        for path, value in (("T1/Valve", 0), ("T1/Weight", 812.5)):
            gateway.create_tag(path, value)
        print(f"{WELCOME}{help_text()}\ndatabase: {server.dsn()}\nlog: {gateway.log_file}\n")
        with contextlib.suppress(KeyboardInterrupt):
            converse(gateway, input, sys.stdout.write)
        print()


if __name__ == "__main__":
    try:
        main()
    except RuntimeMissing as error:
        sys.exit(str(error))
