"""Workers that die around children and around steps that run beside each other."""

import signal
from collections import Counter

import pytest

from tests.waiting import wait_until

pytestmark = pytest.mark.proof
CHILDREN = "select count(*) from workflows.child"
POINTS = [
    f"{point}=kill@{count}"
    for point, counts in (
        ("claim:after_commit", (1, 2, 3)),
        ("claim:before_send", (2, 4)),
        ("step:in", (1, 2, 5)),
        ("step:after_effect_before_checkpoint", (1, 3)),
        ("checkpoint:after_commit", (1, 2, 3, 4, 7)),
        ("complete:before", (1, 2, 5)),
        ("complete:after_commit_before_ack", (1, 2, 4)),
    )
    for count in counts
]


def assert_family(site, workflow_id, label=""):
    assert site.wait_ended(workflow_id, seconds=40) == ["SUCCESS"]
    assert site.workflow(workflow_id)["result"] == [10, 2, 3, 4]
    site.wait_all_ended()
    assert site.one(CHILDREN) == 3, "started once each"
    history = site.assert_promises(label=label)
    assert all(w["failure_count"] == 0 for w in history.workflows.values())


@pytest.mark.parametrize("failpoint", POINTS)
def test_a_worker_killed_at_every_point_of_a_family(site, failpoint):
    victim = site.worker("a", failpoint=failpoint, threads=2, is_waited_for=False)
    workflow_id = site.enqueue("parent")
    site.worker("b", threads=2)
    assert_family(site, workflow_id, f"children, {failpoint}")
    assert victim.is_alive or victim.wait() == -signal.SIGKILL


def test_many_families_and_workers_that_are_killed_among_them(site):
    ids = [site.enqueue("parent") for _ in range(40)]
    victims = [
        site.worker(name, failpoint=f"checkpoint:after_commit=kill@{count}", threads=3)
        for name, count in (("a", 9), ("b", 33))
    ]
    site.worker("c", threads=4)
    assert set(site.wait_ended(*ids, seconds=60)) == {"SUCCESS"}
    for victim in victims:
        victim.wait()
    site.wait_all_ended()
    assert site.one(CHILDREN) == 120
    site.assert_promises(label="40 families, two workers killed")


@pytest.mark.parametrize("order", ["STOP", "CANCEL", "ABORT"])
def test_an_order_while_the_worker_of_the_children_dies(site, order):
    victim = site.worker("a", threads=4)
    workflow_id = site.enqueue("stubborn_parent", {"until": "go"})
    site.wait_file("in_go")
    wait_until(lambda: site.status(workflow_id) == "WAITING", "the parent to wait")
    query = "select workflows.send_command(%s, %s, 'leak', '{}')"
    site.one(query, workflow_id, order)
    victim.kill()
    site.let("go")
    site.worker("b")
    final = {"STOP": "STOPPED", "CANCEL": "CANCELLED", "ABORT": "ABORTED"}[order]
    site.wait_all_ended()
    rows = site.conn.execute(site.sql("select status from workflows.workflow")).fetchall()
    assert rows == [(final,)] * 3
    site.assert_promises(label=f"{order} of a family, worker killed")


# Steps that run beside each other


def test_killed_in_the_middle_of_steps_that_run_beside_each_other(site):
    victim = site.worker("a", failpoint="checkpoint:after_commit=kill@3")
    workflow_id = site.enqueue("beside", {"count": 4})
    assert victim.wait() == -signal.SIGKILL
    site.worker("b")
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    result = site.workflow(workflow_id)["result"]
    assert [text.split()[0] for text in result] == ["between", "0", "1", "2", "3"]
    history = site.assert_promises(label="parallel steps, kill -9")
    effects = Counter(one["step_key"] for one in history.effects)
    assert set(effects) == {"second", "second#2", "second#3", "second#4", "third"}
    assert sum(effects.values()) <= 5 + 2, "what was recorded does not run again"


def test_a_zombie_with_steps_beside_each_other_writes_nothing(site):
    zombie = site.worker("a")
    workflow_id = site.enqueue("beside", {"count": 3, "until": "go"})
    site.wait_file("in_go")
    wait_until(lambda: len(site.history().effects) == 4, "every body to have begun")
    zombie.freeze()
    site.worker("b")
    site.wait_holder(workflow_id, "b")
    zombie.thaw()
    site.let("go")
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    token = site.one("select lease_token::text from workflows.workflow")
    result = site.workflow(workflow_id)["result"]
    assert all(text.endswith(token) for text in result[1:]), "only the results of the second"
    site.assert_promises(needs_late_writes=True, label="parallel steps, zombie")
