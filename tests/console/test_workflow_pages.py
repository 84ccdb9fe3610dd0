"""The list of workflows and one workflow: what they show, and every order that they give."""

import re

import pytest

from exchange.workflows.compat import new_id
from exchange.workflows.cpython.console import database
from tests.calls import Calls, Worker
from tests.console.site import running_console
from tests.console.work import HOSTILE, varied_work


def command_log(calls, workflow_id):
    return calls.rows(
        "select command, actor, reason, outcome from workflows.command_log where workflow_id = %s"
        " order by command_id",
        workflow_id,
    )


def retried(calls):
    return calls.rows(
        "select workflow_id::text, actor, reason from workflows.audit_log where event = 'retried'"
        " order by audit_id"
    )


def test_the_overview_says_what_is_the_matter(console, calls):
    varied_work(calls)
    with console.client("vera") as client:
        page = client.get("/").text
        assert "look at the view dead_letter" in page
        assert re.search(r"<b>1</b>\s*held", page)
        assert 'data-series="[[' in page and "Workflows per minute" in page


def test_the_overview_counts_no_more_than_a_person_reads(console, calls):
    calls.run("alter view workflows.attention_needed rename to all_attention_needed")
    calls.run(
        "create view workflows.attention_needed as"
        " select 'dead letter'::text as kind from generate_series(1, 20000)"
    )
    calls.run("grant select on workflows.attention_needed to public")
    with console.client("vera") as client:
        page = client.get("/").text
    assert "more than 10,000, among them" in page and "over 10,000" in page
    assert "20,000" not in page


def test_the_list_is_filtered_and_paged(console, calls):
    for n in range(120):
        calls.enqueue("mix" if n % 2 else "clean", {"n": n}, partition_key=f"k{n}")
    with console.client("vera") as client:
        seen, path = [], "/workflows?workflow_name=mix"
        while True:
            page = client.get(path).text
            seen += re.findall(r'<tr id="w-([0-9a-f-]+)"', page)
            further = re.search(r'href="(/workflows\?[^"]*before=[^"]*)">Further back', page)
            if further is None:
                break
            path = further[1].replace("&amp;", "&")
        assert len(seen) == len(set(seen)) == 60
        assert "no workflow fits" in client.get("/workflows?status=SUCCESS").text
        assert client.get("/workflows?partition_key=k7").text.count('<tr id="w-') == 1
        assert client.get("/workflows?search=k11").text.count('<tr id="w-') == 11
        wrong = client.get("/workflows?status=NONSENSE")
        assert wrong.status_code == 400 and "is not a status" in wrong.text


def test_a_viewer_sees_and_orders_nothing(console, calls):
    workflow_id = calls.enqueue()
    with console.client("vera") as client:
        page = client.get(f"/workflows/{workflow_id}").text
        assert "Where it stands" in page and "Hold this workflow" not in page
        assert 'name="order"' not in client.get("/workflows").text


def test_only_the_orders_that_are_allowed_now_are_offered(console_options, calls):
    workflow_id = calls.enqueue()
    with (
        running_console(console_options, poll_seconds=0) as console,
        console.client("olaf") as client,
    ):

        def offered():
            page = client.get(f"/workflows/{workflow_id}").text
            return set(re.findall(r'<summary class="button \w+">([^<]+)</summary>', page))

        assert {"Hold", "Stop", "Abort", "Cancel"} <= offered()
        assert not {"Resume", "Reset", "Retry"} & offered()
        calls.command(workflow_id, "HOLD")
        assert "Resume" in offered() and "Hold" not in offered()
        calls.command(workflow_id, "STOP")
        assert {"Reset", "Retry", "Start again from a step"} <= offered()
        assert not {"Hold", "Stop", "Cancel", "Send a message"} & offered()


def test_an_order_names_the_person_and_the_reason(console, calls):
    workflow_id = calls.enqueue()
    with console.client("olaf") as client:
        path = f"/workflows/{workflow_id}"
        answer = client.submit(f"{path}/command", path, command="HOLD", reason="shift change")
        assert "HOLD accepted" in client.told(answer)
        assert command_log(calls, workflow_id) == [("HOLD", "olaf", "shift change", "obeyed")]
        answer = client.submit(f"{path}/command", path, command="HOLD")
        assert "HOLD already" in client.told(answer)
        client.submit(f"{path}/command", path, command="STOP", reason="leak")
        answer = client.submit(f"{path}/command", path, command="HOLD")
        assert "HOLD rejected" in client.told(answer)
        answer = client.submit(f"{path}/command", path, command="RESET")
        new = answer.headers["location"].rpartition("/")[2]
        assert new != workflow_id and calls.status(new) == "ENQUEUED"


