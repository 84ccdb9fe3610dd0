"""What a schedule enqueues, when, and what it does with occurrences that nobody fired in time."""

import json
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.calls import SCHEMA, refused

NOON = "2026-06-01 12:00:00+00"
TEN_HOURS = 10 * 3600


@pytest.fixture
def at_noon(conn, clock):
    """The clock stands at noon and goes only where a test moves it."""
    clock._frozen_at = NOON
    clock.advance(0)
    return clock


@pytest.fixture
def make(calls, at_noon):
    def make_schedule(name="hourly", workflow="mix", **options):
        options = {"cron": "0 * * * *", **options}
        options = {key: value for key, value in options.items() if value is not ...}
        return calls.call(
            "create_schedule", schedule_name=name, workflow_name=workflow, options=options
        )

    return make_schedule


def runs(calls, name="hourly"):
    """(hour, outcome) of what became of each occurrence, the oldest first."""
    found = calls.call("list_schedule_runs", schedule_name=name, options={"limit": 1000})
    return [(one["occurs_at"][11:16], one["outcome"]) for one in reversed(found)]


def enqueued(calls):
    return calls.value("select count(*) from workflows.workflow")


def schedule_of(calls, name="hourly"):
    (found,) = calls.call("list_schedules", filter={"schedule_name": name})
    return found


def test_it_enqueues_as_everybody_does(calls, make, at_noon, make_worker):
    worker = make_worker("mix")
    made = make(inputs={"kg": 1}, options={"priority": -5, "partition_key": "k"})
    assert made["next_at"] == "2026-06-01T13:00:00+00:00"
    assert calls.maintain()["did"]["fired"] == 0
    at_noon.advance(3600)
    assert calls.maintain()["did"]["fired"] == 1
    claimed = worker.claim_one()
    assert claimed["inputs"] == {"kg": 1}
    assert calls.rows("select actor, priority from workflows.workflow") == [("schedule:hourly", -5)]
    (run,) = calls.call("list_schedule_runs", schedule_name="hourly")
    assert (run["workflow_id"], run["outcome"]) == (claimed["w"], "enqueued")
    assert schedule_of(calls)["next_at"] == "2026-06-01T14:00:00+00:00"


def test_maintenance_says_when_the_next_one_is_due(calls, make, at_noon):
    make()
    assert calls.maintain()["next_due_ms"] == 3600 * 1000
    at_noon.advance(3599.5)
    assert calls.maintain()["next_due_ms"] == 500


def test_one_that_somebody_else_holds_does_not_make_workers_turn_in_circles(
    calls, make, at_noon, connect
):
    make()
    at_noon.advance(3600)
    with connect(autocommit=False) as other:
        other.execute(f"select from {SCHEMA}.schedule for update")
        answer = calls.maintain()
        assert (answer["did"]["fired"], answer["next_due_ms"]) == (0, None)
    assert calls.maintain()["did"]["fired"] == 1


CAUGHT_UP = {
    "skip": ({}, ["skipped_late"] * 9 + ["enqueued"]),
    "skip_within": (
        {"catch_up_seconds": 2 * 3600},
        ["skipped_late"] * 7 + ["enqueued"] * 3,
    ),
    "last": ({}, ["skipped_late"] * 9 + ["enqueued"]),
    "last_within": ({"catch_up_seconds": 10}, ["skipped_late"] * 9 + ["enqueued"]),
    "all": ({}, ["enqueued"] * 10),
    "all_within": (
        {"catch_up_seconds": 3 * 3600},
        ["skipped_late"] * 6 + ["enqueued"] * 4,
    ),
}


@pytest.mark.parametrize("policy", CAUGHT_UP)
def test_ten_missed_occurrences(calls, make, at_noon, policy):
    """At the hour itself: the tenth is on time."""
    options, outcomes = CAUGHT_UP[policy]
    make(catch_up=policy.split("_")[0], **options)
    at_noon.advance(TEN_HOURS)
    calls.maintain()
    hours = [f"{(13 + n) % 24:02}:00" for n in range(10)]
    assert runs(calls) == list(zip(hours, outcomes))
    assert enqueued(calls) == outcomes.count("enqueued")
    calls.maintain()
    assert len(runs(calls)) == 10


