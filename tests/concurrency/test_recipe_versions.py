"""Two engineers at once: each version gets a number of its own, and a recipe stays in one piece."""

import json
from typing import Any

import psycopg
import pytest

from tests.calls import refused, statement
from tests.sql.bakery import FORM, Bakery

RYE = {"workflow_name": "bake", "set_name": "rye"}
CREATE: dict[str, tuple[str, dict[str, Any]]] = {
    "enum": ("create_enum", {"enum_name": "BatchMode", "choices": ["a"]}),
    "template": (
        "create_template",
        {"workflow_name": "bake", "template_name": "std", "form": FORM},
    ),
    "recipe": ("create_parameter_set", {**RYE, "values": {"temperature": 80}}),
}
TABLES = {"enum": "parameter_enum", "template": "parameter_template", "recipe": "parameter_set"}
NUMBERS = {"enum": "enum_version", "template": "template_version", "recipe": "set_version"}


@pytest.fixture
def bakery(calls):
    made = Bakery(calls)
    made.enum()
    made.opens()
    return made


def numbers(calls, what):
    query = f"select {NUMBERS[what]} from workflows.{TABLES[what]} order by 1"
    return [row[0] for row in calls.rows(query)]


@pytest.mark.parametrize("end", ["commit", "rollback"])
@pytest.mark.parametrize("is_first", [True, False], ids=["first version", "later version"])
@pytest.mark.parametrize("what", CREATE)
def test_d40_two_creators_at_once(
    bakery, calls, open_session, session, blocked, what, is_first, end
):
    """The second waits for the first, and takes its number where that was rolled back."""
    function, arguments = CREATE[what]
    if what == "enum":
        arguments = {**arguments, "enum_name": "Other"}
    start = 0 if is_first else calls.call(function, **arguments)[NUMBERS[what]]
    stand = len(numbers(calls, what))
    first = open_session()
    assert first.call(function, **arguments)[NUMBERS[what]] == start + 1
    second = blocked(session(), *statement(function, **arguments))
    getattr(first.conn, end)()
    kept = 2 if end == "commit" else 1
    assert json.loads(second.outcome()[0][0])[NUMBERS[what]] == start + kept
    assert len(numbers(calls, what)) == stand + kept


@pytest.mark.parametrize("what", CREATE)
def test_d40_control_a_number_that_is_only_computed_is_given_twice(
    bakery, calls, open_session, session, blocked, without, what
):
    function, arguments = CREATE[what]
    without(function, "on conflict do nothing ")
    first = open_session()
    first.call(function, **arguments)
    second = blocked(session(), *statement(function, **arguments))
    first.conn.commit()
    with pytest.raises(psycopg.errors.UniqueViolation):
        second.outcome()


def change(status, actor):
    arguments = {**RYE, "status": status, "options": {"actor": actor, "set_version": 1}}
    return "set_parameter_set_status", arguments


@pytest.mark.parametrize("statuses", [("approved", "obsolete"), ("obsolete", "approved")])
def test_approved_and_made_obsolete_at_once(
    bakery, calls, open_session, session, blocked, statuses
):
    """Whoever comes second is decided on what the first left, and both are audited as they were."""
    bakery.draft({"temperature": 80})
    first = open_session()
    function, arguments = change(statuses[0], "anna")
    first.call(function, **arguments)
    function, arguments = change(statuses[1], "bernd")
    second = blocked(session(), *statement(function, **arguments))
    first.conn.commit()
    assert json.loads(second.outcome()[0][0])["status"] == statuses[1]
    changed = [(row[2], row[3], row[4]) for row in bakery.audit()[-2:]]
    assert changed == [("draft", statuses[0], "anna"), (*statuses, "bernd")]


def test_approved_by_two_at_once_is_approved_once(bakery, open_session, session, blocked):
    bakery.draft({"temperature": 80})
    first = open_session()
    function, arguments = change("approved", "anna")
    first.call(function, **arguments)
    function, arguments = change("approved", "bernd")
    second = blocked(session(), *statement(function, **arguments))
    first.conn.commit()
    assert json.loads(second.outcome()[0][0])["approved_by"] == "anna"
    assert [row[0] for row in bakery.audit()].count("recipe approved") == 1


