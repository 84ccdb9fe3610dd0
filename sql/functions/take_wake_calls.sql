-- Looks after the workflows of wake_call. Statuses: WAITING -> ENQUEUED; one that is HELD while it
-- waits goes on to ENQUEUED when it is resumed. Waits for nobody. A row is deleted only under a
-- lock of the hot row that it is about: a workflow that is just being parked may have looked before
-- this came, and holds that lock until it is parked; its row stays for the next turn. One that
-- runs, is claimable or has ended needs nothing: it will look by itself, or never.
create or replace function workflows.take_wake_calls(p_limit integer) returns integer
language plpgsql volatile
as $$
declare
  v_calls bigint[];
  v_called uuid[];
  v_woken uuid[];
  v_held uuid[];
  v_seen uuid[];
begin
  if not exists (select from workflows.wake_call) then return 0; end if;
  select array_agg(c.wake_call_id), array_agg(distinct c.workflow_id) into v_calls, v_called from (
    select k.wake_call_id, k.workflow_id from workflows.wake_call k
    order by k.wake_call_id limit p_limit) c;
  with parked as materialized (
    select p.workflow_id, p.status, p.resume_status
    from unnest(v_called) i(workflow_id)
    join workflows.parked p on p.workflow_id = any (array[i.workflow_id])
    for update of p skip locked),
  leased as materialized (
    select l.workflow_id
    from unnest(v_called) i(workflow_id)
    join workflows.lease l on l.workflow_id = any (array[i.workflow_id])
    for key share of l skip locked),
  parents as materialized (
    -- once for each, however many of its children have ended
    select p.workflow_id, workflows.have_children_ended(p.workflow_id) as has_come
    from parked p join workflows.wait t on t.workflow_id = any (array[p.workflow_id])
    where t.topic = 'children' and 'WAITING' in (p.status, p.resume_status)),
  meant as materialized (
    select p.workflow_id, p.status from parked p
    where 'WAITING' in (p.status, p.resume_status) and exists (
      select from workflows.wake_call c
      left join workflows.wait t on t.workflow_id = any (array[c.workflow_id])
      where c.workflow_id = p.workflow_id and c.wake_call_id = any (v_calls)
        and (c.topic is null or c.topic = t.topic and (c.topic <> 'children'
          or c.workflow_id in (select a.workflow_id from parents a where a.has_come)))))
  select array(select m.workflow_id from meant m where m.status = 'WAITING'),
    array(select m.workflow_id from meant m where m.status = 'HELD'),
    array(
      select p.workflow_id from parked p union all select l.workflow_id from leased l union all
      select i.workflow_id from unnest(v_called) i(workflow_id)
      left join workflows.workflow w on w.workflow_id = i.workflow_id
      where w.workflow_id is null or w.ended_at is not null or w.status = 'ENQUEUED')
  into v_woken, v_held, v_seen;
  delete from workflows.wake_call c where c.wake_call_id = any (array(
    select k.wake_call_id from workflows.wake_call k
    where k.wake_call_id = any (v_calls) and k.workflow_id = any (v_seen) for update skip locked));
  return workflows.unpark_waiting(v_woken, v_held);
end
$$;
comment on function workflows.take_wake_calls(integer) is
  'Wakes the waiting workflows for which something came.';
