"""Workers that come back from the dead, and partitions: F5, F6, F7, F8, F20, F21, F24, F25, F67."""

import time

import psycopg
import pytest

from tests.faults.frozen_keys import keys_stay_exclusive
from tests.faults.gateway_scenarios import NO_NOTIFICATIONS
from tests.faults.site import Site, until_true
from tests.servers import running_server
from tests.waiting import wait_until

pytestmark = pytest.mark.proof


def freeze_in(site: Site, name: str, workflow: str = "three_steps", threads: int = 1):
    """A worker frozen in the middle of a body, and its workflow."""
    worker = site.worker(name, threads=threads)
    workflow_id = site.enqueue(workflow, {"until": "go"})
    site.wait_file("in_go")
    worker.freeze()
    wait_until(worker.is_stopped, "the worker to stand still")
    (site.directory / "in_go").unlink()
    return worker, workflow_id


@pytest.mark.parametrize("workflow", ["three_steps", "no_steps", "steps_after_waiting"])
def test_f5_a_zombie_wakes_after_its_work_was_done_elsewhere(site, workflow):
    zombie, workflow_id = freeze_in(site, "a", workflow)
    site.let("go")
    site.worker("b")
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    result = site.workflow(workflow_id)["result"]
    zombie.thaw()
    assert until_true(lambda: "event=worker_lost" in zombie.log(), 5)
    again = site.enqueue("three_steps")
    assert site.wait_ended(again) == ["SUCCESS"]
    has_late_write = workflow != "steps_after_waiting"
    if has_late_write:
        wait_until(lambda: site.history().late(), "the zombie to write")
    assert zombie.is_alive, "it drops the work, it does not die of it"
    assert site.workflow(workflow_id)["result"] == result
    site.assert_promises(needs_late_writes=has_late_write, label=f"F5 zombie in {workflow}")


@pytest.mark.parametrize("workflow", ["three_steps", "no_steps"])
def test_f6_a_zombie_wakes_while_its_replacement_works(site, workflow):
    zombie, workflow_id = freeze_in(site, "a", workflow)
    site.worker("b", threads=1)
    site.wait_holder(workflow_id, "b")
    site.wait_file("in_go")
    zombie.thaw()
    assert until_true(lambda: "event=worker_lost" in zombie.log(), 5)
    site.let("go")
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    assert site.workflow(workflow_id)["attempt"] == 2
    wait_until(lambda: site.history().late(), "the zombie to write")
    site.assert_promises(needs_late_writes=True, label=f"F6 zombie beside its heir, {workflow}")


def test_f6_a_zombie_alone_gets_its_work_back_under_a_new_id(site):
    """The same process holds the workflow twice: once as a zombie, once rightly."""
    zombie, workflow_id = freeze_in(site, "a", threads=2)
    site.declare_lost()
    zombie.thaw()
    site.wait_file("in_go")
    site.let("go")
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    site.assert_promises(label="F6 zombie is its own heir")


def test_f7_a_pause_shorter_than_the_lease_loses_nothing(site):
    """The other worker looks for lost ones meanwhile, and no lease of 8 s comes near its end."""
    site.one("select workflows.set_setting('lease_seconds', '8')")
    worker, workflow_id = freeze_in(site, "a")
    site.worker("b")
    time.sleep(1.5)
    worker.thaw()
    site.let("go")
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    history = site.assert_promises(label="F7 pause of 1.5 s, lease of 8 s")
    assert history.workflows[workflow_id]["attempt"] == 1
    assert not history.reclaim_seconds()


def test_f20_a_partition_longer_than_the_lease(site, proxy):
    cut_off = site.worker("a", dsn=site.server.dsn(site.dbname, port=str(proxy.port)), threads=1)
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
    assert set(site.wait_ended(*again)) == {"SUCCESS"}
    history = site.assert_promises(label="F20 partition of 2 - 3 s")
    assert sum(e["workflow_id"] == workflow_id for e in history.effects) == 2, "only b acts"


@pytest.mark.parametrize("purpose", ["record", "finish", "claim"])
def test_f21_requests_arrive_and_replies_are_lost(site, proxy, purpose):
    site.worker(
        "a", dsn=site.server.dsn(site.dbname, port=str(proxy.port)), threads=2, call_seconds=1.0
    )
    workflow = {"record": "three_steps", "finish": "no_steps", "claim": "three_steps"}[purpose]
    inputs = {} if purpose == "claim" else {"until": "go"}
    if purpose == "claim":
        proxy.switch("drop_replies")
    ids = [site.enqueue(workflow, inputs) for _ in range(2)]
    if purpose != "claim":
        site.wait_file("in_go")
        wait_until(lambda: site.one("select count(*) from workflows.lease") == 2, "both to begin")
        proxy.switch("drop_replies")
        site.let("go")
    time.sleep(0.5)
    proxy.switch("pass")
    assert set(site.wait_ended(*ids)) == {"SUCCESS"}
    history = site.assert_promises(label=f"F21 lost replies to {purpose}")
    assert history.unknown() or purpose == "claim"