def test_deleted_while_somebody_approves(bakery, open_session, session, blocked):
    bakery.draft({"temperature": 80})
    first = open_session()
    function, arguments = change("deleted", "anna")
    first.call(function, **arguments)
    function, arguments = change("approved", "bernd")
    second = blocked(session(), *statement(function, **arguments))
    first.conn.commit()
    with refused("WF003"):
        second.outcome()


def test_a_start_does_not_wait_for_an_approval(bakery, calls, open_session):
    """It takes what is approved now, and nobody's open transaction stops it."""
    bakery.approved({"temperature": 80})
    bakery.draft({"temperature": 90})
    engineer = open_session()
    Bakery(engineer).set_status("approved")
    calls.conn.execute("set lock_timeout = '50ms'")
    assert bakery.start(set_name="rye")["inputs"]["temperature"] == 80
    engineer.conn.commit()
    assert bakery.start(set_name="rye")["inputs"]["temperature"] == 90


RENAME = ("rename_parameter_set", {**RYE, "new_name": "dark"})


def recipes(calls):
    query = "select set_name, set_version from workflows.parameter_set order by 1, 2"
    return calls.rows(query)


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_a_version_that_is_being_saved_goes_with_its_recipe(
    bakery, calls, open_session, session, blocked, without, is_guarded
):
    """The renaming waits for whoever adds a version, and then sees it."""
    if not is_guarded:
        without("create_parameter_set", "order by s.set_version limit 1 for key share")
    bakery.draft({"temperature": 80})
    first = open_session()
    assert Bakery(first).draft({"temperature": 81}) == 2
    if is_guarded:
        second = blocked(session(), *statement(RENAME[0], **RENAME[1]))
    else:
        session().call(RENAME[0], **RENAME[1])
    first.conn.commit()
    if is_guarded:
        assert json.loads(second.outcome()[0][0])["changed"] == 2
    other = ("dark", 2) if is_guarded else ("rye", 2)
    assert recipes(calls) == [("dark", 1), other]


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_what_is_saved_after_a_renaming_is_another_recipe(
    bakery, calls, open_session, session, blocked, without, is_guarded
):
    """Its first version is 1: it does not go on with the numbers of one that has another name."""
    if not is_guarded:
        without("create_parameter_set", "order by s.set_version limit 1 for key share")
    bakery.draft({"temperature": 80})
    first = open_session()
    first.call(RENAME[0], **RENAME[1])
    function, arguments = CREATE["recipe"]
    if is_guarded:
        second = blocked(session(), *statement(function, **arguments))
    else:
        session().call(function, **arguments)
    first.conn.commit()
    if is_guarded:
        assert json.loads(second.outcome()[0][0])["set_version"] == 1
    assert recipes(calls) == [("dark", 1), ("rye", 1 if is_guarded else 2)]


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_new_recipe_has_the_name_that_another_is_to_get(
    bakery, calls, open_session, session, blocked, end
):
    bakery.draft({"temperature": 80})
    first = open_session()
    Bakery(first).draft({"temperature": 20}, "dark")
    second = blocked(session(), *statement(RENAME[0], **RENAME[1]))
    getattr(first.conn, end)()
    if end == "commit":
        with refused("WF002", "new_name"):
            second.outcome()
        assert recipes(calls) == [("dark", 1), ("rye", 1)]
    else:
        second.outcome()
        assert recipes(calls) == [("dark", 1)]


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_recipe_is_getting_the_name_of_a_new_one(
    bakery, calls, open_session, session, blocked, end
):
    """Who saves under a name that another recipe just got has added a version to that one."""
    bakery.draft({"temperature": 80})
    first = open_session()
    first.call(RENAME[0], **RENAME[1])
    function, arguments = CREATE["recipe"]
    second = blocked(session(), *statement(function, **{**arguments, "set_name": "dark"}))
    getattr(first.conn, end)()
    answer = json.loads(second.outcome()[0][0])
    assert answer["set_version"] == (2 if end == "commit" else 1)
    left = [("dark", 1), ("dark", 2)] if end == "commit" else [("dark", 1), ("rye", 1)]
    assert recipes(calls) == left
