"""Maintenance mode: entered for a queue or for all, obeyed by claims and enqueue, remembered."""

import pytest

from tests.calls import Calls, Worker, lose, refused
from tests.sql.test_notify import heard, listener

__all__ = ["listener"]

AUDIT = """select event, actor, reason, detail, old_value, new_value from workflows.audit
  order by audit_id"""


def enter(calls, mode="drain", queue_name=None, **more):
    return calls.call("enter_maintenance", mode=mode, queue_name=queue_name, **more)


def leave(calls, queue_name=None, **more):
    return calls.call("exit_maintenance", queue_name=queue_name, **more)


def state(calls):
    return calls.call("get_maintenance")


@pytest.fixture
def two(calls):
    """A worker on two queues."""
    calls.call("create_queue", queue_name="other")
    return Worker(calls, queues=("default", "other"))


@pytest.fixture
def turn(calls):
    """The next turn of maintenance, now."""

    def take(limit=500):
        calls.run("update workflows.maintenance set last_turn_at = now() - interval '2 seconds'")
        calls.maintain(limit)

    return take


def allowed(calls, queue_name="default", **more):
    return calls.enqueue("mix", queue_name=queue_name, allow_during_maintenance=True, **more)


def test_nothing_entered(calls, make_worker):
    make_worker("mix")
    assert state(calls) == {
        "is_entered": False,
        "is_settled": True,
        "running": 0,
        "enqueued": 0,
        "all": None,
        "queues": [],
    }
    assert leave(calls) == {"queue_name": None, "was_entered": False, "is_entered": False}
    assert calls.rows(AUDIT)[-1][0] != "maintenance exited"


@pytest.mark.parametrize("queue_name", ["default", None])
def test_nothing_new_starts_and_what_runs_ends(calls, two, queue_name):
    calls.enqueue("mix")
    running = two.claim_one()
    waits = calls.enqueue("mix")
    enter(calls, queue_name=queue_name, reason="new pump", actor="anna")
    assert two.claim(5) == []
    found = state(calls)
    assert (found["is_entered"], found["is_settled"]) == (True, True)
    assert (found["running"], found["enqueued"]) == (1, 1)
    two.record(running, "weigh", output=5)
    assert two.finish(running) == "ok"
    assert state(calls)["running"] == 0
    assert leave(calls, queue_name)["is_entered"] is False
    assert two.claim_ids(5) == [waits]


def test_get_maintenance_tells_who_and_why(calls, two):
    enter(calls, queue_name="other", reason="new pump", actor="anna")
    found = state(calls)
    (queue,) = found["queues"]
    assert queue.pop("entered_at")
    assert queue == {
        "queue_name": "other",
        "mode": "drain",
        "reason": "new pump",
        "entered_by": "anna",
        "is_own": True,
        "running": 0,
        "enqueued": 0,
    }
    assert found["all"] is None
    enter(calls, reason="upgrade")
    found = state(calls)
    assert (found["all"]["reason"], found["all"]["entered_by"]) == ("upgrade", "script")
    assert [(q["queue_name"], q["reason"], q["is_own"]) for q in found["queues"]] == [
        ("default", "upgrade", False),
        ("other", "new pump", True),
    ]


def test_another_queue_goes_on(calls, two):
    enter(calls, queue_name="other")
    allowed(calls, "other")
    mine = calls.enqueue("mix")
    assert two.claim_ids(5) == [mine]


def test_all_means_also_queues_made_later(calls):
    enter(calls)
    calls.call("create_queue", queue_name="later")
    with refused("WF005", "queue_name") as detail:
        calls.enqueue("mix", queue_name="later")
    assert detail["maintenance"] == "drain"
    calls.set_setting("create_queues_on_enqueue", "true")
    with refused("WF005", "queue_name"):
        calls.enqueue("mix", queue_name="made on the fly")
    leave(calls)
    assert calls.enqueue("mix", queue_name="later")


def test_a_queue_made_at_the_same_moment_is_caught_up(calls, connect, turn):
    """Neither saw the other; the next turn of maintenance mends it, in both directions."""
    maker = Calls(connect(autocommit=False))
    maker.call("create_queue", queue_name="late")
    enter(calls)
    maker.conn.commit()
    query = "select maintenance_mode from workflows.queue where queue_name = %s"
    assert calls.value(query, "late") is None
    turn()
    assert calls.value(query, "late") == "drain"
    maker.call("create_queue", queue_name="later")
    leave(calls)
    maker.conn.commit()
    assert calls.value(query, "later") == "drain"
    turn()
    assert calls.value(query, "later") is None


