-- Puts one message where its workflow finds it, and wakes that one later. Only inserts, and keeps
-- the record from being removed: the sender's transaction may stay open and keeps nobody waiting
-- but who sends a message of the same id. Answers sent, duplicate (that very message was sent
-- before), other (the id is another message's), unknown or ended.
create or replace function workflows.insert_message(
  p_workflow_id uuid, p_topic text, p_body text, p_message_id uuid, p_sent_by text,
  p_now timestamptz) returns text
language plpgsql volatile
as $$
declare
  v_ended_at timestamptz;
  v_message workflows.message%rowtype;
begin
  select w.ended_at into v_ended_at from workflows.workflow w
  where w.workflow_id = p_workflow_id for key share;
  if not found then return 'unknown'; end if;
  select m.* into v_message from workflows.message m where m.message_id = p_message_id;
  if not found then
    if v_ended_at is not null then return 'ended'; end if;
    insert into workflows.message (
      message_id, workflow_id, topic, body, sent_by, database_user, sent_at)
    values (p_message_id, p_workflow_id, p_topic, p_body, p_sent_by, session_user, p_now)
    on conflict (message_id) do nothing;
    if found then
      perform workflows.wake_later(array[p_workflow_id], 'message ' || p_topic);
      return 'sent';
    end if;
    select m.* into v_message from workflows.message m where m.message_id = p_message_id;
  end if;
  return case when (v_message.workflow_id, v_message.topic, v_message.body)
    = (p_workflow_id, p_topic, p_body) then 'duplicate' else 'other' end;
end
$$;
comment on function workflows.insert_message(uuid, text, text, uuid, text, timestamptz) is
  'Puts one message where its workflow finds it.';

-- A workflow sends. What is refused is an error that is recorded of the step.
create or replace function workflows.send_from_step(
  p_sender uuid, p_ask json, p_now timestamptz) returns json
language plpgsql volatile
as $$
declare
  v_outcome text := workflows.insert_message(
    (p_ask ->> 'workflow_id')::uuid, p_ask ->> 'topic', (p_ask -> 'message')::text,
    (p_ask ->> 'message_id')::uuid, 'workflow ' || p_sender, p_now);
begin
  return case v_outcome
    when 'unknown' then workflows.exchange_error('UnknownId', 'there is no workflow with this id')
    when 'ended' then workflows.exchange_error('CommandRejected',
      'the workflow has ended: nobody would receive this')
    when 'other' then workflows.exchange_error('Duplicate',
      'this message id was used for another message: give each message an id of its own')
    else json_build_object('status', 'SUCCESS', 'output', p_ask ->> 'message_id') end;
end
$$;
comment on function workflows.send_from_step(uuid, json, timestamptz) is
  'Sends a message as a step of a workflow.';
