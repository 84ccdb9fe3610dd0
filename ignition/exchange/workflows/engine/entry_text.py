"""The text of one entry of enqueue_many. The workflow id comes last, so that it is found without parsing."""

from __future__ import absolute_import, division, print_function

import json

from exchange.workflows import compat
from exchange.workflows.engine import payload

_MARK = '"workflow_id":'
_END = "}}"
_PLAIN = frozenset(("workflowName", "inputs"))


def start_of(name, inputs_json, options_json):
    """Everything before the workflow id. `options_json` has no workflow id."""
    options = options_json[:-1]
    comma = "," if len(options) > 1 else ""
    return '{"workflow_name":%s,"inputs":%s,"options":%s%s%s' % (json.dumps(name), inputs_json, options, comma, _MARK)


def whole(start, workflow_id):
    return "%s%s%s" % (start, json.dumps(workflow_id), _END)


def for_maintenance(text):
    """The entry as one that maintenance does not refuse, None where its caller has said whether it may."""
    entry = json.loads(text)
    if "allow_during_maintenance" in entry["options"]:
        return None
    entry["options"]["allow_during_maintenance"] = True
    return json.dumps(entry)


def workflow_id_of(text):
    """Inside a JSON text a quotation mark is escaped, so the mark cannot be part of an id."""
    return json.loads(text[text.rindex(_MARK) + len(_MARK) : -len(_END)])


def plain_batch(requests, limit):
    """The text of all entries, in the encoder's one pass, where each request is a name with an object as inputs
    and nothing else. None where one of them is more, or may be wrong: then each must be looked at by itself."""
    entries = []
    for request, workflow_id in zip(requests, compat.new_ids(len(requests))):
        if not _PLAIN.issuperset(request):
            return None
        name = request.get("workflowName")
        inputs = request.get("inputs")
        if inputs is None:
            inputs = {}
        if not (isinstance(name, compat.string_types) and isinstance(inputs, dict)):
            return None
        entries.append({"workflow_name": name, "inputs": inputs, "options": {"workflow_id": workflow_id}})
    return payload.quick_list(entries, 3, limit)
