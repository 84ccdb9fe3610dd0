"""RESET and fork: a new workflow that knows the old one, with all it was enqueued with."""

import pytest

from tests.calls import refused
from tests.sql.situations import HANDLERS, SITUATIONS, Situation

KEPT = """select workflow_name, workflow_version, queue_id, priority, partition_key, resources,
  timeout_seconds, max_attempts, on_worker_lost from workflows.workflow where workflow_id = %s"""
WHOLE = {
    "priority": 5,
    "partition_key": "k",
    "resources": ["pump"],
    "timeout_seconds": 60,
    "max_attempts": 2,
    "on_worker_lost": "hold",
}


@pytest.fixture
def bring(calls, clock):
    def make(where):
        s = Situation(calls, clock, HANDLERS)
        SITUATIONS[where](s)
        return s

    return make


def fork(calls, workflow_id, step_key=None, **options):
    return calls.call("fork_workflow", workflow_id=workflow_id, step_key=step_key, options=options)


def stopped(calls, **options):
    workflow_id = calls.enqueue("mix", {"tank": "T-1"}, **options)
    calls.command(workflow_id, "STOP")
    return workflow_id


@pytest.mark.parametrize("where", ["STOPPED STOPPED", "ABORTED ABORTED", "ERROR ERROR"])
def test_a_reset_starts_from_the_top(bring, where):
    s = bring(where)
    before = s.calls.get(s.workflow_id)
    new_id = s.order("RESET")["new_workflow_id"]
    assert s.calls.get(s.workflow_id) == before
    [claimed] = s.worker.claim(4)
    assert (claimed["w"], claimed["attempt"], claimed["inputs"]) == (new_id, 1, {"tank": "T-1"})
    assert not claimed.get("steps")
    assert s.worker.finish(claimed) == "ok"


def test_two_operators_who_press_reset_get_one_workflow(calls):
    old = stopped(calls)
    first = calls.command(old, "RESET")["new_workflow_id"]
    again = calls.command(old, "RESET", actor="bernd")
    assert (again["outcome"], again["message"]) == ("already", "already reset")
    assert again["new_workflow_id"] == first
    calls.retry(old)
    calls.command(old, "STOP")
    assert calls.command(old, "RESET")["new_workflow_id"] not in (None, first)


@pytest.mark.parametrize("how", ["RESET", "fork"])
def test_all_options_are_kept(calls, worker, how):
    calls.call("create_queue", queue_name="line")
    old = stopped(calls, queue_name="line", **WHOLE)
    if how == "RESET":
        answer = calls.command(old, "RESET", valid_for_seconds=5, second_actor="ben", topic="t")
        new = answer["new_workflow_id"]
    else:
        new = fork(calls, old)["workflow_id"]
    assert calls.rows(KEPT, new) == calls.rows(KEPT, old)
    query = "select previous_workflow_id::text from workflows.workflow where workflow_id = %s"
    assert calls.value(query, new) == old
    assert calls.get(new)["inputs"] == {"tank": "T-1"}


def test_a_fork_can_be_given_other_options(calls, worker):
    new = fork(calls, stopped(calls, priority=5), priority=-5, delay_seconds=60)["workflow_id"]
    assert (calls.get(new)["priority"], calls.status(new)) == (-5, "DELAYED")


def test_a_reset_takes_the_deduplication_id_or_is_refused(calls, worker):
    old = stopped(calls, deduplication_id="d")
    new = calls.enqueue("mix", deduplication_id="d")
    with refused("WF006", "deduplication_id"):
        calls.command(old, "RESET")
    log = calls.rows("select command from workflows.command_log order by command_id")
    assert log == [("STOP",)], "a refusal leaves nothing behind"
    calls.command(new, "STOP")
    last = calls.command(old, "RESET")["new_workflow_id"]
    assert calls.get(last)["deduplication_id"] == "d"
    assert worker.claim_ids(4) == [last]


def test_a_reset_is_carried_out_once_for_its_request(calls, worker):
    old = stopped(calls)
    first = calls.command(old, "RESET", request_id="r")
    assert calls.command(old, "RESET", request_id="r") == first
    assert calls.value("select count(*) from workflows.workflow") == 2


def test_a_reset_respects_maintenance(calls, worker):
    old = stopped(calls)
    calls.call("enter_maintenance", queue_name="default")
    with refused("WF005"):
        calls.command(old, "RESET")


def record_three(s):
    for key in ("one", "two/part", "two", "two%", "three"):
        s.worker.record(s.claimed, key, output=key)


@pytest.mark.parametrize(
    ("step_key", "kept"),
    [
        ("one", []),
        ("two", ["one"]),
        ("two/part", ["one"]),
        ("two%", ["one", "two/part", "two"]),
        ("three", ["one", "two/part", "two", "two%"]),
        (None, []),
    ],
)
def test_what_was_recorded_before_a_step_is_kept(calls, clock, step_key, kept):
    s = Situation(calls, clock, HANDLERS)
    s.begin()
    record_three(s)
    s.finish("success")
    answer = fork(calls, s.workflow_id, step_key)
    assert answer["kept_steps"] == len(kept)
    assert answer["previous_workflow_id"] == s.workflow_id
    [claimed] = s.worker.claim(1)
    assert [one["k"] for one in claimed.get("steps") or []] == kept
    assert [one["output"] for one in claimed.get("steps") or []] == kept
    assert calls.get(s.workflow_id)["status"] == "SUCCESS"


def test_handlers_are_not_part_of_a_fork(bring):
    s = bring("WAITING RUNNING")
    s.order("HOLD")
    s.obey()
    s.order("RESUME")
    s.obey()
    s.worker.record(s.claimed, "late")
    new = fork(s.calls, s.workflow_id, "late")["workflow_id"]
    assert [one["step_key"] for one in s.calls.steps(new)] == ["nap"]


def test_a_fork_of_one_that_runs_leaves_it_alone(bring):
    s = bring("RUNNING RUNNING")
    record_three(s)
    before = s.calls.get(s.workflow_id)
    fork(s.calls, s.workflow_id, "three")
    assert s.calls.get(s.workflow_id) == before
    s.finish("success")


@pytest.mark.parametrize(
    ("arguments", "code", "field"),
    [
        ({"workflow_id": None}, "WF003", None),
        ({"workflow_id": "x"}, "WF002", "workflow_id"),
        ({"workflow_id": "33333333-3333-4333-8333-333333333333"}, "WF003", None),
        ({"step_key": ""}, "WF002", "step_key"),
        ({"step_key": "unknown"}, "WF002", "step_key"),
        ({"options": "{"}, "WF002", "options"),
        ({"options": "[]"}, "WF002", "options"),
        ({"options": "7"}, "WF002", "options"),
        ({"options": {"colour": 1}}, "WF002", "colour"),
        ({"options": {"priority": 101}}, "WF002", "priority"),
        ({"options": {"on_duplicate": "reject"}}, "WF002", "on_duplicate"),
        ({"options": {"queue_name": "nowhere"}}, "WF005", "queue_name"),
    ],
)
def test_bad_forks(calls, worker, arguments, code, field):
    old = stopped(calls)
    with refused(code, field):
        calls.call("fork_workflow", **{"workflow_id": old, **arguments})
    assert calls.value("select count(*) from workflows.workflow") == 1
