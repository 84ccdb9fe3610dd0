-- What the view queue_depth shows of one queue. A function, because a view cannot turn JIT off:
-- with no statistics about queues the planner thinks the view costly and compiles it, for a quarter
-- of a second.
create or replace function workflows.queue_figures(
  p_queue_id integer, out enqueued bigint, out delayed bigint, out blocked bigint, out running bigint, out waiting bigint,
  out held bigint, out dead_letters bigint, out oldest_enqueued_at timestamptz) returns record
language sql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
  select workflows.count_ready(p_queue_id, 10001), workflows.count_parked(p_queue_id, 'DELAYED', 10001),
    workflows.count_parked(p_queue_id, 'BLOCKED', 10001), (select count(*) from workflows.lease l where l.queue_id = p_queue_id),
    workflows.count_parked(p_queue_id, 'WAITING', 10001), workflows.count_parked(p_queue_id, 'HELD', 10001),
    (select count(*) from (select from workflows.failed_workflow f where f.queue_id = p_queue_id limit 10001) f),
    -- not a join: the planner expects a thousand lanes, and would read all of workflow once for them
    (select min(coalesce(h.ready_at, (select w.enqueued_at from workflows.workflow w where w.workflow_id = h.workflow_id)))
     from workflows.queue_lanes(p_queue_id) l
     cross join lateral (select r.workflow_id, r.ready_at from workflows.ready r where r.lane_id = l.lane_id and r.ready_seq > l.floor
                         order by r.ready_seq limit 1) h)
$$;
comment on function workflows.queue_figures(integer) is
  'How many workflows of a queue stand where, each counted up to 10001.';
