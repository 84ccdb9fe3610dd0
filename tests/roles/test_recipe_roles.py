"""Who may do what about recipes, end to end: operators draft, engineers approve, anybody starts."""

import pytest

from tests.calls import SCHEMA, Calls, Worker, refused
from tests.sql.bakery import FORM, Bakery


class Person(Bakery):
    """Somebody who works under one of the roles."""

    def __init__(self, calls, role):
        super().__init__(calls)
        self.role = f"{SCHEMA}_{role}"
        calls.conn.execute(f"set role {self.role}")


@pytest.fixture
def person(server, template, connect):
    return lambda role: Person(Calls(connect()), role)


def is_denied(what, *arguments, **options):
    with pytest.raises(Exception, match="permission denied for function"):
        what(*arguments, **options)


@pytest.fixture
def plant(person):
    """An engineer, an operator and a script; the oven is open, and it takes what the form says."""
    engineer = person("admin")
    engineer.enum()
    worker = person("worker")
    parameters = [{"name": "temperature", "type": "number", "max": 95}]
    parameters.append({"name": "mode", "type": "choice", "enum": "BatchMode"})
    Worker(worker.calls, ("bake",), parameters=parameters)
    engineer.template(FORM)
    return engineer, person("operator"), person("enqueuer")


def test_from_a_draft_to_a_batch(plant):
    engineer, operator, script = plant
    operator.draft({"temperature": 80}, template_name="std", actor="anna")
    is_denied(operator.set_status, "approved")
    with refused("WF002", "set_name"):
        script.calls.enqueue("bake", {}, set_name="rye")
    engineer.set_status("approved", actor="bernd")
    for who in (script, operator):
        found = who.start({"mode": "fast"}, set_name="rye")
        assert found["inputs"] == {"temperature": 80, "mode": "fast"}
        assert found["recipe"]["set_status"] == "approved"
    assert script.resolve({}, set_name="rye")["resolved"]["temperature"] == 80
    rows = engineer.calls.rows(
        "select event, actor, database_user from workflows.audit_log where event like 'recipe%%'"
    )
    user = engineer.calls.value("select session_user")
    assert [row[:2] for row in rows] == [("recipe created", "anna"), ("recipe approved", "bernd")]
    assert {row[2] for row in rows} == {user}


def test_an_operator_prepares_and_reads_and_changes_nothing_else(plant):
    engineer, operator, _ = plant
    operator.draft({"temperature": 80})
    operator.draft({"temperature": 81})
    engineer.set_status("approved")
    rye = {"workflow_name": "bake", "set_name": "rye"}
    document = operator.calls.call("export_parameter_set", **rye)
    assert operator.calls.call("compare_parameter_sets", **rye)["changes"]
    assert len(operator.calls.rows("select from workflows.recipe_list")) == 2
    call = operator.calls.call
    is_denied(operator.set_status, "obsolete")
    is_denied(operator.enum, ["a"])
    is_denied(operator.template)
    is_denied(call, "import_parameter_set", document=document)
    is_denied(call, "rename_parameter_set", **rye, new_name="dark")
    is_denied(call, "set_enum_status", enum_name="BatchMode", status="deleted")
    is_denied(
        call, "set_template_status", workflow_name="bake", template_name="std", status="deleted"
    )


def test_a_script_reads_and_starts(plant):
    engineer, _, script = plant
    engineer.approved({"temperature": 80})
    rye = {"workflow_name": "bake", "set_name": "rye"}
    call = script.calls.call
    assert call("get_parameter_set", **rye)["status"] == "approved"
    assert call("get_template", workflow_name="bake", template_name="std")["status"] == "active"
    assert call("get_enum", enum_name="BatchMode")["enum_version"] == 1
    assert [len(call(f"list_{what}")) for what in ("enums", "templates", "parameter_sets")] == [
        1
    ] * 3
    assert len(call("list_parameters", workflow_name="bake")) == 2
    is_denied(script.draft, {})
    is_denied(script.set_status, "approved")
    is_denied(call, "export_parameter_set", **rye)
    is_denied(call, "compare_parameter_sets", **rye)


@pytest.mark.parametrize("role", ["enqueuer", "worker", "operator", "viewer", "admin"])
def test_nobody_writes_the_tables_themselves(plant, person, role):
    """What was approved stays as it was approved, whoever asks."""
    engineer, *_ = plant
    engineer.approved({"temperature": 80})
    somebody = person(role)
    for statement in (
        "update workflows.parameter_set set parameter_values = '{}'",
        "update workflows.parameter_set set status = 'approved'",
        "delete from workflows.parameter_enum",
        "update workflows.parameter_template set form = '{}'",
        "delete from workflows.workflow_recipe",
        "update workflows.workflow_recipe set set_status = 'approved'",
    ):
        with pytest.raises(Exception, match="permission denied for table"):
            somebody.calls.run(statement)
