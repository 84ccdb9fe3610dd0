"""The part of params.py about templates: forms that start a workflow, in versions. Scripts call it through params."""

from __future__ import absolute_import, division, print_function

from exchange.workflows.api.arguments import given, require
from exchange.workflows.api.envelope import camel_case_keys, makeOk
from exchange.workflows.api.problems import answers_problems, template_not_found
from exchange.workflows.api.versions import (
    STATUS_ACTIVE,
    STATUS_OBSOLETE,
    known_status,
    row_of,
)
from exchange.workflows.engine import payload
from exchange.workflows.engine.instance import getWorkflows


@answers_problems("TEMPLATE_SEARCH_FAILED")
def listTemplates(workflowName=None, status=STATUS_ACTIVE, latestOnly=True, dbName=None):
    """The templates of a workflow, by name, the newest version first.

    workflowName: None is all workflows. status: "active" or "obsolete"; None is both. latestOnly: one version of
    each name.

    Answers TEMPLATES_OK {templates, count}; each has workflowName, templateName, templateVersion, status,
    description, createdBy, createdAt, createdAtEpochMs. Errors: INVALID_ARGUMENTS, TEMPLATE_SEARCH_FAILED.

        for one in exchange.workflows.api.params.listTemplates("demo.batch")["templates"]:
            print(one["templateName"], one["templateVersion"])
    """
    rows = _rows(dbName, workflowName, None, status, latestOnly)
    return makeOk("TEMPLATES_OK", "%d found" % len(rows), {"templates": rows, "count": len(rows)})


@answers_problems("TEMPLATE_OPTIONS_FAILED")
def getTemplateDropdownOptions(workflowName=None, status=STATUS_ACTIVE, latestOnly=True, dbName=None):
    """What listTemplates finds, as the options of a dropdown.

    Answers TEMPLATE_OPTIONS_OK {options, count}; each option has a label like "standard v3" and as its value the JSON
    text of the row.

        self.props.options = exchange.workflows.api.params.getTemplateDropdownOptions("demo.batch")["options"]
    """
    options = []
    for row in _rows(dbName, workflowName, None, status, latestOnly):
        label = "%s v%d" % (row["templateName"], row["templateVersion"])
        options.append({"label": label, "value": payload.to_json(row)})
    return makeOk("TEMPLATE_OPTIONS_OK", "%d found" % len(options), {"options": options, "count": len(options)})


@answers_problems("TEMPLATE_LOOKUP_FAILED")
def getTemplate(workflowName=None, templateName=None, templateVersion=None, dbName=None, activeOnly=True):
    """One template: the version that is asked for, whatever its status, else the latest active one.

    activeOnly: False: without a version, the latest one also where it is obsolete.

    Answers TEMPLATE_OK: the keys of listTemplates, and schema: {formProps, meta: {paramKeys, widgetTypes,
    defaultData, enumRefs}}. Errors: TEMPLATE_NOT_FOUND, INVALID_ARGUMENTS, TEMPLATE_LOOKUP_FAILED.

        template = exchange.workflows.api.params.getTemplate("demo.batch", "standard")
    """
    require(workflowName=workflowName, templateName=templateName)
    row = _find(dbName, workflowName, templateName, templateVersion, activeOnly)
    if row is None:
        return template_not_found(workflowName, templateName, templateVersion)
    return makeOk("TEMPLATE_OK", "version %d" % row["template_version"], row_of(row))


@answers_problems("TEMPLATE_CREATE_FAILED")
def createTemplateVersion(
    workflowName=None, templateName=None, formProps=None, description=None, createdBy=None, activate=True,
    dbName=None,
):
    """Saves the props of a Perspective Form as a new version of a template. Versions are never changed.

    formProps: the props; every widget is a parameter of the workflow, its value in props.data the default. What is no
    parameter of the workflow, or does not fit it, is refused. activate: False adds it as obsolete. createdBy: who.

    Answers TEMPLATE_CREATED {workflowName, templateName, templateVersion, isRegistered}; where no worker ever
    registered the workflow nothing could be checked, and isRegistered is False. Errors: INVALID_ARGUMENTS (`errors`
    says everything that does not fit), TEMPLATE_CREATE_FAILED.

        exchange.workflows.api.params.createTemplateVersion(
            "demo.batch", "standard", self.getSibling("Form").props, createdBy=self.session.props.auth.user.userName)
    """
    require(workflowName=workflowName, templateName=templateName)
    return _create(dbName, workflowName, templateName, formProps, description, createdBy, activate)


