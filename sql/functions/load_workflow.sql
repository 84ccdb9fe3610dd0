-- What a claim left out because it was large. Only for the holder of the lease.
create or replace function workflows.load_workflow(p_worker_id text, p_workflow_id text, p_lease_token text) returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_now timestamptz := workflows.clock_now();
begin
  if not exists (select from workflows.lease l where l.workflow_id = p_workflow_id::uuid
                 and l.lease_token = p_lease_token::uuid and l.worker_id = p_worker_id::uuid) then
    perform workflows.refuse('WF001', jsonb_build_object('workflow_id', p_workflow_id), 'another worker has this workflow now');
  end if;
  return json_build_object(
    'inputs', (select coalesce(max(p.inputs), '{}')::json from workflows.workflow_payload p where p.workflow_id = p_workflow_id::uuid),
    'steps', workflows.recorded_steps(p_workflow_id::uuid, 1000000, v_now))::text;
end
$$;
comment on function workflows.load_workflow(text, text, text) is
  'Inputs and recorded steps of one claimed workflow.';
