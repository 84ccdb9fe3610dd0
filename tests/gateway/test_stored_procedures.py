"""Enqueue, command and cancel by stored procedure call and plain SQL: the page's blocks, and their edges."""

from collections.abc import Iterator

import pytest

from tests.gateway.gateway import ScriptError
from tests.gateway.plant import Plant, code_blocks

PAGE = code_blocks("guides/stored-procedures.md")
PREPARED, OPTIONS, CALL, COMMAND, CANCEL, TRANSACTION = PAGE
CONNECTIONS = ["WorkflowsDB", "Procedures"]
MADE = """
def procedure(name, values, database, tx=None, missing=()):
    call = system.db.createSProcCall(name, database) if tx is None else system.db.createSProcCall(
        name, database, tx)
    call.registerReturnParam(system.db.VARCHAR)
    for at, value in enumerate(values):
        call.registerInParam(at + 1, system.db.VARCHAR, value)
    system.db.execSProcCall(call)
    return call.getReturnValue()
"""


def call(plant: Plant, name: str, values: list[str | None], database: str) -> str:
    return plant.gateway.run(
        MADE, returns=f"procedure('workflows.{name}', {values!r}, {database!r})"
    )


def on(block: str, database: str) -> str:
    return block.replace('"WorkflowsDB"', f'"{database}"')


@pytest.fixture
def orders(plant: Plant) -> Iterator[None]:
    plant.execute("create schema plant create table orders (order_id integer primary key)")
    yield
    plant.execute("drop schema plant cascade")


@pytest.mark.parametrize("database", CONNECTIONS)
def test_the_blocks_of_the_page(plant: Plant, database: str) -> None:
    workflow_id = plant.gateway.run(on(PREPARED, database), returns="workflowId")
    plant.wait_until_seen("fill T-101 begins first")
    plant.forget_seen()
    called = plant.gateway.run(on(CALL, database), returns="workflowId", keep="procedures")
    plant.wait_until_seen("fill T-101 begins first")
    answer = plant.gateway.run(on(COMMAND, database), returns="answer", keep="procedures")
    assert (answer["workflow_id"], answer["outcome"]) == (called, "accepted")
    plant.gateway.run(on(CANCEL, database), keep="procedures")
    plant.open_gate("T-101", 2)
    plant.wait_for(called, "CANCELLED")
    plant.result(workflow_id)
    sql = "select command, actor, reason from workflows.command_log where workflow_id = %s order by accepted_at"
    rows = plant.ask(sql, called)
    assert rows[0] == ("HOLD", "jdoe", "valve XV-12 is being serviced")
    assert rows[1][0].upper().startswith("CANCEL") and rows[1][2] == "wrong recipe"


def test_the_block_with_options(plant: Plant) -> None:
    plant.execute("select workflows.create_queue('filling')")
    plant.gateway.run(OPTIONS)
    sql = "select queue_name, partition_key from workflows.workflow_status order by enqueued_at desc limit 1"
    assert plant.ask(sql) == [("filling", "T-101")]


@pytest.mark.parametrize("database", CONNECTIONS)
@pytest.mark.parametrize(
    "more", [[], [None], ["{}"], [None, None], ['{"text": "x"}', None]], ids=str
)
def test_fewer_parameters_and_nulls(plant: Plant, database: str, more: list[str | None]) -> None:
    workflow_id = call(plant, "enqueue", ["note", *more], database)
    assert plant.result(workflow_id) == ('"x"' if more and more[0] not in (None, "{}") else None)


@pytest.mark.parametrize("database", CONNECTIONS)
def test_errors_keep_their_code(plant: Plant, database: str) -> None:
    with pytest.raises(ScriptError) as caught:
        call(plant, "enqueue", ["note", "{}", '{"priority": 1000}'], database)
    assert caught.value.sqlstate == "WF002"
    with pytest.raises(ScriptError) as caught:
        call(plant, "cancel_workflow", ["00000000-0000-7000-8000-000000000000"], database)
    assert caught.value.sqlstate == "WF003"


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_in_the_callers_transaction(plant: Plant, end: str) -> None:
    code = f"""
tx = system.db.beginTransaction("WorkflowsDB")
try:
    found = procedure("workflows.enqueue", ["note", '{{"text": "{end}"}}'], "WorkflowsDB", tx)
    inside = system.db.runScalarPrepQuery(
        "select count(*) from workflows.workflow where workflow_id = ?::uuid", [found], "WorkflowsDB", tx)
    system.db.{end}Transaction(tx)
finally:
    system.db.closeTransaction(tx)
"""
    workflow_id, inside = plant.gateway.run(MADE + code, returns="[found, inside]")
    assert inside == 1
    if end == "commit":
        assert plant.result(workflow_id) == '"commit"'
    else:
        assert plant.status(workflow_id) is None


def test_the_transaction_of_the_page(plant: Plant, orders: None) -> None:
    plant.gateway.run(TRANSACTION)
    assert plant.ask("select order_id from plant.orders") == [4711]
    sql = "select workflow_id::text from workflows.workflow where workflow_name = 'fill_order'"
    (workflow_id,) = plant.ask(sql)
    assert plant.result(workflow_id) == "4711"
    with pytest.raises(ScriptError) as caught:
        plant.gateway.run(TRANSACTION)
    assert caught.value.sqlstate == "23505"
    assert plant.ask(sql) == [workflow_id], "rolled back: never enqueued"
    assert plant.gateway.open_transactions() <= 2, "the worker's own"


def test_an_enqueue_is_no_update(plant: Plant) -> None:
    with pytest.raises(ScriptError, match="result was returned"):
        plant.gateway.run(
            "system.db.runPrepUpdate('select workflows.enqueue(?)', ['note'], 'WorkflowsDB')"
        )


def test_the_trigger_of_the_page(plant: Plant, orders: None) -> None:
    (body,) = code_blocks("guides/stored-procedures.md", "sql")
    plant.execute(
        "create function plant.ordered() returns trigger language plpgsql as $$ begin "
        + body.replace("select ", "perform ", 1)
        + " return new; end $$;"
        "create trigger ordered after insert on plant.orders for each row execute function plant.ordered()"
    )
    plant.execute("insert into plant.orders values (4712)")
    sql = """select p.inputs::jsonb ->> 'order' from workflows.workflow w join workflows.workflow_payload p using (workflow_id)
        where workflow_name = 'fill_order' order by w.enqueued_at desc limit 1"""
    assert plant.one(sql) == "4712"


def test_named_queries_of_the_export(plant: Plant) -> None:
    """From a project that inherits them, by the names of their parameters."""
    for name in ("QueueDepth", "Health", "Running", "Workers", "Queues"):
        rows = f"system.db.runNamedQuery('Exchange/Workflows/{name}', {{}}).getRowCount()"
        assert plant.gateway.evaluate(rows) >= 0, name
