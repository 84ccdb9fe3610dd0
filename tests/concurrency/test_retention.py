"""Removal meets those who use the same ended workflow: each gets a clear answer, and no row is left of what is gone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import psycopg
import pytest

from tests.calls import Calls, refused, statement
from tests.concurrency.conftest import second
from tests.waiting import wait_until

STRAY = (Path(__file__).parents[1] / "faults" / "integrity.sql").read_text()
APPLY = {"limit": 10000, "after": "00000000-0000-0000-0000-000000000000"}
DEDUPLICATED = {"deduplication_id": "d"}


@pytest.fixture
def worker(make_worker):
    return make_worker("mix", max_attempts=1)


@pytest.fixture(autouse=True)
def nothing_is_kept(calls):
    calls.run("delete from workflows.retention_policy")
    calls.set_setting("retention_grace_seconds", 0)
    calls.call("set_retention", options={"keep_seconds": 0})


def stop_one(calls, worker, **options):
    """A workflow that was stopped, with a message and a prompt."""
    workflow_id = calls.enqueue("mix", {"kg": 5}, **options)
    claimed = worker.claim_one()
    worker.record(
        claimed, "prompt", kind="prompt", ask={"question": "?", "second_signature": False}
    )
    worker.finish(claimed, "suspend", k="prompt")
    calls.call("send_message", workflow_id=workflow_id, message="1")
    calls.command(workflow_id, "STOP")
    assert calls.status(workflow_id) == "STOPPED"
    return workflow_id


# What meets the removal, and the error of who comes after it; None: it simply does its work.
ACTIONS = {
    "retry": (lambda i, p: statement("retry_workflow", workflow_id=i), "WF003"),
    "fork": (lambda i, p: statement("fork_workflow", workflow_id=i), "WF003"),
    "reset": (lambda i, p: statement("send_command", workflow_id=i, command="RESET"), "WF003"),
    "stop": (lambda i, p: statement("send_command", workflow_id=i, command="STOP"), "WF003"),
    "enqueue": (
        lambda i, p: statement("enqueue", workflow_name="mix", inputs="{}", options=DEDUPLICATED),
        None,
    ),
    "same id": (
        lambda i, p: statement(
            "enqueue", workflow_name="mix", inputs="{}", options={"workflow_id": i}
        ),
        None,
    ),
}


def prompt_of(calls, workflow_id):
    query = "select prompt_id::text from workflows.prompt where workflow_id = %s::uuid"
    return calls.value(query, workflow_id)


def remove(calls):
    return calls.call("apply_retention", **APPLY)["tables"].get("workflow", 0)


def is_there(calls, workflow_id):
    query = "select count(*) from workflows.workflow where workflow_id = %s::uuid"
    return calls.value(query, workflow_id) == 1


@pytest.mark.parametrize("action", ACTIONS)
def test_removed_first(calls, worker, open_session, session, blocked, action):
    """Who comes second waits for the removal, and is then told that there is nothing."""
    workflow_id = stop_one(calls, worker, **DEDUPLICATED)
    ask, code = ACTIONS[action]
    asked = ask(workflow_id, prompt_of(calls, workflow_id))
    remover = open_session()
    assert remove(remover) == 1
    assert calls.status(workflow_id) == "STOPPED"  # who only reads sees what was
    other = blocked(session(), *asked)
    remover.conn.commit()
    if code:
        with refused(code):
            other.outcome()
    else:
        (found,) = other.outcome()[0]
        assert (found == workflow_id) is (action == "same id")
        assert calls.status(found) == "ENQUEUED"
    assert calls.rows(STRAY) == []


@pytest.mark.parametrize("action", [*ACTIONS, "message"])
def test_removed_second(calls, worker, open_session, action, options=DEDUPLICATED):
    """A transaction that uses the workflow may stay open: it is passed by, and gone the next time unless it lives."""
    workflow_id = stop_one(calls, worker, **options)
    if action == "message":
        calls.retry(workflow_id)
    user = open_session()
    if action == "message":
        user.call("send_message", workflow_id=workflow_id, message="2")
        calls.command(workflow_id, "CANCEL")
        assert calls.status(workflow_id) == "CANCELLED"
    else:
        user.conn.execute(*ACTIONS[action][0](workflow_id, prompt_of(calls, workflow_id)))
    is_used = action != "same id"  # which only reads
    assert remove(calls) == (not is_used)
    user.conn.commit()
    assert calls.rows(STRAY) == []
    assert remove(calls) == (is_used and action != "retry")
    assert is_there(calls, workflow_id) is (action == "retry")
    assert calls.rows(STRAY) == []


def test_a_prompt_that_somebody_answers_is_passed_by(calls, worker, open_session):
    workflow_id = stop_one(calls, worker)
    operator = open_session()
    query = "select 1 from workflows.prompt where workflow_id = %s::uuid for update"
    operator.rows(query, workflow_id)
    assert remove(calls) == 0
    operator.conn.rollback()
    assert remove(calls) == 1


@pytest.mark.parametrize(
    ("function", "guard", "action"),
    [
        ("insert_message", " for key share", "message"),
        ("lock_workflow", " for key share", "stop"),
        ("fork_workflow", "for key share", "fork"),
    ],
)
def test_without_a_guard_rows_of_nobody_are_left(
    calls, worker, open_session, without, function, guard, action
):
    """Negative controls: the lock of the record is what the removal passes by."""
    without(function, guard)
    with pytest.raises(AssertionError):
        test_removed_second(calls, worker, open_session, action, {})


def test_one_that_was_tried_again_meanwhile_is_not_removed(calls, worker, without):
    """It was seen as ended before somebody sent it back to work."""
    workflow_id = stop_one(calls, worker)
    query = """select f.workflow_ids, f.ends from workflows.find_over(
      '00000000-0000-0000-0000-000000000000', workflows.last_uuid(), 9, 9, workflows.clock_now()) f"""
    ((seen, ends),) = calls.rows(query)
    calls.retry(workflow_id)
    removing = "select workflows.remove_workflows(%s, %s) -> 'tables'"
    assert calls.value(removing, seen, ends) == {}
    calls.command(workflow_id, "CANCEL")
    assert calls.value(removing, seen, ends) == {}
    without("remove_workflows", "and w.ended_at = i.ended_at")
    assert calls.value(removing, seen, ends)["workflow"] == 1


def test_a_late_answer_for_one_that_is_gone_is_told_that_its_token_is_stale(calls, worker):
    calls.enqueue("mix")
    claimed = worker.claim_one()
    assert worker.finish(claimed) == "ok"
    assert worker.finish(claimed) == "ok"  # once more, as after a lost reply
    assert remove(calls) == 1
    assert worker.finish(claimed) == "WF001"
    assert worker.record(claimed)["a"] == "WF001"


def test_finish_is_not_waited_for(calls, worker, open_session):
    ids = [calls.enqueue("mix") for _ in range(2)]
    first, other = worker.claim(2)
    worker.finish(first)
    finisher = second(worker, open_session())
    assert finisher.finish(other) == "ok"
    assert remove(calls) == 1
    finisher.calls.conn.commit()
    assert is_there(calls, ids[1]) and remove(calls) == 1


def test_two_maintainers_share_the_work(calls, worker, open_session):
    """The one that has the row of progress goes on, the other one passes by and does the rest of maintenance."""
    for _ in range(3):
        calls.enqueue("mix")
    for claimed in worker.claim(3):
        worker.finish(claimed)
    first, other = open_session(), open_session()
    first.maintain()
    removed = "select removed_count from workflows.retention_progress"
    assert first.value(removed) == 3
    other.maintain()
    assert other.value(removed) == 0
    other.conn.commit()
    first.conn.commit()
    assert calls.value(removed) == 3


def test_a_policy_that_is_being_changed_does_not_hold_maintenance_up(calls, worker, open_session):
    calls.enqueue("mix")
    worker.finish(worker.claim_one())
    admin = open_session()
    admin.call("set_retention", options={"keep_seconds": 86400})
    calls.conn.execute("set lock_timeout = '2s'")
    calls.maintain()
    assert calls.value("select removed_count from workflows.retention_progress") == 0
    admin.conn.commit()


def test_two_who_set_policies_in_opposite_order_wait_but_do_not_stand_still(
    open_session, blocked, calls
):
    first, other = open_session(), open_session()
    first.call("set_retention", options={"status": "ERROR", "keep_seconds": 1})
    waiting = blocked(
        other, *statement("set_retention", options={"status": "STOPPED", "keep_seconds": 1})
    )
    first.call("set_retention", options={"status": "STOPPED", "keep_seconds": 2})
    first.conn.commit()
    waiting.outcome()
    other.call("set_retention", options={"status": "ERROR", "keep_seconds": 3})
    other.conn.commit()
    kept = {p["status"]: p["keep_seconds"] for p in calls.call("list_retention")["policies"]}
    assert (kept["ERROR"], kept["STOPPED"]) == (3, 1)


@pytest.mark.parametrize("limit", ["statement_timeout", "lock_timeout"])
def test_a_time_limit_in_the_middle_leaves_every_workflow_whole(calls, worker, connect, limit):
    workflow_id = stop_one(calls, worker)
    holder = connect(autocommit=False)
    Calls(holder).run("lock table workflows.workflow_payload in access exclusive mode")
    calls.conn.execute(f"set {limit} = '50ms'")
    with pytest.raises(psycopg.Error):
        remove(calls)
    calls.conn.execute(f"reset {limit}")
    holder.rollback()
    assert is_there(calls, workflow_id) and calls.rows(STRAY) == []
    assert remove(calls) == 1


@pytest.mark.proof
def test_removal_under_load_leaves_no_stray_row(calls, make_worker, session):
    """Four sessions do everything there is to ended workflows while two remove whatever has ended."""
    load(calls, make_worker, session, rounds=60)


def test_removal_under_load_in_short(calls, make_worker, session):
    load(calls, make_worker, session, rounds=8)


def use(mine, worker, seed, rounds):
    """Ends workflows and asks something of each; every answer is one that a caller can understand."""
    draw = Random(seed)
    for number in range(rounds):
        options = {"deduplication_id": f"d{draw.randrange(3)}"} if number % 2 else {}
        ids = [mine.enqueue("mix", **options) for _ in range(4)]
        for claimed in worker.claim(8):
            worker.record(claimed)
            worker.finish(claimed)
        for workflow_id in ids:
            ask, _ = draw.choice(list(ACTIONS.values()))
            try:
                mine.conn.execute(*ask(workflow_id, None))
            except psycopg.Error as error:
                assert error.sqlstate in ("WF003", "WF006", "WF009"), error


def clean(mine, is_over):
    while not is_over:
        mine.run("update workflows.retention_progress set next_turn_at = '-infinity'")
        mine.maintain()
        remove(mine)


def load(calls, make_worker, session, rounds):
    is_over = []
    with ThreadPoolExecutor(6) as pool:
        users = []
        for seed in range(4):
            mine = session()
            worker = make_worker("mix", calls=mine)
            users.append(pool.submit(use, mine, worker, seed, rounds))
        cleaners = [pool.submit(clean, session(), is_over) for _ in range(2)]
        try:
            for one in users:
                one.result(60)
        finally:
            is_over.append(True)
        for one in cleaners:
            one.result(60)
    make_worker("mix").work_off()
    calls.maintain()
    assert calls.rows(STRAY) == []
    wait_until(lambda: remove(calls) == 0)
