"""Finding 2: what waits, is blocked, runs elsewhere or has no worker costs the others nothing."""

import pytest

from tests.calls import SCHEMA, statement
from tests.plans.conftest import MANY

CALLS = (
    "enqueue",
    "claim",
    "record",
    "renew",
    "command",
    "finish",
    "get",
    "describe",
    "empty claim",
)


@pytest.mark.parametrize("name", [*CALLS, "maintenance"])
def test_blocks_touched_do_not_grow(warm, name):
    """400,000 rows more in a session whose plans were made when the tables were empty. A deeper
    index costs a few blocks per row; reading a table or a lane costs thousands."""
    before, after = warm.before[name], warm.after[name]
    assert after <= 2 * before + 300, (before, after)


def test_retention_looks_at_a_bounded_number_of_workflows(warm):
    """At 500 of them, each in a block of its own where the ids are not those of the queue."""
    assert warm.after["retention"] <= 2 * warm.before["retention"] + 300 + 500


def test_removing_reads_what_it_removes(warm):
    """Whatever else is in the tables: 40 workflows from a dozen tables, without a walk through any."""
    warm.calls.set_setting("retention_grace_seconds", 0)
    warm.calls.call("set_retention", options={"status": "SUCCESS", "keep_seconds": 0})
    for _ in range(41):
        warm.calls.enqueue("mix", {"kg": 1})
    first, *others = sorted(warm.worker.work_off())
    blocks = warm.blocks(*statement("apply_retention", limit=len(others), after=first))
    query = "select count(*) from workflows.workflow where workflow_id = any (%s::uuid[])"
    assert warm.calls.value(query, others) == 0
    assert blocks < 100 * len(others)


def test_the_tables_have_grown_and_nobody_has_analysed_them(warm):
    query = """select relname, pg_relation_size(relid) / 8192 from pg_stat_user_tables
      where schemaname = %s and last_analyze is null and last_autoanalyze is null"""
    sizes = dict(warm.calls.rows(query, SCHEMA))
    assert min(sizes[t] for t in ("workflow", "ready", "parked", "lease", "gate_ticket")) > 500


@pytest.mark.parametrize("command", ["HOLD", "RESUME", "CANCEL"])
def test_commands_to_one_of_many(warm, command):
    query = "select workflow_id::text from workflows.parked where status = 'DELAYED' limit 1"
    workflow_id = warm.calls.value(query)
    assert warm.blocks(*statement("send_command", workflow_id=workflow_id, command=command)) < 400


def test_queue_depth_is_capped(warm):
    """Counted live up to 10,000 of each, then from the count that maintenance keeps."""
    warm.calls.run("update workflows.maintenance set last_count_at = '-infinity'")
    warm.calls.run("update workflows.maintenance set last_turn_at = now() - interval '2 seconds'")
    warm.calls.maintain()
    query = "select enqueued, blocked, counted_seconds_ago from workflows.queue_depth"
    assert warm.calls.rows(query)[0][:2] == (MANY, MANY)
    query = "select enqueued, delayed, blocked, waiting, held from workflows.queue_depth"
    assert warm.blocks(query.replace("workflows.", f"{SCHEMA}.")) < 40000


def test_a_claim_with_a_control(warm):
    """The guard can fail: without the pins the same claim reads whole tables."""
    function = "take_ready"
    source = warm.calls.value("select pg_get_functiondef(%s::regproc)", f"{SCHEMA}.{function}")
    slow = "where r.lane_id = q.lane_id and r.ready_seq > q.low order by"
    assert slow in source
    for _ in range(2):
        warm.calls.enqueue("mix")
    pinned = warm.blocks(*warm.worker.claim_statement(1))
    warm.calls.conn.execute(
        source.replace(slow, "where r.lane_id + 0 = q.lane_id and r.ready_seq + 0 > q.low order by")
    )
    blocks = warm.blocks(*warm.worker.claim_statement(1))
    warm.calls.conn.execute(source)
    assert blocks > 2 * pinned + 300


# Ids by chance, so that each workflow that is looked at is in a block of its own, four levels down.
def test_a_batch_counts_a_limited_queue_once(warm):
    """Not once for each of its workflows."""
    queue = {"max_enqueued": 100000}
    warm.calls.call("create_queue", queue_name="limited", options=queue)
    item = {"workflow_name": "mix", "options": {"queue_name": "limited"}}
    for _ in range(3):
        warm.calls.enqueue_many(*[item] * 2000)
    one = warm.blocks(*statement("enqueue_many", items=[item] * 2))
    many = warm.blocks(*statement("enqueue_many", items=[item] * 42))
    assert many < one + 40 * 40, (one, many)


