"""Gateways that come back from the dead: F5, F6, F7, F8, F67."""

import pytest

from tests.faults.frozen_keys import keys_stay_exclusive
from tests.faults.gateway_scenarios import paused
from tests.faults.site import until_true
from tests.waiting import wait_until

pytestmark = pytest.mark.proof


def freeze_in(site, name: str, workflow: str = "three_steps", **options):
    """A gateway frozen in the middle of a body, and its workflow."""
    gateway = site.gateway(name, **{"threads": 1, **options})
    workflow_id = site.enqueue(workflow, {"until": "go"})
    site.wait_file("in_go")
    gateway.freeze()
    (site.directory / "in_go").unlink()
    return gateway, workflow_id


@pytest.mark.parametrize("workflow", ["three_steps", "no_steps", "steps_after_waiting"])
def test_f5_f8_a_gateway_wakes_after_its_work_was_done_elsewhere(site, workflow):
    """The late write is refused, no body starts before a renewal, and the JVM lives on."""
    zombie, workflow_id = freeze_in(site, "g", workflow)
    site.let("go")
    heir = site.worker("b")
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    heir.kill()
    result = site.workflow(workflow_id)["result"]
    zombie.thaw()
    assert until_true(lambda: "event=worker_lost" in zombie.log(), 5)
    again = [site.enqueue("three_steps") for _ in range(4)]
    assert set(site.wait_ended(*again)) == {"SUCCESS"}, "the JVM lives on and works"
    assert site.workflow(workflow_id)["result"] == result
    has_late_write = workflow != "steps_after_waiting"
    history = site.assert_promises(has_late_write, label=f"F5 zombie gateway in {workflow}")
    if not has_late_write:
        by = [e["worker"] for e in history.effects if e["workflow_id"] == workflow_id]
        assert by == ["b", "b"], "F8: the frozen gateway began no body"


@pytest.mark.parametrize("workflow", ["three_steps", "no_steps"])
def test_f6_a_gateway_wakes_while_its_replacement_works(site, workflow):
    zombie, workflow_id = freeze_in(site, "g", workflow)
    site.gateway("h", threads=1)
    site.wait_holder(workflow_id, "h")
    site.wait_file("in_go")
    zombie.thaw()
    assert until_true(lambda: "event=worker_lost" in zombie.log(), 5)
    site.let("go")
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    assert site.workflow(workflow_id)["attempt"] == 2
    wait_until(lambda: site.history().late(), "the zombie to write")
    site.assert_promises(True, label=f"F6 gateway beside its heir, {workflow}")


def test_f6_a_gateway_alone_gets_its_work_back_under_a_new_id(site):
    """The same JVM holds the workflow twice: once as a zombie, once rightly."""
    zombie, workflow_id = freeze_in(site, "g", threads=2)
    site.declare_lost()
    zombie.thaw()
    site.wait_file("in_go")
    site.let("go")
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    site.assert_promises(label="F6 gateway is its own heir")


def test_f7_a_pause_shorter_than_the_lease_loses_nothing(site):
    assert not paused(site, [])
    [workflow_id] = site.history().workflows
    history = site.assert_promises(label="F7 gateway paused for less than its lease")
    assert history.workflows[workflow_id]["attempt"] == 1
    assert not history.reclaim_seconds()


def test_f67_keys_stay_exclusive_while_gateways_freeze(site):
    workers = [site.gateway("g"), site.gateway("h"), site.worker("c")]
    keys_stay_exclusive(site, workers, "F67 keys under frozen gateways")