def test_a_missing_reason_is_said_and_nothing_is_done(console, calls):
    calls.set_queue(requires_reason=True)
    workflow_id = calls.enqueue()
    with console.client("olaf") as client:
        path = f"/workflows/{workflow_id}"
        assert 'name="reason" required' in client.get(path).text
        answer = client.submit(f"{path}/command", path, command="HOLD", reason="  ")
        assert "need a reason" in client.told(answer)
    assert command_log(calls, workflow_id) == []


def test_cancel_retry_fork_and_message(console, calls):
    worker = Worker(calls)
    workflow_id = calls.enqueue()
    claimed = worker.claim_one()
    worker.record(claimed, "weigh", output=1)
    worker.record(claimed, "heat", output=2)
    worker.fail(claimed)
    with console.client("olaf") as client:
        path = f"/workflows/{workflow_id}"
        forms = {"back": path, "form_id": new_id()}
        answer = client.submit(f"{path}/fork", **forms, step_key="heat")
        assert "with 1 recorded steps" in client.told(answer)
        forked = answer.headers["location"].rpartition("/")[2]
        assert calls.get(forked)["previous_workflow_id"] == workflow_id
        answer = client.submit(f"{path}/retry", path, reason="valve mended")
        assert "back to work" in client.told(answer)
        assert calls.status(workflow_id) == "ENQUEUED"
        client.submit(f"{path}/send", **forms, topic="level", message='{"m": 3}')
        client.submit(f"{path}/send", path, form_id=new_id(), topic="note", message="hello")
        bodies = calls.rows(
            "select topic, body, sent_by from workflows.message order by message_no"
        )
        assert bodies == [("level", '{"m": 3}', "olaf"), ("note", '"hello"', "olaf")]
        answer = client.submit(f"{path}/cancel", path, reason="not needed")
        assert "cancel accepted" in client.told(answer)
    assert calls.status(workflow_id) == "CANCELLED"
    assert retried(calls) == [(workflow_id, "olaf", "valve mended")]


def test_many_get_an_order_after_a_question_that_says_how_many(console, calls):
    ids = [calls.enqueue("mix") for _ in range(3)] + [calls.enqueue("clean")]
    with console.client("olaf") as client:
        asked = client.submit("/workflows/ask", order="HOLD", all="1", workflow_name="mix")
        assert asked.status_code == 200 and "Hold 3 workflows?" in asked.text
        assert all(calls.status(one) == "ENQUEUED" for one in ids), "only asked"
        chosen = re.findall(r'name="id" value="([^"]+)"', asked.text)
        request_id = re.search(r'name="request_id" value="([^"]+)"', asked.text)[1]
        order = {"order": "HOLD", "id": chosen, "request_id": request_id, "reason": "audit"}
        assert client.told(client.submit("/workflows/order", **order)).startswith("HOLD: 3 ")
        assert [calls.status(one) for one in ids] == ["HELD"] * 3 + ["ENQUEUED"]
        client.submit("/workflows/order", **order)  # the same form sent twice
        assert len(command_log(calls, ids[0])) == 1
        ticked = client.submit("/workflows/ask", order="CANCEL", id=[ids[3]])
        assert "Cancel 1 workflow?" in ticked.text
        client.submit("/workflows/order", order="CANCEL", id=[ids[3]], request_id="r")
        assert calls.status(ids[3]) == "CANCELLED"
        told = client.told(client.submit("/workflows/order", order="RETRY", id=ids, request_id="s"))
        assert "1 accepted" in told and "3 refused" in told, told
        nothing = client.submit("/workflows/ask", order="HOLD")
        assert "no workflow is ticked" in client.told(nothing)


