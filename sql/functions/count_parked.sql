-- Like count_ready: pinned to the index.
create or replace function workflows.count_parked(p_queue_id integer, p_status text, p_cap integer) returns bigint
language sql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_sort = off
as $$
  select count(*) from (
    select from workflows.parked p where p.queue_id = p_queue_id and p.status = p_status limit p_cap) p
$$;
comment on function workflows.count_parked(integer, text, integer) is
  'Number of parked workflows of a queue in one status, counted up to a cap.';
