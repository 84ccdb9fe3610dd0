"""The part of store.py that engineers need: one method per SQL function of parameters, templates and recipes."""

from __future__ import absolute_import, division, print_function

import json

PARAMETERS = {
    "resolve_inputs": ("p_workflow_name text", "p_inputs text", "p_options text"),
    "list_parameters": ("p_workflow_name text", "p_options text"),
    "create_enum": ("p_enum_name text", "p_choices text", "p_options text"),
    "set_enum_status": ("p_enum_name text", "p_status text", "p_options text"),
    "get_enum": ("p_enum_name text", "p_options text"),
    "list_enums": ("p_filter text",),
    "create_template": ("p_workflow_name text", "p_template_name text", "p_form text", "p_options text"),
    "set_template_status": ("p_workflow_name text", "p_template_name text", "p_status text", "p_options text"),
    "get_template": ("p_workflow_name text", "p_template_name text", "p_options text"),
    "list_templates": ("p_filter text",),
    "create_parameter_set": ("p_workflow_name text", "p_set_name text", "p_values text", "p_options text"),
    "set_parameter_set_status": ("p_workflow_name text", "p_set_name text", "p_status text", "p_options text"),
    "get_parameter_set": ("p_workflow_name text", "p_set_name text", "p_options text"),
    "list_parameter_sets": ("p_filter text",),
    "rename_parameter_set": ("p_workflow_name text", "p_set_name text", "p_new_name text", "p_options text"),
    "compare_parameter_sets": ("p_workflow_name text", "p_set_name text", "p_options text"),
    "export_parameter_set": ("p_workflow_name text", "p_set_name text", "p_options text"),
    "import_parameter_set": ("p_document text", "p_options text"),
}


class RecipeStore(object):
    def resolve_inputs(self, workflow_name, inputs, options):
        return self._json("resolve_inputs", workflow_name, inputs, json.dumps(options))

    def list_parameters(self, workflow_name, options):
        return self._json("list_parameters", workflow_name, json.dumps(options))

    def create_enum(self, enum_name, choices, options):
        return self._json("create_enum", enum_name, choices, json.dumps(options))

    def set_enum_status(self, enum_name, status, options):
        return self._json("set_enum_status", enum_name, status, json.dumps(options))

    def get_enum(self, enum_name, options):
        return self._json("get_enum", enum_name, json.dumps(options))

    def list_enums(self, filters):
        return self._json("list_enums", json.dumps(filters))

    def create_template(self, workflow_name, template_name, form, options):
        return self._json("create_template", workflow_name, template_name, form, json.dumps(options))

    def set_template_status(self, workflow_name, template_name, status, options):
        return self._json("set_template_status", workflow_name, template_name, status, json.dumps(options))

    def get_template(self, workflow_name, template_name, options):
        return self._json("get_template", workflow_name, template_name, json.dumps(options))

    def list_templates(self, filters):
        return self._json("list_templates", json.dumps(filters))

    def create_parameter_set(self, workflow_name, set_name, values, options):
        return self._json("create_parameter_set", workflow_name, set_name, values, json.dumps(options))

    def set_parameter_set_status(self, workflow_name, set_name, status, options):
        return self._json("set_parameter_set_status", workflow_name, set_name, status, json.dumps(options))

    def get_parameter_set(self, workflow_name, set_name, options):
        return self._json("get_parameter_set", workflow_name, set_name, json.dumps(options))

    def list_parameter_sets(self, filters):
        return self._json("list_parameter_sets", json.dumps(filters))

    def rename_parameter_set(self, workflow_name, set_name, new_name, options):
        return self._json("rename_parameter_set", workflow_name, set_name, new_name, json.dumps(options))

    def compare_parameter_sets(self, workflow_name, set_name, options):
        return self._json("compare_parameter_sets", workflow_name, set_name, json.dumps(options))

    def export_parameter_set(self, workflow_name, set_name, options):
        return self._json("export_parameter_set", workflow_name, set_name, json.dumps(options))

    def import_parameter_set(self, document, options):
        return self._json("import_parameter_set", document, json.dumps(options))
