"""The part of store.py for screens: one method per SQL function that reads for a whole screen at once."""

from __future__ import absolute_import, division, print_function

import json

PARAMETERS = {
    "search_workflows": ("p_filter text",),
    "describe_workflow": ("p_workflow_id text", "p_options text"),
    "get_activity": ("p_options text",),
    "list_gates": ("p_filter text",),
    "list_tickets": ("p_filter text",),
}


class ScreenStore(object):
    def search_workflows(self, filters):
        return self._json("search_workflows", json.dumps(filters))

    def describe_workflow(self, workflow_id, options):
        return self._json("describe_workflow", workflow_id, json.dumps(options))

    def get_activity(self, options):
        return self._json("get_activity", json.dumps(options))

    def list_gates(self, filters):
        return self._json("list_gates", json.dumps(filters))

    def list_tickets(self, filters):
        return self._json("list_tickets", json.dumps(filters))
