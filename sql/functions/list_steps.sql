create or replace function workflows.list_steps(p_workflow_id text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_id uuid := workflows.read_uuid(p_workflow_id, 'workflow_id');
begin
  if not exists (select from workflows.workflow w where w.workflow_id = v_id) then
    perform workflows.refuse('WF003', jsonb_build_object('workflow_id', p_workflow_id), 'there is no workflow with this id');
  end if;
  return coalesce((
    select json_agg(json_build_object('step_key', s.step_key, 'step_name', regexp_replace(s.step_key, '^.*/|#[0-9]+$', '', 'g'),
      'kind', s.kind, 'status', s.status, 'output', s.output::json, 'error', s.error::json, 'attempts', s.attempts,
      'started_at', s.started_at,
      'ended_at', case when s.status <> 'RUNNING' then s.ended_at end, 'due_at', s.due_at) order by s.started_at, s.ended_at)
    from workflows.step s where s.workflow_id = v_id)::text, '[]');
end
$$;
comment on function workflows.list_steps(text) is
  'The recorded steps of a workflow in order of start, as JSON.';
