"""export_audit: CSV that every reader takes apart the same way, and no spreadsheet runs."""

import csv
import io
import json

import pytest

from tests.calls import refused

COLUMNS = (
    "audit_id audited_at event workflow_id workflow_name queue_name attempt detail old_value"
    " new_value actor second_actor reason worker_name source database_user"
).split()


@pytest.fixture
def export(calls):
    """export(**filters): the rows, each a dictionary."""

    def ask(**filters):
        text = calls.value("select workflows.export_audit(%s)", json.dumps(filters))
        return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))

    return ask


def write(calls, text):
    calls.run("select workflows.audit_configuration('test', %s, null, null, 'anna')", text)


def test_an_empty_audit_is_a_header(calls):
    text = calls.value("select workflows.export_audit()")
    assert text == ",".join(COLUMNS) + "\r\n"


def test_the_columns_are_those_of_the_view(calls, export):
    write(calls, "x")
    query = """select attname from pg_attribute where attrelid = 'workflows.audit_log'::regclass
      and attnum > 0 order by attnum"""
    assert [name for (name,) in calls.rows(query)] == COLUMNS == list(export()[0])


PLAIN = [
    "",
    "a",
    " a",
    "a,b",
    'say "no"',
    "two\nlines",
    "two\r\nlines",
    "\u00b0C \u65e5\u672c",
    "a=1",
]
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    " =1",
    "\t=1",
    '=cmd|" /C calc"!A0',
]
FORMULAS += ["\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "=1,2", '=HYPERLINK("http://x","y")', "-"]


@pytest.mark.parametrize("text", PLAIN, ids=ascii)
def test_what_is_no_formula_comes_as_it_is(calls, export, text):
    write(calls, text)
    assert export()[0]["detail"] == text


@pytest.mark.parametrize("text", FORMULAS, ids=ascii)
def test_a_formula_is_text(calls, export, text):
    """The apostrophe is inside the quotes, where a spreadsheet looks for it."""
    write(calls, text)
    assert export()[0]["detail"] == "'" + text
    assert "\"'" + text.replace('"', '""') in calls.value("select workflows.export_audit()")


@pytest.mark.parametrize("column", ["actor", "reason", "event", "new_value", "source"])
def test_a_formula_is_text_in_every_column(calls, connect, export, column):
    named = "event detail old_value new_value actor reason".split()
    values = ["=1+1" if name == column else "x" for name in named]
    calls.run("set application_name = '=1+1'")
    calls.run("select workflows.audit_configuration(%s, %s, %s, %s, %s, %s)", *values)
    assert export()[0][column].startswith("'=1+1")


def test_without_the_guard_a_formula_would_be_one(calls, conn, schema, export):
    """Negative control: csv_line without its pattern."""
    body = conn.execute(
        "select pg_get_functiondef(%s::regproc)", (f"{schema}.csv_line",)
    ).fetchone()[0]
    assert "then '''' || t.field" in body
    conn.execute(body.replace("then '''' || t.field", "then t.field"))
    write(calls, "=1+1")
    assert export()[0]["detail"] == "=1+1"


def test_lines_end_as_rfc_4180_says(calls):
    write(calls, "a,b")
    write(calls, "two\nlines")
    text = calls.value("select workflows.export_audit()")
    assert text.count("\r\n") == 3 and text.endswith("\r\n")


def test_filters(calls, clock, export):
    clock.freeze()
    first, second = calls.enqueue("mix"), calls.enqueue("mix")
    calls.command(first, "HOLD", reason="valve", actor="anna")
    clock.advance(3600)
    calls.command(second, "HOLD", actor="bob")
    calls.call("set_setting", name="max_reclaims", value="9", actor="anna")
    newest, middle, oldest = export()
    assert [r["audit_id"] for r in (newest, middle)] > [oldest["audit_id"]]
    assert (newest["detail"], oldest["workflow_id"], oldest["reason"]) == (
        "max_reclaims",
        first,
        "valve",
    )
    assert (oldest["workflow_name"], oldest["queue_name"]) == ("mix", "default")
    assert export(workflow_id=second) == [middle]
    assert export(actor="anna") == [newest, oldest]
    assert export(event="setting changed") == [newest]
    assert export(since=middle["audited_at"]) == [newest, middle]
    assert export(until=middle["audited_at"]) == [oldest]
    assert export(limit=1) == [newest]
    assert export(before=int(newest["audit_id"]), limit=1) == [middle]
    assert export(actor="anna", since=middle["audited_at"]) == [newest]
    assert export(actor="nobody") == export(since="infinity") == []


BAD = [
    ("strange", '{"strange": 1}'),
    ("filter", "[1]"),
    ("filter", "x"),
    ("filter", '{"workflow_id": "x"}'),
    ("filter", '{"since": "soon"}'),
    ("filter", '{"until": "2026-13-01"}'),
    ("filter", '{"before": "x"}'),
    ("filter", '{"limit": "many"}'),
    ("filter", '{"limit": 1e30}'),
    ("filter", '{"actor": "\\u0000"}'),
    ("actor", '{"actor": ["anna"]}'),
    ("event", '{"event": {"a": 1}}'),
    ("limit", '{"limit": true}'),
    ("limit", '{"limit": 0}'),
    ("limit", '{"limit": 100001}'),
]


@pytest.mark.parametrize(("field", "text"), BAD)
def test_bad_filters(calls, field, text):
    with refused("WF002", field):
        calls.call("export_audit", filter=text)


def test_a_page_has_10000_rows_unless_said(calls, export):
    calls.run("""insert into workflows.audit (audited_at, event, database_user)
        select workflows.clock_now(), 'test', 'x' from generate_series(1, 30000)""")
    assert (len(export()), len(export(limit=20000)), len(export(limit=3))) == (10000, 20000, 3)
