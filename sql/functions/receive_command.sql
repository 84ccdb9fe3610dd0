-- Takes the order that goes first of those that were given to a workflow which takes its commands
-- itself: by priority, then as they came. Those that its state does not allow stay until it does,
-- or until the workflow ends.
create or replace function workflows.receive_command(
  p_workflow_id uuid, p_topic text, p_state text, p_is_over boolean, p_now timestamptz)
returns json
language plpgsql volatile
as $$
declare
  v_command workflows.command%rowtype;
begin
  update workflows.command c set outcome = 'obeyed', obeyed_at = p_now
  where c.command_id = workflows.first_command(p_workflow_id, p_topic, p_state, p_now)
    and c.outcome = 'accepted'  -- still, where an order that overtook it was waited for
  returning c.* into v_command;
  if found then
    return json_build_object('status', 'SUCCESS', 'output', json_build_object(
      'cmd', v_command.command, 'priority', workflows.command_priority(v_command.command),
      'message', json_strip_nulls(json_build_object('cmd', v_command.command,
        'reason', v_command.reason, 'actor', v_command.actor))));
  end if;
  if p_is_over then return json_build_object('status', 'SUCCESS'); end if;
  return json_build_object('status', 'WAITING',
    'topic', concat_ws(' ', 'command', coalesce(p_state, '-'), p_topic));
end
$$;
comment on function workflows.receive_command(uuid, text, text, boolean, timestamptz) is
  'Takes the order that goes first.';

create or replace function workflows.command_priority(p_command text) returns integer
language sql immutable
as $$
  select case p_command when 'ABORT' then 4 when 'STOP' then 3 when 'HOLD' then 2
    when 'PAUSE' then 1 when 'RESUME' then 0 else -1 end
$$;
comment on function workflows.command_priority(text) is 'The higher goes first.';

create or replace function workflows.first_command(
  p_workflow_id uuid, p_topic text, p_state text, p_now timestamptz) returns bigint
language sql stable
as $$
  select c.command_id from workflows.command c
  where c.workflow_id = p_workflow_id and c.outcome = 'accepted' and c.topic = p_topic
    and coalesce(c.expires_at > p_now, true)
    and (p_state is null or exists (
      select from workflows.transition t
      where t.command = c.command and t.from_state = p_state and t.outcome = 'accepted'))
  order by workflows.command_priority(c.command) desc, c.command_id limit 1
$$;
comment on function workflows.first_command(uuid, text, text, timestamptz) is
  'The open order of a workflow that goes first, or null.';
