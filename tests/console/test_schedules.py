"""Schedules and calendars in the console: what the pages show, and each action by its role."""

import html
import json
import re

import pytest
from playwright.sync_api import expect

from tests.console.care import CALENDAR, make_schedule, soon, varied_care
from tests.console.work import HOSTILE

NAMES = ("nightly", "a/b", "x?y#z%2F", HOSTILE)


def audited(calls, event):
    """Who did what, the newest first."""
    return calls.rows(
        "select actor, detail, reason from workflows.audit where event = %s"
        " order by audit_id desc",
        event,
    )


def text_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_list_says_what_comes_and_what_came(console, calls):
    varied_care(calls)
    with console.client("vera") as client:
        text = text_of(client, "/schedules")
    assert "30 5 * * mon-fri" in text and "every 5400 s" in text and ">once<" in text
    assert "PAUSED" in text and "no water" in text and "works holiday" in text
    assert "New schedule" not in text and "/blackouts/remove" not in text
    workflow_id = calls.value("select workflow_id::text from workflows.schedule_run")
    assert f"/workflows/{workflow_id}" in text


def test_a_schedule_that_nobody_deals_with_is_late(console, calls):
    make_schedule(calls)
    calls.run("update workflows.schedule set next_at = now() - interval '2 hours'")
    with console.client("vera") as client:
        for path in ("/schedules", "/schedules/nightly"):
            assert ">late<" in text_of(client, path)


def test_the_list_goes_on_by_name(console, calls):
    for n in range(60):
        make_schedule(calls, f"schedule {n:02}")
    with console.client("vera") as client:
        text = text_of(client, "/schedules")
        assert "schedule 49" in text and "schedule 50" not in text
        text = text_of(client, "/schedules?after=schedule+49")
        assert "schedule 59" in text and "schedule 49<" not in text


@pytest.mark.parametrize("name", NAMES)
def test_one_schedule_shows_ten_times_and_its_results(console, calls, name):
    make_schedule(calls, name, description=HOSTILE, inputs={"text": HOSTILE})
    calls.call("run_schedule", schedule_name=name, options={"actor": "anna", "reason": HOSTILE})
    with console.client("ada") as client:
        listed = text_of(client, "/schedules")
        assert "<script>alert" not in listed and "<img" not in listed.replace(
            '<img src="/assets', ""
        )
        path = html.unescape(listed.split('href="/schedules/')[1].split('"')[0])
        text = text_of(client, f"/schedules/{path}")
        assert html.escape(name) in text or name in html.unescape(text)
        assert text.count('id="next-') == 11 and text.count('<tr id="run-') == 1
        assert "<script>alert" not in text and "anna" in text
        back = html.unescape(text.split('name="back" value="')[1].split('"')[0])
        answer = client.submit("/schedules/pause", back, schedule_name=name, reason="no water")
        assert client.told(answer).endswith(
            "is paused; what falls into the pause is not made up for"
        )
    assert audited(calls, "schedule paused") == [("ada", name, "no water")]


def test_what_there_is_not_is_said(console, calls):
    with console.client("ada") as client:
        for path in (
            "/schedules/x",
            "/schedule-form?schedule_name=x",
            "/calendar-form?calendar_name=x",
        ):
            answer = client.get(path)
            assert answer.status_code == 409 and "there is no" in answer.text


def test_an_operator_pauses_resumes_and_runs_it(console, calls):
    make_schedule(calls)
    with console.client("olaf") as client:
        page = "/schedules/nightly"
        client.submit("/schedules/pause", page, schedule_name="nightly", reason="pump")
        assert "Resume" in text_of(client, page) and "nothing comes while it is paused" in text_of(
            client, page
        )
        client.submit("/schedules/resume", page, schedule_name="nightly", reason="mended")
        answer = client.submit("/schedules/run", page, schedule_name="nightly", reason="now")
        workflow_id = calls.value("select workflow_id::text from workflows.schedule_run")
        assert workflow_id in client.told(answer)
        text = text_of(client, page)
        assert "by hand" in text and "/schedules/delete" not in text
    assert audited(calls, "schedule paused") == [("olaf", "nightly", "pump")]
    assert audited(calls, "schedule resumed") == [("olaf", "nightly", "mended")]
    assert audited(calls, "schedule run") == [("olaf", "nightly", "now")]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("vera", "/schedules/pause"),
        ("vera", "/schedules/resume"),
        ("vera", "/schedules/run"),
        ("olaf", "/schedules/delete"),
        ("olaf", "/schedule-form/save"),
        ("olaf", "/schedule-form/preview"),
        ("olaf", "/blackouts/add"),
        ("olaf", "/blackouts/remove"),
        ("olaf", "/calendars/save"),
        ("olaf", "/calendars/delete"),
    ],
)
def test_a_lesser_role_is_refused(console, calls, name, path):
    make_schedule(calls)
    with console.client(name) as client:
        answer = client.submit(path, schedule_name="nightly")
        assert answer.status_code == 403 and "this needs the role" in answer.text
    assert calls.value("select count(*) from workflows.audit") == 1


