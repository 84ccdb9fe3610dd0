-- Takes the oldest message of a topic. The caller records it in the same transaction, so that a
-- message that was taken is a message that was received.
create or replace function workflows.receive_message(
  p_workflow_id uuid, p_step_key text, p_topic text, p_is_over boolean, p_now timestamptz)
returns json
language plpgsql volatile
as $$
declare
  v_body text;
begin
  update workflows.message m set received_at = p_now, step_key = p_step_key
  where m.message_no = (
    select n.message_no from workflows.message n
    where n.workflow_id = p_workflow_id and n.topic = p_topic and n.received_at is null
    order by n.message_no limit 1)
  returning m.body into v_body;
  if found then return json_build_object('status', 'SUCCESS', 'output', v_body::json); end if;
  if p_is_over then return json_build_object('status', 'SUCCESS'); end if;
  return json_build_object('status', 'WAITING', 'topic', 'message ' || p_topic);
end
$$;
comment on function workflows.receive_message(uuid, text, text, boolean, timestamptz) is
  'Takes the oldest message of a topic.';
