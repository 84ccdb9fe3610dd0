"""Schedules, calendars and blackouts as a gateway script sees them."""

import psycopg

from exchange.workflows.api import calendars, schedules
from exchange.workflows.cpython import psycopg_connector

SPAN = {"startsAt": "2031-01-01T00:00:00Z", "endsAt": "2031-01-02T00:00:00Z"}
SHIFT = {"name": "day", "weekdays": ["mon"], "startsAt": "06:00", "endsAt": "14:00"}


def ok(answer, code):
    assert (answer["ok"], answer["code"]) == (True, code), answer
    return answer


def test_the_life_of_a_schedule(workflows):
    ok(calendars.setCalendar("works", "Europe/Vienna", [SHIFT]), "CALENDAR_SET")
    made = schedules.createSchedule(
        "report",
        "Report",
        cron="0 6 * * *",
        timeZone="Europe/Vienna",
        inputs={"lineNo": 1},
        options={"partitionKey": "k"},
        calendarName="works",
        occursAtInput="day",
        catchUp="last",
        actor="anna",
    )
    ok(made, "SCHEDULE_CREATED")
    assert (made["inputs"], made["options"]) == ({"lineNo": 1}, {"partition_key": "k"})
    assert made["nextLocalTime"].endswith("06:00:00")
    assert schedules.createSchedule("report", "Report", cron="@daily")["code"] == "DUPLICATE"
    changed = schedules.setSchedule("report", {"catchUp": None, "calendarName": None})
    assert (changed["catchUp"], changed["calendarName"]) == ("skip", None)
    ok(schedules.pauseSchedule("report", reason="printer"), "SCHEDULE_PAUSED")
    (listed,) = ok(schedules.listSchedules(isPaused=True), "SCHEDULES_OK")["schedules"]
    assert listed["pauseReason"] == "printer"
    ok(schedules.resumeSchedule("report"), "SCHEDULE_RESUMED")
    ran = ok(schedules.runSchedule("report", actor="carla"), "SCHEDULE_RUN")
    (run,) = ok(schedules.listScheduleRuns("report"), "SCHEDULE_RUNS_OK")["runs"]
    assert (run["workflowId"], run["isManual"], run["actor"]) == (ran["workflowId"], True, "carla")
    assert "day" in workflows.store.get_workflow(ran["workflowId"])["inputs"]
    ok(schedules.deleteSchedule("report"), "SCHEDULE_DELETED")


def test_a_run_whose_answer_is_lost_is_not_repeated(workflows, monkeypatch):
    """The call commits and the connection breaks before the answer arrives."""
    ask = psycopg_connector._one_value

    def lose(conn, sql, args):
        answer = ask(conn, sql, args)
        if ".run_schedule(" in sql:
            conn.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return answer

    schedules.createSchedule("report", "Report", cron="@daily")
    monkeypatch.setattr(psycopg_connector, "_one_value", lose)
    answer = schedules.runSchedule("report")
    assert (answer["ok"], answer["code"]) == (False, "DATABASE_UNAVAILABLE")
    assert "is unknown" in answer["message"] and "look whether" in answer["message"]
    assert schedules.listScheduleRuns("report")["count"] == 1


def test_calendars_and_blackouts(workflows):
    made = ok(calendars.setCalendar("works", "Europe/Vienna", [SHIFT]), "CALENDAR_SET")
    assert made["shifts"][0]["startsAt"] == "06:00:00"
    assert calendars.listCalendars()["count"] == 1
    added = ok(calendars.addBlackout(calendarName="works", reason="x", **SPAN), "BLACKOUT_ADDED")
    assert calendars.listBlackouts(isOver=False)["blackouts"][0]["isInForce"] is False
    ok(calendars.removeBlackout(added["blackoutId"]), "BLACKOUT_REMOVED")
    ok(calendars.deleteCalendar("works"), "CALENDAR_DELETED")


def test_what_is_wrong_is_named_as_it_was_typed(workflows):
    answers = [
        schedules.createSchedule("a", "b", cron="0 0 30 2 *"),
        schedules.createSchedule("a", "b", cron="@daily", timeZone="Mars/Base"),
        schedules.createSchedule("a", "b", intervalSeconds=0),
        schedules.createSchedule("a"),
    ]
    assert [(one["code"], one["field"]) for one in answers] == [
        ("INVALID_ARGUMENTS", "cron"),
        ("INVALID_ARGUMENTS", "timeZone"),
        ("INVALID_ARGUMENTS", "intervalSeconds"),
        ("INVALID_ARGUMENTS", "workflowName"),
    ]
    for function in (schedules.pauseSchedule, schedules.runSchedule, schedules.listScheduleRuns):
        assert function("none")["code"] == "NOT_FOUND"
    assert calendars.addBlackout("soon", "later")["ok"] is False
