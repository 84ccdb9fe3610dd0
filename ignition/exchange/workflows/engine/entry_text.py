"""The text of one entry of enqueue_many. The workflow id comes last, so that it is found without parsing."""

from __future__ import absolute_import, division, print_function

import json

_MARK = '"workflow_id":'
_END = "}}"


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
