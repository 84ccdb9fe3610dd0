-- An operator's order to one workflow, decided and audited in one transaction and answered at once:
-- accepted with the new state, already so, or rejected with the reason. Locks the workflow's hot
-- row; a running one is asked through its lease's control word and its worker is told.
create or replace function workflows.send_command(
  p_workflow_id text, p_command text, p_reason text default null, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_command text := upper(btrim(p_command));
  v_options jsonb := workflows.command_options(p_options);
  v_id uuid := workflows.read_workflow_id(p_workflow_id);
  v_request text := v_options ->> 'request_id';
  v_before workflows.workflow%rowtype;
  v_after workflows.workflow%rowtype;
  v_outcome text;
  v_is_obeyed boolean;
  v_command_id bigint;
begin
  if v_command = 'RESTART' then v_command := 'RESUME'; end if;
  if v_command is null or v_command not in ('HOLD', 'RESUME', 'STOP', 'CANCEL') then
    perform workflows.refuse('WF002', workflows.bad_argument('command', 'is not a command'), 'command must be HOLD, RESUME or STOP');
  end if;
  v_before := workflows.lock_workflow(v_id);
  if v_request is not null then
    select c.command_id into v_command_id from workflows.command c
    where c.request_id = v_request and c.workflow_id = v_id and c.command = v_command;
    if found then return workflows.command_answer(v_command_id); end if;
    if exists (select from workflows.command c where c.request_id = v_request) then perform workflows.refuse_request(v_request); end if;
  end if;
  v_outcome := workflows.apply_command(v_before, v_command, p_reason, v_now);
  select w.* into v_after from workflows.workflow w where w.workflow_id = v_id;
  v_is_obeyed := v_outcome = 'accepted' and (v_after.status <> 'RUNNING' or v_command = 'RESUME');
  insert into workflows.command (workflow_id, command, actor, reason, request_id, outcome, message, from_status, from_state,
    to_status, to_state, database_user, accepted_at, obeyed_at)
  values (v_id, v_command, coalesce(v_options ->> 'actor', 'script'), p_reason, v_request,
    case when v_is_obeyed then 'obeyed' else v_outcome end,
    workflows.command_message(v_command, v_outcome, v_before, v_after), v_before.status, v_before.state, v_after.status, v_after.state,
    session_user, v_now, case when v_is_obeyed then v_now end)
  on conflict (request_id) where request_id is not null do nothing
  returning command_id into v_command_id;
  if not found then
    perform workflows.refuse_request(v_request);
  end if;
  perform workflows.audit_change(array[v_id], 'command ' || v_command || ' ' || v_outcome,
    coalesce(v_options ->> 'actor', 'script'), p_reason, null);
  return workflows.command_answer(v_command_id);
end
$$;
comment on function workflows.send_command(text, text, text, text) is
  'Sends HOLD, RESUME or STOP to a workflow and answers what it did.';

-- A request id used before for another order: answering that one would tell an operator that a
-- workflow was stopped which goes on.
create or replace function workflows.refuse_request(p_request_id text) returns text
language plpgsql volatile
as $$
begin
  return workflows.refuse('WF006', jsonb_build_object('field', 'request_id', 'request_id', p_request_id),
    'this request id was used for another order: give each order an id of its own');
end
$$;
comment on function workflows.refuse_request(text) is
  'Refuses a request id that belongs to another order.';

-- Applies an order to a locked workflow: accepted, already or rejected. The pairs of command and
-- state are here and nowhere else.
create or replace function workflows.apply_command(
  p_workflow workflows.workflow, p_command text, p_reason text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_id uuid := p_workflow.workflow_id;
  v_ending text := case p_command when 'STOP' then 'STOPPED' when 'CANCEL' then 'CANCELLED' end;
begin
  if p_workflow.ended_at is not null then
    return case when p_workflow.status = v_ending then 'already' else 'rejected' end;
  elsif p_workflow.state in ('STOPPING', 'CANCELLING', 'ABORTING') then
    return case when v_ending is null then 'rejected' else 'already' end;
  elsif p_command = 'RESUME' and p_workflow.state not in ('HELD', 'PAUSED', 'HOLDING', 'PAUSING') then
    return case when p_workflow.status = 'RUNNING' then 'already' else 'rejected' end;
  elsif p_command = 'HOLD' and p_workflow.state in ('HELD', 'HOLDING') then
    return 'already';
  elsif p_workflow.status = 'RUNNING' then
    perform workflows.control_running(v_id, p_command, p_reason);
  elsif v_ending is not null then
    perform workflows.remove_hot_row(p_workflow);
    perform workflows.settle_workflow(v_id, v_ending, v_ending, p_reason, null, null, p_now);
  elsif p_command = 'HOLD' then
    perform workflows.hold_waiting(p_workflow, p_reason, p_now);
  else
    perform workflows.resume_held(p_workflow, p_now);
  end if;
  return 'accepted';
end
$$;
comment on function workflows.apply_command(workflows.workflow, text, text, timestamptz) is
  'Applies a command to a locked workflow.';

-- A running workflow is asked: the control word comes back with its next record or renewal.
create or replace function workflows.control_running(p_workflow_id uuid, p_command text, p_reason text) returns text
language plpgsql volatile
as $$
declare
  v_worker uuid;
  v_is_started boolean;
begin
  update workflows.lease l set control = case p_command when 'RESUME' then null else lower(p_command) end
  where l.workflow_id = p_workflow_id returning l.worker_id, l.is_started into v_worker, v_is_started;
  update workflows.workflow w set change_no = w.change_no + 1, reason = p_reason,
    state = case p_command when 'HOLD' then 'HOLDING' when 'STOP' then 'STOPPING' when 'CANCEL' then 'CANCELLING'
      else case when v_is_started then 'RUNNING' else 'STARTING' end end
  where w.workflow_id = p_workflow_id;
  perform workflows.answer_commands(array[p_workflow_id], 'overtaken', workflows.clock_now());
  perform workflows.notify_workers('w:' || v_worker);
  return 'accepted';
end
$$;
comment on function workflows.control_running(uuid, text, text) is
  'Asks the worker of a running workflow to obey.';

create or replace function workflows.remove_hot_row(p_workflow workflows.workflow) returns boolean
language plpgsql volatile
as $$
begin
  if p_workflow.status = 'ENQUEUED' then
    delete from workflows.ready r where r.lane_id = p_workflow.lane_id and r.ready_seq = p_workflow.ready_seq;
  else
    delete from workflows.parked p where p.workflow_id = p_workflow.workflow_id;
  end if;
  return true;
end
$$;
comment on function workflows.remove_hot_row(workflows.workflow) is
  'Removes the hot row of a locked workflow that does not run.';

-- HOLD of one that does not run. Its timer is kept; its tickets stay in line but are passed over.
create or replace function workflows.hold_waiting(p_workflow workflows.workflow, p_reason text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_resume_at timestamptz;
begin
  select p.resume_at into v_resume_at from workflows.parked p where p.workflow_id = p_workflow.workflow_id;
  perform workflows.remove_hot_row(p_workflow);
  perform workflows.settle_workflow(p_workflow.workflow_id, 'HELD', 'HELD', p_reason, p_workflow.status, v_resume_at, p_now);
  if p_workflow.status = 'BLOCKED' then perform workflows.pass_over(p_workflow, true); end if;
  return 'HELD';
end
$$;
comment on function workflows.hold_waiting(workflows.workflow, text, timestamptz) is
  'Holds a workflow that does not run.';

create or replace function workflows.pass_over(p_workflow workflows.workflow, p_is_held boolean) returns integer
language plpgsql volatile
as $$
begin
  update workflows.gate_ticket t set is_held = p_is_held from unnest(p_workflow.gate_ids) g(gate_id)
  where t.gate_id = g.gate_id and t.priority = p_workflow.priority and t.ticket_seq = p_workflow.ticket_seq and not t.is_holder;
  insert into workflows.wake (gate_id) select g from unnest(p_workflow.gate_ids) g;
  return workflows.notify_idle(array[p_workflow.queue_id]);
end
$$;
comment on function workflows.pass_over(workflows.workflow, boolean) is
  'Marks the tickets of a waiter as passed over, or not.';

-- RESUME: back to where it was. The time held does not count against the timeout. One that never
-- started goes back to its very place, so the marks of its lane are lowered to it first, whatever
-- they are.
create or replace function workflows.resume_held(p_workflow workflows.workflow, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_id uuid := p_workflow.workflow_id;
  v_parked workflows.parked%rowtype;
begin
  delete from workflows.parked p where p.workflow_id = v_id returning p.* into v_parked;
  update workflows.workflow w set held_at = null, deadline_at = w.deadline_at + (p_now - w.held_at),
    status = 'ENQUEUED', state = 'IDLE' where w.workflow_id = v_id;
  if v_parked.resume_status = 'ENQUEUED' and p_workflow.started_at is null and p_workflow.ticket_seq is null then
    update workflows.lane l set low = least(l.low, p_workflow.ready_seq - 1), floor = least(l.floor, p_workflow.ready_seq - 1),
      candidate = null, candidate_xid = null where l.lane_id = p_workflow.lane_id;
    insert into workflows.ready (lane_id, ready_seq, workflow_id, start_before)
    values (p_workflow.lane_id, p_workflow.ready_seq, v_id, p_workflow.start_before);
    update workflows.workflow w set reason = null, change_no = w.change_no + 1 where w.workflow_id = v_id;
    perform workflows.notify_idle(array[p_workflow.queue_id]);
    return 'ENQUEUED';
  end if;
  perform workflows.settle_workflow(v_id, v_parked.resume_status, case when p_workflow.started_at is null then 'IDLE' else 'RUNNING' end,
    null, null, v_parked.resume_at, p_now);
  if v_parked.resume_status = 'BLOCKED' then perform workflows.pass_over(p_workflow, false); end if;
  return v_parked.resume_status;
end
$$;
comment on function workflows.resume_held(workflows.workflow, timestamptz) is
  'Brings a held workflow back to where it was.';
