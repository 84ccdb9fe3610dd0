-- Brings every queue to the mode that was ordered for it or for all, and wakes who may go on. Most
-- of the time nothing differs. Whoever must not wait leaves a locked queue to the next turn.
create or replace function workflows.set_maintenance_modes(p_may_wait boolean) returns integer[]
language plpgsql volatile
as $$
declare
  v_changed integer[];
begin
  select array_agg(q.queue_id) into v_changed from workflows.queue q
  where q.maintenance_mode is distinct from workflows.maintenance_mode_of(q.queue_id);
  if v_changed is null then return '{}'::integer[]; end if;
  if not p_may_wait then
    v_changed := array(
      select q.queue_id from workflows.queue q where q.queue_id = any (v_changed)
      for no key update skip locked);
  end if;
  update workflows.queue q set maintenance_mode = workflows.maintenance_mode_of(q.queue_id)
  where q.queue_id = any (v_changed);
  insert into workflows.wake (gate_id)
  select distinct t.gate_id from workflows.gate_ticket t where t.queue_id = any (v_changed);
  perform workflows.notify_idle(v_changed);
  return v_changed;
end
$$;
comment on function workflows.set_maintenance_modes(boolean) is
  'Brings queues to the maintenance mode that was ordered.';

-- The sharper of what was ordered for a queue and for all.
create or replace function workflows.maintenance_mode_of(p_queue_id integer) returns text
language sql stable
as $$
  select min(o.mode) from workflows.maintenance_order o where o.queue_id in (0, p_queue_id)
$$;
comment on function workflows.maintenance_mode_of(integer) is
  'Maintenance mode that was ordered for a queue, or null.';

-- The key of an order: 0 stands for all queues.
create or replace function workflows.maintenance_key(p_queue_name text) returns integer
language plpgsql stable
as $$
declare
  v_queue_id integer;
begin
  if p_queue_name is null then return 0; end if;
  select q.queue_id into v_queue_id from workflows.queue q where q.queue_name = p_queue_name;
  if not found then
    perform workflows.refuse('WF005',
      jsonb_build_object('field', 'queue_name', 'queue_name', p_queue_name),
      'there is no queue ' || p_queue_name);
  end if;
  return v_queue_id;
end
$$;
comment on function workflows.maintenance_key(text) is 'Key of a maintenance order.';
