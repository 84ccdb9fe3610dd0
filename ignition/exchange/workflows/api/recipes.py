"""The part of params.py about recipes: named values that somebody approves, in versions. Scripts call it through
params."""

from __future__ import absolute_import, division, print_function

import json

from exchange.workflows import compat, errors
from exchange.workflows.api.arguments import given, require
from exchange.workflows.api.envelope import camel_case_keys, makeErr, makeOk
from exchange.workflows.api.problems import answers_problems, set_not_found
from exchange.workflows.api.versions import row_of
from exchange.workflows.engine.instance import getWorkflows


@answers_problems("PARAMETER_SET_SAVE_FAILED")
def saveParameterSet(
    workflowName=None, setName=None, values=None, templateName=None, templateVersion=None, description=None,
    reason=None, createdBy=None, dbName=None,
):
    """Saves values as a new version of a recipe: a draft, until somebody approves it. Versions are never changed.

    values: a dict of parameter and value. What is left out is for the operator; what is given must fit the declared
    parameters of the workflow and, with templateName, the template: templateVersion, else its latest active one.
    reason: why, for the audit. createdBy: who.

    Answers PARAMETER_SET_SAVED {workflowName, setName, setVersion, status}. Errors: INVALID_ARGUMENTS (`errors` says
    everything that does not fit), PARAMETER_SET_SAVE_FAILED.

        exchange.workflows.api.params.saveParameterSet("demo.batch", "Rye", {"temperature": 80}, createdBy="anna")
    """
    require(workflowName=workflowName, setName=setName)
    workflows = getWorkflows(dbName)
    options = given(
        template_name=templateName, template_version=templateVersion, description=description, reason=reason,
        actor=createdBy,
    )
    values_json = workflows.json_text({} if values is None else values, "values")
    row = workflows.store.create_parameter_set(workflowName, setName, values_json, options)
    return makeOk("PARAMETER_SET_SAVED", "version %d" % row["set_version"], camel_case_keys(row))


@answers_problems("PARAMETER_SET_STATUS_FAILED")
def approveParameterSet(workflowName=None, setName=None, setVersion=None, actor=None, reason=None, dbName=None):
    """Approves a version of a recipe: from now on workflows start from it. Its values are checked once more.

    setVersion: None is the newest. actor: who approves, required. Where the setting approval_by_another is on, that is
    another person than who saved it.

    Answers PARAMETER_SET_APPROVED: the keys of getParameterSet. Errors: APPROVAL_REFUSED {createdBy},
    PARAMETER_SET_NOT_FOUND, INVALID_ARGUMENTS, PARAMETER_SET_STATUS_FAILED.

        exchange.workflows.api.params.approveParameterSet("demo.batch", "Rye", actor="bernd", reason="trial 17")
    """
    require(workflowName=workflowName, setName=setName, actor=actor)
    return _set_status(dbName, workflowName, setName, "approved", setVersion, actor, reason)


@answers_problems("PARAMETER_SET_STATUS_FAILED")
def setParameterSetStatus(
    workflowName=None, setName=None, status=None, setVersion=None, actor=None, reason=None, dbName=None
):
    """Makes a version of a recipe "approved", "obsolete" or "deleted": out of every list, for good. An approved one
    is not deleted before it is obsolete. The arguments are those of approveParameterSet.

    Answers PARAMETER_SET_APPROVED or PARAMETER_SET_STATUS_SET: the keys of getParameterSet. Errors as
    approveParameterSet.

        exchange.workflows.api.params.setParameterSetStatus("demo.batch", "Rye", "obsolete", 1, actor="anna")
    """
    require(workflowName=workflowName, setName=setName, status=status, actor=actor)
    return _set_status(dbName, workflowName, setName, status, setVersion, actor, reason)


