"""Orders on a page that goes on: a form that is open stays the order that it was, or is gone."""

import html
import re

import pytest
from playwright.sync_api import expect

from exchange.workflows.cpython.console.render import query
from tests.calls import Worker
from tests.console.care import make_schedule, varied_care
from tests.console.clicks import plant

ACT = re.compile(r'<details class="act" name="act"(?: id="([^"]*)")?>.*?</details>', re.S)
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
OF_EACH_SENDING = ("csrf", "back", "form_id")


def acts_of(text):
    """Each order that a page offers: its id, where it is posted, and its hidden fields."""
    for found in ACT.finditer(text):
        action = re.search(r'<form method="post" action="([^"]+)">', found[0])
        fields = [(name, html.unescape(value)) for name, value in HIDDEN.findall(found[0])]
        order = {name: value for name, value in fields if name not in OF_EACH_SENDING}
        yield html.unescape(found[1] or ""), html.unescape(action[1]), order


def crowded(calls):
    """Two of whatever has an order in a list; answers the paths of the pages."""
    ids = plant(calls)
    varied_care(calls)
    make_schedule(calls, "paused one")
    calls.call("pause_schedule", schedule_name="paused one")
    calls.call("create_queue", queue_name='oven "a" & b')
    calls.call("pause_queue", queue_name='oven "a" & b')
    calls.call("enter_maintenance", mode="drain", queue_name='oven "a" & b')
    other = "00000000-0000-4000-8000-000000000002"
    calls.call("reject_entries", entries=[{"workflow_id": other, "entry": {}}])
    for n in (1, 2):
        calls.command(calls.enqueue("mix", {"held": n}), "HOLD")
        span = {"starts_at": f"2099-01-0{n}T00:00Z", "ends_at": "2099-02-01T00:00Z"}
        calls.call("add_blackout", **span, options={"schedule_name": "paused one", "reason": "x"})
    for policy in ({"status": "ERROR"}, {"status": "ANY"}):
        calls.call("set_retention", options={**policy, "keep_count": 7})
        calls.call("set_retention", queue_name="default", options={**policy, "keep_count": 7})
    calls.call("set_calendar", calendar_name="other one", calendar={"time_zone": "UTC"})
    calls.call("set_setting", name="max_reclaims", value="7")
    Worker(calls)
    calls.call("drain_worker", worker_id=Worker(calls).worker_id)
    works = [f"/workflows/{ids[which]}" for which in ("queued", "failed")]
    return [
        *works, "/attention", "/dead-letters", "/rejected", "/queues", "/queues/default",
        "/queues/oven%20%22a%22%20%26%20b", "/workers", "/schedules", "/schedules/paused%20one",
        "/schedules/rinse", "/calendars", "/retention", "/settings/max_reclaims", "/recipes",
        "/recipes/brew/Rye", "/recipes/brew/Rye?version=3", "/templates/brew/standard",
        "/enums/BatchMode",
    ]  # fmt: skip


def test_every_order_has_an_id_of_its_own_that_is_made_of_it(console, calls):
    posted = set()
    paths = crowded(calls)
    with console.client("ada") as client:
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.text)
            acts = list(acts_of(answer.text))
            assert acts, path
            for act_id, action, order in acts:
                assert act_id == f"act{action}?{query(order)}" and not re.search(r"\s", act_id)
                posted.add(re.sub(r"[0-9a-f-]{36}", "ID", action))
            ids = re.findall(r'\sid="([^"]*)"', answer.text)
            assert len(ids) == len(set(ids)), (path, sorted(n for n in ids if ids.count(n) > 1))
    for action in ("/workflows/ID/command", "/queues/resume", "/workers/drain", "/rejected/resolve",
                   "/blackouts/remove", "/retention/delete", "/calendars/delete"):  # fmt: skip
        assert action in posted, sorted(posted)


def opened(page, label):
    """The reason of an order that was opened; somebody is in the middle of typing it."""
    page.locator("summary", has_text=re.compile(f"^{label}$")).click()
    reason = page.locator("details.act[open]").get_by_label("Reason")
    reason.fill("shift ch")
    return reason


def test_a_hold_that_is_being_typed_does_not_become_a_reset(calls, look):
    worker = Worker(calls, max_attempts=1)
    workflow_id = calls.enqueue()
    claimed = worker.claim_one()
    page = look("olaf", f"/workflows/{workflow_id}")
    reason = opened(page, "Hold")
    worker.record(claimed, "weigh", output=1)
    expect(page.locator("#step-weigh")).to_be_visible()
    expect(reason).to_be_focused()
    worker.fail(claimed)
    expect(page.locator("summary", has_text="Reset")).to_be_visible()
    expect(page.locator("details.act[open]")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator("#facts-title")).to_be_visible()
    assert calls.value("select count(*) from workflows.workflow") == 1


@pytest.mark.parametrize(
    "path, label, other",
    [("/queues", "Pause", "Resume"), ("/queues/default", "Pause", "Resume"),
     ("/workers", "Drain", "Resume"), ("/schedules/nightly", "Pause", "Resume")],
)  # fmt: skip
def test_an_order_that_somebody_else_gave_is_gone(calls, look, path, label, other):
    worker = Worker(calls)
    make_schedule(calls)
    page = look("olaf", path)
    opened(page, label)
    calls.call("pause_queue", queue_name="default")
    calls.call("drain_worker", worker_id=worker.worker_id)
    calls.call("pause_schedule", schedule_name="nightly")
    expect(page.locator("summary", has_text=re.compile(f"^{other}$"))).to_be_visible()
    expect(page.locator("details.act[open]")).to_have_count(0)


def test_an_order_stays_with_its_queue_when_another_comes_before_it(calls, look):
    page = look("olaf", "/queues")
    reason = opened(page, "Pause")
    calls.call("create_queue", queue_name="a line")
    expect(page.get_by_role("link", name="a line")).to_be_visible()
    expect(reason).to_have_value("shift ch")
    reason.press_sequentially("ange")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("default is paused")
    paused = calls.rows("select queue_name, pause_reason from workflows.queue where is_paused")
    assert paused == [("default", "shift change")]
