"""system.db over a real pool: transactions, errors, stored procedures, named queries, loss."""

import textwrap
from collections.abc import Iterator

import psycopg
import pytest

from tests.gateway.gateway import Database, ScriptError, StandInGateway
from tests.gateway.projects import Project

pytestmark = pytest.mark.proof

SCALAR = "system.db.runScalarPrepQuery(%r, [], 'WorkflowsDB')"
NOTE = "system.db.runPrepUpdate('insert into note values (?)', ['%s'], 'WorkflowsDB', tx)\n"
LISTEN = """
    from com.inductiveautomation.ignition.gateway import IgnitionGateway
    from java.lang import Class
    connection = IgnitionGateway.get().getDatasourceManager().getConnection(NAME)
    statement = connection.createStatement()
    rows = statement.executeQuery("select '{}'::jsonb")
    rows.next()
    loader = rows.getObject(1).getClass().getClassLoader()
    interface = Class.forName('org.postgresql.PGConnection', True, loader)
    unwraps = connection.isWrapperFor(interface)
    heard = None
    if unwraps:
        driver = connection.unwrap(interface)
        statement.execute('listen here')
        statement.execute("notify here, 'x'")
        heard = [one.getParameter() for one in driver.getNotifications(1000) or []]
    connection.close()
"""


def listen(name: str) -> str:
    return textwrap.dedent(LISTEN).replace("NAME", repr(name))


@pytest.fixture
def noted(gateway_dsn: str) -> Iterator[psycopg.Connection[tuple[str]]]:
    with psycopg.connect(gateway_dsn, autocommit=True) as conn:
        conn.execute("create table note (text text)")
        yield conn
        conn.execute("drop table note")


def test_results_are_datasets(gateway: StandInGateway) -> None:
    code = "found = system.db.runPrepQuery('select ?::text as a, ?::int as b', ['x', 2], 'WorkflowsDB')"
    reads = "[found.getRowCount(), found.getColumnNames(), found.getValueAt(0, 'A'), found[0]['b'], [list(row) for row in found]]"
    assert gateway.run(code, returns=reads) == [1, ["a", "b"], "x", 2, [["x", 2]]]


def test_a_long_binds_as_numeric(gateway: StandInGateway) -> None:
    with pytest.raises(ScriptError) as caught:
        gateway.run("system.db.runPrepQuery('select pg_sleep_for(?)', [2**40], 'WorkflowsDB')")
    assert caught.value.sqlstate == "42883"
    assert (
        gateway.evaluate("system.db.runScalarPrepQuery('select ?::bigint', [2**40], 'WorkflowsDB')")
        == 2**40
    )


def test_an_error_is_wrapped_in_java_exceptions(gateway: StandInGateway) -> None:
    code = """
        from java.sql import SQLException
        kinds = []
        try:
            system.db.runPrepQuery('select 1/0', [], 'WorkflowsDB')
        except Exception:
            kinds.append('python')
        except SQLException:
            kinds.append('sql')
        except:
            kinds.append('other')
    """
    assert gateway.run(textwrap.dedent(code), returns="kinds") == ["other"]
    with pytest.raises(ScriptError) as caught:
        gateway.evaluate(SCALAR % "select 1/0")
    assert [one["sqlstate"] for one in caught.value.causes] == [None, None, "22012"]


def test_a_query_is_not_an_update(gateway: StandInGateway) -> None:
    with pytest.raises(ScriptError, match="A result was returned"):
        gateway.run("system.db.runPrepUpdate('select 1', [], 'WorkflowsDB')")


@pytest.mark.parametrize(("end", "kept"), [("commit", ["a"]), ("rollback", []), ("", [])])
def test_a_transaction(
    gateway: StandInGateway, noted: psycopg.Connection[tuple[str]], end: str, kept: list[str]
) -> None:
    code = "tx = system.db.beginTransaction('WorkflowsDB')\n" + NOTE % "a"
    if end:
        code += f"system.db.{end}Transaction(tx)\n"
    gateway.run(code + "system.db.closeTransaction(tx)")
    assert [row[0] for row in noted.execute("select * from note")] == kept
    assert gateway.open_transactions() == 0


def test_an_idle_transaction_is_closed(gateway: StandInGateway) -> None:
    code = "tx = system.db.beginTransaction('WorkflowsDB', system.db.SERIALIZABLE, 50)"
    gateway.run(code, keep="idle")
    waits = """
        from java.lang import Thread
        for _ in range(200):
            try:
                system.db.runPrepQuery('select 1', [], 'WorkflowsDB', tx)
            except:
                break
            Thread.sleep(120)
    """
    gateway.run(textwrap.dedent(waits), keep="idle")
    assert gateway.open_transactions() == 0


def test_a_full_pool_refuses_after_its_wait(gateway: StandInGateway) -> None:
    hold = "held = [system.db.beginTransaction('Small') for _ in range(2)]"
    gateway.run(hold, keep="full")
    with pytest.raises(ScriptError, match="pool error Timeout"):
        gateway.run("system.db.runPrepQuery('select 1', [], 'Small')")
    gateway.run("for tx in held: system.db.closeTransaction(tx)", keep="full")
    assert gateway.evaluate("system.db.runScalarPrepQuery('select 1', [], 'Small')") == 1
    assert gateway.pool_figures("Small")["active"] == 0


