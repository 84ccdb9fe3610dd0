-- Reads only: the version of a recipe that is asked for, whatever its status, else the latest
-- approved one; null as JSON where there is none. Options: set_version.
create or replace function workflows.get_parameter_set(
  p_workflow_name text, p_set_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{set_version}');
  v_set workflows.parameter_set := workflows.find_set(
    p_workflow_name, p_set_name, workflows.option_version(v_options, 'set_version'));
begin
  perform workflows.refuse_unless(workflows.name_problem(p_workflow_name), 'workflow_name');
  perform workflows.refuse_unless(workflows.name_problem(p_set_name), 'set_name');
  return case when v_set.set_name is null then 'null' else workflows.set_json(v_set)::text end;
end
$$;
comment on function workflows.get_parameter_set(text, text, text) is
  'One version of a recipe as JSON, or null.';
