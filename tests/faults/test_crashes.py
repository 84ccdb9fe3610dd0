"""Workers that die, end, or bring their work down with them: F1, F2, F3, F4, F9, F35, F38."""

import signal
import time

import pytest

from tests.faults.site import Site
from tests.waiting import wait_until

pytestmark = pytest.mark.proof


def effects_of(site: Site, step_key: str) -> int:
    return sum(1 for e in site.history().effects if e["step_key"] == step_key)


def test_f1_killed_in_the_middle_of_a_step(site):
    victim = site.worker("a", failpoint="step:in=kill@2")
    workflow_id = site.enqueue("three_steps")
    assert victim.wait() == -signal.SIGKILL
    site.worker("b")
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    history = site.assert_promises(label="F1 kill -9 in a step")
    assert effects_of(site, "first") == 1, "what was recorded does not run again"
    assert history.workflows[workflow_id]["attempt"] == 2


def test_f1_reclaimed_within_the_lease_and_one_turn(site):
    victim = site.worker("a")
    site.worker("b", threads=8)
    ids = [site.enqueue("three_steps", {"seconds": 1.5}) for _ in range(20)]
    wait_until(lambda: site.busy("a") == 4, "all threads of the victim to be at work")
    victim.kill()
    site.wait_ended(*ids)
    history = site.assert_promises(label="F1 kill -9 under load")
    assert history.reclaim_seconds() and not history.was_slow_to_declare_lost()


def test_f2_killed_between_commit_of_a_step_and_its_answer(site):
    victim = site.worker("a", failpoint="checkpoint:after_commit=kill@2")
    workflow_id = site.enqueue("three_steps")
    victim.wait()
    site.worker("b")
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    site.assert_promises(label="F2 kill -9 after a record")
    assert effects_of(site, "second") == 1


def test_f1_killed_inside_a_step_leaves_it_in_doubt(site):
    """on_worker_lost = hold: the reason names it, and RESUME runs it again."""
    victim = site.worker("a")
    workflow_id = site.enqueue("three_steps", {"until": "go"}, on_worker_lost="hold")
    site.wait_file("in_go")
    victim.kill()
    site.worker("b")
    wait_until(lambda: site.status(workflow_id) == "HELD", "the workflow to be held")
    assert site.workflow(workflow_id)["reason"] == "worker lost in step second"
    site.let("go")
    site.one("select workflows.send_command(%s, 'RESUME')", workflow_id)
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    site.assert_promises(label="F1 kill -9 inside a step, hold")
    assert effects_of(site, "first") == 1 and effects_of(site, "second") == 2


def test_f3_killed_after_the_outcome_was_committed(site):
    victim = site.worker("a", failpoint="complete:after_commit_before_ack=kill@1")
    workflow_id = site.enqueue("three_steps")
    victim.wait()
    site.worker("b")
    time.sleep(2.5)
    assert site.status(workflow_id) == "SUCCESS"
    history = site.assert_promises(label="F3 kill -9 after the outcome")
    assert history.workflows[workflow_id]["attempt"] == 1


@pytest.mark.parametrize("point", ["claim:after_commit", "claim:before_send", "complete:before"])
def test_f4_killed_with_work_claimed_and_not_begun(site, point):
    victim = site.worker("a", failpoint=f"{point}=kill@1", prefetch=20, is_waited_for=False)
    ids = [site.enqueue("three_steps") for _ in range(30)]
    victim.wait()
    site.worker("b")
    assert set(site.wait_ended(*ids)) == {"SUCCESS"}
    site.assert_promises(label=f"F4 kill -9 at {point}")


def test_f9_a_graceful_stop_gives_back_what_it_cannot_finish(site):
    first = site.worker("a", threads=2)
    short = site.enqueue("three_steps", {"seconds": 0.5})
    long = site.enqueue("three_steps", {"until": "go"})
    site.wait_file("in_go")
    first.signal(signal.SIGTERM)
    wait_until(lambda: site.status(short) == "SUCCESS", "the short one to be finished")
    first.signal(signal.SIGTERM)
    first.wait()
    assert site.workflow(long)["failure_count"] == 0
    assert site.workflow(long)["reclaim_count"] == 0
    site.let("go")
    site.worker("b")
    assert site.wait_ended(long) == ["SUCCESS"]
    site.assert_promises(label="F9 SIGTERM twice")


def test_f9_a_stopped_worker_has_retired(site):
    one = site.worker("a")
    one.signal(signal.SIGTERM)
    assert one.wait() == 0
    query = "select count(*) from workflows.worker where retired_at is null"
    assert site.one(query) == 0


def test_f35_two_workers_with_the_same_name(site):
    one, two = site.worker("same"), site.worker("same")
    ids = [site.enqueue("three_steps", {"until": "go"}) for _ in range(10)]
    wait_until(lambda: site.one("select count(*) from workflows.lease") >= 5, "both to be at work")
    assert site.one("select count(distinct worker_id) from workflows.worker") >= 2
    one.kill()
    site.let("go")
    assert set(site.wait_ended(*ids)) == {"SUCCESS"}
    assert two.is_alive
    site.assert_promises(label="F35 two workers of one name")


def test_f38_a_workflow_that_always_raises_does_not_stop_the_others(site):
    site.worker("a", threads=2)
    bad = [site.enqueue("always_raises") for _ in range(4)]
    good = [site.enqueue("three_steps") for _ in range(8)]
    assert set(site.wait_ended(*good)) == {"SUCCESS"}
    assert set(site.wait_ended(*bad)) == {"ERROR"}
    assert {site.workflow(one)["failure_count"] for one in bad} == {3}
    site.assert_promises(label="F38 always raises")


def test_f38_a_workflow_that_kills_its_workers_is_a_dead_letter(site):
    site.one("select workflows.set_setting('max_reclaims', '1')")
    workers = [site.worker(name, threads=1) for name in "ab"]
    poison = site.enqueue("kills_its_worker")
    for worker in workers:
        worker.wait()
    site.worker("c", threads=1)
    good = site.enqueue("three_steps")
    assert site.wait_ended(poison, good) == ["ERROR", "SUCCESS"]
    assert site.workflow(poison)["reclaim_count"] == 2
    assert site.one("select count(*) from workflows.dead_letter") == 1
    site.assert_promises(label="F38 kills its workers")


@pytest.mark.parametrize(
    "kind",
    ["exit", "interrupt", "memory", "generator", "recursion", "poison", "long", "unprintable"],
)
def test_f38_whatever_is_raised_is_recorded(site, kind):
    worker = site.worker("a", threads=1)
    bad, good = site.enqueue("raises", {"kind": kind}), site.enqueue("three_steps")
    assert site.wait_ended(bad, good) == ["ERROR", "SUCCESS"]
    assert site.workflow(bad)["error"]["class"]
    assert worker.is_alive
    site.assert_promises()


def test_f38_a_workflow_that_hangs_holds_only_its_own_thread(site):
    site.worker("a", threads=2)
    hung = site.enqueue("no_steps", {"until": "never"}, timeout_seconds=1)
    site.wait_file("in_never")
    good = [site.enqueue("three_steps") for _ in range(5)]
    assert set(site.wait_ended(*good)) == {"SUCCESS"}
    query = "select control from workflows.lease where workflow_id = %s"
    wait_until(lambda: site.one(query, hung) == "timeout", "the deadline to be told")
    site.let("never")
    assert site.wait_ended(hung)[0] in ("SUCCESS", "CANCELLED")
    site.assert_promises(label="F38 hangs")
