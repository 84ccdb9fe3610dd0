"""The border to the database: placeholders, SQLSTATEs, statements, errors."""

import pytest

from exchange.workflows import errors
from exchange.workflows.cpython.placeholders import to_psycopg
from exchange.workflows.database import refusals, sqlstates
from exchange.workflows.database.store import Store, statements
from tests.engine.fakes import lost


@pytest.mark.parametrize(
    "sql, expected",
    [
        ("select ?::text, ?", "select %s::text, %s"),
        ("select 'what?', \"a?b\", ?", "select 'what?', \"a?b\", %s"),
        ("select 'it''s ?' || ?", "select 'it''s ?' || %s"),
        ("select $$ ? $$, $a$ ? $$ ? $a$, ?", "select $$ ? $$, $a$ ? $$ ? $a$, %s"),
        ("select 1 -- why?\n, ?", "select 1 -- why?\n, %s"),
        ("select /* ? */ ?", "select /* ? */ %s"),
        ("select a ?? 'b' and c = ?", "select a ? 'b' and c = %s"),
        ("select 'a%', b like ? || '%'", "select 'a%%', b like %s || '%%'"),
        ("select 7 % 2", "select 7 %% 2"),
    ],
)
def test_placeholders_are_only_what_stands_outside_quotes_and_comments(sql, expected):
    assert to_psycopg(sql) == expected


@pytest.mark.parametrize(
    "code", ["08006", "08P01", "25006", "25P03", "25P04", "57P01", "57P02", "57P03", "53300"]
)
def test_these_states_evict_the_connection(code):
    error = errors.DatabaseError("x", code)
    assert sqlstates.is_lost(error)
    assert sqlstates.is_unavailable(error)


@pytest.mark.parametrize("code", ["40001", "40P01", "55P03", "57014"])
def test_these_are_sent_again_on_the_same_connection(code):
    error = errors.DatabaseError("x", code)
    assert sqlstates.is_again(error)
    assert sqlstates.is_unavailable(error)
    assert not sqlstates.is_lost(error)


@pytest.mark.parametrize("code", ["42501", "42883", "53100", "3F000", "0A000", "WF008"])
def test_these_wait_until_somebody_mends_the_database(code):
    assert sqlstates.is_unavailable(errors.DatabaseError("x", code))


@pytest.mark.parametrize("code", ["22P02", "22P05", "23514", "54000", "21000", "P0001", "WF001"])
def test_these_are_about_what_was_sent(code):
    assert not sqlstates.is_unavailable(errors.DatabaseError("x", code))


def test_a_connection_that_broke_is_lost_whatever_its_state():
    assert sqlstates.is_lost(lost())
    assert sqlstates.is_unavailable(RuntimeError("no state at all"))


def test_the_state_is_found_along_the_causes():
    outer = RuntimeError("wrapped")
    outer.__cause__ = errors.DatabaseError("x", "40001")
    assert sqlstates.sqlstate_of(outer) == "40001"
    assert sqlstates.sqlstate_of(RuntimeError()) is None


def test_every_placeholder_has_a_name_and_a_cast():
    texts = statements("plant")
    assert texts["enqueue"] == (
        "select plant.enqueue(p_workflow_name => ?::text, p_inputs => ?::text,"
        " p_options => ?::text)"
    )
    assert texts["list_queues"] == "select plant.list_queues()"


class Session:
    def __init__(self, answer):
        self.answer = answer
        self.args = None

    def call(self, sql, args):
        self.args = args
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_every_method_of_the_store_calls_its_own_function():
    for name in statements("workflows"):
        assert callable(getattr(Store, name)), name


def test_arguments_cross_as_text():
    session = Session('{"workflows":[]}')
    Store(session).claim_workflows("w", 1, 2, 3, True, False, False)
    assert session.args == ("w", "1", "2", "3", "true", "false", "false")


@pytest.mark.parametrize("code", ["42883", "3F000", "42P01"])
def test_a_missing_function_says_which_command_to_run(code):
    with pytest.raises(errors.SchemaVersionMismatch) as raised:
        Store(Session(errors.DatabaseError("does not exist", code))).list_queues()
    assert "ignition-workflows migrate" in raised.value.hint


@pytest.mark.parametrize("code, error_class", sorted(refusals.BY_CODE.items()))
def test_each_code_of_ours_has_its_class(code, error_class):
    error = refusals.from_database(code, "m", '{"field":"inputs"}', "h")
    assert type(error) is error_class
    assert (error.code, error.field, error.hint) == (code, "inputs", "h")


def test_a_detail_that_is_not_json_is_kept_as_text():
    assert refusals.from_database("23505", "m", "Key (a)=(1)").detail == {"detail": "Key (a)=(1)"}
