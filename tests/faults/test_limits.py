"""Limits and load: F46, F47, F59, F60, F61, F66, F68."""

import json
import random
import threading
import time
from collections import Counter

import psycopg
import pytest

from exchange.workflows.compat import new_id
from exchange.workflows.settings import SCHEMA_VERSION
from tests.faults.site import FIGURES
from tests.waiting import Background, wait_until

pytestmark = pytest.mark.proof


def test_f66_a_limit_holds_with_many_workers_and_kills(site):
    """What a killed worker had goes to the others, and at the end two share the limit."""
    site.one("select workflows.set_queue('default', %s)", json.dumps({"max_running": 3}))
    alive = [site.worker(name) for name in "abcd"]
    ids = [site.enqueue("three_steps", {"seconds": 0.1, "until": "go"}) for _ in range(40)]
    for _ in range(2):
        wait_until(
            lambda: sum(site.busy(one.name) for one in alive) == 3, "the limit to be met", 20
        )
        victim = max(alive, key=lambda one: site.busy(one.name))
        victim.kill()
        alive.remove(victim)
    site.let("go")
    assert set(site.wait_ended(*ids, seconds=50)) == {"SUCCESS"}
    assert site.assert_promises(label="F66 limit of 3, two kills").reclaim_seconds()


def test_f68_sweeps_happen_while_everybody_is_busy(site):
    """All threads of the only survivor are taken: reclaim, timers and deadlines still go on."""
    victim = site.worker("a", threads=1)
    lost = site.enqueue("three_steps", {"until": "go"})
    site.wait_holder(lost, "a")
    site.worker("b", threads=2)
    hung = [site.enqueue("no_steps", {"until": "go"}) for _ in range(2)]
    wait_until(lambda: site.busy("b") == 2, "the survivor to be full")
    late = site.enqueue("three_steps", delay_seconds=0.5)
    victim.kill()
    wait_until(lambda: site.status(lost) == "ENQUEUED", "reclaim by a full worker", 6)
    wait_until(lambda: site.status(late) == "ENQUEUED", "the timer to go off", 6)
    site.let("go")
    assert set(site.wait_ended(lost, late, *hung)) == {"SUCCESS"}
    site.assert_promises(label="F68 everybody busy")


