-- Notes an order to a parent for its live children, as their policy says: follow takes all of them,
-- cancel those that end, leave none. The caller holds the parent's hot row, and only inserts are
-- made: no child is locked here. Left out is what a child would not accept, unless another order is
-- still on its way to it.
create or replace function workflows.order_children(
  p_parent uuid, p_command text, p_reason text) returns integer
language plpgsql volatile
as $$
declare
  v_queues integer[];
begin
  if not exists (select from workflows.child c where c.parent_workflow_id = p_parent) then
    return 0;
  end if;
  with ordered as (
    insert into workflows.child_order (workflow_id, parent_workflow_id, command, reason, request_id)
    select w.workflow_id, p_parent, p_command,
      coalesce(nullif(btrim(p_reason), ''), 'order to its parent: ' || p_command),
      gen_random_uuid()
    from workflows.child c
    join workflows.workflow w on w.workflow_id = c.workflow_id
    left join lateral (
      select o.command from workflows.child_order o
      where o.workflow_id = c.workflow_id order by o.child_order_id desc limit 1) o on true
    where c.parent_workflow_id = p_parent and w.ended_at is null
      and (c.policy = 'follow' or c.policy = 'cancel' and p_command in ('STOP', 'ABORT', 'CANCEL'))
      and case when o.command is not null then o.command <> p_command
        else exists (
          select from workflows.transition t where t.command = p_command
            and t.from_state = w.state and t.outcome = 'accepted') end
    order by c.workflow_id
    returning workflow_id)
  select array_agg(distinct w.queue_id) into v_queues
  from ordered o join workflows.workflow w on w.workflow_id = o.workflow_id;
  if v_queues is null then return 0; end if;
  return workflows.notify_idle(v_queues);
end
$$;
comment on function workflows.order_children(uuid, text, text) is
  'Notes an order to a parent for its children.';

-- The order that the status of a parent means for its children, where nobody gave it one: it
-- failed, its time was over, its worker was lost; and for children that it started after it was
-- ordered.
create or replace function workflows.order_of_status(p_status text, p_state text) returns text
language sql immutable
as $$
  select case p_status when 'ERROR' then 'CANCEL' when 'CANCELLED' then 'CANCEL'
    when 'STOPPED' then 'STOP' when 'ABORTED' then 'ABORT'
    when 'HELD' then case p_state when 'PAUSED' then 'PAUSE' else 'HOLD' end end
$$;
comment on function workflows.order_of_status(text, text) is
  'What the status of a parent orders its children.';

-- Gives children the orders that are on their way to them, one by one and in order for each. Waits
-- for nobody: a child that somebody has locked is left to the next call. Answers how many were
-- given.
create or replace function workflows.take_child_orders(p_limit integer) returns integer
language plpgsql volatile
as $$
declare
  v_order workflows.child_order%rowtype;
  v_status text;
  v_count integer := 0;
begin
  if not exists (select from workflows.child_order) then return 0; end if;
  for v_order in
    select o.* from workflows.child_order o
    where not exists (
      select from workflows.child_order e
      where e.workflow_id = o.workflow_id and e.child_order_id < o.child_order_id)
    order by o.child_order_id limit p_limit for update of o skip locked
  loop
    select w.status into v_status from workflows.workflow w
    where w.workflow_id = v_order.workflow_id and w.ended_at is null;
    if found then
      continue when not workflows.has_locked_for(
        v_order.workflow_id, v_status, v_order.command);
      perform workflows.send_command(v_order.workflow_id::text, v_order.command, v_order.reason,
        json_build_object('actor', 'parent:' || v_order.parent_workflow_id,
          'request_id', v_order.request_id)::text);
    end if;
    delete from workflows.child_order o where o.child_order_id = v_order.child_order_id;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function workflows.take_child_orders(integer) is
  'Gives children the orders of their parents.';

-- Locks a hot row without waiting, as strongly as the order needs it: ABORT takes a lease away,
-- which a record in progress would keep waiting.
create or replace function workflows.has_locked_for(
  p_workflow_id uuid, p_status text, p_command text) returns boolean
language plpgsql volatile
as $$
begin
  if p_status = 'RUNNING' and p_command = 'ABORT' then
    perform from workflows.lease l where l.workflow_id = p_workflow_id for update skip locked;
    return found;
  end if;
  return workflows.has_locked(p_workflow_id, p_status);
end
$$;
comment on function workflows.has_locked_for(uuid, text, text) is
  'Locks a hot row for an order, without waiting.';
