"""A server that goes away and comes back: F10, F11, F12, F13, F14, F18, F45, F48, F65."""

import collections
import itertools
import os
import random
import signal
import threading
import time

import psycopg
import pytest

from tests.faults.site import Site, until_true
from tests.waiting import wait_until

pytestmark = pytest.mark.proof


def enqueue_meanwhile(site: Site, ending: threading.Event, pause: float = 0.03) -> threading.Thread:
    """A client that enqueues until told to stop, and notes what was acknowledged."""

    def work() -> None:
        while not ending.wait(pause):
            try:
                site.enqueue("three_steps", {"seconds": 0.02})
            except psycopg.Error:
                continue

    thread = threading.Thread(target=work)
    thread.start()
    return thread


@pytest.mark.parametrize("seconds", [0, 12])
def test_f10_a_fast_stop_and_a_start(make_site, own_server, seconds):
    """Longer than the lease, and not at all."""
    site = make_site(own_server)
    workers = [site.worker(name) for name in "ab"]
    ids = [site.enqueue("three_steps", {"seconds": 1.0}) for _ in range(12)]
    wait_until(lambda: site.one("select count(*) from workflows.lease") >= 6, "work to begin")
    own_server.stop()
    time.sleep(seconds)
    own_server.start()
    back = time.monotonic()
    assert set(site.wait_ended(*ids, seconds=30)) == {"SUCCESS"}
    assert time.monotonic() - back < 15
    assert all(worker.is_alive for worker in workers)
    history = site.assert_promises(label=f"F10 stop -m fast for {seconds} s")
    assert max(w["failure_count"] for w in history.workflows.values()) == 0


def test_f11_immediate_stops_lose_nothing_that_was_acknowledged(make_site, own_server):
    site = make_site(own_server)
    for name in "ab":
        site.worker(name)
    ending = threading.Event()
    client = enqueue_meanwhile(site, ending)
    try:
        for _ in range(20):
            time.sleep(random.uniform(0.1, 0.8))
            own_server.crash()
            own_server.start()
    finally:
        ending.set()
        client.join()
    site.wait_all_ended(60)
    site.assert_promises(label="F11 stop -m immediate, 20 times")


def test_f12_kill_9_of_one_backend(make_site, own_server):
    site = make_site(own_server)
    for name in "ab":
        site.worker(name)
    ending = threading.Event()
    client = enqueue_meanwhile(site, ending)
    query = "select pid from pg_stat_activity where application_name = %s limit 1"
    try:
        for _ in range(3):
            time.sleep(0.4)
            name = f"{site.schema}-record"
            pid = wait_until(lambda name=name: site.one(query, name), "a session to kill")
            os.kill(pid, signal.SIGKILL)
            time.sleep(0.8)
    finally:
        ending.set()
        client.join()
    site.wait_all_ended(60)
    site.assert_promises(label="F12 kill -9 of a backend, 3 times")


@pytest.mark.parametrize(
    "purpose", ["claim", "renew", "record", "finish", "listen", "maintain", "client"]
)
def test_f13_a_session_is_terminated(site, purpose):
    worker = site.worker("a")
    for _ in range(3):
        [site.enqueue("three_steps", {"seconds": 0.05}) for _ in range(4)]
        site.terminate(purpose)
        time.sleep(0.1)
    site.wait_all_ended(20)
    assert worker.is_alive
    if purpose == "listen":
        query = "select listen_mode from workflows.worker where lost_at is null"
        assert until_true(lambda: site.one(query) == "listen", 10), "it listens again"
    site.assert_promises(label=f"F13 terminated: {purpose}")


_CANCEL = """
  select a.purpose from (
    select pid, replace(application_name, %(prefix)s, '') as purpose from pg_stat_activity
    where state = 'active' and datname = current_database()
      and starts_with(application_name, %(prefix)s) and pid <> pg_backend_pid()
      and replace(application_name, %(prefix)s, '') <> all (%(spared)s)
    order by random() limit 1) a
  where pg_cancel_backend(a.pid)"""
# Records and outcomes are short statements: these are held up, so that a cancel can find them.
_LOCKS = [
    *[None] * 9, "lock table workflows.step in share mode",
    *[None] * 9, "lock table workflows.workflow in share mode",
]  # fmt: skip
_WANTED = {"claim", "record", "finish"}


def cancel_until(ending: threading.Event, site: Site, hits: collections.Counter[str]) -> None:
    """Cancels statements of workers, but not what was hit more often than the rest: with every claim
    cancelled there would be no record."""
    with psycopg.connect(site.dsn, autocommit=True) as conn:
        for lock in itertools.cycle(_LOCKS):
            if ending.wait(0.002):
                return
            fewest = min(hits[purpose] for purpose in _WANTED)
            spared = [purpose for purpose in hits if hits[purpose] > fewest + 2]
            with conn.transaction():
                if lock is not None:
                    conn.execute(site.sql(lock))
                    time.sleep(0.01)
                rows = conn.execute(_CANCEL, {"prefix": f"{site.schema}-", "spared": spared})
                hits.update(row[0] for row in rows.fetchall())


def test_f14_statements_are_cancelled_again_and_again(site):
    for name in "ab":
        site.worker(name)
    ending = threading.Event()
    hits: collections.Counter[str] = collections.Counter()
    nemesis = threading.Thread(target=cancel_until, args=(ending, site, hits))
    nemesis.start()
    try:
        until, waves = time.monotonic() + 20, 0
        while (waves < 4 or not set(hits) >= _WANTED) and time.monotonic() < until:
            for _ in range(20):
                site.enqueue("three_steps", {"seconds": 0.02})
            time.sleep(0.5)
            waves += 1
    finally:
        ending.set()
        nemesis.join()
    site.wait_all_ended(30)
    assert set(hits) >= _WANTED, hits
    said = sum(worker.log().count("code=57014") for worker in site.workers)
    assert said, "a cancel hit, and the worker went on"
    site.assert_promises(label="F14 pg_cancel_backend in a loop")


