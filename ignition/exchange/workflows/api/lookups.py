"""The part of service.py that only reads. Scripts call it through service."""

from __future__ import absolute_import, division, print_function

from exchange.workflows.api.arguments import given, require
from exchange.workflows.api.envelope import answers, camel_case_keys, makeErr, makeOk
from exchange.workflows.engine import registry
from exchange.workflows.engine.instance import getWorkflows


@answers("WORKFLOW_LOOKUP_FAILED")
def getWorkflow(workflowId=None, dbName=None):
    """Everything about one workflow but its steps.

    Answers WORKFLOW_OK {workflowId, workflowName, status, state, inputs, result, error, attempt, reason,
    enqueuedAt, startedAt, endedAt, children, recipe, ...}; times are texts in UTC; children is how many it has started,
    by status; recipe says what it was started from: setName,
    setVersion, templateName, templateVersion, enumVersions, overrides. Errors: NOT_FOUND, INVALID_ARGUMENTS,
    WORKFLOW_LOOKUP_FAILED.

        print(exchange.workflows.api.service.getWorkflow(workflowId=wid)["status"])
    """
    require(workflowId=workflowId)
    row = getWorkflows(dbName).getWorkflow(workflowId)
    data = camel_case_keys(row)
    if row.get("recipe"):
        data["recipe"] = camel_case_keys(row["recipe"])
    return makeOk("WORKFLOW_OK", row["status"], data)


@answers("RESULT_FAILED")
def getResult(workflowId=None, timeoutSeconds=0, dbName=None):
    """The result of a workflow, waiting for it up to timeoutSeconds. Do not wait in a tag event script.

    Answers RESULT_OK {workflowId, status, result}. Errors: NOT_FINISHED {status} (not within the time),
    WORKFLOW_FAILED {status, error} (it ended without a result; error has class, message, traceback),
    NOT_FOUND, INVALID_ARGUMENTS, RESULT_FAILED.

        answer = exchange.workflows.api.service.getResult(workflowId=wid, timeoutSeconds=10)
    """
    require(workflowId=workflowId)
    row = getWorkflows(dbName).handle(workflowId).wait(timeoutSeconds)
    data = {"workflowId": row["workflow_id"], "status": row["status"]}
    if row["ended_at"] is None:
        return makeErr("NOT_FINISHED", "the workflow is %s" % row["status"], data)
    if row["status"] != "SUCCESS":
        data["error"] = row["error"]
        return makeErr("WORKFLOW_FAILED", row["reason"] or row["status"], data)
    data["result"] = row["result"]
    return makeOk("RESULT_OK", row["status"], data)


@answers("WORKFLOW_SEARCH_FAILED")
def findWorkflows(
    workflowName=None,
    queueName=None,
    status=None,
    state=None,
    partitionKey=None,
    since=None,
    until=None,
    limit=100,
    before=None,
    dbName=None,
    parent=None,
):
    """Workflows that fit every filter given, newest first.

    since, until: enqueued from and before, texts like "2026-01-31T08:00:00Z". limit: at most 1000.
    before: the `before` of the page before this one. parent: what the workflow of this id has started.

    Answers WORKFLOWS_OK {workflows, count, before}; each has the keys of getWorkflow, `before` is None on the
    last page. Errors: INVALID_ARGUMENTS, WORKFLOW_SEARCH_FAILED.

        for one in exchange.workflows.api.service.findWorkflows(status="ERROR")["workflows"]:
            print(one["workflowName"], one["reason"])
    """
    filters = given(
        workflow_name=workflowName,
        queue_name=queueName,
        status=status,
        state=state,
        partition_key=partitionKey,
        since=since,
        until=until,
        limit=limit,
        before=before,
        parent=parent,
    )
    rows = getWorkflows(dbName).listWorkflows(**filters)
    data = {
        "workflows": [camel_case_keys(row) for row in rows],
        "count": len(rows),
        "before": rows[-1]["workflow_id"] if len(rows) == limit else None,
    }
    return makeOk("WORKFLOWS_OK", "%d found" % len(rows), data)


@answers("WORKFLOW_OPTIONS_FAILED")
def listWorkflows(dbName=None):
    """The names that are registered in this process, for a dropdown.

    Answers WORKFLOW_OPTIONS_OK {options, count}; options are [{"label": name, "value": name}], sorted.

        options = exchange.workflows.api.service.listWorkflows()["options"]
    """
    names = registry.REGISTRY.names()
    options = [{"label": name, "value": name} for name in names]
    return makeOk("WORKFLOW_OPTIONS_OK", "%d registered" % len(names), {"options": options, "count": len(names)})
