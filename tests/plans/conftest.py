"""A schema that has grown under a warm session, with statistics that are years behind."""

import json

import pytest

from tests.calls import SCHEMA, Calls, Worker, shared_database, statement

MANY = 100_000
SWINGING = ("workflow", "ready", "parked", "lease", "step", "gate_ticket", "wait")
GROW = """
insert into workflows.lane (lane_id, queue_id, workflow_name, workflow_version, priority, kind)
values (-1, 1, 'nobody runs this', 1, 0, 'new');

create temp table made as
select n, gen_random_uuid() as id,
  (array['DELAYED', 'BLOCKED', 'ENQUEUED', 'RUNNING'])[n %% 4 + 1] as status
from generate_series(1, 4 * %(many)s) n;

insert into workflows.workflow (workflow_id, lane_id, ready_seq, status, state, enqueued_at,
  queue_id, workflow_version, priority, workflow_name, enqueued_by, gate_ids, ticket_seq,
  partition_key, started_at, lease_token)
select id, -1, n, status, case status when 'RUNNING' then 'RUNNING' else 'IDLE' end,
  clock_timestamp(), 1, 1, 0, 'nobody runs this', 'bulk',
  case status when 'BLOCKED' then array[5::bigint] end, case status when 'BLOCKED' then n end,
  case status when 'BLOCKED' then 'k' end,
  case status when 'RUNNING' then clock_timestamp() end, case status when 'RUNNING' then id end
from made;

insert into workflows.parked (workflow_id, queue_id, status, due_at)
select id, 1, status,
  case status when 'DELAYED' then clock_timestamp() + interval '1 day' end
from made where status in ('DELAYED', 'BLOCKED');

insert into workflows.gate_ticket (gate_id, priority, ticket_seq, workflow_id, queue_id,
  is_holder, gate_name)
select 5, 0, n, id, 1, n = min(n) over (), 'key 1 k' from made where status = 'BLOCKED';

insert into workflows.ready (lane_id, ready_seq, workflow_id)
select -1, n, id from made where status = 'ENQUEUED';

insert into workflows.worker (worker_id, expires_at, renewed_at, listen_mode, lease_seconds,
  threads, queue_ids, worker_name, database_user, started_at)
values ('00000000-0000-4000-8000-00000000000f', 'infinity', clock_timestamp(), 'listen', 20, 1,
  '{1}', 'bulk', 'bulk', clock_timestamp());

insert into workflows.lease (workflow_id, lease_token, worker_id, claim_no, claimed_at, queue_id,
  is_started, is_limited)
select id, id, '00000000-0000-4000-8000-00000000000f', 1, clock_timestamp(), 1, true, false
from made where status = 'RUNNING';

insert into workflows.step (workflow_id, step_key, kind, status, attempts, started_at, ended_at)
select id, 'weigh', 'step', 'SUCCESS', 1, clock_timestamp(), clock_timestamp()
from made where n %% 2 = 0;

drop table made;
select setval('workflows.ready_seq', 4 * %(many)s + 10);
"""


class Warm:
    """A worker over one session that has called everything while the tables were empty."""

    def __init__(self, calls: Calls):
        for table in SWINGING:
            # it comes when it likes, and with it other statistics
            calls.run(f"alter table workflows.{table} set (autovacuum_enabled = false)")
        self.calls = calls
        self.worker = Worker(calls)
        self.before: dict[str, int] = {}
        self.after: dict[str, int] = {}

    def blocks(self, query: str, arguments=None) -> int:
        """Blocks that a statement touched, those of every function it called included."""
        explain = "explain (analyze, buffers, format json) "
        row = self.calls.conn.execute(explain + query, arguments).fetchone()
        plan = row[0] if not isinstance(row[0], str) else json.loads(row[0])
        assert "JIT" not in plan[0]
        return plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"]

    def measure(self) -> dict[str, int]:
        """Every call of a worker's life, by blocks touched; the least of a few."""
        rounds = [self._once() for _ in range(3)]
        return {name: min(r[name] for r in rounds) for name in rounds[0]}

    def _once(self) -> dict[str, int]:
        calls, worker, found = self.calls, self.worker, {}
        for _ in range(40):
            calls.enqueue("mix", {"kg": 1})
        calls.enqueue("mix", partition_key="own", delay_seconds=0)
        found["enqueue"] = self.blocks(*statement("enqueue", workflow_name="mix"))
        found["claim"] = self.blocks(*worker.claim_statement(20, 20))
        claimed = worker.claim_reply(20, 20, request_no=worker.request_no, is_resend=True)[
            "workflows"
        ]
        records = [worker.record_arguments(c, "weigh")["records"][0] for c in claimed]
        records = [{**r, "n": n} for n, r in enumerate(records)]
        found["record"] = self.blocks(
            *statement("record_steps", worker_id=worker.worker_id, records=records)
        )
        held = {"held": [[c["w"], c["t"]] for c in claimed]}
        found["renew"] = self.blocks(
            *statement("renew_worker", worker_id=worker.worker_id, held=held)
        )
        found["command"] = self.blocks(
            *statement("send_command", workflow_id=claimed[0]["w"], command="HOLD")
        )
        outcomes = [{"w": c["w"], "t": c["t"], "outcome": "success"} for c in claimed]
        found["finish"] = self.blocks(
            *statement("finish_workflows", **worker.finish_arguments(*outcomes))
        )
        found["get"] = self.blocks(*statement("get_workflow", workflow_id=claimed[0]["w"]))
        found["describe"] = self.blocks(
            *statement("describe_workflow", workflow_id=claimed[0]["w"])
        )
        found["empty claim"] = self.blocks(*worker.claim_statement(0, 0))
        worker.work_off()
        calls.run("update workflows.maintenance set last_turn_at = now() - interval '2 seconds'")
        calls.run("update workflows.maintenance set last_count_at = now()")
        calls.run(
            "update workflows.retention_progress set next_turn_at = now() + interval '1 minute'"
        )
        found["maintenance"] = self.blocks(*statement("run_maintenance", limit=500))
        calls.run("update workflows.retention_progress set next_turn_at = '-infinity'")
        found["retention"] = self.blocks(*statement("run_maintenance", limit=500))
        return found


@pytest.fixture(scope="module")
def warm(server, template):
    """Measured empty, then grown, then measured again in the same session."""
    with shared_database(server, template) as conn:
        warm = Warm(Calls(conn))
        for _ in range(6):
            warm.before = warm.measure()
        text = GROW % {"many": MANY}
        conn.execute(text.replace("workflows.", f"{SCHEMA}."))
        warm.after = warm.measure()
        yield warm