def test_f46_the_same_deduplication_id_fifty_times_at_once(site):
    barrier, found = threading.Barrier(50), []

    def enqueue() -> None:
        with psycopg.connect(site.dsn, autocommit=True) as conn:
            barrier.wait()
            query = site.sql("select workflows.enqueue('three_steps', '{}', %s)")
            found.append(conn.execute(query, ('{"deduplication_id":"batch 7"}',)).fetchone()[0])

    threads = [threading.Thread(target=enqueue) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 50 and len(set(found)) == 1
    assert site.one("select count(*) from workflows.workflow") == 1


def test_f46_the_same_workflow_id_fifty_times_at_once(site):
    workflow_id, errors = new_id(), []
    barrier = threading.Barrier(50)

    def enqueue() -> None:
        barrier.wait()
        try:
            site.enqueue("three_steps", workflow_id=workflow_id)
        except psycopg.Error as error:
            errors.append(error)

    threads = [threading.Thread(target=enqueue) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    site.worker("a")
    site.wait_ended(workflow_id)
    site.assert_promises()


def test_f47_batches_in_opposite_order_never_deadlock(site):
    ids = [new_id() for _ in range(200)]
    errors = []

    def send(ending: float, seed: int) -> None:
        choose = random.Random(seed)
        with psycopg.connect(site.dsn, autocommit=True) as conn:
            while time.monotonic() < ending:
                some = choose.sample(ids, 100)
                requests = [
                    {
                        "workflow_name": "three_steps",
                        "options": {"workflow_id": one, "deduplication_id": one},
                    }
                    for one in some
                ]
                try:
                    query = site.sql("select workflows.enqueue_many(%s)")
                    conn.execute(query, (json.dumps(requests),))
                except psycopg.Error as error:
                    errors.append(error)

    until = time.monotonic() + 3
    threads = [threading.Thread(target=send, args=(until, seed)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors[:3]
    assert site.one("select count(*) from workflows.workflow") == 200


def claim_blocks(site) -> int:
    """Buffers that one claim touches."""
    site.one("select workflows.register_worker(%s, %s)", CLAIMER, registration())
    plan = site.one(
        "explain (analyze, buffers, format json)"
        " select workflows.claim_workflows"
        f"('{CLAIMER}', 1, 0, {next(_requests)}, false, false, false)"
    )
    return plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]


CLAIMER = new_id()
_requests = iter(range(1, 1000))


def registration() -> str:
    definition = {
        "workflow_name": "three_steps", "workflow_version": 1, "queue_name": "default",
        "priority": 0, "max_attempts": 1, "backoff_seconds": 1, "backoff_rate": 2,
        "max_backoff_seconds": 60,
        "on_worker_lost": "retry", "commands": "auto",
    }  # fmt: skip
    return json.dumps(
        {"schema_version": SCHEMA_VERSION, "queues": ["default"], "definitions": [definition]}
    )


def test_f59_stuck_work_of_better_priority_costs_a_claim_nothing(site):
    site.conn.execute("drop schema recorder cascade")
    for _ in range(3):
        site.enqueue("three_steps")
    claim_blocks(site), claim_blocks(site)
    alone = claim_blocks(site)
    for n in range(20):
        requests = [
            {"workflow_name": "nobody_runs_this", "options": {"priority": -50}} for _ in range(2500)
        ] + [
            {"workflow_name": "three_steps", "options": {"priority": -50, "partition_key": "stuck"}}
            for _ in range(50 if n < 2 else 0)
        ]
        site.one("select workflows.enqueue_many(%s)", json.dumps(requests))
    for _ in range(3):
        site.enqueue("three_steps")
    claim_blocks(site), claim_blocks(site), claim_blocks(site)
    beside = claim_blocks(site)
    FIGURES.append(f"F59 buffers of a claim: {alone} alone, {beside} beside 50000 that nobody runs")
    assert beside < alone * 3 + 300


PER_SECOND = 200
# The snapshot is held for the seconds in the middle.
PHASES = (("before", 10), ("held 1", 20), ("held 2", 20), ("held 3", 20), ("after", 10))
BLOCKS = """
  select relname, heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0)
  from pg_statio_user_tables where schemaname = %s"""
WAITED = """
  select count(*), percentile_cont(array[0.5, 0.99]) within group (order by extract(epoch from ended_at - enqueued_at))
  from workflows.workflow where enqueued_at between %s and %s"""


def enqueue_steadily(site, ending: threading.Event) -> None:
    """PER_SECOND workflows a second, in batches, whatever becomes of them."""
    batch = json.dumps([{"workflow_name": "no_steps"}] * (PER_SECOND // 10))
    query = site.sql("select workflows.enqueue_many(%s)")
    with psycopg.connect(site.dsn, autocommit=True) as conn:
        due = time.monotonic()
        while not ending.wait(max(0.0, due - time.monotonic())):
            conn.execute(query, (batch,))
            due += 0.1


def blocks_touched(site) -> Counter[str]:
    return Counter(dict(site.conn.execute(BLOCKS, (site.schema,)).fetchall()))


@pytest.mark.timeout(300)
def test_f60_a_snapshot_held_for_a_minute_at_200_a_second(site):
    """How much longer workflows wait, and how many blocks each costs, while a report holds a snapshot open. The
    lease is a plant's: nothing is to be lost here, and what a slow machine loses would be measured with it.
    """
    site.conn.execute("drop schema recorder cascade")
    site.one("select workflows.set_setting('lease_seconds', '30')")
    site.worker("a", prefetch=100)
    ending = threading.Event()
    client = threading.Thread(target=enqueue_steadily, args=(site, ending))
    reader = psycopg.connect(site.dsn)
    now = "select clock_timestamp()"
    spans, blocks = {}, {}
    client.start()
    try:
        for phase, seconds in PHASES:
            if phase == "held 1":
                reader.execute("set transaction isolation level repeatable read")
                reader.execute("select 1").fetchone()
            if phase == "after":
                reader.rollback()
            begun, blocks_before = site.one(now), blocks_touched(site)
            ending.wait(seconds)
            spans[phase] = (begun, site.one(now))
            blocks[phase] = blocks_touched(site) - blocks_before
    finally:
        ending.set()
        client.join()
        reader.close()
    site.wait_all_ended(60)
    waited, said = {}, []
    for phase, span in spans.items():
        count, (median, longest) = site.conn.execute(site.sql(WAITED), span).fetchone()
        waited[phase] = longest
        most = ", ".join(f"{name} {n / count:.0f}" for name, n in blocks[phase].most_common(3))
        said.append(
            f"F60 snapshot {phase:7} {count / (span[1] - span[0]).total_seconds():4.0f} workflows/s,"
            f" p50 {1000 * median:4.0f} ms, p99 {1000 * longest:5.0f} ms,"
            f" {blocks[phase].total() / count:5.0f} blocks each: {most}"
        )
    FIGURES.extend(said)
    assert max(waited.values()) < 5 * waited["before"] + 3, "\n".join(["work falls behind", *said])


@pytest.mark.parametrize(
    "what", ["vacuum full", "reindex table concurrently", "analyze", "cluster"]
)
def test_f61_maintenance_of_tables_under_load(site, what):
    """A plain REINDEX TABLE beside writers can be the victim of a deadlock, in any schema."""
    site.worker("a"), site.worker("b")
    ids = []
    with psycopg.connect(site.dsn, autocommit=True) as conn:
        for table in ("ready", "lease", "parked", "workflow", "step"):
            ids += [site.enqueue("three_steps", {"seconds": 0.02}) for _ in range(6)]
            using = f" using {table}_pkey" if what == "cluster" else ""
            Background(conn, f"{what} {site.schema}.{table}{using}").outcome(20)
    assert set(site.wait_ended(*ids, seconds=30)) == {"SUCCESS"}
    site.assert_promises(label=f"F61 {what} under load")
