"""recipe list, show, save, approve, obsolete, compare, export, import; parameters; enqueue --set and --template."""

import json

import pytest

from tests.calls import Calls, Worker

PARAMETERS = [
    {
        "name": "temperature",
        "type": "number",
        "required": True,
        "min": 20,
        "max": 95,
        "unit": "degC",
        "description": "of the oven",
    },
    {"name": "mode", "type": "choice", "enum": "BatchMode", "default": "slow"},
    {"name": "note", "type": "text", "max": 5},
    {"name": "speed", "type": "number", "min": 1},
    {"name": "at", "type": "datetime"},
]
SAVE = ("recipe", "save", "bake", "rye", "--actor", "anna")


@pytest.fixture
def bakery(conn):
    calls = Calls(conn)
    calls.call("create_enum", enum_name="BatchMode", choices=["slow", "fast"])
    Worker(calls, ("bake",), parameters=PARAMETERS)
    Worker(calls, ("plain",))
    widgets = {"widgets": [{"id": "temperature"}, {"id": "mode"}]}
    form = {"columns": {"items": [widgets]}, "data": {"temperature": 60}}
    calls.call("create_template", workflow_name="bake", template_name="standard", form=form)


@pytest.fixture
def rye(bakery, answer):
    answer(*SAVE, "--values", '{"temperature": 80}', "--template", "standard", "--reason", "trial")
    answer("recipe", "approve", "bake", "rye", "--actor", "bernd")


def test_what_a_workflow_takes(run, answer, bakery):
    assert [field["name"] for field in answer("parameters", "bake")][:2] == ["temperature", "mode"]
    lines = [line.split() for line in run("parameters", "bake").out.splitlines()]
    assert lines[1] == "temperature number yes 20 to 95 degC of the oven".split()
    assert lines[2] == "mode choice no slow slow, fast".split()
    assert lines[3] == "note text no at most 5 characters".split()
    assert lines[4] == "speed number no at least 1".split()
    assert lines[5] == "at datetime no".split()
    assert run("parameters", "plain").out == "plain declares no parameters\n"
    ran = run("parameters", "nothing")
    assert (ran.exit_code, ran.err.count("\n")) == (1, 1)


def test_a_recipe_from_draft_to_workflow(run, answer, rye):
    shown = answer("recipe", "show", "bake", "rye")
    assert (shown["status"], shown["created_by"], shown["approved_by"]) == (
        "approved",
        "anna",
        "bernd",
    )
    drawn = run("recipe", "show", "bake", "rye").out
    assert drawn.startswith("rye version 1  approved  standard v1\n")
    assert "temperature  80     degC" in drawn and "trial" in drawn
    started = run("enqueue", "bake", "--set", "rye", "--inputs", '{"mode": "fast"}')
    workflow = answer("show", started.out.strip())
    assert workflow["inputs"] == {"temperature": 80, "mode": "fast"}
    assert workflow["recipe"]["set_version"] == 1
    drawn = run("show", started.out.strip()).out
    words = "recipe rye version 1 (approved), template standard version 1, enum BatchMode version 1"
    assert f"started from: {words}, given: mode\n" in drawn
    started = answer("enqueue", "bake", "--template", "standard")
    assert answer("show", started["workflow_id"])["inputs"]["temperature"] == 60


def test_a_draft_starts_only_where_that_is_said(run, answer, bakery):
    answer(*SAVE, "--values", '{"temperature": 80}')
    ran = run("enqueue", "bake", "--set", "rye")
    assert (ran.exit_code, ran.out) == (2, "") and "no approved version" in ran.err
    draft = ("enqueue", "bake", "--set", "rye", "--set-version", "1")
    assert "is a draft" in run(*draft).err
    assert run(*draft, "--allow-unapproved").exit_code == 0


def test_every_problem_is_on_a_line_of_its_own(run, answer, bakery):
    problems = [
        "inputs: 2 problems",
        "  inputs.temperature must be at most 95 degC",
        "  inputs.mode must be one of slow, fast",
    ]
    ran = run("enqueue", "bake", "--inputs", '{"temperature": 120, "mode": "wild"}')
    assert (ran.exit_code, ran.out) == (2, "")
    assert ran.err.splitlines() == [f"error: {problems[0]}", *problems[1:]]
    ran = run(*SAVE, "--values", '{"temperature": 120, "mode": "wild"}')
    assert ran.err.replace("values", "inputs").splitlines()[1:] == problems[1:]
    ran = run("enqueue", "bake")
    assert ran.err.count("\n") == 1 and "inputs.temperature is required" in ran.err
    ran = run("enqueue", "bake", "--inputs", '{"temperature": 120, "mode": "wild"}', "--json")
    assert len(json.loads(ran.err)["error"]["detail"]["errors"]) == 2


def test_list_compare_obsolete(run, answer, rye):
    answer(*SAVE, "--values", '{"temperature": 85}', "--template", "standard")
    assert [one["set_version"] for one in answer("recipe", "list")] == [2]
    assert len(answer("recipe", "list", "--all", "--workflow", "bake")) == 2
    assert len(answer("recipe", "list", "--all", "--status", "approved")) == 1
    assert run("recipe", "list", "--workflow", "other").out == "no such recipes\n"
    listed = run("recipe", "list", "--all").out.splitlines()
    assert listed[2].split() == "bake rye 1 approved standard v1 anna bernd".split()
    compared = run("recipe", "compare", "bake", "rye").out.splitlines()
    assert compared[0].split() == ["parameter", "rye", "v1", "rye", "v2", "unit"]
    assert compared[1].split() == ["temperature", "80", "85", "degC"]
    same = run("recipe", "compare", "bake", "rye", "--version", "1", "--with-version", "1")
    assert same.out == "nothing differs\n"
    ran = run("recipe", "obsolete", "bake", "rye", "--version", "1", "--reason", "worse")
    assert ran.out == "recipe rye version 1 is obsolete\n"
    ran = run("recipe", "show", "bake", "rye")
    assert ran.exit_code == 1 and ran.err.startswith("error: recipe rye of bake has no approved")


def test_out_and_in_again(run, answer, rye, tmp_path, monkeypatch):
    file = str(tmp_path / "rye.json")
    assert answer("recipe", "export", "bake", "rye", "--file", file) == {"file": file}
    printed = run("recipe", "export", "bake", "rye").out
    assert json.loads(printed) == json.loads((tmp_path / "rye.json").read_text())
    imported = answer("recipe", "import", file, "--name", "white", "--actor", "carla")
    assert (imported["set_name"], imported["status"]) == ("white", "draft")
    saved = answer("recipe", "show", "bake", "white", "--version", "1")
    assert (saved["created_by"], saved["values"]) == ("carla", {"temperature": 80})
    ran = run("recipe", "export", "bake", "rye", "--file", "/nowhere/rye.json")
    assert (ran.exit_code, ran.err.count("\n")) == (2, 1)
    assert run("recipe", "import", "/nowhere").exit_code == 2


def test_an_approval_that_is_refused_says_why(run, conn, sql, bakery):
    conn.execute(sql("select workflows.set_setting('approval_by_another', 'true')"))
    run(*SAVE, "--values", "{}")
    ran = run("recipe", "approve", "bake", "rye", "--actor", "anna")
    assert (ran.exit_code, ran.out) == (1, "")
    assert "another person than anna" in ran.err and ran.err.count("\n") == 1