LOOK = 200
ENOUGH = 8 * LOOK + 300
SEARCHES = (
    {},
    {"search": "nothing like it"},
    {"status": "ENQUEUED"},
    {"status": "RUNNING", "search": "nothing like it"},
    {"status": "DELAYED", "search": "nothing like it"},
    {"status": "HELD"},
    {"status": "ERROR"},
    {"status": "SUCCESS"},
    {"is_live": True, "queue_name": "default"},
    {"parent": "00000000-0000-4000-8000-00000000000f"},
    {"before": "80000000-0000-4000-8000-00000000000f", "resource": "none"},
)


@pytest.mark.parametrize("filters", SEARCHES, ids=str)
def test_a_search_reads_what_it_looks_at(warm, filters):
    assert warm.blocks(*statement("search_workflows", filter={"look": LOOK, **filters})) < ENOUGH


def test_activity_reads_what_it_looks_at(warm):
    assert warm.blocks(*statement("get_activity", options={"look": LOOK})) < ENOUGH


@pytest.fixture(scope="module")
def busy_gates(warm):
    """20,000 gates with one ticket each, and one gate with 20,000."""
    warm.calls.run("""insert into workflows.gate_ticket
        (gate_id, priority, ticket_seq, workflow_id, queue_id, gate_name)
      select case when b then 1000 + t.ticket_seq else hashtextextended('resource big', 0) end,
        0, t.ticket_seq, t.workflow_id, 1, case when b then 'resource ' || n else 'resource big' end
      from (select t.*, row_number() over () as n from workflows.gate_ticket t where gate_id = 5) t
      cross join (values (true), (false)) v(b) where n <= 20000""")
    yield
    warm.calls.run("delete from workflows.gate_ticket where gate_id <> 5")


GATE_LISTS = (
    ("list_gates", {"look": LOOK}),
    ("list_gates", {"look": LOOK, "search": "nothing like it"}),
    ("list_gates", {"look": LOOK, "is_waited_for": True, "limit": 10}),
    ("list_tickets", {"resource": "big"}),
    ("list_tickets", {"resource": "big", "after": "0/1000000"}),
)


@pytest.mark.parametrize("function, filters", GATE_LISTS, ids=str)
def test_a_list_of_gates_reads_what_it_looks_at(warm, busy_gates, function, filters):
    assert warm.blocks(*statement(function, filter=filters)) < ENOUGH


@pytest.mark.parametrize(
    "function, bound, loose",
    [
        ("gates_from", "from gate g limit p_most", "from gate g limit p_most + 20000"),
        ("list_tickets", "ticket_seq limit v_limit + 1", "ticket_seq limit 5000"),
    ],
)
def test_a_list_of_gates_with_a_control(warm, busy_gates, function, bound, loose):
    """The guard can fail: without its bound the same call reads far more."""
    source = warm.calls.value("select pg_get_functiondef(%s::regproc)", f"{SCHEMA}.{function}")
    assert bound in source
    filters = {"look": LOOK} if function == "gates_from" else {"resource": "big"}
    call = statement("list_gates" if function == "gates_from" else function, filter=filters)
    warm.calls.conn.execute(source.replace(bound, loose))
    blocks = warm.blocks(*call)
    warm.calls.conn.execute(source)
    assert blocks > 5 * ENOUGH


@pytest.mark.parametrize("function", ["search_workflows", "get_activity"])
def test_a_screen_with_a_control(warm, function):
    """The guard can fail: without its bound the same call reads a hundred times as much."""
    source = warm.calls.value("select pg_get_functiondef(%s::regproc)", f"{SCHEMA}.{function}")
    bound = "order by w.workflow_id desc limit v_look)"
    assert bound in source
    argument = {"search_workflows": "filter", "get_activity": "options"}[function]
    options = {"look": LOOK, **({"search": "nothing"} if argument == "filter" else {})}
    warm.calls.conn.execute(source.replace(bound, bound.replace("v_look", "20000")))
    blocks = warm.blocks(*statement(function, **{argument: options}))
    warm.calls.conn.execute(source)
    assert blocks > 5 * ENOUGH


def test_jit_is_off_wherever_work_is_done(warm):
    query = """select proname from pg_proc where pronamespace = %s::regnamespace and prosecdef
      and prolang = (select oid from pg_language where lanname = 'plpgsql')
      and not coalesce(proconfig, '{}') @> array['jit=off']"""
    assert warm.calls.rows(query, SCHEMA) == []


@pytest.mark.parametrize("function", ["claim_workflows", "record_steps", "finish_workflows"])
def test_plans_are_pinned(warm, function):
    query = "select proconfig from pg_proc where oid = %s::regproc"
    pins = warm.calls.value(query, f"{SCHEMA}.{function}")
    for pin in ("enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin"):
        assert f"{pin}=off" in pins
    assert "plan_cache_mode=force_generic_plan" in pins
