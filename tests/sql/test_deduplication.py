"""deduplication_id: held until the workflow ends, with return, replace, reject, debounce; throttled."""

import uuid

import pytest

from tests.calls import refused


def test_d27_a_deduplication_id_is_held_until_the_workflow_ends(calls, make_worker):
    worker = make_worker("mix")
    first = calls.enqueue("mix", {"n": 1}, deduplication_id="batch 7")
    assert calls.enqueue("mix", {"n": 2}, deduplication_id="batch 7") == first
    claimed = worker.claim_one()
    assert calls.enqueue("mix", deduplication_id="batch 7") == first
    assert calls.get(first)["inputs"] == {"n": 1}
    worker.finish(claimed)
    assert calls.enqueue("mix", deduplication_id="batch 7") != first


def test_a_deduplication_id_belongs_to_one_workflow_name(calls):
    assert calls.enqueue("a", deduplication_id="x") != calls.enqueue("b", deduplication_id="x")


def test_reject_is_wf006_and_names_the_holder(calls):
    first = calls.enqueue("mix", deduplication_id="x")
    with refused("WF006", "deduplication_id") as detail:
        calls.enqueue("mix", deduplication_id="x", on_duplicate="reject")
    assert detail["workflow_id"] == first


def test_replace_changes_the_inputs_until_it_starts(calls, make_worker):
    worker = make_worker("mix")
    replace = {"deduplication_id": "x", "on_duplicate": "replace"}
    first = calls.enqueue("mix", {"n": 1}, **replace)
    assert calls.enqueue("mix", {"n": 2}, **replace) == first
    claimed = worker.claim_one()
    assert claimed["inputs"] == {"n": 2}
    assert calls.enqueue("mix", {"n": 3}, **replace) == first
    assert calls.get(first)["inputs"] == {"n": 2}


def test_debounce_moves_the_time(calls, clock, make_worker):
    clock.freeze()
    worker = make_worker("mix")
    options = {"deduplication_id": "x", "on_duplicate": "debounce", "delay_seconds": 10}
    first = calls.enqueue("mix", {"n": 1}, **options)
    for n in range(2, 5):
        clock.advance(6)
        calls.maintain()
        assert worker.claim(1) == []
        assert calls.enqueue("mix", {"n": n}, **options) == first
    clock.advance(11)
    calls.maintain()
    claimed = worker.claim(5)
    assert [(c["w"], c["inputs"]) for c in claimed] == [(first, {"n": 4})]


def test_debounce_never_loses_the_last_call(calls, clock, make_worker):
    """Once the workflow has started, what it was not given goes into a new one."""
    worker = make_worker("mix")
    options = {"deduplication_id": "x", "on_duplicate": "debounce", "delay_seconds": 10}
    first = calls.enqueue("mix", {"n": 1}, **options)
    clock.advance(11)
    calls.maintain()
    claimed = worker.claim_one()
    second = calls.enqueue("mix", {"n": 2}, **options)
    assert second != first and calls.status(second) == "DELAYED"
    assert calls.enqueue("mix", {"n": 3}, **options) == second
    assert worker.finish(claimed) == "ok"
    assert calls.enqueue("mix", {"n": 4}, **options) == second
    clock.advance(11)
    calls.maintain()
    assert worker.claim_one()["inputs"] == {"n": 4}


@pytest.mark.parametrize("is_batched", [True, False])
def test_who_is_refused_passes_nobody(calls, make_worker, is_batched):
    """The workflow that goes on has its deduplication id still, and its window."""
    worker = make_worker("mix")
    first = calls.enqueue("mix", deduplication_id="x", deduplication_seconds=60)
    worker.claim_one()
    rows = "select workflow_id::text, expires_at from workflows.deduplication"
    before = calls.rows(rows)
    calls.set_queue("default", max_enqueued=1)
    calls.enqueue("other")
    later = {"deduplication_id": "x", "on_duplicate": "debounce", "delay_seconds": 10}
    if is_batched:
        [answer] = calls.enqueue_many({"workflow_name": "mix", "options": later})
        assert answer["error"]["code"] == "WF005"
    else:
        with refused("WF005", "queue_name"):
            calls.enqueue("mix", **later)
    assert calls.rows(rows) == before
    assert calls.enqueue("mix", deduplication_id="x") == first


@pytest.mark.parametrize("is_batched", [True, False])
def test_debounce_puts_off_up_to_its_limit(calls, clock, make_worker, is_batched):
    clock.freeze()
    worker = make_worker("mix")
    options = {
        "deduplication_id": "x", "on_duplicate": "debounce", "delay_seconds": 10,
        "debounce_limit_seconds": 25,
    }  # fmt: skip
    entry = {"workflow_name": "mix", "options": options}
    for n in range(4):
        assert worker.claim(1) == [], f"{6 * n} s"
        if is_batched:
            calls.enqueue_many(
                *[{**entry, "inputs": {"n": n - 1}}] * 2, {**entry, "inputs": {"n": n}}
            )
        else:
            calls.enqueue("mix", {"n": n}, **options)
        clock.advance(6)
        calls.maintain()
    calls.enqueue("mix", {"n": 4}, **options)
    clock.advance(1.5)
    calls.maintain()
    claimed = worker.claim_one()
    assert claimed["inputs"] == {"n": 4}
    assert calls.get(claimed["w"])["available_at"] == calls.value(
        "select to_json(enqueued_at + interval '25 seconds') from workflows.workflow"
    )


