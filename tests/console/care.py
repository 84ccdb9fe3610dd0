"""What a person who looks after a plant finds: schedules, calendars, workers, settings."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.calls import Calls, Worker

CALENDAR = {
    "time_zone": "Europe/Vienna",
    "description": "Two shifts",
    "shifts": [
        {
            "name": "early",
            "weekdays": ["mon", "tue", "wed", "thu", "fri"],
            "starts_at": "06:00",
            "ends_at": "14:00",
        },
        {"name": "night", "weekdays": ["sat"], "starts_at": "22:00", "ends_at": "06:00"},
    ],
    "holidays": [{"date": "2026-12-25", "name": "Christmas"}],
}


def soon(days: int = 30) -> str:
    """A day to come, as the field of a form has it."""
    return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%dT08:00:00}"


def make_schedule(calls: Calls, name: str = "nightly", **options: Any) -> Any:
    options = {"cron": "30 5 * * mon-fri", "time_zone": "Europe/Vienna", **options}
    return calls.call(
        "create_schedule", schedule_name=name, workflow_name="report", options=options
    )


def varied_care(calls: Calls) -> None:
    """Schedules of each kind, one of them paused, a calendar, a blackout and a few workers."""
    calls.call("set_calendar", calendar_name="two shifts", calendar=CALENDAR)
    make_schedule(calls, "daily report", calendar_name="two shifts", description="For the lab")
    make_schedule(calls, "clean the mixer", cron=None, interval_seconds=5400.0, actor="ada")
    make_schedule(calls, "move to line 2", cron=None, starts_at=soon() + "Z")
    make_schedule(calls, "rinse", cron="0 */4 * * *", inputs={"litres": 40})
    calls.call("run_schedule", schedule_name="rinse", options={"actor": "olaf", "reason": "foam"})
    calls.call("pause_schedule", schedule_name="rinse", options={"reason": "no water"})
    calls.call(
        "add_blackout",
        starts_at="2026-12-24T00:00:00Z",
        ends_at="2099-12-27T00:00:00Z",
        options={"calendar_name": "two shifts", "reason": "works holiday", "actor": "ada"},
    )
    for n in range(3):
        node = {
            "worker_name": f"gateway {n + 1}",
            "host_name": f"scada-{n + 1}",
            "process_id": str(4000 + n),
            "library_version": "1.4.0",
            "listen_mode": "poll" if n == 2 else "listen",
        }
        worker = Worker(calls, names=("report", "rinse"), node=node)
        if n == 2:
            worker.retire()
        else:
            calls.enqueue("report", {"line": n})
            worker.claim(1)
