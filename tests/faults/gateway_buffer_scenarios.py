"""Short runs with the in-memory buffer of gateways, for the kill table; as in gateway_scenarios.py."""

import time

from tests.faults.gateway_scenarios import Changes, Scenario
from tests.faults.gateways import GatewayProcess, GatewaySite
from tests.faults.proxy import Proxy
from tests.faults.site import until_true

COUNT = "select count(*) from workflows.workflow"
ROOM = 100
SLOW_SECONDS = 0.1
TAG_SCRIPT = """
from plant import offers
offers.offer(currentValue.value, tagPath)
"""


def killed_with_journal(site: GatewaySite, changes: Changes) -> list[str]:
    gateway = site.gateway("g", changes=changes, journal=True)
    gateway.gateway.lose_database("WorkflowsDB")
    gateway.run("plant.offers.storm(200, 5000, notes_each=True)")
    until_true(lambda: gateway.offers()["over"] == 2, 10)
    gateway.kill()
    gateway.start()
    until_true(lambda: site.one(COUNT) == 200, 15)
    return _nobody_runs_these(site)


def cut_storm(site: GatewaySite, changes: Changes) -> list[str]:
    """Connections break again and again while the buffer is flushed; two projects could flush it."""
    gateway = site.gateway("g", changes=changes)
    gateway.run("plant.offers.storm(4000, 2000)")
    while gateway.offers()["over"] < 2:
        gateway.gateway.cut_connections("WorkflowsDB")
        time.sleep(0.2)
    until_true(lambda: gateway.offers()["buffer"]["waiting"] == 0, 15)
    until_true(lambda: site.one(COUNT) == 4000, 10)
    gateway.run("plant.offers.note()")
    return _nobody_runs_these(site)


def poison(site: GatewaySite, changes: Changes) -> list[str]:
    gateway = site.gateway("g", changes=changes)
    gateway.run(
        "for n in range(20): plant.offers.offer(n, **({'queueName': 'nowhere'} if n == 7 else {}))\n"
    )
    until_true(lambda: site.one(COUNT) == 19, 15)
    rejected = "select count(*) from workflows.rejected_entry"
    is_aside = until_true(lambda: site.one(rejected) == 1, 10)
    found = [] if is_aside else ["a refused entry is nowhere"]
    if site.one(COUNT) != 19:
        found.append("its batch mates are not in")
    return found + _nobody_runs_these(site)


def _nobody_runs_these(site: GatewaySite) -> list[str]:
    """They wait for ever: that is no finding."""
    rows = site.conn.execute(
        site.sql("select workflow_id::text from workflows.workflow")
    ).fetchall()
    site.waits.update(row[0] for row in rows)
    return []


def copy_with_journal(site: GatewaySite, one: GatewayProcess, changes: Changes) -> GatewayProcess:
    """A second gateway from the folders of one that stands still; both come to the database again."""
    one.freeze()
    clone = site.gateway("g", journal=True, data=one.gateway.data_dir, changes=changes)
    one.thaw()
    one.gateway.restore_database("WorkflowsDB")
    return clone


def cloned(site: GatewaySite, changes: Changes) -> list[str]:
    """Both replay the same entries."""
    one = site.gateway("g", journal=True, changes=changes)
    one.gateway.lose_database("WorkflowsDB")
    one.run("for n in range(60): plant.offers.offer(n)")
    one.run("plant.offers.note()")
    both = [one, copy_with_journal(site, one, changes)]
    for gateway in both:
        until_true(lambda gateway=gateway: depth(gateway) == 0, 15)  # type: ignore[misc]
    count = site.one(COUNT)
    found = [] if count == 60 else [f"60 entries in two journals became {count}"]
    return found + _nobody_runs_these(site)


def depth(gateway: GatewayProcess) -> int:
    return gateway.offers()["buffer"]["waiting"]


def stormed(site: GatewaySite, changes: Changes) -> list[str]:
    """Tags change while the database is slow, and more is offered than there is room for while it is away."""
    proxy = Proxy(site.server.host, site.server.port)
    told = ("exchange.workflows.settings", "BUFFER_ENTRIES = 400000", f"BUFFER_ENTRIES = {ROOM}")
    try:
        dsn = site.server.dsn(site.dbname, port=str(proxy.port))
        gateway = site.gateway("g", changes=[told, *changes], dsn=dsn)
        proxy.seconds = SLOW_SECONDS
        proxy.switch("delay")
        paths = [f"Storm/{n}" for n in range(4)]
        for path in paths:
            gateway.gateway.create_tag(path, script=TAG_SCRIPT)
        gateway.gateway.storm(paths, 40, per_second=40)
        until_true(lambda: gateway.offers()["offered"] > 10, 10)
        median = gateway.offers()["ms"][0]
        proxy.switch("pass")
        until_true(lambda: depth(gateway) == 0, 15)
        gateway.gateway.lose_database("WorkflowsDB")
        gateway.run(f"for n in range({2 * ROOM}): plant.offers.offer(n)", seconds=60)
        figures = gateway.offers()
        gateway.run("plant.offers.note()")
        gateway.gateway.restore_database("WorkflowsDB")
        until_true(lambda: depth(gateway) == 0, 15)
    finally:
        proxy.close()
    found = [] if median < 1000 * SLOW_SECONDS else ["a tag's thread waits for the database"]
    if figures["buffer"]["waiting"] > ROOM:
        found.append("the buffer has no bound")
    if figures["buffer"]["refused"] != figures["refused"] or not figures["refused"]:
        found.append("what was refused is not counted")
    return found + _nobody_runs_these(site)


BUFFER_SCENARIOS: dict[str, Scenario] = {
    one.__name__: one for one in (killed_with_journal, cut_storm, poison, cloned, stormed)
}
