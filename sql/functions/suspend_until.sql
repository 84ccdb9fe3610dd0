-- Until when a workflow leaves its worker that waits at a step: its time, null where it has none.
-- Who sets an event looks for those who wait before it commits. A record of that workflow which is
-- still in progress may have looked before our wait was there, and shows by its locked lease: then
-- we look again in a second.
create or replace function workflows.suspend_until(
  p_workflow_id uuid, p_step_key text, p_now timestamptz) returns timestamptz
language plpgsql volatile
as $$
declare
  v_step workflows.step%rowtype;
  v_topic text;
  v_publisher uuid;
begin
  select s.* into v_step from workflows.step s
  where s.workflow_id = p_workflow_id and s.step_key = p_step_key;
  select t.topic into v_topic from workflows.wait t
  where t.workflow_id = p_workflow_id and t.step_key = p_step_key;
  if not found then return coalesce(v_step.due_at, p_now); end if;
  if v_step.kind = 'prompt' and v_step.due_at <= p_now then
    return p_now + interval '1 second';  -- an answer that has not committed yet has its row
  elsif v_step.kind = 'await' then
    if workflows.awaits_others(p_workflow_id) then
      return least(coalesce(v_step.due_at, 'infinity'), p_now + interval '1 second');
    end if;
  elsif v_step.kind = 'get_event' then
    v_publisher := split_part(v_topic, ' ', 2)::uuid;
    if exists (select from workflows.lease l where l.workflow_id = v_publisher) then
      perform from workflows.lease l where l.workflow_id = v_publisher for update skip locked;
      if not found then
        return least(coalesce(v_step.due_at, 'infinity'), p_now + interval '1 second');
      end if;
    end if;
  end if;
  return v_step.due_at;
end
$$;
comment on function workflows.suspend_until(uuid, text, timestamptz) is
  'Until when a workflow that waits at a step is parked.';

-- The look after a workflow was parked, in a statement of its own: what came before is seen here,
-- and who comes later finds the parked row.
create or replace function workflows.look_again(p_workflow_id uuid, p_step_key text) returns boolean
language plpgsql volatile
as $$
declare
  v_topic text;
  v_status text;
begin
  select t.topic into v_topic from workflows.wait t
  where t.workflow_id = p_workflow_id and t.step_key = p_step_key;
  if not found or not workflows.has_come(p_workflow_id, v_topic) then return false; end if;
  select p.status into v_status from workflows.parked p where p.workflow_id = p_workflow_id;
  perform workflows.unpark_waiting(
    array(select p_workflow_id where v_status = 'WAITING'),
    array(select p_workflow_id where v_status = 'HELD'));
  return true;
end
$$;
comment on function workflows.look_again(uuid, text) is
  'Sends a workflow on that was just parked, if what it waits for is there.';

create or replace function workflows.has_come(p_workflow_id uuid, p_topic text) returns boolean
language plpgsql volatile
as $$
declare
  v_rest text := substr(p_topic, strpos(p_topic, ' ') + 1);
begin
  return case split_part(p_topic, ' ', 1)
    when 'message' then exists (
      select from workflows.message m
      where m.workflow_id = p_workflow_id and m.topic = v_rest and m.received_at is null)
    when 'command' then workflows.first_command(p_workflow_id,
      substr(v_rest, strpos(v_rest, ' ') + 1), nullif(split_part(v_rest, ' ', 1), '-'),
      workflows.clock_now()) is not null
    when 'event' then exists (
      select from workflows.event e
      where e.workflow_id = split_part(v_rest, ' ', 1)::uuid
        and e.event_key = substr(v_rest, strpos(v_rest, ' ') + 1))
    when 'children' then workflows.have_children_ended(p_workflow_id)
    when 'prompt' then exists (
      select from workflows.prompt p where p.prompt_id = v_rest::uuid and p.status <> 'OPEN')
    else false end;
end
$$;
comment on function workflows.has_come(uuid, text) is
  'Whether what a workflow waits for is there.';
