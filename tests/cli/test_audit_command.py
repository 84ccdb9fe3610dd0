"""audit: a table, JSON, CSV."""

import csv
import io

import psycopg
import pytest


@pytest.fixture
def audited(conn, sql):
    """Two changes by two people."""
    for value, actor in (("7", "anna"), ("8", "=bob")):
        conn.execute(sql("select workflows.set_setting('max_reclaims', %s, %s)"), (value, actor))


def test_nothing(run, answer):
    assert answer("audit") == []
    assert run("audit").out.startswith("audit_id")


@pytest.mark.usefixtures("audited")
def test_a_table_and_json(run, answer):
    shown = run("audit").out
    assert shown.index("=bob") < shown.index("anna")
    assert "setting changed" in shown and "max_reclaims" in shown
    newest, oldest = answer("audit")
    assert (newest["old_value"], newest["new_value"], newest["actor"]) == ("7", "8", "=bob")
    assert answer("audit", "--limit", "1") == [newest]
    assert answer("audit", "--before", str(newest["audit_id"])) == [oldest]
    assert answer("audit", "--actor", "anna") == answer("audit", "--until", newest["audited_at"])
    assert answer("audit", "--since", newest["audited_at"]) == [newest]
    assert answer("audit", "--event", "queue set") == []
    nobody = "00000000-0000-4000-8000-000000000009"
    assert answer("audit", "--workflow", nobody) == []


@pytest.mark.usefixtures("audited")
def test_csv_is_what_the_function_answers(run):
    text = run("audit", "--csv").out
    newest, oldest = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    assert (newest["actor"], oldest["actor"]) == ("'=bob", "anna")
    assert run("audit", "--csv", "--actor", "anna").out.count("\r\n") == 2


@pytest.mark.parametrize(
    "words", [["--since", "soon"], ["--workflow", "7"], ["--csv", "--until", "x"]]
)
def test_bad_filters(run, words):
    ran = run("audit", *words)
    assert ran.exit_code == 2
    assert "filter" in ran.err and ran.err.count("\n") == 1


def test_who_may_not(cli_on, dsn, schema):
    options = f"-c role={schema}_viewer"
    ran = cli_on(psycopg.conninfo.make_conninfo(dsn, options=options), "audit")
    assert ran.exit_code == 5 and f"{schema}_admin" in ran.err
