"""What waits for a person, who holds what, dead letters and rejected entries."""

import pytest
from playwright.sync_api import expect

from exchange.workflows.cpython.console.pages import equipment
from tests.calls import Worker
from tests.console.work import HOSTILE, varied_work

ENTRY_ID = "00000000-0000-4000-8000-000000000001"
OTHER_ID = "00000000-0000-4000-8000-000000000002"


@pytest.fixture
def olaf(console):
    with console.client("olaf") as client:
        yield client


@pytest.fixture
def vera(console):
    with console.client("vera") as client:
        yield client


def fail(calls, name="mix", message="the valve does not answer", **options):
    """A dead letter."""
    worker = Worker(calls, names=(name,), queues=(options.get("queue_name", "default"),))
    workflow_id = calls.enqueue(name, **options)
    claimed = worker.claim_one()
    assert claimed["w"] == workflow_id
    worker.fail(claimed, message)
    return workflow_id


def reject(calls, workflow_id=ENTRY_ID, queue_name="later", **more):
    entry = {"workflow_name": "mix", "inputs": {"text": HOSTILE},
             "options": {"workflow_id": workflow_id, "queue_name": queue_name}}  # fmt: skip
    problem = {"code": "WF005", "message": "there is no queue later"}
    whole = {"workflow_id": workflow_id, "entry": entry, "origin": "gw1/plant", "problem": problem}
    calls.call("reject_entries", entries=[{**whole, **more}])


def audited(calls, event):
    return calls.value("select actor from workflows.audit where event = %s", event)


def test_attention_says_what_to_do_for_each(calls, olaf, vera):
    ids = varied_work(calls, 20)
    text = olaf.get("/attention").text
    assert "held: shift change" in text and "Resume this workflow" in text
    assert "retry it once the cause is gone" in text and "Send it back to work" in text
    assert "<img src=x" not in text and "<script>alert" not in text
    held = olaf.get("/attention?kind=held").text
    assert ids["held"] in held and ids["failed"] not in held
    assert "nothing waits for a person" in olaf.get("/attention?kind=prompt").text
    assert "this workflow" not in vera.get("/attention").text


def test_attention_is_acted_upon_and_one_stays_on_the_page(calls, olaf):
    ids = varied_work(calls, 5)
    answer = olaf.submit(f"/workflows/{ids['held']}/command", "/attention?kind=held",
                         command="RESUME")  # fmt: skip
    assert answer.headers["location"] == "/attention?kind=held"
    assert calls.status(ids["held"]) == "ENQUEUED"


def pages_of(client, path):
    """The text of every page that a list goes on to."""
    texts = []
    while path:
        texts.append(client.get(path).text)
        found = [part for part in texts[-1].split('href="')[1:] if ">Further" in part[:400]]
        path = found[0].split('"')[0].replace("&amp;", "&") if found else None
        assert len(texts) < 20
    return texts


def test_long_lists_are_paged_without_a_gap(calls, olaf):
    held = [calls.enqueue() for _ in range(120)]
    for workflow_id in held:
        calls.command(workflow_id, "HOLD", "audit", actor="olaf")
    texts = pages_of(olaf, "/attention")
    assert len(texts) == 3
    for workflow_id in held:
        assert sum(f'id="row-held-{workflow_id}"' in text for text in texts) == 1
    for n in range(120):
        calls.enqueue(resources=[f"pump {n:03}"])
    assert len(Worker(calls).claim(120)) == 120
    texts = pages_of(olaf, "/equipment?kind=resource")
    assert len(texts) == 3
    for n in range(120):
        assert sum(f">pump {n:03}<" in text for text in texts) == 1


