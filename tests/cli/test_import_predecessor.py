"""import-predecessor, on a database with the tables of the library before this one."""

import json
from typing import Any

import psycopg
import pytest

from exchange.workflows.cpython import predecessor_transfer
from tests.cli.old_library import AT, OldLibrary, form

GRADES = [{"label": "Fine", "value": "F"}, {"label": None, "value": "C", "isDisabled": None}]
HOSTILE = "'; drop table workflow; -- <script>alert(1)</script> \u202e\U0001f4a9 {{x}} %s"


@pytest.fixture
def old(dsn, conn, sql):
    conn.execute(sql("delete from workflows.retention_policy"))
    return OldLibrary(dsn, "old_workflows")


@pytest.fixture
def carry(run, old):
    """carry("--yes"): what it answers."""

    def ask(*words):
        ran = run("import-predecessor", "--source-schema", old.schema, *words, "--json")
        ran.said = json.loads(ran.out) if ran.out else None
        return ran

    return ask


def counts(carried=0, already=0, refused=0, **more):
    return {"carried": carried, "already": already, "refused": refused, **more}


def everything(conn, schema):
    names = conn.execute(
        "select relname from pg_class where relnamespace = %s::regnamespace and relkind = 'r'"
        " order by 1",
        (schema,),
    ).fetchall()
    return {
        name: conn.execute(f"select t::text from {schema}.{name} t").fetchall() for (name,) in names
    }


def by_tail(answer, given_id):
    """The workflow here whose id ends like the one there."""
    (found,) = [
        one
        for one in answer("list", "--limit", "1000")
        if one["workflow_id"][-21:] == given_id[-21:]
    ]
    return answer("show", found["workflow_id"])


def test_a_dry_run_changes_nothing_and_says_what_would_be(carry, old, conn, schema, run):
    old.enum("Grade", 1, GRADES)
    old.template("fill", "night", 1, form({"kg": 1, "grade": "F"}, "Grade"))
    old.workflow(queue_name="fast")
    old.workflow(status="RUNNING")
    before = everything(conn, schema), everything(conn, old.schema)
    ran = carry()
    assert ran.exit_code == 0, ran.err
    assert (everything(conn, schema), everything(conn, old.schema)) == before
    assert ran.said["is_dry_run"] is True
    assert all(ran.said[kind]["carried"] == 1 for kind in ("queues", "enums", "templates"))
    assert ran.said["workflows"] == counts(1, changed=0, over=0)
    shown = run("import-predecessor", "--source-schema", old.schema).out
    assert "would be carried" in shown and "nothing was changed" in shown
    assert "not ended there, and not carried over: 1 RUNNING" in shown


def test_once_more_changes_nothing(carry, old, conn, schema):
    old.enum("Grade", 1, GRADES)
    old.enum("Grade", 2, ["C"], status="obsolete")
    old.template("fill", "night", 3, form({"kg": 1, "grade": "F"}, "Grade"))
    old.workflow(queue_name="fast")
    first = carry("--yes")
    assert first.exit_code == 0, first.err
    assert first.said["enums"] == counts(2) and first.said["workflows"]["carried"] == 1
    before = everything(conn, schema), everything(conn, old.schema)
    again = carry("--yes").said
    assert (everything(conn, schema), everything(conn, old.schema)) == before
    assert again["enums"] == counts(already=2) and again["templates"] == counts(already=1)
    assert again["workflows"] == counts(already=1, changed=0, over=0)
    old.enum("Grade", 3, ["D"])
    old.workflow()
    more = carry("--yes").said
    assert more["enums"] == counts(1, 2) and more["workflows"]["carried"] == 1


def test_a_workflow_with_all_it_has(carry, old, answer):
    given = {"tank": "T-101", "kg": 4.5}
    source = {"template": {"name": "night", "version": 3}, "overrides": ["kg"], "actor": "anna"}
    inputs = {
        "resolved": given,
        "raw": {"resolved": given, "paramSource": source},
        "__wf_control": {"timeout_seconds": 120},
    }
    error = {"type": "ValueError", "message": "zu hei\u00df: 99 \u00b0C", "traceback": "line 1"}
    old.template("fill", "night", 3, form(given))
    there = old.workflow(
        status="ERROR",
        inputs_json=json.dumps(inputs),
        result_json=None,
        error_json=json.dumps(error),
        partition_key="unit1",
        priority=5,
    )
    old.step(there, 1, "tags.read")
    old.step(there, 2, "tags.read", attempts=3)
    old.step(there, 3, "http.request", status="ERROR", error_json='"boom"', output_json=None)
    old.step(there, 4, "db.update", status="STARTED", completed_at_epoch_ms=None)
    carry("--yes", "--actor", "petra")
    found = by_tail(answer, there)
    assert found["inputs"] == given and found["priority"] == 5
    assert found["status"] == "ERROR" and found["reason"].startswith("ValueError: zu hei\u00df")
    assert found["error"] == {
        "class": "ValueError",
        **{k: error[k] for k in ("message", "traceback")},
    }
    assert found["started_at"].startswith("2025-10-09T08:53:20.5")
    assert found["recipe"]["template_name"] == "night" and found["recipe"]["template_version"] == 1
    assert found["recipe"]["overrides"] == {"kg": 4.5} and found["enqueued_by"] == "anna"
    steps = {one["step_key"]: one for one in found["steps"]}
    assert list(steps) == ["tags.read", "tags.read#2", "http.request", "db.update"]
    assert steps["tags.read#2"]["attempts"] == 3
    assert steps["http.request"]["error"]["message"] == "boom"
    assert steps["db.update"]["status"] == "RUNNING"
    lines = answer("audit", "--workflow", found["workflow_id"])
    assert [(one["event"], one["actor"]) for one in lines] == [("imported", "petra")]


