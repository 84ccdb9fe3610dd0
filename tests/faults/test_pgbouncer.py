"""All calls through PgBouncer in transaction mode: F26, F27."""

import time

import psycopg
import pytest

from tests.pgbouncer import running_pgbouncer
from tests.waiting import wait_until

pytestmark = pytest.mark.proof
MODE = "select listen_mode from workflows.worker where lost_at is null and retired_at is null"


@pytest.fixture
def bouncer(durable):
    with running_pgbouncer(durable) as made:
        yield made


@pytest.mark.parametrize("has_direct", [False, True])
def test_f26_everything_works_and_listening_is_honest(site, bouncer, has_direct):
    options = {"direct_dsn": site.dsn} if has_direct else {}
    victim = site.worker("a", dsn=bouncer.dsn(site.dbname), **options)
    site.conn.execute("insert into public.tank values ('T1')")
    ids = [
        site.enqueue("three_steps", {"seconds": 0.1}, partition_key=f"k{n % 3}") for n in range(9)
    ]
    ids += [site.enqueue("fills", {"tank": "T1"}) for _ in range(6)]
    ids += [site.enqueue("always_raises"), site.enqueue("naps", {"seconds": 2.2})]
    wait_until(lambda: site.one(MODE) == ("listen" if has_direct else "poll"), "its mode", 10)
    wait_until(lambda: site.busy("a"), "work to begin")
    victim.kill()
    site.worker("b", dsn=bouncer.dsn(site.dbname), **options)
    statuses = site.wait_ended(*ids, seconds=40)
    assert statuses.count("ERROR") == 1 and statuses.count("SUCCESS") == len(ids) - 1
    assert site.one("select filled from public.tank") == 6
    site.assert_promises(label=f"F26 pgbouncer{' + direct DSN' if has_direct else ''}")


def test_f26_a_thousand_calls_leave_no_session_state_behind(site, bouncer):
    """Idle marks and LISTEN would stay on the pooler's server sessions for whoever comes next."""
    site.worker("a", dsn=bouncer.dsn(site.dbname))
    for _ in range(30):
        site.enqueue("three_steps")
    site.wait_all_ended()
    time.sleep(0.5)
    locks = (
        "select count(*) from pg_locks where locktype = 'advisory'"
        " and database = (select oid from pg_database where datname = current_database())"
    )
    assert site.one(locks) == 0
    site.assert_promises()


def test_f27_pgbouncer_is_killed_and_comes_back(site, bouncer):
    workers = [site.worker(name, dsn=bouncer.dsn(site.dbname)) for name in "ab"]
    ids = [site.enqueue("three_steps", {"seconds": 1.0}) for _ in range(16)]
    wait_until(lambda: site.busy("a") or site.busy("b"), "work to begin")
    for _ in range(2):
        bouncer.kill()
        time.sleep(0.7)
        bouncer.start()
        time.sleep(0.7)
    assert set(site.wait_ended(*ids, seconds=30)) == {"SUCCESS"}
    assert all(worker.is_alive for worker in workers)
    site.assert_promises(label="F27 pgbouncer killed twice")


@pytest.mark.parametrize("command", ["PAUSE", "RELOAD"])
def test_f27_pgbouncer_is_paused_or_reloads(site, bouncer, command):
    site.worker("a", dsn=bouncer.dsn(site.dbname))
    ids = [site.enqueue("three_steps", {"seconds": 0.2}) for _ in range(8)]
    wait_until(lambda: site.busy("a"), "work to begin")
    bouncer.order(command)
    time.sleep(3)
    if command == "PAUSE":
        bouncer.order("RESUME")
    assert set(site.wait_ended(*ids, seconds=30)) == {"SUCCESS"}
    site.assert_promises(label=f"F27 {command}, 3 s")


def test_f26_the_pooler_itself_is_in_the_way(bouncer, site):
    """The control: here LISTEN would be deaf, and a session is not the session before."""
    with psycopg.connect(bouncer.dsn(site.dbname), autocommit=True, prepare_threshold=None) as conn:
        pid = conn.execute("select pg_backend_pid()").fetchone()[0]
        assert pid != conn.info.backend_pid
