"""Clocks that are wrong: F32, F33."""

import datetime
import glob
import time

import pytest

from tests.waiting import wait_until

pytestmark = pytest.mark.proof
LIBRARY = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), "")


@pytest.mark.parametrize("offset", ["+1h", "-1h", "-10m"])
def test_f32_a_worker_whose_clock_is_wrong(site, offset):
    """Leases, delays and deadlines follow the database's clock and the worker's monotonic one."""
    assert LIBRARY, "faketime is missing: apt-get install faketime"
    wrong = {"LD_PRELOAD": LIBRARY, "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    worker = site.worker("a", environment=wrong)
    told = datetime.datetime.fromisoformat(worker.log().partition(",")[0])
    assert abs((told - datetime.datetime.now()).total_seconds()) > 300, "its clock is wrong indeed"
    begun = time.monotonic()
    late = site.enqueue("no_steps", delay_seconds=1.5)
    ids = [
        site.enqueue("no_steps", {"seconds": 1.5}),
        site.enqueue("no_steps", timeout_seconds=600),
    ]
    assert set(site.wait_ended(*ids)) == {"SUCCESS"}
    assert site.wait_ended(late) == ["SUCCESS"]
    assert time.monotonic() - begun >= 1.5
    history = site.assert_promises(label=f"F32 worker's clock {offset}")
    assert not history.reclaim_seconds()


@pytest.mark.parametrize("offset", ["+1h", "-1h"])
def test_f33_the_server_comes_back_with_another_clock(make_site, own_server, offset):
    """At worst one early expiry; the fence holds and nothing waits for an hour."""
    assert LIBRARY, "faketime is missing: apt-get install faketime"
    site = make_site(own_server)
    for name in "ab":
        site.worker(name)
    ids = [site.enqueue("three_steps", {"seconds": 0.5}) for _ in range(6)]
    wait_until(lambda: site.one("select count(*) from workflows.lease") > 0, "work to begin")
    own_server.stop()
    own_server.environment = {"LD_PRELOAD": LIBRARY, "FAKETIME": offset}
    own_server.start()
    told = "select abs(extract(epoch from clock_timestamp()) - %s::float8)"
    assert site.one(told, time.time()) > 3000, "its clock is wrong indeed"
    late = site.enqueue("no_steps", delay_seconds=1)
    assert set(site.wait_ended(*ids, late, seconds=20)) == {"SUCCESS"}
    site.end()
    # These compare the server's clock with ours, or with what it was.
    by_clock = {
        "nobody_is_lost_early",
        "bodies_begin_under_a_lease",
        "steps_begin_after_the_record_before",
    }
    found = [v for v in site.violations() if v.invariant not in by_clock]
    assert not found, found[:5]


@pytest.mark.parametrize("jump", ["1 hour", "-1 hour"])
def test_f33_the_clock_of_the_database_jumps(site, jump):
    """At worst one early expiry; the fence holds and nothing waits for an hour."""
    for name in "ab":
        site.worker(name)
    ids = [site.enqueue("three_steps", {"seconds": 0.5}) for _ in range(6)]
    time.sleep(0.4)
    site.conn.execute(
        f"create or replace function {site.schema}.clock_now() returns timestamptz"
        f" language sql volatile as $$select pg_catalog.clock_timestamp() + interval '{jump}'$$"
    )
    ids += [site.enqueue("three_steps") for _ in range(6)]
    assert set(site.wait_ended(*ids, seconds=20)) == {"SUCCESS"}
    site.end()
    found = [v for v in site.violations() if v.invariant != "nobody_is_lost_early"]
    assert not found, found[:5]
