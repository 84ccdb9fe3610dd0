"""When a calendar is open, what a blackout leaves out, and the queues that follow them."""

import pytest

from tests.calls import refused

# Monday.
NOON = "2026-06-01 12:00:00+00"
WEEK = ["mon", "tue", "wed", "thu", "fri"]
SHIFTS = [
    {"name": "early", "weekdays": WEEK, "starts_at": "06:00", "ends_at": "14:00"},
    {"name": "night", "weekdays": ["fri"], "starts_at": "22:00", "ends_at": "06:00"},
]
HOLIDAYS = [
    {"date": "2026-06-04", "name": "Corpus Christi"},
    {"date": "2026-06-05", "name": "short day", "starts_at": "08:00", "ends_at": "10:00"},
]


@pytest.fixture
def at_noon(clock):
    clock._frozen_at = NOON
    clock.advance(0)
    return clock


@pytest.fixture
def plan(calls, at_noon):
    def set_calendar(name="works", **more):
        calendar = {"time_zone": "Europe/Vienna", "shifts": SHIFTS, "holidays": HOLIDAYS, **more}
        return calls.call("set_calendar", calendar_name=name, calendar=calendar)

    return set_calendar


def is_open(calls, local, name="works"):
    query = "select workflows.calendar_is_open(%s, %s::timestamp at time zone 'Europe/Vienna')"
    return calls.value(query, name, local)


def test_shifts(calls, plan):
    plan()
    found = {
        local: is_open(calls, f"2026-06-{local}")
        for local in (
            *("01 05:59", "01 06:00", "01 13:59", "01 14:00", "06 07:00", "07 07:00"),
            *("12 21:59", "12 22:00", "13 05:59", "13 06:00", "12 00:00"),
        )
    }
    assert [local for local, is_open in found.items() if is_open] == [
        *("01 06:00", "01 13:59", "12 22:00", "13 05:59")
    ]


def test_holidays_take_the_place_of_what_begins_on_them(calls, plan):
    plan()
    found = [
        is_open(calls, f"2026-06-{local}")
        for local in ("04 07:00", "05 07:00", "05 08:00", "05 10:00", "05 23:00", "06 01:00")
    ]
    assert found == [False, False, True, False, False, False]


def test_the_night_before_a_holiday_goes_on_into_it(calls, plan):
    plan(shifts=[{"name": "night", "weekdays": WEEK, "starts_at": "22:00", "ends_at": "06:00"}])
    assert [is_open(calls, f"2026-06-{at}") for at in ("04 05:00", "04 23:00", "05 05:00")] == [
        *(True, False, False)
    ]


def test_without_shifts_every_other_day_is_open(calls, plan):
    plan(shifts=[])
    assert [is_open(calls, f"2026-06-{at}") for at in ("03 03:00", "04 03:00", "05 09:00")] == [
        *(True, False, True)
    ]


def test_an_hour_that_comes_twice_is_open_twice_and_one_left_out_never(calls, plan):
    plan(shifts=[{"name": "x", "weekdays": ["sun"], "starts_at": "02:00", "ends_at": "03:00"}])
    query = """select count(*) from generate_series(%s::timestamptz, %s::timestamptz, '1 minute') t
      where workflows.calendar_is_open('works', t)"""
    assert calls.value(query, "2026-10-24 20:00+00", "2026-10-25 20:00+00") == 120
    assert calls.value(query, "2026-03-28 20:00+00", "2026-03-29 20:00+00") == 0


def test_a_schedule_on_shift_alone(calls, plan, at_noon):
    plan()
    options = {"cron": "0 * * * *", "calendar_name": "works", "catch_up": "all"}
    calls.call("create_schedule", schedule_name="sample", workflow_name="mix", options=options)
    at_noon.advance(24 * 3600)
    calls.maintain()
    query = """select count(*) from workflows.schedule_run where outcome = %s
      and (message is null or message = 'the calendar works is closed')"""
    # in Vienna it is two hours later: Tuesday from 6 to 13
    assert calls.value(query, "enqueued") == 8
    assert calls.value(query, "skipped_closed") == 16


def test_the_view_says_which_are_left_out_and_why(calls, plan):
    plan()
    options = {"cron": "0 7 * * *", "calendar_name": "works", "time_zone": "Europe/Vienna"}
    calls.call("create_schedule", schedule_name="start", workflow_name="mix", options=options)
    options = {"schedule_name": "start", "reason": "no water"}
    calls.call(
        "add_blackout",
        starts_at="2026-06-02T00:00:00Z",
        ends_at="2026-06-03T00:00:00Z",
        options=options,
    )
    rows = calls.rows("select local_time, skip_reason from workflows.schedule_next order by n")
    assert [(day[8:10], why) for day, why in rows[:4]] == [
        ("02", "blackout 1: no water"),
        ("03", None),
        ("04", "the calendar works is closed"),
        ("05", "the calendar works is closed"),
    ]


