"""startup, tick, update and shutdown in the event scripts of several projects of one gateway."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.gateway.gateway import Database, StandInGateway
from tests.gateway.plant import FLOWS, PATIENCE, Plant, plant_database, startup
from tests.gateway.projects import Project
from tests.servers import Server
from tests.waiting import wait_until

MORE = 14  # connections: enough for three workers to listen; by default they use 8 of them
BROKEN = {
    "plant.syntax": "def broken(:\n    pass\n",
    "plant.missing": "import no_such_module\n",
    "plant.thrown": "from java.lang import Integer\nInteger.parseInt(u'caf\\xe9')\n",
    "plant.odd": "raise Exception(u'caf\\xe9 \\u2713')\n",
}
OF_ITS_OWN = """
from exchange.workflows.engine.runtime import workflow

@workflow()
def of_%s():
    return %r
"""
LATE = """
from java.util.concurrent import Semaphore
late = system.util.globals.setdefault("late", Semaphore(0))
def shut_down_late():
    late.acquire()
    system.util.globals["late answer"] = str(exchange.workflows.gateway.shutdown())
system.util.invokeAsynchronous(shut_down_late)
"""


def of(name: str) -> dict[str, str]:
    return {f"{name}.flows": OF_ITS_OWN % (name, name)}


@pytest.fixture(scope="module")
def several(server: Server, java: None) -> Iterator[Plant]:
    """`plant` and `site` work; `bare` inherits the library's scripts, `fresh` has none and no timer."""
    line = startup("plant.flows").replace('["plant.flows"]', '["plant.flows", %s]')
    broken = ", ".join(f'"{name}"' for name in [*sorted(BROKEN), "plant.nowhere"])
    projects = {
        "plant": Project(
            "workflows", modules={"plant.flows": FLOWS, **BROKEN}, startup=line % broken
        ),
        "site": Project("workflows", modules=of("site"), startup=startup("site.flows")),
        "bare": Project("workflows"),
        "fresh": Project(
            "workflows",
            modules=of("fresh"),
            startup="pass",
            shutdown="pass",
            update="pass",
            timers={"Tick": ("pass", {"delay": 60000})},
        ),
    }
    with plant_database(server, "startup_test") as dsn:
        pool = Database(dsn, pool_size=MORE)
        with StandInGateway(projects, {"WorkflowsDB": pool}) as gateway:
            made = Plant(gateway, dsn)
            yield made
            made.close()


def tick(plant: Plant, project: str) -> Any:
    return plant.call("exchange.workflows.gateway.tick()", project)


def test_two_projects_have_one_worker_each_and_others_none(several: Plant) -> None:
    several.wait_for_workers(("plant", 1), ("site", 1))
    assert several.ask("select queues from workflows.worker_status") == ["default"] * 2
    assert tick(several, "workflows")["code"] == "RUNNING"
    assert tick(several, "bare")["code"] == "RUNNING"
    assert several.result(several.enqueue("of_site")) == '"site"'
    assert several.result(several.enqueue("note", '{"text": "plant"}')) == '"plant"'


def test_a_pool_of_eight_is_kept_to_by_two_workers_and_one_of_them_polls(several: Plant) -> None:
    wait_until(
        lambda: modes(several) == ["listen", "poll"],
        f"the modes, they are {modes(several)}",
        PATIENCE,
    )
    several.gateway.run("for _ in range(200):\n    exchange.workflows.api.service.enqueue('note')")
    assert several.gateway.pool_figures("WorkflowsDB")["active"] <= 8
    assert (
        sum(several.gateway.pool_figures("WorkflowsDB").values()) <= 8
    ), "there were never more at once"


def test_d13_d35_a_module_that_fails_is_reported_and_stops_no_other(several: Plant) -> None:
    log = several.gateway.log()
    for name in [*BROKEN, "plant.nowhere"]:
        lines = [line for line in log.splitlines() if f"event=module_failed module={name} " in line]
        assert len(lines) == 1, name
        assert "error=" in lines[0] and "ERROR" in lines[0]
    assert "event=module_failed module=plant.flows" not in log
    assert several.result(several.enqueue("note", '{"text": "works"}')) == '"works"'


