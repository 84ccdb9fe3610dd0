-- The lanes of a queue with the seq above which they may have rows: those that stand, and those
-- that enqueue asked for and that no claim has made yet. While no worker runs, new_lane has a row
-- per enqueue, so it is read by jumping from lane to lane.
create or replace function workflows.queue_lanes(p_queue_id integer, out lane_id bigint, out floor bigint) returns setof record
language sql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off
as $$
  with recursive asked as (
    (select n.lane_id from workflows.new_lane n where n.queue_id = p_queue_id order by n.lane_id limit 1)
    union all
    select x.lane_id from asked a cross join lateral (
      select n.lane_id from workflows.new_lane n where n.queue_id = p_queue_id and n.lane_id > a.lane_id order by n.lane_id limit 1) x)
  select l.lane_id, l.floor from workflows.lane l where l.queue_id = p_queue_id
  union all
  select a.lane_id, 0 from asked a where not exists (select from workflows.lane l where l.lane_id = a.lane_id)
$$;
comment on function workflows.queue_lanes(integer) is
  'Lanes of a queue, made or asked for, and where their rows begin.';
