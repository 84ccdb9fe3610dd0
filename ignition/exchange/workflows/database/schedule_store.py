"""The part of store.py about schedules, calendars and blackouts: one method per SQL function."""

from __future__ import absolute_import, division, print_function

import json

PARAMETERS = {
    "next_occurrence": ("p_cron text", "p_time_zone text", "p_after timestamptz"),
    "create_schedule": ("p_schedule_name text", "p_workflow_name text", "p_options text"),
    "set_schedule": ("p_schedule_name text", "p_options text"),
    "delete_schedule": ("p_schedule_name text", "p_options text"),
    "pause_schedule": ("p_schedule_name text", "p_options text"),
    "resume_schedule": ("p_schedule_name text", "p_options text"),
    "run_schedule": ("p_schedule_name text", "p_options text"),
    "list_schedules": ("p_filter text",),
    "list_schedule_runs": ("p_schedule_name text", "p_options text"),
    "set_calendar": ("p_calendar_name text", "p_calendar text", "p_options text"),
    "delete_calendar": ("p_calendar_name text", "p_options text"),
    "list_calendars": (),
    "add_blackout": ("p_starts_at timestamptz", "p_ends_at timestamptz", "p_options text"),
    "remove_blackout": ("p_blackout_id integer", "p_options text"),
    "list_blackouts": ("p_filter text",),
}


class ScheduleStore(object):
    def next_occurrence(self, cron, time_zone, after):
        return self._text("next_occurrence", cron, time_zone, after)

    def create_schedule(self, schedule_name, workflow_name, options):
        return self._json("create_schedule", schedule_name, workflow_name, options)

    def set_schedule(self, schedule_name, options):
        return self._json("set_schedule", schedule_name, options)

    def delete_schedule(self, schedule_name, options):
        return self._json("delete_schedule", schedule_name, json.dumps(options))

    def pause_schedule(self, schedule_name, options):
        return self._json("pause_schedule", schedule_name, json.dumps(options))

    def resume_schedule(self, schedule_name, options):
        return self._json("resume_schedule", schedule_name, json.dumps(options))

    def run_schedule(self, schedule_name, options):
        return self._text("run_schedule", schedule_name, json.dumps(options))

    def list_schedules(self, filters):
        return self._json("list_schedules", json.dumps(filters))

    def list_schedule_runs(self, schedule_name, options):
        return self._json("list_schedule_runs", schedule_name, json.dumps(options))

    def set_calendar(self, calendar_name, calendar, options):
        return self._json("set_calendar", calendar_name, calendar, json.dumps(options))

    def delete_calendar(self, calendar_name, options):
        return self._json("delete_calendar", calendar_name, json.dumps(options))

    def list_calendars(self):
        return self._json("list_calendars")

    def add_blackout(self, starts_at, ends_at, options):
        return self._json("add_blackout", starts_at, ends_at, json.dumps(options))

    def remove_blackout(self, blackout_id, options):
        return self._json("remove_blackout", blackout_id, json.dumps(options))

    def list_blackouts(self, filters):
        return self._json("list_blackouts", json.dumps(filters))
