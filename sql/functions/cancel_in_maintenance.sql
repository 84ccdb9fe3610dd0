-- Cancels a bounded number of what was enqueued before a cancelling maintenance was entered, as a
-- person would by CANCEL: what waits ends at once, what runs is asked. Takes the hot row first and
-- leaves to the next turn what somebody has locked, so that it waits for nobody.
create or replace function workflows.cancel_in_maintenance(
  p_limit integer, out queued integer, out running integer)
language plpgsql volatile
as $$
declare
  v_live record;
begin
  queued := 0;
  running := 0;
  if not exists (select from workflows.queue q where q.maintenance_mode = 'cancel') then
    return;
  end if;
  for v_live in
    select l.workflow_id, l.status, o.entered_by, o.reason from workflows.queue q
    cross join lateral (
      select o.entered_at, o.entered_by,
        coalesce(nullif(btrim(o.reason), ''), 'maintenance') as reason
      from workflows.maintenance_order o
      where o.mode = 'cancel' and o.queue_id in (0, q.queue_id)
      order by o.entered_at desc limit 1) o
    cross join lateral workflows.live_before(q.queue_id, o.entered_at, p_limit) l
    where q.maintenance_mode = 'cancel' limit p_limit
  loop
    continue when not workflows.has_locked(v_live.workflow_id, v_live.status);
    perform workflows.send_command(v_live.workflow_id::text, 'CANCEL', v_live.reason,
      json_build_object('actor', v_live.entered_by)::text);
    if v_live.status = 'RUNNING' then running := running + 1; else queued := queued + 1; end if;
  end loop;
end
$$;
comment on function workflows.cancel_in_maintenance(integer) is
  'Cancels a bounded number of workflows for a cancelling maintenance.';

-- Live workflows of a queue that were enqueued before a time and are not being ended already.
create or replace function workflows.live_before(
  p_queue_id integer, p_before timestamptz, p_limit integer, out workflow_id uuid, out status text)
returns setof record
language sql stable
as $$
  select w.workflow_id, w.status from (
    (select r.workflow_id from workflows.queue_lanes(p_queue_id) l
     cross join lateral (
       select r.workflow_id from workflows.ready r
       where r.lane_id = l.lane_id and r.ready_seq > l.floor order by r.ready_seq limit p_limit) r)
    union all
    select p.workflow_id from workflows.parked p where p.queue_id = p_queue_id
    union all
    select e.workflow_id from workflows.lease e
    where e.queue_id = p_queue_id
      and coalesce(e.control, 'hold') in ('hold', 'pause', 'resume')) h
  join workflows.workflow w on w.workflow_id = h.workflow_id
  where w.enqueued_at < p_before and coalesce(w.control, 'hold') in ('hold', 'resume')
  limit p_limit
$$;
comment on function workflows.live_before(integer, timestamptz, integer) is
  'Live workflows of a queue that were enqueued before a time.';

-- Locks the hot row of a workflow if nobody else has, and it still stands as it was seen.
create or replace function workflows.has_locked(p_workflow_id uuid, p_status text) returns boolean
language plpgsql volatile
as $$
begin
  if p_status = 'RUNNING' then
    perform from workflows.lease l where l.workflow_id = p_workflow_id
    for no key update skip locked;
  elsif p_status = 'ENQUEUED' then
    perform from workflows.workflow w
    join workflows.ready r on r.lane_id = any (array[w.lane_id]) and r.ready_seq = w.ready_seq
    where w.workflow_id = p_workflow_id for update of r skip locked;
  else
    perform from workflows.parked p where p.workflow_id = p_workflow_id for update skip locked;
  end if;
  return found;
end
$$;
comment on function workflows.has_locked(uuid, text) is 'Locks a hot row without waiting.';
