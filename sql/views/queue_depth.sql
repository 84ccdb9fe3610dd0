-- One row per queue, also for empty ones. Counted live up to 10,000; beyond that from the count that
-- maintenance keeps, whose age is in the last column.
create or replace view workflows.queue_depth as
select q.queue_name, q.is_paused,
  case when n.enqueued > 10000 then coalesce(c.enqueued, n.enqueued) else n.enqueued end as enqueued,
  case when p.delayed > 10000 then coalesce(c.delayed, p.delayed) else p.delayed end as delayed,
  case when p.blocked > 10000 then coalesce(c.blocked, p.blocked) else p.blocked end as blocked,
  (select count(*) from workflows.lease l where l.queue_id = q.queue_id) as running,
  case when p.waiting > 10000 then coalesce(c.waiting, p.waiting) else p.waiting end as waiting,
  case when p.held > 10000 then coalesce(c.held, p.held) else p.held end as held,
  (select count(*) from (select from workflows.failed_workflow f where f.queue_id = q.queue_id limit 10001) f) as dead_letters,
  round(extract(epoch from clock_timestamp() - o.enqueued_at))::bigint as oldest_enqueued_seconds,
  case when greatest(n.enqueued, p.delayed, p.blocked, p.waiting, p.held) > 10000
    then round(extract(epoch from clock_timestamp() - c.counted_at))::integer else 0 end as counted_seconds_ago
from workflows.queue q
left join workflows.queue_count c on c.queue_id = q.queue_id
cross join lateral (select workflows.count_ready(q.queue_id, 10001) as enqueued) n
cross join lateral (
  select workflows.count_parked(q.queue_id, 'DELAYED', 10001) as delayed, workflows.count_parked(q.queue_id, 'BLOCKED', 10001) as blocked,
    workflows.count_parked(q.queue_id, 'WAITING', 10001) as waiting, workflows.count_parked(q.queue_id, 'HELD', 10001) as held) p
left join lateral (
  select min(w.enqueued_at) as enqueued_at from workflows.queue_lanes(q.queue_id) l
  cross join lateral (select r.workflow_id from workflows.ready r where r.lane_id = l.lane_id and r.ready_seq > l.floor
                      order by r.ready_seq limit 1) h
  join workflows.workflow w on w.workflow_id = h.workflow_id) o on true;
comment on view workflows.queue_depth is 'How many workflows of each queue stand where; for screens, tags and alarms.';
comment on column workflows.queue_depth.queue_name is 'Name of the queue.';
comment on column workflows.queue_depth.is_paused is 'True while nothing new of it starts.';
comment on column workflows.queue_depth.enqueued is 'Claimable workflows.';
comment on column workflows.queue_depth.delayed is 'Workflows that are not due yet.';
comment on column workflows.queue_depth.blocked is 'Workflows that wait for a partition key or resource.';
comment on column workflows.queue_depth.running is 'Workflows that a worker has claimed.';
comment on column workflows.queue_depth.waiting is 'Suspended workflows.';
comment on column workflows.queue_depth.held is 'Workflows held by an operator or by policy.';
comment on column workflows.queue_depth.dead_letters is 'Workflows that ended in ERROR with no try left, up to 10001.';
comment on column workflows.queue_depth.oldest_enqueued_seconds is 'Age of the claimable workflow that waits longest at the head of a lane.';
comment on column workflows.queue_depth.counted_seconds_ago is 'Age of the counts: 0 where counted live.';
