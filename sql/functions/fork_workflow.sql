-- Starts a workflow again from a step, under a new id: recorded steps before it are kept, it and
-- what follows run again. Without a step it starts from the top. The options are those of enqueue.
create or replace function workflows.fork_workflow(
  p_workflow_id text, p_step_key text default null, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_id uuid := workflows.read_uuid(p_workflow_id, 'workflow_id');
  v_options jsonb;
  v_workflow workflows.workflow%rowtype;
  v_new_id uuid;
begin
  begin
    v_options := coalesce(nullif(p_options, ''), '{}')::jsonb - '{}'::text[];
  exception when data_exception then
    perform workflows.refuse('WF002', workflows.bad_argument('options', 'is not a JSON object'),
      'options must be a JSON object');
  end;
  select w.* into v_workflow from workflows.workflow w
  where w.workflow_id = v_id for key share;  -- it is not removed while it is copied
  if not found then
    perform workflows.refuse('WF003', jsonb_build_object('workflow_id', p_workflow_id),
      'there is no workflow with this id');
  end if;
  v_new_id := workflows.repeat_workflow(v_workflow, p_step_key, v_options, workflows.clock_now());
  perform workflows.audit_change(array[v_new_id], 'forked',
    coalesce(v_options ->> 'actor', 'script'), null, concat_ws(' before ', v_id::text, p_step_key));
  return json_build_object('workflow_id', v_new_id, 'previous_workflow_id', v_id,
    'kept_steps', (select count(*) from workflows.step s where s.workflow_id = v_new_id))::text;
end
$$;
comment on function workflows.fork_workflow(text, text, text) is
  'Starts a workflow again from a step, under a new id.';
