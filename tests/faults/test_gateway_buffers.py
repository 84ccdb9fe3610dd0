"""enqueueInMemory of gateways under faults: F49, F50, F51, F52, F53."""

import os
import time

import pytest

from tests.faults.gateway_buffer_scenarios import COUNT, TAG_SCRIPT
from tests.faults.history import read_lines
from tests.faults.site import FIGURES
from tests.waiting import wait_until

pytestmark = pytest.mark.proof
SECONDS = float(os.environ.get("FAULTS_STORM_SECONDS", "15"))
PER_SECOND = 5000
IN_ORDER = """
  select t.gate_id, array_agg((p.inputs::jsonb ->> 'n')::integer order by t.ticket_seq)
  from workflows.gate_ticket t join workflows.workflow_payload p using (workflow_id) group by 1"""


def without_history(site):
    """Entries are counted; the recorder would be the slowest part."""
    site.conn.execute("drop schema recorder cascade")
    return site


def ids(site) -> set[str]:
    rows = site.conn.execute(
        site.sql("select workflow_id::text from workflows.workflow")
    ).fetchall()
    return {row[0] for row in rows}


def accepted(gateway, site) -> list[str]:
    """The ids that were acknowledged, and are in the log of enqueues."""
    gateway.run("plant.offers.note()", seconds=60)
    return [line["workflow_id"] for line in read_lines(site.directory / "enqueues.jsonl")]


def assert_in_order(site) -> None:
    rows = site.conn.execute(site.sql(IN_ORDER)).fetchall()
    assert rows
    for key, numbers in rows:
        assert numbers == sorted(numbers), f"key {key} is out of order"


def milliseconds(figures) -> str:
    names = ("p50", "p99", "p99.9", "max")
    return ", ".join(f"{name} {ms:.2f} ms" for name, ms in zip(names, figures["ms"], strict=True))


def test_f49_a_storm_of_tag_changes(site):
    gateway = without_history(site).gateway("g")
    paths = [f"Storm/{n}" for n in range(200)]
    for path in paths:
        gateway.gateway.create_tag(path, script=TAG_SCRIPT)
    changes = int(SECONDS * PER_SECOND)
    took = gateway.gateway.storm(paths, changes, per_second=PER_SECOND, threads=2, seconds=200)
    missed = sum(gateway.gateway.missed_events(path) for path in paths)
    wait_until(lambda: gateway.offers()["offered"] >= changes - missed, "the scripts to end", 30)
    wait_until(lambda: gateway.offers()["buffer"]["waiting"] == 0, "the buffer to be empty", 60)
    figures = gateway.offers()
    assert not figures["refused"] and figures["offered"] == changes - missed
    assert set(accepted(gateway, site)) == ids(site)
    FIGURES.append(
        f"F49 {changes} tag changes in {took:.1f} s: {missed} missed by the tags, none lost,"
        f" {milliseconds(figures)} in the tag's thread"
    )


def test_f50_the_database_is_down_while_a_storm_is_offered(make_site, own_server):
    """Bounded, in order per key, nothing twice, and one flusher that catches up."""
    site = without_history(make_site(own_server))
    gateway = site.gateway("g")
    seconds = SECONDS / 3
    count = int(seconds * PER_SECOND)
    gateway.run(f"plant.offers.storm({count}, {PER_SECOND})")
    time.sleep(seconds / 4)
    own_server.stop()
    wait_until(lambda: gateway.offers()["over"] == 2, "the storm to be over", 90)
    waiting = gateway.offers()["buffer"]["waiting"]
    own_server.start()
    back = time.monotonic()
    most = 0
    sending = "select count(*) from pg_stat_activity where state = 'active' and query like '%%enqueue_many(%%' and pid <> pg_backend_pid()"
    while gateway.offers()["buffer"]["waiting"]:
        most = max(most, site.one(sending))
        assert time.monotonic() - back < 120, gateway.offers()
    figures = gateway.offers()
    drained = time.monotonic() - back
    assert figures["accepted"] == count and not figures["refused"]
    assert waiting > count / 2, "the database was away for most of it"
    assert site.one(COUNT) == count and set(accepted(gateway, site)) == ids(site)
    assert_in_order(site)
    assert most <= 1, "one flusher, no stampede"
    FIGURES.append(
        f"F50 {count} offered, {waiting} waited for the database and were in it {drained:.1f} s"
        f" after its return; {milliseconds(figures)}"
    )


def test_f51_poison_in_a_batch(site):
    """What the database refuses is set aside alone; its batch mates are in at once."""
    gateway = site.gateway("g")
    gateway.gateway.lose_database("WorkflowsDB")
    gateway.run(
        "for n in range(120):\n"
        "\tplant.offers.offer(n, None, **({'queueName': 'nowhere'} if n % 40 == 7 else {}))\n"
    )
    gateway.gateway.restore_database("WorkflowsDB")
    wait_until(lambda: site.one(COUNT) == 117, "the good ones to be in", 20)
    rejected = "select count(*) from workflows.rejected_entry"
    wait_until(lambda: site.one(rejected) == 3, "the bad ones to be set aside", 10)
    wait_until(lambda: gateway.offers()["buffer"]["waiting"] == 0, "the buffer to be empty", 10)
    assert "event=entry_rejected" in gateway.log()


@pytest.mark.parametrize("journal", [False, True], ids=["without_journal", "with_journal"])
def test_f52_a_gateway_is_killed_with_a_full_buffer(site, journal):
    """Without a journal what waited is lost, as documented, and nothing else; with one nothing is."""
    gateway = without_history(site).gateway("g", journal=journal)
    gateway.run("plant.offers.storm(500, 5000, notes_each=True)")
    wait_until(lambda: site.one(COUNT) == 500, "the first to be in", 20)
    gateway.gateway.lose_database("WorkflowsDB")
    gateway.run("plant.offers.storm(1500, 5000, notes_each=True, start=500)")
    wait_until(lambda: gateway.offers()["over"] == 4, "the storm to be over", 30)
    gateway.kill()
    acknowledged = {line["workflow_id"] for line in read_lines(site.directory / "enqueues.jsonl")}
    assert len(acknowledged) == 2000
    gateway.start()
    if journal:
        wait_until(lambda: site.one(COUNT) >= 2000, "the journal to be replayed", 30)
        assert_in_order(site)
    wait_until(lambda: gateway.offers()["buffer"]["waiting"] == 0, "the buffer to be empty", 10)
    assert ids(site) <= acknowledged
    lost = len(acknowledged - ids(site))
    FIGURES.append(f"F52 kill -9 with 1500 waiting, journal {journal}: {lost} lost")
    assert lost == (0 if journal else 1500)


def test_f53_saves_in_the_middle_of_enqueues(site):
    """The buffer outlives the scripts: nothing is lost, nothing doubled, the order holds."""
    gateway = without_history(site).gateway("g")
    count = 12000
    gateway.run(f"plant.offers.storm({count}, 2000)")
    for _ in range(3):
        time.sleep(1)
        gateway.save()
    wait_until(lambda: gateway.offers()["over"] == 2, "the storm to be over", 60)
    wait_until(lambda: gateway.offers()["buffer"]["waiting"] == 0, "the buffer to be empty", 30)
    figures = gateway.offers()
    assert figures["accepted"] == count == site.one(COUNT)
    assert set(accepted(gateway, site)) == ids(site)
    assert_in_order(site)
    FIGURES.append(
        f"F53 three saves while {count} were offered: none lost, {milliseconds(figures)}"
    )
