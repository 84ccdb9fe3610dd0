"""console and console-user: what is refused before a browser sees anything, and who may log in."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from functools import partial

import pytest

from exchange.workflows.cpython.console.users import UserFile

PASSWORD = "correct horse battery"


@pytest.fixture
def people(tmp_path):
    path = tmp_path / "users.json"
    UserFile(path).save("olaf", "operator", PASSWORD)
    return path


def run(*words, given="", dsn=None):
    command = [sys.executable, "-m", "exchange.workflows.cpython.cli", *map(str, words)]
    if dsn:
        command += ["--dsn", dsn]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)


def test_people_are_added_listed_and_taken_out(tmp_path):
    path = tmp_path / "users.json"
    added = run("console-user", "set", "anna", "--role", "admin", "--users", path, given=PASSWORD)
    assert added.stdout == "anna may log in as admin\n"
    assert UserFile(path).verify("anna", PASSWORD).role == "admin"
    listed = run("console-user", "list", "--users", path, "--json")
    assert json.loads(listed.stdout) == [{"name": "anna", "role": "admin"}]
    assert run("console-user", "remove", "anna", "--users", path).returncode == 0
    again = run("console-user", "remove", "anna", "--users", path)
    assert (again.returncode, again.stderr) == (1, f"error: {path} does not name anna\n")


@pytest.mark.parametrize(
    "role, password, problem",
    [
        ("boss", PASSWORD, "boss is not a role; one of viewer, operator, admin"),
        ("viewer", "short", "a password has at least 12 characters"),
    ],
)
def test_a_bad_role_or_password_is_refused(tmp_path, role, password, problem):
    path = tmp_path / "users.json"
    refused = run("console-user", "set", "anna", "--role", role, "--users", path, given=password)
    assert (refused.returncode, refused.stderr) == (2, f"error: {problem}\n")
    assert not path.exists()


def test_a_person_whom_a_proxy_lets_in_has_no_password(tmp_path):
    path = tmp_path / "users.json"
    run("console-user", "set", "anna", "--role", "viewer", "--users", path, "--no-password")
    assert UserFile(path).find("anna") is not None
    assert UserFile(path).verify("anna", "") is None


def test_without_anybody_who_may_log_in_it_says_what_to_do(dsn, schema, tmp_path):
    refused = run("console", "--users", tmp_path / "none.json", "--schema", schema, dsn=dsn)
    assert refused.returncode == 2
    assert "nobody may log in" in refused.stderr and "console-user set" in refused.stderr


def test_a_login_without_the_roles_is_refused(dsn, schema, people, conn):
    conn.execute("create role bare_console login")
    try:
        bare = f"{dsn} user=bare_console"
        refused = run("console", "--users", people, "--schema", schema, dsn=bare)
    finally:
        conn.execute("drop role bare_console")
    assert refused.returncode == 5
    assert f"{schema}_viewer, {schema}_operator, {schema}_admin" in refused.stderr


def test_a_port_that_is_taken_is_one_line(dsn, schema, people):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = run("console", "--users", people, "--schema", schema, "--port", port, dsn=dsn)
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"error: cannot listen on 127.0.0.1 port {port}: ")


def test_it_serves_until_it_is_told_to_stop(dsn, schema, people):
    command = [sys.executable, "-m", "exchange.workflows.cpython.cli", "console", "--json"]
    command += ["--users", str(people), "--schema", schema, "--port", "0", "--dsn", dsn]
    # what a shell starts in its background ignores SIGINT, and so would all that we start
    heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, preexec_fn=heeding
    ) as running:
        try:
            assert running.stdout is not None
            url = json.loads(running.stdout.readline())["url"]
            with urllib.request.urlopen(f"{url}login", timeout=20) as page:
                assert "Log in" in page.read().decode()
        finally:
            running.send_signal(signal.SIGINT)
        assert running.wait(20) == 130


# As `make console` does it: SIGTERM ends the whole program.
PROGRAM = """
import asyncio, signal, sys
from exchange.workflows.cpython.console.server import serve_app
async def app(scope, receive, send): ...
signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped by SIGTERM"))
asyncio.run(serve_app(app, "127.0.0.1", 0, say=lambda url: print(url, flush=True)))
"""


def test_a_program_with_a_console_in_it_ends_without_a_traceback():
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("http://127.0.0.1:")
        running.terminate()
        _, said = running.communicate(timeout=20)
    assert (running.returncode, said) == (1, "stopped by SIGTERM\n")
