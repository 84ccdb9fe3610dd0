"""The part of store.py for upkeep: one method per SQL function of retention, settings, workers, diagnostics, import."""

from __future__ import absolute_import, division, print_function

import json

PARAMETERS = {
    "set_retention": ("p_queue_name text", "p_options text"),
    "delete_retention": ("p_queue_name text", "p_options text"),
    "list_retention": (),
    "apply_retention": ("p_limit integer", "p_after text", "p_actor text"),
    "set_setting": ("p_name text", "p_value text", "p_actor text"),
    "reset_setting": ("p_name text", "p_actor text"),
    "list_settings": (),
    "list_setting_changes": ("p_filter text",),
    "get_diagnostics": (),
    "import_workflows": ("p_items text", "p_options text"),
    "drain_worker": ("p_worker_id text", "p_reason text", "p_actor text"),
    "resume_worker": ("p_worker_id text", "p_reason text", "p_actor text"),
}


class UpkeepStore(object):
    def set_retention(self, queue_name, options):
        return self._json("set_retention", queue_name, json.dumps(options))

    def delete_retention(self, queue_name, options):
        return self._json("delete_retention", queue_name, json.dumps(options))

    def list_retention(self):
        return self._json("list_retention")

    def apply_retention(self, limit, after, actor):
        return self._json("apply_retention", str(limit), after, actor)

    def set_setting(self, name, value, actor=None):
        return self._json("set_setting", name, value, actor)

    def reset_setting(self, name, actor=None):
        return self._json("reset_setting", name, actor)

    def list_settings(self):
        return self._json("list_settings")

    def list_setting_changes(self, filters):
        return self._json("list_setting_changes", json.dumps(filters))

    def get_diagnostics(self):
        return self._json("get_diagnostics")

    def import_workflows(self, entries, options):
        return self._json("import_workflows", entries, json.dumps(options))

    def drain_worker(self, worker_id, reason, actor):
        return self._json("drain_worker", worker_id, reason, actor)

    def resume_worker(self, worker_id, reason, actor):
        return self._json("resume_worker", worker_id, reason, actor)
