"""api.admin on a database: maintenance, rejected entries, the schema's version."""

import json

import pytest

from exchange.workflows import gateway, settings
from exchange.workflows.api import admin, service
from exchange.workflows.api.envelope import makeErr, makeOk
from exchange.workflows.engine.instance import getWorkflows

pytestmark = pytest.mark.usefixtures("workflows")

ID = "00000000-0000-4000-8000-000000000001"


def ok(answer, code):
    assert (answer["ok"], answer["code"]) == (True, code), answer
    return answer


def failed(answer, code):
    assert (answer["ok"], answer["code"]) == (False, code), answer
    return answer


def test_check_schema(monkeypatch):
    answer = ok(admin.checkSchema(), "SCHEMA_OK")
    assert answer["schemaVersion"] == settings.SCHEMA_VERSION
    for version, advice in ((1, "upgrade the library"), (99, "migrate")):
        monkeypatch.setattr(settings, "SCHEMA_VERSION", version)
        answer = failed(admin.checkSchema(), "SCHEMA_VERSION")
        assert answer["neededVersion"] == version and advice in answer["message"]


def test_check_schema_where_there_is_none(conn, sql):
    conn.execute(sql("drop schema workflows cascade"))
    failed(admin.checkSchema(), "SCHEMA_VERSION")


def test_maintenance_of_all(drain):
    wid = service.enqueue("api_double", {"number": 1})["workflowId"]
    entered = admin.enterMaintenance(reason="new firmware", actor="anna")
    ok(entered, "MAINTENANCE_ENABLED")
    assert entered["cancelled"] == {"queued": 0, "running": 0}
    status = ok(admin.getMaintenanceStatus(), "MAINTENANCE_STATUS")
    assert (status["maintenanceEnabled"], status["maintenanceMode"]) == (True, "drain")
    assert status["maintenanceReason"] == "new firmware"
    assert (status["inFlightWorkflows"], status["enqueuedWorkflows"]) == (0, 1)
    assert status["isDrained"] is True
    (queue,) = status["queues"]
    assert (queue["queueName"], queue["enteredBy"], queue["isOwn"]) == ("default", "anna", False)
    assert drain() == []
    left = ok(admin.exitMaintenance(), "MAINTENANCE_DISABLED")
    assert (left["wasEntered"], left["maintenanceEnabled"], left["queues"]) == (True, False, [])
    assert [one["workflow_id"] for one in drain()] == [wid]
    assert admin.exitMaintenance()["wasEntered"] is False


def test_maintenance_of_one_queue(conn, sql):
    conn.execute(sql("select workflows.create_queue('line')"))
    ok(admin.enterMaintenance(queueName="line", reason="belt"), "MAINTENANCE_ENABLED")
    ok(service.enqueue("api_double", {"number": 1}), "WORKFLOW_ENQUEUED")
    refused = failed(service.enqueue("api_double", queueName="line"), "MAINTENANCE_ACTIVE")
    assert (refused["maintenance"], refused["field"]) == ("drain", "queueName")
    status = admin.getMaintenanceStatus()
    assert [queue["queueName"] for queue in status["queues"]] == ["line"]
    assert status["maintenanceReason"] == "belt"
    still = admin.exitMaintenance()
    assert (still["wasEntered"], still["maintenanceEnabled"]) == (False, True)
    ok(admin.exitMaintenance("line"), "MAINTENANCE_DISABLED")
    ok(service.enqueue("api_double", queueName="line"), "WORKFLOW_ENQUEUED")


def test_maintenance_that_cancels(conn, sql):
    entries = json.dumps([{"workflow_name": "api_double"}] * 1100)
    conn.execute(sql("select workflows.enqueue_many(%s)"), (entries,))
    entered = admin.enterMaintenance("cancel")
    assert entered["cancelled"] == {"queued": 1100, "running": 0}
    assert (entered["maintenanceMode"], entered["isDrained"]) == ("cancel", True)
    assert entered["enqueuedWorkflows"] == 0


def test_what_is_wrong_is_said():
    failed(admin.enterMaintenance(mode="soft"), "INVALID_MODE")
    for call in (admin.enterMaintenance, admin.exitMaintenance):
        failed(call(queueName="nope"), "QUEUE_REFUSED")
    failed(admin.swapIfDrained(), "MAINTENANCE_REQUIRED")


