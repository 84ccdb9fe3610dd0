"""queue list, create, set, pause, resume, and watch."""

import json

import pytest


@pytest.fixture
def default_queue(answer):
    """The row of the queue `default`, as it stands when asked."""
    return lambda: next(q for q in answer("queue", "list") if q["queue_name"] == "default")


def test_limits_are_set_and_taken_away(run, default_queue):
    assert run("queue", "set", "default", "--max-running", "3").exit_code == 0
    assert default_queue()["max_running"] == 3
    assert run("queue", "set", "default", "--max-running", "none", "--closed").exit_code == 0
    assert (default_queue()["max_running"], default_queue()["accepts_work"]) == (None, False)


def test_rates_are_set_and_taken_away(run, default_queue):
    def shown():
        keys = ("rate_limit", "rate_seconds", "key_rate_limit", "key_rate_seconds")
        return [default_queue()[key] for key in keys]

    assert run("queue", "set", "default", "--rate", "50/60", "--key-rate", "1/0.5").exit_code == 0
    assert shown() == [50, 60, 1, 0.5]
    assert run("queue", "set", "default", "--rate", "none").exit_code == 0
    assert shown() == [None, None, 1, 0.5]


def test_pause_and_resume(run, default_queue):
    run("queue", "pause", "default", "--reason", "line down", "--actor", "anna")
    assert (default_queue()["is_paused"], default_queue()["pause_reason"]) == (True, "line down")
    assert "paused" in run("queue", "list").out
    run("queue", "resume", "default")
    assert default_queue()["is_paused"] is False


def test_a_new_queue_takes_work(run, answer):
    assert run("queue", "create", "fast", "--max-enqueued", "1").exit_code == 0
    answer("enqueue", "fill", "--options", '{"queue_name": "fast"}')
    full = run("enqueue", "fill", "--options", '{"queue_name": "fast"}')
    assert full.exit_code == 1


def test_run_on(run, answer, default_queue):
    assert default_queue()["run_on"] == "active"
    assert run("queue", "set", "default", "--run-on", "prefer_active").exit_code == 0
    assert default_queue()["run_on"] == "prefer_active"
    assert answer("queue", "create", "fast", "--run-on", "any")["run_on"] == "any"


def test_maintenance(run, answer, default_queue):
    assert "no maintenance" in run("queue", "maintenance", "status").out
    entered = answer("queue", "maintenance", "enter", "--reason", "pump", "--actor", "anna")
    assert (entered["mode"], entered["entered_by"]) == ("drain", "anna")
    assert default_queue()["maintenance"] == "drain"
    assert "maintenance" in run("queue", "list").out
    refused = run("enqueue", "fill")
    assert refused.exit_code == 1 and "maintenance" in refused.err
    shown = run("queue", "maintenance", "status").out
    assert "default" in shown and "pump" in shown and "drained" in shown
    assert run("queue", "maintenance", "exit").out == "maintenance of all queues is over\n"
    assert default_queue()["maintenance"] is None
    again = "maintenance of all queues was not entered\n"
    assert run("queue", "maintenance", "exit").out == again


def test_leaving_maintenance_says_what_stays_closed(run):
    closed = "it stays closed: that of all queues is still entered\n"
    run("queue", "maintenance", "enter")
    left = run("queue", "maintenance", "exit", "default")
    assert left.out == f"maintenance of queue default was not entered; {closed}"
    run("queue", "maintenance", "enter", "default")
    left = run("queue", "maintenance", "exit", "default")
    assert left.out == f"maintenance of queue default is over; {closed}"
    run("queue", "maintenance", "enter", "default")
    left = run("queue", "maintenance", "exit").out
    single = "that of single queues is still entered\n"
    assert left == f"maintenance of all queues is over; {single}"


def test_maintenance_that_cancels(run, answer, default_queue):
    for _ in range(3):
        answer("enqueue", "fill")
    said = run("queue", "maintenance", "enter", "default", "--cancel").out
    assert "cancelled 3 waiting, asked 0 running" in said
    assert default_queue()["enqueued"] == 0
    (queue,) = answer("queue", "maintenance", "status")["queues"]
    assert (queue["mode"], queue["is_own"]) == ("cancel", True)


def test_the_depth_counts_what_no_worker_has_looked_at_yet(answer, default_queue):
    answer("enqueue", "fill")
    assert default_queue()["enqueued"] == 1


def test_watch_ends_after_so_many_looks(run):
    looks = run("watch", "--times", "2", "--every", "0.1", "--json")
    assert looks.exit_code == 0
    assert [json.loads(line)[0]["queue_name"] for line in looks.out.splitlines()] == ["default"] * 2
    assert run("watch", "--times", "1").out.startswith("queue_name")


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (["set", "default"], 2, "nothing to set"),
        (["set", "default", "--max-running", "lots"], 2, "--max-running takes a number or none"),
        (["set", "default", "--rate", "50"], 2, "--rate takes N/SECONDS or none"),
        (["set", "default", "--key-rate", "x/1"], 2, "--key-rate takes N/SECONDS or none"),
        (["set", "nope", "--max-running", "1"], 1, "nope"),
        (["set", "default", "--run-on", "moon"], 2, "run_on is active"),
        (["pause", "nope"], 1, "nope"),
        (["maintenance", "enter", "nope"], 1, "nope"),
        (["maintenance", "exit", "nope"], 1, "nope"),
    ],
)
def test_errors(run, words, exit_code, said):
    ran = run("queue", *words)
    assert ran.exit_code == exit_code
    assert said in ran.err and ran.err.count("\n") == 1
