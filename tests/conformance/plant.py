"""Workflows for the promises, and how to have them worked. Valid in both languages."""

from __future__ import absolute_import, division, print_function

from exchange.workflows.engine import instance, registry
from exchange.workflows.engine.client import Workflows
from exchange.workflows.engine.runtime import step, workflow
from exchange.workflows.engine.worker import Worker

QUEUE = "conformance"
MICRO = b"5 \xc2\xb5bar \xe2\x9c\x93".decode("utf-8")


_host = instance.choose_host()
marks = _host.make_queue()


class ValveStuck(Exception):
    pass


@step()
def conformance_read(tank):
    return {"tank": tank, "level": 4.5, "unit": MICRO}


@step(options={"max_attempts": 3, "interval_seconds": 0.01})
def conformance_fail(text):
    raise ValveStuck(text)


@step(transactional=True)
def conformance_write(tx, number):
    tx.update("insert into public.conformance_plant (number) values (?)", [number])
    if number < 0:
        raise ValveStuck("negative")
    return tx.query(
        "select count(*) as count from public.conformance_plant where number = ?", [number]
    )[0]["count"]


@step(transactional=True)
def conformance_write_and_break(tx, number):
    """Ends its own session the first time."""
    tx.update("insert into public.conformance_plant (number) values (?)", [number])
    tx.query(
        "select case when nextval('public.conformance_tries') = 1 then pg_terminate_backend(pg_backend_pid()) end"
    )
    return number


@workflow()
def conformance_noop(number=0):
    return number


@workflow()
def conformance_mark():
    marks.put(_host.monotonic())


@workflow()
def conformance_steps(tank):
    level = conformance_read(tank)["level"]
    return [conformance_read(tank)["tank"], level, conformance_read(MICRO)["unit"]]


@workflow()
def conformance_failing(text):
    return conformance_fail(text)


@workflow()
def conformance_writing(number):
    return conformance_write(number)


@workflow()
def conformance_breaking(number):
    return conformance_write_and_break(number)


def queue(world):
    """A queue of our own, so that promises do not work each other's workflows."""
    store = world.store()
    if QUEUE not in [one["queue_name"] for one in store.list_queues()]:
        store.create_queue(QUEUE, {})
    return QUEUE


class Working(object):
    """with Working(world) as plant: enqueue and wait, while a worker works."""

    def __init__(self, world, **keywords):
        self._world = world
        self._keywords = dict({"threads": 4}, **keywords)

    def __enter__(self):
        self.rt = Workflows(self._world.host, self._world.connector)
        keywords = dict(
            self._keywords, connector=self._world.connector, queues=[queue(self._world)]
        )
        self.worker = Worker(definitions=registry.REGISTRY, **keywords)
        self.worker.start()
        return self

    def __exit__(self, kind, error, trace):
        self.worker.stop(5)

    def enqueue(self, name, inputs=None):
        return self.rt.enqueue(name, inputs, queueName=QUEUE)

    def ended(self, workflow_id, seconds=60):
        row = self.rt.handle(workflow_id).wait(seconds)
        assert row["ended_at"] is not None, row["status"]
        return row

    def ended_all(self, workflow_ids, seconds=60):
        return [self.ended(workflow_id, seconds) for workflow_id in workflow_ids]
