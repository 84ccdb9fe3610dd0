"""The program as people start it: help, exit codes, a database that is away, a worker."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import psycopg
import pytest

from exchange.workflows.cpython import cli
from exchange.workflows.cpython.failures import EXIT_CODES_HELP, ExitCode
from exchange.workflows.settings import VERSION
from tests.servers import free_port
from tests.style.sources import ROOT
from tests.waiting import wait_until

PROGRAM = Path(sys.executable).with_name("ignition-workflows")
APP = """
from exchange.workflows.engine.runtime import step, workflow

@step()
def read(tank):
    return {"tank": tank, "level": 4.2}

@workflow()
def fill(tank):
    return read(tank)
"""


@pytest.fixture
def start(dsn, schema, tmp_path):
    """start("worker", ...): the program as a process in a folder with app.py, ended at the end."""
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "broken.py").write_text("import app\nnowhere\n")
    started = []

    def start_program(*words):
        environment = {**os.environ, "WORKFLOWS_DSN": dsn, "WORKFLOWS_SCHEMA": schema}
        process = subprocess.Popen(
            [PROGRAM, *words],
            cwd=tmp_path,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        started.append(process)
        return process

    yield start_program
    for process in started:
        process.kill()
        process.communicate()


def test_a_worker_works_until_it_is_told_to_end(start, answer):
    workflow_id = answer("enqueue", "fill", "--inputs", '{"tank": "T-101"}')["workflow_id"]
    worker = start("worker", "--app", "app", "--threads", "2", "--name", "w1")
    wait_until(lambda: answer("show", workflow_id)["status"] == "SUCCESS", "the workflow", 30)
    shown = answer("show", workflow_id)
    assert shown["result"] == {"tank": "T-101", "level": 4.2}
    assert [step["step_key"] for step in shown["steps"]] == ["read"]
    worker.send_signal(signal.SIGTERM)
    out, _ = worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert out.startswith("worker w1: queues default; 2 threads; workflows fill version 1")


def test_a_worker_serves_its_figures(start, answer):
    port = free_port()
    worker = start("worker", "--app", "app", "--metrics-port", str(port), "--tracing")
    workflow_id = answer("enqueue", "fill", "--inputs", '{"tank": "T-101"}')["workflow_id"]
    wait_until(lambda: answer("show", workflow_id)["status"] == "SUCCESS", "the workflow", 30)
    text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    assert 'ignition_workflows_step_duration_seconds_count{step="read"} 1.0' in text
    worker.send_signal(signal.SIGTERM)
    _, err = worker.communicate(timeout=30)
    assert worker.returncode == 0
    assert f"event=metrics_open url=http://127.0.0.1:{port}/metrics" in err


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (["--app", "app", "--metrics-port", "0", "--metrics-host", "0.0.0.0"], 2, "by anybody"),
        (["--app", "app", "--metrics-port", "0", "--metrics-token", "short"], 2, "16 plain"),
        (["--app", "nowhere"], 2, "there is no module 'nowhere'"),
        (["--app", "broken"], 2, "NameError"),
        (["--app", "json"], 2, "no @workflow in json"),
        (["--app", "app", "--queue", "nope"], 1, "nope"),
    ],
)
def test_a_worker_that_cannot_start_says_why(start, words, exit_code, said):
    worker = start("worker", *words)
    _, err = worker.communicate(timeout=30)
    assert worker.returncode == exit_code
    last = err.splitlines()[-1]
    assert last.startswith("error: ") and said in last
    assert "Traceback" not in err


def test_no_database_named(capsys, monkeypatch):
    monkeypatch.delenv("WORKFLOWS_DSN", raising=False)
    assert cli.main(["list"]) == ExitCode.USAGE
    assert "WORKFLOWS_DSN" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["init", "migrate", "doctor", "list", "watch"])
def test_a_database_that_is_away(capsys, command):
    assert cli.main([command, "--dsn", f"host=127.0.0.1 port={free_port()}"]) == 3
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "check --dsn or WORKFLOWS_DSN" in err


def test_a_dsn_that_cannot_be_read(capsys):
    assert cli.main(["list", "--dsn", "nonsense"]) == ExitCode.USAGE
    assert "the DSN cannot be read" in capsys.readouterr().err


def test_a_database_that_ends_a_statement_early_is_there(cli_on, dsn, conn, sql):
    in_time = psycopg.conninfo.make_conninfo(dsn, options="-c statement_timeout=50")
    with conn.transaction():
        conn.execute(sql("lock table workflows.setting"))
        ran = cli_on(in_time, "setting", "list")
    assert ran.exit_code == ExitCode.REFUSED
    assert "statement timeout" in ran.err and "ask for less" in ran.err
    assert "no connection" not in ran.err


def test_a_schema_that_is_not_there(cli_on, empty_dsn, monkeypatch):
    ran = cli_on(empty_dsn, "list", "--schema", "site_b")
    assert ran.exit_code == ExitCode.SCHEMA_VERSION
    assert "'site_b'" in ran.err


def test_every_exit_code_is_explained():
    explained = {int(number) for number in re.findall(r"\b\d+\b", EXIT_CODES_HELP)}
    assert explained == {int(code) for code in ExitCode}


def test_help_and_version(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"ignition-workflows {VERSION}\n"
    assert cli.main(["enqueue", "--help"]) == 0
    assert "Exit codes" in capsys.readouterr().out


def test_json_is_one_document(start):
    listed = start("queue", "list", "--json")
    out, err = listed.communicate(timeout=30)
    assert [queue["queue_name"] for queue in json.loads(out)] == ["default"]
    assert err == ""


def test_the_documentation_lists_every_exit_code_and_command():
    page = (ROOT / "docs" / "reference" / "command-line.md").read_text()
    assert set(re.findall(r"^\| (\d+) \|", page, re.M)) == {str(int(code)) for code in ExitCode}
    first_column = "".join(re.findall(r"^\|([^|]*)\|", page, re.M))
    for command in cli.app.registered_commands:
        assert f"`{command.name}" in first_column
