"""Partition keys, resources, max_running, pause: who may run beside whom, in which order."""

import pytest

from tests.calls import lose


def test_d26_one_at_a_time_per_key_in_order(calls, worker):
    ids = [calls.enqueue("mix", partition_key="unit 1") for _ in range(3)]
    other = calls.enqueue("mix", partition_key="unit 2")
    for expected in ids:
        claimed = worker.claim(4)
        assert expected in [c["w"] for c in claimed]
        assert len([c for c in claimed if c["w"] in ids]) == 1
        for one in claimed:
            worker.finish(one)
    assert calls.status(other) == "SUCCESS"


def test_the_same_key_in_two_queues_is_two_keys(calls, make_worker):
    calls.call("create_queue", queue_name="other")
    worker = make_worker("mix", queues=("default", "other"))
    calls.enqueue("mix", partition_key="k")
    calls.enqueue("mix", partition_key="k", queue_name="other")
    assert len(worker.claim(5)) == 2


def test_the_same_resource_in_two_queues_is_one_resource(calls, make_worker):
    calls.call("create_queue", queue_name="other")
    worker = make_worker("mix", queues=("default", "other"))
    first = calls.enqueue("mix", resources=["pump"])
    second = calls.enqueue("mix", resources=["pump"], queue_name="other")
    claimed = worker.claim(5)
    assert [c["w"] for c in claimed] == [first]
    assert calls.rows(
        "select gate_name, kind, held_by, waiting from workflows.resource_status"
    ) == [("resource pump", "resource", first, 1)]
    worker.finish(claimed[0])
    assert worker.claim_ids(5) == [second]


def test_all_or_none(calls, worker):
    """Nobody holds a part of what he waits for."""
    holder = calls.enqueue("mix", resources=["a"])
    both = calls.enqueue("mix", resources=["a", "b"])
    free = calls.enqueue("mix", resources=["c"])
    claimed = {c["w"]: c for c in worker.claim(5)}
    assert set(claimed) == {holder, free}
    query = "select gate_name from workflows.gate_ticket where is_holder order by 1"
    assert calls.rows(query) == [("resource a",), ("resource c",)]
    worker.finish(claimed[holder])
    assert worker.claim_ids(5) == [both]


def test_no_passing_by_one_that_shares_a_resource(calls, worker):
    holder = calls.enqueue("mix", resources=["a"])
    both = calls.enqueue("mix", resources=["a", "b"])
    behind = calls.enqueue("mix", resources=["b"])
    claimed = worker.claim(5)
    assert [c["w"] for c in claimed] == [holder]
    worker.finish(claimed[0])
    assert worker.work_off() == [both, behind]


@pytest.mark.parametrize("is_admitted", [True, False])
def test_better_priority_passes(calls, worker, is_admitted):
    """Also where no claim ran between its arrival and the hand-over."""
    holder = calls.enqueue("mix", resources=["a"])
    claimed = worker.claim_one()
    late = calls.enqueue("mix", resources=["a"])
    urgent = calls.enqueue("mix", resources=["a"], priority=-50)
    if is_admitted:
        assert worker.claim(5) == []
    worker.finish(claimed)
    assert worker.work_off() == [urgent, late]
    assert holder


@pytest.mark.parametrize("end", ["success", "error", "stop", "cancel", "lost"])
def test_d3_however_it_ends_the_next_one_gets_the_key(calls, worker, make_worker, clock, end):
    first = calls.enqueue("mix", partition_key="k", on_worker_lost="fail")
    second = calls.enqueue("mix", partition_key="k")
    claimed = worker.claim_one()
    if end == "lost":
        lose(clock, calls)
        worker = make_worker("mix")
    elif end in ("stop", "cancel"):
        calls.command(first, end)
        worker.finish(claimed, {"stop": "stopped", "cancel": "cancelled"}[end])
    else:
        worker.finish(claimed, end)
    assert worker.claim_ids(5) == [second]
    assert calls.rows("select count(*) from workflows.gate_ticket") == [(1,)]


@pytest.mark.parametrize("away", ["suspend", "released", "held", "try"])
def test_finding_12_the_key_is_kept_until_the_end(calls, make_worker, away):
    worker = make_worker("mix", max_attempts=2)
    first = calls.enqueue("mix", partition_key="k")
    calls.enqueue("mix", partition_key="k")
    claimed = worker.claim_one()
    if away == "suspend":
        worker.record(claimed, "nap", kind="sleep", status="WAITING", seconds=60)
        worker.finish(claimed, "suspend", k="nap")
    elif away == "held":
        calls.command(first, "HOLD")
        worker.finish(claimed, "held")
    elif away == "try":
        worker.fail(claimed)
    else:
        worker.finish(claimed, "released")
    assert [i for i in worker.claim_ids(5) if i != first] == []