@pytest.mark.parametrize(
    ("policy", "seconds", "count"),
    [
        *(("skip", None, 0), ("skip", 120, 0), ("skip", 1900, 1), ("last", None, 1)),
        *(("last", 60, 0), ("all", None, 10), ("all", 60, 0)),
    ],
)
def test_ten_missed_occurrences_half_an_hour_late(calls, make, at_noon, policy, seconds, count):
    make(catch_up=policy, catch_up_seconds=seconds)
    at_noon.advance(TEN_HOURS + 1800)
    calls.maintain()
    assert [outcome for _, outcome in runs(calls)].count("enqueued") == count
    assert (len(runs(calls)), enqueued(calls)) == (10, count)


def test_an_ordinary_late_turn_skips_nothing(calls, make, at_noon):
    make()
    at_noon.advance(3600 + 59)
    calls.maintain()
    assert runs(calls) == [("13:00", "enqueued")]


def test_each_missed_one_is_told_its_moment(calls, make, at_noon):
    make(catch_up="all", occurs_at_input="hour", inputs={"kg": 1})
    at_noon.advance(2 * 3600)
    calls.maintain()
    found = calls.rows("select inputs from workflows.workflow_payload order by inputs")
    assert [json.loads(one)["hour"] for (one,) in found] == [
        "2026-06-01T13:00:00+00:00",
        "2026-06-01T14:00:00+00:00",
    ]


def test_a_long_outage_is_dealt_with_in_bounded_calls(calls, make, at_noon):
    make("seconds", cron=..., interval_seconds=1, catch_up="all")
    at_noon.advance(450)
    answers = [calls.maintain() for _ in range(3)]
    assert [a["did"]["fired"] for a in answers] == [200, 200, 50]
    assert [a["next_due_ms"] for a in answers] == [0, 0, 1000]
    assert enqueued(calls) == 450


@pytest.mark.parametrize("policy", ["skip", "last"])
def test_weeks_of_missed_seconds_are_not_gone_through(calls, make, at_noon, policy):
    make("seconds", cron=..., interval_seconds=1, catch_up=policy, catch_up_seconds=0)
    at_noon.advance(30 * 86400)
    calls_needed = 0
    while calls.maintain()["did"]["fired"]:
        calls_needed += 1
    assert calls_needed <= 7
    assert enqueued(calls) == 1
    assert calls.value("select count(*) from workflows.schedule_run") == 1000
    jumped = "select count(*) from workflows.audit where event = 'schedule jumped ahead'"
    assert calls.value(jumped) == 1


def test_nothing_is_jumped_over_that_is_the_last(calls, make, at_noon):
    """Others use up the call; the rare one still fires."""
    make("a", cron=..., interval_seconds=1, catch_up="all")
    make("rare", cron="0 12 * * *", catch_up="last", starts_at="2026-06-01T12:30:00Z")
    at_noon.advance(3 * 86400 + 3600)
    calls.run(
        "update workflows.schedule set next_at = next_at + interval '73 hours' - interval '150 seconds' where schedule_name = 'a'"
    )
    while calls.maintain()["did"]["fired"]:
        pass
    assert [outcome for _, outcome in runs(calls, "rare")] == [
        *("skipped_late", "skipped_late", "enqueued")
    ]


def test_the_last_thousand_are_kept(calls, make, at_noon):
    make("seconds", cron=..., interval_seconds=1, catch_up="all")
    at_noon.advance(1150)
    while calls.maintain()["did"]["fired"]:
        pass
    assert calls.value("select count(*) from workflows.schedule_run") == 1000
    assert calls.value("select min(occurs_at)::text from workflows.schedule_run")[14:19] == "02:31"


