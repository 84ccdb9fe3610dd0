-- An operator's order to one workflow, decided and audited in one transaction and answered at once:
-- accepted with the new state, already so, or rejected with the reason. Locks the workflow's hot
-- row and looks the order up in the table transition. What runs is asked through its lease, and
-- its worker is told; what must run a handler first waits in the queue for any worker; a workflow
-- that takes its commands itself (commands = manual) finds the order when it asks for one.
create or replace function workflows.send_command(
  p_workflow_id text, p_command text, p_reason text default null, p_options text default '{}')
returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off set plan_cache_mode = force_generic_plan
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_command text := workflows.command_word(p_command);
  v_options jsonb := workflows.command_options(p_options);
  v_id uuid := workflows.read_uuid(p_workflow_id, 'workflow_id');
  v_request text := v_options ->> 'request_id';
  v_before workflows.workflow%rowtype;
  v_after workflows.workflow%rowtype;
  v_transition workflows.transition%rowtype;
  v_is_delivered boolean := false;
  v_new_id uuid;
  v_answer text;
  v_is_obeyed boolean;
  v_command_id bigint;
begin
  v_before := workflows.lock_workflow(v_id, v_command = 'ABORT');
  if v_command = 'RESET' and v_before.ended_at is not null then
    -- no hot row: this lock keeps retry_workflow and another RESET apart
    select w.* into v_before from workflows.workflow w
    where w.workflow_id = v_id for no key update;
  end if;
  if v_request is not null then
    v_answer := workflows.answer_request(v_request, v_id, v_command);
    if v_answer is not null then return v_answer; end if;
  end if;
  perform workflows.require_reason(v_before.queue_id, p_reason);
  select t.* into v_transition from workflows.transition t
  where t.command = v_command and t.from_state = v_before.state;
  if workflows.takes_commands_itself(v_before, v_command) then
    v_transition.outcome := 'accepted';
    v_is_delivered := true;
    perform workflows.wake_later(array[v_id]);
  elsif v_transition.outcome = 'accepted' and v_command <> 'RESET' then
    perform workflows.apply_command(v_before, v_transition, p_reason, v_now);
    perform workflows.order_children(v_id, v_command, p_reason);
  elsif v_transition.outcome = 'accepted' then
    v_new_id := workflows.reset_of(v_before);
    if v_new_id is not null then v_transition.outcome := 'already'; end if;
  end if;
  select w.* into v_after from workflows.workflow w where w.workflow_id = v_id;
  -- by where it stands, not by the table: what must run a handler first is on its way, at rest too
  v_is_obeyed := v_transition.outcome = 'accepted' and not v_is_delivered
    and (v_command = 'RESET' or v_after.state <> all (
      '{HOLDING,PAUSING,RESUMING,STOPPING,CANCELLING,ABORTING}'::text[]));
  insert into workflows.command (workflow_id, command, actor, reason, request_id, topic, expires_at,
    outcome, message, from_status, from_state, to_status, to_state, new_workflow_id, second_actor,
    database_user, accepted_at, obeyed_at)
  values (v_id, v_command, coalesce(v_options ->> 'actor', 'script'), p_reason, v_request,
    coalesce(v_options ->> 'topic', 'cmd'),
    v_now + (v_options ->> 'valid_for_seconds')::float8 * interval '1 second',
    case when v_is_obeyed then 'obeyed' else v_transition.outcome end,
    workflows.command_message(v_command, v_transition.outcome, v_is_delivered, v_before, v_after),
    v_before.status, v_before.state, v_after.status, v_after.state, v_new_id,
    v_options ->> 'second_actor', session_user, v_now, case when v_is_obeyed then v_now end)
  on conflict (request_id) where request_id is not null do nothing
  returning command_id into v_command_id;
  -- an ended workflow has no hot row to wait for: here the second of two equal requests waits
  if not found then return workflows.answer_request(v_request, v_id, v_command); end if;
  if v_command = 'RESET' and v_transition.outcome = 'accepted' and not v_is_delivered then
    update workflows.command c
    set new_workflow_id = workflows.repeat_workflow(v_before, null, v_options, v_now)
    where c.command_id = v_command_id;
  end if;
  perform workflows.audit_change(array[v_id], 'command ' || v_command || ' ' || v_transition.outcome,
    coalesce(v_options ->> 'actor', 'script'), p_reason, null,
    v_before.status || ' ' || v_before.state, v_options ->> 'second_actor');
  return workflows.command_answer(v_command_id);