def test_exit_ends_only_what_was_entered(calls, two):
    """A pause stays a pause, the order for all stays, the order for one queue stays."""
    calls.call("pause_queue", queue_name="other")
    for queue_name in ("default", "other"):
        calls.enqueue("mix", queue_name=queue_name)
    enter(calls, queue_name="default")
    enter(calls)
    assert leave(calls, "default") == {
        "queue_name": "default",
        "was_entered": True,
        "is_entered": True,
    }
    assert two.claim(5) == []
    enter(calls, queue_name="default")
    assert leave(calls)["was_entered"] is True
    assert two.claim(5) == []
    leave(calls, "default")
    assert [c["queue"] for c in two.claim(5)] == ["default"]
    calls.call("resume_queue", queue_name="other")
    assert [c["queue"] for c in two.claim(5)] == ["other"]


def test_a_resume_does_not_end_maintenance(calls, two):
    calls.enqueue("mix")
    enter(calls, queue_name="default")
    calls.call("pause_queue", queue_name="default")
    calls.call("resume_queue", queue_name="default")
    assert two.claim(1) == []


def test_entering_again_changes_nothing_but_the_mode(calls, two):
    first = enter(calls, reason="a", actor="anna")
    again = enter(calls, reason="b", actor="bob")
    assert {**again, "cancelled": 0} == {**first, "cancelled": 0}
    sharper = enter(calls, "cancel", reason="c", actor="bob")
    assert (sharper["mode"], sharper["entered_by"]) == ("cancel", "bob")
    assert [row for row in calls.rows(AUDIT) if "maintenance" in row[0]] == [
        ("maintenance entered", "anna", "a", "all queues", None, "drain"),
        ("maintenance entered", "bob", "c", "all queues", "drain", "cancel"),
    ]
    leave(calls, reason="done", actor="eve")
    assert calls.rows(AUDIT)[-1] == (
        *("maintenance exited", "eve", "done", "all queues"),
        *("cancel", None),
    )


def test_what_is_wrong_is_said(calls):
    with refused("WF002", "mode"):
        enter(calls, "soft")
    for call in (enter, leave):
        with refused("WF005", "queue_name"):
            call(calls, queue_name="nowhere")
    assert state(calls)["is_entered"] is False


def test_nulls_are_defaults(calls):
    names = ("mode", "reason", "queue_name", "actor")
    entered = calls.call("enter_maintenance", **dict.fromkeys(names))
    assert (entered["mode"], entered["entered_by"]) == ("drain", "script")
    left = calls.call("exit_maintenance", **dict.fromkeys(names[1:]))
    assert left["was_entered"] is True


# What is enqueued meanwhile --------------------------------------------------------------------------


def test_enqueue_is_refused_and_says_so(calls):
    enter(calls)
    with refused("WF005", "queue_name") as detail:
        calls.enqueue("mix")
    assert detail["maintenance"] == "drain"
    assert "allow_during_maintenance" in detail["problem"]
    assert calls.rows("select from workflows.workflow") == []


def test_what_is_allowed_waits(calls, two):
    enter(calls)
    workflow_id = allowed(calls)
    assert two.claim(1) == []
    leave(calls)
    assert two.claim_ids(1) == [workflow_id]


def test_batch_mates_are_untouched(calls, two):
    enter(calls, queue_name="default")
    entries = [
        {"workflow_name": "mix"},
        {"workflow_name": "mix", "options": {"allow_during_maintenance": True}},
        {"workflow_name": "mix", "options": {"queue_name": "other"}},
        {"workflow_name": "mix", "options": {"allow_during_maintenance": False}},
    ]
    answers = calls.enqueue_many(*entries)
    assert ["error" in answer for answer in answers] == [True, False, False, True]
    assert {answers[n]["error"]["code"] for n in (0, 3)} == {"WF005"}
    assert answers[0]["error"]["maintenance"] == "drain"


def test_the_option_is_true_or_false(calls):
    with refused("WF002", "allow_during_maintenance"):
        calls.enqueue("mix", allow_during_maintenance="yes")
    assert calls.enqueue("mix", allow_during_maintenance=None)


def test_an_id_that_stands_is_answered(calls):
    """Its sender did not hear the first answer and asks again."""
    workflow_id = calls.enqueue("mix")
    enter(calls)
    assert calls.enqueue("mix", workflow_id=workflow_id) == workflow_id
    entry = {"workflow_name": "mix", "options": {"workflow_id": workflow_id}}
    (answer,) = calls.enqueue_many(entry)
    assert (answer["workflow_id"], answer["deduplicated"]) == (workflow_id, True)


# What goes on ----------------------------------------------------------------------------------------


def test_timers_deadlines_and_reclaim_go_on(calls, make_worker, clock):
    worker = make_worker("mix", on_worker_lost="fail")
    delayed = calls.enqueue("mix", delay_seconds=5)
    late = calls.enqueue("mix", start_before="2030-01-01T00:00:00Z")
    calls.run("update workflows.ready set start_before = now() where start_before is not null")
    running = [calls.enqueue("mix", timeout_seconds=8, priority=-1) for _ in range(2)]
    assert worker.claim_ids(2) == running
    enter(calls)
    clock.advance(9)
    calls.maintain()
    assert calls.status(late) == "CANCELLED"
    assert calls.status(delayed) == "ENQUEUED"
    query = "select control from workflows.lease"
    assert calls.rows(query) == [("timeout",)] * 2
    lose(clock, calls)
    assert {calls.status(one) for one in running} == {"CANCELLED"}
    assert worker.renew() == {"is_lost": True}


