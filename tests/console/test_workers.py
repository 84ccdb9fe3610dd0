"""Workers: one is drained and resumed from its row, by name and with a reason."""

import pytest
from playwright.sync_api import expect

from tests.calls import Worker
from tests.console.site import running_console
from tests.console.work import HOSTILE

AUDIT = "select event, actor, reason from workflows.audit where event like 'worker %%' order by audit_id"


@pytest.fixture
def worker(calls):
    return Worker(calls, node={"worker_name": "gateway 1"})


def submit(client, order, worker, **fields):
    return client.submit(f"/workers/{order}", "/workers", worker_id=worker.worker_id, **fields)


def test_a_worker_is_drained_and_resumed(console, calls, worker):
    calls.enqueue()
    claimed = worker.claim_one()
    calls.enqueue()
    with console.client("olaf") as client:
        told = client.told(submit(client, "drain", worker, reason="new disk"))
        assert told == "gateway 1 claims nothing more; it still runs 1"
        assert worker.claim(1) == [] and worker.finish(claimed) == "ok"
        text = client.get("/workers").text
        assert ">draining<" in text and "by olaf at " in text and ": new disk<" in text
        assert "Resume this worker" in text and "Drain this worker" not in text
        told = client.told(submit(client, "resume", worker))
        assert told == "gateway 1 claims again"
        assert "Drain this worker" in client.get("/workers").text
    assert len(worker.claim(1)) == 1
    assert calls.rows(AUDIT) == [
        ("worker drained", "olaf", "new disk"),
        ("worker resumed", "olaf", None),
    ]


def test_what_a_lesser_role_or_a_worker_that_is_gone_gets(console, calls, worker):
    with console.client("vera") as client:
        assert "Drain this worker" not in client.get("/workers").text
        assert submit(client, "drain", worker).status_code == 403
    worker.retire()
    with console.client("ada") as client:
        told = client.told(submit(client, "drain", worker))
        assert "no worker with this id is at work" in told
        assert "the worker is missing" in client.told(client.submit("/workers/drain", "/workers"))
    assert calls.rows(AUDIT) == []


def test_one_that_drains_by_itself_is_offered_nothing(console, calls, worker):
    worker.renew(is_draining=True)
    with console.client("olaf") as client:
        text = client.get("/workers").text
        assert ">draining<" in text and "Drain this worker" not in text
        assert "it claims nothing more" in client.told(submit(client, "resume", worker))


def test_names_and_reasons_are_text_and_a_read_only_console_orders_nothing(console_options, calls):
    worker = Worker(calls, node={"worker_name": HOSTILE})
    calls.call("drain_worker", worker_id=worker.worker_id, reason=HOSTILE, actor=HOSTILE)
    with (
        running_console(console_options, read_only=True) as console,
        console.client("ada") as client,
    ):
        text = client.get("/workers").text
        assert "&lt;script&gt;" in text and "<script>alert" not in text and "<img src=x" not in text
        assert "Resume this worker" not in text
        assert submit(client, "resume", worker).status_code == 403


def test_the_form_of_a_worker_survives_its_renewals(calls, look, worker):
    page = look("olaf", "/workers")
    page.locator("summary", has_text="Drain").last.click()
    page.locator("details[open]").get_by_label("Reason").fill("new disk")
    before = page.locator("td time").first.get_attribute("datetime")
    worker.renew()
    expect(page.locator("td time").first).not_to_have_attribute("datetime", before)
    page.get_by_role("button", name="Drain this worker").click()
    expect(page.get_by_role("status")).to_contain_text("gateway 1 claims nothing more")
    assert calls.rows(AUDIT) == [("worker drained", "olaf", "new disk")]