def test_a_pause_is_not_made_up_for(calls, make, at_noon):
    make(catch_up="all")
    paused = calls.call("pause_schedule", schedule_name="hourly", options={"reason": "cleaning"})
    assert (paused["is_paused"], paused["pause_reason"]) == (True, "cleaning")
    at_noon.advance(TEN_HOURS)
    assert calls.maintain()["next_due_ms"] is None
    resumed = calls.call("resume_schedule", schedule_name="hourly")
    assert (resumed["is_paused"], resumed["pause_reason"]) == (False, None)
    calls.maintain()
    assert runs(calls) == []
    assert resumed["next_at"] == "2026-06-01T23:00:00+00:00"


def test_now_also_where_it_is_paused(calls, make, at_noon):
    make(inputs={"kg": 2})
    calls.call("pause_schedule", schedule_name="hourly")
    ids = [
        calls.call("run_schedule", schedule_name="hourly", options={"actor": "carla"})
        for _ in range(2)
    ]
    actors = calls.rows("select actor from workflows.workflow")
    assert actors == [("carla",)] * 2
    found = calls.call("list_schedule_runs", schedule_name="hourly")
    assert [(r["workflow_id"], r["is_manual"], r["actor"]) for r in found] == [
        (ids[1], True, "carla"),
        (ids[0], True, "carla"),
    ]


def test_a_run_by_hand_does_not_take_the_place_of_an_occurrence(calls, make, at_noon):
    make()
    at_noon.advance(3600)
    calls.call("run_schedule", schedule_name="hourly")
    calls.maintain()
    assert runs(calls) == [("13:00", "enqueued")] * 2


def test_a_run_by_hand_that_is_refused_says_why(calls, make):
    make()
    calls.set_queue(accepts_work=False)
    with refused("WF005", "queue_name"):
        calls.call("run_schedule", schedule_name="hourly")
    assert runs(calls) == []


def test_once(calls, make, at_noon):
    made = make("one", cron=..., starts_at="2026-06-01T12:10:00Z")
    assert made["kind"] == "once"
    at_noon.advance(600)
    calls.maintain()
    at_noon.advance(86400)
    calls.maintain()
    assert runs(calls, "one") == [("12:10", "enqueued")]
    assert schedule_of(calls, "one")["next_at"] is None


def test_intervals_are_counted_from_their_start(calls, make, at_noon):
    make("odd", cron=..., interval_seconds=7200.5, starts_at="2026-06-01T00:00:00Z")
    assert schedule_of(calls, "odd")["next_at"] == "2026-06-01T12:00:03+00:00"
    at_noon.advance(3 * 3600)
    calls.maintain()
    assert schedule_of(calls, "odd")["next_at"] == "2026-06-01T16:00:04+00:00"


def test_from_and_until(calls, make, at_noon):
    make(starts_at="2026-06-01T15:00:00Z", ends_at="2026-06-01T17:00:00Z", catch_up="all")
    at_noon.advance(86400)
    calls.maintain()
    assert [hour for hour, _ in runs(calls)] == ["15:00", "16:00", "17:00"]
    assert schedule_of(calls)["next_at"] is None


def test_the_time_zone_is_that_of_the_plant(calls, make):
    make(cron="30 6 * * mon-fri", time_zone="Australia/Lord_Howe")
    found = schedule_of(calls)
    assert (found["next_local_time"], found["next_at"]) == (
        "2026-06-02 06:30:00",
        "2026-06-01T20:00:00+00:00",
    )


PAST = "2026-05-01T00:00:00Z"
BAD: list[tuple[str, Any, str]] = [
    *(("cron", one, "cron") for one in ("0 0 30 2 *", None, 5, "")),
    *(("time_zone", one, "time_zone") for one in ("CEST", "Mars/Base", "")),
    *(("interval_seconds", one, "interval_seconds") for one in (0.5, "x", 1e300)),
    ("catch_up", "some", "catch_up"),
    ("catch_up_seconds", -1, "catch_up_seconds"),
    ("starts_at", "tomorrow", "starts_at"),
    ("ends_at", PAST, "times"),
    ("inputs", [1], "inputs"),
    ("options", "x", "options"),
    ("options", {"workflow_id": "x"}, "workflow_id"),
    ("options", {"actor": "x"}, "actor"),
    ("options", {"start_before": PAST}, "start_before"),
    ("options", {"priority": 1000}, "priority"),
    ("options", {"x": 1}, "x"),
    ("options", {"deduplication_id": "x", "on_duplicate": "replace"}, "on_duplicate"),
    ("calendar_name", "none", "calendar_name"),
    ("occurs_at_input", " ", "occurs_at_input"),
    ("workflow_name", "", "workflow_name"),
    ("actor", "", "actor"),
    ("colour", 1, "colour"),
]


