-- Reads only. Everything that is known of one workflow, live or ended; an unknown id is WF003.
create or replace function workflows.get_workflow(p_workflow_id text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_id uuid := workflows.read_uuid(p_workflow_id, 'workflow_id');
  v_answer text;
begin
  select workflows.workflow_json(w)::text into v_answer from workflows.workflow w where w.workflow_id = v_id;
  if not found then
    perform workflows.refuse('WF003', jsonb_build_object('workflow_id', p_workflow_id), 'there is no workflow with this id');
  end if;
  return v_answer;
end
$$;
comment on function workflows.get_workflow(text) is
  'Everything about one workflow but its steps, as JSON.';

create or replace function workflows.workflow_json(p_workflow workflows.workflow) returns json
language sql stable
as $$
  select json_build_object(
    'workflow_id', p_workflow.workflow_id, 'workflow_name', p_workflow.workflow_name, 'workflow_version', p_workflow.workflow_version,
    'queue_name', q.queue_name, 'status', p_workflow.status, 'state', p_workflow.state, 'priority', p_workflow.priority,
    'partition_key', p_workflow.partition_key, 'resources', p_workflow.resources, 'inputs', coalesce(i.inputs, '{}')::json,
    'result', o.result::json, 'error', case when o.error_class is not null or o.error_message is not null then json_build_object(
      'class', o.error_class, 'message', o.error_message, 'traceback', o.error_traceback) end,
    'is_sanitised', coalesce(o.is_sanitised, false), 'attempt', p_workflow.attempt, 'failure_count', p_workflow.failure_count,
    'reclaim_count', p_workflow.reclaim_count, 'max_attempts', coalesce(p_workflow.max_attempts, d.max_attempts),
    'reason', p_workflow.reason, 'enqueued_at', p_workflow.enqueued_at, 'available_at', p_workflow.available_at,
    'started_at', p_workflow.started_at, 'ended_at', p_workflow.ended_at, 'deadline_at', p_workflow.deadline_at,
    'start_before', p_workflow.start_before, 'parent_workflow_id', p_workflow.parent_workflow_id,
    'previous_workflow_id', p_workflow.previous_workflow_id,
    'children', (select json_object_agg(n.status, n.children) from (
      select w.status, count(*) as children from workflows.child c
      join workflows.workflow w on w.workflow_id = c.workflow_id
      where c.parent_workflow_id = p_workflow.workflow_id group by w.status) n),
    'recipe', (select to_jsonb(r) - 'workflow_id' from workflows.workflow_recipe r
      where r.workflow_id = p_workflow.workflow_id),
    'deduplication_id', p_workflow.deduplication_id, 'enqueued_by', coalesce(p_workflow.actor, p_workflow.enqueued_by),
    'traceparent', p_workflow.traceparent)
  from workflows.queue q
  left join workflows.workflow_payload i on i.workflow_id = p_workflow.workflow_id
  left join workflows.workflow_outcome o on o.workflow_id = p_workflow.workflow_id
  left join workflows.workflow_definition d on d.workflow_name = p_workflow.workflow_name and d.workflow_version = p_workflow.workflow_version
  where q.queue_id = p_workflow.queue_id
$$;
comment on function workflows.workflow_json(workflows.workflow) is 'One workflow as JSON.';
