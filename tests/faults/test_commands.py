"""Orders of operators to real workers: F54, F55, F56, F57."""

import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.faults.site import Site, until_true
from tests.waiting import wait_until

pytestmark = pytest.mark.proof

COMMANDS = ("HOLD", "HOLD", "PAUSE", "RESUME", "RESUME", "RESUME", "STOP", "ABORT", "RESET")
HANDLERS = {"HOLD": "on_hold", "STOP": "on_stop", "ABORT": "on_abort"}


def order(site: Site, workflow_id: str, command: str, **options: Any) -> dict[str, Any]:
    """Over a session of its own, as each operator has one."""
    arguments = (workflow_id, command, "because", json.dumps(options))
    with psycopg.connect(site.dsn, autocommit=True) as conn:
        call = site.sql("select workflows.send_command(%s, %s, %s, %s)")
        row = conn.execute(call, arguments).fetchone()
    assert row
    return json.loads(row[0])


def outcomes(site: Site, workflow_id: str) -> list[str]:
    query = (
        "select array_agg(outcome order by command_id) from workflows.command_log"
        " where workflow_id = %s"
    )
    return site.one(query, workflow_id)


def handlers_run(site: Site, workflow_id: str) -> list[str]:
    query = (
        "select coalesce(array_agg(step_key order by ended_at), '{}') from workflows.step"
        " where workflow_id = %s and kind = 'handler'"
    )
    return site.one(query, workflow_id)


def bother(site: Site, ids: list[str], ending: threading.Event, seed: int) -> None:
    """An operator who gives orders at random."""
    chosen = random.Random(seed)
    while not ending.wait(0.02):
        order(site, chosen.choice(ids), chosen.choice(COMMANDS), actor=f"operator {seed}")


def let_all_end(site: Site) -> None:
    """Whatever is held or paused goes on; maintenance closes what is open."""
    held = "select array_agg(workflow_id::text) from workflows.workflow where status = 'HELD'"

    def is_over() -> bool:
        for workflow_id in site.one(held) or []:
            order(site, workflow_id, "RESUME")
        return not site.one("select count(*) from workflows.workflow where ended_at is null")

    wait_until(is_over, "everything to end", 60)
    still = "select count(*) from workflows.command where outcome = 'accepted'"
    wait_until(lambda: site.one(still) == 0, "every order to be answered", 10)


@pytest.mark.parametrize("is_shaken", [False, True], ids=["calm", "workers freeze"])
def test_f54_orders_against_everything(site, is_shaken):
    """Three operators give every order to workflows that are claimed, recorded, retried, finished and lost."""
    workers = [site.worker(name) for name in "ab"]
    ids = [site.enqueue("batch", {"seconds": 0.3}) for _ in range(16)]
    ids += [site.enqueue("batch", {"seconds": 0.2}, partition_key=f"k{n % 2}") for n in range(8)]
    ids += [site.enqueue("always_raises") for _ in range(8)]
    ending = threading.Event()
    with ThreadPoolExecutor(3) as operators:
        asked = [operators.submit(bother, site, ids, ending, seed) for seed in range(3)]
        for _ in range(3 if is_shaken else 0):
            workers[0].freeze()
            time.sleep(1.6)
            workers[0].thaw()
            time.sleep(0.4)
        ending.wait(0 if is_shaken else 5)
        ending.set()
        for one in asked:
            one.result(30)
    let_all_end(site)
    orders = site.one("select count(*) from workflows.command")
    audited = site.one(
        "select count(*) from workflows.audit where event like 'command %%' and event not like %s",
        "% expired",
    )
    assert orders == audited and orders > 50
    site.assert_promises(label=f"F54 {orders} orders{', workers freeze' if is_shaken else ''}")


@pytest.mark.parametrize("command", ["HOLD", "STOP", "ABORT"])
def test_f55_the_same_order_by_two_operators(site, command):
    """Both at once, each under an id of its own, each sent twice: obeyed once, the other is told."""
    site.worker("a")
    workflow_id = site.enqueue("batch", {"until": "go"})
    site.wait_file("in_go")

    def press(name: str) -> list[dict[str, Any]]:
        return [order(site, workflow_id, command, request_id=name, actor=name) for _ in range(2)]

    with ThreadPoolExecutor(2) as operators:
        answers = list(operators.map(press, ("ann", "ben")))
    assert all(first == again for first, again in answers)
    assert sorted(pair[0]["outcome"] for pair in answers) == ["accepted", "already"]
    site.let("go")
    if command == "HOLD":
        wait_until(lambda: site.status(workflow_id) == "HELD", "it to be held")
        order(site, workflow_id, "STOP")
    site.wait_ended(workflow_id)
    told = order(site, workflow_id, command)
    assert told["outcome"] == ("rejected" if command == "HOLD" else "already")
    assert told["status"] == site.status(workflow_id)
    assert handlers_run(site, workflow_id).count(HANDLERS[command]) == 1
    site.assert_promises(label=f"F55 {command} by two operators")