def test_a_held_waiter_is_passed_and_keeps_its_place(calls, worker):
    ids = [calls.enqueue("mix", partition_key="k") for _ in range(4)]
    claimed = worker.claim_one()
    calls.command(ids[1], "HOLD")
    worker.finish(claimed)
    third = worker.claim_one()
    assert third["w"] == ids[2]
    calls.command(ids[1], "RESUME")
    worker.finish(third)
    assert worker.work_off() == [ids[1], ids[3]]


def test_finding_12_a_waiter_of_a_paused_queue_is_passed(calls, make_worker):
    calls.call("create_queue", queue_name="other")
    worker = make_worker("mix", queues=("default", "other"))
    calls.enqueue("mix", resources=["a"])
    claimed = worker.claim_one()
    paused = calls.enqueue("mix", resources=["a"], queue_name="other")
    waiter = calls.enqueue("mix", resources=["a"])
    assert worker.claim(5) == []
    calls.call("pause_queue", queue_name="other", reason="cleaning")
    worker.finish(claimed)
    assert worker.work_off() == [waiter]
    calls.call("resume_queue", queue_name="other")
    assert worker.work_off() == [paused]


def test_a_cancelled_waiter_leaves_the_line(calls, worker):
    ids = [calls.enqueue("mix", resources=["a", "b"]) for _ in range(3)]
    claimed = worker.claim_one()
    calls.command(ids[1], "CANCEL")
    worker.finish(claimed)
    assert worker.work_off() == [ids[2]]
    assert calls.rows("select from workflows.gate_ticket") == []


def test_retry_of_a_gated_workflow_waits_again(calls, worker):
    first = calls.enqueue("mix", partition_key="k")
    second = calls.enqueue("mix", partition_key="k")
    worker.fail(worker.claim_one())
    claimed = worker.claim_one()
    assert claimed["w"] == second
    calls.retry(first)
    assert worker.claim(5) == []
    worker.finish(claimed)
    assert worker.work_off() == [first]


# max_running and pause --------------------------------------------------------------------------


def test_max_running(calls, worker):
    calls.set_queue(max_running=2)
    ids = [calls.enqueue("mix") for _ in range(4)]
    claimed = worker.claim(4)
    assert [c["w"] for c in claimed] == ids[:2]
    assert worker.claim(4) == []
    worker.finish(claimed[0])
    assert worker.claim_ids(4) == [ids[2]]
    calls.set_queue(max_running=None)
    assert worker.claim_ids(4) == [ids[3]]


@pytest.mark.parametrize("away", ["suspend", "released", "held", "error", "lost", "retired"])
def test_every_way_out_gives_the_slot_back(calls, worker, make_worker, clock, away):
    calls.set_queue(max_running=1)
    first = calls.enqueue("mix", on_worker_lost="fail")
    second = calls.enqueue("mix")
    claimed = worker.claim_one()
    if away == "held":
        calls.command(first, "HOLD")
    if away == "lost":
        lose(clock, calls)
        worker = make_worker("mix")
    elif away == "retired":
        worker.retire()
        calls.command(first, "CANCEL")
        worker = make_worker("mix")
    else:
        worker.finish(claimed, away)
    if away in ("suspend", "released"):
        calls.command(first, "HOLD")
    assert worker.claim_ids(5) == [second]


def test_a_limit_counts_what_runs_already(calls, worker):
    for _ in range(5):
        calls.enqueue("mix")
    assert len(worker.claim(3)) == 3
    calls.set_queue(max_running=4)
    assert len(worker.claim(5)) == 1


def test_a_full_queue_does_not_keep_others_back(calls, make_worker):
    calls.call("create_queue", queue_name="other")
    worker = make_worker("mix", queues=("default", "other"), on_worker_lost="hold")
    calls.set_queue(max_running=1)
    for _ in range(5):
        calls.enqueue("mix")
    other = calls.enqueue("mix", queue_name="other", priority=5)
    found = worker.claim_ids(2) + worker.claim_ids(2)
    assert other in found
    assert len(found) == 2


def test_finding_16_pause_keeps_what_waits_and_what_runs(calls, worker):
    running = calls.enqueue("mix")
    claimed = worker.claim_one()
    waiting = calls.enqueue("mix")
    calls.call("pause_queue", queue_name="default", reason="cleaning", actor="anna")
    assert worker.claim(5) == []
    assert worker.finish(claimed) == "ok"
    depth = "select is_paused, enqueued from workflows.queue_depth where queue_name = 'default'"
    assert calls.rows(depth) == [(True, 1)]
    audited = "select actor, reason from workflows.audit where event = 'queue paused'"
    assert calls.rows(audited) == [("anna", "cleaning")]
    calls.call("resume_queue", queue_name="default")
    assert worker.claim_ids(5) == [waiting]
    assert running