@pytest.mark.parametrize(
    ("scope", "left_out"),
    [({}, "abc"), ({"schedule_name": "a"}, "a"), ({"calendar_name": "works"}, "ab")],
)
def test_what_a_blackout_is_for(calls, plan, at_noon, scope, left_out):
    plan(shifts=[], holidays=[])
    for name, calendar in (("a", "works"), ("b", "works"), ("c", None)):
        options = {"cron": "0 * * * *", "calendar_name": calendar}
        calls.call("create_schedule", schedule_name=name, workflow_name="mix", options=options)
    added = calls.call(
        "add_blackout",
        starts_at="2026-06-01T13:00:00Z",
        ends_at="2026-06-01T14:00:00Z",
        options={**scope, "reason": "inspection"},
    )
    at_noon.advance(3600)
    calls.maintain()
    query = "select schedule_name from workflows.schedule_run where outcome = 'skipped_blackout'"
    assert sorted(name for (name,) in calls.rows(query)) == list(left_out)
    (found,) = calls.call("list_blackouts")
    assert (found["blackout_id"], found["is_in_force"]) == (added["blackout_id"], True)
    at_noon.advance(3600)
    calls.maintain()
    assert len(calls.rows(query)) == len(left_out)
    assert calls.call("list_blackouts", filter={"is_over": False}) == []


def test_a_queue_opens_and_closes_with_its_calendar(calls, plan, at_noon, make_worker):
    plan()
    calls.call("create_queue", queue_name="line", options={"calendar_name": "works"})
    worker = make_worker("mix", queues=("line", "default"))
    waiting = calls.enqueue("mix", queue_name="line")
    depth = "select is_open, enqueued from workflows.queue_depth where queue_name = 'line'"
    # Monday 14:00 in Vienna: the shift is over
    assert calls.rows(depth) == [(False, 1)]
    assert worker.claim(5) == []
    other = calls.enqueue("mix")
    assert worker.work_off() == [other]
    at_noon.advance(16 * 3600)
    worker = make_worker("mix", queues=("line", "default"))
    assert worker.claim(5) == []
    calls.maintain()
    assert calls.rows(depth) == [(True, 1)]
    assert worker.claim_ids(5) == [waiting]
    (line,) = [q for q in calls.call("list_queues") if q["queue_name"] == "line"]
    assert (line["calendar_name"], line["is_open"]) == ("works", True)


def test_equipment_is_not_handed_to_a_closed_queue(calls, plan, make_worker):
    """Others get it meanwhile, and who waited gets it when the queue opens."""
    plan("always", shifts=[], holidays=[])
    calls.call("create_queue", queue_name="line", options={"calendar_name": "always"})
    worker = make_worker("mix", queues=("line", "default"))
    calls.enqueue("mix", resources=["mixer"])
    first = worker.claim_one()
    waiting = calls.enqueue("mix", queue_name="line", resources=["mixer"])
    assert worker.claim(5) == []
    assert calls.status(waiting) == "BLOCKED"
    span = {"starts_at": "2026-06-01T11:00:00Z", "ends_at": "2026-06-01T13:00:00Z"}
    blackout = calls.call("add_blackout", **span, options={"calendar_name": "always"})
    worker.finish(first)
    assert worker.claim(5) == []
    other = calls.enqueue("mix", resources=["mixer"])
    assert worker.work_off() == [other]
    calls.call("remove_blackout", blackout_id=blackout["blackout_id"])
    assert worker.claim_ids(5) == [waiting]


@pytest.mark.parametrize(
    ("function", "guard", "instead"),
    [
        ("claim_quota", "not q.is_paused and q.is_open and", "not q.is_paused and"),
        ("gate_head", "or not q.is_open", ""),
    ],
)
def test_without_looking_at_is_open_it_is_found_out(
    calls, plan, at_noon, make_worker, function, guard, instead
):
    """The negative control."""
    source = calls.value(f"select pg_get_functiondef('workflows.{function}'::regproc)")
    assert guard in source
    calls.conn.execute(source.replace(guard, instead))
    with pytest.raises(AssertionError):
        if function == "gate_head":
            test_equipment_is_not_handed_to_a_closed_queue(calls, plan, make_worker)
        else:
            test_a_queue_opens_and_closes_with_its_calendar(calls, plan, at_noon, make_worker)