AWKWARD: list[tuple[dict[str, Any], str, Any]] = [
    ({"inputs_json": "{broken"}, "inputs", "{broken"),
    ({"inputs_json": None}, "inputs", {}),
    ({"inputs_json": "[1, 2]"}, "inputs", [1, 2]),
    ({"inputs_json": '{"resolved": null, "raw": 1}'}, "inputs", {}),
    ({"result_json": "NaN"}, "result", "nan"),
    ({"result_json": "1e999"}, "result", "inf"),
    ({"result_json": '"a\\u0000b"'}, "result", "a\ufffdb"),
    ({"result_json": '"\\ud800"'}, "result", "\ufffd"),
    ({"result_json": "9" * 5000}, "result", "9" * 5000),
    ({"result_json": "[" * 100 + "]" * 100}, "result", "[" * 100 + "]" * 100),
    ({"result_json": "[" * 100_000}, "result", "[" * 100_000),
    ({"result_json": ""}, "result", ""),
    ({"result_json": json.dumps("x" * 3_000_000)}, "result", "x" * 3_000_000),
    ({"result_json": json.dumps(HOSTILE)}, "result", HOSTILE),
    ({"workflow_name": HOSTILE}, "workflow_name", HOSTILE),
    ({"workflow_name": " two\nlines "}, "workflow_name", "twolines"),
    ({"workflow_name": "a" * 300}, "workflow_name", "a" * 200),
    ({"partition_key": ""}, "partition_key", None),
    ({"partition_key": " p\t1 "}, "partition_key", "p1"),
    ({"priority": None}, "priority", 0),
    ({"priority": 2_000_000_000}, "priority", 100),
    ({"queue_name": None}, "queue_name", "default"),
    ({"status": " success "}, "status", "SUCCESS"),
    ({"completed_at_epoch_ms": None}, "ended_at", "2025-10-09T08:53:22+00:00"),
    ({"created_at_epoch_ms": None}, "enqueued_at", "2025-10-09T08:53:20.5+00:00"),
    ({"created_at_epoch_ms": 10**18}, "enqueued_at", "2025-10-09T08:53:20.5+00:00"),
    ({"started_at_epoch_ms": -5}, "started_at", None),
    ({"completed_at_epoch_ms": AT - 9000}, "enqueued_at", "2025-10-09T08:53:11+00:00"),
    ({"status": "CANCELLED", "error_json": '{"reason": "halt"}'}, "reason", "halt"),
    ({"status": "ERROR", "error_json": "[1]"}, "reason", "Error: [1]"),
    ({"status": "ERROR", "error_json": "{broken"}, "reason", "Error: {broken"),
    ({"status": "ERROR", "error_json": '{"code": 5}'}, "reason", 'Error: {"code": 5}'),
    ({"status": "ERROR", "error_json": None}, "reason", None),
]


def test_awkward_rows(carry, old, conn, sql):
    ids = [old.workflow(**columns) for columns, _, _ in AWKWARD]
    ran = carry("--yes")
    assert ran.exit_code == 0, ran.err
    assert ran.said["workflows"]["carried"] == len(AWKWARD)
    assert ran.said["workflows"]["changed"] == 10
    for there, (columns, field, expected) in zip(ids, AWKWARD, strict=True):
        (text,) = conn.execute(
            sql(
                "select workflows.get_workflow(w.workflow_id::text) from workflows.workflow w"
                " where w.workflow_id::text like %s"
            ),
            (f"%{there[-21:]}",),
        ).fetchone()
        assert json.loads(text)[field] == expected, columns


def test_unknown_status_and_no_times_are_refused(carry, old):
    for status in ("DONE", None, "", HOSTILE):
        old.workflow(status=status)
    times = ("created_at", "updated_at", "started_at", "completed_at")
    old.workflow(**{f"{name}_epoch_ms": None for name in times})
    old.workflow(workflow_name="\n")
    old.workflow()
    ran = carry("--yes")
    assert ran.exit_code == 1 and "6 could not be carried over" in ran.err
    assert ran.said["workflows"] == counts(1, refused=6, changed=0, over=0)
    problems = sorted(one["problem"] for one in ran.said["refused"])
    assert "needs enqueued_at and ended_at" in problems
    assert "workflow_name must not be empty" in problems and "status 'DONE' is unknown" in problems


