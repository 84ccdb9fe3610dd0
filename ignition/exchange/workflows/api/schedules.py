"""Schedules: what is enqueued by itself, and when. Answers envelopes like service.

Times are texts like "2026-01-31T08:00:00Z". The page docs/guides/schedules.md says what the clock changes do,
and what becomes of occurrences that nobody fired in time. Calendars and blackouts are in api.calendars.
"""

from __future__ import absolute_import, division, print_function

from exchange.workflows.api.arguments import given, require
from exchange.workflows.api.envelope import (
    answers,
    camel_case_keys,
    makeErr,
    makeOk,
    to_snake_case_keys,
)
from exchange.workflows.engine.instance import getWorkflows


@answers("SCHEDULE_CREATE_FAILED")
def createSchedule(
    scheduleName=None,
    workflowName=None,
    cron=None,
    intervalSeconds=None,
    startsAt=None,
    endsAt=None,
    timeZone=None,
    inputs=None,
    options=None,
    occursAtInput=None,
    catchUp=None,
    catchUpSeconds=None,
    calendarName=None,
    description=None,
    reason=None,
    actor=None,
    dbName=None,
):
    """Makes a schedule.

    cron (five fields, or "@daily" and so on, in timeZone, a name such as "Europe/Vienna", "UTC" if left out), or
    intervalSeconds (from startsAt, or from now), or startsAt alone: once. endsAt: not after that.
    inputs, options: what each workflow is enqueued with; options is a dict of what enqueue takes, with its
    template and recipe: {"queueName": "line", "setName": "rye"}. occursAtInput: the input that is told the moment
    of the occurrence. catchUp: "skip" (as it is left out), "last" or "all" of those that were missed,
    catchUpSeconds: and how old one may be. calendarName: only while that one is open. reason, actor: for the audit.

    Answers SCHEDULE_CREATED: the keys of listSchedules. Errors: INVALID_ARGUMENTS, DUPLICATE (one of that name),
    SCHEDULE_CREATE_FAILED.

        exchange.workflows.api.schedules.createSchedule("report", "Report", cron="0 6 * * *", timeZone="Europe/Vienna")
    """
    require(scheduleName=scheduleName, workflowName=workflowName)
    changes = given(
        cron=cron,
        intervalSeconds=intervalSeconds,
        startsAt=startsAt,
        endsAt=endsAt,
        timeZone=timeZone,
        inputs=inputs,
        options=options,
        occursAtInput=occursAtInput,
        catchUp=catchUp,
        catchUpSeconds=catchUpSeconds,
        calendarName=calendarName,
        description=description,
    )
    workflows = getWorkflows(dbName)
    text = _options_text(workflows, changes, actor, reason)
    row = workflows.store.create_schedule(scheduleName, workflowName, text)
    return makeOk("SCHEDULE_CREATED", _next_of(row), camel_case_keys(row))


@answers("SCHEDULE_CHANGE_FAILED")
def setSchedule(scheduleName=None, changes=None, reason=None, actor=None, dbName=None):
    """Changes a schedule: what is in the dict changes, by the names of createSchedule; None takes one back.

    Where its times change it goes on with the first occurrence after now.

    Answers SCHEDULE_CHANGED: the keys of listSchedules. Errors: NOT_FOUND, INVALID_ARGUMENTS,
    SCHEDULE_CHANGE_FAILED.

        exchange.workflows.api.schedules.setSchedule("report", {"cron": "0 7 * * *"}, actor="anna")
    """
    require(scheduleName=scheduleName, changes=changes)
    workflows = getWorkflows(dbName)
    row = workflows.store.set_schedule(scheduleName, _options_text(workflows, changes, actor, reason))
    return makeOk("SCHEDULE_CHANGED", _next_of(row), camel_case_keys(row))


@answers("SCHEDULE_DELETE_FAILED")
def deleteSchedule(scheduleName=None, reason=None, actor=None, dbName=None):
    """Deletes a schedule; what it has enqueued goes on.

    Answers SCHEDULE_DELETED {scheduleName}. Errors: NOT_FOUND, SCHEDULE_DELETE_FAILED.

        exchange.workflows.api.schedules.deleteSchedule("report", actor="anna")
    """
    require(scheduleName=scheduleName)
    store = getWorkflows(dbName).store
    row = store.delete_schedule(scheduleName, given(actor=actor, reason=reason))
    return makeOk("SCHEDULE_DELETED", "deleted", camel_case_keys(row))


