"""Workers, audit, settings, retention and the database in the console."""

import csv
import html
import io
import re

import pytest
from playwright.sync_api import expect

from tests.calls import Calls, Worker
from tests.console.care import soon, varied_care
from tests.console.site import running_console
from tests.console.work import HOSTILE, varied_work

ADMIN_PAGES = ("/audit", "/settings", "/settings/max_reclaims", "/retention")
ALL_PAGES = ("/schedules", "/calendars", "/workers", "/database", *ADMIN_PAGES)


def text_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, answer.text[-2000:]
    return answer.text


def audited(calls, event):
    return calls.rows(
        "select actor, detail from workflows.audit where event = %s order by audit_id", event
    )


def test_nothing_is_shown_where_there_is_nothing(console):
    with console.client("ada") as client:
        assert "no worker is active" in text_of(client, "/workers")
        assert "nothing was done yet" in text_of(client, "/audit")
        assert "There is no calendar" in text_of(client, "/calendars")
        assert "nobody has changed it yet" in text_of(client, "/settings/max_reclaims")
        assert client.get("/settings/none").status_code == 409


@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_only_an_admin_sees_what_an_admin_may(console, path):
    for name in ("vera", "olaf"):
        with console.client(name) as client:
            assert client.get(path).status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/audit/export", "/settings/set", "/settings/reset", "/retention/set", "/retention/delete",
     "/retention/ask", "/retention/apply"],
)  # fmt: skip
def test_only_an_admin_acts(console, path):
    with console.client("olaf") as client:
        assert client.submit(path).status_code == 403


def test_workers_and_what_they_run(console, calls):
    node = {"worker_name": HOSTILE, "host_name": HOSTILE, "listen_mode": "poll", "threads": 9}
    worker = Worker(calls, names=("mix",), node=node)
    calls.enqueue("mix")
    running = worker.claim_one()["w"]
    gone = Worker(calls, names=("mix",), node={"worker_name": "old one"})
    gone.retire()
    with console.client("vera") as client:
        text = text_of(client, "/workers")
    assert html.escape(HOSTILE) in text.replace("&#34;", "&quot;") and "<script>alert" not in text
    assert f'href="/workflows/{running}"' in text and ">poll<" in text
    assert "old one" in text and "retired" in text and "How to empty a worker" in text


def test_the_audit_goes_back_by_its_number(console, calls):
    for n in range(120):
        calls.call("set_setting", name="max_reclaims", value=str(1 + n % 9), actor=f"anna {n}")
    with console.client("ada") as client:
        text = text_of(client, "/audit")
        assert text.count('<tr id="entry-') == 50 and "anna 119<" in text
        further = html.unescape(text.split('class="button" href="/audit?')[1].split('"')[0])
        text = text_of(client, f"/audit?{further}")
        assert text.count('<tr id="entry-') == 50 and "anna 69<" in text
        text = text_of(client, "/audit?actor=anna+7")
        assert text.count('<tr id="entry-') == 1 and "Further back" not in text
        assert "nothing fits" in text_of(client, "/audit?event=none")
        assert "nothing fits" in text_of(client, "/audit?until=2020-01-01T00:00")
        assert "nothing fits" in text_of(client, f"/audit?since={soon()}")
        assert "anna 119<" in text_of(client, f"/audit?since=2020-01-01T00:00&until={soon()}")
        for bad in ("since=x", "before=x", "workflow_id=x"):
            assert client.get(f"/audit?{bad}").status_code == 400


def test_a_time_is_found_among_many_entries_that_have_gaps(console, calls):
    """`until` leads to its place at once, past more entries than a page looks through."""
    calls.call("set_setting", name="max_reclaims", value="3", actor="anna")
    calls.run(
        "insert into workflows.audit (audit_id, audited_at, event, actor, database_user, source)"
        " overriding system value"
        " select 100 + n * 3, timestamptz '2020-01-01' + n * interval '1 minute', 'test',"
        "  'person ' || n, 'x', 'x' from generate_series(0, 30000) n"
    )
    with console.client("ada") as client:
        text = text_of(client, "/audit?until=2020-01-02T00:00")
    assert "person 1439<" in text and "person 1440<" not in text


def test_the_audit_of_a_workflow_and_its_csv(console, calls):
    workflow_id = calls.enqueue("mix", actor=HOSTILE)
    other = calls.enqueue("mix")
    calls.call("cancel_workflow", workflow_id=other, options={"actor": "=cmd()"})
    calls.call("cancel_workflow", workflow_id=workflow_id, reason=HOSTILE, options={"actor": "bo"})
    with console.client("ada") as client:
        text = text_of(client, f"/audit?workflow_id={workflow_id}")
        assert "<script>alert" not in text and "<img src=x" not in text and ">bo<" in text
        assert "=cmd()" not in text
        assert ">=cmd()<" in text_of(client, "/audit")
        answer = client.submit("/audit/export", workflow_id=workflow_id)
        assert answer.headers["content-type"].startswith("text/csv")
        assert 'filename="audit.csv"' in answer.headers["content-disposition"]
        rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert {one["workflow_id"] for one in rows} == {workflow_id} and rows[0]["actor"] == "bo"


