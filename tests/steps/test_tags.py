"""Steps for tags, with tags of the test's own (D21, D41)."""

import pytest

from exchange.workflows import errors, testing
from exchange.workflows.engine.runtime import workflow
from exchange.workflows.steps import plain, wait
from exchange.workflows.steps import tags as tag_steps
from tests.waiting import wait_until

LEVEL, VALVE, IS_OPEN = "[default]Level", "[default]Valve", "[default]IsOpen"


@workflow()
def steps_read():
    return tag_steps.read(LEVEL)


@workflow()
def steps_until(timeout_ms=600000, poll_ms=30000):
    return wait.until_tag_equals(LEVEL, 80, timeout_ms=timeout_ms, poll_ms=poll_ms, tolerance=0.5)


@workflow()
def steps_open(timeout_ms=600000):
    return tag_steps.write_confirm(VALVE, True, IS_OPEN, timeout_ms=timeout_ms, poll_ms=30000)


def status(rt, workflow_id):
    return rt.handle(workflow_id).status()


# Without a workflow a step just runs.


def test_read_gives_plain_values(tags):
    tags.values[LEVEL] = 4.5
    assert tag_steps.read(LEVEL) == {
        "value": 4.5,
        "quality": "Good",
        "timestamp": "2026-01-02T03:04:05+00:00",
    }


def test_d41_a_bad_quality_raises(tags):
    tags.values[LEVEL] = 4.5
    tags.qualities[LEVEL] = "Bad_Stale"
    with pytest.raises(
        errors.BadQuality, match=r"\[default\]Level gave the quality Bad_Stale"
    ) as raised:
        tag_steps.read(LEVEL)
    assert raised.value.detail == {"path": LEVEL, "quality": "Bad_Stale"}
    assert tag_steps.read(LEVEL, allow_bad=True)["quality"] == "Bad_Stale"


def test_d41_a_write_that_was_not_taken_raises(tags):
    tags.write_qualities[VALVE] = "Bad_AccessDenied"
    for write in (tag_steps.write, tag_steps.write_confirm):
        with pytest.raises(errors.BadQuality, match="writing .*AccessDenied"):
            write(VALVE, 1)
    assert tag_steps.write(LEVEL, 2) == {"quality": "Good"}


def test_d41_numbers_are_compared_with_a_tolerance():
    single = 0.10000000149011612  # 0.1 as a tag of four bytes gives it back
    assert plain.is_equal(single, 0.1) and not plain.is_equal(single, 0.1, 0)
    assert plain.is_equal(80.4, 80, 0.5) and not plain.is_equal(80.6, 80, 0.5)
    assert plain.is_equal(3, 3.0) and plain.is_equal(1, True) and plain.is_equal("open", "open")
    assert not plain.is_equal(None, 0) and not plain.is_equal("80", 80)
    assert plain.is_equal([1, 2], [1, 2]) and plain.is_equal(-5.0, -5)


def test_write_confirm_looks_at_the_other_tag(tags):
    tags.values[IS_OPEN] = False

    def opens():
        tags.values[IS_OPEN] = tags.looks > 1

    tags.on_read = opens
    confirmed = tag_steps.write_confirm(VALVE, True, IS_OPEN, poll_ms=1)
    assert confirmed == {
        "ok": True,
        "write_quality": "Good",
        "confirmed": True,
        "value": True,
        "quality": "Good",
    }
    assert tags.written == [(VALVE, True)]


def test_d41_a_timeout_raises(tags):
    tags.values[LEVEL] = 3
    with pytest.raises(
        errors.TimedOut, match=r"not within 5 ms: \[default\]Level is 3 \(Good\), wanted 80"
    ):
        wait.until_tag_equals(LEVEL, 80, timeout_ms=5, poll_ms=1)
    with pytest.raises(errors.TimedOut):
        tag_steps.write_confirm(VALVE, True, IS_OPEN, timeout_ms=5, poll_ms=1)


def test_what_is_equal_with_bad_quality_is_not_there_yet(tags):
    tags.values[LEVEL], tags.qualities[LEVEL] = 80, "Uncertain_Initial"
    with pytest.raises(errors.TimedOut, match="Uncertain_Initial"):
        wait.until_tag_equals(LEVEL, 80, timeout_ms=5, poll_ms=1)


@pytest.mark.parametrize(
    "call",
    [
        lambda: tag_steps.read(LEVEL),
        lambda: tag_steps.write(LEVEL, 1),
        lambda: tag_steps.write_confirm(LEVEL, 1),
        lambda: wait.until_tag_equals(LEVEL, 1),
    ],
)
def test_outside_a_gateway_they_say_what_they_need(call):
    with pytest.raises(errors.NeedsGateway, match="in an Ignition gateway only"):
        call()