@answers_problems("TEMPLATE_COPY_FAILED")
def copyTemplateToWorkflow(
    sourceWorkflowName=None, templateName=None, targetWorkflowName=None, newTemplateName=None,
    templateVersion=None, createdBy=None, dbName=None,
):
    """Saves a template as a new version of one of another workflow, or of the same one under another name.

    templateVersion: None is the latest active one. Answers and errors as createTemplateVersion; TEMPLATE_NOT_FOUND.

        exchange.workflows.api.params.copyTemplateToWorkflow("demo.batch", "standard", "demo.batch", "gentle")
    """
    require(
        sourceWorkflowName=sourceWorkflowName, templateName=templateName, targetWorkflowName=targetWorkflowName
    )
    row = _find(dbName, sourceWorkflowName, templateName, templateVersion, True)
    if row is None:
        return template_not_found(sourceWorkflowName, templateName, templateVersion)
    name = newTemplateName or templateName
    form = row["schema"]["formProps"]
    return _create(dbName, targetWorkflowName, name, form, row["description"], createdBy, True)


@answers_problems("TEMPLATE_STATUS_FAILED")
def setTemplateStatus(
    workflowName=None, templateName=None, templateVersion=None, status=None, actor=None, dbName=None, reason=None
):
    """Makes a version of a template "active" or "obsolete"; templateVersion None is all versions. Any other word is
    obsolete. actor, reason: for the audit.

    Answers TEMPLATE_STATUS_SET {rows, actor, status}; rows is how many have changed. Errors: TEMPLATE_NOT_FOUND,
    INVALID_ARGUMENTS, TEMPLATE_STATUS_FAILED.

        exchange.workflows.api.params.setTemplateStatus("demo.batch", "standard", 1, "obsolete", actor="anna")
    """
    require(workflowName=workflowName, templateName=templateName, status=status)
    return _set_status(
        dbName, workflowName, templateName, templateVersion, known_status(status), actor, reason
    )


@answers_problems("TEMPLATE_STATUS_FAILED")
def setTemplateActive(
    workflowName=None, templateName=None, templateVersion=None, isActive=True, actor=None, dbName=None, reason=None
):
    """setTemplateStatus with True for "active" and False for "obsolete".

        exchange.workflows.api.params.setTemplateActive("demo.batch", "standard", 1, False, actor="anna")
    """
    require(workflowName=workflowName, templateName=templateName)
    status = STATUS_ACTIVE if isActive else STATUS_OBSOLETE
    return _set_status(dbName, workflowName, templateName, templateVersion, status, actor, reason)


@answers_problems("TEMPLATE_DELETE_FAILED")
def deleteTemplateVersion(
    workflowName=None, templateName=None, templateVersion=None, actor=None, dbName=None, reason=None
):
    """Takes a version of a template out of every list, for good. Its number is not given again.

    Answers TEMPLATE_DELETED {rows, actor, status}. Errors: INVALID_ARGUMENTS (an approved recipe was made of it),
    TEMPLATE_NOT_FOUND, TEMPLATE_DELETE_FAILED.

        exchange.workflows.api.params.deleteTemplateVersion("demo.batch", "standard", 1, actor="anna")
    """
    require(workflowName=workflowName, templateName=templateName, templateVersion=templateVersion)
    return _set_status(dbName, workflowName, templateName, templateVersion, "deleted", actor, reason)


@answers_problems("TEMPLATE_DELETE_FAILED")
def deleteTemplate(workflowName=None, templateName=None, actor=None, dbName=None, reason=None):
    """Takes all versions of a template out of every list, as deleteTemplateVersion does with one.

        exchange.workflows.api.params.deleteTemplate("demo.batch", "standard", actor="anna")
    """
    require(workflowName=workflowName, templateName=templateName)
    return _set_status(dbName, workflowName, templateName, None, "deleted", actor, reason)


def _rows(dbName, workflow_name, template_name, status, latestOnly):
    filters = given(workflow_name=workflow_name, template_name=template_name, status=known_status(status))
    filters["latest_only"] = bool(latestOnly)
    return [row_of(row) for row in getWorkflows(dbName).store.list_templates(filters)]


def _find(dbName, workflow_name, template_name, version, activeOnly):
    if version is None and not activeOnly:
        newest = _rows(dbName, workflow_name, template_name, None, True)
        version = newest[0]["templateVersion"] if newest else None
    options = given(template_version=version)
    return getWorkflows(dbName).store.get_template(workflow_name, template_name, options)


def _create(dbName, workflow_name, template_name, form_props, description, actor, activate):
    workflows = getWorkflows(dbName)
    options = given(description=description, actor=actor)
    options["is_active"] = bool(activate)
    form = workflows.json_text(form_props, "form_props")
    row = workflows.store.create_template(workflow_name, template_name, form, options)
    return makeOk("TEMPLATE_CREATED", "version %d" % row["template_version"], camel_case_keys(row))


def _set_status(dbName, workflow_name, template_name, version, status, actor, reason):
    options = given(template_version=version, actor=actor, reason=reason)
    store = getWorkflows(dbName).store
    changed = store.set_template_status(workflow_name, template_name, status, options)["changed"]
    data = {"rows": changed, "actor": actor, "status": status}
    code = "TEMPLATE_DELETED" if status == "deleted" else "TEMPLATE_STATUS_SET"
    return makeOk(code, "%d changed" % changed, data)
