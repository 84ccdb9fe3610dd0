-- Reads only: the version of a template that is asked for, else the latest active one, with its
-- form; null as JSON where there is none. Options: template_version.
create or replace function workflows.get_template(
  p_workflow_name text, p_template_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{template_version}');
  v_template workflows.parameter_template := workflows.find_template(p_workflow_name,
    p_template_name, workflows.option_version(v_options, 'template_version'));
begin
  perform workflows.refuse_unless(workflows.name_problem(p_workflow_name), 'workflow_name');
  perform workflows.refuse_unless(workflows.name_problem(p_template_name), 'template_name');
  if v_template.template_name is null then return 'null'; end if;
  return (workflows.template_json(v_template)::jsonb || jsonb_build_object('schema',
    jsonb_build_object('formProps', v_template.form, 'meta', v_template.meta)))::text;
end
$$;
comment on function workflows.get_template(text, text, text) is
  'One version of a template with its form as JSON, or null.';

create or replace function workflows.template_json(p_template workflows.parameter_template)
returns json
language sql immutable
as $$
  select json_build_object('workflow_name', p_template.workflow_name,
    'template_name', p_template.template_name, 'template_version', p_template.template_version,
    'status', p_template.status, 'description', p_template.description,
    'created_by', p_template.created_by, 'created_at', p_template.created_at)
$$;
comment on function workflows.template_json(workflows.parameter_template) is
  'One template without its form as JSON.';
