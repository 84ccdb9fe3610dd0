"""Some hundreds of workflows of every kind, written by SQL as the owner, and what a search of them should answer."""

import json
from typing import Any

from tests.calls import Calls

# Ids of two kinds: those of the queue are ordered in time, those that a caller chose are not.
_MAKE = """
insert into workflows.queue (queue_name, created_at) values ('second', now());
insert into workflows.lane (lane_id, queue_id, workflow_name, workflow_version, priority, kind)
select -q.queue_id, q.queue_id, 'mix', 1, 0, 'new' from workflows.queue q;

create temp table made as
select n, case when n / 7 % 2 = 1 then gen_random_uuid() else workflows.new_workflow_id(at) end as id,
  at, status, q.queue_id
from (
  select n, now() - (1000 - n) * interval '7 seconds' as at,
    (array['SUCCESS', 'ENQUEUED', 'ERROR', 'DELAYED', 'BLOCKED', 'RUNNING', 'WAITING', 'HELD',
      'CANCELLED', 'STOPPED', 'ABORTED', 'SUCCESS', 'SUCCESS'])[n % 13 + 1] as status,
    case when n % 5 = 0 then 'second' else 'default' end as queue_name
  from generate_series(1, {count}) n) m
join workflows.queue q using (queue_name);

insert into workflows.workflow (workflow_id, lane_id, ready_seq, status, state, enqueued_at,
  available_at, queue_id, workflow_version, priority, workflow_name, enqueued_by, actor,
  partition_key, resources, deduplication_id, reason, started_at, ended_at, held_at,
  lease_token, parent_workflow_id)
select id, -queue_id, n, status,
  case when status = 'SUCCESS' then 'COMPLETE'
    when status in ('ERROR', 'CANCELLED', 'STOPPED', 'ABORTED') then status
    when status = 'HELD' then (array['HELD', 'PAUSED'])[n % 2 + 1]
    when status = 'RUNNING' then (array['STARTING', 'RUNNING', 'HOLDING', 'STOPPING'])[n % 4 + 1]
    when status = 'WAITING' then 'RUNNING' else (array['IDLE', 'RUNNING'])[n % 2 + 1] end,
  at, case when n % 11 = 0 then at + interval '1 second' end, queue_id, 1, n % 3,
  (array['mix', 'Fill', 'a_b', 'a%b'])[n % 4 + 1], 'bulk', case when n % 3 = 0 then 'anna' end,
  case when n % 3 = 0 then 'Tank ' || n % 9 end,
  case when n % 4 = 0 then array['reactor ' || n % 6, 'crane'] end,
  case when n % 6 = 0 then 'batch-' || n end, case when n % 13 in (2, 8) then 'Pump lost' end,
  case when status not in ('ENQUEUED', 'DELAYED') then at + n % 17 * interval '1 second' end,
  case when status in ('SUCCESS', 'ERROR', 'CANCELLED', 'STOPPED', 'ABORTED')
    then at + n % 17 * interval '1 second' + n % 29 * interval '0.7 second' end,
  case when status = 'HELD' then at end, id,
  case when n % 10 = 3 then (select p.id from made p where p.n = 1) end
from made;

insert into workflows.child (workflow_id, parent_workflow_id, step_key, child_no, policy)
select w.workflow_id, w.parent_workflow_id, 'pour', 1, 'follow'
from workflows.workflow w where w.parent_workflow_id is not null;
insert into workflows.ready (lane_id, ready_seq, workflow_id)
select -queue_id, n, id from made where status = 'ENQUEUED';
insert into workflows.parked (workflow_id, queue_id, status, resume_status)
select id, queue_id, status, case when status = 'HELD' then 'ENQUEUED' end
from made where status in ('DELAYED', 'BLOCKED', 'WAITING', 'HELD');
insert into workflows.lease (workflow_id, lease_token, worker_id, claim_no, claimed_at, queue_id,
  is_started, is_limited)
select id, id, id, 1, at, queue_id, true, false from made where status = 'RUNNING';
insert into workflows.failed_workflow (workflow_id, queue_id, ended_at)
select id, queue_id, at from made where status = 'ERROR';
drop table made;
"""
_READ = """
select row_to_json(x)::text from (
  select w.*, q.queue_name, coalesce(w.actor, w.enqueued_by) as who,
    extract(epoch from w.ended_at - w.started_at)::float8 as took
  from workflows.workflow w join workflows.queue q on q.queue_id = w.queue_id
  order by w.workflow_id desc) x"""
SHOWN = """workflow_id workflow_name workflow_version queue_name status state priority partition_key
  resources attempt failure_count reclaim_count reason enqueued_at available_at started_at ended_at
  deadline_at parent_workflow_id""".split()
SEARCHED = ("workflow_id", "workflow_name", "partition_key", "deduplication_id", "reason")


def make_crowd(calls: Calls, count: int) -> None:
    calls.run(_MAKE.replace("{count}", str(count)))


def read_crowd(calls: Calls) -> list[dict[str, Any]]:
    """Every workflow as it stands, newest first by id."""
    calls.run("set timezone = 'UTC'")
    return [json.loads(row) for (row,) in calls.rows(_READ)]


def fits(row: dict[str, Any], filters: dict[str, Any]) -> bool:
    """Whether a search with these filters should show this workflow."""
    words = [row[column] for column in SEARCHED] + (row["resources"] or [])
    tests = {
        "workflow_name": lambda v: row["workflow_name"] == v,
        "queue_name": lambda v: row["queue_name"] == v,
        "status": lambda v: row["status"] == v.upper(),
        "state": lambda v: row["state"] == v.upper(),
        "is_live": lambda v: (row["ended_at"] is None) is v,
        "partition_key": lambda v: row["partition_key"] == v,
        "resource": lambda v: v in (row["resources"] or []),
        "search": lambda v: any(v.lower() in word.lower() for word in words if word),
        "since": lambda v: row["enqueued_at"] >= v,
        "until": lambda v: row["enqueued_at"] < v,
        "parent": lambda v: row["parent_workflow_id"] == v,
        "before": lambda v: row["workflow_id"] < v,
    }
    return all(tests[name](value) for name, value in filters.items() if name in tests)