end
$$;
comment on function workflows.send_command(text, text, text, text) is
  'Gives a workflow an order (HOLD, PAUSE, RESUME, STOP, ABORT, RESET) and answers what it did.';

create or replace function workflows.command_word(p_command text) returns text
language plpgsql volatile
as $$
declare
  v_command text := upper(btrim(p_command));
begin
  if v_command = 'RESTART' then v_command := 'RESUME'; end if;
  if v_command is null
    or not exists (select from workflows.transition t where t.command = v_command) then
    perform workflows.refuse('WF002', workflows.bad_argument('command', 'is not a command'),
      'command must be HOLD, PAUSE, RESUME, STOP, ABORT or RESET');
  end if;
  return v_command;
end
$$;
comment on function workflows.command_word(text) is 'Reads the word of a command.';

create or replace function workflows.require_reason(p_queue_id integer, p_reason text)
returns boolean
language plpgsql volatile
as $$
begin
  if coalesce(btrim(p_reason), '') = '' and exists (
    select from workflows.queue q where q.queue_id = p_queue_id and q.requires_reason) then
    perform workflows.refuse('WF002', workflows.bad_argument('reason', 'is required here'),
      'commands to workflows of this queue need a reason');
  end if;
  return true;
end
$$;
comment on function workflows.require_reason(integer, text) is
  'Refuses a command without a reason where the queue asks for one.';

-- Only while it works or waits: one that never started, or that is held, cannot ask for orders.
create or replace function workflows.takes_commands_itself(
  p_workflow workflows.workflow, p_command text) returns boolean
language sql stable
as $$
  select p_command in ('HOLD', 'PAUSE', 'RESUME', 'STOP', 'RESET')
    and p_workflow.ended_at is null and p_workflow.started_at is not null
    and p_workflow.status <> 'BLOCKED' and p_workflow.state in ('STARTING', 'RUNNING')
    and exists (
      select from workflows.workflow_definition d
      where d.workflow_name = p_workflow.workflow_name
        and d.workflow_version = p_workflow.workflow_version and d.commands = 'manual')
$$;
comment on function workflows.takes_commands_itself(workflows.workflow, text) is
  'Whether a command is for the workflow function itself.';

-- The answer that a request id was given before, or null.
create or replace function workflows.answer_request(
  p_request_id text, p_workflow_id uuid, p_command text) returns text
language plpgsql volatile
as $$
declare
  v_command workflows.command%rowtype;
begin
  select c.* into v_command from workflows.command c where c.request_id = p_request_id;
  if not found then return null; end if;
  if v_command.workflow_id <> p_workflow_id or v_command.command <> p_command then
    perform workflows.refuse_request(p_request_id);
  end if;
  return workflows.command_answer(v_command.command_id);
end
$$;
comment on function workflows.answer_request(text, uuid, text) is
  'What a request was answered before.';

-- Two operators who press RESET get one workflow. Once the old one has been tried again and ended
-- anew, it can be reset anew.
create or replace function workflows.reset_of(p_workflow workflows.workflow) returns uuid
language sql stable
as $$
  select c.new_workflow_id from workflows.command c
  where c.workflow_id = p_workflow.workflow_id and c.command = 'RESET'
    and c.new_workflow_id is not null and c.accepted_at >= p_workflow.ended_at limit 1
$$;
comment on function workflows.reset_of(workflows.workflow) is
  'What a workflow that has ended was reset to, or null.';

-- A request id used before for another order: answering that one would tell an operator that a
-- workflow was stopped which goes on.
create or replace function workflows.refuse_request(p_request_id text) returns text
language plpgsql volatile
as $$
begin
  return workflows.refuse('WF006',
    jsonb_build_object('field', 'request_id', 'request_id', p_request_id),
    'this request id was used for another order: give each order an id of its own');
end
$$;
comment on function workflows.refuse_request(text) is
  'Refuses a request id that belongs to another order.';