def test_gates_are_not_given_to_who_may_not_start(calls, two):
    """Equipment is not parked on a queue in maintenance; another queue gets it meanwhile."""
    enter(calls, queue_name="default")
    first = allowed(calls, resources=["pump"])
    second = calls.enqueue("mix", queue_name="other", resources=["pump"])
    (claimed,) = two.claim(5)
    assert claimed["w"] == second
    assert two.finish(claimed) == "ok"
    assert two.claim(5) == []
    leave(calls, "default")
    assert two.claim_ids(5) == [first]


@pytest.mark.session
def test_leaving_wakes_who_is_idle(calls, connect, listener):
    worker = Worker(Calls(connect()))
    enter(calls)
    allowed(calls)
    assert worker.claim_reply(1, may_idle=True)["idle"] is True
    heard(listener)
    leave(calls)
    assert heard(listener) == ["1"]
    assert len(worker.claim(1, is_idle=True)) == 1


# cancel ----------------------------------------------------------------------------------------------


@pytest.fixture
def stand(calls, two):
    """A workflow in every live status, by status; the worker holds the running one."""
    stand = {"DELAYED": calls.enqueue("mix", delay_seconds=60)}
    stand["WAITING"] = calls.enqueue("mix")
    claimed = two.claim_one()
    two.record(claimed, "nap", kind="sleep", status="WAITING", seconds=60)
    two.finish(claimed, "suspend", k="nap")
    stand["RUNNING"] = calls.enqueue("mix", partition_key="k")
    two.running = two.claim_one()
    stand["BLOCKED"] = calls.enqueue("mix", partition_key="k")
    assert two.claim(1) == []
    stand["HELD"] = calls.enqueue("mix")
    calls.command(stand["HELD"], "HOLD")
    stand["ENQUEUED"] = calls.enqueue("mix")
    assert {calls.status(i): i for i in stand.values()} == stand
    return stand


@pytest.mark.parametrize("queue_name", ["default", None])
def test_cancel_ends_what_waits_and_asks_what_runs(calls, two, stand, queue_name):
    answer = enter(calls, "cancel", queue_name, reason="fire", actor="anna")
    assert answer["cancelled"] == {"queued": 5, "running": 1}
    running = stand.pop("RUNNING")
    assert {calls.status(i) for i in stand.values()} == {"CANCELLED"}
    assert (calls.get(running)["state"], calls.get(running)["reason"]) == ("CANCELLING", "fire")
    query = "select distinct command, actor, reason from workflows.command where command <> 'HOLD'"
    assert calls.rows(query) == [("CANCEL", "anna", "fire")]
    assert two.finish(two.running, "cancelled") == "ok"
    assert state(calls)["running"] == 0
    assert calls.rows("select from workflows.gate_ticket") == []


def test_cancel_of_one_queue_leaves_the_others(calls, stand):
    answer = enter(calls, "cancel", "other")
    assert answer["cancelled"] == {"queued": 0, "running": 0}
    assert {calls.status(i): i for i in stand.values()} == stand


def test_what_was_allowed_in_is_not_cancelled(calls, turn):
    enter(calls, "cancel")
    waits = allowed(calls)
    turn()
    enter(calls, "cancel")
    assert calls.status(waits) == "ENQUEUED"


def test_the_rest_is_cancelled_by_turns_and_by_calling_again(calls, turn):
    calls.enqueue_many(*[{"workflow_name": "mix"}] * 1700)
    assert enter(calls, "cancel")["cancelled"] == {"queued": 1000, "running": 0}
    turn(limit=500)
    query = "select count(*) from workflows.ready"
    assert calls.value(query) == 200
    assert enter(calls, "cancel")["cancelled"] == {"queued": 200, "running": 0}
    assert enter(calls, "cancel")["cancelled"] == {"queued": 0, "running": 0}
    assert calls.value("select count(*) from workflows.command") == 1700


def test_what_commits_late_is_cancelled_by_the_next_turn(calls, connect, turn):
    user = Calls(connect(autocommit=False))
    workflow_id = user.enqueue("mix")
    enter(calls, "cancel")
    user.conn.commit()
    turn()
    assert calls.status(workflow_id) == "CANCELLED"


def test_a_drain_cancels_nothing(calls, stand, turn):
    enter(calls)
    turn()
    assert {calls.status(i): i for i in stand.values()} == stand


def test_a_reason_of_spaces_is_none(calls, turn):
    """Or each turn of maintenance would be refused, with all else that it does."""
    calls.set_queue(requires_reason=True)
    calls.enqueue("mix")
    assert enter(calls, "cancel", reason=" ")["cancelled"] == {"queued": 1, "running": 0}


def test_who_enters_has_a_name(calls):
    with refused("WF002", "actor"):
        enter(calls, "cancel", actor="anna ")
