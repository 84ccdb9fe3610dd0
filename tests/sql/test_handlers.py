"""Handlers in the database: their numbers, crashes, orders on top of orders, poison, gates, and room for them."""

import pytest

from tests.calls import lose
from tests.sql.situations import HANDLERS, Situation


@pytest.fixture
def make(calls, clock):
    def bring(handlers=HANDLERS, **policies):
        return Situation(calls, clock, list(handlers), **policies)

    return bring


@pytest.fixture
def batch(make):
    """Work has begun, and it sleeps in the database."""
    s = make()
    s.waiting()
    return s


def handlers_run(s):
    """The keys of the handlers that were recorded, in their order."""
    query = "select step_key from workflows.step where workflow_id = %s and kind = 'handler'"
    return [key for (key,) in s.calls.rows(query + " order by ended_at", s.workflow_id)]


def crash(s):
    """The worker is lost; another one of the same name registers."""
    lose(s.clock, s.calls)
    s.worker = type(s.worker)(
        s.calls,
        (s.name,),
        **{k: v for k, v in s.worker.definitions[0].items() if "workflow" not in k},
    )
    s.claimed = None


def test_numbers_count_over_the_life_of_a_workflow(batch):
    for number in ("", "#2", "#3"):
        batch.order("HOLD")
        batch.obey()
        batch.order("RESUME")
        batch.obey()
        assert handlers_run(batch)[-2:] == ["on_hold" + number, "on_resume" + number]
        batch.suspend()


@pytest.mark.parametrize("command", ["HOLD", "STOP", "CANCEL", "ABORT"])
@pytest.mark.parametrize("is_recorded", [False, True], ids=["before", "after"])
def test_a_crash_around_the_record_of_a_handler(batch, command, is_recorded):
    """The order stands with its number; who finds the handler recorded only leaves."""
    batch.order(command)
    word, number = batch.claim(0)["control"].split()
    if is_recorded:
        batch.record_handler(word, number)
    crash(batch)
    again = batch.claim(0)
    assert again["control"] == f"{word} {number}"
    recorded = [step["k"] for step in again["steps"] if step["kind"] == "handler"]
    assert bool(recorded) == is_recorded
    batch.obey()
    assert len(handlers_run(batch)) == 1
    assert batch.command_row() == ("obeyed", True)


def test_a_crash_around_the_record_of_on_resume(batch):
    batch.order("HOLD")
    batch.obey()
    batch.order("RESUME")
    assert batch.claim()["control"] == "resume 1"
    crash(batch)
    assert batch.stands == ("ENQUEUED", "RESUMING")
    assert batch.claim()["control"] == "resume 1"
    batch.record_handler("resume", "1")
    assert batch.stands == ("RUNNING", "RUNNING")
    crash(batch)
    assert "control" not in batch.claim()


def test_a_crash_while_it_is_asked_to_hold(make):
    """It worked, was told, and died before it obeyed: whoever claims it runs the handler."""
    s = make()
    s.begin()
    s.order("HOLD")
    crash(s)
    assert s.stands == ("ENQUEUED", "HOLDING")
    s.obey()
    assert (s.stands, handlers_run(s)) == (("HELD", "HELD"), ["on_hold"])


@pytest.mark.parametrize("command", ["HOLD", "PAUSE"])
def test_an_order_that_is_taken_back_in_time_runs_nothing(make, command):
    s = make()
    s.begin()
    s.order(command)
    assert s.order("RESUME")["state"] == "RUNNING"
    assert s.ordered is None
    assert handlers_run(s) == []


def test_a_hold_taken_back_after_its_handler_is_undone(make):
    """on_hold is recorded, its worker has not left: on_resume has to run."""
    s = make()
    s.begin()
    s.order("HOLD")
    s.record_handler("hold", "1")
    assert s.order("RESUME")["state"] == "RESUMING"
    assert s.command_row() == ("accepted", False)
    s.finish("held")
    assert s.stands == ("ENQUEUED", "RESUMING")
    s.obey()
    assert (s.stands, handlers_run(s)) == (("RUNNING", "RUNNING"), ["on_hold", "on_resume"])
    assert s.command_row() == ("obeyed", True)


