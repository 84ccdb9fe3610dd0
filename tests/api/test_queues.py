"""api.admin: queues and workers."""

import pytest

from exchange.workflows.api import admin, service
from tests.calls import SCHEMA, calls, make_worker

__all__ = ["calls", "make_worker"]
NOBODY = "00000000-0000-4000-8000-000000000001"
pytestmark = pytest.mark.usefixtures("workflows")


def code(answer, expected):
    assert answer["code"] == expected, answer
    return answer


def shown():
    [queue] = [q for q in admin.listQueues()["queues"] if q["queueName"] == "default"]
    return queue


def test_a_queue_is_paused_and_resumed(drain):
    paused = code(admin.pauseQueue("default", reason="no cartons", actor="anna"), "QUEUE_PAUSED")
    assert (paused["queueName"], paused["isPaused"]) == ("default", True)
    assert (shown()["isPaused"], shown()["pauseReason"]) == (True, "no cartons")
    service.enqueue("api_double", {"number": 2})
    assert len(drain()) == 0 and shown()["enqueued"] == 1
    assert code(admin.resumeQueue("default"), "QUEUE_RESUMED")["isPaused"] is False
    assert len(drain()) == 1


def test_who_paused_and_why_is_audited(conn):
    admin.pauseQueue("default", reason="no cartons", actor="anna")
    found = conn.execute(
        f"select actor, reason from {SCHEMA}.audit_log where event = 'queue paused'"
    ).fetchall()
    assert found == [("anna", "no cartons")]


def test_a_worker_is_drained_and_resumed(calls, make_worker):
    worker = make_worker("mix")
    drained = code(
        admin.drainWorker(worker.worker_id, reason="new memory", actor="anna"), "WORKER_DRAINED"
    )
    assert (drained["workerId"], drained["running"]) == (worker.worker_id, 0)
    calls.enqueue("mix")
    assert worker.claim(1) == []
    assert code(admin.resumeWorker(worker.worker_id), "WORKER_RESUMED")["isDraining"] is False
    assert len(worker.claim(1)) == 1


@pytest.mark.parametrize(
    ("call", "argument", "expected"),
    [
        (admin.pauseQueue, None, "INVALID_ARGUMENTS"),
        (admin.pauseQueue, "nowhere", "QUEUE_REFUSED"),
        (admin.resumeQueue, "", "INVALID_ARGUMENTS"),
        (admin.resumeQueue, "nowhere", "QUEUE_REFUSED"),
        (admin.drainWorker, None, "INVALID_ARGUMENTS"),
        (admin.drainWorker, "gateway-2", "INVALID_ARGUMENTS"),
        (admin.drainWorker, NOBODY, "NOT_FOUND"),
        (admin.resumeWorker, None, "INVALID_ARGUMENTS"),
        (admin.resumeWorker, NOBODY, "NOT_FOUND"),
    ],
)
def test_what_does_not_fit_is_told(call, argument, expected):
    answer = code(call(argument), expected)
    assert not answer["ok"] and answer["message"]
