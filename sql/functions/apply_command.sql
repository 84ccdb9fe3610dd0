-- Applies an accepted order to a workflow that the caller has locked. A running one is asked
-- through its lease, ABORT excepted, which takes the lease. One at rest moves at once, unless it
-- has to run a handler first: then it goes to the queue with the order, ahead of everything, and
-- what is left of a backoff is waited for afterwards.
create or replace function workflows.apply_command(
  p_workflow workflows.workflow, p_transition workflows.transition, p_reason text,
  p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_order text := lower(p_transition.command);
  v_handler_no integer;
begin
  perform workflows.answer_commands(array[p_workflow.workflow_id], 'overtaken', p_now);
  if p_workflow.status = 'RUNNING' and v_order = 'abort' then
    return workflows.abort_running(p_workflow, p_reason, p_now);
  elsif p_workflow.status = 'RUNNING' then
    return workflows.order_running(p_workflow, p_transition, p_reason);
  end if;
  v_handler_no := workflows.next_handler_no(p_workflow, v_order);
  if v_handler_no is not null then
    update workflows.workflow w set retry_at = p.resume_at from workflows.parked p
    where w.workflow_id = p_workflow.workflow_id and p.workflow_id = p_workflow.workflow_id
      and 'DELAYED' in (p.status, p.resume_status);
    perform workflows.remove_hot_row(p_workflow);
    return workflows.requeue_ordered(p_workflow, v_order, v_handler_no, p_reason, p_now);
  elsif v_order = 'resume' and p_workflow.status = 'HELD' then
    return workflows.resume_held(p_workflow, p_now);
  elsif v_order in ('hold', 'pause') then
    return workflows.hold_waiting(p_workflow, p_transition.to_state, p_reason, p_now);
  end if;
  perform workflows.remove_hot_row(p_workflow);
  return workflows.settle_workflow(p_workflow.workflow_id,
    case v_order when 'resume' then 'ENQUEUED' else p_transition.to_state end,
    p_transition.to_state, p_reason, null, null, p_now);
end
$$;
comment on function workflows.apply_command(
  workflows.workflow, workflows.transition, text, timestamptz) is
  'Applies an accepted command to a locked workflow.';

-- A running workflow is asked: the control word comes back with its next record or renewal.
create or replace function workflows.order_running(
  p_workflow workflows.workflow, p_transition workflows.transition, p_reason text) returns text
language plpgsql volatile
as $$
declare
  v_order text := lower(p_transition.command);
  v_handler_no integer := workflows.next_handler_no(p_workflow, v_order);
  v_worker uuid;
  v_is_started boolean;
begin
  -- a hold that is taken back leaves no order, unless an earlier one has still to be undone
  if v_order = 'resume' and v_handler_no is null then v_order := null; end if;
  update workflows.lease l
  set control = v_order, handler_no = case when l.is_started then v_handler_no end
  where l.workflow_id = p_workflow.workflow_id
  returning l.worker_id, l.is_started into v_worker, v_is_started;
  update workflows.workflow w set change_no = w.change_no + 1, reason = p_reason,
    state = coalesce(p_transition.through_state, case when v_order = 'resume' then 'RESUMING'
      when v_is_started then 'RUNNING' else 'STARTING' end)
  where w.workflow_id = p_workflow.workflow_id;
  perform workflows.notify_workers('w:' || v_worker);
  return 'RUNNING';
end
$$;
comment on function workflows.order_running(
  workflows.workflow, workflows.transition, text) is 'Asks the worker of a running workflow.';

-- ABORT of one that runs takes the lease at once: nothing its worker still sends counts. The old
-- thread may be inside a step, so what it holds (key and resources) is kept, and on_abort waits,
-- until the lease would have run out. Statuses: RUNNING -> DELAYED or ABORTED.
create or replace function workflows.abort_running(
  p_workflow workflows.workflow, p_reason text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_id uuid := p_workflow.workflow_id;
  v_handler_no integer := workflows.next_handler_no(p_workflow, 'abort');
  v_lease workflows.lease%rowtype;
  v_seconds float8;
begin
  delete from workflows.lease l where l.workflow_id = v_id returning l.* into v_lease;
  perform workflows.notify_workers('w:' || v_lease.worker_id);
  if not v_lease.is_started then v_handler_no := null; end if;
  update workflows.workflow w set lease_token = null, deadline_at = null where w.workflow_id = v_id;
  if not v_lease.is_started or v_handler_no is null and p_workflow.gate_ids is null then
    return workflows.settle_workflow(v_id, 'ABORTED', 'ABORTED', p_reason, null, null, p_now);
  end if;
  select k.lease_seconds into v_seconds from workflows.worker k
  where k.worker_id = v_lease.worker_id;
  perform workflows.settle_workflow(v_id, 'DELAYED', 'ABORTING', p_reason, null,
    p_now + coalesce(v_seconds, 0) * interval '1 second', p_now);
  update workflows.workflow w set control = 'abort', handler_no = v_handler_no
  where w.workflow_id = v_id;
  return 'DELAYED';
end
$$;
comment on function workflows.abort_running(workflows.workflow, text, timestamptz) is
  'Takes the lease of a workflow that is aborted.';

create or replace function workflows.remove_hot_row(p_workflow workflows.workflow) returns boolean
language plpgsql volatile
as $$
begin
  if p_workflow.status = 'ENQUEUED' then
    delete from workflows.ready r
    where r.lane_id = p_workflow.lane_id and r.ready_seq = p_workflow.ready_seq;
  else
    delete from workflows.parked p where p.workflow_id = p_workflow.workflow_id;
  end if;
  return true;
end
$$;
comment on function workflows.remove_hot_row(workflows.workflow) is
  'Removes the hot row of a locked workflow that does not run.';

-- HOLD or PAUSE of one that does not run. Its timer is kept; its tickets stay in line but are
-- passed over.
create or replace function workflows.hold_waiting(
  p_workflow workflows.workflow, p_state text, p_reason text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_resume_at timestamptz;
begin
  if p_workflow.status = 'HELD' then  -- PAUSED, and now HELD
    update workflows.workflow w set state = p_state, reason = p_reason,
      change_no = w.change_no + 1 where w.workflow_id = p_workflow.workflow_id;
    return 'HELD';
  end if;
  select p.resume_at into v_resume_at from workflows.parked p
  where p.workflow_id = p_workflow.workflow_id;
  perform workflows.remove_hot_row(p_workflow);
  perform workflows.settle_workflow(p_workflow.workflow_id, 'HELD', p_state, p_reason,
    p_workflow.status, v_resume_at, p_now);
  if p_workflow.status = 'BLOCKED' then perform workflows.pass_over(p_workflow, true); end if;
  return 'HELD';
end
$$;
comment on function workflows.hold_waiting(workflows.workflow, text, text, timestamptz) is
  'Holds a workflow that does not run.';

create or replace function workflows.pass_over(p_workflow workflows.workflow, p_is_held boolean)
returns integer
language plpgsql volatile
as $$
begin
  update workflows.gate_ticket t set is_held = p_is_held
  from unnest(p_workflow.gate_ids) g(gate_id)
  where t.gate_id = any (array[g.gate_id]) and t.priority = p_workflow.priority
    and t.ticket_seq = p_workflow.ticket_seq and not t.is_holder;
  insert into workflows.wake (gate_id) select g from unnest(p_workflow.gate_ids) g;
  return workflows.notify_idle(array[p_workflow.queue_id]);
end
$$;
comment on function workflows.pass_over(workflows.workflow, boolean) is
  'Marks the tickets of a waiter as passed over, or not.';

-- RESUME without a handler: back to where it was. The time held does not count against the
-- timeout. One that never started goes back to its very place, so the marks of its lane are
-- lowered to it first, whatever they are.
create or replace function workflows.resume_held(p_workflow workflows.workflow, p_now timestamptz)
returns text
language plpgsql volatile
as $$
declare
  v_id uuid := p_workflow.workflow_id;
  v_parked workflows.parked%rowtype;
begin
  delete from workflows.parked p where p.workflow_id = v_id returning p.* into v_parked;
  update workflows.workflow w set held_at = null,
    deadline_at = w.deadline_at + (p_now - w.held_at), status = 'ENQUEUED', state = 'IDLE'
  where w.workflow_id = v_id;
  if v_parked.resume_status = 'ENQUEUED' and p_workflow.started_at is null
    and p_workflow.ticket_seq is null then
    update workflows.lane l set low = least(l.low, p_workflow.ready_seq - 1),
      floor = least(l.floor, p_workflow.ready_seq - 1), candidate = null, candidate_xid = null
    where l.lane_id = p_workflow.lane_id;
    insert into workflows.ready (lane_id, ready_seq, workflow_id, start_before, ready_at)
    values (p_workflow.lane_id, p_workflow.ready_seq, v_id, p_workflow.start_before, p_now);
    update workflows.workflow w set reason = null, change_no = w.change_no + 1
    where w.workflow_id = v_id;
    perform workflows.notify_idle(array[p_workflow.queue_id]);
    return 'ENQUEUED';
  end if;
  perform workflows.settle_workflow(v_id, v_parked.resume_status,
    case when p_workflow.started_at is null then 'IDLE' else 'RUNNING' end,
    null, null, v_parked.resume_at, p_now);
  if v_parked.resume_status = 'BLOCKED' then perform workflows.pass_over(p_workflow, false); end if;
  return v_parked.resume_status;
end
$$;
comment on function workflows.resume_held(workflows.workflow, timestamptz) is
  'Brings a held workflow back to where it was.';
