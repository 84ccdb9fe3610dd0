"""Short runs with one fault each, for the kill table: they bring about, and leave the verdict to
the checker. Unmutated they pass. All waits are bounded: a mutated system may never get there."""

import json
import time

from tests.faults.proxy import Proxy
from tests.faults.site import Site, until_true
from tests.waiting import wait_until


def _all_ended(site: Site, seconds: float = 8.0) -> bool:
    query = "select count(*) from workflows.workflow where ended_at is null"
    return until_true(lambda: site.one(query) == 0, seconds)


def _limit(site: Site, count: int) -> None:
    site.one("select workflows.set_queue('default', %s)", json.dumps({"max_running": count}))


def load(site: Site, engine: str) -> None:
    for name in "ab":
        site.worker(name, mutation=engine, threads=2)
    for _ in range(12):
        site.enqueue("three_steps", {"seconds": 0.05})
    time.sleep(1.5)
    _all_ended(site, 4)


def crash(site: Site, engine: str) -> None:
    victim = site.worker("a", failpoint="step:in=kill@2", mutation=engine)
    site.enqueue("three_steps")
    victim.wait()
    site.worker("b", mutation=engine)
    _all_ended(site, 6)


def _zombie(site: Site, engine: str, workflow: str) -> None:
    zombie = site.worker("a", threads=1, mutation=engine)
    workflow_id = site.enqueue(workflow, {"until": "go"})
    site.wait_file("in_go")
    zombie.freeze()
    wait_until(zombie.is_stopped, "the zombie to stand still")
    heir = site.worker("b", threads=1, mutation=engine)
    site.wait_holder(workflow_id, "b")
    time.sleep(0.2)
    heir.freeze()
    zombie.thaw()
    site.let("go")
    time.sleep(0.7)
    heir.thaw()
    _all_ended(site, 5)


def zombie_step(site: Site, engine: str) -> None:
    _zombie(site, engine, "three_steps")


def zombie_outcome(site: Site, engine: str) -> None:
    _zombie(site, engine, "no_steps")


def zombie_replaces(site: Site, engine: str) -> None:
    """The zombie awakes after its heir has recorded the step, and before the workflow ends."""
    zombie = site.worker("a", threads=1, mutation=engine)
    workflow_id = site.enqueue("waits_after_step", {"until": "go"})
    site.wait_file("in_go")
    zombie.freeze()
    wait_until(zombie.is_stopped, "the zombie to stand still")
    site.let("go")
    site.worker("b", threads=1, mutation=engine)
    site.wait_holder(workflow_id, "b")
    site.wait_file("in_end")
    zombie.thaw()
    time.sleep(0.7)
    site.let("end")
    _all_ended(site, 5)


def zombie_alone(site: Site, engine: str) -> None:
    zombie = site.worker("a", threads=2, mutation=engine)
    site.enqueue("three_steps", {"until": "go"})
    site.wait_file("in_go")
    zombie.freeze()
    site.declare_lost()
    zombie.thaw()
    site.let("go")
    _all_ended(site, 5)


def limited(site: Site, engine: str) -> None:
    _limit(site, 2)
    for name in "abc":
        site.worker(name, mutation=engine)
    for _ in range(24):
        site.enqueue("three_steps", {"seconds": 0.05})
    _all_ended(site, 10)


def keys(site: Site, engine: str) -> None:
    for name in "ab":
        site.worker(name, mutation=engine)
    for n in range(10):
        site.enqueue("three_steps", {"seconds": 0.1}, partition_key=f"tank {n % 2}")
    _all_ended(site, 8)


def delayed(site: Site, engine: str) -> None:
    site.worker("a", mutation=engine)
    for _ in range(3):
        site.enqueue("three_steps", delay_seconds=2)
    _all_ended(site, 6)


def long(site: Site, engine: str) -> None:
    for name in "ab":
        site.worker(name, mutation=engine, threads=1)
    site.enqueue("three_steps", {"seconds": 2.5})
    _all_ended(site, 6)


def partition(site: Site, engine: str) -> None:
    proxy = Proxy(site.server.host, site.server.port)
    try:
        dsn = site.server.dsn(site.dbname, port=str(proxy.port))
        site.worker("a", dsn=dsn, threads=1, mutation=engine)
        workflow_id = site.enqueue("steps_after_waiting", {"until": "go"})
        site.wait_file("in_go")
        proxy.switch("blackhole")
        site.worker("b", threads=1, mutation=engine)
        site.wait_holder(workflow_id, "b")
        time.sleep(0.5)
        site.let("go")
        _all_ended(site, 5)
        time.sleep(0.3)
    finally:
        proxy.close()


SCENARIOS = {
    one.__name__: one
    for one in (
        load, crash, zombie_step, zombie_outcome, zombie_replaces, zombie_alone, limited, keys,
        delayed, long, partition,
    )
}  # fmt: skip
