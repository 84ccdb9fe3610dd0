"""Finding 2, the other way: the statistics are of a moment at which nothing ran, and a report holds a snapshot open, so
that the rows of all that has ended since stay in the tables. To the planner these tables have one row: whether it reads
that by its key or whole is all the same to it, and whole is 20,000 dead rows in each call."""

import re

import psycopg
import pytest

from tests.calls import SCHEMA, Calls, shared_database
from tests.plans.conftest import Warm
from tests.plans.test_rows_read import CALLS

DEAD = 20_000
# As they were when their workflows ran and waited, and gone.
LEAVE = """
create temp table made as select n, gen_random_uuid() as id from generate_series(1, %(dead)s) n;
insert into workflows.ready (lane_id, ready_seq, workflow_id) select -1, n, id from made;
insert into workflows.lease (workflow_id, lease_token, worker_id, claim_no, claimed_at, queue_id,
  is_started, is_limited)
select id, id, %(worker)s, -n, clock_timestamp(), 1, true, n %% 2 = 0 from made;
insert into workflows.parked (workflow_id, queue_id, status, due_at)
select id, 1, (array['DELAYED', 'BLOCKED', 'WAITING'])[n %% 3 + 1],
  case when n %% 3 = 0 then clock_timestamp() + interval '1 day' end from made;
insert into workflows.gate_ticket (gate_id, priority, ticket_seq, workflow_id, queue_id, gate_name)
select -n, 0, -n, id, 1, 'key 1 ' || n from made;
insert into workflows.wait (workflow_id, step_key, topic) select id, 'sleep', 'sleep' from made;
delete from workflows.ready where lane_id = -1;
delete from workflows.lease where claim_no < 0;
delete from workflows.parked p using made m where p.workflow_id = m.id;
delete from workflows.gate_ticket where ticket_seq < 0;
delete from workflows.wait w using made m where w.workflow_id = m.id;
drop table made;
"""


@pytest.fixture(scope="module")
def tired(server, template):
    """Measured before the dead rows and after them, in a session whose plans were made in between two workflows."""
    with shared_database(server, template) as conn, psycopg.connect(conn.info.dsn) as reader:
        tired = Warm(Calls(conn))
        for _ in range(6):
            tired.measure()
        conn.execute("vacuum (analyze, truncate off)")
        tired.before = tired.measure()
        reader.execute("set transaction isolation level repeatable read")
        reader.execute("select 1")
        text = LEAVE.replace("workflows.", f"{SCHEMA}.")
        for statement in text.split(";"):
            values = {"dead": DEAD, "worker": tired.worker.worker_id}
            conn.execute(statement, values if "%" in statement else None)
        tired.after = tired.measure()
        yield tired


@pytest.mark.parametrize("name", [*CALLS, "maintenance", "retention"])
def test_blocks_touched_do_not_grow_by_dead_rows(tired, name):
    before, after = tired.before[name], tired.after[name]
    assert after <= 2 * before + 600, (before, after)


@pytest.mark.parametrize(
    "name, function",
    [
        ("claim", "claim_answer"),
        ("record", "record_steps"),
        ("finish", "finish_workflows"),
        ("renew", "release_unknown"),
    ],
)
def test_a_key_that_is_not_hidden_from_the_planner_reads_all_of_them(tired, name, function):
    """The guard can fail: `a = b` in the place of `a = any (array[b])`."""
    source = tired.calls.value("select pg_get_functiondef(%s::regproc)", f"{SCHEMA}.{function}")
    plain = re.sub(r"any \(array\[([a-z_.]+)\]\)", r"\1", source)
    assert plain != source
    tired.calls.conn.execute(plain)
    blocks = tired.measure()[name]
    tired.calls.conn.execute(source)
    assert blocks > DEAD / 2
