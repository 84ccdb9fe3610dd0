"""Commands to work that was claimed ahead and has not started, and to work whose worker is gone for good."""

from tests.calls import lose


def test_a_hold_taken_back_before_the_start_leaves_it_starting(calls, make_worker):
    worker = make_worker()
    first, second = calls.enqueue(), calls.enqueue()
    assert len(worker.claim(1, 1)) == 2
    assert [calls.get(w)["state"] for w in (first, second)] == ["RUNNING", "STARTING"]
    for workflow_id in (first, second):
        calls.command(workflow_id, "HOLD")
        calls.command(workflow_id, "RESUME")
    assert [calls.get(w)["state"] for w in (first, second)] == ["RUNNING", "STARTING"]


def test_a_hold_is_overtaken_when_the_worker_was_lost_too_often(calls, make_worker, clock):
    calls.set_setting("max_reclaims", 0)
    worker = make_worker(on_worker_lost="hold")
    workflow_id = calls.enqueue()
    worker.claim_one()
    calls.command(workflow_id, "HOLD")
    lose(clock, calls)
    assert calls.status(workflow_id) == "ERROR"
    assert calls.value("select outcome from workflows.command_log") == "overtaken"