def test_a_startup_that_fails_says_so_once(several: Plant) -> None:
    for _ in range(3):
        answer = several.call("exchange.workflows.gateway.startup(modules='plant.flows')", "bare")
        assert (answer["ok"], answer["code"]) == (False, "INVALID_ARGUMENTS")
    assert several.gateway.log().count("event=startup_failed code=INVALID_ARGUMENTS") == 1
    assert tick(several, "bare")["ok"]


def test_without_modules_scripts_enqueue_in_memory(several: Plant) -> None:
    answer = several.call(
        "exchange.workflows.api.service.enqueueInMemory('note', {'text': 'bare'})", "bare"
    )
    assert answer["ok"]
    assert several.result(answer["workflowId"]) == '"bare"'


def test_eight_threads_that_start_at_once_make_one_worker(several: Plant) -> None:
    answers = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(several.call(startup("fresh.flows"), "fresh"))
        )
        for _ in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join(PATIENCE)
    assert [(one["code"], one["generation"]) for one in answers] == [("STARTED", 1)] * 8
    several.wait_for_workers(("fresh", 1), ("plant", 1), ("site", 1))
    assert several.result(several.enqueue("of_fresh")) == '"fresh"'


def test_a_timer_that_is_inherited_ticks_before_any_startup(several: Plant) -> None:
    several.gateway.save("site", of("site"), startup="pass", shutdown="pass")
    wait_until(
        lambda: ("site", 2) in generations(several), "the timer to start the new scripts", PATIENCE
    )
    assert tick(several, "site")["generation"] == 2
    assert several.result(several.enqueue("of_site")) == '"site"'


def test_a_startup_that_comes_before_the_old_shutdown_stays(several: Plant) -> None:
    several.gateway.run(LATE, "fresh")
    before = tick(several, "fresh")["generation"]
    several.gateway.save("fresh", of("fresh"), startup=startup("fresh.flows"))
    several.gateway.run("system.util.globals['late'].release()", "fresh")
    answer = wait_until(
        lambda: several.gateway.evaluate("system.util.globals.get('late answer')"),
        "the late shutdown",
        PATIENCE,
    )
    assert "'ok': True" in answer
    assert several.call("exchange.workflows.gateway.update()", "fresh")["code"] == "RUNNING"
    again = tick(several, "fresh")
    assert (again["code"], again["generation"], again["restarted"]) == ("RUNNING", before + 1, [])
    assert several.call(startup("fresh.flows"), "fresh")["generation"] == before + 1
    wait_until(
        lambda: [g for g in generations(several) if g[0] == "fresh"] == [("fresh", before + 1)],
        "one worker",
    )
    assert several.result(several.enqueue("of_fresh")) == '"fresh"'


def test_the_tick_starts_again_what_has_died(several: Plant) -> None:
    kill = """
from java.lang import ThreadDeath
dispatcher = exchange.workflows.gateway._here["generation"].worker.dispatcher
def die(room):
    del dispatcher._is_worth_it
    raise ThreadDeath()
dispatcher._is_worth_it = die
dispatcher.poke()
"""
    claims = several.gateway.threads("workflows-claim")
    several.gateway.run(kill, "plant")
    wait_until(lambda: "event=engine_error" in several.gateway.log(), "the thread to die")
    wait_until(
        lambda: several.gateway.threads("workflows-claim") == claims, "the timer to start it again"
    )
    assert several.result(several.enqueue("note")) is None


def test_with_more_connections_every_worker_listens(several: Plant) -> None:
    for name, module in (
        ("plant", "plant.flows"),
        ("site", "site.flows"),
        ("fresh", "fresh.flows"),
    ):
        line = startup(module, more=f"threads=4, connections={MORE}")
        several.gateway.save(name, startup=line)
    wait_until(
        lambda: modes(several) == ["listen"] * 3, f"the modes, they are {modes(several)}", PATIENCE
    )
    assert several.result(several.enqueue("note")) is None


def modes(plant: Plant) -> list[str]:
    sql = "select listen_mode from workflows.worker_status where status = 'active' order by 1"
    return list(plant.ask(sql))


def generations(plant: Plant) -> list[tuple[str, int]]:
    return [(row[0], row[1]) for row in plant.workers()]
