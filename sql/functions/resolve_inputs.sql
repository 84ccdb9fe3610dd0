-- Reads only: what a workflow would start with, and everything that enqueue would refuse. Options
-- are those of enqueue that name a recipe or template, and workflow_version.
create or replace function workflows.resolve_inputs(
  p_workflow_name text, p_inputs text default '{}', p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(p_options, 'options',
    '{template_name,template_version,set_name,set_version,allow_unapproved,workflow_version}');
  v_request workflows.enqueue_request := workflows.read_request(
    p_workflow_name, p_inputs, v_options::text, workflows.clock_now());
  v_values record;
begin
  perform workflows.refuse_values(v_request.problem);
  select v.* into v_values from workflows.resolve_values(v_request.workflow_name,
    v_request.workflow_version, v_request.inputs::jsonb, v_request.recipe) v;
  return json_build_object('resolved', v_values.resolved, 'errors', v_values.problems,
    'recipe', nullif(v_values.frozen, '{}'), 'base', v_values.base)::text;
end
$$;
comment on function workflows.resolve_inputs(text, text, text) is
  'What a workflow would start with, and what is wrong with it, as JSON.';
