-- Enters maintenance for one queue or for all, also those made later: nothing new is claimed and
-- enqueue is refused until exit_maintenance. drain lets end what runs; cancel cancels everything
-- live, a bounded number now, the rest by turns of run_maintenance or by calling again.
create or replace function workflows.enter_maintenance(
  p_mode text default 'drain', p_reason text default null, p_queue_name text default null,
  p_actor text default 'script') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_mode text := coalesce(lower(btrim(p_mode)), 'drain');
  v_key integer := workflows.maintenance_key(p_queue_name);
  v_order workflows.maintenance_order%rowtype;
  v_before text;
  v_cancelled record;
begin
  if v_mode not in ('drain', 'cancel') then
    perform workflows.refuse('WF002', workflows.bad_argument('mode', 'is not a mode'),
      'mode must be drain or cancel');
  end if;
  perform workflows.refuse_unless(workflows.name_problem(coalesce(p_actor, 'script')), 'actor');
  perform pg_advisory_xact_lock(hashtext('workflows.maintenance'), 1);  -- one order at a time
  select o.mode into v_before from workflows.maintenance_order o where o.queue_id = v_key;
  insert into workflows.maintenance_order as o (queue_id, mode, reason, entered_by, entered_at)
  values (v_key, v_mode, p_reason, coalesce(p_actor, 'script'), v_now)
  on conflict (queue_id) do update set mode = excluded.mode, reason = excluded.reason,
    entered_by = excluded.entered_by, entered_at = excluded.entered_at
  where o.mode <> excluded.mode
  returning o.* into v_order;
  if found then
    perform workflows.audit_configuration('maintenance entered',
      coalesce(p_queue_name, 'all queues'), v_before, v_mode, v_order.entered_by, p_reason);
    perform workflows.set_maintenance_modes(true);
  else
    select o.* into v_order from workflows.maintenance_order o where o.queue_id = v_key;
  end if;
  select c.* into v_cancelled from workflows.cancel_in_maintenance(1000) c;
  return json_build_object('queue_name', p_queue_name, 'mode', v_order.mode,
    'reason', v_order.reason, 'entered_by', v_order.entered_by, 'entered_at', v_order.entered_at,
    'cancelled', to_json(v_cancelled))::text;
end
$$;
comment on function workflows.enter_maintenance(text, text, text, text) is
  'Enters maintenance: nothing new starts, enqueue is refused.';