@pytest.mark.parametrize(("command", "after"), [("HOLD", "HELD"), ("STOP", "STOPPED")])
def test_f56_an_order_while_its_worker_is_cut_off_for_a_moment(site, proxy, command, after):
    """The database has decided; the worker obeys when it can renew again."""
    site.one("select workflows.set_setting('lease_seconds', '6')")
    site.worker("a", dsn=site.server.dsn(site.dbname, port=str(proxy.port)), threads=1)
    workflow_id = site.enqueue("batch", {"until": "go"})
    site.wait_file("in_go")
    proxy.switch("blackhole")
    assert order(site, workflow_id, command)["state"] == {"HOLD": "HOLDING"}.get(
        command, "STOPPING"
    )
    site.let("go")
    time.sleep(1)
    assert outcomes(site, workflow_id) == ["accepted"]
    proxy.switch("pass")
    wait_until(lambda: site.status(workflow_id) == after, "it to obey", 20)
    assert outcomes(site, workflow_id) == ["obeyed"]
    assert handlers_run(site, workflow_id) == [HANDLERS[command]]
    if command == "HOLD":
        site.waits.add(workflow_id)
    site.assert_promises(label=f"F56 {command}, cut off for 1 s")


@pytest.mark.parametrize(
    ("command", "after"), [("HOLD", "HELD"), ("STOP", "STOPPED"), ("ABORT", "ABORTED")]
)
def test_f56_an_order_while_its_worker_is_cut_off_for_long(site, proxy, command, after):
    """Another worker runs the handler; the one that was cut off is refused."""
    site.worker("a", dsn=site.server.dsn(site.dbname, port=str(proxy.port)), threads=1)
    workflow_id = site.enqueue("batch", {"until": "go"})
    site.wait_file("in_go")
    proxy.switch("blackhole")
    order(site, workflow_id, command)
    site.worker("b", threads=1)
    wait_until(lambda: site.status(workflow_id) == after, "b to obey", 20)
    site.let("go")
    proxy.switch("pass")
    time.sleep(1.5)
    assert site.status(workflow_id) == after
    assert outcomes(site, workflow_id) == ["obeyed"]
    assert handlers_run(site, workflow_id) == [HANDLERS[command]]
    if command == "HOLD":
        site.waits.add(workflow_id)
    history = site.assert_promises(label=f"F56 {command}, cut off for longer than the lease")
    by = {e["worker"] for e in history.effects if e["step_key"].startswith("on_")}
    assert by == {"b"}


@pytest.mark.parametrize("workflow", ["three_steps", "no_steps", "batch"])
def test_f57_reset_during_a_step_whose_old_attempt_finishes_later(site, workflow):
    """Aborted and started again while the old worker stands still; what that one computed is refused."""
    zombie = site.worker("a", threads=1)
    old = site.enqueue(workflow, {"until": "go"})
    site.wait_file("in_go")
    zombie.freeze()
    wait_until(zombie.is_stopped, "the worker to stand still")
    assert order(site, old, "ABORT")["outcome"] == "accepted"
    site.worker("b", threads=1)
    assert site.wait_ended(old) == ["ABORTED"]
    new = order(site, old, "RESET")["new_workflow_id"]
    site.let("go")
    assert site.wait_ended(new) == ["SUCCESS"]
    before = site.workflow(old), site.workflow(new)
    zombie.thaw()
    until_true(lambda: "event=worker_lost" in zombie.log(), 5)
    wait_until(lambda: site.history().late(), "the zombie to write")
    assert (site.workflow(old), site.workflow(new)) == before
    assert zombie.is_alive
    site.assert_promises(needs_late_writes=True, label=f"F57 {workflow} is reset under a zombie")


def test_f57_an_abort_under_a_worker_that_is_well(site):
    """Its thread is inside a step: on_abort waits for the old lease, and the step's result is refused."""
    site.worker("a", threads=2)
    workflow_id = site.enqueue("batch", {"until": "go"}, partition_key="k")
    site.wait_file("in_go")
    later = site.enqueue("three_steps", partition_key="k")
    assert order(site, workflow_id, "ABORT")["state"] == "ABORTING"
    site.let("go")
    assert site.wait_ended(workflow_id, later) == ["ABORTED", "SUCCESS"]
    assert handlers_run(site, workflow_id) == ["on_abort"]
    query = "select count(*) from workflows.step where workflow_id = %s and step_key = 'second'"
    assert site.one(query, workflow_id) == 0
    site.assert_promises(needs_late_writes=True, label="F57 ABORT inside a step")