def test_a_worker_that_leaves_for_a_pause_has_not_run_on_hold(make):
    s = make()
    s.begin()
    s.order("PAUSE")
    s.order("HOLD")
    s.finish("held")
    assert s.stands == ("ENQUEUED", "HOLDING")
    s.obey()
    assert (s.stands, handlers_run(s)) == (("HELD", "HELD"), ["on_hold"])


def test_a_hold_that_comes_while_it_resumes(batch):
    batch.order("HOLD")
    batch.obey()
    batch.order("RESUME")
    batch.claim()
    assert batch.order("HOLD")["state"] == "HOLDING"
    assert batch.record_handler("resume", "1")["c"] == "hold 2"
    batch.obey()
    assert batch.stands == ("HELD", "HELD")
    assert handlers_run(batch) == ["on_hold", "on_resume", "on_hold#2"]


@pytest.mark.parametrize(("command", "after"), [("STOP", "STOPPED"), ("ABORT", "ABORTED")])
@pytest.mark.parametrize("command_before", ["HOLD", "PAUSE"])
def test_one_that_is_held_is_ended_with_its_handler(batch, command_before, command, after):
    batch.order(command_before)
    batch.obey()
    assert batch.order(command)["status"] == "ENQUEUED"
    batch.obey()
    assert batch.stands == (after, after)
    assert handlers_run(batch)[-1] == f"on_{command.lower()}"


def test_paused_then_held_runs_on_hold(batch):
    batch.order("PAUSE")
    assert handlers_run(batch) == []
    assert batch.order("HOLD")["state"] == "HOLDING"
    batch.obey()
    assert (batch.stands, handlers_run(batch)) == (("HELD", "HELD"), ["on_hold"])


@pytest.mark.parametrize("held_by", ["HOLD", "PAUSE"])
def test_on_resume_without_on_hold_runs_after_a_hold_only(make, held_by):
    s = make(["on_resume"])
    s.waiting()
    s.order(held_by)
    s.order("RESUME")
    s.obey() if held_by == "HOLD" else None
    assert handlers_run(s) == (["on_resume"] if held_by == "HOLD" else [])


def test_a_time_that_is_over_runs_on_stop_wherever_it_stands(make):
    s = make(timeout_seconds=60)
    s.waiting()
    s.clock.advance(61)
    s.calls.maintain()
    assert s.stands == ("ENQUEUED", "STOPPING")
    s.worker.register()
    assert s.claim(0)["control"] == "timeout 1"
    assert s.stands == ("RUNNING", "CANCELLING")
    crash(s)
    s.obey()
    found = s.calls.get(s.workflow_id)
    assert (found["status"], found["reason"]) == ("CANCELLED", "timeout")
    assert handlers_run(s) == ["on_stop"]


def test_a_time_that_is_over_comes_before_a_hold(make):
    s = make(timeout_seconds=60)
    s.begin()
    s.order("HOLD")
    s.clock.advance(61)
    s.worker.renew(s.claimed)
    s.calls.maintain()
    assert s.ordered == "timeout 1"
    assert s.command_row() == ("overtaken", True)
    s.obey()
    assert s.stands == ("CANCELLED", "CANCELLED")


def test_time_held_does_not_count(make):
    s = make(timeout_seconds=700)
    s.waiting()
    s.order("HOLD")
    s.obey()
    s.clock.advance(5000)
    s.calls.maintain()
    s.order("RESUME")
    s.worker.register()
    s.obey()
    assert s.stands == ("RUNNING", "RUNNING")
    s.clock.advance(690)
    s.worker.renew(s.claimed)
    s.calls.maintain()
    assert s.ordered is None
    s.clock.advance(20)
    s.worker.renew(s.claimed)
    s.calls.maintain()
    assert s.ordered == "timeout 1"