def test_an_admin_makes_one_after_seeing_its_times(console, calls):
    fields = {
        "schedule_name": "late shift",
        "workflow_name": "report",
        "kind": "cron",
        "cron": "0 2 * * *",
        "time_zone": "Europe/Vienna",
        "inputs": '{"line": 2}',
        "options": '{"priority": 3}',
        "interval_seconds": "60",
        "catch_up": "last",
        "catch_up_seconds": "600",
        "ends_at": soon(),
        "reason": "asked for by the lab",
    }
    with console.client("ada") as client:
        assert "Make this schedule" in text_of(client, "/schedule-form")
        shown = client.submit("/schedule-form/preview", **fields).text
        assert shown.count("02:00:00 <small>") == 10 and 'value="late shift"' in shown
        assert calls.value("select count(*) from workflows.schedule") == 0
        answer = client.submit("/schedule-form/save", **fields)
        assert client.told(answer) == "late shift is there"
        assert answer.headers["location"] == "/schedules/late%20shift"
    assert audited(calls, "schedule created") == [("ada", "late shift", "asked for by the lab")]
    assert calls.rows(
        "select kind, cron, time_zone, inputs, options ->> 'priority', catch_up, catch_up_seconds"
        " from workflows.schedule"
    ) == [("cron", "0 2 * * *", "Europe/Vienna", '{"line": 2}', "3", "last", 600.0)]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"cron": "0 99 * * *"}, "has an hour that does not fit: 99"),
        ({"time_zone": "Vienna"}, "is not a name of a time zone"),
        ({"inputs": "{litres: 3}"}, "inputs is not JSON"),
        ({"catch_up_seconds": "soon"}, "catch_up_seconds is not a number"),
        ({"calendar_name": "none"}, "is not a calendar that there is"),
        ({"starts_at": "then"}, "starts_at"),
    ],
)
def test_what_is_refused_is_asked_again_with_all_that_was_filled_in(
    console, calls, changes, problem
):
    fields = {"schedule_name": "s", "workflow_name": "report", "kind": "cron", "cron": "0 2 * * *"}
    fields |= {"time_zone": "UTC", "catch_up": "skip", "description": HOSTILE, **changes}
    with console.client("ada") as client:
        shown = client.submit("/schedule-form/save", **fields)
    assert shown.status_code == 200 and problem in html.unescape(shown.text)
    assert html.escape(HOSTILE, quote=False) in shown.text.replace("&#34;", '"')
    assert "<script>alert" not in shown.text
    assert calls.value("select count(*) from workflows.schedule") == 0


def form_fields(client, path):
    """The fields of the form on a page, as a browser sends them back."""
    text = text_of(client, path)
    fields = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', text))
    fields |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?([^<]*)<', text))
    for name, options in re.findall(r'<select name="(\w+)">(.*?)</select>', text, re.S):
        fields[name] = re.findall(r'value="(\w+)" selected', options)[0]
    del fields["csrf"], fields["back"]
    return {name: html.unescape(value) for name, value in fields.items()}


def test_a_change_touches_only_what_differs(console, calls):
    make_schedule(calls, cron=None, interval_seconds=5400.5, inputs={"a": 1}, catch_up="all")
    calls.run("update workflows.schedule set next_at = now() - interval '1 day'")
    before = calls.rows("select next_at, starts_at, interval_seconds from workflows.schedule")
    with console.client("ada") as client:
        fields = form_fields(client, "/schedule-form?schedule_name=nightly")
        answer = client.submit("/schedule-form/save", **fields)
        assert client.told(answer) == "nothing was changed"
        answer = client.submit("/schedule-form/save", **{**fields, "description": "weekly"})
        assert client.told(answer) == "nightly is changed"
        assert (
            calls.rows("select next_at, starts_at, interval_seconds from workflows.schedule")
            == before
        )
        shown = client.submit("/schedule-form/save", **{**fields, "description": "old"})
        assert "ada has changed it meanwhile" in shown.text
    assert calls.value("select description from workflows.schedule") == "weekly"
    assert audited(calls, "schedule changed") == [("ada", "nightly", None)]


def test_an_admin_deletes_one(console, calls):
    make_schedule(calls)
    with console.client("ada") as client:
        answer = client.submit(
            "/schedules/delete", "/schedules/nightly", schedule_name="nightly", reason="old"
        )
        assert client.told(answer) == "nightly is deleted; what it has enqueued goes on"
        assert "no schedule was made yet" in text_of(client, "/schedules")
    assert audited(calls, "schedule deleted") == [("ada", "nightly", "old")]


