-- Orders that were not obeyed within their time lapse: what waits for the worker, or for a handler,
-- is taken back, and the workflow goes on or is held again. What is being obeyed does not lapse any
-- more: an ABORT that took a lease, and an order with which a worker has claimed the workflow, or
-- whose handler it has begun (note_handlers). Takes the hot row first and leaves to the next turn
-- what somebody has locked, so that it waits for nobody.
create or replace function workflows.expire_commands(p_limit integer, p_now timestamptz)
returns integer
language plpgsql volatile
as $$
declare
  v_late record;
  v_workflow workflows.workflow%rowtype;
  v_count integer := 0;
begin
  perform workflows.close_commands(p_limit, p_now);
  for v_late in
    select c.command_id, c.command, c.accepted_at, c.from_status, c.from_state, w.workflow_id,
      w.status
    from workflows.command c join workflows.workflow w on w.workflow_id = c.workflow_id
    where c.outcome = 'accepted' and c.expires_at <= p_now and w.ended_at is null
      and (c.command <> 'ABORT' or c.from_status <> 'RUNNING')
    order by c.expires_at limit p_limit
  loop
    continue when not workflows.has_locked(v_late.workflow_id, v_late.status);
    select w.* into v_workflow from workflows.workflow w
    where w.workflow_id = v_late.workflow_id for no key update;
    continue when exists (
      select from workflows.lease l
      where l.workflow_id = v_late.workflow_id and l.control = lower(v_late.command)
        and l.claimed_at >= v_late.accepted_at);
    update workflows.command c set outcome = 'expired'
    where c.command_id = v_late.command_id and c.outcome = 'accepted' and c.expires_at <= p_now;
    continue when not found;
    perform workflows.take_order_back(
      v_workflow, lower(v_late.command), v_late.from_status, v_late.from_state, p_now);
    perform workflows.audit_change(array[v_late.workflow_id],
      'command ' || v_late.command || ' expired', 'engine', null, null,
      v_workflow.status || ' ' || v_workflow.state);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function workflows.expire_commands(integer, timestamptz) is
  'Takes back orders whose time is over.';

-- The workflow stands as before; where it was about to resume, on_resume is still owed.
create or replace function workflows.take_order_back(
  p_workflow workflows.workflow, p_order text, p_from_status text, p_from_state text,
  p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_lease workflows.lease%rowtype;
  v_resume_no integer;
begin
  if p_from_state not in ('STARTING', 'RUNNING') then
    v_resume_no := workflows.next_handler_no(p_workflow, 'resume');
  end if;
  if p_workflow.status = 'RUNNING' then
    update workflows.lease l set handler_no = v_resume_no,
      control = case when v_resume_no is not null then 'resume' end
    where l.workflow_id = p_workflow.workflow_id and l.control = p_order returning l.* into v_lease;
    if not found then return 'RUNNING'; end if;
    update workflows.workflow w set change_no = w.change_no + 1, reason = null,
      state = case when v_resume_no is not null then 'RESUMING'
        when v_lease.is_started then 'RUNNING' else 'STARTING' end
    where w.workflow_id = p_workflow.workflow_id;
    perform workflows.notify_workers('w:' || v_lease.worker_id);
  elsif p_workflow.status = 'ENQUEUED' and p_workflow.control = p_order then
    perform workflows.remove_hot_row(p_workflow);
    if p_from_status = 'HELD' then
      return workflows.settle_workflow(p_workflow.workflow_id, 'HELD', p_from_state,
        p_workflow.reason, 'ENQUEUED', null, p_now);
    elsif v_resume_no is not null then
      return workflows.requeue_ordered(p_workflow, 'resume', v_resume_no, null, p_now);
    end if;
    return workflows.settle_workflow(
      p_workflow.workflow_id, 'ENQUEUED', 'RUNNING', null, null, null, p_now);
  end if;
  return p_workflow.status;
end
$$;
comment on function workflows.take_order_back(
  workflows.workflow, text, text, text, timestamptz) is 'Takes one order back.';

-- Orders that a workflow never asked for before it ended.
create or replace function workflows.close_commands(p_limit integer, p_now timestamptz)
returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  update workflows.command c set outcome = 'overtaken', obeyed_at = p_now
  where c.command_id in (
    select o.command_id from workflows.command o
    join workflows.workflow w on w.workflow_id = o.workflow_id
    where o.outcome = 'accepted' and w.ended_at is not null
    limit p_limit for update of o skip locked);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.close_commands(integer, timestamptz) is
  'Answers the open orders of workflows that have ended.';
