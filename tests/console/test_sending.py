"""What is sent twice is done once: by the page while it waits, and by the ids that it gives."""

import re

from playwright.sync_api import expect

from tests.calls import Worker
from tests.console.care import make_schedule

FORM_ID = re.compile(r'name="form_id" value="([^"]+)"')


def form_id_of(text):
    """A page has one for all of its forms."""
    (form_id,) = set(FORM_ID.findall(text))
    return form_id


def test_a_fork_and_a_message_that_are_sent_twice_are_one(console, calls):
    worker = Worker(calls)
    workflow_id = calls.enqueue()
    worker.record(worker.claim_one(), "weigh", output=1)
    path = f"/workflows/{workflow_id}"
    with console.client("olaf") as client:
        form_id = form_id_of(client.get(path).text)
        for _ in range(2):
            sent = client.submit(f"{path}/send", path, form_id=form_id, message="hello")
            assert client.told(sent) == "the message was sent"
            forked = client.submit(f"{path}/fork", path, form_id=form_id, step_key="weigh")
            assert forked.headers["location"] == f"/workflows/{form_id}"
        assert form_id_of(client.get(path).text) != form_id, "the next is another one"
    assert calls.value("select count(*) from workflows.message") == 1
    assert calls.value("select count(*) from workflows.workflow") == 2


def events_of(lines):
    """The form ids of the events of a stream, one for each event."""
    part = ""
    for line in lines:
        part += line
        if not line and part:
            yield form_id_of(part)
            part = ""


def test_an_open_page_keeps_its_id_and_shares_it_with_nobody(console, calls):
    worker = Worker(calls)
    workflow_id = calls.enqueue()
    claimed = worker.claim_one()
    path = f"/live/workflows/{workflow_id}"
    with (
        console.client("olaf") as client,
        client.stream("GET", path) as one,
        client.stream("GET", path) as other,
    ):
        events, others = events_of(one.iter_lines()), events_of(other.iter_lines())
        first = next(events)
        worker.record(claimed, "weigh", output=1)
        assert next(events) == first
        assert next(others) != first


COUNT = """
  window.sent = 0;
  addEventListener("submit", (event) => {
    window.sent += !event.defaultPrevented;
    event.preventDefault();
  });"""
COME_BACK = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


def test_a_double_click_is_one_click(calls, look):
    make_schedule(calls)
    page = look("olaf", "/schedules/nightly")
    button = page.get_by_role("button", name="Enqueue report now")
    page.evaluate(COUNT)
    page.locator("summary", has_text="Run now").click()
    button.dblclick()
    assert page.evaluate("window.sent") == 1
    page.evaluate(COME_BACK)
    button.dblclick()
    assert page.evaluate("window.sent") == 2, "it is as it was, with what was sent answered"
    page.reload()
    page.locator("summary", has_text="Run now").click()
    button.dblclick()
    expect(page.get_by_role("status")).to_contain_text("nightly has enqueued")
    assert calls.value("select count(*) from workflows.schedule_run") == 1


def test_a_file_is_downloaded_as_often_as_one_likes(look):
    page = look("ada", "/audit")
    for _ in range(2):
        with page.expect_download():
            page.get_by_role("button", name="Download as CSV").click()