def test_allow_during_maintenance(drain):
    admin.enterMaintenance()
    failed(service.enqueue("api_double", {"number": 1}), "MAINTENANCE_ACTIVE")
    failed(service.enqueue("api_double", allowDuringMaintenance=False), "MAINTENANCE_ACTIVE")
    answer = service.enqueue("api_double", {"number": 1}, allowDuringMaintenance=True)
    ok(answer, "WORKFLOW_ENQUEUED")
    assert getWorkflows().enqueue("api_double", {"number": 2}, allowDuringMaintenance=True)
    assert drain() == []
    admin.exitMaintenance()
    assert len(drain()) == 2


def test_swap_where_nothing_was_started():
    """On CPython without a worker of the gateway's kind there is nothing to swap, and that is fine."""
    admin.enterMaintenance()
    answer = ok(admin.swapIfDrained(), "MAINTENANCE_SWAP_OK")
    assert answer["generation"] is None and answer["lastSwapAtMs"] > 0
    assert admin.getMaintenanceStatus()["lastSwapAtMs"] == answer["lastSwapAtMs"]


def test_swap_starts_a_new_generation(monkeypatch):
    admin.enterMaintenance()
    monkeypatch.setattr(gateway, "swap", lambda: makeOk("SWAPPED", "swapped", {"generation": 7}))
    assert ok(admin.swapIfDrained(), "MAINTENANCE_SWAP_OK")["generation"] == 7
    monkeypatch.setattr(gateway, "swap", lambda: makeErr("SWAP_FAILED", "no threads"))
    assert failed(admin.swapIfDrained(), "SWAP_FAILED")["message"] == "no threads"


def test_swap_waits_for_what_runs(conn, sql, monkeypatch):
    """Also where the workflow runs on another worker: the database counts."""
    monkeypatch.setattr(gateway, "swap", lambda: pytest.fail("swapped"))
    service.enqueue("api_double", {"number": 1})
    definition = {"workflow_name": "api_double", "workflow_version": 1, "queue_name": "default"}
    definition |= {"priority": 0, "max_attempts": 1, "backoff_seconds": 1, "backoff_rate": 2}
    definition |= {"max_backoff_seconds": 60, "on_worker_lost": "retry", "commands": "auto"}
    registration = {"schema_version": settings.SCHEMA_VERSION, "queues": ["default"]}
    registration["definitions"] = [definition]
    conn.execute(sql("select workflows.register_worker(%s, %s)"), (ID, json.dumps(registration)))
    conn.execute(sql("select workflows.claim_workflows(%s, 1)"), (ID,))
    admin.enterMaintenance()
    answer = failed(admin.swapIfDrained(), "NOT_DRAINED")
    assert (answer["inFlightWorkflows"], answer["isDrained"]) == (1, False)


@pytest.fixture
def rejected(conn, sql):
    entry = {"workflow_name": "api_double", "inputs": {"number": 4}}
    entry["options"] = {"workflow_id": ID, "queue_name": "later"}
    whole = [
        {"workflow_id": ID, "entry": entry, "problem": {"code": "WF005"}, "origin": "gw plant"}
    ]
    conn.execute(sql("select workflows.reject_entries(%s)"), (json.dumps(whole),))


@pytest.mark.usefixtures("rejected")
def test_rejected_entries(conn, sql, drain):
    answer = ok(admin.listRejected(), "REJECTED_OK")
    (entry,) = answer["entries"]
    assert (answer["count"], entry["workflowId"], entry["origin"]) == (1, ID, "gw plant")
    assert json.loads(entry["entry"])["inputs"] == {"number": 4}
    failed(admin.resolveRejected(ID, "retry"), "QUEUE_REFUSED")
    conn.execute(sql("select workflows.create_queue('later')"))
    answer = ok(admin.resolveRejected(ID, "retry", actor="anna"), "REJECTED_RESOLVED")
    assert (answer["resolution"], answer["outcome"]) == ("retried", "accepted")
    assert admin.listRejected()["entries"] == []
    assert admin.listRejected(isResolved=True)["entries"][0]["resolvedBy"] == "anna"
    assert admin.listRejected(isResolved=None, origin="elsewhere")["count"] == 0
    assert service.getWorkflow(workflowId=ID)["queueName"] == "later"


@pytest.mark.usefixtures("rejected")
def test_rejected_entries_that_cannot_be_resolved():
    failed(admin.resolveRejected(), "INVALID_ARGUMENTS")
    failed(admin.resolveRejected(ID, "burn"), "INVALID_ARGUMENTS")
    failed(admin.resolveRejected("x", "retry"), "NOT_FOUND")
    ok(admin.resolveRejected(ID, "discard"), "REJECTED_RESOLVED")
    failed(admin.resolveRejected(ID, "retry"), "COMMAND_REJECTED")
    failed(admin.listRejected(limit=0), "INVALID_ARGUMENTS")
