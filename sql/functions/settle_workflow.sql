-- Moves one workflow that the caller has locked and whose hot row it has removed to a new status:
-- every transition but claim, plain success and those of whole batches goes through here. Final:
-- its gates are freed (whoever takes the next turn hands them over) and open commands are answered.
-- One whose try is not due comes back by its time, also where it would be claimable now.
create or replace function workflows.settle_workflow(
  p_workflow_id uuid, p_status text, p_state text, p_reason text, p_resume_status text, p_resume_at timestamptz,
  p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_workflow workflows.workflow%rowtype;
  v_before text;
  v_retry_at timestamptz;
  v_is_final boolean := p_status in ('SUCCESS', 'ERROR', 'CANCELLED', 'STOPPED', 'ABORTED');
begin
  if p_status = 'ENQUEUED' then
    update workflows.workflow w set reason = p_reason, control = null, handler_no = null,
      retry_at = case when w.retry_at > p_now then w.retry_at end
    where w.workflow_id = p_workflow_id returning w.retry_at into v_retry_at;
    if v_retry_at is not null then
      return workflows.settle_workflow(
        p_workflow_id, 'DELAYED', 'RUNNING', p_reason, null, v_retry_at, p_now);
    end if;
    perform workflows.requeue_workflows(array[p_workflow_id]);
    return p_status;
  elsif p_resume_status = 'ENQUEUED' then
    select w.retry_at into v_retry_at from workflows.workflow w
    where w.workflow_id = p_workflow_id and w.retry_at > p_now;
    if found then
      return workflows.settle_workflow(
        p_workflow_id, p_status, p_state, p_reason, 'DELAYED', v_retry_at, p_now);
    end if;
  end if;
  if p_status = 'ERROR' then  -- always audited, and rare enough to look once more
    select w.status || ' ' || w.state into v_before
    from workflows.workflow w where w.workflow_id = p_workflow_id;
  end if;
  update workflows.workflow w
  set status = p_status, state = p_state, reason = p_reason, change_no = w.change_no + 1,
    control = null, handler_no = null, retry_at = null, ended_at = case when v_is_final then p_now end,
    resume_no = case when not v_is_final then w.resume_no end,
    held_at = case when p_status = 'HELD' then coalesce(w.held_at, p_now) end
  where w.workflow_id = p_workflow_id
  returning w.* into v_workflow;
  if v_is_final then
    perform workflows.free_gates(array[p_workflow_id]);
    perform workflows.end_waits(array[p_workflow_id], p_now);
    if v_workflow.parent_workflow_id is not null then
      perform workflows.wake_parents(array[p_workflow_id]);
    end if;
    if p_status = 'ERROR' then
      insert into workflows.failed_workflow (workflow_id, queue_id, ended_at) values (p_workflow_id, v_workflow.queue_id, p_now)
      on conflict do nothing;
    end if;
  else
    insert into workflows.parked (workflow_id, queue_id, status, due_at, resume_at, resume_status)
    values (p_workflow_id, v_workflow.queue_id, p_status,
      case when v_workflow.started_at is null then least(case when p_status <> 'HELD' then p_resume_at end, v_workflow.start_before)
           when p_status <> 'HELD' then least(p_resume_at, v_workflow.deadline_at) end,
      p_resume_at, p_resume_status);
  end if;
  if p_status = 'HELD' or v_is_final and p_status <> 'SUCCESS' then
    perform workflows.order_children(
      p_workflow_id, workflows.order_of_status(p_status, p_state), p_reason);
  end if;
  perform workflows.audit_change(array[p_workflow_id], lower(p_status),
    case when p_status = 'ERROR' then 'engine' end, p_reason, null, v_before);
  return p_status;
end
$$;
comment on function workflows.settle_workflow(uuid, text, text, text, text, timestamptz, timestamptz) is
  'Moves one locked workflow to a new status.';

-- Frees the gates of workflows that ended. The tickets of a waiting one are found by its place.
create or replace function workflows.free_gates(p_workflow_ids uuid[]) returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  with gone as (
    delete from workflows.gate_ticket t using unnest(p_workflow_ids) i(workflow_id)
      join workflows.workflow w on w.workflow_id = i.workflow_id cross join lateral unnest(w.gate_ids) g(gate_id)
    where t.gate_id = any (array[g.gate_id]) and t.priority = w.priority and t.ticket_seq = w.ticket_seq
    returning t.gate_id)
  insert into workflows.wake (gate_id) select distinct g.gate_id from gone g;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.free_gates(uuid[]) is 'Frees the gates of workflows that ended.';
