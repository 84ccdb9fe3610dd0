"""Tags in memory, their events, and the threads that these share."""

from collections.abc import Iterator

import pytest

from tests.gateway.gateway import StandInGateway
from tests.gateway.projects import Project

pytestmark = pytest.mark.proof

GLOBALS = "system.util.globals"
NOTE = f"""
    {GLOBALS}.setdefault('events', []).append([str(tagPath), previousValue.value, currentValue.value, initialChange, missedEvents])
    {GLOBALS}['seen'].countDown()
"""
BLOCK = f"""
    from java.lang import Thread
    {GLOBALS}.setdefault('threads', set()).add(Thread.currentThread().getName())
    {GLOBALS}['entered'].countDown()
    getattr({GLOBALS}['gate'], 'await')()
    {GLOBALS}['seen'].countDown()
"""


def latches(gateway: StandInGateway, **counts: int) -> None:
    gateway.run("from java.util.concurrent import CountDownLatch", keep="tags")
    for name, count in counts.items():
        gateway.run(f"{GLOBALS}['{name}'] = CountDownLatch({count})", keep="tags")


def await_latch(gateway: StandInGateway, name: str) -> None:
    gateway.run("from java.util.concurrent import TimeUnit", keep="tags")
    waits = f"getattr({GLOBALS}['{name}'], 'await')(10, TimeUnit.SECONDS)"
    assert gateway.evaluate(waits, keep="tags") is True


@pytest.fixture(autouse=True)
def clean(gateway: StandInGateway) -> Iterator[None]:
    yield
    gateway.run("system.util.globals.clear()")


def test_an_event_per_change_of_value(gateway: StandInGateway) -> None:
    latches(gateway, seen=2)
    gateway.create_tag("Tank/Level", script=NOTE)
    for value in (1, 1, 2):
        gateway.write_tag("Tank/Level", value)
    await_latch(gateway, "seen")
    path = "[default]Tank/Level"
    assert gateway.evaluate(f"{GLOBALS}['events']") == [
        [path, None, 1, True, False],
        [path, 1, 2, False, False],
    ]


def test_events_share_three_threads_and_keep_five_per_tag(gateway: StandInGateway) -> None:
    latches(gateway, entered=3, gate=1, seen=4 * 1 + 5)
    for name in ("a", "b", "c", "d"):
        gateway.create_tag(f"Slow/{name}", script=BLOCK)
        gateway.write_tag(f"Slow/{name}", 0)
    await_latch(gateway, "entered")
    for value in range(1, 9):
        gateway.write_tag("Slow/a", value)
    assert gateway.missed_events("Slow/a") == 3
    gateway.run(f"{GLOBALS}['gate'].countDown()")
    await_latch(gateway, "seen")
    assert len(gateway.evaluate(f"list({GLOBALS}['threads'])")) <= 3


def test_the_next_event_says_that_some_were_missed(gateway: StandInGateway) -> None:
    script = f"{BLOCK}{NOTE}"
    latches(gateway, entered=1, gate=1, seen=12)
    gateway.create_tag("Fast/a", script=script)
    gateway.write_tag("Fast/a", 0)
    await_latch(gateway, "entered")
    for value in range(1, 8):
        gateway.write_tag("Fast/a", value)
    gateway.run(f"{GLOBALS}['gate'].countDown()")
    await_latch(gateway, "seen")
    events = gateway.evaluate(f"{GLOBALS}['events']")
    assert [event[4] for event in events] == [False, True, False, False, False, False]


def test_scripts_run_in_the_scripting_project(gateway: StandInGateway) -> None:
    gateway.save("site", {"where": "NAME = system.util.getProjectName()\n"})
    gateway.set_scripting_project("site")
    latches(gateway, seen=1)
    gateway.create_tag(
        "Where/a", script=f"\t{GLOBALS}['project'] = where.NAME\n\t{GLOBALS}['seen'].countDown()"
    )
    gateway.write_tag("Where/a", 1)
    await_latch(gateway, "seen")
    assert gateway.evaluate(f"{GLOBALS}['project']") == "site"
    gateway.set_scripting_project("plant")


def test_a_script_that_fails_is_logged(gateway: StandInGateway) -> None:
    latches(gateway, seen=1)
    gateway.create_tag(
        "Bad/a", script=f"{GLOBALS}['seen'].countDown()\nraise ValueError('bad event')"
    )
    gateway.write_tag("Bad/a", 1)
    await_latch(gateway, "seen")
    gateway.create_tag("Bad/a", script=f"{GLOBALS}['again'].countDown()")
    latches(gateway, again=1)
    gateway.write_tag("Bad/a", 2)
    await_latch(gateway, "again")
    assert "ValueError: bad event" in gateway.log()


def test_reads_and_writes_of_scripts(gateway: StandInGateway) -> None:
    gateway.create_tag("Pump/Start", 0)
    gateway.create_tag("Pump/Locked", 0)
    gateway.set_write_quality("Pump/Locked", "Bad_ReadOnly")
    written = "[q.name for q in system.tag.writeBlocking(['[default]Pump/Start', 'Pump/Locked', 'Pump/None'], [1, 1, 1])]"
    assert gateway.evaluate(written) == ["Good", "Bad_ReadOnly", "Bad_NotFound"]
    read = "[[v.value, str(v.quality), v.quality.isGood()] for v in system.tag.readBlocking(['Pump/Start', 'Pump/Locked', 'Pump/None'])]"
    assert gateway.evaluate(read) == [
        [1, "Good", True],
        [0, "Good", True],
        [None, "Bad_NotFound", False],
    ]
    assert gateway.read_tag("Pump/Start") == 1


def test_a_script_configures_a_tag(gateway: StandInGateway) -> None:
    latches(gateway, seen=1)
    script = f"\\t{GLOBALS}['seen'].countDown()"
    gateway.run(
        "system.tag.configure('[default]Made', [{'name': 'a', 'value': 1,"
        f" 'eventScripts': [{{'eventid': 'valueChanged', 'script': \"{script}\"}}]}}])"
    )
    await_latch(gateway, "seen")
    assert gateway.evaluate("system.tag.exists('Made/a')") is True


def test_a_storm_from_java_threads(gateway: StandInGateway) -> None:
    paths = [f"Storm/{number}" for number in range(10)]
    for path in paths:
        gateway.create_tag(path)
    assert gateway.storm(paths, 2000, threads=2) < 20
    assert gateway.storm(paths, 200, per_second=1000) >= 0.19
    assert gateway.read_tag("Storm/9") == 199


def test_a_gateway_tag_change_script_misses_nothing(gateway: StandInGateway) -> None:
    noted = f"{GLOBALS}.setdefault('changes', []).append([newValue.value, initialChange, executionCount])"
    body = f"{noted}\n{GLOBALS}['seen'].countDown()"
    Project(tag_changes={"Levels": (body, ["Deep/a"])}).write(gateway.projects_folder / "site")
    gateway.save("site")
    latches(gateway, seen=50)
    gateway.create_tag("Deep/a")
    gateway.storm(["Deep/a"], 50)
    await_latch(gateway, "seen")
    changes = gateway.evaluate(f"{GLOBALS}['changes']")
    assert changes == [[n, n == 0, n + 1] for n in range(50)]
    gateway.save("site")
    assert gateway.old_interpreters_alive() == 0
