"""Whatever a caller gives: done, or refused with one of our codes, a detail and a hint; never a raw error."""

import json

import psycopg
import pytest

from tests.sql.bakery import Bakery

RYE = {"workflow_name": "bake", "set_name": "rye", "options": "{}"}
STD = {"workflow_name": "bake", "template_name": "std", "options": "{}"}
MODE = {"enum_name": "BatchMode", "options": "{}"}
CALLS = {
    "resolve_inputs": {"workflow_name": "bake", "inputs": "{}", "options": "{}"},
    "list_parameters": {"workflow_name": "bake", "options": "{}"},
    "create_enum": {**MODE, "choices": '["A"]'},
    "set_enum_status": {**MODE, "status": "obsolete"},
    "get_enum": MODE,
    "list_enums": {"filter": "{}"},
    "create_template": {**STD, "form": "{}"},
    "set_template_status": {**STD, "status": "obsolete"},
    "get_template": STD,
    "list_templates": {"filter": "{}"},
    "create_parameter_set": {**RYE, "values": "{}"},
    "set_parameter_set_status": {**RYE, "status": "obsolete", "options": '{"actor": "anna"}'},
    "get_parameter_set": RYE,
    "list_parameter_sets": {"filter": "{}"},
    "rename_parameter_set": {**RYE, "new_name": "dark"},
    "compare_parameter_sets": RYE,
    "export_parameter_set": RYE,
    "import_parameter_set": {"document": "{}", "options": "{}"},
}
TEXTS = [None, "", " ", "{", "[]", "5", "null", '"x"', "true", '{"a": 1}', '{"a": "\\u0000"}']
TEXTS += ["[" * 70 + "]" * 70, "x" * 300, "a\nb", "Infinity", "1e400", '{"a": 1e400}']
VALUES = ["null", "1", "1.5", "-1", "1e30", "true", '"x"', '""', '"\\u0000"', '"\\ud800"', "{}"]
VALUES += ["[]", '["a"]', '"' + "y" * 300 + '"', "99999999999"]
OPTIONS = (
    "actor allow_unapproved description enum_name enum_version is_active latest_only new_name "
    "other_name other_version reason set_name set_version status template_name "
    "template_version workflow_name workflow_version"
).split()


def strange_arguments(usual):
    """One argument at a time, then one option at a time."""
    for name in usual:
        for text in TEXTS:
            yield {**usual, name: text}
    name = "filter" if "filter" in usual else "options"
    for option in OPTIONS:
        kept = {key: value for key, value in json.loads(usual[name]).items() if key != option}
        for value in VALUES:
            whole = json.dumps({**kept, option: "?"}).replace('"?"', value)
            yield {**usual, name: whole}


@pytest.mark.parametrize("function", CALLS)
def test_no_raw_error(calls, function):
    bakery = Bakery(calls)
    bakery.enum()
    bakery.opens()
    bakery.template()
    bakery.approved({"temperature": 1}, template_name="std")
    bakery.draft({"temperature": 2})
    done = 0
    for arguments in strange_arguments(CALLS[function]):
        try:
            with calls.conn.transaction(force_rollback=True):
                calls.call(function, **arguments)
            done += 1
        except psycopg.Error as error:
            assert error.sqlstate in ("WF002", "WF003"), (arguments, error)
            assert error.diag.message_hint and error.diag.message_detail, arguments
    assert done or function == "import_parameter_set", "nothing of it was right"
