-- A worker stops for good: what it still holds goes back to the queue without using an attempt.
create or replace function workflows.retire_worker(p_worker_id text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set enable_sort = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_lease workflows.lease%rowtype;
  v_count integer := 0;
begin
  update workflows.worker w set retired_at = coalesce(w.retired_at, v_now), running_count = 0 where w.worker_id = p_worker_id::uuid;
  for v_lease in
    select l.* from workflows.lease l where l.worker_id = p_worker_id::uuid for update skip locked
  loop
    perform workflows.reclaim_lease(v_lease, 'released', v_now);
    v_count := v_count + 1;
  end loop;
  delete from workflows.worker_definition d where d.worker_id = p_worker_id::uuid;
  return json_build_object('released', v_count)::text;
end
$$;
comment on function workflows.retire_worker(text) is 'Retires a worker and releases what it holds.';
