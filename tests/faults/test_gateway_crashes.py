"""Gateways that die, lose sessions, or are there twice: F4, F13, F28, F35, F36, F66."""

import json
import time

import pytest

from tests.faults.gateway_buffer_scenarios import copy_with_journal, depth
from tests.faults.gateway_scenarios import END_SESSIONS, HOLD_POOL
from tests.faults.site import until_true
from tests.waiting import wait_until

pytestmark = pytest.mark.proof
LISTENS = "select count(*) from workflows.worker where listen_mode = 'listen' and lost_at is null"


def test_f4_a_gateway_is_killed_with_work_claimed_and_not_begun(site):
    """What was prefetched is reclaimed, and has used no attempt."""
    victim = site.gateway("g", threads=2, prefetch_seconds=30)
    site.wait_ended(*[site.enqueue("no_steps") for _ in range(40)])
    # At once: what is fetched in advance follows the rate of late, which sinks from claim to claim.
    ids = site.enqueue_at_once("no_steps", {"until": "go"}, 30)
    wait_until(lambda: site.busy("g") > 10, "work to be claimed in advance")
    victim.freeze()
    claimed = site.one("select count(*) from workflows.lease")
    victim.kill()
    site.let("go")
    site.worker("b")
    assert set(site.wait_ended(*ids)) == {"SUCCESS"}
    history = site.assert_promises(label="F4 gateway killed with prefetched work")
    assert len(history.reclaim_seconds()) >= claimed > 10
    assert not history.was_slow_to_declare_lost()
    assert {w["failure_count"] for w in history.workflows.values()} == {0}


@pytest.mark.parametrize("text", ["claim_workflows", "renew_worker", 'listen "', "record_steps"])
def test_f13_a_session_of_a_gateway_is_terminated(site, text):
    gateway = site.gateway("g")
    wait_until(lambda: site.one(LISTENS), "the gateway to listen")
    for _ in range(3):
        for _ in range(4):
            site.enqueue("three_steps", {"seconds": 0.05})
        site.enqueue("many_steps", {"count": 40, "seconds": 0.05})  # records until one is seen
        assert site.one("select pg_terminate_backend(%s)", site.backend(text))
    site.wait_all_ended(30)
    assert gateway.is_alive
    assert until_true(lambda: site.one(LISTENS), 15), "it listens again"
    site.assert_promises(label=f"F13 gateway's {text.split('_')[0]} terminated")


def test_f13_every_session_of_a_gateway_is_terminated(site):
    gateway = site.gateway("g")
    for _ in range(3):
        for _ in range(6):
            site.enqueue("three_steps", {"seconds": 0.05})
        site.one(END_SESSIONS)
        time.sleep(0.3)
    site.wait_all_ended(30)
    assert gateway.is_alive
    assert until_true(lambda: site.one(LISTENS), 15), "it listens again"
    site.assert_promises(label="F13 every session of a gateway")


def test_f28_the_pool_is_exhausted_by_scripts(site):
    """Leases are kept, since renewing has a connection of its own; work goes on afterwards."""
    gateway = site.gateway("g")
    workflow_id = site.enqueue("three_steps", {"until": "go"})
    site.wait_file("in_go")
    gateway.run(HOLD_POOL, keep="pool", seconds=60)
    held = gateway.gateway.evaluate("len(handles)", gateway.project, keep="pool")
    assert held >= 3
    site.let("go")
    later = [site.enqueue("three_steps") for _ in range(4)]
    time.sleep(4)
    assert site.busy("g") and "event=worker_lost" not in gateway.log()
    assert site.status(workflow_id) == "RUNNING", "its record has no connection"
    gateway.run("for one in handles: system.db.closeTransaction(one)", keep="pool")
    assert set(site.wait_ended(workflow_id, *later)) == {"SUCCESS"}
    history = site.assert_promises(label=f"F28 pool held by scripts ({held} of 8)")
    assert not history.reclaim_seconds()


def test_f35_two_gateways_of_one_name(site):
    one, two = site.gateway("same"), site.gateway("same")
    ids = [site.enqueue("three_steps", {"until": "go"}) for _ in range(16)]
    wait_until(lambda: site.one("select count(*) from workflows.lease") >= 5, "both to work")
    assert site.one("select count(distinct worker_id) from workflows.worker") >= 2
    one.kill()
    site.let("go")
    assert set(site.wait_ended(*ids)) == {"SUCCESS"}
    assert two.is_alive
    site.assert_promises(label="F35 two gateways of one name")


def test_f36_a_cloned_gateway_with_its_journal(site):
    """Both replay the same entries: each is there once."""
    one = site.gateway("g", journal=True)
    one.gateway.lose_database("WorkflowsDB")
    one.run(
        "for n in range(200): plant.offers.offer(n)\n"
        "plant.offers.offer(200, sync=True)\n"
        "plant.offers.note()\n"
    )
    clone = copy_with_journal(site, one, [])
    count = "select count(*) from workflows.workflow"
    wait_until(lambda: site.one(count) == 201, "the entries to arrive", 20)
    wait_until(lambda: depth(one) == depth(clone) == 0, "both buffers to be empty", 20)
    acknowledged = {line["workflow_id"] for line in site.history().enqueues}
    assert len(acknowledged) == site.one(count) == 201
    site.waits = acknowledged
    site.assert_promises(label="F36 cloned gateway, 201 entries in two journals")


def test_f66_a_limit_holds_with_gateways_and_kills(site):
    """What a killed gateway had is the other's in full, and at the end all three share the limit."""
    site.one("select workflows.set_queue('default', %s)", json.dumps({"max_running": 3}))
    alive = [site.gateway("g"), site.gateway("h")]
    ids = [site.enqueue("three_steps", {"seconds": 0.1, "until": "go"}) for _ in range(40)]
    while alive:
        wait_until(
            lambda: sum(site.busy(one.name) for one in alive) == 3, "the limit to be met", 20
        )
        victim = max(alive, key=lambda one: site.busy(one.name))
        victim.kill()
        alive.remove(victim)
    victim.start()
    site.worker("c")
    site.let("go")
    assert set(site.wait_ended(*ids, seconds=50)) == {"SUCCESS"}
    history = site.assert_promises(label="F66 limit of 3, two gateways killed")
    assert len(history.reclaim_seconds()) >= 4, "two or three of each"
