"""The options of calls: names that a scripter types, and the names of the SQL functions."""

from __future__ import absolute_import, division, print_function

from exchange.workflows import compat, errors
from exchange.workflows.engine import checks, payload

OPTIONS = {
    "queueName": "queue_name",
    "partitionKey": "partition_key",
    "priority": "priority",
    "deduplicationId": "deduplication_id",
    "resources": "resources",
    "workflowId": "workflow_id",
    "delaySeconds": "delay_seconds",
    "availableAt": "available_at",
    "startBefore": "start_before",
    "timeoutSeconds": "timeout_seconds",
    "maxAttempts": "max_attempts",
    "onWorkerLost": "on_worker_lost",
    "onDuplicate": "on_duplicate",
    "deduplicationSeconds": "deduplication_seconds",
    "debounceLimitSeconds": "debounce_limit_seconds",
    "workflowVersion": "workflow_version",
    "parent": "parent",
    "actor": "actor",
    "traceparent": "traceparent",
    "allowDuringMaintenance": "allow_during_maintenance",
    "templateName": "template_name",
    "templateVersion": "template_version",
    "setName": "set_name",
    "setVersion": "set_version",
    "allowUnapproved": "allow_unapproved",
}
ARGUMENTS = frozenset(("workflowName", "inputs", "inputsObj"))
_ORDER_OPTIONS = {"validForSeconds": "valid_for_seconds", "topic": "topic", "secondActor": "second_actor"}


def options_json(options):
    texts = []
    for name, value in options.items():
        try:
            texts.append('"%s":%s' % (name, payload.to_json(value, name)))
        except payload.BadValue as problem:
            raise errors.BadArgument("%s" % problem, detail={"field": name, "path": problem.path})
    return "{%s}" % ",".join(texts)


def partner_key(name, options):
    """What two entries have in common of which the newer may replace the one that still waits."""
    for field in ("deduplication_id", "partition_key"):
        if field in options:
            return name, field, options[field]
    return None


def order_options(actor, request_id, more=None):
    """Every order has a request id, so that it may be sent again when its answer was lost."""
    options = {"request_id": compat.new_id() if request_id is None else request_id}
    if actor is not None:
        options["actor"] = actor
    for key, value in (more or {}).items():
        if key not in _ORDER_OPTIONS:
            raise checks.bad(key, "is not an argument of a command")
        if value is not None:
            options[_ORDER_OPTIONS[key]] = value
    return options
