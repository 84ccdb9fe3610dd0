-- Sends a message to a live workflow, whatever its status: it stays until the workflow receives it.
-- Sending the same message under the same message_id again changes nothing; another message under
-- it is refused (WF006). Only inserts, so the caller's transaction may stay open and blocks nobody.
-- Options: topic (cmd), message_id (a uuid), actor.
create or replace function workflows.send_message(
  p_workflow_id text, p_message text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{topic,message_id,actor}');
  v_id uuid := workflows.require_workflow(p_workflow_id);
  v_topic text := coalesce(v_options ->> 'topic', 'cmd');
  v_message_id uuid := coalesce(
    workflows.read_uuid(v_options ->> 'message_id', 'message_id'), gen_random_uuid());
  v_outcome text;
begin
  perform workflows.refuse_unless(workflows.name_problem(v_topic), 'topic');
  perform workflows.refuse_unless(workflows.payload_problem(p_message), 'message');
  v_outcome := workflows.insert_message(
    v_id, v_topic, p_message, v_message_id, coalesce(v_options ->> 'actor', 'script'), v_now);
  if v_outcome = 'unknown' then  -- it was removed a moment ago
    perform workflows.require_workflow(p_workflow_id);
  elsif v_outcome = 'ended' then
    perform workflows.refuse('WF009', jsonb_build_object('workflow_id', v_id),
      'the workflow has ended: nobody would receive this');
  elsif v_outcome = 'other' then
    perform workflows.refuse('WF006',
      jsonb_build_object('field', 'message_id', 'message_id', v_message_id),
      'this message id was used for another message: give each message an id of its own');
  end if;
  return json_build_object('message_id', v_message_id, 'workflow_id', v_id, 'topic', v_topic,
    'deduplicated', v_outcome = 'duplicate')::text;
end
$$;
comment on function workflows.send_message(text, text, text) is
  'Sends a message to a live workflow.';
