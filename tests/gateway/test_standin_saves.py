"""What a save leaves running, and what it lets go of."""

from collections.abc import Iterator

import pytest

from tests.gateway.gateway import StandInGateway
from tests.gateway.projects import Project
from tests.waiting import wait_until

pytestmark = pytest.mark.proof

SAVES = 20
BALLAST = """
BALLAST = [0] * 500000
VERSION = %d

def version():
    return VERSION
"""
LOOP = """
from java.lang import Runnable, Thread
from java.util.concurrent.atomic import AtomicLong

class Loop(Runnable):
    def run(self):
        shared = system.util.globals
        while shared['go'].get():
            shared['looks'].put(str(plant.flows.version()), True)
            Thread.sleep(1)
        shared['ended'].countDown()

def start():
    thread = Thread(Loop(), 'workflows-loop')
    thread.setDaemon(True)
    thread.start()
"""
SHARED = """
from java.util.concurrent import ConcurrentHashMap, CountDownLatch, TimeUnit
from java.util.concurrent.atomic import AtomicLong
system.util.globals['go'] = AtomicLong(1)
system.util.globals['looks'] = ConcurrentHashMap()
system.util.globals['ended'] = CountDownLatch(1)
"""


@pytest.fixture(scope="module")
def saved() -> Iterator[StandInGateway]:
    modules = {"plant.flows": BALLAST % 1, "plant.loop": LOOP}
    with StandInGateway(
        {"plant": Project(modules=modules)}, name="saves", has_library=False
    ) as started:
        yield started


@pytest.fixture(autouse=True)
def nothing_shared(saved: StandInGateway) -> Iterator[None]:
    yield
    saved.run("system.util.globals.clear()")
    saved.save("plant")
    wait_until(lambda: saved.old_interpreters_alive() == 0)


def test_a_save_makes_a_new_interpreter(saved: StandInGateway) -> None:
    saved.run("plant.flows.VERSION = 'changed'")
    assert saved.evaluate("plant.flows.VERSION") == "changed"
    saved.save("plant", {"plant.flows": BALLAST % 2})
    assert saved.evaluate("plant.flows.version()") == 2


def test_text_that_was_not_saved_is_not_seen(saved: StandInGateway) -> None:
    saved.evaluate("plant.flows.version()")
    code = saved.projects_folder / "plant/ignition/script-python/plant/flows/code.py"
    code.write_text(BALLAST % 99)
    assert saved.evaluate("plant.flows.version()") != 99
    saved.save("plant")
    assert saved.evaluate("plant.flows.version()") == 99


def test_old_threads_go_on_with_old_code(saved: StandInGateway) -> None:
    saved.save("plant", {"plant.flows": BALLAST % 10})
    saved.run(SHARED + "plant.loop.start()")
    wait = "from java.lang import Thread\nwhile not system.util.globals['looks'].containsKey('10'): Thread.sleep(1)"
    saved.run(wait)
    saved.save("plant", {"plant.flows": BALLAST % 11})
    saved.run("system.util.globals['looks'].clear()\n" + wait)
    assert saved.threads("workflows-loop") == ["workflows-loop"]
    assert saved.evaluate("plant.flows.version()") == 11
    assert saved.old_interpreters_alive() == 1
    ends = "system.util.globals['go'].set(0)\nfrom java.util.concurrent import TimeUnit"
    assert (
        saved.run(
            ends, returns="getattr(system.util.globals['ended'], 'await')(5, TimeUnit.SECONDS)"
        )
        is True
    )
    assert saved.evaluate("system.util.globals['looks'].containsKey('11')") is False


def test_a_function_in_the_globals_keeps_its_interpreter(saved: StandInGateway) -> None:
    saved.run("system.util.globals['kept'] = plant.flows.version")
    saved.save("plant")
    assert saved.old_interpreters_alive() == 1
    saved.run("del system.util.globals['kept']")
    assert saved.old_interpreters_alive() == 0


def test_a_thread_of_the_pool_keeps_no_interpreter(saved: StandInGateway) -> None:
    """The threads of tag events outlive a save."""
    saved.run(SHARED)
    saved.create_tag(
        "Keep/a", script="plant.flows.version()\nsystem.util.globals['ended'].countDown()"
    )
    saved.write_tag("Keep/a", 1)
    ended = "getattr(system.util.globals['ended'], 'await')(5, TimeUnit.SECONDS)"
    assert saved.run("from java.util.concurrent import TimeUnit", returns=ended) is True
    saved.create_tag("Keep/b", script="raise ValueError('%s has failed' % plant.flows.version())")
    saved.write_tag("Keep/b", 1)
    wait_until(lambda: "has failed" in saved.log())
    saved.save("plant")
    wait_until(lambda: saved.old_interpreters_alive() == 0)


def test_memory_is_flat_over_many_saves(saved: StandInGateway) -> None:
    def save_once(number: int) -> None:
        saved.save("plant", {"plant.flows": BALLAST % number})
        assert saved.evaluate("plant.flows.version()") == number

    for number in range(3):
        save_once(number)
    before = saved.used_megabytes()
    for number in range(SAVES):
        save_once(number)
    assert saved.used_megabytes() - before < 8
    assert saved.old_interpreters_alive() == 0
