-- A workflow raised. Statuses: RUNNING -> DELAYED (another try), HELD (and then another try),
-- STOPPED or CANCELLED (a command waited), or ERROR when no try is left. Only exceptions count
-- against max_attempts.
create or replace function workflows.settle_error(
  p_workflow workflows.workflow, p_control text, p_error json, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_definition workflows.workflow_definition%rowtype;
  v_failures integer := p_workflow.failure_count + 1;
  v_due timestamptz;
  v_reason text := left(concat_ws(': ', p_error ->> 'class', p_error ->> 'message'), 500);
begin
  if p_control in ('stop', 'cancel', 'timeout') then
    return workflows.settle_ending(p_workflow, p_control, p_now);
  end if;
  select d.* into v_definition from workflows.workflow_definition d
  where d.workflow_name = p_workflow.workflow_name and d.workflow_version = p_workflow.workflow_version;
  if v_failures >= coalesce(p_workflow.max_attempts, v_definition.max_attempts, 1) then
    if p_control is not null then perform workflows.answer_commands(array[p_workflow.workflow_id], 'overtaken', p_now); end if;
    return workflows.settle_workflow(p_workflow.workflow_id, 'ERROR', 'ERROR', v_reason, null, null, p_now);
  end if;
  v_due := p_now + workflows.backoff_seconds(v_failures, v_definition.backoff_seconds, v_definition.backoff_rate,
    v_definition.max_backoff_seconds) * interval '1 second';
  if p_control = 'hold' then
    perform workflows.forget_failed_steps(p_workflow.workflow_id);
    perform workflows.answer_commands(array[p_workflow.workflow_id], 'obeyed', p_now);
    return workflows.settle_workflow(p_workflow.workflow_id, 'HELD', 'HELD', p_workflow.reason, 'DELAYED', v_due, p_now);
  end if;
  perform workflows.forget_failed_steps(p_workflow.workflow_id);
  perform workflows.audit_change(array[p_workflow.workflow_id], 'try failed', 'engine', v_reason,
    null, p_workflow.status || ' ' || p_workflow.state);
  return workflows.settle_workflow(p_workflow.workflow_id, 'DELAYED', 'RUNNING', v_reason, null, v_due, p_now);
end
$$;
comment on function workflows.settle_error(workflows.workflow, text, json, timestamptz) is
  'Decides what follows an exception of a workflow.';

-- A command or deadline ends a workflow. Statuses: any live -> STOPPED or CANCELLED.
create or replace function workflows.settle_ending(p_workflow workflows.workflow, p_control text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_status text := case when p_control in ('stop', 'stopped') then 'STOPPED' else 'CANCELLED' end;
begin
  perform workflows.answer_commands(array[p_workflow.workflow_id], 'obeyed', p_now);
  return workflows.settle_workflow(p_workflow.workflow_id, v_status, v_status, p_workflow.reason, null, null, p_now);
end
$$;
comment on function workflows.settle_ending(workflows.workflow, text, timestamptz) is
  'Ends a workflow as a command or deadline ordered.';

-- A workflow leaves its worker without having ended. Statuses: RUNNING -> WAITING (until the time
-- of a step), HELD, or ENQUEUED when it was only released. A HOLD that was taken back in time
-- changes nothing.
create or replace function workflows.settle_leaving(
  p_workflow workflows.workflow, p_control text, p_outcome text, p_step_key text, p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_due timestamptz;
  v_resume text := 'ENQUEUED';
begin
  if p_outcome = 'suspend' then
    select s.due_at into v_due from workflows.step s where s.workflow_id = p_workflow.workflow_id and s.step_key = p_step_key;
    v_resume := 'WAITING';
    v_due := coalesce(v_due, p_now);
  end if;
  if p_control = 'hold' then
    perform workflows.answer_commands(array[p_workflow.workflow_id], 'obeyed', p_now);
    return workflows.settle_workflow(p_workflow.workflow_id, 'HELD', 'HELD', p_workflow.reason, v_resume, v_due, p_now);
  end if;
  return workflows.settle_workflow(p_workflow.workflow_id, v_resume, 'RUNNING', p_workflow.reason, null, v_due, p_now);
end
$$;
comment on function workflows.settle_leaving(workflows.workflow, text, text, text, timestamptz) is
  'Moves a workflow that left its worker without ending.';

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
  insert into workflows.workflow_outcome (workflow_id, error_class, error_message, error_traceback, is_sanitised)
  values (p_workflow_id, left(p_error ->> 'class', 200), left(p_error ->> 'message', 8192), right(p_error ->> 'traceback', 8192),
    coalesce(p_is_sanitised, false))
  on conflict (workflow_id) do update set error_class = excluded.error_class, error_message = excluded.error_message,
    error_traceback = excluded.error_traceback, is_sanitised = excluded.is_sanitised;
  return true;
end
$$;
comment on function workflows.keep_error(uuid, json, boolean) is
  'Keeps the last error of a workflow.';

-- Another try of a workflow runs the step again that it failed on. An error that the workflow
-- caught and went on from, so that a later step succeeded, is part of its history and is replayed
-- like a result.
create or replace function workflows.forget_failed_steps(p_workflow_id uuid) returns integer
language plpgsql volatile
as $$
declare
  v_count integer;
begin
  delete from workflows.step s where s.workflow_id = p_workflow_id and s.status in ('ERROR', 'RETRYING')
    and not exists (select from workflows.step l where l.workflow_id = p_workflow_id and l.status in ('SUCCESS', 'WAITING')
                    and l.ended_at > s.ended_at);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function workflows.forget_failed_steps(uuid) is
  'Forgets the failed steps that another try must run again.';
