"""Rate limits of queues and of partition keys: never more in any span of so many seconds."""

import pytest

USES = "select count(*) from workflows.rate_use"


@pytest.fixture
def worker(clock, make_worker):
    clock.freeze()
    return make_worker("mix")


def fill(calls, count, **options):
    entry = {"workflow_name": "mix", "options": options}
    return [a["workflow_id"] for a in calls.enqueue_many(*[entry] * count)]


def test_a_queue_gives_out_so_many_in_any_span(calls, clock, worker):
    calls.set_queue(rate_limit=3, rate_seconds=10)
    fill(calls, 20)
    taken = []
    for _ in range(25):
        taken.append(len(worker.claim(2)))
        clock.advance(1)
    # three at 0 and 1 s; each is free again ten seconds after it was claimed
    assert taken == [2, 1, *[0] * 8] * 2 + [2, 1, 0, 0, 0]


def test_every_claim_counts_and_no_order_does(calls, clock, worker, make_worker):
    """Another try is a claim too; a handler of STOP is exempt, as from every limit."""
    calls.set_queue(rate_limit=1, rate_seconds=10)
    keeper = make_worker("careful", handlers=["on_stop"])
    careful = calls.enqueue("careful")
    claimed = keeper.claim_one()
    keeper.finish(claimed, "released")
    assert keeper.claim(5) == [], "it has been claimed once in these ten seconds"
    clock.advance(10)
    assert keeper.claim_ids(5) == [careful] and keeper.claim(5) == []
    keeper.finish(
        {**claimed, "t": calls.value("select lease_token::text from workflows.lease")}, "released"
    )
    calls.command(careful, "STOP")
    (ordered,) = keeper.claim(5)
    assert ordered["w"] == careful and ordered["control"].startswith("stop")
    assert (
        calls.value(
            "select count(*) from workflows.rate_use where expires_at > workflows.clock_now()"
        )
        == 1
    )


def test_work_beyond_the_rate_does_not_take_the_places_of_other_queues(calls, worker, make_worker):
    calls.call("create_queue", queue_name="other")
    calls.set_queue(rate_limit=1, rate_seconds=10)
    both = make_worker("mix", queues=("default", "other"))
    fill(calls, 5, priority=-5)
    others = fill(calls, 3, queue_name="other")
    assert set(others) < set(both.claim_ids(4))


def test_nothing_of_a_limited_queue_is_claimed_in_advance(calls, worker):
    calls.set_queue(rate_limit=100, rate_seconds=1)
    fill(calls, 10)
    assert len(worker.claim(2, 8)) == 2


def test_maintenance_wakes_whoever_waits_for_a_rate(calls, clock, worker):
    """The moment is answered as the next timer; then what was taken is forgotten."""
    calls.set_queue(rate_limit=1, rate_seconds=10)
    fill(calls, 2)
    assert len(worker.claim(5)) == 1
    assert calls.maintain()["next_due_ms"] == 10000
    clock.advance(9.99)
    assert 0 < calls.maintain()["next_due_ms"] <= 50
    assert calls.value(USES) == 1
    clock.advance(0.01)
    assert calls.maintain()["next_due_ms"] is None
    assert calls.value(USES) == 0
    assert len(worker.claim(5)) == 1


def test_a_limit_that_is_taken_away_holds_nobody(calls, worker):
    calls.set_queue(rate_limit=1, rate_seconds=1000)
    fill(calls, 3)
    assert len(worker.claim(5)) == 1
    shown = calls.set_queue(rate_limit=None)
    assert shown["rate_seconds"] is None and not shown["is_limited"]
    assert len(worker.claim(5)) == 2


def test_a_key_begins_so_often_in_any_span(calls, clock, worker):
    """The others go on; a workflow that keeps its key is not counted again."""
    calls.set_queue(key_rate_limit=2, key_rate_seconds=10)
    one = fill(calls, 5, partition_key="T-101")
    two = fill(calls, 1, partition_key="T-102")
    begun = []
    for _ in range(30):
        calls.maintain()
        for claimed in worker.claim(5):
            begun.append((claimed["w"], _))
            worker.finish(claimed)
        clock.advance(1)
        worker.renew()
    seconds = dict(begun)
    assert [seconds[w] for w in one] == [0, 1, 10, 11, 20] and seconds[two[0]] == 0
    assert [w for w, _ in begun if w in one] == one


def test_a_key_waits_together_with_its_resources(calls, clock, worker):
    """A resource that comes free does not start a workflow whose key has had its share."""
    calls.set_queue(key_rate_limit=1, key_rate_seconds=10)
    (first,) = fill(calls, 1, partition_key="T-101")
    worker.finish(worker.claim_one())
    (holder,) = fill(calls, 1, resources=["pump"])
    held = worker.claim_one()
    (waits,) = fill(calls, 1, partition_key="T-101", resources=["pump"])
    assert worker.claim(5) == []
    worker.finish(held)
    assert worker.claim(5) == [] and calls.status(waits) == "BLOCKED"
    clock.advance(10)
    calls.maintain()
    assert worker.claim_ids(5) == [waits]


def test_a_key_rate_that_is_changed_is_looked_at_again(calls, clock, worker):
    calls.set_queue(key_rate_limit=1, key_rate_seconds=1000)
    fill(calls, 2, partition_key="T-101")
    worker.finish(worker.claim_one())
    assert worker.claim(5) == []
    calls.set_queue(key_rate_limit=None)
    assert len(worker.claim(5)) == 1


def test_list_queues_and_the_audit_show_the_rates(calls):
    calls.set_queue(
        rate_limit=5, rate_seconds=0.5, key_rate_limit=1, key_rate_seconds=60, actor="ann"
    )
    (queue,) = calls.call("list_queues")
    assert [queue[k] for k in ("rate_limit", "rate_seconds", "key_rate_limit", "key_rate_seconds")] == [
        5, 0.5, 1, 60,
    ]  # fmt: skip
    assert calls.rows("select actor from workflows.audit where event = 'queue set'")[0] == ("ann",)