CALL = """
call = system.db.createSProcCall("%s", "%s")
call.registerReturnParam(system.db.VARCHAR)
%s
system.db.execSProcCall(call)
"""


@pytest.mark.parametrize("database", ["WorkflowsDB", "Procedures"])
def test_a_function_is_called_by_name(gateway: StandInGateway, schema: str, database: str) -> None:
    given = 'call.registerInParam(1, system.db.VARCHAR, "mix")\ncall.registerInParam(2, system.db.VARCHAR, None)'
    code = CALL % ("lower", database, given.splitlines()[0].replace("mix", "MIX"))
    assert gateway.run(code, returns="call.getReturnValue()") == "mix"
    code = CALL % ("concat", database, given)
    assert gateway.run(code, returns="call.getReturnValue()") == "mix"
    code = CALL % (f"{schema}.enqueue", database, given.splitlines()[0])
    assert len(gateway.run(code, returns="call.getReturnValue()")) == 36


def test_the_call_syntax_follows_the_connection_property(
    gateway: StandInGateway, noted: psycopg.Connection[tuple[str]]
) -> None:
    noted.execute(
        "create or replace procedure add_note() language sql as $$ insert into note values ('p') $$"
    )
    code = 'call = system.db.createSProcCall("add_note", "%s")\nsystem.db.execSProcCall(call)'
    with pytest.raises(ScriptError, match="is a procedure"):
        gateway.run(code % "WorkflowsDB")
    gateway.run(code % "Procedures")
    assert noted.execute("select count(*) from note").fetchone() == (1,)


def test_named_queries_bind_their_declared_parameters(gateway: StandInGateway) -> None:
    declared = {"parameters": [{"type": "Parameter", "identifier": "n", "sqlType": 2}]}
    queries = {
        "Here/Twice": ("select 2 * :n::int as twice", {"type": "Query", **declared}),
        "Here/Remark": ("select 1 -- see :nowhere", {"type": "ScalarQuery", **declared}),
    }
    Project(queries=queries).write(gateway.projects_folder / "site")
    gateway.save("site")
    rows = "list(system.db.execQuery('Here/Twice', {'n': '21'})[0])"
    assert gateway.evaluate(rows, "site") == [42]
    assert (
        gateway.evaluate("system.db.execScalar('Here/Twice', {'n': 4}, None, 'site')", "plant") == 8
    )
    with pytest.raises(ScriptError, match="does not declare"):
        gateway.evaluate("system.db.execScalar('Here/Remark', {})", "site")
    with pytest.raises(ScriptError, match="no parameter"):
        gateway.evaluate("system.db.execScalar('Here/Twice', {'m': 4})", "site")


def test_a_lost_database_comes_back(gateway: StandInGateway) -> None:
    assert gateway.evaluate(SCALAR % "select 1") == 1
    gateway.lose_database("WorkflowsDB")
    with pytest.raises(ScriptError) as caught:
        gateway.evaluate(SCALAR % "select 1")
    assert caught.value.sqlstate == "08001"
    assert gateway.evaluate("system.db.runScalarPrepQuery('select 1', [], 'Small')") == 1
    gateway.restore_database("WorkflowsDB")
    assert gateway.evaluate(SCALAR % "select 1") == 1


def test_cut_connections_fail_a_transaction_and_are_replaced(gateway: StandInGateway) -> None:
    gateway.run("tx = system.db.beginTransaction('WorkflowsDB')", keep="cut")
    gateway.cut_connections("WorkflowsDB")
    with pytest.raises(ScriptError) as caught:
        gateway.run("system.db.runPrepQuery('select 1', [], 'WorkflowsDB', tx)", keep="cut")
    assert (caught.value.sqlstate or "").startswith("08")
    gateway.run("try: system.db.closeTransaction(tx)\nexcept: pass", keep="cut")
    assert gateway.evaluate(SCALAR % "select 1") == 1


def test_a_pooled_connection_listens_where_it_unwraps(gateway: StandInGateway) -> None:
    assert gateway.run(listen("WorkflowsDB"), returns="[unwraps, heard]") == [True, ["x"]]
    assert gateway.run(listen("Wrapped"), returns="[unwraps, heard]") == [False, None]


def test_a_driver_in_a_class_loader_of_its_own(gateway_dsn: str) -> None:
    databases: dict[str, str | Database] = {"WorkflowsDB": gateway_dsn}
    with StandInGateway(
        {"plant": Project()}, databases, has_library=False, is_isolated_driver=True
    ) as gateway:
        with pytest.raises(ScriptError) as caught:
            gateway.run("from org.postgresql import PGConnection")
        assert caught.value.type == "ImportError"
        assert gateway.run(listen("WorkflowsDB"), returns="[unwraps, heard]") == [True, ["x"]]


def test_the_session_has_the_zone_of_the_jvm(gateway_dsn: str) -> None:
    options = ["-Duser.timezone=America/New_York"]
    with StandInGateway(
        {"plant": Project()}, {"WorkflowsDB": gateway_dsn}, has_library=False, java_options=options
    ) as gateway:
        assert gateway.evaluate(SCALAR % "select current_setting('TimeZone')") == "America/New_York"
