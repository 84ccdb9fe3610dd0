"""A standby takes over: F15, F16, F17."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.faults.proxy import Proxy
from tests.faults.site import Site, until_true
from tests.servers import Server
from tests.waiting import wait_until

pytestmark = [pytest.mark.proof, pytest.mark.timeout(180)]


class Pair:
    """A primary and its streaming standby, and the address of workers: it follows the primary."""

    def __init__(self, primary: Server):
        self.primary = primary
        self.standby = Server(primary.version, {"hot_standby": "on"}, durable=True)
        self.address = Proxy(primary.host, primary.port)

    def build(self) -> None:
        source = f"host=127.0.0.1 port={self.primary.port} user=postgres application_name=standby"
        self.standby.run_program(
            "pg_basebackup", "-d", source, "-D", str(self.standby.data_dir), "-R", "-c", "fast"
        )
        self.standby.start()
        wait_until(self._streams, "the standby to stream", 20)

    def _streams(self) -> Any:
        with psycopg.connect(self.primary.dsn(), autocommit=True) as conn:
            return conn.execute("select count(*) from pg_stat_replication").fetchone()[0]  # type: ignore[index]

    def freeze_replication(self) -> int:
        """From now on nothing reaches the standby: the walsender stands still."""
        with psycopg.connect(self.primary.dsn(), autocommit=True) as conn:
            row = conn.execute("select pid from pg_stat_replication").fetchone()
        assert row
        os.kill(row[0], signal.SIGSTOP)
        return row[0]

    def promote(self) -> None:
        self.standby.run_program("pg_ctl", "promote", "-D", str(self.standby.data_dir), "-w")
        self.address.redirect(self.standby.host, self.standby.port)

    def end(self) -> None:
        self.address.close()
        self.standby.remove()


@pytest.fixture
def pair(own_server: Server) -> Iterator[Pair]:
    made = Pair(own_server)
    try:
        yield made
    finally:
        made.end()


def start(make_site, pair: Pair) -> tuple[Site, str]:
    site = make_site(pair.primary)
    pair.build()
    dsn = f"host=127.0.0.1 port={pair.address.port} user=postgres dbname={site.dbname}"
    return site, dsn


def follow(site: Site, pair: Pair) -> None:
    """From now on the test itself talks to the new primary."""
    site.server = pair.standby
    site.dsn = pair.standby.dsn(site.dbname)
    site.conn.close()


def test_f15_unshipped_wal_is_lost_and_old_tokens_are_refused(make_site, pair):
    """Claimed on the old primary, claimed again on the new one under the same attempt number: only
    the random token tells them apart."""
    site, dsn = start(make_site, pair)
    workflow_id = site.enqueue("no_steps", {"until": "go"})
    time.sleep(0.3)
    walsender = pair.freeze_replication()
    old = site.worker("a", dsn=dsn, threads=1)
    site.wait_file("in_go")
    (site.directory / "in_go").unlink()
    lost = site.enqueue("three_steps")
    old.freeze()
    for pid in (pair.primary.pid, walsender):
        os.kill(pid, signal.SIGKILL)
    pair.promote()
    follow(site, pair)
    assert (
        site.one("select attempt from workflows.workflow where workflow_id = %s", workflow_id) == 0
    )
    new = site.worker("b", dsn=dsn, threads=1)
    site.wait_file("in_go")
    old.thaw()
    time.sleep(1.5)
    site.let("go")
    assert site.wait_ended(workflow_id) == ["SUCCESS"]
    assert until_true(lambda: "outcome_refused" in old.log(), 10), "the old token is refused"
    assert site.workflow(workflow_id)["attempt"] == 1
    assert site.one("select count(*) from workflows.workflow where workflow_id = %s", lost) == 0
    assert new.is_alive and old.is_alive
    site.end()
    found = [v for v in site.violations() if v.workflow_id != lost]
    assert not found, found


def test_f16_a_synchronous_standby_loses_nothing(make_site, pair):
    site, dsn = start(make_site, pair)
    with psycopg.connect(pair.primary.dsn(), autocommit=True) as admin:
        admin.execute("alter system set synchronous_standby_names = 'standby'")
        admin.execute("select pg_reload_conf()")
    time.sleep(0.3)
    for name in "ab":
        site.worker(name, dsn=dsn)
    ids = [site.enqueue("three_steps", {"seconds": 0.3}) for _ in range(20)]
    wait_until(lambda: site.one("select count(*) from workflows.step") > 5, "steps to be recorded")
    pair.primary.crash()
    pair.promote()
    follow(site, pair)
    assert set(site.wait_ended(*ids, seconds=40)) == {"SUCCESS"}
    site.assert_promises(label="F16 synchronous standby promoted")


def test_f17_workers_never_write_to_a_primary_that_came_back(make_site, pair):
    site, dsn = start(make_site, pair)
    site.worker("a", dsn=dsn)
    ids = [site.enqueue("three_steps", {"seconds": 0.2}) for _ in range(5)]
    site.wait_ended(*ids)
    shipped = "select pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) from pg_stat_replication"
    wait_until(lambda: site.one(shipped) == 0, "the standby to have everything")
    pair.primary.crash()
    pair.promote()
    pair.primary.start()
    old_dsn = site.dsn
    follow(site, pair)
    more = [site.enqueue("three_steps") for _ in range(5)]
    assert set(site.wait_ended(*more, seconds=30)) == {"SUCCESS"}
    with psycopg.connect(old_dsn, autocommit=True) as old:
        query = site.sql(
            "select max(renewed_at) < clock_timestamp() - interval '1 second' from workflows.worker"
        )
        time.sleep(1.2)
        assert old.execute(query).fetchone()[0], "nobody renews at the old primary"
    site.assert_promises(label="F17 the old primary is back")
