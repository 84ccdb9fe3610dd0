"""Queues: what the list and the page of one queue show, and what can be done there."""

import json
import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.calls import Worker
from tests.console.site import running_console
from tests.console.work import HOSTILE, varied_work

QUEUE = "select to_jsonb(q) from workflows.queue q where q.queue_name = %s"
AUDIT = "select actor, detail ->> 'reason' from workflows.audit_log where event = %s"


def row(calls, name="default"):
    return calls.value(QUEUE, name)


def actor(calls, event):
    return calls.value("select actor from workflows.audit where event = %s", event)


@pytest.fixture
def olaf(console):
    with console.client("olaf") as client:
        yield client


@pytest.fixture
def ada(console):
    with console.client("ada") as client:
        yield client


def shown(queue):
    names = (
        "max_running", "max_enqueued", "rate_limit", "rate_seconds", "key_rate_limit",
        "key_rate_seconds", "run_on", "history", "accepts_work", "requires_reason",
        "calendar_name",
    )  # fmt: skip
    return {name: queue[name] for name in names}


def typed(values):
    """What a browser sends of the form of limits."""
    choices = ("run_on", "history")
    return {
        f"field.{name}": "" if value is None else json.dumps(value)
        for name, value in values.items()
        if name in choices or value is None or not isinstance(value, str)
    } | {
        f"field.{name}": value
        for name, value in values.items()
        if isinstance(value, str) and name not in choices
    }


def test_every_queue_with_its_depth_and_limits(calls, olaf):
    varied_work(calls, 20)
    calls.call("create_queue", queue_name="ovens", options={"max_running": 3, "rate_limit": 5,
               "rate_seconds": 60, "max_enqueued": 1000})  # fmt: skip
    calls.call("pause_queue", queue_name="ovens", reason="cleaning")
    text = olaf.get("/queues").text
    assert 'href="/queues/ovens"' in text and "paused" in text and "cleaning" in text
    assert "of 3" in text and "of 1,000" in text and "at most 5 in 1 min 0 s" in text
    assert text.count("<polyline") == 2, "a line for each queue"
    assert "Pause this queue" in text and "Resume this queue" in text


def test_who_only_looks_has_no_buttons(console, calls, console_options):
    with console.client("vera") as vera:
        text = vera.get("/queues").text + vera.get("/queues/default").text
        assert "default" in text and "/queues/pause" not in text and "/queues/set" not in text
    with running_console(console_options, read_only=True) as other, other.client("ada") as ada:
        text = ada.get("/queues").text + ada.get("/queues/default").text
        assert "/queues/pause" not in text and "/queues/set" not in text
        assert "/queues/create" not in text


def test_pause_and_resume_with_the_reason(calls, olaf):
    answer = olaf.submit("/queues/pause", "/queues", queue_name="default", reason="cleaning")
    assert "default is paused" in olaf.told(answer)
    assert (row(calls)["is_paused"], row(calls)["pause_reason"]) == (True, "cleaning")
    assert actor(calls, "queue paused") == "olaf"
    answer = olaf.submit("/queues/resume", "/queues", queue_name="default")
    assert "default is resumed" in olaf.told(answer)
    assert row(calls)["is_paused"] is False and actor(calls, "queue resumed") == "olaf"


def test_limits_set_what_was_changed_and_nothing_else(calls, ada):
    calls.set_queue(max_running=4, history="errors")
    before = shown(row(calls))
    calls.set_queue(max_enqueued=50)
    fields = {**typed(before), "field.max_running": "7", "field.requires_reason": "true"}
    answer = ada.submit("/queues/set", "/queues/default", queue_name="default",
                        shown=json.dumps(before), **fields)  # fmt: skip
    told = ada.told(answer)
    assert "max_running is 7" in told and "requires_reason is yes" in told
    after = row(calls)
    assert (after["max_running"], after["requires_reason"]) == (7, True)
    assert after["max_enqueued"] == 50, "what somebody else set meanwhile stays"
    assert actor(calls, "queue set") in ("ada", "script")
    assert calls.value("select count(*) from workflows.audit where actor = 'ada'") == 1


def test_limits_that_do_not_fit_and_none_at_all(calls, ada):
    before = shown(row(calls))
    again = {"queue_name": "default", "shown": json.dumps(before)}
    answer = ada.submit("/queues/set", "/queues/default", **again, **typed(before))
    assert "nothing was changed" in ada.told(answer)
    wrong = {**typed(before), "field.max_running": "many"}
    assert "whole numbers" in ada.told(
        ada.submit("/queues/set", "/queues/default", **again, **wrong)
    )
    calls.set_queue(max_running=4)
    before = shown(row(calls))
    fields = {**typed(before), "field.max_running": ""}
    ada.submit("/queues/set", "/", queue_name="default", shown=json.dumps(before), **fields)
    assert row(calls)["max_running"] is None


def test_the_form_of_limits_shows_what_is_set(calls, ada):
    calls.set_queue(max_running=4, run_on="any", requires_reason=True)
    text = ada.get("/queues/default").text
    assert re.search(r'name="field.max_running" type="number" value="4"', text)
    assert re.search(r'value="&#34;any&#34;" selected', text)
    assert "shown" in text


def test_create_a_queue_once(calls, ada):
    assert "ovens was made" in ada.told(ada.submit("/queues/create", "/queues", queue_name="ovens"))
    assert row(calls, "ovens") and actor(calls, "queue created") == "ada"
    again = ada.submit("/queues/create", "/queues", queue_name="ovens")
    assert "there is a queue ovens already" in ada.told(again)