def test_following_another_calendar_or_none_is_at_once(calls, plan):
    plan()
    plan("always", shifts=[], holidays=[])
    for calendar, is_open_now in (
        ("works", False),
        ("always", True),
        ("works", False),
        (None, True),
    ):
        answer = calls.set_queue(calendar_name=calendar)
        assert (answer["calendar_name"], answer["is_open"]) == (calendar, is_open_now)
    with refused("WF002", "calendar_name"):
        calls.set_queue(calendar_name="none")


def test_a_blackout_closes_what_follows_its_calendar_at_once(calls, plan):
    plan("always", shifts=[], holidays=[])
    calls.set_queue(calendar_name="always")
    is_open_now = "select is_open from workflows.queue where queue_name = 'default'"
    span = {"starts_at": "2026-06-01T11:00:00Z", "ends_at": "2026-06-01T13:00:00Z"}
    for scope in ({"calendar_name": "always"}, {}):
        added = calls.call("add_blackout", **span, options=scope)
        assert calls.value(is_open_now) is False
        calls.call("remove_blackout", blackout_id=added["blackout_id"])
        assert calls.value(is_open_now) is True


def test_setting_a_calendar_replaces_it(calls, plan):
    first = plan()
    assert [shift["name"] for shift in first["shifts"]] == ["early", "night"]
    assert first["shifts"][0]["weekdays"] == WEEK
    again = plan(shifts=SHIFTS[:1], holidays=[])
    (listed,) = calls.call("list_calendars")
    assert listed.pop("is_open") is False
    assert listed == again
    assert plan(**{key: again[key] for key in again}) == again


def test_one_that_is_followed_is_not_deleted(calls, plan):
    plan()
    calls.set_queue(calendar_name="works")
    with refused("WF002", "calendar_name") as detail:
        calls.call("delete_calendar", calendar_name="works")
    assert detail["problem"] == "is followed by the queue default"
    calls.set_queue(calendar_name=None)
    options = {"cron": "@daily", "calendar_name": "works"}
    calls.call("create_schedule", schedule_name="a", workflow_name="mix", options=options)
    with refused("WF002", "calendar_name"):
        calls.call("delete_calendar", calendar_name="works")
    calls.call("set_schedule", schedule_name="a", options={"calendar_name": None})
    calls.call("delete_calendar", calendar_name="works")
    assert calls.call("list_calendars") == []
    with refused("WF003", "calendar_name"):
        calls.call("delete_calendar", calendar_name="works")


BAD = (
    *({"time_zone": "CET+1"}, {"time_zone": None}, {"colour": 1}, {"shifts": "x"}),
    *({"shifts": [{"name": "x"}]}, {"shifts": [{**SHIFTS[0], "weekdays": ["monday"]}]}),
    *({"shifts": [{**SHIFTS[0], "starts_at": "6:00"}]}, {"shifts": [SHIFTS[0], SHIFTS[0]]}),
    *({"shifts": [{**SHIFTS[0], "ends_at": "24:00"}]}, {"shifts": [{**SHIFTS[0], "x": 1}]}),
    *({"holidays": [{"date": "2026-02-30"}]}, {"holidays": [{"date": "Easter"}]}),
    *({"holidays": [{"date": "2026-06-01", "starts_at": "06:00"}]}, {"description": 5}),
    *({"holidays": [HOLIDAYS[0], HOLIDAYS[0]]}, {"holidays": [5]}),
)


def test_what_does_not_fit_is_refused(calls, plan):
    for more in BAD:
        with refused("WF002", "calendar") as detail:
            plan(**more)
        assert detail["problem"], more
    assert calls.call("list_calendars") == []


def test_blackouts_that_do_not_fit(calls, plan):
    plan()
    day = "2026-06-01T00:00:00Z"
    with refused("WF002", "ends_at"):
        calls.call("add_blackout", starts_at=day, ends_at=day)
    later = {"starts_at": day, "ends_at": "2026-06-02T00:00:00Z"}
    with refused("WF002", "calendar_name"):
        calls.call("add_blackout", **later, options={"calendar_name": "none"})
    with refused("WF003", "schedule_name"):
        calls.call("add_blackout", **later, options={"schedule_name": "none"})
    with refused("WF002", "calendar_name"):
        calls.call(
            "add_blackout", **later, options={"schedule_name": "a", "calendar_name": "works"}
        )
    with refused("WF003", "blackout_id"):
        calls.call("remove_blackout", blackout_id=7)
