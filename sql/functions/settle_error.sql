-- A workflow raised. Statuses: RUNNING -> DELAYED (another try), HELD (and then another try),
-- STOPPED or CANCELLED (a command waited), ENQUEUED (the command has a handler, which runs first),
-- or ERROR when no try is left. Only exceptions count against max_attempts.
create or replace function workflows.settle_error(
  p_workflow workflows.workflow, p_lease workflows.lease, p_error json, p_now timestamptz)
returns text
language plpgsql volatile
as $$
declare
  v_id uuid := p_workflow.workflow_id;
  v_definition workflows.workflow_definition%rowtype;
  v_failures integer := p_workflow.failure_count + 1;
  v_due timestamptz;
  v_reason text := workflows.error_reason(p_error);
begin
  if p_lease.control in ('stop', 'cancel', 'timeout', 'abort') then
    return workflows.settle_leaving(p_workflow, p_lease, 'error', null, null, p_now);
  end if;
  select d.* into v_definition from workflows.workflow_definition d
  where d.workflow_name = p_workflow.workflow_name
    and d.workflow_version = p_workflow.workflow_version;
  if v_failures >= coalesce(p_workflow.max_attempts, v_definition.max_attempts, 1) then
    if p_lease.control is not null then
      perform workflows.answer_commands(array[v_id], 'overtaken', p_now);
    end if;
    return workflows.settle_workflow(v_id, 'ERROR', 'ERROR', v_reason, null, null, p_now);
  end if;
  v_due := p_now + workflows.backoff_seconds(v_failures, v_definition.backoff_seconds,
    v_definition.backoff_rate, v_definition.max_backoff_seconds) * interval '1 second';
  perform workflows.forget_failed_steps(v_id);
  if p_lease.control is not null and p_lease.handler_no is not null then
    update workflows.workflow w set retry_at = v_due where w.workflow_id = v_id;
    return workflows.requeue_ordered(
      p_workflow, p_lease.control, p_lease.handler_no, p_workflow.reason, p_now);
  elsif p_lease.control is not null then
    perform workflows.answer_commands(array[v_id], 'obeyed', p_now);
    return workflows.settle_workflow(v_id, 'HELD', workflows.held_state(p_lease.control),
      p_workflow.reason, 'DELAYED', v_due, p_now);
  end if;
  perform workflows.audit_change(array[v_id], 'try failed', 'engine', v_reason,
    null, p_workflow.status || ' ' || p_workflow.state);
  return workflows.settle_workflow(v_id, 'DELAYED', 'RUNNING', v_reason, null, v_due, p_now);
end
$$;
comment on function workflows.settle_error(
  workflows.workflow, workflows.lease, json, timestamptz) is
  'Decides what follows an exception of a workflow.';

