-- Ends what enter_maintenance began with the same queue name, and nothing else: a pause stays a
-- pause, and a queue stays in maintenance while that of all is entered.
create or replace function workflows.exit_maintenance(
  p_queue_name text default null, p_reason text default null, p_actor text default 'script')
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_key integer := workflows.maintenance_key(p_queue_name);
  v_before text;
begin
  perform pg_advisory_xact_lock(hashtext('workflows.maintenance'), 1);
  delete from workflows.maintenance_order o where o.queue_id = v_key
  returning o.mode into v_before;
  if v_before is not null then
    perform workflows.audit_configuration('maintenance exited',
      coalesce(p_queue_name, 'all queues'), v_before, null, coalesce(p_actor, 'script'), p_reason);
    perform workflows.set_maintenance_modes(true);
  end if;
  return json_build_object('queue_name', p_queue_name, 'was_entered', v_before is not null,
    'is_entered', exists (select from workflows.queue q
      where q.maintenance_mode is not null and (v_key in (0, q.queue_id))))::text;
end
$$;
comment on function workflows.exit_maintenance(text, text, text) is 'Exits maintenance.';