def test_a_setting_is_set_reset_and_has_a_history(console, calls):
    with console.client("ada") as client:
        page = "/settings/max_reclaims"
        answer = client.submit("/settings/set", page, setting_name="max_reclaims", value="9")
        assert client.told(answer) == "max_reclaims is 9, was 5"
        assert "Set it to its default 5" in text_of(client, page)
        answer = client.submit("/settings/set", page, setting_name="max_reclaims", value="<b>")
        assert "max_reclaims is of type integer" in client.told(answer)
        answer = client.submit("/settings/reset", page, setting_name="max_reclaims")
        assert client.told(answer) == "max_reclaims is 5, was 9"
        for path in (page, "/settings"):
            assert "reset to its default" in text_of(client, path)
    assert audited(calls, "setting changed") == [("ada", "max_reclaims")] * 2


def test_retention_is_set_removed_and_applied_after_a_question(console, calls, clock):
    workflow_id = calls.enqueue("mix")
    calls.call("cancel_workflow", workflow_id=workflow_id)
    clock.advance(7200)
    with console.client("ada") as client:
        policy = {"keep": "0", "unit": "days", "status": "CANCELLED", "queue_name": "default"}
        answer = client.submit("/retention/set", "/retention", **policy)
        assert client.told(answer) == "the policy for the queue default, CANCELLED is set"
        client.submit("/retention/set", "/retention", keep_count="7", keep="30", unit="days")
        text = text_of(client, "/retention")
        assert "30 d 0 h" in text and "CANCELLED" in text and ">7<" in text
        answer = client.submit("/retention/set", "/retention", keep="soon")
        assert "must be a whole number" in client.told(answer)
        asked = client.submit("/retention/ask", "/retention")
        assert "is removed for good" in asked.text
        assert calls.value("select count(*) from workflows.workflow") == 1
        answer = client.submit("/retention/apply", "/retention")
        assert client.told(answer) == "1 workflows are removed"
        answer = client.submit(
            "/retention/delete", "/retention", queue_name="default", status="CANCELLED"
        )
        assert "is removed: the next more general one counts" in client.told(answer)
        answer = client.submit("/retention/delete", "/retention", status="ERROR")
        assert "was not set" in client.told(answer)
    assert {one[0] for one in audited(calls, "retention set")} == {"ada"}
    assert [one[0] for one in audited(calls, "retention applied")] == ["ada"]


def test_the_database_says_how_it_is(console, calls, connect):
    with connect(application_name=HOSTILE[:60]) as reader, reader.transaction():
        pid = reader.info.backend_pid
        reader.execute("set transaction isolation level repeatable read")
        reader.execute("select 1")
        with console.client("vera") as client:
            text = text_of(client, "/database")
    assert "start a worker: nothing runs until then" in text
    assert 'id="table-workflow"' in text and 'id="index-workflow_pkey"' in text
    assert "0001_create_tables.sql" in text and "PostgreSQL" in text
    assert f'id="snapshot-{pid}"' in text and "<img src=x" not in text


def test_the_database_names_slots_and_prepared_transactions(console, calls, conn, connect):
    slot = f"reader_{conn.info.backend_pid}"
    with console.client("vera") as client:
        text = text_of(client, "/database")
        assert "no transaction is prepared" in text
    calls.run("select pg_create_physical_replication_slot(%s, true)", slot)
    try:
        other = connect(autocommit=False)
        Calls(other).enqueue()
        other.execute("prepare transaction '<script>alert(1)</script>'")
        with running_console(console.site.options) as fresh, fresh.client("vera") as client:
            text = text_of(client, "/database")
    finally:
        conn.execute("rollback prepared '<script>alert(1)</script>'")
        calls.run("select pg_drop_replication_slot(%s)", slot)
    assert f'id="slot-{slot}"' in text and "by nobody" in text and "disk is full" in text
    assert 'id="prepared-1"' in text and "rollback prepared" in text and "<script>alert" not in text


def test_the_database_is_read_no_faster_than_every_five_seconds(console):
    assert console.site.feeds["database"]._seconds == 5.0
    assert console.site.feeds["workers"]._seconds == 0.2


def test_a_read_only_console_shows_all_and_offers_nothing(console_options, calls):
    varied_care(calls)
    with (
        running_console(console_options, read_only=True) as console,
        console.client("ada") as client,
    ):
        for path in ALL_PAGES:
            text = text_of(client, path)
            posts = set(re.findall(r'method="post" action="([^"]+)"', text))
            assert posts <= {"/logout", "/audit/export"}
        assert client.submit("/audit/export").status_code == 200
        assert client.submit("/schedules/pause", schedule_name="rinse").status_code == 403


def test_a_person_sets_a_setting_in_a_browser(look, calls):
    """What was typed stays where somebody else changes the same setting meanwhile."""
    page = look("ada", "/settings/max_reclaims")
    page.get_by_label("New value").fill("7")
    calls.call("set_setting", name="max_reclaims", value="3", actor="anna")
    expect(page.get_by_role("cell", name="anna")).to_be_visible()
    expect(page.get_by_label("New value")).to_have_value("7")
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_role("status")).to_have_text("max_reclaims is 7, was 3")


def test_every_page_fits_a_wide_and_a_narrow_screen(look, calls):
    """Nothing but a table's own frame scrolls sideways."""
    varied_work(calls, 30)
    varied_care(calls)
    calls.call("set_retention", options={"keep_seconds": 2592000, "actor": "ada"})
    calls.call("set_setting", name="max_reclaims", value="9", actor="ada")
    page = look("ada", "/workers", color_scheme="light")
    for path in (*ALL_PAGES, "/schedules/daily%20report", "/schedule-form", "/calendar-form"):
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + path)
        for width, scheme in ((1280, "light"), (360, "dark")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is {wide} wide at {width}"
