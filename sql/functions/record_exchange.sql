-- Records one step that exchanges something with others, in the transaction of what it does. The
-- caller has locked the lease. One record of a workflow at a time: one sent twice finds what the
-- first did, and does nothing more. What is not there yet is recorded as WAITING with its time, and
-- the same record asks again.
create or replace function workflows.record_exchange(
  p_n integer, p_workflow_id uuid, p_step_key text, p_kind text, p_control text, p_ask json,
  p_now timestamptz) returns json
language plpgsql volatile
as $$
declare
  v_step workflows.step%rowtype;
  v_is_waiting boolean;
  v_done json;
begin
  if p_kind = 'handler' then  -- noted before, and no step yet
    return json_strip_nulls(json_build_object('n', p_n, 'a', 'begun', 'c', p_control));
  end if;
  perform pg_advisory_xact_lock(hashtextextended('workflows.exchange ' || p_workflow_id, 0));
  select s.* into v_step from workflows.step s
  where s.workflow_id = p_workflow_id and s.step_key = p_step_key;
  v_is_waiting := found;
  if found and v_step.kind <> p_kind then
    return json_strip_nulls(json_build_object('n', p_n, 'a', 'WF007', 'c', p_control));
  elsif not found or v_step.status = 'WAITING' then
    if not found then
      v_step.due_at := p_now + (p_ask ->> 'seconds')::float8 * interval '1 second';
    end if;
    v_done := workflows.exchange_once(
      p_workflow_id, p_step_key, p_kind, p_ask, v_step.due_at, v_is_waiting, p_now);
    v_step.status := v_done ->> 'status';
    v_step.output := nullif((v_done -> 'output')::text, 'null');
    v_step.error := (v_done -> 'error')::text;
    if v_step.status <> 'WAITING' or not v_is_waiting then
      insert into workflows.step (
        workflow_id, step_key, kind, status, attempts, started_at, ended_at, due_at, output, error)
      values (p_workflow_id, p_step_key, p_kind, v_step.status, 1, p_now, p_now, v_step.due_at,
        v_step.output, v_step.error)
      on conflict (workflow_id, step_key) do update
      set status = excluded.status, ended_at = p_now, output = excluded.output,
        error = excluded.error;
    end if;
    perform workflows.note_wait(p_workflow_id, p_step_key, v_done ->> 'topic', v_is_waiting);
  end if;
  return json_build_object('n', p_n, 'c', p_control, 'status', v_step.status,
    'a', case when v_step.status = 'WAITING' then 'waiting' else 'replayed' end,
    'output', v_step.output::json, 'error', v_step.error::json,
    'due_ms', ceil(extract(epoch from v_step.due_at - p_now) * 1000));
end
$$;
comment on function workflows.record_exchange(integer, uuid, text, text, text, json, timestamptz) is
  'Records one step that exchanges something with others.';

-- What a step of this kind does: {"status": SUCCESS, ERROR or WAITING, "output", "error", "topic"}.
create or replace function workflows.exchange_once(
  p_workflow_id uuid, p_step_key text, p_kind text, p_ask json, p_due_at timestamptz,
  p_is_waiting boolean, p_now timestamptz) returns json
language plpgsql volatile
as $$
begin
  case p_kind
    when 'value' then
      return json_build_object('status', 'SUCCESS',
        'output', to_char(p_now at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'));
    when 'send' then
      return workflows.send_from_step(p_workflow_id, p_ask, p_now);
    when 'receive' then
      return workflows.receive_message(
        p_workflow_id, p_step_key, p_ask ->> 'topic', p_due_at <= p_now, p_now);
    when 'command' then
      return workflows.receive_command(
        p_workflow_id, p_ask ->> 'topic', p_ask ->> 'state', p_due_at <= p_now, p_now);
    when 'event' then
      return workflows.set_event(p_workflow_id, p_ask ->> 'key', p_ask -> 'value', p_now);
    when 'stream' then
      return workflows.append_stream(p_workflow_id, p_ask ->> 'key', p_ask -> 'value', p_now);
    when 'progress' then
      perform workflows.set_event(
        p_workflow_id, 'phase.last_message', p_ask -> 'value' -> 'message', p_now);
      return workflows.append_stream(p_workflow_id, 'log', p_ask -> 'value', p_now);
    when 'get_event' then
      return workflows.look_for_event(
        (p_ask ->> 'workflow_id')::uuid, p_ask ->> 'key', p_due_at <= p_now);
    when 'child' then
      return workflows.start_children(p_workflow_id, p_step_key, p_ask, p_now);
    when 'await' then
      return workflows.await_children(
        p_workflow_id, p_step_key, p_ask, p_due_at <= p_now, p_now);
    when 'prompt' then
      return workflows.ask_prompt(
        p_workflow_id, p_step_key, p_ask, p_due_at, p_is_waiting, p_now);
  end case;
end
$$;
comment on function workflows.exchange_once(
  uuid, text, text, json, timestamptz, boolean, timestamptz) is
  'Does what a step that exchanges something is for.';

-- Keeps wait in step with what the step answered; null: there is nothing to wait for.
create or replace function workflows.note_wait(
  p_workflow_id uuid, p_step_key text, p_topic text, p_is_waiting boolean) returns boolean
language plpgsql volatile
as $$
begin
  if p_topic is not null then
    insert into workflows.wait as t (workflow_id, step_key, topic)
    values (p_workflow_id, p_step_key, p_topic)
    on conflict (workflow_id) do update set step_key = excluded.step_key, topic = excluded.topic
    where t.step_key <> excluded.step_key or t.topic <> excluded.topic;
  elsif p_is_waiting then
    delete from workflows.wait t where t.workflow_id = p_workflow_id and t.step_key = p_step_key;
  end if;
  return p_topic is not null;
end
$$;
comment on function workflows.note_wait(uuid, text, text, boolean) is
  'Notes what a workflow waits for.';