def test_live_work_is_listed_and_left(carry, old, conn, schema):
    for status in ("ENQUEUED", "PENDING", "RUNNING", "RUNNING"):
        old.workflow(status=status, partition_key="unit1")
    said = carry("--yes").said
    assert said["live"]["by_status"] == {"ENQUEUED": 1, "PENDING": 1, "RUNNING": 2}
    assert {one["partition_key"] for one in said["live"]["workflows"]} == {"unit1"}
    assert conn.execute(f"select count(*) from {schema}.workflow").fetchone() == (0,)


def test_enums_and_templates_with_gaps(carry, old, answer, conn, sql):
    """Versions that were deleted there leave gaps; what names one gets the number that it has here."""
    old.enum("Grade", 2, GRADES, description="how fine", created_by="anna")
    old.enum("Grade", 5, ["F"], status="inactive")
    old.template("fill", "night", 4, form({"grade": "F"}, "Grade:5"), created_by="anna")
    old.template("fill", "day", 1, form({"grade": "C"}, "Grade"), description=HOSTILE)
    ran = carry("--yes")
    assert ran.exit_code == 0, ran.said["refused"]
    (grades,) = conn.execute(sql("select workflows.list_enums()")).fetchone()
    shown = {one["enum_version"]: one for one in json.loads(grades)}
    assert shown[1]["created_by"] == "anna" and shown[1]["status"] == "active"
    assert shown[1]["description"] == "how fine (version 2 of the predecessor)"
    assert shown[2]["status"] == "obsolete"
    (found,) = conn.execute(sql("select workflows.get_template('fill', 'night')")).fetchone()
    assert "@enum:Grade:2" in found or '"enumVersion": 2' in found


def test_what_is_no_enum_or_template(carry, old):
    old.enum("Broken", 1, "{broken")
    old.enum("Twice", 1, ["a", "a"])
    old.enum("Null", 1, "null")
    old.enum("Name:3", 1, ["a"])
    old.enum("Good", 1, ["a"])
    old.template("fill", "broken", 1, "{broken")
    old.template("fill", "null", 1, "null")
    old.template("fill", "lost", 1, form({"grade": "F"}, "Nowhere:7"))
    old.template("fill", "good", 1, form({"kg": 1}))
    ran = carry("--yes")
    assert ran.exit_code == 1
    assert ran.said["enums"] == counts(1, refused=4)
    assert ran.said["templates"] == counts(1, refused=3)
    (lost,) = [one for one in ran.said["refused"] if one["name"] == "fill lost version 1"]
    assert "refers to an enum that does not exist: Nowhere version 7" in lost["problem"]
    again = carry("--yes").said
    assert again["enums"] == counts(already=1, refused=4)


def test_another_database(dsn, empty_dsn, run, answer):
    """Its schema may have our name there."""
    there = OldLibrary(empty_dsn, "workflows").workflow()
    ran = run("import-predecessor", "--source-dsn", empty_dsn, "--yes")
    assert ran.exit_code == 0, ran.err
    assert by_tail(answer, there)["workflow_name"] == "fill"


def test_it_only_reads_there(carry, old, conn):
    """A login that may do no more is enough."""
    old.workflow()
    conn.execute(f"revoke all on all tables in schema {old.schema} from public")
    conn.execute("create role reader login")
    try:
        conn.execute(f"grant usage on schema {old.schema} to reader")
        conn.execute(f"grant select on all tables in schema {old.schema} to reader")
        source = psycopg.conninfo.make_conninfo(old.dsn, user="reader")
        ran = carry("--source-dsn", source, "--yes")
        assert ran.exit_code == 0 and ran.said["workflows"]["carried"] == 1, ran.err
    finally:
        conn.execute("drop owned by reader")
        conn.execute("drop role reader")


def test_not_its_tables(run, schema):
    ran = run("import-predecessor", "--source-schema", schema)
    assert ran.exit_code == 2 and "has no table" in ran.err and "--source-schema" in ran.err
    assert run("import-predecessor", "--source-schema", "nowhere").exit_code == 2


def test_many_go_in_batches(carry, old, conn, schema, sql, monkeypatch):
    """More than are read, and more than are sent, at once; retention is told of."""
    conn.execute(sql("select workflows.set_retention(null, '{\"keep_seconds\": 3600}')"))
    monkeypatch.setattr(predecessor_transfer, "_MOST_BYTES", 20_000)
    with psycopg.connect(old.dsn, autocommit=True) as there:
        there.execute(
            f"insert into {old.schema}.workflow_status (workflow_id, workflow_name, status,"
            " created_at_epoch_ms, result_json)"
            " select gen_random_uuid(), 'w', 'SUCCESS', 1000000, to_json(repeat('x', 600))::text"
            " from generate_series(1, 450)"
        )
    said = carry("--yes").said
    assert said["workflows"]["carried"] == said["workflows"]["over"] == 450
    assert conn.execute(f"select count(*) from {schema}.workflow_outcome").fetchone() == (450,)
