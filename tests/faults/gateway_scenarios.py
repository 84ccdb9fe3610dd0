"""Short runs with gateways, for the kill table: they bring about, and answer what they saw that the
checker cannot see. With every guard in place they answer nothing. All waits are bounded."""

import json
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import psycopg

from tests.faults.gateways import Change, GatewayProcess, GatewaySite, late_bodies, overlaps
from tests.faults.proxy import Proxy
from tests.faults.site import until_true
from tests.waiting import wait_until

Changes = Sequence[Change]
TURN = "select last_turn_at from workflows.maintenance"
END_SESSIONS = (
    "select count(pg_terminate_backend(pid)) from pg_stat_activity"
    " where datname = current_database() and application_name = 'ignition'"
)
NO_NOTIFICATIONS = (
    "create or replace function workflows.notify_idle(p_queue_ids integer[])"
    " returns integer language sql volatile as 'select 0'"
)
LISTENS = "select listen_mode from workflows.worker where lost_at is null"
STUCK = (
    "select array_agg(pid), bool_or(backend_xmin is not null) from pg_stat_activity"
    " where datname = current_database() and wait_event = 'ClientWrite'"
)
CHECKED_SOON = [
    ("exchange.workflows.settings", f"LISTEN_{name}_SECONDS = 10.0", f"LISTEN_{name}_SECONDS = 3.0")
    for name in ("CHECK", "DEAF")
]
LISTENERS = (
    "select count(*) from pg_stat_activity where datname = current_database()"
    " and pid <> pg_backend_pid() and query ~ '^listen |pg_listening_channels'"
)
# The worker that has work has renewed so many seconds after this moment.
RENEWED = (
    "select count(*) > 0 from workflows.worker w where w.renewed_at > %s + %s * interval '1 second'"
    " and exists (select from workflows.lease l where l.worker_id = w.worker_id)"
)
HOLD_POOL = """
from java.lang import Throwable
handles = []
try:
    while len(handles) < 8:
        handles.append(system.db.beginTransaction("WorkflowsDB"))
        system.db.runPrepQuery("select 1", [], "WorkflowsDB", handles[-1])
except (Exception, Throwable):
    pass
"""


def ended(site: GatewaySite, seconds: float = 8.0) -> bool:
    query = "select count(*) from workflows.workflow where ended_at is null"
    return until_true(lambda: site.one(query) == 0, seconds)


def crash(site: GatewaySite, changes: Changes) -> list[str]:
    victim = site.gateway("g", changes=changes, threads=1)
    site.enqueue("three_steps", {"until": "go"})
    site.wait_file("in_go")
    victim.kill()
    site.let("go")
    site.worker("b")
    ended(site)
    return []


def _zombie(site: GatewaySite, changes: Changes, workflow: str) -> list[str]:
    zombie = site.gateway("g", changes=changes, threads=1)
    workflow_id = site.enqueue(workflow, {"until": "go"})
    site.wait_file("in_go")
    zombie.freeze()
    heir = site.worker("b", threads=1)
    site.wait_holder(workflow_id, "b")
    time.sleep(0.3)
    heir.freeze()
    site.let("go")
    zombie.thaw()
    until_true(lambda: "event=worker_lost" in zombie.log(), 2)
    time.sleep(0.3)
    heir.thaw()
    ended(site)
    return []


def zombie_step(site: GatewaySite, changes: Changes) -> list[str]:
    return _zombie(site, changes, "three_steps")


def zombie_outcome(site: GatewaySite, changes: Changes) -> list[str]:
    return _zombie(site, changes, "no_steps")


def zombie_alone(site: GatewaySite, changes: Changes) -> list[str]:
    zombie = site.gateway("g", changes=changes, threads=2)
    site.enqueue("three_steps", {"until": "go"})
    site.wait_file("in_go")
    zombie.freeze()
    site.declare_lost()
    zombie.thaw()
    site.let("go")
    ended(site)
    return []


def partition(site: GatewaySite, changes: Changes) -> list[str]:
    proxy = Proxy(site.server.host, site.server.port)
    try:
        dsn = site.server.dsn(site.dbname, port=str(proxy.port))
        site.gateway("g", changes=changes, threads=1, dsn=dsn)
        workflow_id = site.enqueue("steps_after_waiting", {"until": "go"})
        site.wait_file("in_go")
        proxy.switch("blackhole")
        site.worker("b", threads=1)
        site.wait_holder(workflow_id, "b")
        time.sleep(0.5)
        site.let("go")
        ended(site, 5)
        time.sleep(0.3)
    finally:
        proxy.close()
    return []


