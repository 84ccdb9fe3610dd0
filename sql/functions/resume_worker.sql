-- Takes back what drain_worker has ordered: the worker claims again, at its next look. One that
-- drains by itself, because its process ends, is not kept from that.
create or replace function workflows.resume_worker(
  p_worker_id text, p_reason text default null, p_actor text default 'script') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_worker uuid := workflows.require_worker(p_worker_id);
  v_before jsonb;
begin
  delete from workflows.drain_order o where o.worker_id = v_worker
  returning jsonb_build_object('is_draining', true, 'reason', o.reason) into v_before;
  if found then
    perform workflows.audit_configuration('worker resumed', w.worker_name, v_before::text,
      jsonb_build_object('is_draining', false)::text, coalesce(p_actor, 'script'), p_reason,
      v_worker)
    from workflows.worker w where w.worker_id = v_worker;
  end if;
  return (
    select json_build_object('worker_id', w.worker_id, 'worker_name', w.worker_name,
      'is_draining', w.is_draining)
    from workflows.worker w where w.worker_id = v_worker)::text;
end
$$;
comment on function workflows.resume_worker(text, text, text) is
  'Lets a worker claim again that was told to claim nothing more.';
