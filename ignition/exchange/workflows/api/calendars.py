"""Calendars and blackouts: when a plant works, and when nothing is to start. Answers envelopes like service."""

from __future__ import absolute_import, division, print_function

from exchange.workflows.api.arguments import given, require
from exchange.workflows.api.envelope import answers, camel_case_keys, makeOk, to_snake_case_keys
from exchange.workflows.engine.instance import getWorkflows


@answers("CALENDAR_SET_FAILED")
def setCalendar(
    calendarName=None, timeZone=None, shifts=None, holidays=None, description=None, reason=None, actor=None, dbName=None
):
    """Makes a calendar, or replaces the one of that name.

    timeZone: a name such as "Europe/Vienna". shifts: dicts with name, weekdays ("mon" to "sun"), startsAt and
    endsAt ("06:00"); one that ends when or before it starts goes on after midnight. Without shifts every day is
    open. holidays: dicts with date ("2026-12-25") and name: closed; with startsAt and endsAt: open then.

    Answers CALENDAR_SET {calendarName, timeZone, shifts, holidays, description, changedAt, changedBy}.
    Errors: INVALID_ARGUMENTS, CALENDAR_SET_FAILED.

        exchange.workflows.api.calendars.setCalendar("works", "Europe/Vienna", [
            {"name": "early", "weekdays": ["mon", "tue"], "startsAt": "06:00", "endsAt": "14:00"}])
    """
    require(calendarName=calendarName, timeZone=timeZone)
    calendar = given(time_zone=timeZone, description=description)
    calendar["shifts"] = [to_snake_case_keys(one) for one in shifts or []]
    calendar["holidays"] = [to_snake_case_keys(one) for one in holidays or []]
    workflows = getWorkflows(dbName)
    text = workflows.json_text(calendar, "calendar")
    row = workflows.store.set_calendar(calendarName, text, given(actor=actor, reason=reason))
    return makeOk("CALENDAR_SET", "set", _calendar_of(row))


@answers("CALENDAR_DELETE_FAILED")
def deleteCalendar(calendarName=None, reason=None, actor=None, dbName=None):
    """Deletes a calendar that no schedule and no queue follows.

    Answers CALENDAR_DELETED {calendarName}. Errors: INVALID_ARGUMENTS (who follows it), NOT_FOUND,
    CALENDAR_DELETE_FAILED.

        exchange.workflows.api.calendars.deleteCalendar("works")
    """
    require(calendarName=calendarName)
    row = getWorkflows(dbName).store.delete_calendar(calendarName, given(actor=actor, reason=reason))
    return makeOk("CALENDAR_DELETED", "deleted", camel_case_keys(row))


@answers("CALENDAR_SEARCH_FAILED")
def listCalendars(dbName=None):
    """Every calendar, by name.

    Answers CALENDARS_OK {calendars, count}; each has the keys of setCalendar, and isOpen: now.
    Errors: CALENDAR_SEARCH_FAILED.

        print([one["isOpen"] for one in exchange.workflows.api.calendars.listCalendars()["calendars"]])
    """
    rows = [_calendar_of(row) for row in getWorkflows(dbName).store.list_calendars()]
    return makeOk("CALENDARS_OK", "%d found" % len(rows), {"calendars": rows, "count": len(rows)})


@answers("BLACKOUT_ADD_FAILED")
def addBlackout(
    startsAt=None, endsAt=None, scheduleName=None, calendarName=None, reason=None, actor=None, dbName=None
):
    """From startsAt until endsAt nothing is started.

    startsAt, endsAt: texts like "2026-01-31T08:00:00Z". scheduleName: by one schedule; calendarName: by schedules
    and from queues that follow that calendar; neither: by every schedule, and from every queue with a calendar.

    Answers BLACKOUT_ADDED {blackoutId, scheduleName, calendarName, startsAt, endsAt, reason, createdAt, createdBy}.
    Errors: INVALID_ARGUMENTS, NOT_FOUND (the schedule), BLACKOUT_ADD_FAILED.

        exchange.workflows.api.calendars.addBlackout("2026-08-03T00:00:00Z", "2026-08-17T00:00:00Z", reason="holidays")
    """
    require(startsAt=startsAt, endsAt=endsAt)
    options = given(schedule_name=scheduleName, calendar_name=calendarName, actor=actor, reason=reason)
    row = getWorkflows(dbName).store.add_blackout(startsAt, endsAt, options)
    return makeOk("BLACKOUT_ADDED", "added", camel_case_keys(row))


@answers("BLACKOUT_REMOVE_FAILED")
def removeBlackout(blackoutId=None, reason=None, actor=None, dbName=None):
    """Takes a blackout away.

    Answers BLACKOUT_REMOVED: the keys of addBlackout. Errors: NOT_FOUND, BLACKOUT_REMOVE_FAILED.

        exchange.workflows.api.calendars.removeBlackout(7)
    """
    require(blackoutId=blackoutId)
    row = getWorkflows(dbName).store.remove_blackout(blackoutId, given(actor=actor, reason=reason))
    return makeOk("BLACKOUT_REMOVED", "removed", camel_case_keys(row))


@answers("BLACKOUT_SEARCH_FAILED")
def listBlackouts(scheduleName=None, calendarName=None, isOver=None, dbName=None):
    """Blackouts, by their beginning. isOver: True for those of the past, False for the others.

    Answers BLACKOUTS_OK {blackouts, count}; each has the keys of addBlackout, and isInForce: now.
    Errors: BLACKOUT_SEARCH_FAILED.

        print(exchange.workflows.api.calendars.listBlackouts(isOver=False)["count"])
    """
    filters = given(schedule_name=scheduleName, calendar_name=calendarName, is_over=isOver)
    rows = [camel_case_keys(row) for row in getWorkflows(dbName).store.list_blackouts(filters)]
    return makeOk("BLACKOUTS_OK", "%d found" % len(rows), {"blackouts": rows, "count": len(rows)})


def _calendar_of(row):
    row = camel_case_keys(row)
    row["shifts"] = [camel_case_keys(one) for one in row["shifts"]]
    row["holidays"] = [camel_case_keys(one) for one in row["holidays"]]
    return row
