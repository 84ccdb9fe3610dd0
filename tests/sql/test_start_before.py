"""start_before: not started by then is CANCELLED with that reason, wherever it waits."""


def expired(calls, workflow_id):
    found = calls.get(workflow_id)
    return (found["status"], found["reason"], calls.hot_rows(workflow_id)) == (
        "CANCELLED",
        "not started before its start_before",
        [],
    )


def soon(calls, seconds):
    query = "select to_json(workflows.clock_now() + %s * interval '1 second')"
    return calls.value(query, seconds)


def test_start_before_in_the_queue_is_cancelled_by_maintenance(calls, clock):
    workflow_id = calls.enqueue("mix", start_before=soon(calls, 10))
    clock.advance(11)
    calls.maintain()
    assert expired(calls, workflow_id)


def test_start_before_in_the_queue_is_cancelled_by_a_claim(calls, clock, make_worker):
    late = calls.enqueue("mix", start_before=soon(calls, 10))
    other = calls.enqueue("mix")
    worker = make_worker("mix")
    clock.advance(11)
    assert worker.claim_ids(1) == [other]
    assert expired(calls, late)


def test_start_before_while_delayed(calls, clock):
    workflow_id = calls.enqueue("mix", delay_seconds=5, start_before=soon(calls, 10))
    calls.command(workflow_id, "HOLD")
    calls.command(workflow_id, "RESUME")
    clock.advance(11)
    calls.maintain()
    assert expired(calls, workflow_id)


def test_start_before_while_held(calls, clock):
    workflow_id = calls.enqueue("mix", start_before=soon(calls, 10))
    calls.command(workflow_id, "HOLD")
    clock.advance(11)
    calls.maintain()
    assert expired(calls, workflow_id)


def test_start_before_while_blocked_frees_its_place(calls, clock, make_worker):
    worker = make_worker("mix")
    first = calls.enqueue("mix", partition_key="unit")
    late = calls.enqueue("mix", partition_key="unit", start_before=soon(calls, 10))
    third = calls.enqueue("mix", partition_key="unit")
    claimed = worker.claim(5)
    assert [c["w"] for c in claimed] == [first]
    assert calls.status(late) == "BLOCKED"
    clock.advance(11)
    calls.maintain()
    assert expired(calls, late)
    assert worker.finish(claimed[0]) == "ok"
    assert worker.claim_ids(5) == [third]


def test_start_before_does_not_touch_what_has_started(calls, clock, make_worker):
    worker = make_worker("mix")
    workflow_id = calls.enqueue("mix", start_before=soon(calls, 10))
    claimed = worker.claim_one()
    clock.advance(11)
    calls.maintain()
    assert worker.finish(claimed, "released") == "ok"
    calls.maintain()
    assert worker.claim_ids(1) == [workflow_id]


def test_start_before_does_not_touch_a_retry_that_waits_for_its_key(calls, clock, make_worker):
    worker = make_worker("mix")
    first = calls.enqueue("mix", partition_key="unit", start_before=soon(calls, 10))
    worker.fail(worker.claim_one())
    calls.enqueue("mix", partition_key="unit")
    worker.claim_one()
    calls.call("retry_workflow", workflow_id=first)
    assert worker.claim(1) == [] and calls.status(first) == "BLOCKED"
    clock.advance(11)
    calls.maintain()
    assert calls.status(first) == "BLOCKED"