def test_an_order_to_many_that_breaks_off_says_how_far_it_came(
    console, calls, connect, monkeypatch
):
    monkeypatch.setattr(database, "STATEMENT_SECONDS", 1)
    ids = [calls.enqueue() for _ in range(4)]
    for one in (ids[0], *ids[2:]):
        calls.call("cancel_workflow", workflow_id=one)
    order = {"order": "RETRY", "id": ids, "request_id": "r", "reason": "valve mended"}
    with console.client("olaf") as client, connect(autocommit=False) as other:
        lock = "select 1 from workflows.workflow where workflow_id = %s for update"
        Calls(other).rows(lock, ids[2])
        answer = client.submit("/workflows/order", "/workflows", **order)
        page = client.get(answer.headers["location"]).text
    told = re.search(r'<p class="banner bad" role="status">([^<]*)</p>', page)[1]
    assert re.match(r"RETRY: 1 accepted, 1 refused \(.*\); it stopped there, 2 are left: ", told)
    assert [calls.status(one) for one in ids] == ["ENQUEUED"] * 2 + ["CANCELLED"] * 2
    assert retried(calls) == [(ids[0], "olaf", "valve mended")]


def test_an_unknown_workflow_is_said(console):
    with console.client("vera") as client:
        answer = client.get("/workflows/01970000-0000-7000-8000-000000000000")
        assert answer.status_code == 409 and "there is no workflow with this id" in answer.text
        assert client.get("/workflows/nonsense").status_code == 400


def children_of(calls, parent, number):
    """So many children of a workflow, the oldest first."""
    ids = sorted(calls.enqueue("child", actor=HOSTILE) for _ in range(number))
    for n, one in enumerate(ids, 1):
        calls.run(
            "insert into workflows.child (workflow_id, parent_workflow_id, step_key, child_no, policy)"
            " values (%s, %s, %s, %s, 'follow')",
            *(one, parent, HOSTILE, n),
        )
    return ids


def test_children_are_a_tree(console, calls):
    top = calls.enqueue("mix")
    older, newer = children_of(calls, top, 2)
    (grandchild,) = children_of(calls, older, 1)
    with console.client("vera") as client:
        text = client.get(f"/workflows/{top}").text
        rows = re.findall(r'<tr id="child-([^"]+)"><td class="(level-\d)">', text)
        assert rows == [(newer, "level-1"), (older, "level-1"), (grandchild, "level-2")]
        assert "of its children" not in text and "<script>alert" not in text
        assert "Children</h2>" not in client.get(f"/workflows/{grandchild}").text


def test_a_tree_that_is_cut_says_what_is_left_out(console, calls):
    top = calls.enqueue("mix")
    ids = children_of(calls, top, 102)
    children_of(calls, ids[-1], 103)
    with console.client("vera") as client:
        text = client.get(f"/workflows/{top}").text
        assert "the newest 100 of 102 children" in text and "and 3 more of its children" in text
        others = client.get(f"/workflows?parent={top}").text
        assert others.count('<tr id="w-') == 50 and f'id="w-{ids[-1]}"' in others


def test_a_step_of_several_tries_says_what_is_not_known_of_them(console, calls):
    worker = Worker(calls)
    shown = {}
    for tries in (1, 2):
        workflow_id = calls.enqueue()
        claimed = worker.claim_one()
        retry = {"max_attempts": 5, "interval_seconds": 0, "backoff_rate": 1}
        failure = {"class": "ValueError", "message": "pump"}
        for attempt in range(1, tries + 1):
            worker.record(
                claimed, "pour", status="ERROR", error=failure, retry=retry, attempt=attempt
            )
        with console.client("vera") as client:
            shown[tries] = client.get(f"/workflows/{workflow_id}").text
    kept = "times of the tries between are not kept"
    assert kept not in shown[1]
    assert kept in shown[2] and "2 tries" in shown[2]


@pytest.mark.parametrize("history", ["errors", "full"])
def test_attempts_are_drawn_and_listed(console, calls, history):
    calls.set_queue(history=history)
    worker = Worker(calls)
    workflow_id = calls.enqueue(max_attempts=2)
    worker.fail(worker.claim_one(), "<b>no steam</b>")
    with console.client("vera") as client:
        text = client.get(f"/workflows/{workflow_id}").text
    assert "&lt;b&gt;no steam" in text and "<b>no steam" not in text
    assert "attempt 1: try failed" in text
    assert ("keeps all of them" in text) is (history == "errors")