@pytest.mark.parametrize(
    ("command", "after", "outcome"),
    [
        ("HOLD", "ERROR", "overtaken"),
        ("STOP", "STOPPED", "failed"),
        ("CANCEL", "CANCELLED", "failed"),
        ("ABORT", "ABORTED", "failed"),
    ],
)
def test_a_handler_that_kills_its_workers(batch, command, after, outcome):
    """Who is told to end does end; a hold that nobody survives is a dead letter, as any such work."""
    batch.calls.set_setting("max_reclaims", 2)
    batch.order(command)
    for _ in range(3):
        batch.claim(0)
        crash(batch)
    assert batch.stands[0] == after
    assert batch.command_row() == (outcome, True)
    assert "worker lost 3 times" in batch.calls.get(batch.workflow_id)["reason"]


@pytest.mark.parametrize(
    ("command", "after"), [("HOLD", "HELD"), ("STOP", "STOPPED"), ("CANCEL", "CANCELLED")]
)
def test_a_handler_that_raises_stops_nothing(batch, command, after):
    batch.order(command)
    word, number = batch.claim(0)["control"].split()
    error = {"class": "ValueError", "message": "stuck"}
    batch.record_handler(word, number, status="ERROR", error=error)
    batch.finish({"HOLD": "held", "STOP": "stopped"}.get(command, "cancelled"), error=error)
    assert batch.stands[0] == after
    assert batch.command_row() == ("failed", True)
    assert batch.calls.get(batch.workflow_id)["reason"] == "handler failed: ValueError: stuck"


def test_an_on_resume_that_raises_is_held_again(batch):
    batch.order("HOLD")
    batch.obey()
    batch.order("RESUME")
    batch.claim()
    error = {"class": "ValueError", "message": "no pressure"}
    batch.record_handler("resume", "1", status="ERROR", error=error)
    batch.finish("held", error=error)
    assert batch.stands == ("HELD", "HELD")
    assert batch.command_row() == ("failed", True)


@pytest.mark.parametrize("policy", ["hold", "fail"])
@pytest.mark.parametrize("command", ["HOLD", "PAUSE", "RESUME", "STOP", "ABORT"])
def test_the_policy_for_lost_workers_and_orders(make, policy, command):
    """An order that ends a workflow comes first; else the policy decides, and the order is answered."""
    s = make(on_worker_lost=policy)
    s.waiting()
    if command == "RESUME":
        s.order("HOLD")
        s.obey()
        s.order("RESUME")
        s.claim()
    else:
        s.clock.advance(601)
        s.worker.register()
        s.calls.maintain()
        s.claim()
        s.order(command)
    crash(s)
    if command in ("STOP", "ABORT"):
        s.obey()
        assert s.stands[0] == {"STOP": "STOPPED", "ABORT": "ABORTED"}[command]
        assert s.command_row() == ("obeyed", True)
        return
    assert s.stands[0] == {"hold": "HELD", "fail": "ERROR"}[policy]
    held = {"HOLD": "failed", "PAUSE": "obeyed"}  # on_hold did not run; a pause has nothing to run
    outcome = held.get(command, "overtaken") if policy == "hold" else "overtaken"
    assert s.command_row() == (outcome, True)


@pytest.mark.parametrize("command", ["HOLD", "STOP", "ABORT"])
def test_one_with_an_order_keeps_its_gates_until_it_ends(make, command):
    s = make()
    s.begin(partition_key="k")
    s.suspend()
    second = s.calls.enqueue(s.name, partition_key="k")
    s.order(command)
    if command == "HOLD":
        s.obey()
    else:
        s.claim(0)
    assert s.worker.claim(4) == []
    query = "select is_holder from workflows.gate_ticket where workflow_id = %s"
    assert s.calls.rows(query, s.workflow_id) == [(True,)]
    if command == "HOLD":
        s.order("STOP")
    s.obey()
    assert s.worker.claim_ids(4) == [second]


