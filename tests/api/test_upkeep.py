"""api.admin: retention and diagnostics."""

import json

import pytest

from exchange.workflows import errors, settings
from exchange.workflows.api import admin, service
from exchange.workflows.engine.instance import getWorkflows

pytestmark = pytest.mark.usefixtures("workflows")


@pytest.fixture
def ended(conn, sql, drain):
    """Three workflows that have ended, and no policy."""
    conn.execute(sql("delete from workflows.retention_policy"))
    conn.execute(sql("select workflows.set_setting('retention_grace_seconds', '0')"))
    for number in range(3):
        service.enqueue("api_double", {"number": number})
    assert len(drain()) == 3


def code(answer, expected):
    assert answer["code"] == expected, answer
    return answer


def test_retention_is_set_listed_applied_and_deleted(ended):
    assert code(admin.applyRetention(), "RETENTION_APPLIED")["removedWorkflows"] == 0
    answer = code(
        admin.setRetention("default", "SUCCESS", keepSeconds=0, actor="anna"), "RETENTION_SET"
    )
    assert (answer["queueName"], answer["status"], answer["keepSeconds"]) == (
        "default",
        "SUCCESS",
        0,
    )
    listed = code(admin.listRetention(), "RETENTION_OK")
    (policy,) = listed["policies"]
    assert (policy["queueName"], policy["changedBy"]) == ("default", "anna")
    applied = code(admin.applyRetention(limit=2), "RETENTION_APPLIED")
    assert applied["ok"] and applied["queues"] == {"default": 3}
    assert applied["tables"]["workflow"] == applied["removedWorkflows"] == 3
    assert applied["passedBy"] == 0 and applied["calls"] > 3
    assert admin.deleteRetention("default", "SUCCESS")["wasSet"] is True
    assert code(admin.deleteRetention("default"), "RETENTION_DELETED")["wasSet"] is False


def test_d29_a_failure_is_told(ended, monkeypatch):
    """The predecessor swallowed it and answered that retention was applied."""

    def fail(*arguments):
        raise errors.DatabaseError("no such disk", code="XX000")

    monkeypatch.setattr(getWorkflows().store, "apply_retention", fail)
    answer = admin.applyRetention()
    assert (answer["ok"], answer["code"]) == (False, "RETENTION_FAILED")
    assert "no such disk" in answer["message"]


def test_what_does_not_fit_is_told(ended):
    assert code(admin.applyRetention(limit=0), "INVALID_ARGUMENTS")["field"] == "limit"
    assert code(admin.setRetention(status="RUNNING"), "INVALID_ARGUMENTS")["field"] == "status"
    code(admin.setRetention("nobody"), "QUEUE_REFUSED")
    code(admin.deleteRetention("nobody"), "QUEUE_REFUSED")


def test_diagnostics(ended, conn, sql):
    conn.execute(sql("select workflows.set_setting('max_reclaims', '9', 'anna')"))
    getWorkflows().enqueueInMemory("api_double", {"number": 5})
    answer = code(admin.getDiagnostics(), "DIAGNOSTICS_OK")
    found = answer["data"]
    assert json.loads(json.dumps(found)) == found
    assert found["library"] == {
        "version": settings.VERSION,
        "schemaVersion": settings.SCHEMA_VERSION,
    }
    assert found["schemaVersion"] == settings.SCHEMA_VERSION
    assert found["server"]["version"] and found["connections"]["most"] > 1
    assert "api_double" in str(found) or found["registeredWorkflows"] > 0
    assert {"max_reclaims", "retention_grace_seconds"} == {
        one["settingName"] for one in found["changedSettings"]
    }
    (queue,) = found["queues"]
    assert queue["queueName"] == "default"
    assert {one["checkName"] for one in found["health"]} >= {"retention", "workers"}
    assert found["retention"]["policies"] == []
    assert found["journal"] is None and found["buffer"]["accepted"] >= 1
    status = admin.getMaintenanceStatus()
    assert found.pop("inMemoryQueueDeadLetterDepth") == 0
    memory = {name for name in found if name.startswith("inMemoryQueue")}
    assert memory == {name for name in status["data"] if name.startswith("inMemoryQueue")}
    assert memory == {
        f"inMemoryQueue{name}"
        for name in (
            "Depth",
            "MaxDepth",
            "OverflowCount",
            "FlushFailureCount",
            "DeadLetterCount",
        )
    }
    assert '"number"' not in json.dumps(found), "no inputs"


def test_diagnostics_tell_of_the_journal(ended, tmp_path):
    getWorkflows().buffer.open_journal(str(tmp_path))
    found = admin.getDiagnostics()
    assert found["journal"]["backlog"] == 0 and found["journal"]["directory"]