-- A workflow leaves its worker, and what was ordered meanwhile decides. An order with a handler
-- that this worker has not run goes back to the queue with it. Statuses: RUNNING -> WAITING (until
-- the time of a step), HELD, ENQUEUED (released, or to run a handler), STOPPED, CANCELLED, ABORTED.
-- A HOLD that was taken back in time changes nothing.
create or replace function workflows.settle_leaving(
  p_workflow workflows.workflow, p_lease workflows.lease, p_outcome text, p_step_key text,
  p_error json, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_id uuid := p_workflow.workflow_id;
  v_order text := p_lease.control;
  v_has_failed boolean := p_error is not null and p_lease.handler_no is not null;
  v_reason text := case when v_has_failed then 'handler failed: ' || workflows.error_reason(p_error)
    else p_workflow.reason end;
  v_due timestamptz;
  v_resume text := 'ENQUEUED';
  v_resume_no integer;
begin
  if v_order is null and p_outcome in ('stopped', 'cancelled', 'aborted') then
    v_order := p_outcome;
  elsif p_lease.handler_no is not null and (p_outcome <> workflows.outcome_of(v_order)
    or not v_has_failed and p_outcome = 'held'
      and not workflows.has_run_handler(v_id, v_order, p_lease.handler_no)) then
    return workflows.requeue_ordered(p_workflow, v_order, p_lease.handler_no, v_reason, p_now);
  end if;
  if v_order is not null and v_order not in ('hold', 'pause', 'resume') then
    return workflows.settle_ending(p_workflow, v_order, v_has_failed, v_reason, p_now);
  elsif p_outcome = 'released' and not p_lease.is_started
    and p_workflow.started_at = p_lease.claimed_at then
    update workflows.workflow w set started_at = null, deadline_at = null where w.workflow_id = v_id;
  elsif p_outcome = 'suspend' then
    v_due := workflows.suspend_until(v_id, p_step_key, p_now);
    v_resume := 'WAITING';
  end if;
  if v_order is not null then
    perform workflows.answer_commands(
      array[v_id], case when v_has_failed then 'failed' else 'obeyed' end, p_now);
    perform workflows.settle_workflow(
      v_id, 'HELD', workflows.held_state(v_order), v_reason, v_resume, v_due, p_now);
  else
    if p_outcome = 'held' then v_resume_no := workflows.next_handler_no(p_workflow, 'resume'); end if;
    if v_resume_no is not null then
      return workflows.requeue_ordered(p_workflow, 'resume', v_resume_no, null, p_now);
    end if;
    perform workflows.settle_workflow(v_id, v_resume, 'RUNNING', v_reason, null, v_due, p_now);
  end if;
  -- it has its parked row now: what came before is seen, and who comes later finds the row
  if p_outcome = 'suspend' then perform workflows.look_again(v_id, p_step_key); end if;
  return case when v_order is not null then 'HELD' else v_resume end;
end
$$;
comment on function workflows.settle_leaving(
  workflows.workflow, workflows.lease, text, text, json, timestamptz) is
  'Moves a workflow that left its worker.';

-- PAUSE, HOLD and RESUME all answer `held`, so that who left for an earlier one of them has not yet
-- run the handler of the later.
create or replace function workflows.has_run_handler(
  p_workflow_id uuid, p_order text, p_handler_no integer) returns boolean
language sql stable
as $$
  select exists (
    select from workflows.step s
    where s.workflow_id = p_workflow_id and s.step_key = 'on_' || p_order
      || case when p_handler_no > 1 then '#' || p_handler_no else '' end)
$$;
comment on function workflows.has_run_handler(uuid, text, integer) is
  'Whether a run of a handler is recorded.';

-- What a worker says that has carried an order out. An on_resume that failed is held again.
create or replace function workflows.outcome_of(p_order text) returns text
language sql immutable
as $$
  select case p_order when 'hold' then 'held' when 'pause' then 'held' when 'resume' then 'held'
    when 'stop' then 'stopped' when 'abort' then 'aborted' else 'cancelled' end
$$;
comment on function workflows.outcome_of(text) is 'The outcome of a worker that has obeyed.';

create or replace function workflows.held_state(p_order text) returns text
language sql immutable
as $$select case p_order when 'pause' then 'PAUSED' else 'HELD' end$$;
comment on function workflows.held_state(text) is 'The state in which an order holds a workflow.';

create or replace function workflows.error_reason(p_error json) returns text
language sql immutable
as $$
  select left(concat_ws(': ', p_error ->> 'class', p_error ->> 'message'), 500)
  where p_error is not null
$$;
comment on function workflows.error_reason(json) is 'An error in one line.';

-- A command or deadline ends a workflow. Statuses: any live -> STOPPED, ABORTED or CANCELLED.
create or replace function workflows.settle_ending(
  p_workflow workflows.workflow, p_order text, p_has_failed boolean, p_reason text,
  p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_status text := case when p_order in ('stop', 'stopped') then 'STOPPED'
    when p_order in ('abort', 'aborted') then 'ABORTED' else 'CANCELLED' end;
begin
  perform workflows.answer_commands(array[p_workflow.workflow_id],
    case when p_has_failed then 'failed' else 'obeyed' end, p_now);
  return workflows.settle_workflow(
    p_workflow.workflow_id, v_status, v_status, p_reason, null, null, p_now);
end
$$;
comment on function workflows.settle_ending(
  workflows.workflow, text, boolean, text, timestamptz) is
  'Ends a workflow as a command or deadline ordered.';

create or replace function workflows.answer_commands(p_workflow_ids uuid[], p_outcome text, p_now timestamptz) returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  update workflows.command c set outcome = p_outcome, obeyed_at = p_now
  where c.workflow_id = any (p_workflow_ids) and c.outcome = 'accepted' and c.obeyed_at is null;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.answer_commands(uuid[], text, timestamptz) is
  'Says what became of the open commands of some workflows.';

create or replace function workflows.keep_error(p_workflow_id uuid, p_error json, p_is_sanitised boolean) returns boolean
language plpgsql volatile
as $$
begin
  insert into workflows.workflow_outcome (workflow_id, error_class, error_message, error_traceback, is_sanitised,
    failed_steps)
  values (p_workflow_id, left(p_error ->> 'class', 200), left(p_error ->> 'message', 8192), right(p_error ->> 'traceback', 8192),
    coalesce(p_is_sanitised, false),
    (select array_agg(k) from json_array_elements_text(p_error -> 'failed_steps') k))
  on conflict (workflow_id) do update set error_class = excluded.error_class, error_message = excluded.error_message,
    error_traceback = excluded.error_traceback, is_sanitised = excluded.is_sanitised,
    failed_steps = excluded.failed_steps;
  return true;
end
$$;
comment on function workflows.keep_error(uuid, json, boolean) is
  'Keeps the last error of a workflow.';

-- Another try of a workflow runs the step again that it failed on. An error that the workflow
-- caught and went on from, so that a later step succeeded, is part of its history and is replayed
-- like a result. Where steps ran beside each other, later does not mean afterwards: then the worker
-- has said which errors ended the workflow. A handler that ran meanwhile says nothing about it.
create or replace function workflows.forget_failed_steps(p_workflow_id uuid) returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  delete from workflows.step s where s.workflow_id = p_workflow_id and s.status in ('ERROR', 'RETRYING', 'RUNNING')
    and (not exists (select from workflows.step l where l.workflow_id = p_workflow_id and l.status in ('SUCCESS', 'WAITING')
                     and l.ended_at > s.ended_at and l.step_key !~ '^on_(hold|resume|stop|abort)(#[0-9]+)?(/|$)')
      or exists (
        select from workflows.workflow_outcome o cross join lateral unnest(o.failed_steps) f(step_key)
        where o.workflow_id = p_workflow_id
          and (s.step_key = f.step_key or starts_with(s.step_key, f.step_key || '/'))));
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.forget_failed_steps(uuid) is
  'Forgets the failed steps that another try must run again.';
