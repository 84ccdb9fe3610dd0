-- One worker claims nothing more until it is resumed. What it has claimed it works to its end, and
-- it goes on renewing its leases. The order is for this life of the worker: one that starts anew,
-- or was declared lost and registers again, has another id and claims. Locks no row that the worker
-- needs.
create or replace function workflows.drain_worker(
  p_worker_id text, p_reason text default null, p_actor text default 'script') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_worker uuid := workflows.require_worker(p_worker_id);
  v_actor text := coalesce(p_actor, 'script');
begin
  insert into workflows.drain_order as o (worker_id, reason, ordered_by, ordered_at)
  values (v_worker, p_reason, v_actor, v_now)
  on conflict (worker_id) do update set reason = excluded.reason, ordered_by = excluded.ordered_by,
    ordered_at = excluded.ordered_at;
  perform workflows.audit_configuration('worker drained', w.worker_name, null,
    jsonb_build_object('is_draining', true)::text, v_actor, p_reason, v_worker)
  from workflows.worker w where w.worker_id = v_worker;
  return (
    select json_build_object('worker_id', w.worker_id, 'worker_name', w.worker_name,
      'is_draining', true, 'running', (
        select count(*) from workflows.lease l where l.worker_id = w.worker_id))
    from workflows.worker w where w.worker_id = v_worker)::text;
end
$$;
comment on function workflows.drain_worker(text, text, text) is
  'Tells one worker to claim nothing more.';

-- The id of a worker that is neither lost nor retired.
create or replace function workflows.require_worker(p_worker_id text) returns uuid
language plpgsql volatile
as $$
declare
  v_worker uuid := workflows.read_uuid(p_worker_id, 'worker_id');
begin
  if not exists (
      select from workflows.worker w
      where w.worker_id = v_worker and w.lost_at is null and w.retired_at is null) then
    perform workflows.refuse('WF003', jsonb_build_object('worker_id', p_worker_id),
      'no worker with this id is at work: see the view worker_status');
  end if;
  return v_worker;
end
$$;
comment on function workflows.require_worker(text) is 'Reads the id of a worker that is at work.';
