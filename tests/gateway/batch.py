"""A batch in a reactor of its own, which a test stops wherever it wants: the example of docs/guides/handlers.md.

The test sets the tags that the batch waits for, so it knows where the batch stands. `halt` makes the batch wait at one
point of the engine until the test says so, and `let_go` lets it go on when its worker has heard of the order.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.gateway.gateway import StandInGateway
from tests.gateway.plant import PATIENCE, Plant, code_blocks, plant_database
from tests.gateway.projects import Project
from tests.servers import Server
from tests.waiting import wait_until

COOK = code_blocks("guides/handlers.md")[0]
WITHOUT_HANDLERS = COOK.replace(
    "@workflow(on_hold=close_valves, on_resume=put_valves_back, on_stop=drain, on_abort=make_safe)\ndef cook(",
    "@workflow()\ndef cook_alone(",
)
PLACES = """
from java.util.concurrent import ConcurrentHashMap, ConcurrentLinkedQueue, CountDownLatch, TimeUnit

from exchange.workflows import compat
from exchange.workflows.engine import context
from exchange.workflows.steps import tags

halts = ConcurrentHashMap()
writes = ConcurrentLinkedQueue()
_write = tags._write

class Halt(object):
    def __init__(self, point, times):
        self.point = point
        self.times = times
        self.lease = None
        self.arrived = CountDownLatch(1)
        self.go_on = CountDownLatch(1)

    def has_heard(self):
        return self.lease.is_lost or self.lease.control is not None

def halt(workflow_id, point, times):
    halts.put(workflow_id, Halt(point, times))

def at_point(point):
    running = context.current()
    here = halts.get(running.workflow_id) if running is not None else None
    if here is None or here.point != point or running.is_obeying:
        return
    here.times -= 1
    if here.times == 0:
        here.lease = running.lease
        here.arrived.countDown()
        getattr(here.go_on, "await")(60, TimeUnit.SECONDS)

def write_and_note(path, value):
    writes.add([path, value])
    return _write(path, value)

def watch():
    compat.failpoint = at_point
    tags._write = write_and_note

def configure(reactor, values):
    described = [{"name": "%s/%s" % (reactor, name), "value": values[name]} for name in values]
    system.tag.configure("[default]", described)

def read(reactor, names):
    found = system.tag.readBlocking(["[default]%s/%s" % (reactor, name) for name in names])
    return dict(zip(names, [one.value for one in found]))

def written(reactor):
    return [path.split("/")[1] for path, _ in list(writes) if path.startswith("[default]%s/" % reactor)]
"""
OUTPUTS = {"Inlet": False, "Drain": False, "Setpoint": 20, "Vent": False}
SENSORS = {"Full": True, "Temperature": 80.2, "DrainIsOpen": True, "Empty": True}
KEPT = {"InletWhenHeld": False, "DrainWhenHeld": False}
UNLIKE = {"Full": False, "Temperature": 20.0, "DrainIsOpen": False, "Empty": False}
STARTUP = """
plant.places.watch()
exchange.workflows.gateway.startup(modules=["plant.batch", "plant.bare"], dbName="WorkflowsDB", threads=4)
"""


@pytest.fixture(scope="session")
def batch_plant(server: Server, java: None) -> Iterator[Plant]:
    """A gateway with the batch, and one without its handlers. A wait soon leaves its thread there."""
    modules = {"plant.batch": COOK, "plant.bare": WITHOUT_HANDLERS, "plant.places": PLACES}
    project = Project(parent="workflows", modules=modules, startup=STARTUP)
    with plant_database(server, "batch_test") as dsn:
        with StandInGateway({"plant": project}, {"WorkflowsDB": dsn}, name="batch-gateway") as gateway:
            made = Plant(gateway, dsn)
            made.execute("select workflows.set_setting('suspend_over_seconds', '0.4')")
            made.wait_for_workers(("plant", 1))
            yield made
            made.close()


class Batch:
    """One batch, and the tags of its reactor."""

    def __init__(self, plant: Plant, name: str = "cook", minutes: int = 0):
        self.plant = plant
        self.workflow_id = str(uuid.uuid4())
        self.reactor = "R-" + self.workflow_id[:8]
        self._name = name
        self._inputs = {"reactor": self.reactor, "celsius": 80, "minutes": minutes}
        values = {**OUTPUTS, **SENSORS, **KEPT}
        self._places(f"configure({self.reactor!r}, {values!r})")

    def begin(self, **options: Any) -> None:
        options["workflowId"] = self.workflow_id
        call = f"exchange.workflows.api.service.enqueue({self._name!r}, {self._inputs!r}, **{options!r})"
        assert self.plant.call(call)["ok"]

    # The tags

    def set(self, **values: Any) -> None:
        for name, value in values.items():
            self.plant.gateway.write_tag(f"{self.reactor}/{name}", value)

    def outputs(self) -> dict[str, Any]:
        return self._places(f"read({self.reactor!r}, {sorted(OUTPUTS)!r})")

    def written(self) -> list[str]:
        """The tags that were written, in order."""
        return self._places(f"written({self.reactor!r})")

    def wait_until_written(self, name: str, times: int) -> None:
        wait_until(lambda: self.written().count(name) >= times, f"{name} to be written", PATIENCE)

    def wait_for_output(self, name: str, value: Any) -> None:
        wait_until(lambda: self.outputs()[name] == value, f"{name} to be {value}", PATIENCE)

    # Where it stands

    def halt(self, point: str, times: int = 1) -> None:
        """Stop at a point of the engine, when it comes by for the n-th time from now on."""
        self._places(f"halt({self.workflow_id!r}, {point!r}, {times})")

    def wait_at_halt(self) -> None:
        self._wait("halts.get({id!r}).arrived.getCount() == 0", "arrive")

    def let_go(self, when_heard: bool = True) -> None:
        if when_heard:
            self._wait("halts.get({id!r}).has_heard()", "hear")
        self._places(f"halts.get({self.workflow_id!r}).go_on.countDown()")

    def status(self) -> tuple[str, str]:
        sql = "select status, state from workflows.workflow where workflow_id = %s"
        return self.plant.one(sql, self.workflow_id)

    def wait_for(self, status: str, state: str) -> None:
        try:
            wait_until(lambda: self.status() == (status, state), f"{status} {state}", PATIENCE)
        except AssertionError as error:
            raise AssertionError(f"{error}: it is {self.status()}, {self.steps()}") from None

    def order(self, command: str) -> dict[str, Any]:
        call = f"exchange.workflows.api.service.sendCommand({self.workflow_id!r}, {command!r})"
        answer = self.plant.call(call)
        assert answer["ok"], answer
        return answer["data"]

    # What is recorded

    def steps(self) -> list[str]:
        sql = "select step_key from workflows.step where workflow_id = %s order by started_at, step_key"
        return self.plant.ask(sql, self.workflow_id)

    def handlers(self) -> list[tuple[str, str]]:
        sql = """
            select step_key, status from workflows.step where workflow_id = %s and kind = 'handler'
            order by started_at"""
        return self.plant.ask(sql, self.workflow_id)

    def orders(self) -> list[tuple[str, str]]:
        sql = "select command, outcome from workflows.command_log where workflow_id = %s order by command_id"
        return self.plant.ask(sql, self.workflow_id)

    def _places(self, call: str) -> Any:
        return self.plant.gateway.evaluate("plant.places." + call)

    def _wait(self, condition: str, what: str) -> None:
        expression = condition.format(id=self.workflow_id)
        wait_until(lambda: self._places(expression), f"it to {what}: {self.steps()}", PATIENCE)