def test_aborting_keeps_the_gates_for_one_lease_without_a_handler(make):
    s = make([])
    s.begin(resources=["pump"])
    late = s.claimed
    second = s.calls.enqueue(s.name, resources=["pump"])
    assert s.order("ABORT")["state"] == "ABORTING"
    assert s.worker.record(late)["a"] == "WF001"
    assert s.worker.finish(late) == "WF001"
    assert s.worker.claim(1) == []
    s.clock.advance(19)
    s.calls.maintain()
    assert s.worker.claim(1) == []
    s.clock.advance(2)
    s.worker.register()
    s.calls.maintain()
    assert s.stands == ("ABORTED", "ABORTED")
    assert s.worker.claim_ids(1) == [second]


@pytest.mark.parametrize("command", ["HOLD", "STOP", "CANCEL", "ABORT"])
@pytest.mark.parametrize("where", ["ENQUEUED", "BLOCKED", "DELAYED", "gated"])
def test_nothing_in_work_runs_no_handler(make, command, where):
    s = make()
    if where in ("BLOCKED", "gated"):
        s.calls.enqueue(s.name, partition_key="k", priority=-1)
        s.worker.claim_one()
    options = {"DELAYED": {"delay_seconds": 60}, "ENQUEUED": {}}
    s.enqueue(**options.get(where, {"partition_key": "k"}))
    if where == "BLOCKED":
        assert s.worker.claim(1) == []
        assert s.stands[0] == "BLOCKED"
    s.order(command)
    assert s.stands[0] in ("HELD", "STOPPED", "CANCELLED", "ABORTED")
    assert s.command_row() == ("obeyed", True)


@pytest.mark.parametrize("obstacle", ["paused", "maintenance", "full", "worker full"])
def test_an_order_with_a_handler_waits_for_nothing(batch, obstacle):
    """A stop does not queue, and takes no place from others."""
    calls = batch.calls
    if obstacle == "paused":
        calls.call("pause_queue", queue_name="default")
    elif obstacle == "maintenance":
        calls.call("enter_maintenance", queue_name="default")
    elif obstacle == "full":
        calls.set_queue(max_running=1)
        calls.enqueue(batch.name)
        batch.worker.claim_one()
    batch.order("STOP")
    claimed = batch.claim(0)
    assert (claimed["control"], claimed["started"]) == ("stop 1", True)
    query = "select is_limited from workflows.lease where workflow_id = %s"
    assert calls.value(query, batch.workflow_id) is False
    batch.obey()
    assert batch.stands[0] == "STOPPED"


def test_an_order_is_claimed_before_everything(batch):
    ids = [batch.calls.enqueue(batch.name, priority=-100) for _ in range(2)]
    batch.order("HOLD")
    assert batch.worker.claim_ids(1) == [batch.workflow_id]
    assert set(batch.worker.claim_ids(2)) == set(ids)


@pytest.mark.parametrize("obstacle", ["paused", "full"])
def test_going_on_waits_like_any_work(batch, obstacle):
    batch.order("HOLD")
    batch.obey()
    if obstacle == "paused":
        batch.calls.call("pause_queue", queue_name="default")
    else:
        batch.calls.set_queue(max_running=0)
    batch.order("RESUME")
    assert batch.worker.claim(4) == []
    batch.calls.set_queue(max_running=1)
    batch.calls.call("resume_queue", queue_name="default")
    assert batch.worker.claim_ids(4) == [batch.workflow_id]


def test_a_result_overtakes_an_order_and_its_handler(make):
    s = make()
    s.begin()
    s.order("HOLD")
    s.finish("success", result=5)
    assert (s.stands[0], s.command_row()) == ("SUCCESS", ("overtaken", True))


def test_a_failed_try_runs_the_handler_of_the_order(make):
    s = make()
    s.begin()
    s.order("HOLD")
    s.worker.fail(s.claimed)
    s.claimed = None
    assert s.stands == ("ENQUEUED", "HOLDING")
    s.obey()
    assert s.stands == ("HELD", "HELD")
