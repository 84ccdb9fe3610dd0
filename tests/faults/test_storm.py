"""Everything at once: a random nemesis over a mixed load. FAULTS_SEED repeats a printed seed."""

import json
import os
import random
import time
from collections.abc import Callable

import pytest

from tests.faults.site import FIGURES, Site, WorkerProcess
from tests.waiting import wait_until

pytestmark = [pytest.mark.proof, pytest.mark.timeout(180)]
SECONDS = 20.0
PURPOSES = ("claim", "renew", "record", "finish", "listen", "maintain", "client")


class Nemesis:
    def __init__(self, site: Site, seed: int):
        self.site = site
        self.choose = random.Random(seed)
        self.workers = [site.worker(name, prefetch=10) for name in "abc"]
        self.acts: list[str] = []
        self._actions: list[Callable[[WorkerProcess], None]] = [
            self.freeze, self.freeze, self.replace, self.terminate, self.command,
        ]  # fmt: skip

    def strike(self) -> None:
        act = self.choose.choice(self._actions)
        self.acts.append(act.__name__)
        act(self.choose.choice(self.workers))

    def freeze(self, worker: WorkerProcess) -> None:
        worker.freeze()
        time.sleep(self.choose.choice((0.2, 0.6, 1.6, 2.2)))
        worker.thaw()

    def replace(self, worker: WorkerProcess) -> None:
        worker.kill()
        self.workers.remove(worker)
        self.workers.append(self.site.worker(f"{worker.name}+", prefetch=10, is_waited_for=False))

    def terminate(self, worker: WorkerProcess) -> None:
        self.site.terminate(self.choose.choice(PURPOSES))

    def command(self, worker: WorkerProcess) -> None:
        query = (
            "select workflow_id::text from workflows.workflow"
            " where ended_at is null order by random() limit 1"
        )
        workflow_id = self.site.one(query)
        if workflow_id:
            order = "select workflows.send_command(%s, %s)"
            self.site.one(order, workflow_id, "HOLD")
            time.sleep(0.2)
            self.site.one(order, workflow_id, "RESUME")


def enqueue_some(site: Site, choose: random.Random) -> None:
    for _ in range(6):
        seconds = choose.choice((0.0, 0.02, 0.3))
        options: dict[str, object] = {"priority": choose.choice((-10, 0, 10))}
        if choose.random() < 0.4:
            options["partition_key"] = f"tank {choose.randrange(4)}"
        if choose.random() < 0.1:
            options["resources"] = ["pump"]
        if choose.random() < 0.1:
            options["delay_seconds"] = choose.uniform(0, 2)
        name = choose.choice(("three_steps", "three_steps", "no_steps"))
        site.enqueue(name, {"seconds": seconds}, **options)


def test_promises_hold_under_everything_at_once(site):
    seed = int(os.environ.get("FAULTS_SEED") or random.randrange(1_000_000))
    print(f"FAULTS_SEED={seed}")
    site.one("select workflows.set_setting('max_reclaims', '1000')")
    site.one("select workflows.set_queue('default', %s)", json.dumps({"max_running": 8}))
    nemesis = Nemesis(site, seed)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        enqueue_some(site, nemesis.choose)
        nemesis.strike()
        time.sleep(0.1)
    held = "select array_agg(workflow_id::text) from workflows.workflow where status = 'HELD'"
    wait_until(lambda: not resume_all(site, site.one(held)), "nothing to be held", 20)
    site.wait_all_ended(60)
    FIGURES.append(f"storm with seed {seed}: {len(nemesis.acts)} faults")
    site.assert_promises(label="storm")


def resume_all(site: Site, workflow_ids: list[str] | None) -> list[str] | None:
    for one in workflow_ids or ():
        site.one("select workflows.send_command(%s, 'RESUME')", one)
    return workflow_ids
