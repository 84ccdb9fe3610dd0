-- Reads only: the declared parameters of a workflow, in the order of its function, each with the
-- choices that it has now; null as JSON where it declares none. Options: workflow_version (the
-- latest where left out).
create or replace function workflows.list_parameters(
  p_workflow_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{workflow_version}');
  v_definition workflows.workflow_definition := workflows.find_definition(
    p_workflow_name, workflows.option_version(v_options, 'workflow_version'));
begin
  if v_definition.workflow_name is null then
    perform workflows.refuse('WF003', jsonb_build_object('workflow_name', p_workflow_name),
      'no worker has registered this workflow: ' || p_workflow_name);
  end if;
  return coalesce((workflows.expand_form(v_definition.parameters)).form::text, 'null');
end
$$;
comment on function workflows.list_parameters(text, text) is
  'The declared parameters of a workflow as JSON.';
