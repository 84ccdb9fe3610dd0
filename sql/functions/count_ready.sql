-- Counts claimable workflows of a queue from the floors of its lanes up, so dead rows cost nothing.
create or replace function workflows.count_ready(p_queue_id integer, p_cap integer) returns bigint
language sql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off
as $$
  select count(*) from (
    select from workflows.queue_lanes(p_queue_id) l
    join workflows.ready r on r.lane_id = any (array[l.lane_id]) and r.ready_seq > l.floor limit p_cap) r
$$;
comment on function workflows.count_ready(integer, integer) is
  'Number of claimable workflows of a queue, counted up to a cap.';
