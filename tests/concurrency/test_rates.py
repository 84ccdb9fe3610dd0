"""Rate limits are exact under races; the controls show that the tests can fail."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.concurrency.conftest import second

SECONDS, LIMIT = 0.25, 6
CLAIMED = (
    "select extract(epoch from claimed_at)::float8 from workflows.lease where workflow_id = %s"
)


def most_in_a_span(times):
    """The most of these moments that any span of SECONDS holds."""
    times = sorted(times)
    return max(sum(1 for t in times if start <= t < start + SECONDS) for start in times)


def race(workers, count):
    """Every worker claims and finishes in its own thread; when each workflow was claimed."""
    times, lock = {}, threading.Lock()

    def work(worker):
        while len(times) < count:
            for one in worker.claim(3):
                (at,) = worker.calls.rows(CLAIMED, one["w"])[0]
                with lock:
                    times[one["w"]] = at
                while worker.finish(one) == "busy":
                    pass
            worker.calls.maintain()

    with ThreadPoolExecutor(len(workers)) as pool:
        for finished in [pool.submit(work, w) for w in workers]:
            finished.result(60)
    return times


@pytest.mark.parametrize("scope", ["queue", "key"])
def test_a_rate_is_exact_under_four_threads(calls, make_worker, session, scope):
    workers = [make_worker("mix", calls=session()) for _ in range(4)]
    if scope == "queue":
        calls.set_queue(rate_limit=LIMIT, rate_seconds=SECONDS)
    else:
        calls.set_queue(key_rate_limit=LIMIT, key_rate_seconds=SECONDS)
    options = {"partition_key": "T-101"} if scope == "key" else {}
    calls.enqueue_many(*[{"workflow_name": "mix", "options": options}] * 40)
    times = race(workers, 40)
    assert len(times) == 40
    if scope == "queue":
        assert most_in_a_span(times.values()) <= LIMIT
    else:
        # counted when the key is handed over; the claim follows
        assert max(times.values()) - min(times.values()) >= (40 // LIMIT - 1) * SECONDS


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_a_rate_with_an_open_claim(calls, make_worker, open_session, without, is_guarded):
    """The count is true because claims of a limited queue hold its row."""
    if not is_guarded:
        without("lock_limited", " for no key update skip locked")
    worker = make_worker("mix")
    calls.set_queue(rate_limit=1, rate_seconds=100)
    calls.enqueue_many(*[{"workflow_name": "mix"}] * 3)
    worker.claim(0)
    first = second(worker, open_session())
    assert len(first.claim(1)) == 1
    assert len(worker.claim(3)) == (0 if is_guarded else 1)
    first.calls.conn.commit()


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_a_claim_that_was_held_up_counts_from_when_it_got_the_lock(
    calls, make_worker, without, is_guarded
):
    """The claim reads the clock when it begins; here ten seconds go by before it has the lock."""
    now = "workflows.clock_now()"
    without(
        "claim_workflows",
        f"v_now timestamptz := {now}",
        f"v_now timestamptz := {now} - '10 s'::interval",
    )
    if not is_guarded:
        without("take_ready", f"case when v_limited is null then p_now else {now} end", "p_now")
    worker = make_worker("mix")
    calls.set_queue(rate_limit=1, rate_seconds=5)
    calls.enqueue_many(*[{"workflow_name": "mix"}] * 2)
    assert len(worker.claim(3)) == 1
    calls.maintain()
    assert len(worker.claim(3)) == (0 if is_guarded else 1)


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_a_claim_that_is_not_counted_breaks_the_rate(calls, make_worker, without, is_guarded):
    if not is_guarded:
        without("take_ready", "perform workflows.use_rate(v_claimed, v_now);", "null;")
    worker = make_worker("mix")
    calls.set_queue(rate_limit=1, rate_seconds=100)
    calls.enqueue_many(*[{"workflow_name": "mix"}] * 3)
    assert len(worker.claim(3)) == 1
    assert len(worker.claim(3)) == (0 if is_guarded else 1)


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_what_is_free_again_wakes_its_key(calls, clock, make_worker, without, is_guarded):
    """Nobody else would look at a key that nothing happens to."""
    if not is_guarded:
        without("run_maintenance", "perform workflows.release_rates(p_limit, v_now);")
    worker = make_worker("mix")
    calls.set_queue(key_rate_limit=1, key_rate_seconds=10)
    calls.enqueue_many(*[{"workflow_name": "mix", "options": {"partition_key": "k"}}] * 2)
    worker.finish(worker.claim_one())
    assert worker.claim(5) == []
    clock.advance(10)
    calls.maintain()
    assert len(worker.claim(5)) == (1 if is_guarded else 0)