def test_equipment_who_holds_and_who_waits(calls, olaf):
    holder = calls.enqueue(resources=["reactor 1"], partition_key="line 1")
    calls.enqueue(resources=["reactor 1"])
    calls.enqueue(resources=["reactor 2"])
    calls.enqueue(partition_key=HOSTILE)
    assert len(Worker(calls).claim(10)) == 3
    text = olaf.get("/equipment").text
    assert f'href="/workflows/{holder}"' in text and ">reactor 2<" in text and ">line 1<" in text
    assert "/equipment/wait-list?resource=reactor+1" in text
    assert "/equipment/wait-list?queue_name=default&amp;partition_key=line+1" in text
    assert "<img src=x" not in text and "<script>alert" not in text
    text = olaf.get("/equipment?search=REACTOR&waited=1").text
    assert ">reactor 1<" in text and ">reactor 2<" not in text and ">line 1<" not in text
    assert "nothing fits" in olaf.get("/equipment?search=%25").text


def test_a_wait_list_in_order_by_pages(calls, olaf, vera):
    holder = calls.enqueue("fill", resources=["reactor 1"])
    worker = Worker(calls, names=("fill", "mix"))
    worker.claim(1)
    ids = [calls.enqueue(resources=["reactor 1", "pump"], priority=n % 2) for n in range(60)]
    worker.claim(60)
    calls.command(ids[2], "HOLD")
    first, second = pages_of(vera, "/equipment/wait-list?resource=reactor+1")
    assert f'href="/workflows/{holder}"' in first and "60 wait" in first
    in_order = [*ids[0::2], *ids[1::2]]
    assert [one for one in in_order if f'id="ticket-{one}"' in first] == in_order[:50]
    assert [one for one in in_order if f'id="ticket-{one}"' in second] == in_order[50:]
    assert '<td class="n">1</td>' in first and '<td class="n">51</td>' in second
    assert first.count('<span class="pill warn">held</span>') == 1
    text = olaf.get(f"/workflows/{ids[5]}").text
    assert "/equipment/wait-list?resource=reactor+1" in text
    waits = olaf.get("/workflows?status=BLOCKED&resource=reactor+1").text
    assert f'value="{holder}"' not in waits and 'name="id"' in waits


def test_the_wait_list_of_a_key_and_of_nothing(calls, vera):
    for _ in range(2):
        calls.enqueue(partition_key=HOSTILE)
    Worker(calls).claim(2)
    text = vera.get("/equipment").text
    path = text.split('href="/equipment/wait-list')[1].split('"')[0].replace("&amp;", "&")
    text = vera.get(f"/equipment/wait-list{path}").text
    assert "1 wait" in text and "&lt;script&gt;" in text
    assert "<img src=x" not in text and "<script>alert" not in text
    text = vera.get("/equipment/wait-list?resource=nothing").text
    assert "nobody now" in text and "nobody waits for it" in text
    assert vera.get("/equipment/wait-list").status_code == 400
    assert vera.get("/equipment/wait-list?partition_key=x").status_code == 400


def test_more_gates_than_one_look_are_found_by_going_further(calls, vera, monkeypatch):
    monkeypatch.setattr(equipment, "LOOK", 7)
    for n in range(20):
        calls.enqueue(resources=[f"pump {n:02}"])
    Worker(calls).claim(20)
    texts = pages_of(vera, "/equipment")
    assert len(texts) == 3 and "7 of those in use were looked at" in texts[0]
    for n in range(20):
        assert sum(f">pump {n:02}<" in text for text in texts) == 1


def test_dead_letters_say_why(calls, olaf, vera):
    fail(calls)
    fail(calls, "bake", HOSTILE)
    text = olaf.get("/dead-letters").text
    assert "ValueError" in text and "the valve does not answer" in text and "Retry all" in text
    assert "<img src=x" not in text and "<script>alert" not in text
    text = olaf.get("/dead-letters?queue_name=default&workflow_name=mix").text
    assert "the valve does not answer" in text and "bake" not in text
    assert "no dead letter fits" in olaf.get("/dead-letters?queue_name=ovens").text
    assert "Retry" not in vera.get("/dead-letters").text