def test_what_does_not_fit_is_refused(calls, make):
    make()
    for option, value, field in BAD:
        with refused("WF002", field):
            make("bad", **{option: value})
        with refused("WF002", field):
            calls.call("set_schedule", schedule_name="hourly", options={option: value})
    assert [one["schedule_name"] for one in calls.call("list_schedules")] == ["hourly"]


def test_names(make):
    for name in ("", None, " x", "x" * 201):
        with refused("WF002", "schedule_name"):
            make(name)


def test_a_name_is_given_once(make):
    make()
    with refused("WF006", "schedule_name"):
        make()


def test_one_that_there_is_not(calls):
    for verb in ("set", "delete", "pause", "resume", "run"):
        with refused("WF003", "schedule_name"):
            calls.call(f"{verb}_schedule", schedule_name="none", options={})


def test_changing(calls, make, at_noon):
    make(inputs={"kg": 1})
    changed = calls.call(
        "set_schedule", schedule_name="hourly", options={"inputs": {"kg": 2}, "actor": "anna"}
    )
    assert (changed["inputs"], changed["cron"], changed["changed_by"]) == (
        {"kg": 2},
        "0 * * * *",
        "anna",
    )
    changed = calls.call("set_schedule", schedule_name="hourly", options={"interval_seconds": 60})
    assert (changed["kind"], changed["cron"]) == ("interval", None)
    assert changed["next_at"] == "2026-06-01T12:01:00+00:00"
    event = "select event, actor from workflows.audit where detail = 'hourly' order by audit_id"
    assert calls.rows(event) == [
        ("schedule created", "script"),
        ("schedule changed", "anna"),
        ("schedule changed", "script"),
    ]


def test_deleting_leaves_what_it_has_started(calls, make, at_noon):
    make()
    at_noon.advance(3600)
    calls.maintain()
    calls.call("delete_schedule", schedule_name="hourly")
    assert calls.call("list_schedules") == []
    assert calls.value("select count(*) from workflows.schedule_run") == 0
    assert enqueued(calls) == 1


def test_one_bad_schedule_does_not_stop_the_others(calls, make, at_noon, make_worker):
    """Its queue takes nothing, its inputs do not fit any more, or its recipe is gone."""
    calls.call("create_queue", queue_name="closed", options={"accepts_work": False})
    make("a", options={"queue_name": "closed"})
    make("b", workflow="fill", inputs={"kg": "much"})
    make("c", options={"set_name": "gone"})
    make("d", workflow="mix")
    make_worker("fill", parameters=[{"name": "kg", "type": "number", "required": True}])
    at_noon.advance(3600)
    calls.maintain()
    found = {}
    for name in "abcd":
        (run,) = calls.call("list_schedule_runs", schedule_name=name)
        found[name] = (run["outcome"], (run["message"] or "").split(":")[0])
    assert found["a"] == ("refused", "WF005 queue_name is closed")
    assert found["b"][0] == "refused" and found["b"][1].startswith("WF002 inputs do not fit")
    assert found["c"][0] == "refused" and "set_name" in found["c"][1]
    assert found["d"] == ("enqueued", "")
    audited = "select detail from workflows.audit where event = 'schedule refused' order by 1"
    assert calls.rows(audited) == [("a",), ("b",), ("c",)]
    assert calls.value("select count(*) from workflows.schedule_run where workflow_id is null") == 3