def test_f21_replies_are_lost_again_and_again(site, proxy):
    dsn = site.server.dsn(site.dbname, port=str(proxy.port))
    for name in "ab":
        site.worker(name, dsn=dsn, call_seconds=0.5)
    ids = []
    for _ in range(6):
        ids += [site.enqueue("three_steps", {"seconds": 0.05}) for _ in range(15)]
        proxy.switch("drop_replies")
        time.sleep(0.3)
        proxy.switch("pass")
        time.sleep(0.2)
    assert set(site.wait_ended(*ids, seconds=40)) == {"SUCCESS"}
    assert site.assert_promises(label="F21 six times under load").unknown()


def test_f21_a_transactional_step_whose_commit_is_unknown(site, proxy):
    site.conn.execute("insert into public.tank values ('T1')")
    dsn = site.server.dsn(site.dbname, port=str(proxy.port))
    for name in "ab":
        site.worker(name, dsn=dsn, call_seconds=0.5)
    ids = []
    for _ in range(8):
        ids += [site.enqueue("fills", {"tank": "T1"}) for _ in range(5)]
        proxy.cut()
    assert set(site.wait_ended(*ids, seconds=40)) == {"SUCCESS"}
    assert site.one("select filled from public.tank") == 40, "each row with its record, or neither"
    assert site.one("select count(*) from public.filling") == 40
    site.assert_promises(label="F21 transactional steps")


def test_f24_notifications_never_arrive(site):
    """Work is found by polling, and enqueue does not fail."""
    site.conn.execute(site.sql(NO_NOTIFICATIONS))
    site.worker("a")
    time.sleep(0.5)
    ids = [site.enqueue("three_steps") for _ in range(3)]
    assert set(site.wait_ended(*ids, seconds=5)) == {"SUCCESS"}
    site.assert_promises(label="F24 no notification")


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_f24_a_full_queue_of_notifications_fails_nobody(make_site, is_guarded):
    """A listener that does not read keeps what was sent; once that fills the server's queue, every transaction
    that notifies fails."""
    with running_server("18", {"max_notify_queue_pages": "64"}, durable=True) as server:
        site = make_site(server)
        if not is_guarded:
            site.change_function("notify_workers", "pg_notification_queue_usage() > 0.5", "false")
        site.worker("a")
        with psycopg.connect(site.dsn) as deaf, psycopg.connect(site.dsn, autocommit=True) as conn:
            deaf.execute("listen flood")
            deaf.commit()
            deaf.execute("select 1")
            with pytest.raises(psycopg.errors.ProgramLimitExceeded):
                for n in range(1000):
                    conn.execute("select pg_notify('flood', repeat('x', 7000) || %s)", (str(n),))
            time.sleep(2)
            if not is_guarded:
                with pytest.raises(psycopg.errors.ProgramLimitExceeded):
                    site.enqueue("three_steps")
                return
            ids = [site.enqueue("three_steps") for _ in range(5)]
            assert set(site.wait_ended(*ids)) == {"SUCCESS"}
        history = site.assert_promises(label="F24 full queue of notifications")
        assert not history.reclaim_seconds(), "renewing does not fail"


def test_f25_a_slow_link_that_breaks_now_and_then(site, proxy):
    site.one("select workflows.set_setting('lease_seconds', '20')")
    proxy.seconds, proxy.reset_share = 0.1, 0.01
    proxy.switch("delay")
    dsn = site.server.dsn(site.dbname, port=str(proxy.port))
    for name in "ab":
        site.worker(name, dsn=dsn, call_seconds=5)
    ids = [site.enqueue("three_steps", {"seconds": 0.1}) for _ in range(16)]
    assert set(site.wait_ended(*ids, seconds=50)) == {"SUCCESS"}
    history = site.assert_promises(label="F25 200 ms and 1 % resets")
    assert not history.reclaim_seconds(), "nobody loses a lease over a slow link"


def test_f67_keys_stay_exclusive_while_their_holders_freeze(site):
    keys_stay_exclusive(site, [site.worker(name) for name in "abc"], "F67 keys under SIGSTOP")
