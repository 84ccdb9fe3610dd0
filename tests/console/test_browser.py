"""The console in a real browser: live, by keyboard, in both themes, on every width, and when the
database or the session goes away."""

import re

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from exchange.workflows.cpython.console.app import PAGES
from exchange.workflows.cpython.console.guard import COOKIE
from tests.calls import Worker
from tests.console.site import PASSWORD, running_console
from tests.console.work import varied_work

WIDTHS = (360, 1280, 1920, 3840)
MENU = [page for page in PAGES if page.group]


def test_a_person_logs_in_and_out(console, look):
    page = look(None, "/workflows")
    page.get_by_label("Name").fill("olaf")
    page.get_by_label("Password").fill("guess")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert").first).to_have_text("the name or the password is wrong")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(console.url + "/workflows")
    page.get_by_role("button", name="Log out").click()
    expect(page).to_have_url(console.url + "/login")


def test_an_open_page_follows_the_database(calls, look):
    page = look("vera", "/workflows")
    expect(page.get_by_text("nothing was enqueued yet")).to_be_visible()
    workflow_id = calls.enqueue("mix")
    expect(page.locator(f"#w-{workflow_id}")).to_contain_text("ENQUEUED")
    calls.command(workflow_id, "HOLD")
    expect(page.locator(f"#w-{workflow_id}")).to_contain_text("HELD")


def test_a_page_follows_though_its_scripts_come_slowly_one_by_one(console, calls, look):
    page = look("vera", "/not-there")

    def late(route):
        page.wait_for_timeout(500)
        route.continue_()

    page.route("**/hx-sse-*", late)
    page.goto(console.url + "/workflows")
    workflow_id = calls.enqueue("mix")
    expect(page.locator(f"#w-{workflow_id}")).to_be_visible()


def test_an_open_form_keeps_what_was_typed_while_the_page_goes_on(calls, look):
    worker = Worker(calls)
    workflow_id = calls.enqueue("mix")
    claimed = worker.claim_one()
    page = look("olaf", f"/workflows/{workflow_id}")
    page.get_by_text("Hold", exact=True).click()
    reason = page.locator("details[open]").get_by_label("Reason")
    reason.fill("shift ch")
    worker.record(claimed, "weigh", output=1)
    expect(page.locator("#step-weigh")).to_be_visible()
    expect(reason).to_have_value("shift ch")
    reason.press_sequentially("ange")
    page.get_by_role("button", name="Hold this workflow").click()
    expect(page.get_by_role("status")).to_contain_text("HOLD accepted")
    assert calls.rows("select actor, reason from workflows.command_log") == [
        ("olaf", "shift change")
    ]
    expect(page.get_by_text("HOLDING").first).to_be_visible()