def limited(site: GatewaySite, changes: Changes) -> list[str]:
    site.one("select workflows.set_queue('default', %s)", json.dumps({"max_running": 2}))
    site.gateway("g", changes=changes), site.worker("c")
    for _ in range(16):
        site.enqueue("three_steps", {"seconds": 0.1})
    ended(site, 15)
    return []


def keys(site: GatewaySite, changes: Changes) -> list[str]:
    site.gateway("g", changes=changes), site.worker("c")
    for n in range(10):
        site.enqueue("three_steps", {"seconds": 0.1}, partition_key=f"tank {n % 2}")
    ended(site, 15)
    return []


def standby(site: GatewaySite, changes: Changes) -> list[str]:
    """A node that is not active claims nothing."""
    gateway = site.gateway("g", changes=changes, is_active=False)
    query = "select is_active from workflows.worker where retired_at is null and lost_at is null"
    until_true(lambda: site.one(query) is False, 3)
    ids = [site.enqueue("no_steps") for _ in range(4)]
    until_true(lambda: site.status(ids[0]) != "ENQUEUED", 1.5)
    found = [one for one in ids if site.status(one) != "ENQUEUED"]
    gateway.set_active(True)
    ended(site)
    return [f"{len(found)} workflows were claimed by a standby node"] if found else []


def pool(site: GatewaySite, changes: Changes) -> list[str]:
    """Scripts hold every connection that can be had, for longer than the lease."""
    site.one("select workflows.set_setting('lease_seconds', '6')")
    gateway = site.gateway("g", changes=changes)
    site.enqueue("three_steps", {"until": "go"})
    site.wait_file("in_go")
    site.worker("b", threads=1)
    gateway.run(HOLD_POOL, keep="pool", seconds=60)
    held_at = site.one("select clock_timestamp()")
    until_true(lambda: not site.busy("g") or site.one(RENEWED, held_at, 6), 20)
    is_lost = not site.busy("g")
    gateway.run("for one in handles: system.db.closeTransaction(one)", keep="pool")
    site.let("go")
    ended(site, 15)
    return ["the lease was lost"] if is_lost or site.history().reclaim_seconds() else []


def half_open(site: GatewaySite, changes: Changes) -> list[str]:
    proxy = Proxy(site.server.host, site.server.port)
    proxy.mark = b'listen "'
    try:
        dsn = site.server.dsn(site.dbname, port=str(proxy.port))
        gateway = site.gateway("g", changes=[*CHECKED_SOON, *changes], dsn=dsn)
        wait_until(lambda: site.one(LISTENS) == "listen", "the gateway to listen")
        proxy.silence()
        is_found = until_true(lambda: "mode=poll" in gateway.log(), 15)
    finally:
        gateway.kill()
        proxy.close()
    return [] if is_found else ["a dead listener was believed for 15 s"]


def flooded(site: GatewaySite, changes: Changes) -> list[str]:
    """A frozen listener makes its backend wait, with a snapshot, for as long as that was told."""
    told = ("exchange.workflows.settings", "LISTEN_FROZEN_MS = 20000", "LISTEN_FROZEN_MS = 4000")
    gateway = site.gateway("g", changes=[told, *changes])
    wait_until(lambda: site.one(LISTENS) == "listen", "the gateway to listen")
    gateway.freeze()
    with psycopg.connect(site.dsn, autocommit=True) as conn:
        flood_until_stuck(conn, f"{site.schema}_wake")
        is_free = until_true(lambda: not conn.execute(STUCK).fetchone()[0], 7)
    gateway.kill()
    return [] if is_free else ["a listener that does not read holds its snapshot"]


def flood_until_stuck(conn: psycopg.Connection[Any], channel: str) -> float:
    """Notify until a backend has waited for its client for 2 s, or the server has ended the session
    that does not read: what is sent slowly fills its buffers late. How many megabytes that took."""
    payload, sent, stuck_since = "x" * 7900, 0, None
    assert conn.execute(LISTENERS).fetchone()[0] == 1
    until = time.monotonic() + 40
    while time.monotonic() < until:
        for _ in range(50):
            conn.execute("select pg_notify(%s, %s)", (channel, payload))
        sent += 50
        if not conn.execute(LISTENERS).fetchone()[0]:
            return sent * 7900 / 1e6
        if not conn.execute(STUCK).fetchone()[0]:
            stuck_since = None
        elif stuck_since is None:
            stuck_since = time.monotonic()
        elif time.monotonic() - stuck_since > 2:
            return sent * 7900 / 1e6
    raise AssertionError("no backend waited for its client")


