"""Gateways whose network swallows everything, or one call: F20, F21."""

import pytest

from tests.faults.gateway_scenarios import hanging
from tests.faults.site import FIGURES, until_true
from tests.waiting import wait_until

pytestmark = pytest.mark.proof
# pgjdbc sends the text of a statement every time, so that the proxy finds it.
TEXTS = {"prepareThreshold": "0"}


def gateway_behind(site, proxy, **properties: str):
    dsn = site.server.dsn(site.dbname, port=str(proxy.port))
    return site.gateway("g", dsn=dsn, threads=1, properties={**TEXTS, **properties})


def test_f20_a_gateway_is_cut_off_for_longer_than_its_lease(site, proxy):
    """It begins no body without a lease; another one takes over, once; then it works again."""
    cut_off = gateway_behind(site, proxy)
    workflow_id = site.enqueue("steps_after_waiting", {"until": "go"})
    site.wait_file("in_go")
    (site.directory / "in_go").unlink()
    proxy.switch("blackhole")
    site.worker("b", threads=1)
    site.wait_holder(workflow_id, "b")
    site.let("go")
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    proxy.switch("pass")
    assert until_true(lambda: "event=worker_lost" in cut_off.log(), 20)
    again = [site.enqueue("three_steps", {"seconds": 0.2}) for _ in range(10)]
    assert set(site.wait_ended(*again, seconds=40)) == {"SUCCESS"}
    history = site.assert_promises(label="F20 gateway cut off")
    assert [e["worker"] for e in history.effects if e["workflow_id"] == workflow_id] == ["b", "b"]


def test_f21_a_record_that_hangs_costs_no_lease_and_is_told(site):
    """Without a socketTimeout it waits for the network; renewing has a connection of its own."""
    assert not hanging(site, [])
    [gateway] = [one for one in site.workers if one.name == "g"]
    assert "event=call_hangs function=record_steps" in gateway.log()
    assert until_true(lambda: "event=calls_answered" in gateway.log(), 5)
    history = site.assert_promises(label="F21 a gateway's record hangs")
    assert not history.reclaim_seconds() and not history.duplicate_effects()


def test_f21_a_record_that_hangs_is_sent_again_after_the_socket_timeout(site, proxy):
    site.one("select workflows.set_setting('lease_seconds', '4')")
    gateway_behind(site, proxy, socketTimeout="6")
    site.worker("b", threads=1)
    proxy.trap(b"record_steps")
    ids = [site.enqueue("three_steps", {"seconds": 0.1}) for _ in range(4)]
    assert set(site.wait_ended(*ids, seconds=40)) == {"SUCCESS"}
    history = site.assert_promises(label="F21 a gateway's record, socketTimeout 6 s")
    assert history.unknown() and not history.reclaim_seconds()


def test_f20_a_renewal_that_hangs_costs_the_lease_until_the_socket_timeout(site, proxy):
    """Nobody else can renew: the work goes to others, and the worker begins anew once the call is over."""
    gateway = gateway_behind(site, proxy, socketTimeout="4")
    workflow_id = site.enqueue("steps_after_waiting", {"until": "go"})
    site.wait_file("in_go")
    (site.directory / "in_go").unlink()
    proxy.trap(b"renew_worker")
    site.worker("b", threads=1)
    site.wait_holder(workflow_id, "b")
    site.let("go")
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    wait_until(lambda: gateway.log().count("event=registered") == 2, "it to begin anew", 30)
    again = [site.enqueue("three_steps", {"seconds": 0.2}) for _ in range(8)]
    assert set(site.wait_ended(*again, seconds=30)) == {"SUCCESS"}
    history = site.assert_promises(label="F20 a gateway's renewal hangs")
    by = [e["worker"] for e in history.effects if e["workflow_id"] == workflow_id]
    assert by == ["b", "b"], "the gateway began no body"
    FIGURES.append(
        f"F20 a renewal that hangs: reclaimed after {max(history.reclaim_seconds()):.1f} s"
    )
