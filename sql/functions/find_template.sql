-- A template: the version asked for, also an obsolete one, else the latest active one. Null where
-- there is none.
create or replace function workflows.find_template(
  p_workflow_name text, p_template_name text, p_template_version integer)
returns workflows.parameter_template
language sql stable
as $$
  select t from workflows.parameter_template t
  where t.workflow_name = p_workflow_name and t.template_name = p_template_name
    and t.status <> 'deleted'
    and (t.template_version = p_template_version
      or p_template_version is null and t.status = 'active')
  order by t.template_version desc limit 1
$$;
comment on function workflows.find_template(text, text, integer) is
  'One version of a template, or null.';

-- The template as a form: a field for each widget, with choices where it refers to an enum and
-- lets one choose from a list.
create or replace function workflows.template_fields(p_meta jsonb) returns jsonb
language sql immutable
as $$
  select coalesce(jsonb_agg(case
    when p_meta #>> array['widgetTypes', k] in ('dropdown', 'radio') and p_meta -> 'enumRefs' ? k
      then jsonb_build_object('name', k, 'type', 'choice', 'several', true,
        'enum', p_meta #> array['enumRefs', k, 'enumName'],
        'enum_version', p_meta #> array['enumRefs', k, 'enumVersion'])
    else jsonb_build_object('name', k, 'type', 'any') end order by n), '[]')
  from jsonb_array_elements_text(p_meta -> 'paramKeys') with ordinality e(k, n)
$$;
comment on function workflows.template_fields(jsonb) is 'The fields of a template.';