def saves(site: GatewaySite, changes: Changes) -> list[str]:
    """Without a shutdown script: the new scripts take over by their number alone."""
    gateway = site.gateway("g", changes=changes, shutdown="pass")
    for _ in range(4):
        site.enqueue("many_steps", {"count": 9, "seconds": 1.2})
    for _ in range(2):
        until_true(lambda: site.busy("g") == 4, 5)
        time.sleep(0.3)
        gateway.save()
    ended(site, 40)
    bodies = site.bodies()
    return overlaps(bodies)[:1] + late_bodies(bodies, gateway.saves, 2.5)[:1]


def pause_within_lease(site: GatewaySite, gateway: GatewayProcess) -> None:
    """A pause in which somebody else looks for lost workers, and no lease of 8 s comes near its end."""
    gateway.freeze()
    for _ in range(2):
        before = site.one(TURN)
        until_true(lambda before=before: site.one(TURN) != before, 2)  # type: ignore[misc]
    gateway.thaw()


def paused(site: GatewaySite, changes: Changes) -> list[str]:
    site.one("select workflows.set_setting('lease_seconds', '8')")
    gateway = site.gateway("g", changes=changes, threads=1)
    site.enqueue("three_steps", {"until": "go"})
    site.wait_file("in_go")
    site.worker("b", threads=1)
    pause_within_lease(site, gateway)
    site.let("go")
    ended(site, 15)
    return ["a gateway that had paused lost its work"] if site.history().reclaim_seconds() else []


def terminated(site: GatewaySite, changes: Changes) -> list[str]:
    """Every session of a gateway is ended, while work waits of which no notification told. The lease is
    long: a worker that loses it registers anew, and that mends everything."""
    site.one("select workflows.set_setting('poll_seconds', '60')")
    site.one("select workflows.set_setting('lease_seconds', '20')")
    site.conn.execute(site.sql(NO_NOTIFICATIONS))
    gateway = site.gateway("g", changes=changes)
    wait_until(lambda: site.one(LISTENS) == "listen", "the gateway to listen")
    for _ in range(10):
        waiting = partial(site.status, site.enqueue("three_steps"))
        if not until_true(lambda ask=waiting: ask() != "ENQUEUED", 0.5):  # type: ignore[misc]
            break
        assert ended(site, 15)  # who ends one looks for the next: enqueue while nobody looks
    else:
        raise AssertionError("no workflow waits")
    before = site.one("select clock_timestamp()")
    site.one(END_SESSIONS)
    found = [] if ended(site, 12) else ["nobody looked for what waited"]
    if not until_true(lambda: gateway.log().count("mode=listen") == 2, 5):
        found.append("it does not listen again")
    renewed = "select count(*) > 0 from workflows.worker where renewed_at > %s"
    if not until_true(lambda: site.one(renewed, before), 12):
        found.append("it does not renew again")
    return found


def hanging(site: GatewaySite, changes: Changes) -> list[str]:
    """A record is swallowed by the network: the lease is kept, somebody says so, and it arrives late."""
    told = ("exchange.workflows.settings", "CALL_SECONDS = 15.0", "CALL_SECONDS = 3.0")
    site.one("select workflows.set_setting('lease_seconds', '6')")
    proxy = Proxy(site.server.host, site.server.port)
    try:
        dsn = site.server.dsn(site.dbname, port=str(proxy.port))
        gateway = site.gateway("g", changes=[told, *changes], dsn=dsn)
        proxy.trap(b"record_steps")
        site.enqueue("three_steps")
        site.worker("b", threads=1)
        is_said = until_true(lambda: "event=call_hangs" in gateway.log(), 12)
        said_at = site.one("select clock_timestamp()")
        until_true(lambda: not site.busy("g") or site.one(RENEWED, said_at, 4), 20)
        proxy.speak()
        ended(site, 15)
    finally:
        proxy.close()
    found = [] if is_said else ["nobody says that a call hangs"]
    return [*found, "the lease was lost"] if site.history().reclaim_seconds() else found


def namesakes(site: GatewaySite, changes: Changes) -> list[str]:
    """Two gateways of one name, as where one was copied."""
    for _ in range(2):
        site.gateway("same", changes=changes, threads=2)
    for _ in range(8):
        site.enqueue("three_steps", {"seconds": 0.5})
    ended(site, 15)
    count = site.one("select count(distinct worker_id) from workflows.worker")
    return [] if count >= 2 else [f"two gateways are {count} worker"]


Scenario = Callable[[GatewaySite, Changes], list[str]]
SCENARIOS: dict[str, Scenario] = {
    one.__name__: one
    for one in (
        crash, zombie_step, zombie_outcome, zombie_alone, partition, limited, keys, standby, pool,
        half_open, flooded, saves, paused, terminated, hanging, namesakes,
    )
}  # fmt: skip
