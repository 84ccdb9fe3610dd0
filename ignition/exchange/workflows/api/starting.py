"""The part of params.py that starts workflows: from a template, from a recipe, from declared parameters. Scripts
call it through params."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat
from exchange.workflows.api import service
from exchange.workflows.api.arguments import given, require
from exchange.workflows.api.envelope import makeErr, makeOk
from exchange.workflows.api.problems import answers_problems, problems_of, text_of
from exchange.workflows.engine import payload
from exchange.workflows.engine.instance import getWorkflows


@answers_problems("PARAMETERS_FAILED")
def listParameters(workflowName=None, workflowVersion=None, dbName=None):
    """The declared parameters of a workflow, in the order of its function, with the choices that they have now.

    Answers PARAMETERS_OK {parameters, count, isDeclared}; each has name, type, required, and where they are declared
    default, min, max, unit, choices, enum, enumVersion, description. Errors: NOT_FOUND (no worker ever registered the
    workflow), INVALID_ARGUMENTS, PARAMETERS_FAILED.

        for one in exchange.workflows.api.params.listParameters("demo.batch")["parameters"]:
            print(one["name"], one.get("unit"))
    """
    require(workflowName=workflowName)
    options = given(workflow_version=workflowVersion)
    found = getWorkflows(dbName).store.list_parameters(workflowName, options)
    rows = []
    for field in found or []:
        row = dict(field)
        if "enum_version" in row:
            row["enumVersion"] = row.pop("enum_version")
        rows.append(row)
    data = {"parameters": rows, "count": len(rows), "isDeclared": found is not None}
    return makeOk("PARAMETERS_OK", "%d declared" % len(rows), data)


@answers_problems("RESOLVE_FAILED")
def resolveInputs(
    workflowName=None, templateName=None, overridesData=None, templateVersion=None, actor=None, dbName=None,
    setName=None, setVersion=None, allowUnapproved=False, workflowVersion=None,
):
    """What a workflow would start with, and everything that is wrong with it. Starts nothing.

    overridesData: a dict of what the operator gave; it is laid over the values of the recipe setName, or over the
    defaults of the template. templateVersion, setVersion: None is the latest active, the latest approved one.

    Answers INPUTS_OK {inputs: {resolved, paramSource}, errors: [], problems: [], warnings}; paramSource has template
    and parameterSet, {name, version} each or None, overrides, the names of what was changed, and actor. Errors:
    TEMPLATE_NOT_FOUND, INVALID_ARGUMENTS with the same keys: errors are texts like "inputs.temperature must be at most
    95 degC", "template_not_found" and "override_key_not_in_template:colour", problems have path and problem.
    RESOLVE_FAILED.

        answer = exchange.workflows.api.params.resolveInputs("demo.batch", "standard", {"temperature": 120})
        print("; ".join(answer["errors"]))
    """
    require(workflowName=workflowName)
    recipe = given(
        template_name=templateName, template_version=templateVersion, set_name=setName, set_version=setVersion,
        allow_unapproved=allowUnapproved or None, workflow_version=workflowVersion,
    )
    return _resolve(getWorkflows(dbName), workflowName, overridesData, recipe, actor)


@answers_problems("START_FAILED")
def startWithTemplate(
    workflowName=None, templateName=None, overridesData=None, templateVersion=None, actor=None, queueName=None,
    partitionKey=None, priority=None, deduplicationId=None, applicationVersion=None, timeoutSeconds=None, dbName=None,
    **options
):
    """Starts a workflow from a template. What it starts with is frozen with it: a later version changes nothing.

    overridesData: what the operator gave, like the props.data of the form. actor: who, for the audit. The others are
    those of service.enqueue.

    Answers WORKFLOW_ENQUEUED {workflowId, workflowName, inputs, deduplicated}; inputs as resolveInputs. Errors: those
    of resolveInputs and of service.enqueue, each with errors and problems.

        answer = exchange.workflows.api.params.startWithTemplate(
            "demo.batch", "standard", self.props.data, actor=self.session.props.auth.user.userName)
    """
    require(workflowName=workflowName, templateName=templateName)
    recipe = given(template_name=templateName, template_version=templateVersion)
    enqueued = given(
        queueName=queueName, partitionKey=partitionKey, priority=priority, deduplicationId=deduplicationId,
        applicationVersion=applicationVersion, timeoutSeconds=timeoutSeconds,
    )
    return _start(dbName, workflowName, overridesData, recipe, actor, dict(options, **enqueued))


@answers_problems("START_FAILED")
def startWithParameterSet(
    workflowName=None, setName=None, overridesData=None, setVersion=None, allowUnapproved=False, actor=None,
    dbName=None, **options
):
    """Starts a workflow from a recipe. What it starts with is frozen with it: a later version changes nothing.

    overridesData: what the operator gave beside it. setVersion: None is the latest approved version. allowUnapproved:
    True: also a draft, whose version must be named. actor: who, for the audit. options: those of service.enqueue.

    Answers WORKFLOW_ENQUEUED {workflowId, workflowName, inputs, deduplicated}; inputs as resolveInputs. Errors: those
    of resolveInputs and of service.enqueue, each with errors and problems.

        exchange.workflows.api.params.startWithParameterSet("demo.batch", "Rye", {"batch": "R-17"}, actor="anna")
    """
    require(workflowName=workflowName, setName=setName)
    recipe = given(set_name=setName, set_version=setVersion, allow_unapproved=allowUnapproved or None)
    return _start(dbName, workflowName, overridesData, recipe, actor, options)


def _start(dbName, workflow_name, overrides, recipe, actor, options):
    """Resolves first, for what a screen wants to know, then enqueues with the versions that were found."""
    version = options.get("workflowVersion", options.get("applicationVersion"))
    wanted = dict(recipe, **given(workflow_version=version))
    resolved = _resolve(getWorkflows(dbName), workflow_name, overrides, wanted, actor)
    if not resolved["ok"]:
        return resolved
    source = resolved["inputs"]["paramSource"]
    if source["parameterSet"]:
        options = dict(options, setName=source["parameterSet"]["name"], setVersion=source["parameterSet"]["version"])
    elif source["template"]:
        options = dict(options, templateName=source["template"]["name"], templateVersion=source["template"]["version"])
    answer = service.enqueue(
        workflow_name, {} if overrides is None else overrides, actor=actor, dbName=dbName,
        allowUnapproved=recipe.get("allow_unapproved", False), **options
    )
    if answer["ok"]:
        data = dict(answer["data"], inputs=resolved["inputs"], warnings=resolved["warnings"])
        return makeOk(answer["code"], answer["message"], data, answer["meta"])
    return answer


def _resolve(workflows, workflow_name, overrides, recipe, actor):
    overrides_json = workflows.json_text({} if overrides is None else overrides, "overrides_data")
    found = workflows.store.resolve_inputs(workflow_name, overrides_json, recipe)
    frozen = found["recipe"] or {}
    changed = frozen.get("overrides")
    source = {
        "template": _named(frozen, "template_name", "template_version"),
        "parameterSet": _named(frozen, "set_name", "set_version"),
        "overrides": sorted(_names_of(overrides_json) if changed is None else changed),
        "actor": actor,
        "enumVersions": frozen.get("enum_versions") or {},
    }
    data = {
        "inputs": {"resolved": found["resolved"], "paramSource": source},
        "errors": _texts(found, frozen.get("template_name")),
        "problems": problems_of(found["errors"]),
        "warnings": [],
    }
    if frozen.get("set_status") not in (None, "approved"):
        data["warnings"].append("parameter_set_is_%s" % frozen["set_status"])
    if not found["errors"]:
        return makeOk("INPUTS_OK", "they fit", data)
    is_missing = any(one.get("code") == "template_not_found" for one in found["errors"])
    code = "TEMPLATE_NOT_FOUND" if is_missing else "INVALID_ARGUMENTS"
    return makeErr(code, "; ".join(data["errors"]), data)


def _names_of(overrides_json):
    overrides = payload.from_json(overrides_json)
    return overrides if isinstance(overrides, dict) else ()


def _named(frozen, name, version):
    if frozen.get(name) is None:
        return None
    return {"name": frozen[name], "version": frozen[version]}


def _texts(found, template_name):
    """A text for each thing that is wrong. What neither template nor workflow knows is one thing."""
    texts = []
    for one in found["errors"]:
        key = one["path"].partition(".")[2]
        if one.get("code") == "unknown" and template_name is not None and key not in found["base"]:
            text = "override_key_not_in_template:%s" % compat.to_text(key)
        else:
            text = text_of(one)
        if text not in texts:
            texts.append(text)
    return texts