def test_f18_a_primary_is_demoted_and_promoted_again(make_site, own_server):
    """25006, or a server that is not read-write, evicts the session; work goes on within seconds."""
    site = make_site(own_server)
    worker = site.worker("a")
    ids = [site.enqueue("three_steps", {"seconds": 0.3}) for _ in range(8)]
    wait_until(lambda: site.one("select count(*) from workflows.lease") > 0, "work to begin")
    own_server.stop()
    (own_server.data_dir / "standby.signal").touch()
    own_server.start()
    assert site.one("select pg_is_in_recovery()") is True
    assert until_true(lambda: "event=database_away" in worker.log(), 10)
    time.sleep(2)
    own_server.run_program("pg_ctl", "promote", "-D", str(own_server.data_dir), "-w")
    back = time.monotonic()
    assert set(site.wait_ended(*ids, seconds=20)) == {"SUCCESS"}
    assert time.monotonic() - back < 10
    assert worker.is_alive
    site.assert_promises(label="F18 demoted for 2 s")


def test_f18_a_database_that_became_read_only(make_site, own_server):
    """25006 evicts the session; work goes on within seconds after writes are possible again."""
    site = make_site(own_server)
    worker = site.worker("a")
    ids = [site.enqueue("three_steps", {"seconds": 0.3}) for _ in range(8)]
    with psycopg.connect(own_server.dsn(), autocommit=True) as admin:
        admin.execute(f"alter database {site.dbname} set default_transaction_read_only = on")
        for purpose in ("claim", "renew", "record", "finish", "maintain", "client"):
            site.terminate(purpose)
        time.sleep(2)
        admin.execute(f"alter database {site.dbname} reset default_transaction_read_only")
    back = time.monotonic()
    assert set(site.wait_ended(*ids, seconds=20)) == {"SUCCESS"}
    assert time.monotonic() - back < 10
    assert worker.is_alive
    site.assert_promises(label="F18 read-only for 2 s")


def test_f45_a_name_that_nobody_runs_waits_and_is_visible(site):
    site.worker("a")
    unknown = site.enqueue("removed_by_deploy")
    newer = site.enqueue("three_steps", workflow_version=7)
    good = [site.enqueue("three_steps") for _ in range(5)]
    assert set(site.wait_ended(*good)) == {"SUCCESS"}
    for one in (unknown, newer):
        assert site.status(one) == "ENQUEUED"
        assert site.workflow(one)["attempt"] == 0
    measured = site.one(
        "select measured from workflows.health where check_name = 'names nobody runs'"
    )
    assert "removed_by_deploy version 1" in measured and "three_steps version 7" in measured
    site.waits = {unknown, newer}
    site.assert_promises(label="F45 unknown name and version")


def test_f48_a_transaction_that_stays_open_holds_nobody_up(site):
    site.worker("a")
    enqueue = site.sql("select workflows.enqueue('three_steps', '{}', %s)")
    one, two = site.enqueue("three_steps"), None
    with psycopg.connect(site.dsn) as slow:
        two = slow.execute(enqueue, ("{}",)).fetchone()[0]
        begun = time.monotonic()
        ids = [site.enqueue("three_steps") for _ in range(20)]
        assert set(site.wait_ended(one, *ids, seconds=10)) == {"SUCCESS"}
        assert time.monotonic() - begun < 8
        assert site.one("select count(*) from workflows.workflow where workflow_id = %s", two) == 0
        slow.commit()
    assert site.wait_ended(two, seconds=5) == ["SUCCESS"], "what comes late is found"
    with psycopg.connect(site.dsn) as gone:
        three = gone.execute(enqueue, ("{}",)).fetchone()[0]
        gone.rollback()
    assert site.one("select count(*) from workflows.workflow where workflow_id = %s", three) == 0
    site.assert_promises(label="F48 open and rolled back transactions")


def test_f65_the_role_loses_its_grant_and_gets_it_back(site):
    role = f"{site.schema}_worker"
    login = f"login_{site.dbname}"
    site.conn.execute(f"create role {login} login in role {role}")
    try:
        worker = site.worker("a", dsn=f"{site.dsn} user={login}")
        site.conn.execute(f"revoke {role} from {login}")
        ids = [site.enqueue("three_steps") for _ in range(4)]
        assert until_true(lambda: "event=database_away" in worker.log(), 10), "it says so"
        assert worker.is_alive
        site.conn.execute(f"grant {role} to {login}")
        assert set(site.wait_ended(*ids, seconds=20)) == {"SUCCESS"}
        site.assert_promises(label="F65 grant lost and given back")
    finally:
        site.end()
        with psycopg.connect(site.server.dsn(site.dbname), autocommit=True) as admin:
            admin.execute(f"drop role {login}")


def test_f65_the_schema_is_renamed_for_a_while(site):
    worker = site.worker("a")
    before = site.enqueue("three_steps", {"seconds": 0.5})
    site.conn.execute(f"alter schema {site.schema} rename to elsewhere")
    time.sleep(1.5)
    site.conn.execute(f"alter schema elsewhere rename to {site.schema}")
    assert site.wait_ended(before, site.enqueue("three_steps"), seconds=20) == ["SUCCESS"] * 2
    assert worker.is_alive
    site.assert_promises(label="F65 schema renamed for 1.5 s")
