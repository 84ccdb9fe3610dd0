"""Everything at once across gateways: two of them and a process on one queue, and all faults, under a seed.

FAULTS_SEED repeats a printed seed.
"""

import json
import os
import random
import threading
import time
from collections.abc import Callable

import psycopg
import pytest

from exchange.workflows.compat import new_id
from tests.faults.gateways import GatewayProcess, GatewaySite, overlaps
from tests.faults.proxy import Proxy
from tests.faults.site import FIGURES, until_true
from tests.waiting import wait_until

pytestmark = pytest.mark.proof
WORKFLOWS = 2000
BATCH = 50
QUIET_SECONDS = 1.5
# Nobody of this name is known to be active any more.
IS_INACTIVE = (
    "select not coalesce(bool_or(is_active), false) from workflows.worker"
    " where lost_at is null and retired_at is null and worker_name like '%%:plant_' || %s"
)


class Nemesis:
    """Acts in an order that the seed draws, each at least twice."""

    def __init__(self, site: GatewaySite, proxy: Proxy, choose: random.Random):
        self.site, self.proxy, self.choose = site, proxy, choose
        cut_off = site.server.dsn(site.dbname, port=str(proxy.port))
        self.gateways = [
            site.gateway("g", is_active=True), site.gateway("h", is_active=False, dsn=cut_off),
        ]  # fmt: skip
        self.process = site.worker("c")
        self.acts: list[str] = []
        self.quiet: list[tuple[str, float, float]] = []

    def run(self) -> None:
        acts: list[Callable[[], None]] = [
            self.freeze, self.kill, self.save, self.crash_database, self.cut, self.change_node,
        ]  # fmt: skip
        line = [*acts, *acts]
        self.choose.shuffle(line)
        for act in (*line, self.freeze):
            self.acts.append(act.__name__)
            act()
            time.sleep(self.choose.uniform(0.5, 1.5))

    @property
    def active(self) -> GatewayProcess:
        return next(one for one in self.gateways if one.is_active)

    def busy_one(self) -> GatewayProcess:
        """The active gateway, with work; where it has none, none is to be had any more."""
        until_true(lambda: self.site.busy(self.active.name), 5)
        return self.active

    def freeze(self) -> None:
        victim = self.busy_one()
        victim.freeze()
        time.sleep(self.choose.uniform(1.8, 2.5))
        victim.thaw()

    def kill(self) -> None:
        victim = self.busy_one()
        victim.kill()
        time.sleep(self.choose.uniform(0, 1))
        victim.start()

    def save(self) -> None:
        """In full work, three times within a second or so."""
        for _ in range(3):
            self.busy_one().save()
            time.sleep(0.3)

    def crash_database(self) -> None:
        self.site.server.crash()
        time.sleep(self.choose.choice((0, 1.5)))
        self.site.server.start()

    def cut(self) -> None:
        """The network of the second gateway, active or not."""
        self.proxy.switch("blackhole")
        time.sleep(self.choose.uniform(1.5, 2.5))
        self.proxy.switch("pass")

    def change_node(self) -> None:
        left, taken = self.active, next(one for one in self.gateways if not one.is_active)
        left.set_active(False)
        taken.set_active(True)
        wait_until(lambda: self.site.one(IS_INACTIVE, left.name), "the change of the node", 20)
        begun = time.time()
        time.sleep(QUIET_SECONDS)
        self.quiet.append((left.name, begun, time.time()))


def requests(choose: random.Random) -> list[dict]:
    made = []
    for _ in range(BATCH):
        options: dict[str, object] = {
            "workflow_id": new_id(),
            "priority": choose.choice((-10, 0, 10)),
        }
        if choose.random() < 0.5:
            options["partition_key"] = f"tank {choose.randrange(30)}"
        if choose.random() < 0.15:
            options["resources"] = [f"pump {choose.randrange(4)}"]
        inputs = {"seconds": choose.choice((0.0, 0.02, 0.1, 0.5))}
        name = choose.choice(("three_steps", "three_steps", "no_steps"))
        made.append({"workflow_name": name, "inputs": inputs, "options": options})
    return made


def enqueue_all(site: GatewaySite, choose: random.Random, over: threading.Event) -> None:
    """In batches, each sent again until it is answered; no more than a few hundred ahead of the work."""
    query = site.sql("select workflows.enqueue_many(%s)")
    for _ in range(WORKFLOWS // BATCH):
        made = requests(choose)
        while not over.is_set():
            try:
                with psycopg.connect(site.dsn, autocommit=True, connect_timeout=2) as conn:
                    conn.execute(query, (json.dumps(made),))
                break
            except psycopg.OperationalError:
                over.wait(0.1)
        for one in made:
            site._note({"type": "ok", "workflow_id": one["options"]["workflow_id"]})
        waits = "select count(*) from workflows.workflow where ended_at is null"
        while not over.is_set() and site.one(waits) > 300:
            over.wait(0.1)


def claims_of_inactive(nemesis: Nemesis, history) -> list[str]:
    """Leases that a gateway was granted although another node had been active for a while."""
    site = nemesis.site
    rows = site.conn.execute(
        site.sql(
            "select worker_id::text, regexp_replace(worker_name, '^.*:plant_', '') from workflows.worker"
        )
    ).fetchall()
    names = dict(rows)
    return [
        f"{name} was granted {one.workflow_id}"
        for name, begun, ended in nemesis.quiet
        for one in history.tenures()
        if names.get(one.worker_id) == name and begun < one.started_at < ended
    ]


def test_f5_f66_f67_promises_hold_across_gateways_under_everything_at_once(make_site, own_server):
    seed = int(os.environ.get("FAULTS_SEED") or random.randrange(1_000_000))
    print(f"FAULTS_SEED={seed}")
    site = make_site(own_server)
    site.one("select workflows.set_setting('max_reclaims', '1000')")
    proxy = Proxy(own_server.host, own_server.port)
    nemesis = Nemesis(site, proxy, random.Random(seed))
    over = threading.Event()
    client = threading.Thread(target=enqueue_all, args=(site, random.Random(seed + 1), over))
    begun = time.monotonic()
    client.start()
    try:
        nemesis.run()
        client.join(200)
        assert not client.is_alive()
        site.wait_all_ended(200)
    finally:
        over.set()
        client.join()
        proxy.close()
    seconds = time.monotonic() - begun
    assert all(gateway.is_alive for gateway in nemesis.gateways)
    history = site.assert_promises(needs_late_writes=True, label="storm across gateways")
    FIGURES.append(
        f"storm across gateways with seed {seed}: {len(nemesis.acts)} faults in {seconds:.0f} s,"
        f" {', '.join(nemesis.acts)}"
    )
    assert len(history.workflows) == WORKFLOWS
    assert {w["status"] for w in history.workflows.values()} == {"SUCCESS"}
    assert not claims_of_inactive(nemesis, history)
    by = {effect["worker"] for effect in history.effects}
    assert by == {"g", "h", "c"}, "everybody worked"


def test_overlaps_are_noticed():
    """The check of bodies has its bad case."""
    body = {"workflow_id": "w", "step_key": "second", "time": 1.0, "ended": 2.0}
    assert overlaps([body, {**body, "time": 1.5}])
    assert not overlaps([body, {**body, "time": 2.5}])
