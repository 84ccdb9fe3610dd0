"""What is printed for people is what the database holds, whole, with times in UTC."""

import json
import sys
import time

import pytest

from tests.calls import Worker, calls

__all__ = ["calls"]
# An Ignition tag path, what closes a style that was never opened, and the name of an emoji.
NASTY = "[default]Line1/Tank3 [/tank] pump:on:now"


@pytest.fixture
def on_a_terminal(monkeypatch, capsys):
    """Standard output is a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True)


@pytest.fixture
def in_vienna(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Vienna")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_text_of_the_database_is_printed_as_it_is(run, answer):
    options = json.dumps({"partition_key": NASTY})
    workflow_id = answer("enqueue", "fill", "--options", options)["workflow_id"]
    assert run("command", workflow_id, "HOLD", "--reason", NASTY).exit_code == 0
    listed = run("list")
    assert listed.exit_code == 0 and NASTY in listed.out
    assert f"partition_key: {NASTY}" in run("show", workflow_id).out
    assert run("queue", "create", NASTY).out == f"queue {NASTY} is there\n"
    assert NASTY in run("queue", "list").out


def test_what_a_step_answered_is_printed_as_it_is(run, calls):
    worker = Worker(calls, ("fill",))
    calls.enqueue("fill")
    one = worker.claim_one()
    worker.record(one, "valves", output=[True, False])
    assert "[true, false]" in run("show", one["w"]).out


def test_text_of_the_database_does_not_steer_the_terminal(run, answer, calls):
    workflow_id = answer("enqueue", "fill")["workflow_id"]
    worker = Worker(calls, ("fill",))
    claimed = worker.claim_one()
    worker.record(claimed, "weigh", output="\x1b[2J")
    worker.fail(claimed, "gone \x1b[2J")
    calls.run("update workflows.workflow set reason = %s", "gone \x1b[2J")
    shown, listed = run("show", workflow_id).out, run("list").out
    assert "\x1b" not in shown + listed
    assert "error: ValueError: gone \\x1b[2J" in shown and "gone \\x1b[2J" in listed


@pytest.mark.usefixtures("on_a_terminal")
def test_a_narrow_terminal_cuts_nothing(run, answer):
    workflow_id = answer("enqueue", "fill")["workflow_id"]
    run("command", workflow_id, "HOLD", "--reason", "the valve of tank 3 is open")
    listed = run("list").out
    assert workflow_id in listed and "the valve of tank 3 is open" in listed


@pytest.mark.usefixtures("on_a_terminal")
def test_watch_draws_text_as_it_is_and_keeps_to_the_terminal(run):
    run("queue", "create", "[b]:on:")
    drawn = run("watch", "--times", "1").out
    assert "[b]:on:" in drawn
    assert "\N{HORIZONTAL ELLIPSIS}" in drawn  # a line that went on below would not be wiped


@pytest.mark.usefixtures("in_vienna")
def test_times_are_in_utc_and_say_so(run, answer, calls):
    workflow_id = answer("enqueue", "fill")["workflow_id"]
    shown = calls.value(
        "select to_char(enqueued_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS\"Z\"')"
        " from workflows.workflow"
    )
    assert shown in run("list").out
    assert f"enqueued {shown} by" in run("show", workflow_id).out
    assert [w["workflow_id"] for w in answer("list", "--since", shown)] == [workflow_id]
    assert answer("list", "--until", shown) == []
    assert answer("list")[0]["enqueued_at"].endswith("+00:00")