@answers_problems("PARAMETER_SET_LOOKUP_FAILED")
def getParameterSet(workflowName=None, setName=None, setVersion=None, dbName=None):
    """One recipe: the version that is asked for, whatever its status, else the latest approved one.

    Answers PARAMETER_SET_OK {workflowName, setName, setVersion, status, values, templateName, templateVersion,
    description, reason, createdBy, createdAt, createdAtEpochMs, approvedBy, approvedAt}; status is "draft", "approved"
    or "obsolete". Errors: PARAMETER_SET_NOT_FOUND, INVALID_ARGUMENTS, PARAMETER_SET_LOOKUP_FAILED.

        print(exchange.workflows.api.params.getParameterSet("demo.batch", "Rye")["values"])
    """
    require(workflowName=workflowName, setName=setName)
    options = given(set_version=setVersion)
    row = getWorkflows(dbName).store.get_parameter_set(workflowName, setName, options)
    if row is None:
        return set_not_found(workflowName, setName, setVersion)
    return makeOk("PARAMETER_SET_OK", row["status"], row_of(row))


@answers_problems("PARAMETER_SET_SEARCH_FAILED")
def listParameterSets(
    workflowName=None, status=None, setName=None, templateName=None, latestOnly=True, dbName=None
):
    """Recipes that fit every filter given, by name, the newest version first.

    status: "draft", "approved" or "obsolete". latestOnly: one version of each name.

    Answers PARAMETER_SETS_OK {parameterSets, count}; each has the keys of getParameterSet. Errors: INVALID_ARGUMENTS,
    PARAMETER_SET_SEARCH_FAILED.

        for one in exchange.workflows.api.params.listParameterSets("demo.batch", status="approved")["parameterSets"]:
            print(one["setName"], one["setVersion"], one["approvedBy"])
    """
    filters = given(workflow_name=workflowName, status=status, set_name=setName, template_name=templateName)
    filters["latest_only"] = bool(latestOnly)
    rows = [row_of(row) for row in getWorkflows(dbName).store.list_parameter_sets(filters)]
    return makeOk("PARAMETER_SETS_OK", "%d found" % len(rows), {"parameterSets": rows, "count": len(rows)})


@answers_problems("PARAMETER_SET_COPY_FAILED")
def copyParameterSet(
    workflowName=None, setName=None, newName=None, targetWorkflowName=None, setVersion=None, createdBy=None,
    reason=None, dbName=None,
):
    """Makes a draft of a recipe under another name, or for another workflow, with the template that it was made of.

    setVersion: None is the latest approved one. Answers PARAMETER_SET_SAVED as saveParameterSet. Errors:
    PARAMETER_SET_NOT_FOUND, INVALID_ARGUMENTS, PARAMETER_SET_COPY_FAILED.

        exchange.workflows.api.params.copyParameterSet("demo.batch", "Rye", "Rye, gentle", createdBy="anna")
    """
    require(workflowName=workflowName, setName=setName, newName=newName)
    store = getWorkflows(dbName).store
    document = store.export_parameter_set(workflowName, setName, given(set_version=setVersion))
    options = given(
        set_name=newName, workflow_name=targetWorkflowName, actor=createdBy,
        reason=reason or "copy of %s version %d" % (compat.to_text(setName), document["recipe"]["set_version"]),
    )
    row = store.import_parameter_set(json.dumps(document), options)
    return makeOk("PARAMETER_SET_SAVED", "version %d" % row["set_version"], camel_case_keys(row))


@answers_problems("PARAMETER_SET_RENAME_FAILED")
def renameParameterSet(workflowName=None, setName=None, newName=None, actor=None, reason=None, dbName=None):
    """Gives a recipe another name, in all its versions. What ran keeps the name that it was started by.

    Answers PARAMETER_SET_RENAMED {setName, rows}. Errors: PARAMETER_SET_NOT_FOUND, INVALID_ARGUMENTS (the name is
    taken), PARAMETER_SET_RENAME_FAILED.

        exchange.workflows.api.params.renameParameterSet("demo.batch", "Rye", "Rye 2026", actor="anna")
    """
    require(workflowName=workflowName, setName=setName, newName=newName)
    options = given(actor=actor, reason=reason)
    row = getWorkflows(dbName).store.rename_parameter_set(workflowName, setName, newName, options)
    data = {"workflowName": workflowName, "setName": row["set_name"], "rows": row["changed"]}
    return makeOk("PARAMETER_SET_RENAMED", "%d versions" % row["changed"], data)


