"""workers list, drain, resume."""

from tests.calls import calls, make_worker

__all__ = ["calls", "make_worker"]


def test_a_worker_is_drained_and_claims_again(run, answer, calls, make_worker):
    worker = make_worker("mix")
    [shown] = answer("workers", "list")
    assert (shown["worker_id"], shown["status"]) == (worker.worker_id, "active")
    ordered = run("workers", "drain", worker.worker_id, "--reason", "new memory", "--actor", "anna")
    assert ordered.exit_code == 0 and "drains; 0 workflows are left" in ordered.out
    assert "active, drains" in run("workers", "list").out
    calls.enqueue("mix")
    assert worker.claim(1) == []
    audit = "select actor, reason from workflows.audit_log where event = 'worker drained'"
    assert calls.rows(audit) == [("anna", "new memory")]
    resumed = run("workers", "resume", worker.worker_id)
    assert resumed.exit_code == 0 and "claims again" in resumed.out
    assert len(worker.claim(1)) == 1


def test_one_whose_process_ends_still_drains(run, calls, make_worker):
    worker = make_worker("mix")
    calls.run("update workflows.worker set is_draining = true")
    assert "still drains" in run("workers", "resume", worker.worker_id).out


def test_who_is_gone_cannot_be_drained(run):
    ran = run("workers", "drain", "00000000-0000-4000-8000-000000000001")
    assert ran.exit_code == 1 and "worker_status" in ran.err