@pytest.mark.parametrize("on_duplicate", ["return", "reject"])
def test_throttled_calls_get_one_workflow_in_a_window(calls, clock, make_worker, on_duplicate):
    clock.freeze()
    worker = make_worker("mix")
    throttled = {"deduplication_id": "x", "deduplication_seconds": 60, "on_duplicate": on_duplicate}
    first = calls.enqueue("mix", **throttled)
    worker.finish(worker.claim_one())
    clock.advance(59)
    if on_duplicate == "return":
        assert calls.enqueue("mix", **throttled) == first
    else:
        with refused("WF006", "deduplication_id") as detail:
            calls.enqueue("mix", **throttled)
        assert detail["workflow_id"] == first
    clock.advance(1)
    second = calls.enqueue("mix", **throttled)
    assert second != first and calls.status(second) == "ENQUEUED"
    clock.advance(61)
    again = calls.enqueue("mix", **{**throttled, "on_duplicate": "return"})
    assert again == second, "it has not ended"


def test_a_call_without_a_window_and_a_retry_are_not_throttled(calls, make_worker):
    worker = make_worker("mix")
    first = calls.enqueue("mix", deduplication_id="x", deduplication_seconds=60)
    worker.finish(worker.claim_one(), "error", error={"class": "ValueError", "message": "no"})
    calls.maintain()
    assert calls.retry(first)["outcome"] == "accepted"
    calls.command(first, "STOP")
    assert calls.enqueue("mix", deduplication_id="x") != first


@pytest.mark.parametrize("on_duplicate", ["return", "replace", "reject"])
def test_the_same_deduplication_id_twice_in_one_batch(calls, on_duplicate):
    def one(n):
        options = {"deduplication_id": "x", "on_duplicate": on_duplicate}
        return {"workflow_name": "mix", "inputs": {"n": n}, "options": options}

    first, second = calls.enqueue_many(one(1), one(2))
    assert calls.value("select count(*) from workflows.ready") == 1
    if on_duplicate == "reject":
        assert second["error"]["code"] == "WF006"
    else:
        assert second["workflow_id"] == first["workflow_id"]
        assert second["deduplicated"]
        wanted = {"n": 2} if on_duplicate == "replace" else {"n": 1}
        assert calls.get(first["workflow_id"])["inputs"] == wanted


def test_who_was_refused_has_not_taken_the_deduplication_id(calls):
    """The same workflow id comes again without the deduplication id, and is not found to hold it."""
    rows = "select count(*) from workflows.deduplication"
    first = str(uuid.uuid4())
    entry = {"workflow_name": "mix", "options": {"workflow_id": first, "deduplication_id": "x"}}
    calls.call("enter_maintenance", mode="drain", queue_name="default")
    (refused,) = calls.enqueue_many(entry)
    assert refused["error"]["code"] == "WF005" and calls.value(rows) == 0
    calls.call("exit_maintenance", queue_name="default")
    assert calls.enqueue("mix", workflow_id=first) == first
    other = calls.enqueue("mix", deduplication_id="x")
    assert other != first


def test_two_entries_with_one_id_take_one_deduplication_id(calls):
    first = str(uuid.uuid4())
    entries = [
        {"workflow_name": "mix", "options": {"workflow_id": first, "deduplication_id": name}}
        for name in ("x", "y")
    ]
    calls.enqueue_many(*entries)
    assert calls.value("select array_agg(deduplication_id) from workflows.deduplication") == ["x"]
    assert calls.enqueue("mix", deduplication_id="y") != first


@pytest.mark.parametrize("is_batched", [True, False])
def test_debounce_takes_the_start_before_of_the_last_call(calls, clock, make_worker, is_batched):
    clock.freeze()
    worker = make_worker("mix")
    query = "select to_json(workflows.clock_now() + %s * interval '1 second')"
    options = {"deduplication_id": "x", "on_duplicate": "debounce", "delay_seconds": 4}
    ids = set()
    for n in range(3):
        earlier = {**options, "start_before": calls.value(query, 4.5)}
        last = {**options, "start_before": calls.value(query, 5)}
        if is_batched:
            item = {"workflow_name": "mix", "inputs": {"n": n}}
            answers = calls.enqueue_many({**item, "options": earlier}, {**item, "options": last})
            ids |= {answer["workflow_id"] for answer in answers}
        else:
            ids.add(calls.enqueue("mix", {"n": n}, **last))
        clock.advance(3)
        calls.maintain()
    clock.advance(1.8)
    calls.maintain()
    claimed = worker.claim_one()
    assert ({claimed["w"]}, claimed["inputs"]) == (ids, {"n": 2})


def test_debounce_leaves_its_gates_to_who_has_got_them(calls, make_worker):
    """Put off, it would keep its equipment from others without having begun."""
    worker = make_worker("mix")
    options = {"deduplication_id": "x", "partition_key": "k"}
    first = calls.enqueue("mix", {"n": 1}, **options)
    worker.claim(0)
    later = {**options, "on_duplicate": "debounce", "delay_seconds": 10}
    assert calls.enqueue("mix", {"n": 2}, **later) == first
    assert worker.claim_one()["inputs"] == {"n": 2}