def test_dead_letters_are_retried_one_or_all_of_a_filter(calls, olaf):
    one, *mixes = [fail(calls) for _ in range(3)]
    bake = fail(calls, "bake", HOSTILE)
    olaf.submit(f"/workflows/{one}/retry", "/dead-letters")
    assert calls.status(one) == "ENQUEUED"
    asked = olaf.submit("/dead-letters/ask", "/dead-letters", workflow_name="mix")
    assert "Retry 2 dead letters?" in asked.text and "Send 2 dead letters back" in asked.text
    assert all(calls.status(workflow_id) == "ERROR" for workflow_id in mixes)
    told = olaf.told(
        olaf.submit("/workflows/order", "/dead-letters", order="RETRY", id=mixes, request_id="r")
    )
    assert "RETRY: 2 accepted" in told
    assert [calls.status(w) for w in (*mixes, bake)] == ["ENQUEUED", "ENQUEUED", "ERROR"]
    assert audited(calls, "retried") == "olaf"
    asked = olaf.submit("/dead-letters/ask", "/dead-letters")
    assert "Retry 1 dead letter?" in asked.text and "<img src=x" not in asked.text
    none = olaf.submit("/dead-letters/ask", "/dead-letters", queue_name="ovens")
    assert "no dead letter fits" in olaf.told(none)


def test_rejected_entries_are_shown_as_text(calls, olaf, vera):
    reject(calls)
    reject(calls, OTHER_ID, origin=HOSTILE, problem={"code": "WF002", "message": HOSTILE})
    text = olaf.get("/rejected").text
    assert "WF005: there is no queue later" in text and "gw1/plant" in text
    assert "<img src=x" not in text and "<script>alert" not in text
    assert OTHER_ID not in olaf.get("/rejected?origin=gw1/plant").text
    assert "no rejected entry fits" in olaf.get("/rejected?decided=yes").text
    assert "Discard" not in vera.get("/rejected").text


def test_rejected_entries_are_retried_or_discarded(calls, olaf):
    reject(calls)
    reject(calls, OTHER_ID)
    again = olaf.submit("/rejected/resolve", "/rejected", workflow_id=ENTRY_ID, action="retry")
    assert "the entry is kept" in olaf.told(again), "the queue is still missing"
    calls.call("create_queue", queue_name="later")
    told = olaf.told(olaf.submit("/rejected/resolve", "/rejected", workflow_id=ENTRY_ID,
                                 action="retry"))  # fmt: skip
    assert "the entry was enqueued as workflow" in told
    assert calls.status(ENTRY_ID) == "ENQUEUED"
    told = olaf.told(olaf.submit("/rejected/resolve", "/rejected", workflow_id=OTHER_ID,
                                 action="discard"))  # fmt: skip
    assert "was discarded" in told
    assert audited(calls, "rejected entry retried") == "olaf"
    assert audited(calls, "rejected entry discarded") == "olaf"
    text = olaf.get("/rejected?decided=yes").text
    assert "retried" in text and "discarded" in text and "by olaf" in text
    odd = olaf.submit("/rejected/resolve", "/rejected", workflow_id=OTHER_ID, action="burn")
    assert "burn is neither" in olaf.told(odd)


def test_discarding_in_a_browser_asks_first(calls, look):
    reject(calls)
    page = look("olaf", "/rejected")
    page.get_by_text("show", exact=True).click()
    expect(page.locator("pre", has_text="onerror")).to_be_visible()
    page.get_by_text("Discard", exact=True).click()
    expect(page.get_by_text("It never runs. This cannot be taken back.")).to_be_visible()
    reject(calls, OTHER_ID)
    expect(page.locator("tbody tr")).to_have_count(2)
    row = page.locator(f"#entry-{ENTRY_ID}")
    expect(row.get_by_role("button", name="Discard this entry")).to_be_visible()
    row.get_by_role("button", name="Discard this entry").click()
    expect(page.get_by_text(f"the entry {ENTRY_ID} was discarded")).to_be_visible()


def test_dead_letters_retried_in_a_browser(calls, look):
    first, second = fail(calls), fail(calls)
    page = look("olaf", "/dead-letters")
    page.get_by_role("button", name="Retry all...").click()
    page.get_by_role("button", name="Send 2 dead letters back to work").click()
    expect(page.get_by_text("RETRY: 2 accepted")).to_be_visible()
    expect(page.get_by_text("there are no dead letters")).to_be_visible()
    assert {calls.status(first), calls.status(second)} == {"ENQUEUED"}
