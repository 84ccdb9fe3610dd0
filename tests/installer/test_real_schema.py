"""The real schema: who may install it, two databases at once, the script in psql, removal."""

import threading

import psycopg
import pytest

from exchange.workflows.cpython import installer
from tests.servers import running_server

ROLES = ("owner", "enqueuer", "worker", "operator", "viewer", "admin")


@pytest.fixture(scope="module")
def own_server():
    """Roles belong to the whole server, so these tests have one of their own."""
    with running_server() as server:
        yield server


@pytest.fixture
def admin(own_server):
    with psycopg.connect(own_server.dsn(), autocommit=True) as conn:
        yield conn


@pytest.fixture
def make_database(admin, own_server):
    """make_database(name) -> dsn; dropped with the roles at the end."""
    made = []

    def make(name):
        admin.execute(f"create database {name}")
        made.append(name)
        return own_server.dsn(name)

    yield make
    for name in made:
        admin.execute(f"drop database {name} with (force)")
    for role in (*(f"workflows_{role}" for role in ROLES), "site_a_owner", "dba"):
        admin.execute(f"drop role if exists {role}")


def install_as(dsn, user=None, schema="workflows"):
    with psycopg.connect(dsn, autocommit=True, **({"user": user} if user else {})) as conn:
        return installer.install(conn, schema)


def enqueue(dsn, user=None):
    with psycopg.connect(dsn, **({"user": user} if user else {})) as conn:
        return conn.execute("select workflows.enqueue('fill')").fetchone()[0]


def test_after_an_installation_the_plan_is_empty(make_database):
    dsn = make_database("first")
    assert not install_as(dsn).is_current
    with psycopg.connect(dsn) as conn:
        assert installer.plan(conn).is_current


def test_a_user_who_may_create_roles_and_schemas_is_enough(make_database, admin):
    dsn = make_database("plain")
    admin.execute("create role dba login createrole")
    admin.execute("grant create on database plain to dba")
    install_as(dsn, "dba")
    assert install_as(dsn, "dba").is_current
    admin.execute("drop owned by dba")


def test_without_createrole_where_the_roles_exist(make_database, admin):
    dsn = make_database("prepared")
    for role in ROLES:
        admin.execute(f"create role workflows_{role} nologin")
    admin.execute("create role dba login")
    admin.execute("grant workflows_owner to dba")
    admin.execute("grant create on database prepared to dba, workflows_owner")
    install_as(dsn, "dba")
    assert enqueue(dsn)


def test_two_databases_of_one_server_at_once(make_database, admin):
    """The roles are shared: both installers want to create them."""
    databases = [make_database(f"twin_{number}") for number in range(4)]
    failures = []
    start = threading.Barrier(len(databases))

    def install(dsn):
        start.wait()
        try:
            install_as(dsn)
        except psycopg.Error as error:
            failures.append(error)

    threads = [threading.Thread(target=install, args=(dsn,)) for dsn in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert all(enqueue(dsn) for dsn in databases)


def test_the_script_runs_in_psql_and_again(make_database, own_server):
    dsn = make_database("by_psql")
    script = own_server.directory / "install-workflows.sql"
    script.write_text(installer.render())
    for _ in range(2):
        own_server.run_program("psql", "-Xqv", "ON_ERROR_STOP=1", "-d", dsn, "-f", str(script))
    assert enqueue(dsn)


def test_two_schemas_in_one_database_do_not_meet(make_database):
    dsn = make_database("two_sites")
    install_as(dsn)
    install_as(dsn, schema="site_b")
    enqueue(dsn)
    with psycopg.connect(dsn) as conn:
        assert conn.execute("select count(*) from site_b.workflow").fetchone() == (0,)


@pytest.mark.parametrize("schema", ["workflows", "site_a"])
def test_uninstall_leaves_nothing_and_can_be_followed_by_an_installation(
    make_database, own_server, schema
):
    dsn = make_database("gone")
    install_as(dsn, schema=schema)
    script = own_server.directory / "uninstall.sql"
    source = (installer.sql_directory() / "uninstall.sql").read_text()
    script.write_text(installer.rename(source, schema))
    own_server.run_program("psql", "-Xqv", "ON_ERROR_STOP=1", "-d", dsn, "-f", str(script))
    with psycopg.connect(dsn) as conn:
        assert conn.execute("select to_regnamespace(%s)", (schema,)).fetchone() == (None,)
        roles = "select rolname from pg_roles where rolname like %s"
        assert conn.execute(roles, (f"{schema}\\_%",)).fetchall() == []
    assert install_as(dsn, schema=schema).pending


@pytest.mark.proof
def test_the_wheel_brings_the_sql(tmp_path):
    """Installed from a wheel, away from the checkout, the program still has its sources."""
    import subprocess
    import sys
    import zipfile

    from tests.style.sources import ROOT

    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", tmp_path, ROOT]
    subprocess.run(command, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    program = "from exchange.workflows.cpython import installer; print(installer.render('plant'))"
    printed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path / "site",
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert printed.strip() == installer.render("plant").strip()