@answers_problems("PARAMETER_SET_COMPARE_FAILED")
def compareParameterSets(
    workflowName=None, setName=None, setVersion=None, otherName=None, otherVersion=None, dbName=None
):
    """What differs between two versions of a recipe, or between two recipes of a workflow.

    setVersion: None is the newest. otherVersion: None is the one before it, or the newest of otherName.

    Answers PARAMETER_SETS_COMPARED {setName, setVersion, otherName, otherVersion, changes, count}; each change has
    name, value, otherValue and unit. Errors: PARAMETER_SET_NOT_FOUND, INVALID_ARGUMENTS,
    PARAMETER_SET_COMPARE_FAILED.

        for one in exchange.workflows.api.params.compareParameterSets("demo.batch", "Rye")["changes"]:
            print(one["name"], one["otherValue"], one["value"], one["unit"])
    """
    require(workflowName=workflowName, setName=setName)
    options = given(set_version=setVersion, other_name=otherName, other_version=otherVersion)
    row = camel_case_keys(
        getWorkflows(dbName).store.compare_parameter_sets(workflowName, setName, options)
    )
    row["changes"] = [camel_case_keys(change) for change in row["changes"]]
    row["count"] = len(row["changes"])
    return makeOk("PARAMETER_SETS_COMPARED", "%d differ" % row["count"], row)


@answers_problems("PARAMETER_SET_EXPORT_FAILED")
def exportParameterSet(workflowName=None, setName=None, setVersion=None, dbName=None):
    """A recipe as one document, with its template and enums, for importParameterSet here or elsewhere.

    setVersion: None is the latest approved one.

    Answers PARAMETER_SET_EXPORTED {document, text}: a dict, and the same as text for a file. Errors:
    PARAMETER_SET_NOT_FOUND, INVALID_ARGUMENTS, PARAMETER_SET_EXPORT_FAILED.

        text = exchange.workflows.api.params.exportParameterSet("demo.batch", "Rye")["text"]
        system.perspective.download("rye.json", text)
    """
    require(workflowName=workflowName, setName=setName)
    options = given(set_version=setVersion)
    document = getWorkflows(dbName).store.export_parameter_set(workflowName, setName, options)
    text = json.dumps(document, indent=2, sort_keys=True)
    return makeOk("PARAMETER_SET_EXPORTED", "exported", {"document": document, "text": text})


@answers_problems("PARAMETER_SET_IMPORT_FAILED")
def importParameterSet(
    document=None, workflowName=None, setName=None, actor=None, reason=None, dbName=None
):
    """Makes a draft of what exportParameterSet wrote, all of it or nothing. Its template and enums are added where the
    same do not stand already.

    document: the dict or the text. workflowName, setName: others than those it was exported with.

    Answers PARAMETER_SET_SAVED as saveParameterSet. Errors: INVALID_ARGUMENTS, PARAMETER_SET_IMPORT_FAILED.

        exchange.workflows.api.params.importParameterSet(text, actor="anna")
    """
    require(document=document)
    workflows = getWorkflows(dbName)
    text = document
    if not isinstance(document, compat.string_types):
        text = workflows.json_text(document, "document")
    options = given(workflow_name=workflowName, set_name=setName, actor=actor, reason=reason)
    row = workflows.store.import_parameter_set(text, options)
    return makeOk("PARAMETER_SET_SAVED", "version %d" % row["set_version"], camel_case_keys(row))


def _set_status(dbName, workflow_name, set_name, status, version, actor, reason):
    options = given(set_version=version, actor=actor, reason=reason)
    store = getWorkflows(dbName).store
    try:
        row = store.set_parameter_set_status(workflow_name, set_name, status, options)
    except errors.CommandRejected as error:
        return makeErr("APPROVAL_REFUSED", error.hint or error.message, camel_case_keys(error.detail))
    code = "PARAMETER_SET_APPROVED" if status == "approved" else "PARAMETER_SET_STATUS_SET"
    return makeOk(code, row["status"], row_of(row))
