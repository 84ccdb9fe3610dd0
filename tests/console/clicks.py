"""Every action of the console as a person comes to it: the page, the form, what is typed there."""

import json
from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.calls import Calls, Worker
from tests.console.brewery import Brewery

RYE = "/recipes/brew/Rye"
NIGHTLY = "/schedules/nightly"


@dataclass(frozen=True)
class Click:
    """page: None for the one that the click before led to. action: what the form posts to, or its
    button. typed: by the names of the fields; ticked: a box to tick first."""

    page: str | None
    action: str
    typed: dict[str, str] = field(default_factory=dict)
    ticked: str | None = None
    is_download: bool = False


def press(page: Page, root: str, click: Click) -> None:
    """Go there, open what hides the form, fill it in, and press its button."""
    if click.page is not None:
        page.goto(root + click.page)
    button = page.locator(f'button[formaction="{click.action}"]')
    form = page.locator(f'form[action="{click.action}"]').first
    if button.count():
        form = button.locator("xpath=ancestor::form")
    else:
        button = form.locator("button:not([formaction])").last
    for closed in form.locator("xpath=ancestor::details[not(@open)]").all():
        closed.locator(":scope > summary").click()
    if click.ticked:
        page.locator(click.ticked).first.check()
    for name, value in click.typed.items():
        place = form.locator(f'[name="{name}"]').first
        if place.evaluate("one => one.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)
    if click.is_download:
        with page.expect_download():
            button.click()
        return
    with page.expect_event("framenavigated"):
        button.click()
    page.wait_for_load_state()
    problems = page.locator(".banner.bad[role]:not(#silent)").all_text_contents()
    assert not problems, (click, problems)


def plant(calls: Calls) -> dict[str, str]:
    """Something for each action to be done to, by what it is."""
    Brewery(calls).fill()
    worker = Worker(calls, ("mix",), max_attempts=1)
    failed = [calls.enqueue("mix") for _ in range(2)]
    for one in worker.claim(2):
        worker.fail(one)
    calls.enqueue("mix")
    asking = worker.claim_one()
    asked = {"question": "How full is the tank?", "second_signature": False}
    worker.record(asking, "prompt", kind="prompt", ask=asked)
    worker.finish(asking, "suspend", k="prompt")
    entry_id = "00000000-0000-4000-8000-000000000001"
    entry = {"workflow_name": "mix", "inputs": {}, "options": {"workflow_id": entry_id}}
    calls.call("reject_entries", entries=[{"workflow_id": entry_id, "entry": entry}])
    recipe = calls.call("export_parameter_set", workflow_name="brew", set_name="Rye")
    return {
        "queued": calls.enqueue("mix"),
        "spare": calls.enqueue("mix"),
        "failed": failed[0],
        "prompt": calls.value("select prompt_id::text from workflows.prompt"),
        "document": json.dumps(recipe),
    }


def of_work(ids: dict[str, str]) -> list[Click]:
    queued, spare = f"/workflows/{ids['queued']}", f"/workflows/{ids['spare']}"
    failed = f"/workflows/{ids['failed']}"
    prompt = f"/prompts/{ids['prompt']}"
    return [
        Click(queued, f"{queued}/command", {"reason": "shift change"}),
        Click(queued, f"{queued}/send", {"message": "go on"}),
        Click(spare, f"{spare}/cancel"),
        Click(spare, f"{spare}/fork"),
        Click(failed, f"{failed}/retry"),
        Click("/dead-letters", "/dead-letters/ask"),
        Click("/workflows?status=LIVE", "/workflows/ask", {"order": "HOLD"}, "tbody [name=id]"),
        Click(None, "/workflows/order"),
        Click(prompt, f"{prompt}/answer", {"field.answer": "5"}),
        Click("/rejected", "/rejected/resolve"),
        Click("/start/clean", "/start/ask"),
        Click(None, "/start/change"),
        Click(None, "/start/ask"),
        Click(None, "/start/go"),
        Click("/workers", "/workers/drain", {"reason": "new disk"}),
        Click("/workers", "/workers/resume"),
    ]


def of_queues() -> list[Click]:
    ovens = "/queues/ovens"
    return [
        Click("/queues", "/queues/create", {"queue_name": "ovens"}),
        Click(ovens, "/queues/set", {"field.max_running": "3"}),
        Click(ovens, "/queues/pause", {"reason": "cleaning"}),
        Click(ovens, "/queues/resume"),
        Click(ovens, "/queues/maintenance/ask"),
        Click(None, "/queues/maintenance/enter"),
        Click(ovens, "/queues/maintenance/exit"),
    ]


def of_recipes(ids: dict[str, str]) -> list[Click]:
    template = "/templates/brew/standard"
    return [
        Click(RYE, f"{RYE}/export", is_download=True),
        Click(f"{RYE}?version=3", f"{RYE}/approve"),
        Click(f"{RYE}?version=3", f"{RYE}/obsolete"),
        Click(RYE, f"{RYE}/copy", {"new_name": "Rye 2"}),
        Click(RYE, f"{RYE}/rename", {"new_name": "Old rye"}),
        Click("/recipes", "/recipes/import", {"document": ids["document"], "set_name": "Bitter"}),
        Click("/recipes/new?workflow_name=brew", "/recipes/save", {"set_name": "Helles"}),
        Click("/enum-form", "/enums/save", {"enum_name": "Grade", "choices": "A\nB"}),
        Click("/enums/Grade", "/enums/Grade/obsolete"),
        Click("/enums/Grade", "/enums/Grade/active"),
        Click(template, f"{template}/obsolete"),
        Click(template, f"{template}/active"),
    ]


def of_care() -> list[Click]:
    nightly = {
        "schedule_name": "nightly",
        "workflow_name": "clean",
        "cron": "@daily",
        "time_zone": "UTC",
    }
    span = {"starts_at": "2099-01-01T08:00", "ends_at": "2099-01-02T08:00", "reason": "holiday"}
    calendar = {"calendar_name": "plant", "calendar": '{"time_zone": "UTC"}'}
    return [
        Click("/schedule-form", "/schedule-form/preview", nightly),
        Click(None, "/schedule-form/save"),
        Click(NIGHTLY, "/schedules/pause", {"reason": "no water"}),
        Click(NIGHTLY, "/schedules/resume"),
        Click(NIGHTLY, "/schedules/run"),
        Click(NIGHTLY, "/blackouts/add", span),
        Click(NIGHTLY, "/blackouts/remove"),
        Click(NIGHTLY, "/schedules/delete", {"reason": "no more"}),
        Click("/calendar-form", "/calendars/save", calendar),
        Click("/calendars", "/calendars/delete", {"reason": "no more"}),
        Click("/audit", "/audit/export", is_download=True),
        Click("/settings/max_reclaims", "/settings/set", {"value": "7"}),
        Click("/settings/max_reclaims", "/settings/reset"),
        Click("/retention", "/retention/set", {"keep": "30"}),
        Click("/retention", "/retention/ask"),
        Click(None, "/retention/apply"),
        Click("/retention", "/retention/delete"),
    ]
