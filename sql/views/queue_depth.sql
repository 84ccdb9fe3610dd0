-- One row per queue, also for empty ones. Counted live up to 10,000; beyond that from the count
-- that maintenance keeps, whose age is in the last column.
create or replace view workflows.queue_depth as
select q.queue_name, q.is_paused,
  case when f.enqueued > 10000 then coalesce(c.enqueued, f.enqueued) else f.enqueued end as enqueued,
  case when f.delayed > 10000 then coalesce(c.delayed, f.delayed) else f.delayed end as delayed,
  case when f.blocked > 10000 then coalesce(c.blocked, f.blocked) else f.blocked end as blocked,
  f.running,
  case when f.waiting > 10000 then coalesce(c.waiting, f.waiting) else f.waiting end as waiting,
  case when f.held > 10000 then coalesce(c.held, f.held) else f.held end as held,
  f.dead_letters,
  round(extract(epoch from clock_timestamp() - f.oldest_enqueued_at))::bigint as oldest_enqueued_seconds,
  case when greatest(f.enqueued, f.delayed, f.blocked, f.waiting, f.held) > 10000
    then round(extract(epoch from clock_timestamp() - c.counted_at))::integer else 0 end
    as counted_seconds_ago,
  q.run_on, q.maintenance_mode as maintenance, q.is_open
from workflows.queue q
cross join lateral workflows.queue_figures(q.queue_id) f
left join workflows.queue_count c on c.queue_id = q.queue_id;
comment on view workflows.queue_depth is
  'How many workflows of each queue stand where; for screens, tags and alarms.';
comment on column workflows.queue_depth.queue_name is 'Name of the queue.';
comment on column workflows.queue_depth.is_paused is 'True while nothing new of it starts.';
comment on column workflows.queue_depth.enqueued is 'Claimable workflows.';
comment on column workflows.queue_depth.delayed is 'Workflows that are not due yet.';
comment on column workflows.queue_depth.blocked is
  'Workflows that wait for a partition key or resource.';
comment on column workflows.queue_depth.running is 'Workflows that a worker has claimed.';
comment on column workflows.queue_depth.waiting is 'Suspended workflows.';
comment on column workflows.queue_depth.held is 'Workflows held by an operator or by policy.';
comment on column workflows.queue_depth.dead_letters is
  'Workflows that ended in ERROR with no try left, up to 10001.';
comment on column workflows.queue_depth.oldest_enqueued_seconds is
  'How long the workflow that waits longest at the head of a lane has been claimable.';
comment on column workflows.queue_depth.counted_seconds_ago is
  'Age of the counts: 0 where counted live.';
comment on column workflows.queue_depth.run_on is
  'Workers that may claim: active, any or prefer_active.';
comment on column workflows.queue_depth.maintenance is
  'drain or cancel while maintenance is entered, else null.';
comment on column workflows.queue_depth.is_open is
  'False while the calendar that it follows is closed: nothing new of it starts.';