def test_an_order_by_keyboard_alone(calls, look):
    workflow_id = calls.enqueue("mix")
    page = look("olaf", f"/workflows/{workflow_id}")
    expect(page.get_by_text("Where it stands")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("summary", has_text="Hold")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("by keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("HOLD accepted")
    assert calls.status(workflow_id) == "HELD"


def test_it_works_without_javascript(calls, look):
    workflow_id = calls.enqueue("mix")
    page = look("olaf", "/workflows", java_script_enabled=False)
    page.get_by_role("link", name="mix", exact=True).click()
    page.locator("summary", has_text="Stop").click()
    page.get_by_role("button", name="Stop this workflow").click()
    expect(page.get_by_role("status")).to_contain_text("STOP")
    assert calls.status(workflow_id) == "STOPPED"


def test_many_are_ticked_and_held(calls, look):
    ids = [calls.enqueue("mix") for _ in range(3)]
    page = look("olaf", "/workflows")
    page.get_by_label("tick all of this page").check()
    page.get_by_label("Order").select_option("HOLD")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hold 3 workflows?")
    page.get_by_label("Reason").fill("audit")
    page.get_by_role("button", name="Hold 3 workflows").click()
    expect(page.get_by_role("status")).to_have_text(re.compile("^HOLD: 3 "))
    assert {calls.status(one) for one in ids} == {"HELD"}


def test_times_in_local_time_and_the_theme_stay_chosen(calls, look):
    calls.enqueue("mix")
    page = look("vera", "/workflows", timezone_id="Asia/Kolkata", color_scheme="light")
    time = page.locator("tbody time").first
    utc = time.text_content()
    page.get_by_role("button", name="UTC").click()
    expect(time).not_to_have_text(utc)
    expect(time).to_have_attribute("title", re.compile(f"{utc} UTC"))
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("button", name="Theme").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Local time")).to_be_visible()


def test_charts_are_drawn_and_follow(calls, look):
    varied_work(calls, 10)
    page = look("vera", "/")
    expect(page.locator("#throughput canvas")).to_be_visible()
    before = page.locator("#throughput-plot").get_attribute("data-series")
    calls.enqueue("mix")
    expect(page.locator("#throughput-plot")).not_to_have_attribute("data-series", before)
    expect(page.locator("#throughput canvas")).to_have_count(1)


def test_a_session_that_ends_is_said_on_the_open_page(console, look):
    page = look("vera", "/workflows")
    expect(page.get_by_text("nothing was enqueued yet")).to_be_visible()
    for token in list(console.site.sessions._by_token):
        console.site.sessions.end(token)
    expect(page.get_by_role("alert").last).to_contain_text("Your session is over")
    page.get_by_role("link", name="Log in again").click()
    expect(page).to_have_url(console.url + "/login")


def test_a_database_that_goes_away_and_comes_back(calls, conn, database, server, look):
    calls.enqueue("mix")
    page = look("vera", "/workflows")
    expect(page.locator("tbody tr")).to_have_count(1)
    with psycopg.connect(server.dsn(), autocommit=True) as admin:
        admin.execute(f"alter database {database} with allow_connections false")
        admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
            " and application_name = 'ignition-workflows-console'",
            (database,),
        )
        expect(page.get_by_role("alert").last).to_contain_text("no connection to the database")
        expect(page.locator("tbody tr")).to_have_count(1)
        admin.execute(f"alter database {database} with allow_connections true")
    calls.enqueue("mix")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.get_by_text("no connection to the database")).to_have_count(0)


def test_a_console_that_stops_is_said_and_found_again(console_options, browser, calls):
    context = browser.new_context()
    page = context.new_page()
    with running_console(console_options) as console:
        cookie = {"name": COOKIE, "value": console.log_in("vera"), "url": console.url}
        context.add_cookies([cookie])
        page.goto(console.url + "/workflows")
        expect(page.get_by_text("nothing was enqueued yet")).to_be_visible()
    expect(page.locator("#silent")).to_be_visible()
    with running_console(console_options, port=int(console.url.rpartition(":")[2])):
        expect(page.locator("#silent")).to_be_hidden()
        expect(page.get_by_role("alert").last).to_contain_text("Your session is over")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_violation_of_accessibility(calls, look, scheme):
    ids = varied_work(calls, 12)
    page = look("ada", "/", color_scheme=scheme, viewport={"width": 1280, "height": 900})
    for path in [*(one.path for one in MENU), f"/workflows/{ids['failed']}", "/not-there"]:
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + path)
        found = Axe().run(page).response["violations"]
        serious = [
            (one["id"], [node["html"] for node in one["nodes"]][:3])
            for one in found
            if one["impact"] in ("serious", "critical")
        ]
        assert not serious, (path, serious)


def test_no_page_is_wider_than_the_screen(calls, look):
    ids = varied_work(calls, 12)
    for width in WIDTHS:
        page = look("ada", "/", viewport={"width": width, "height": 900})
        root = page.url.rstrip("/")
        for path in [*(one.path for one in MENU), f"/workflows/{ids['failed']}"]:
            page.goto(root + path)
            overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert overflow <= 0, (path, width, overflow)


def test_on_a_phone_the_menu_begins_at_the_page_that_is_open(look):
    page = look("ada", "/database", viewport={"width": 360, "height": 740})
    expect(page.locator(".menu [aria-current]")).to_be_in_viewport(ratio=1)