def test_blackouts_are_added_and_removed(console, calls):
    make_schedule(calls)
    times = {"starts_at": "2026-01-01T00:00", "ends_at": "2099-01-01T00:00"}
    with console.client("ada") as client:
        page = "/schedules/nightly"
        client.submit("/blackouts/add", page, schedule_name="nightly", reason=HOSTILE, **times)
        text = text_of(client, page)
        assert "in force" in text and "left out" in text and "<script>alert" not in text
        number = calls.value("select blackout_id from workflows.blackout")
        client.submit("/blackouts/remove", page, blackout_id=str(number), reason="wrong")
        assert "there is none" in text_of(client, page)
        answer = client.submit("/blackouts/add", page, **{**times, "ends_at": "never"})
        assert "never is not a time" in client.told(answer)
        answer = client.submit("/blackouts/remove", page, blackout_id="x")
        assert "the number of the blackout must be a whole number, not x" in client.told(answer)
    assert audited(calls, "blackout added")[0][0] == "ada"
    assert audited(calls, "blackout removed")[0][2] == "wrong"


def test_a_calendar_is_made_changed_and_deleted(console, calls):
    with console.client("ada") as client:
        assert "shifts" in text_of(client, "/calendar-form")
        fields = {"calendar_name": "plant", "calendar": json.dumps(CALENDAR), "reason": "new"}
        assert (
            client.told(client.submit("/calendars/save", **fields)) == "the calendar plant is saved"
        )
        shown = client.submit("/calendars/save", **fields).text
        assert "there is a calendar of that name" in shown
        fields = form_fields(client, "/calendar-form?calendar_name=plant")
        fields["calendar"] = fields["calendar"].replace("Two shifts", HOSTILE.replace('"', "'"))
        client.submit("/calendars/save", **fields)
        text = text_of(client, "/calendars")
        assert "Christmas" in text and "the next day" in text and "<script>alert" not in text
        shown = client.submit("/calendars/save", **{**fields, "calendar": "[1]"}).text
        assert "meanwhile" in shown and "[1]" in shown
        make_schedule(calls, calendar_name="plant")
        answer = client.submit("/calendars/delete", "/calendars", calendar_name="plant")
        assert "nightly" in client.told(answer)
        calls.call("delete_schedule", schedule_name="nightly")
        answer = client.submit(
            "/calendars/delete", "/calendars", calendar_name="plant", reason="old"
        )
        assert client.told(answer) == "the calendar plant is deleted"
    assert [one[0] for one in audited(calls, "calendar set")] == ["ada", "ada"]
    assert audited(calls, "calendar deleted") == [("ada", "plant", "old")]


@pytest.mark.parametrize("text", ["{", "[]", '{"time_zone": "UTC", "shifts": 3}', '{"zone": 1}'])
def test_a_calendar_that_does_not_fit_is_shown_again(console, calls, text):
    with console.client("ada") as client:
        shown = client.submit("/calendars/save", calendar_name="plant", calendar=text)
    assert shown.status_code == 200 and 'role="alert"' in shown.text
    assert html.escape(text, quote=False) in shown.text.replace("&#34;", '"')


def test_a_person_makes_a_schedule_in_a_browser(look, calls):
    page = look("ada", "/schedules", timezone_id="Asia/Kolkata")
    page.get_by_role("link", name="New schedule").click()
    page.get_by_label("Name", exact=True).fill("clean")
    page.get_by_label("Workflow that it enqueues").fill("report")
    page.get_by_label("Cron", exact=True).fill("15 3 * * *")
    page.get_by_role("button", name="Show the next times").click()
    times = page.get_by_role("listitem").filter(has_text="03:15:00")
    expect(times).to_have_count(10)
    expect(times.first).to_have_text(re.compile(r" 03:15:00 UTC\)$"))
    page.get_by_role("button", name="UTC").click()
    expect(times.first).to_have_text(re.compile(r" 08:45:00 local\)$"))
    page.get_by_role("button", name="Make this schedule").click()
    expect(page.get_by_role("heading", name="clean")).to_be_visible()
    expect(page.get_by_text("clean is there")).to_be_visible()


def test_an_open_form_survives_what_happens_meanwhile(look, calls):
    make_schedule(calls)
    page = look("olaf", "/schedules/nightly")
    page.locator("summary", has_text="Pause").click()
    reason = page.get_by_label("Reason").locator("visible=true")
    reason.fill("no wat")
    calls.call("run_schedule", schedule_name="nightly", options={"actor": "anna"})
    expect(page.get_by_role("cell", name="anna")).to_be_visible()
    expect(reason).to_have_value("no wat")
    page.get_by_role("button", name="Enqueue nothing until it is resumed").click()
    expect(page.get_by_role("status")).to_contain_text("nightly is paused")
    assert audited(calls, "schedule paused") == [("olaf", "nightly", "no wat")]
