-- Reads only: a recipe as one JSON document, with the template that it was made of and the enums
-- that this refers to, for import_parameter_set of this or another database. Options: set_version
-- (the latest approved one where left out).
create or replace function workflows.export_parameter_set(
  p_workflow_name text, p_set_name text, p_options text default '{}') returns text
language plpgsql security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set jit = off
as $$
declare
  v_options jsonb := workflows.read_call_options(p_options, 'options', '{set_version}');
  v_set workflows.parameter_set := workflows.find_set(
    p_workflow_name, p_set_name, workflows.option_version(v_options, 'set_version'));
  v_template workflows.parameter_template;
begin
  if v_set.set_name is null then
    perform workflows.refuse('WF003', jsonb_build_object('set_name', p_set_name),
      'there is no such recipe, or no approved version: ' || p_set_name);
  end if;
  v_template := workflows.find_template(
    p_workflow_name, v_set.template_name, v_set.template_version);
  return json_build_object('format', 'ignition-workflows recipe 1',
    'recipe', workflows.set_json(v_set),
    'template', case when v_template.template_name is not null then json_build_object(
      'template_name', v_template.template_name, 'template_version', v_template.template_version,
      'description', v_template.description, 'form', v_template.form) end,
    'enums', (
      select coalesce(json_agg(workflows.enum_json(e) order by e.enum_name, e.enum_version), '[]')
      from (select distinct r.value as reference
            from jsonb_each(v_template.meta -> 'enumRefs') r) r
      cross join lateral workflows.find_enum(r.reference ->> 'enumName',
        (r.reference ->> 'enumVersion')::integer) e
      where e.enum_name is not null))::text;
end
$$;
comment on function workflows.export_parameter_set(text, text, text) is
  'A recipe as one JSON document.';
