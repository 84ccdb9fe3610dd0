"""The workflows that the engine's tests run, and how a test looks at them and lets them go on."""

import threading

from exchange.workflows.engine.instance import getWorkflows
from exchange.workflows.engine.runtime import step, workflow
from tests.waiting import wait_until

PATIENCE = 20
seen: list[object] = []
gate = threading.Semaphore(0)
inside = threading.Semaphore(0)


class PumpBlocked(Exception):
    pass


@step()
def engine_note(text):
    seen.append(text)
    return {"text": text}


@step(options={"max_attempts": 3, "interval_seconds": 0.01, "retry_on": ["PumpBlocked"]})
def engine_pump(times):
    seen.append("pump")
    if seen.count("pump") < times:
        raise PumpBlocked("try %d" % seen.count("pump"))
    return seen.count("pump")


@step(transactional=True)
def engine_write(tx, number):
    seen.append("write")
    tx.update("insert into plant (number) values (?)", [number])
    if number < 0:
        raise ValueError("negative: %d" % number)
    return tx.query("select count(*) as count from plant where number = ?", [number])


@step(transactional=True)
def engine_write_and_break(tx, number):
    """Ends its own session the first time."""
    seen.append("write")
    tx.update("insert into plant (number) values (?)", [number])
    if seen.count("write") == 1:
        tx.query("select pg_terminate_backend(pg_backend_pid())")
    return number


@step()
def engine_wait_for_test(text):
    """Stays inside until the test lets it go on."""
    seen.append(text)
    inside.release()
    assert gate.acquire(timeout=PATIENCE)
    return text


@step(transactional=True)
def engine_write_and_hang(tx, number):
    """Waits inside a statement for an answer that comes too late."""
    seen.append("write")
    if len(seen) == 1:
        inside.release()
        tx.query("select pg_sleep(3600)")
    return tx.update("insert into plant (number) values (?)", [number])


@workflow()
def engine_hanging():
    return engine_write_and_hang(1)


@workflow()
def engine_noop(number=0):
    return number


@workflow()
def engine_all(number):
    engine_note("first")
    tries = engine_pump(2)
    rows = engine_write(number)
    getWorkflows().sleep(0.01)
    child = getWorkflows().enqueue("engine_noop", {"number": 7})
    return {"tries": tries, "rows": rows, "child": child}


@workflow()
def engine_sleeper():
    engine_note("before")
    getWorkflows().sleep(3600)
    engine_note("after")
    return "awake"


@workflow()
def engine_catcher(number):
    caught = []
    try:
        engine_write(number)
    except ValueError as error:
        caught = [type(error).__name__, str(error)]
    getWorkflows().sleep(3600)
    return caught


@workflow()
def engine_breaker(number):
    return engine_write_and_break(number)


@workflow(max_attempts=2, backoff_seconds=0.01)
def engine_failing():
    seen.append("failing")
    raise PumpBlocked("always")


@workflow()
def engine_two_steps():
    engine_wait_for_test("one")
    return engine_wait_for_test("two")


@workflow(timeout_seconds=0.01)
def engine_timeout():
    engine_wait_for_test("one")
    return engine_note("two")


def engine_close(tank):
    engine_note("close " + tank)


def engine_open(tank):
    engine_note("open " + tank)


def engine_drain(tank):
    engine_note("drain " + tank)


def engine_make_safe(tank):
    engine_note("make safe " + tank)


@workflow(
    on_hold=engine_close,
    on_resume=engine_open,
    on_stop=engine_drain,
    on_abort=engine_make_safe,
)
def engine_batch(tank):
    engine_wait_for_test("fill")
    getWorkflows().sleep(3600)
    return engine_note("heat")


def engine_take_long():
    """Has no step in it."""
    seen.append("stopping")
    inside.release()
    assert gate.acquire(timeout=PATIENCE)


@workflow(on_stop=engine_take_long)
def engine_slow_to_stop():
    engine_wait_for_test("one")
    engine_note("two")


def engine_count_threads():
    inside.release()
    assert gate.acquire(timeout=PATIENCE)
    names = [one.name for one in threading.enumerate()]
    seen.append(sum(name.startswith("workflows-") and name[10:].isdigit() for name in names))


@workflow(on_stop=engine_count_threads)
def engine_one_of_many():
    getWorkflows().sleep(3600)


MONTHS = 1e7


@workflow(
    on_hold=engine_close,
    on_resume=engine_open,
    max_attempts=2,
    backoff_seconds=MONTHS,
    max_backoff_seconds=MONTHS,
)
def engine_trying(tank):
    seen.append("try " + tank)
    if seen.count("try " + tank) == 1:
        raise PumpBlocked("the first time")


@workflow()
def engine_poison():
    return {"text": "a\x00b", "number": float("nan")}


def ended(rt, workflow_id):
    row = rt.handle(workflow_id).wait(PATIENCE)
    assert row["ended_at"] is not None, row["status"]
    return row


def wait_for_status(rt, workflow_id, status):
    handle = rt.handle(workflow_id)
    wait_until(lambda: handle.status() == status, "status %s" % status, PATIENCE)


def wait_inside():
    assert inside.acquire(timeout=PATIENCE)
