"""Every occurrence exactly once, whoever fires it, also when somebody dies over it, and while all are busy."""

import threading

import pytest

from exchange.workflows.engine.runtime import workflow
from exchange.workflows.engine.worker import Worker
from tests.calls import Calls, statement
from tests.waiting import wait_until

MAINTAIN = statement("run_maintenance", limit=500)
KEY = "found and v_id is not null"
RUNS = "select count(*) from workflows.schedule_run where outcome = 'enqueued'"
WORKFLOWS = "select count(*) from workflows.workflow"
DUE = "select count(*) from workflows.schedule where next_at <= workflows.clock_now()"
begun, go_on = threading.Event(), threading.Event()


@workflow()
def schedules_busy():
    begun.set()
    go_on.wait(30)


@workflow()
def schedules_sampled():
    pass


@pytest.fixture
def hourly(calls, clock):
    """A schedule of which one occurrence is due."""
    clock.freeze()
    options = {"interval_seconds": 3600}
    calls.call("create_schedule", schedule_name="a", workflow_name="mix", options=options)
    clock.advance(3600)


def test_nobody_waits_for_who_fires(calls, hourly, open_session):
    firing = open_session()
    assert firing.maintain()["did"]["fired"] == 1
    calls.conn.execute("set lock_timeout = '1s'")
    assert calls.maintain()["did"]["fired"] == 0
    firing.conn.commit()
    assert calls.maintain()["did"]["fired"] == 0
    assert calls.value(WORKFLOWS) == 1


def test_without_skip_locked_they_wait(calls, hourly, open_session, session, blocked, without):
    """The negative control."""
    without("fire_schedules", "for no key update skip locked", "for no key update")
    firing = open_session()
    firing.maintain()
    waiting = blocked(session(), *MAINTAIN)
    firing.conn.commit()
    waiting.outcome()


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_the_key_alone_keeps_it_at_once(
    calls, hourly, open_session, session, blocked, without, is_guarded
):
    """Two who both think that it is theirs, as they would without the lock."""
    without("fire_schedules", "for no key update skip locked", "")
    if not is_guarded:
        without("fire_schedule", KEY, "v_id is not null")
    firing = open_session()
    firing.maintain()
    waiting = blocked(session(), *MAINTAIN)
    firing.conn.commit()
    waiting.outcome()
    assert (calls.value(RUNS), calls.value(WORKFLOWS)) == (1, 1 if is_guarded else 2)


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_a_moment_that_comes_back_is_not_fired_again(calls, hourly, without, is_guarded):
    """The clock of the database went back, and somebody changed the schedule meanwhile."""
    if not is_guarded:
        without("fire_schedule", KEY, "v_id is not null")
    calls.maintain()
    calls.run("update workflows.schedule set next_at = next_at - interval '1 hour'")
    calls.maintain()
    assert calls.value(WORKFLOWS) == (1 if is_guarded else 2)


def test_who_dies_in_the_middle_loses_none(calls, hourly, open_session):
    firing = open_session()
    assert firing.maintain()["did"]["fired"] == 1
    firing.conn.rollback()
    assert calls.value(RUNS) == 0
    assert calls.maintain()["did"]["fired"] == 1
    assert (calls.value(RUNS), calls.value(WORKFLOWS)) == (1, 1)


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_one_that_waits_for_a_deduplication_id_holds_up_nobody_else(
    calls, clock, open_session, session, blocked, without, is_guarded
):
    """It fires before it does anything else, so others release what is due meanwhile."""
    fire = "v_fired := workflows.fire_schedules(least(p_limit, 200), v_now);"
    if not is_guarded:
        release = "v_due := workflows.release_due(p_limit, v_now);"
        without("run_maintenance", fire, f"{release} {fire}")
    clock.freeze()
    options = {"interval_seconds": 60, "options": {"deduplication_id": "k"}}
    calls.call("create_schedule", schedule_name="a", workflow_name="mix", options=options)
    due = calls.enqueue("pour", delay_seconds=30)
    clock.advance(60)
    script = open_session()
    script.enqueue("mix", deduplication_id="k")
    waiting = blocked(session(), *MAINTAIN)
    calls.conn.execute("set lock_timeout = '1s'")
    calls.maintain()
    assert calls.status(due) == ("ENQUEUED" if is_guarded else "DELAYED")
    script.conn.commit()
    waiting.outcome()
    assert calls.value("select message from workflows.schedule_run")


def test_f36_four_at_once_fire_each_occurrence_once(calls, clock, session):
    """Ten schedules, a minute of missed seconds each, in calls of a few."""
    clock.freeze()
    options = {"interval_seconds": 1, "catch_up": "all"}
    for name in "abcdefghij":
        calls.call("create_schedule", schedule_name=name, workflow_name="mix", options=options)
    clock.advance(60)
    together = threading.Barrier(4)
    errors: list[BaseException] = []

    def work(one: Calls) -> None:
        try:
            together.wait(10)
            while one.value(DUE):
                one.maintain(25)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(session(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors
    assert (calls.value(RUNS), calls.value(WORKFLOWS)) == (600, 600)
    each = "select count(*) from workflows.schedule_run group by schedule_name"
    assert calls.rows(each) == [(60,)] * 10


def start(dsn, schema):
    return Worker(dsn=dsn, threads=1, schema=schema).start()


def test_f36_f68_two_of_the_same_configuration_fire_while_all_their_threads_are_busy(
    calls, dsn, schema
):
    """Maintenance has a thread of its own in each worker: nobody has to be free."""
    begun.clear()
    go_on.clear()
    workers = [start(dsn, schema) for _ in range(2)]
    try:
        for _ in range(2):
            calls.enqueue("schedules_busy")
        running = "select count(*) from workflows.lease where is_started"
        wait_until(lambda: calls.value(running) == 2, "both to be busy")
        options = {"interval_seconds": 1}
        calls.call(
            "create_schedule",
            schedule_name="a",
            workflow_name="schedules_sampled",
            options=options,
        )
        in_time = "select count(*) from workflows.schedule_run where fired_at - occurs_at < interval '1.5 s'"
        wait_until(lambda: calls.value(in_time) >= 3, "three occurrences in time")
        assert calls.value(running) == 2
    finally:
        go_on.set()
        for worker in workers:
            worker.stop(drain_seconds=5)
    sampled = "select count(*) from workflows.workflow where workflow_name = 'schedules_sampled'"
    assert calls.value(sampled) == calls.value(RUNS)
