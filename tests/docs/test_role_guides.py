"""Guides per role, the README and troubleshooting: their code and statements run as they stand."""

import re

import psycopg
import pytest

from exchange.workflows import testing
from exchange.workflows.cpython import cli
from exchange.workflows.engine import instance
from tests.docs.test_talking_guides import run
from tests.style.sources import ROOT

DOCS = ROOT / "docs"
TROUBLE = (DOCS / "operations" / "troubleshooting.md").read_text(encoding="utf-8")
STATEMENTS = [
    statement
    for block in re.findall(r"^```sql\n(.*?)^```", TROUBLE, re.M | re.S)
    for statement in block.split(";\n")
    if statement.strip()
]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(page, language="python"):
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture
def workflows(dsn, schema):
    yield instance.configure(dsn, schema=schema)
    instance.shutdown()


def test_statements_of_troubleshooting(connect, sql):
    assert len(STATEMENTS) > 12
    for statement in STATEMENTS:
        role = "admin" if "audit_log" in statement else "viewer"
        assert connect(role).execute(sql(statement).encode()).description, statement


def test_every_symptom_has_its_section():
    titles = re.findall(r"^## (.+)$", TROUBLE, re.M)
    index = TROUBLE.partition("\n## ")[0]
    named = re.findall(r"^\| .+ \| \[(.+?)\]\(#(.+?)\) \|$", index, re.M)
    assert [title for title, _ in named] == titles
    assert all(anchor == re.sub(r"\W+", "-", title.lower()) for title, anchor in named)


def test_every_code_is_in_troubleshooting():
    codes = (DOCS / "reference" / "error-codes.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^\| (WF\d{3}) ", codes, re.M)) - {"WF010"}
    assert set(re.findall(r"^\| (WF\d{3}) ", TROUBLE, re.M)) == known


def test_the_workflow_of_the_integrators():
    names = {}
    (block,) = blocks(DOCS / "guides" / "for-integrators.md")
    run(block, names)
    levels = [{"value": litres} for litres in (0, 400, 800)]
    steps = {"tags.read": levels, "tags.write": None}
    ended = testing.run_inline(names["fill"], {"tank": "T-101", "litres": 800}, steps=steps)
    assert ended.status == "SUCCESS", ended.error
    written = [one["step_name"] for one in ended.steps].count("tags.write")
    assert written == 2


def test_enqueueing_of_python_developers(workflows, dsn, schema, sql):
    names = {}
    place, in_a_transaction = blocks(DOCS / "guides" / "for-python-developers.md")
    run(place.replace("configure(dsn)", f"configure(dsn, schema={schema!r})"), names)
    run(sql(in_a_transaction), names)
    first = names["place"](dsn, 4711)
    with psycopg.connect(dsn, autocommit=True) as connection:
        second = names["place_in_my_transaction"](connection, 4712)
        with pytest.raises(psycopg.errors.UniqueViolation):
            names["place_in_my_transaction"](connection, 4712)
    rt = instance.getWorkflows()
    found = {one["workflow_id"]: rt.getWorkflow(one["workflow_id"]) for one in rt.listWorkflows()}
    assert {one["inputs"]["order"] for one in found.values()} == {4711, 4712}
    assert set(found) == {first, second}


def test_ten_lines_of_the_readme(workflows, dsn, schema, sql, conn, monkeypatch, capsys):
    define, _ = re.findall(r"^```python\n(.*?)^```", README, re.M | re.S)
    run(define, {})
    assert len(define.strip().splitlines()) <= 10
    monkeypatch.setenv("WORKFLOWS_DSN", dsn)
    monkeypatch.setenv("WORKFLOWS_SCHEMA", schema)
    (inputs,) = re.findall(r"enqueue weigh_tank --inputs '(.+?)'", README)
    assert cli.main(["enqueue", "weigh_tank", "--inputs", inputs]) == 0
    (statement,) = re.findall(r"`(select workflows\.enqueue.+?);`", README)
    conn.execute(sql(statement))
    results = [one["result"] for one in testing.drain()]
    assert results == ["T-101: 812.5 kg"] * 2


def test_the_words_of_the_operators_are_those_of_the_database(conn, schema):
    page = (DOCS / "guides" / "for-operators.md").read_text(encoding="utf-8")
    (check,) = conn.execute(
        "select pg_get_constraintdef(oid) from pg_constraint where conname = 'workflow_ended'"
    ).fetchone() or ("",)
    final = set(re.findall(r"[A-Z]{4,}", check)) - {"CHECK", "ARRAY"}
    table = page.split("## What you can order")[0]
    assert {"DELAYED", "BLOCKED", "ENQUEUED", "RUNNING", "WAITING", "HELD"} | final <= set(
        re.findall(r"[A-Z]{4,}", table)
    )
