"""init, migrate and doctor."""

import psycopg
import pytest

from exchange.workflows.cpython import installer
from exchange.workflows.settings import SCHEMA_VERSION


def verdicts(ran, topic):
    return [f["status"] for f in ran.answer if f["topic"] == topic]


def test_init_installs_and_says_so_again(cli_on, empty_dsn, schema):
    first = cli_on(empty_dsn, "init")
    assert (first.exit_code, first.out) == (
        0,
        f"schema {schema} is installed, version {SCHEMA_VERSION}\n",
    )
    again = cli_on(empty_dsn, "init")
    assert (again.exit_code, again.out) == (
        0,
        f"schema {schema} is already installed, version {SCHEMA_VERSION}\n",
    )


def test_migrate_only_says_what_it_would_do(cli_on, empty_dsn, schema):
    said = cli_on(empty_dsn, "migrate")
    assert said.exit_code == 4
    assert "apply 0001_" in said.out
    assert said.err == "error: nothing was changed; apply it with --yes\n"
    with psycopg.connect(empty_dsn) as conn:
        assert conn.execute("select to_regnamespace(%s)", (schema,)).fetchone() == (None,)


def test_migrate_with_yes_applies(cli_on, empty_dsn):
    assert cli_on(empty_dsn, "migrate", "--yes").exit_code == 0
    assert f"is current: version {SCHEMA_VERSION}" in cli_on(empty_dsn, "migrate").out
    assert cli_on(empty_dsn, "migrate", "--json").answer["is_current"] is True


def test_migrate_prints_the_script_without_a_database(cli_on, schema):
    printed = cli_on("host=nowhere.invalid", "migrate", "--sql")
    assert printed.exit_code == 0
    assert printed.out == installer.render(schema)


def test_a_newer_schema_is_refused_by_name_of_the_command(cli_on, dsn, conn, sql):
    conn.execute(
        sql("insert into workflows.schema_migration values (99, '0099_x.sql', 'x', false, now())")
    )
    for command in ("init", "migrate"):
        refused = cli_on(dsn, command)
        assert refused.exit_code == 4
        assert "run: pip install --upgrade ignition-workflows" in refused.err


def test_an_older_schema_is_left_to_migrate(cli_on, dsn, conn, sql, monkeypatch):
    future = installer.Source(f"migrations/{SCHEMA_VERSION + 1:04d}_add_nothing.sql", "select 1;")
    sources = installer.read_sources()
    monkeypatch.setattr(installer, "read_sources", lambda directory: [*sources, future])
    refused = cli_on(dsn, "init")
    assert refused.exit_code == 4
    assert refused.err.endswith("run: ignition-workflows migrate\n")


def test_doctor_finds_a_good_database_good(run):
    ran = run("doctor", "--json")
    assert ran.exit_code == 0
    assert verdicts(ran, "schema") == ["ok"]
    assert verdicts(ran, "roles") == ["ok"]
    assert verdicts(ran, "workers") == ["warning"]


def test_doctor_on_an_empty_database_says_init(cli_on, empty_dsn):
    ran = cli_on(empty_dsn, "doctor")
    assert ran.exit_code == 4
    assert "run: ignition-workflows init" in ran.err


@pytest.mark.parametrize("words", [("doctor", "--json"), ("list",)])
def test_a_stranger_is_told_what_to_ask_for(cli_on, dsn, conn, schema, words):
    conn.execute("drop role if exists stranger")
    conn.execute("create role stranger login")
    ran = cli_on(psycopg.conninfo.make_conninfo(dsn, user="stranger"), *words)
    assert ran.exit_code in (1, 5)
    assert f"{schema}_operator" in ran.err
    conn.execute("drop role stranger")