# In a workflow.


def test_reading_is_tried_again(tags):
    def recovers():
        if tags.looks == 3:
            tags.values[LEVEL] = 7

    tags.on_read = recovers
    ended = testing.run_inline("steps_read")
    assert ended.result["value"] == 7
    assert [(step["step_name"], step["attempts"]) for step in ended.steps] == [("tags.read", 3)]


def test_needing_a_gateway_is_not_tried_again():
    ended = testing.run_inline("steps_read")
    assert isinstance(ended.error, errors.NeedsGateway)
    assert [step["attempts"] for step in ended.steps] == [1]


def test_inline_a_wait_takes_no_time_and_the_tries_are_real(tags):
    tags.values[LEVEL] = 0

    def fills():
        tags.values[LEVEL] += 20

    tags.on_read = fills
    ended = testing.run_inline("steps_until")
    assert ended.result == {"ok": True, "value": 80, "quality": "Good"}
    assert tags.looks == 4 and len(ended.steps) == 1
    tags.on_read = lambda: None
    tags.values[LEVEL] = 0
    assert isinstance(testing.run_inline("steps_until").error, errors.TimedOut)


def test_a_long_wait_leaves_the_thread_and_keeps_one_row(rt, tags, clock, conn, sql):
    tags.values[LEVEL] = 10
    workflow_id = rt.enqueue("steps_until")
    for looks in (1, 2, 3):
        testing.drain()
        assert (status(rt, workflow_id), tags.looks) == ("WAITING", looks)
        clock.advance(30)
    [step] = rt.store.list_steps(workflow_id)
    assert (step["step_key"], step["status"]) == ("wait.until_tag_equals", "RETRYING")
    assert step["error"]["message"] == "[default]Level is 10 (Good), wanted 80"
    tags.values[LEVEL] = 80.3
    [row] = testing.drain()
    assert (row["status"], row["result"]["value"]) == ("SUCCESS", 80.3)
    assert len(rt.store.list_steps(workflow_id)) == 1
    assert row["failure_count"] == 0


def test_a_wait_is_over_by_the_clock_of_the_database(rt, tags, clock):
    tags.values[LEVEL] = 10
    workflow_id = rt.enqueue("steps_until", {"timeout_ms": 100000})
    testing.drain()
    clock.advance(3600)
    [row] = testing.drain()
    assert (row["status"], row["error"]["class"]) == ("ERROR", "TimedOut")
    assert tags.looks == 2, "it looks once more when the time is over"
    assert len(rt.store.list_steps(workflow_id)) == 1


def test_write_confirm_writes_once_however_long_it_waits(rt, tags, clock):
    tags.values[IS_OPEN] = False
    rt.enqueue("steps_open")
    for _ in range(3):
        testing.drain()
        clock.advance(30)
    tags.values[IS_OPEN] = True
    [row] = testing.drain()
    assert row["result"]["confirmed"] is True
    assert tags.written == [(VALVE, True)]


def test_d41_write_confirm_that_timed_out_writes_again_when_the_workflow_is_retried(
    rt, tags, clock
):
    tags.values[IS_OPEN] = False
    workflow_id = rt.enqueue("steps_open", {"timeout_ms": 3000})
    testing.drain()
    clock.advance(4)
    [row] = testing.drain()
    assert row["error"]["class"] == "TimedOut"
    rt.store.retry_workflow(workflow_id, {})
    tags.values[IS_OPEN] = True
    [row] = testing.drain()
    assert row["status"] == "SUCCESS"
    assert tags.written == [(VALVE, True)] * 2


@pytest.mark.parametrize("command, ended", [("STOP", "STOPPED"), ("HOLD", "HELD")])
def test_d21_a_command_ends_a_wait_that_has_left_its_thread(rt, tags, command, ended):
    tags.values[LEVEL] = 10
    workflow_id = rt.enqueue("steps_until")
    testing.drain()
    rt.sendCommand(workflow_id, command)
    testing.drain()
    assert status(rt, workflow_id) == ended


def test_d21_a_cancel_ends_a_wait_in_its_thread(rt, tags, make_worker):
    tags.values[LEVEL] = 10
    make_worker()
    workflow_id = rt.enqueue("steps_until", {"poll_ms": 1500})
    wait_until(lambda: tags.looks, "the first look")
    rt.cancel(workflow_id)
    wait_until(lambda: status(rt, workflow_id) == "CANCELLED", "the cancel", 1.4)
    assert tags.looks == 1