def test_maintenance_asks_first_and_says_what_it_does(calls, olaf):
    varied_work(calls, 20)
    calls.set_queue(requires_reason=True)
    asked = olaf.submit("/queues/maintenance/ask", "/queues", mode="cancel")
    assert asked.status_code == 200 and "is cancelled, and cannot be taken back" in asked.text
    assert row(calls)["maintenance_mode"] is None, "nothing was done yet"
    asked = olaf.submit("/queues/maintenance/ask", "/queues", mode="drain", queue_name="default")
    assert "What runs goes on to its end" in asked.text and "autofocus required" in asked.text
    answer = olaf.submit("/queues/maintenance/enter", "/queues", mode="drain",
                         queue_name="default", reason="service")  # fmt: skip
    assert "in maintenance" in olaf.told(answer)
    assert row(calls)["maintenance_mode"] == "drain"
    assert actor(calls, "maintenance entered") == "olaf"
    assert "maintenance: drain" in olaf.get("/queues/default").text
    answer = olaf.submit("/queues/maintenance/exit", "/queues", queue_name="default")
    assert "out of maintenance" in olaf.told(answer)
    assert row(calls)["maintenance_mode"] is None and actor(calls, "maintenance exited") == "olaf"


def test_one_queue_stays_in_the_maintenance_of_all(calls, olaf):
    olaf.submit("/queues/maintenance/enter", "/queues", mode="drain")
    answer = olaf.submit("/queues/maintenance/exit", "/queues", queue_name="default")
    assert "still in maintenance, because that of all queues is entered" in olaf.told(answer)
    assert "all queues: out of" in olaf.told(olaf.submit("/queues/maintenance/exit", "/queues"))
    bad = olaf.submit("/queues/maintenance/ask", "/queues", mode="explode")
    assert "explode is not a mode" in olaf.told(bad)


def test_what_is_blocked_behind_what(calls, olaf):
    calls.call("create_queue", queue_name="ovens")
    holder = calls.enqueue(partition_key="line 1", resources=["reactor 1"])
    waits = calls.enqueue(partition_key="line 1")
    other = calls.enqueue("bake", queue_name="ovens", resources=["reactor 1"])
    worker = Worker(calls, names=("mix", "bake"), queues=("default", "ovens"))
    assert worker.claim_ids(3) == [holder], "keys and resources are taken by a claim"
    text = olaf.get("/queues/default").text
    blocked = text[text.index("What is blocked") :]
    assert f'href="/workflows/{holder}"' in blocked and f'href="/workflows/{waits}"' in blocked
    assert ">line 1</a>" in blocked and "reactor 1" not in blocked
    text = olaf.get("/queues/ovens").text
    blocked = text[text.index("What is blocked") :]
    assert ">reactor 1</a>" in blocked and f'href="/workflows/{other}"' in blocked
    assert f'href="/workflows/{holder}"' in blocked and "of queue default" in blocked


@pytest.mark.parametrize("name", [HOSTILE, "a/b", "what? #1 & more", "öfen 1"])
def test_a_queue_of_any_name_has_its_page(calls, ada, name):
    calls.call("create_queue", queue_name=name)
    calls.call("pause_queue", queue_name=name, reason=HOSTILE)
    calls.enqueue("bake", queue_name=name)
    for path in ("/queues", f"/queues/{quote(name)}"):
        answer = ada.get(path)
        assert answer.status_code == 200 and "<img src=x" not in answer.text
        assert "<script>alert" not in answer.text
    answer = ada.submit("/queues/resume", f"/queues/{quote(name)}", queue_name=name)
    assert "is resumed" in ada.told(answer)
    asked = ada.submit("/queues/maintenance/ask", "/queues", mode="drain", queue_name=name)
    assert "<img src=x" not in asked.text
    gone = ada.get("/queues/none")
    assert gone.status_code == 409 and "there is no queue none" in gone.text


def test_click_through_pausing_a_queue(calls, look):
    varied_work(calls, 10)
    page = look("olaf", "/queues")
    line = page.locator("tr", has=page.get_by_role("link", name="default", exact=True))
    line.get_by_text("Pause", exact=True).click()
    line.get_by_label("Reason").fill("shift change")
    calls.enqueue()
    expect(line.get_by_label("Reason")).to_have_value("shift change")
    line.get_by_role("button", name="Pause this queue").click()
    expect(page.get_by_text("default is paused")).to_be_visible()
    expect(line.get_by_text("shift change")).to_be_visible()
    assert row(calls)["pause_reason"] == "shift change"


def test_limits_that_are_being_typed_survive_new_readings(calls, look):
    page = look("ada", "/queues/default")
    page.get_by_text("Limits and policies").click()
    page.get_by_label("max_running", exact=True).fill("12")
    worker = Worker(calls)
    calls.enqueue()
    worker.claim_one()
    expect(page.locator(".figures li", has_text="running").locator("b")).to_have_text("1")
    expect(page.get_by_label("max_running", exact=True)).to_have_value("12")
    page.get_by_role("button", name="Set what I changed").click()
    expect(page.get_by_text("max_running is 12")).to_be_visible()
    assert row(calls)["max_running"] == 12
    assert actor(calls, "queue set") == "ada"
