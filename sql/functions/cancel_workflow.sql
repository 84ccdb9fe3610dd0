-- Cancels one workflow: at once where it does not run, at the next step boundary where it does.
create or replace function workflows.cancel_workflow(
  p_workflow_id text, p_reason text default null, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
begin
  return workflows.send_command(p_workflow_id, 'CANCEL', p_reason, p_options);
end
$$;
comment on function workflows.cancel_workflow(text, text, text) is 'Cancels a workflow.';