@answers("SCHEDULE_PAUSE_FAILED")
def pauseSchedule(scheduleName=None, reason=None, actor=None, dbName=None):
    """Nothing is enqueued until resumeSchedule; that is not made up for.

    Answers SCHEDULE_PAUSED: the keys of listSchedules. Errors: NOT_FOUND, SCHEDULE_PAUSE_FAILED.

        exchange.workflows.api.schedules.pauseSchedule("report", reason="new printer")
    """
    require(scheduleName=scheduleName)
    row = getWorkflows(dbName).store.pause_schedule(scheduleName, given(actor=actor, reason=reason))
    return makeOk("SCHEDULE_PAUSED", "paused", camel_case_keys(row))


@answers("SCHEDULE_RESUME_FAILED")
def resumeSchedule(scheduleName=None, reason=None, actor=None, dbName=None):
    """Goes on with the first occurrence after now.

    Answers SCHEDULE_RESUMED: the keys of listSchedules. Errors: NOT_FOUND, SCHEDULE_RESUME_FAILED.

        exchange.workflows.api.schedules.resumeSchedule("report")
    """
    require(scheduleName=scheduleName)
    row = getWorkflows(dbName).store.resume_schedule(scheduleName, given(actor=actor, reason=reason))
    return makeOk("SCHEDULE_RESUMED", _next_of(row), camel_case_keys(row))


@answers("SCHEDULE_RUN_FAILED")
def runSchedule(scheduleName=None, reason=None, actor=None, dbName=None):
    """Enqueues what the schedule would, now, also where it is paused or closed.

    Answers SCHEDULE_RUN {workflowId, scheduleName}. Errors: NOT_FOUND, and what enqueue answers where it refuses;
    DATABASE_UNAVAILABLE, and where its message says that the outcome is unknown, look with listScheduleRuns before you
    call again; SCHEDULE_RUN_FAILED.

        print(exchange.workflows.api.schedules.runSchedule("report", actor="anna")["workflowId"])
    """
    require(scheduleName=scheduleName)
    workflow_id = getWorkflows(dbName).store.run_schedule(scheduleName, given(actor=actor, reason=reason))
    return makeOk("SCHEDULE_RUN", "enqueued", {"workflowId": workflow_id, "scheduleName": scheduleName})


@answers("SCHEDULE_SEARCH_FAILED")
def listSchedules(workflowName=None, calendarName=None, isPaused=None, scheduleName=None, dbName=None):
    """The schedules, by name.

    Answers SCHEDULES_OK {schedules, count}; each has the names of createSchedule, kind, isPaused, pauseReason,
    nextAt, nextLocalTime, createdAt, createdBy, changedAt and changedBy. Errors: SCHEDULE_SEARCH_FAILED.

        for one in exchange.workflows.api.schedules.listSchedules()["schedules"]:
            print(one["scheduleName"], one["nextLocalTime"])
    """
    filters = given(
        workflow_name=workflowName,
        calendar_name=calendarName,
        is_paused=isPaused,
        schedule_name=scheduleName,
    )
    rows = [camel_case_keys(row) for row in getWorkflows(dbName).store.list_schedules(filters)]
    return makeOk("SCHEDULES_OK", "%d found" % len(rows), {"schedules": rows, "count": len(rows)})


@answers("SCHEDULE_RUN_SEARCH_FAILED")
def listScheduleRuns(scheduleName=None, outcome=None, limit=100, dbName=None):
    """What became of the latest occurrences, the newest first.

    outcome: "enqueued", "skipped_late", "skipped_blackout", "skipped_closed" or "refused". limit: at most 1000.

    Answers SCHEDULE_RUNS_OK {runs, count}; each has occursAt, localTime, outcome, isManual, workflowId, message,
    actor and firedAt. Errors: NOT_FOUND, INVALID_ARGUMENTS, SCHEDULE_RUN_SEARCH_FAILED.

        print(exchange.workflows.api.schedules.listScheduleRuns("report", outcome="refused")["runs"])
    """
    require(scheduleName=scheduleName)
    store = getWorkflows(dbName).store
    if not store.list_schedules({"schedule_name": scheduleName}):
        return makeErr("NOT_FOUND", "there is no schedule of that name", {"scheduleName": scheduleName})
    found = store.list_schedule_runs(scheduleName, given(outcome=outcome, limit=limit))
    rows = [camel_case_keys(row) for row in found]
    return makeOk("SCHEDULE_RUNS_OK", "%d found" % len(rows), {"runs": rows, "count": len(rows)})


def _options_text(workflows, changes, actor, reason):
    """What a scripter gives, as the SQL function reads it. Only names change: inputs are the workflow's own."""
    options = to_snake_case_keys(changes)
    if isinstance(options.get("options"), dict):
        options["options"] = to_snake_case_keys(options["options"])
    options.update(given(actor=actor, reason=reason))
    return workflows.json_text(options, "options")


def _next_of(row):
    return "next at %s %s" % (row["next_local_time"], row["time_zone"]) if row["next_at"] else "it does not occur"
