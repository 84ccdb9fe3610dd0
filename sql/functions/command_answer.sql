-- The same answer whether the command was just given or is asked about again by its request id.
create or replace function workflows.command_answer(p_command_id bigint) returns text
language sql stable
as $$
  select json_build_object('command_id', c.command_id, 'workflow_id', c.workflow_id,
    'command', c.command,
    'outcome', case when c.outcome in ('obeyed', 'overtaken', 'failed') then 'accepted'
      else c.outcome end,
    'status', c.to_status, 'state', c.to_state, 'message', c.message,
    'new_workflow_id', c.new_workflow_id, 'accepted_at', c.accepted_at)::text
  from workflows.command c where c.command_id = p_command_id
$$;
comment on function workflows.command_answer(bigint) is
  'What a command did, as its sender is told.';

create or replace function workflows.command_message(
  p_command text, p_outcome text, p_is_delivered boolean, p_before workflows.workflow,
  p_after workflows.workflow) returns text
language sql immutable
as $$
  select case
    when p_is_delivered then 'accepted, the workflow will see it when it asks for commands'
    when p_outcome = 'rejected' and p_before.ended_at is not null then
      p_command || ' rejected: the workflow has ended in ' || p_before.status
    when p_outcome = 'rejected' then p_command || ' rejected: the workflow is ' || p_before.state
    when p_outcome = 'already' and p_before.state in ('STOPPING', 'CANCELLING', 'ABORTING') then
      'already ending'
    when p_outcome = 'already' and p_command = 'RESET' then 'already reset'
    when p_outcome = 'already' then 'already ' || p_before.state
    when p_command = 'RESET' then 'accepted, a new workflow is enqueued'
    else 'accepted, now ' || p_after.state end
$$;
comment on function workflows.command_message(
  text, text, boolean, workflows.workflow, workflows.workflow) is
  'A command''s outcome in words.';

create or replace function workflows.command_options(p_options text) returns jsonb
language plpgsql volatile
as $$
declare
  v_options jsonb;
  v_key text;
begin
  v_options := coalesce(nullif(p_options, ''), '{}')::jsonb;
  select k into v_key from jsonb_object_keys(v_options) k
  where k not in ('actor', 'request_id', 'second_actor', 'topic', 'valid_for_seconds') limit 1;
  if found then
    perform workflows.refuse('WF002', workflows.bad_argument(v_key, 'is not an option of a command'),
      'options are actor, request_id, second_actor, topic, valid_for_seconds');
  end if;
  foreach v_key in array '{actor,request_id,second_actor,topic}'::text[] loop
    if v_options ? v_key and workflows.name_problem(v_options ->> v_key) is not null then
      perform workflows.refuse('WF002',
        workflows.bad_argument(v_key, workflows.name_problem(v_options ->> v_key)),
        v_key || ' ' || workflows.name_problem(v_options ->> v_key));
    end if;
  end loop;
  if v_options ? 'valid_for_seconds' and (
    jsonb_typeof(v_options -> 'valid_for_seconds') <> 'number'
    or (v_options ->> 'valid_for_seconds')::numeric not between 0.001 and 3153600000) then
    perform workflows.refuse('WF002',
      workflows.bad_argument('valid_for_seconds', 'must be a number of seconds above 0'),
      'valid_for_seconds must be a number of seconds above 0');
  end if;
  return v_options;
exception when data_exception then
  return workflows.refuse('WF002', workflows.bad_argument('options', 'is not a JSON object'),
    'options must be a JSON object')::jsonb;
end
$$;
comment on function workflows.command_options(text) is 'Reads the options of a command.';
