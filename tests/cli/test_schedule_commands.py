"""schedule create, set, list, show, next, pause, resume, run, delete; calendar and blackout."""

import json

import pytest

CALENDAR = {"time_zone": "Europe/Vienna", "holidays": [{"date": "2031-01-01", "name": "x"}]}


@pytest.fixture
def report(run):
    made = run(
        "schedule", "create", "report", "write", "--cron", "0 6 * * *", "--zone", "Asia/Tokyo"
    )
    assert made.exit_code == 0, made.err
    return made.out


def test_create_and_read(run, answer, report):
    assert report.startswith("schedule report is there; first at ")
    assert report.endswith("06:00:00 Asia/Tokyo\n")
    assert "0 6 * * *" in run("schedule", "list").out
    assert "it has not occurred yet" in run("schedule", "show", "report").out
    assert len(answer("schedule", "next", "report")) == 10
    assert len(run("schedule", "next", "report").out.splitlines()) == 11


def test_change_and_run(run, answer, report):
    run("schedule", "pause", "report", "--reason", "printer", "--actor", "anna")
    assert answer("schedule", "list")[0]["pause_reason"] == "printer"
    assert "nothing comes" in run("schedule", "next", "report").out
    assert run("schedule", "resume", "report").out == "schedule report is resumed\n"
    workflow_id = run("schedule", "run", "report").out.strip()
    shown = answer("schedule", "show", "report")
    assert [one["workflow_id"] for one in shown["runs"]] == [workflow_id]
    assert workflow_id in run("schedule", "show", "report").out
    assert run("schedule", "delete", "report").exit_code == 0
    assert run("schedule", "list").out == "no schedules\n"


def test_a_schedule_is_changed(run, answer, report):
    changed = run("schedule", "set", "report", '{"cron": "0 7 * * *"}', "--reason", "shift")
    assert changed.out.startswith("schedule report is changed; first at ")
    assert answer("schedule", "list")[0]["timing"] == "0 7 * * *"
    assert run("schedule", "set", "report", "[]").exit_code == 2
    assert run("schedule", "set", "none", '{"cron": "0 7 * * *"}').exit_code == 1


def test_what_is_wrong(run, report):
    bad = run("schedule", "create", "other", "write", "--cron", "0 0 30 2 *")
    assert bad.exit_code == 2 and "never occurs" in bad.err
    assert run("schedule", "show", "none").exit_code == 1
    assert run("schedule", "run", "none").exit_code == 1
    assert run("blackout", "add", "2031-01-01", "2031-01-02T00:00:00Z").exit_code == 2


def test_calendars_and_blackouts(run, answer, report):
    assert run("calendar", "set", "works", json.dumps(CALENDAR)).exit_code == 0
    assert answer("calendar", "list")[0]["holidays"] == CALENDAR["holidays"]
    assert "works" in run("calendar", "list").out
    assert run("queue", "set", "default", "--calendar", "works").exit_code == 0
    assert run("calendar", "delete", "works").exit_code == 2
    run("queue", "set", "default", "--calendar", "none")
    times = ("2031-01-01T00:00:00Z", "2031-01-02T00:00:00Z")
    added = answer("blackout", "add", *times, "--calendar", "works", "--reason", "x")
    assert "works" in run("blackout", "list").out
    assert run("blackout", "remove", str(added["blackout_id"])).exit_code == 0
    assert run("blackout", "list").out == "no blackouts\n"
    assert run("calendar", "delete", "works").out == "calendar works is deleted\n"