@pytest.mark.parametrize("state, is_skipped", [("22P02", True), ("WF002", True), ("40P01", False)])
def test_what_cannot_even_be_asked_for_does_not_stop_maintenance(
    calls, make, at_noon, state, is_skipped
):
    """Whatever is wrong with one schedule; what may pass, such as a deadlock, is tried again."""
    make("a")
    make("b", workflow="fill")
    name = f"{SCHEMA}.occurrence_request"
    source = calls.value("select pg_get_functiondef(%s::regproc)", name)
    fails = f"\nbegin\n  if p_schedule.schedule_name = 'a' then raise sqlstate '{state}'; end if;"
    calls.conn.execute(source.replace("\nbegin", fails, 1))
    for hour in (1, 2):
        at_noon.advance(3600)
        if not is_skipped:
            with pytest.raises(psycopg.errors.DeadlockDetected):
                calls.maintain()
            continue
        calls.maintain()
        assert runs(calls, "a")[-1] == (f"{12 + hour}:00", "refused")
        assert runs(calls, "b")[-1] == (f"{12 + hour}:00", "enqueued")
    query = "select count(*) from workflows.audit where event = 'schedule refused'"
    assert calls.value(query) == (2 if is_skipped else 0)


def test_a_time_zone_that_the_server_lost_pauses_the_schedule_alone(calls, make, at_noon):
    make("a")
    make("b")
    calls.run("update workflows.schedule set time_zone = 'Gone/Town' where schedule_name = 'a'")
    at_noon.advance(3600)
    calls.maintain()
    query = "select is_paused, pause_reason from workflows.schedule where schedule_name = 'a'"
    assert calls.rows(query)[0] == (True, "this server does not know its time zone")
    assert runs(calls, "b") == [("13:00", "enqueued")]
    assert schedule_of(calls, "a")["next_local_time"] is None
    assert calls.value("select count(*) from workflows.schedule_status") == 2
    with refused("WF002", "time_zone"):
        calls.call("resume_schedule", schedule_name="a")


def test_whoever_holds_its_deduplication_id_is_its_workflow(calls, make, at_noon):
    make(options={"deduplication_id": "one at a time"})
    for _ in range(2):
        at_noon.advance(3600)
        calls.maintain()
    first, second = calls.rows(
        "select workflow_id, message from workflows.schedule_run order by occurs_at"
    )
    assert first[0] == second[0]
    assert second[1] == "another one holds its deduplication id"


def test_the_view_says_what_comes_next(calls, make, at_noon):
    make(cron="0 22 * * *", time_zone="Europe/Vienna", ends_at="2026-06-05T00:00:00Z")
    rows = calls.rows("select n, local_time, is_skipped from workflows.schedule_next order by n")
    assert rows == [(n, f"2026-06-0{n} 22:00:00", False) for n in range(1, 5)]
    calls.call("pause_schedule", schedule_name="hourly")
    assert calls.rows("select n from workflows.schedule_next") == []


def test_the_status_says_what_it_did_and_does(calls, make, at_noon):
    make()
    at_noon.advance(3600)
    calls.maintain()
    row = calls.rows("""select timing, is_paused, next_local_time, last_outcome, last_status
      from workflows.schedule_status""")[0]
    assert row == ("0 * * * *", False, "2026-06-01 14:00:00", "enqueued", "ENQUEUED")


def test_f34_the_server_in_another_time_zone(calls, make, at_noon, conn, connect, database):
    """Everything that is stored is a moment; the zone of a schedule is its own."""
    make(cron="30 2 * * *", time_zone="Europe/Vienna")
    conn.execute(f"alter database {database} set timezone = 'America/New_York'")
    other = connect()
    other.execute("set timezone = 'Australia/Lord_Howe'")
    at_noon.advance(timedelta(hours=12, minutes=30).total_seconds())
    other.execute(f"select {SCHEMA}.run_maintenance()")
    assert runs(calls) == [("00:30", "enqueued")]
    assert schedule_of(calls)["next_local_time"] == "2026-06-03 02:30:00"
