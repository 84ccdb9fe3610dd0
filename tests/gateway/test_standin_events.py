"""Event scripts: the rules of their files, inheritance, timers, messages."""

from collections.abc import Iterator

import pytest

from tests.gateway.gateway import StandInGateway
from tests.gateway.projects import Project
from tests.waiting import wait_until

pytestmark = pytest.mark.proof

NOTE = "system.util.globals.setdefault('notes', []).append"
TICK = "system.util.globals['latch'].countDown()"


@pytest.fixture(scope="module")
def plant() -> Iterator[StandInGateway]:
    parent = Project(
        is_inheritable=True,
        modules={"shop.names": "NAME = 'parent'\n", "shop.kept": "NAME = 'kept'\n"},
        startup=f"{NOTE}(system.util.getProjectName() + ' ' + shop.names.NAME)",
        shutdown=f"{NOTE}(system.util.getProjectName() + ' stops')",
        messages={"Ping": "return [payload, shop.names.NAME]"},
        queries={},
    )
    child = Project(
        parent="above",
        modules={"shop.names": "NAME = 'child'\n"},
        shutdown=f"{NOTE}('child stops')",
        update=f"{NOTE}('update %s %s' % (actor, len(resources)))",
    )
    with StandInGateway(
        {"above": parent, "below": child}, name="events", has_library=False
    ) as started:
        yield started


@pytest.fixture
def notes(plant: StandInGateway) -> Iterator[list[str]]:
    """What the scripts noted before this test."""
    noted = plant.evaluate("list(system.util.globals['notes'])", "above")
    plant.run("del system.util.globals['notes'][:]", "above")
    yield noted
    plant.run("del system.util.globals['notes'][:]", "above")


def noted(plant: StandInGateway) -> list[str]:
    return plant.evaluate("system.util.globals['notes']", "above")


def write(plant: StandInGateway, kind: str, file_name: str, text: str) -> None:
    """Replace the whole text of an event script, and save."""
    folder = plant.projects_folder / "below" / "ignition" / kind
    (folder / file_name).write_text(text)
    plant.save("below")


def test_a_child_inherits_scripts_and_overlays_them(
    plant: StandInGateway, notes: list[str]
) -> None:
    assert notes == ["above parent", "below child"]
    assert plant.evaluate("[shop.names.NAME, shop.kept.NAME]", "below") == ["child", "kept"]
    assert plant.evaluate("shop.names.NAME", "above") == "parent"


def test_a_save_runs_shutdown_startup_and_update(plant: StandInGateway, notes: list[str]) -> None:
    plant.save("below", {"shop.names": "NAME = 'saved'\n"})
    assert noted(plant) == ["child stops", "below saved", "update admin 1"]


def test_a_save_of_the_parent_restarts_its_children(
    plant: StandInGateway, notes: list[str]
) -> None:
    plant.save("above", {"shop.kept": "NAME = 'new'\n"})
    assert noted(plant) == [
        "above stops",
        "above parent",
        "child stops",
        "below saved",
        "update admin 1",
    ]
    assert plant.evaluate("shop.kept.NAME", "below") == "new"


@pytest.mark.parametrize(
    "text",
    [
        "def onUpdate(actor, resources):\n\tRUN('ran')\n",
        "def anyName(wrong, header):\n\tRUN('ran')\n",
        "\tRUN('ran')\n",
    ],
)
def test_the_first_line_is_replaced(plant: StandInGateway, notes: list[str], text: str) -> None:
    write(plant, "update", "onUpdate.py", text.replace("RUN", NOTE))
    assert noted(plant)[-1] == "ran"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "# a remark\ndef onUpdate(actor, resources):\n\tRUN('ran')\n",
            "IndentationError|SyntaxError",
        ),
        (
            "def onUpdate(actor, resources):\n\tfrom __future__ import division\n\tRUN('ran')\n",
            "SyntaxError",
        ),
        ("def onUpdate(actor, resources): RUN('ran')\n", "IndentationError|SyntaxError"),
    ],
)
def test_what_does_not_compile_is_logged_and_does_not_run(
    plant: StandInGateway, notes: list[str], text: str, said: str
) -> None:
    before = len(plant.log())
    write(plant, "update", "onUpdate.py", text.replace("RUN", NOTE))
    assert "ran" not in noted(plant)
    logged = plant.log()[before:]
    assert any(name in logged for name in said.split("|")), logged
    assert "update script of project below failed" in logged


def test_a_startup_script_that_fails_does_not_stop_the_rest(
    plant: StandInGateway, notes: list[str]
) -> None:
    plant.save("below", startup="raise ValueError(u'5 \u00b0C')", update=f"{NOTE}('updated')")
    assert noted(plant)[-1] == "updated"
    assert "5 \\xb0C" in plant.log() or "5 \u00b0C" in plant.log()


def test_a_message_handler_answers_in_its_project(plant: StandInGateway) -> None:
    asked = "system.util.sendRequest('below', 'Ping', {'a': 1})"
    assert plant.evaluate(asked, "above")[0] == {"a": 1}
    assert plant.evaluate("system.util.sendMessage('below', 'Nobody')", "above") == []


TIMED = Project(
    startup="""
        from java.util.concurrent import CountDownLatch
        system.util.globals['latch'] = CountDownLatch(5)
        system.util.globals['threads'] = set()
    """,
    modules={"ticks": """
            def note():
                from java.lang import Thread
                system.util.globals['threads'].add(Thread.currentThread().getName())
        """},
    timers={
        "Own": ("ticks.note()", {"delay": 1, "fixedDelay": True, "sharedThread": False}),
        "First": ("raise ValueError('timer fails')", {"delay": 1, "sharedThread": True}),
        "Second": (f"ticks.note()\n{TICK}", {"delay": 1, "sharedThread": True}),
        "Rate": ("ticks.note()", {"delay": 1, "fixedDelay": False, "sharedThread": True}),
        "Off": ("system.util.globals['off'] = 1", {"delay": 1, "enabled": False}),
    },
)
ENDED = """
from java.lang import Thread
for thread in list(Thread.getAllStackTraces().keySet()):
    if thread.getName().startswith('timer-plant-'):
        thread.join(5000)
"""


@pytest.fixture
def timed() -> Iterator[StandInGateway]:
    with StandInGateway({"plant": TIMED}, name="timers", has_library=False) as started:
        yield started


def test_timers_run_on_their_threads_and_end_with_a_save(timed: StandInGateway) -> None:
    """A latch tells how often a timer ran; nothing waits for a fixed time."""
    waits = "getattr(system.util.globals['latch'], 'await')(10, TimeUnit.SECONDS)"
    assert timed.run("from java.util.concurrent import TimeUnit", returns=waits) is True
    wait_until(lambda: "timer-plant-Own" in timed.evaluate("list(system.util.globals['threads'])"))
    threads = ["timer-plant-Own", "timer-plant-shared"]
    assert timed.evaluate("sorted(system.util.globals['threads'])") == threads
    assert timed.threads("timer-plant-") == threads
    assert timed.evaluate("'off' in system.util.globals") is False
    assert timed.log().count("ValueError: timer fails") == 1
    for manifest in (timed.projects_folder / "plant/ignition/timer").glob("*/resource.json"):
        manifest.write_text(manifest.read_text().replace('"enabled": true', '"enabled": false'))
    timed.save()
    timed.run(ENDED)
    assert timed.threads("timer-plant-") == []
